//! What runs inside the process itself: the ready queue, the live feed and the limits of the embedded default, which the tests use
//! too.
//!
//! Architecture invariant: ids only, nothing personal, and nothing that may not be lost; the database is the truth and the
//! sweeper refills this queue after a restart. The order in which ids leave is decided by [`Lanes`], a plain value without lock,
//! clock or `await`; [`MemoryQueue`] adds waiting to it and decides nothing. How often something may be done is decided by [`Cells`]
//! in the same manner.
//!
//! To add an in-process adapter of another port: a file with its pure core, a file with its shell, and a test in `tests/` that runs
//! the port's contract suite of the testkit on it.

mod cells;
mod feed;
mod gate;
mod lane;
mod lanes;
mod limits;
mod queue;
mod standby;

pub use cells::Cells;
pub use feed::MemoryFeed;
pub use lanes::Lanes;
pub use limits::MemoryLimits;
pub use queue::MemoryQueue;
pub use standby::StandbyQueue;
