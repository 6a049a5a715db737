//! A clock that is set by hand.

use std::sync::Mutex;

use async_trait::async_trait;
use carillon_ports::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

/// The machine's time, for what a test signs for a process that runs on it.
#[expect(
    clippy::disallowed_methods,
    reason = "a process under test asks its own clock, which is the machine's"
)]
pub fn machine_time() -> DateTime<Utc> {
    Utc::now()
}

/// Stands still until it is moved; sleepers wake when it passes their time.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<DateTime<Utc>>,
    moved: Notify,
}

impl ManualClock {
    /// A clock that shows this time.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { now: Mutex::new(now), moved: Notify::new() }
    }

    /// Moves it forward.
    pub fn advance(&self, span: TimeDelta) {
        *self.now.lock().expect("no panic while held") += span;
        self.moved.notify_waiters();
    }
}

impl Default for ManualClock {
    /// 2026-12-01 08:00 UTC: two days before the appointment of the samples.
    fn default() -> Self {
        Self::at(DateTime::from_timestamp(1_796_112_000, 0).expect("a time in range"))
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.lock().expect("no panic while held")
    }

    async fn sleep(&self, span: TimeDelta) {
        let wake_at = self.now() + span;
        loop {
            let moved = self.moved.notified();
            if self.now() >= wake_at {
                return;
            }
            moved.await;
        }
    }
}
