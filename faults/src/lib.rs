//! Breaks what Carillon stands on, while it works, and counts what became of every message.
//!
//! A fault is injected into a deployment of its own (`stage.rs`): the real binary in four processes, a private PostgreSQL and Redis,
//! providers over real HTTP, clients that post throughout and repeat what was not accepted. At the end three accounts are laid side by
//! side (`evidence.rs`): what clients were promised, what providers took, what the database says. The result is a row of a table.
//!
//! Architecture invariant: knows Carillon from outside alone, by its command line, its HTTP API, its calls to providers and the tables
//! of its database; none of its crates but the testkit.
//!
//! To add a fault: a file in `fault/`, a variant of [`Fault`], and its line in `docs/faults.md`.

pub mod answer;
pub mod booking;
pub mod clients;
pub mod database;
pub mod evidence;
pub mod fault;
pub mod level;
pub mod process;
pub mod report;
pub mod row;
pub mod servers;
pub mod soak;
pub mod stage;

pub use fault::Fault;
pub use level::Level;
pub use row::Row;
