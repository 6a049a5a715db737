//! The machine's clock, the demo's, which can be moved ahead, and the simulation's, which is only moved.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use carillon_ports::Clock;
use chrono::{DateTime, TimeDelta, Utc};

/// The machine's clock.
#[derive(Debug, Default)]
pub(crate) struct SystemClock;

/// The one place where the machine's time is read.
#[expect(clippy::disallowed_methods, reason = "this is the adapter that everybody else asks")]
fn machine_time() -> DateTime<Utc> {
    Utc::now()
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        machine_time()
    }

    async fn sleep(&self, span: TimeDelta) {
        tokio::time::sleep(span.to_std().unwrap_or_default()).await;
    }
}

/// A clock that shows what it is set to, and stands still in between.
#[derive(Debug)]
pub(crate) struct VirtualClock {
    shows_ms: AtomicI64,
}

impl VirtualClock {
    /// Shows this time.
    pub(crate) fn at(time: DateTime<Utc>) -> Self {
        Self { shows_ms: AtomicI64::new(time.timestamp_millis()) }
    }

    /// Moves on to a time, never back.
    pub(crate) fn set(&self, time: DateTime<Utc>) {
        self.shows_ms.fetch_max(time.timestamp_millis(), Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.shows_ms.load(Ordering::SeqCst)).unwrap_or_default()
    }

    /// Whoever waits lets the time pass.
    async fn sleep(&self, span: TimeDelta) {
        self.set(self.now() + span);
    }
}

/// The machine's clock, some time ahead: days pass by jumps, and in between it runs like any other, so that leases and time-outs
/// mean what they say.
#[derive(Debug, Default)]
pub(crate) struct JumpingClock {
    ahead_ms: AtomicI64,
}

impl JumpingClock {
    /// Jumps to a time, never back.
    pub(crate) fn jump_to(&self, time: DateTime<Utc>) {
        let ahead = (time - machine_time()).num_milliseconds();
        self.ahead_ms.fetch_max(ahead, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for JumpingClock {
    fn now(&self) -> DateTime<Utc> {
        machine_time() + TimeDelta::milliseconds(self.ahead_ms.load(Ordering::SeqCst))
    }

    async fn sleep(&self, span: TimeDelta) {
        let wake_at = self.now() + span;
        while self.now() < wake_at {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
