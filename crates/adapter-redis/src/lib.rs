//! What processes share by Redis: the ready queue, the live feed and the limits.
//!
//! Architecture invariant: ids and numbers only, nothing personal, and nothing that may not be lost. Redis may be emptied, restarted
//! or away at any moment: calls fail within two seconds, later ones work again, and the sweeper refills the queue. What must be
//! decided whole is decided in one Lua script a call, by the time of Redis itself, so that the clocks of machines need not agree.
//!
//! Keys of one queue share a hash tag (`carillon:{email}:…`), so that a cluster keeps them on one node:
//!
//! | key | what it holds |
//! |---|---|
//! | `held` | a set: the ids that are on the queue |
//! | `turns:<class>` | a list: the businesses with something to send, the next one first; the empty name is the platform |
//! | `line:<class>:<business>` | a list: what a business may send now |
//! | `batch:<batch>` | a list: what the pace of a batch holds back |
//! | `gate:<batch>` | a hash: the pace of a batch; expires once it is as good as new |
//! | `shut` | a sorted set: batches by the time at which they may send again |
//! | `depths` | a hash: how many wait, by class |
//! | `bell` | a list of at most one: pushed when there is something to take, popped by whoever waits |
//!
//! To add a Redis adapter of another port: a file with the port's trait, a script in `scripts/` if something must be decided whole,
//! and a test in `tests/` that runs the port's contract suite on it.

mod bell;
mod failure;
mod feed;
mod group;
mod limits;
mod news;
mod queue;
mod ready;
mod script;
mod server;
mod site;
mod subscriber;
mod time;

pub use failure::Away;
pub use feed::RedisFeed;
pub use limits::RedisLimits;
pub use queue::RedisQueue;
pub use server::RedisServer;
pub use site::{WrongUrl, check_url};
