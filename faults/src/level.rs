//! How much of everything: a look within minutes, or the whole.

use std::time::Duration;

/// How thoroughly a fault is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    is_full: bool,
    /// How many events are posted at least: two messages to providers each.
    pub events: usize,
    /// Events a second.
    pub rate: u32,
    /// How many clients there are: so many events wait for an answer at once, and the next ones for a client.
    pub clients: usize,
}

impl Level {
    /// Some hundred messages, with an unoptimised binary on a busy machine. Times are told and fail nothing.
    pub const SMOKE: Self = Self { is_full: false, events: 250, rate: 20, clients: 64 };
    /// Ten thousand messages, with a binary built for release.
    pub const FULL: Self = Self { is_full: true, events: 5_000, rate: 100, clients: 256 };

    /// Of these two, the one for this level.
    pub fn pick<T>(self, smoke: T, full: T) -> T {
        if self.is_full { full } else { smoke }
    }

    /// How long all may take to come to rest once the last event is accepted. Reached only when something is wrong: the longest that a
    /// message may rightly wait are the waits of its tries, 170 s for a critical one.
    pub fn patience(self) -> Duration {
        self.pick(Duration::from_mins(4), Duration::from_mins(8))
    }

    /// Whether figures in milliseconds decide. On a machine with much else to do they say nothing.
    pub fn is_timed(self) -> bool {
        self.is_full
    }
}
