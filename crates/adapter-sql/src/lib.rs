//! The store on SeaORM: SQLite (the embedded default) and PostgreSQL behind the same ports.
//!
//! Architecture invariant: the database is the only truth. Whatever is personal is sealed before it reaches a row
//! (`seal`), what is accepted together is committed together, and concurrent callers share transactions (`group`).
//! No other crate knows a table, and this one knows no business rule: states come from the domain.
//!
//! To add a query: a function in the file of its port (`append`, `claim`, `directory`, …), and a case in the testkit's contract
//! suite, which runs on both databases. To add a column: a migration, a field of its entity.

mod activity;
mod alarms;
mod append;
mod appointment;
mod at_once;
mod batches;
mod business_texts;
mod caps;
mod change;
mod claim;
mod columns;
mod connect;
mod consents;
mod costs;
mod dead_letters;
mod digests;
mod directory;
mod entity;
mod error;
mod events;
mod following;
mod found;
mod group;
mod history;
mod inbox;
mod keys;
mod lookups;
mod moving;
mod operations;
mod partitions;
mod people;
mod planning;
mod providers;
mod receipts;
mod record;
mod replanning;
mod retention;
mod rows;
mod rows_in;
mod seal;
mod seen_keys;
mod sql;
mod standing;
mod statistics;
mod store;
mod suppressions;
mod surroundings;
mod texting;
mod told;
mod unsettled;

pub use connect::{ConnectError, connect, migrate};
pub use store::SqlStore;
