//! How much of everything: a look within minutes, or the whole.

use std::time::Duration;

/// How thoroughly a fault is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Some hundred messages, with an unoptimised binary on a busy machine. Times are told and fail nothing.
    Smoke,
    /// Ten thousand messages.
    Full,
}

impl Level {
    /// Of these two, the one for this level.
    pub fn pick<T>(self, smoke: T, full: T) -> T {
        match self {
            Self::Smoke => smoke,
            Self::Full => full,
        }
    }

    /// How many events are posted at least: two messages each.
    pub fn events(self) -> usize {
        self.pick(250, 5_000)
    }

    /// Events a second.
    pub fn rate(self) -> u32 {
        self.pick(20, 100)
    }

    /// How long all may take to come to rest once the last event is accepted. Reached only when something is wrong: the longest that a
    /// message may rightly wait are the waits of its tries, 170 s for a critical one.
    pub fn patience(self) -> Duration {
        self.pick(Duration::from_mins(4), Duration::from_mins(8))
    }

    /// Whether figures in milliseconds decide. On a machine with much else to do they say nothing.
    pub fn is_timed(self) -> bool {
        self.pick(false, true)
    }
}
