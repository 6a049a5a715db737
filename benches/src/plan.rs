//! How much is measured.

use std::time::Duration;

use crate::RunArgs;

/// The sizes of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Notifications a phase.
    pub(crate) messages: usize,
    /// Connections that post at once.
    pub(crate) connections: usize,
    /// Repetitions.
    pub(crate) repetitions: usize,
    /// Recipients of one bulk request, and connections that post such.
    pub(crate) bulk: (usize, usize),
    /// Bulk messages that wait while critical ones are sent.
    pub(crate) crowd: usize,
    /// Notifications a second, and for how long.
    pub(crate) steady: (u32, Duration),
    /// How long each raw limit is measured.
    pub(crate) raw: Duration,
    /// All roles in one process, without Redis.
    pub(crate) one_process: bool,
    /// Whether this is only a smoke test.
    pub(crate) quick: bool,
}

impl Plan {
    /// The sizes that the command line asks for.
    pub(crate) fn of(args: &RunArgs) -> Self {
        let (messages, repetitions) = if args.quick { (300, 1) } else { (20_000, 3) };
        Self {
            messages: args.messages.unwrap_or(messages).max(2),
            connections: if args.quick { 16 } else { 64 },
            repetitions: args.reps.unwrap_or(repetitions).max(1),
            bulk: if args.quick { (100, 2) } else { (1_000, 4) },
            crowd: if args.quick { 600 } else { 100_000 },
            steady: (100, Duration::from_secs(if args.quick { 2 } else { 20 })),
            raw: if args.quick { Duration::from_millis(300) } else { Duration::from_secs(4) },
            one_process: args.one_process,
            quick: args.quick,
        }
    }

    /// What is posted before anything is measured: pools fill, texts are compiled, pages are allocated.
    pub(crate) fn warm_up(&self) -> usize {
        (self.messages / 4).max(100)
    }
}
