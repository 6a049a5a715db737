//! The built-in texts as a reader gets them, and what the catalogue promises of any folder.

mod catalogue;
mod directories;
mod escaping;
mod language;
mod lists;
mod people_in_lists;
mod snapshots;
mod stage;
