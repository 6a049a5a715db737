//! The use cases, on a real store with a clock that is set by hand and providers that answer as told.

mod accepting;
mod announcing;
mod appointing;
mod bulk;
mod delivering;
mod histories;
mod keys;
mod operating;
mod own_texts;
mod platform;
mod preferring;
mod preferring_page;
mod races;
mod refusing;
mod spending;
mod suppressing;
mod telling;
mod texting;
mod watching;
mod whose_clock;
mod world;
