//! How many messages a person, a number or a business gets within a span.

use async_trait::async_trait;
use carillon_domain::verdict::Allowance;
use chrono::{DateTime, TimeDelta, Utc};

use crate::error::StoreError;

/// Asks for room for some messages of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapAsk {
    /// Who, as a key of ours: no address.
    pub subject: String,
    /// How long a span lasts; it begins with the first message.
    pub span: TimeDelta,
    /// How many of each class one span allows.
    pub allowance: Allowance,
    /// How many of each class want to leave.
    pub wanted: Allowance,
}

/// How much room there was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapGrant {
    /// How many of each class may leave.
    pub granted: Allowance,
    /// When the span ends.
    pub until: DateTime<Utc>,
}

/// Counts exactly: over all processes, across restarts, and whatever becomes of a queue.
#[async_trait]
pub trait Caps: Send + Sync {
    /// Takes room, in the order asked. MUST never grant more than is allowed, however many ask at once, and MUST NOT count what it refuses.
    async fn take(&self, asks: &[CapAsk], now: DateTime<Utc>) -> Result<Vec<CapGrant>, StoreError>;

    /// Forgets spans that began before a time.
    async fn forget_spans(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}
