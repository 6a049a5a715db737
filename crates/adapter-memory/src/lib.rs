//! What runs inside the process itself: the ready queue of the embedded default, which the tests use too.
//!
//! Architecture invariant: ids only, nothing personal, and nothing that may not be lost; the database is the truth and the
//! sweeper refills this queue after a restart. The order in which ids leave is decided by [`Lanes`], a plain value without lock,
//! clock or `await`; [`MemoryQueue`] adds waiting to it and decides nothing.
//!
//! To add an in-process adapter of another port: a file with its pure core, a file with its shell, and a test in `tests/` that runs
//! the port's contract suite of the testkit on it.

mod gate;
mod lane;
mod lanes;
mod queue;

pub use lanes::Lanes;
pub use queue::MemoryQueue;
