//! The use cases, on a real store with a clock that is set by hand and providers that answer as told.

mod accepting;
mod bulk;
mod delivering;
mod keys;
mod operating;
mod refusing;
mod world;
