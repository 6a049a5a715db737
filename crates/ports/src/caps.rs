//! How much a person, a number or a business gets within a span.

use async_trait::async_trait;
use carillon_domain::verdict::Allowance;
use carillon_domain::{Class, NotificationId};
use chrono::{DateTime, TimeDelta, Utc};

use crate::error::StoreError;

/// One thing that is counted against a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// How urgent it is.
    pub class: Class,
    /// Where all messages of a notification are one thing to the subject, its id: they take room once within a span.
    pub once: Option<NotificationId>,
}

/// Asks for room for some things of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapAsk {
    /// Who, as a key of ours: no address.
    pub subject: String,
    /// How long a span lasts; it begins with the first that is counted.
    pub span: TimeDelta,
    /// How many of each class one span allows.
    pub allowance: Allowance,
    /// What wants to leave, in the order in which room is given.
    pub wanted: Vec<Counted>,
}

/// How much room there was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapGrant {
    /// For each that was wanted, whether it may leave.
    pub granted: Vec<bool>,
    /// When the span ends.
    pub until: DateTime<Utc>,
}

/// Counts exactly: over all processes, across restarts, and whatever becomes of a queue.
#[async_trait]
pub trait Caps: Send + Sync {
    /// Takes room, in the order asked. MUST never grant more than is allowed, however many ask at once, and MUST NOT count what it refuses.
    ///
    /// What was counted under an id less than a span ago MUST be granted and not counted again, also while several ask for the same id at
    /// once: each waits until it is known whether the other got room. The count and the id are committed together.
    async fn take(&self, asks: &[CapAsk], now: DateTime<Utc>) -> Result<Vec<CapGrant>, StoreError>;

    /// Forgets spans that began before a time.
    async fn forget_spans(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Forgets which ids were counted before a time.
    async fn forget_counted(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}
