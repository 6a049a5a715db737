//! Time.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

/// The time of day. Everything that depends on time asks this port, so that tests and the demo own it.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now. MUST NOT go backwards within a process by more than the machine's own clock does.
    fn now(&self) -> DateTime<Utc>;

    /// Waits until that much of this clock's time has passed.
    async fn sleep(&self, span: TimeDelta);
}
