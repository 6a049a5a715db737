//! The loops that need nobody's request: workers that deliver, a planner that queues what is due, a sweeper that finds what stands
//! still, and one that applies what providers said.
//!
//! Architecture invariant: a loop holds no state that matters. Each can be killed at any moment and started anywhere; all it knows
//! is in the database. A loop never ends by an error: it logs, waits, and goes on.
//!
//! To add a loop: a function in a file of its own that ends when `stop` is cancelled, and a line in the server's roles.

mod planner;
mod pump;
mod receipts;
mod reminders;
mod texts;
mod watch;

pub use planner::{Pace, plan, send_lists, sweep, tidy};
pub use pump::Worker;
pub use receipts::apply_receipts;
pub use reminders::Reminding;
pub use texts::complete_texts;
pub use watch::{settle_costs, watch_providers, watch_service};
