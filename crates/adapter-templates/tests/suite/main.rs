//! The built-in texts as a reader gets them, and what the catalogue promises of any folder.

mod alarms;
mod catalogue;
mod clocks;
mod directories;
mod escaping;
mod language;
mod lists;
mod names_and_places;
mod own_anything;
mod own_bounds;
mod own_checks;
mod own_hostile;
mod own_hostile_tables;
mod own_layout;
mod own_stage;
mod people_in_lists;
mod replies;
mod snapshots;
mod stage;
