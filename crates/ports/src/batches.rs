//! Bulk requests: accepted whole, followed, called off.

use async_trait::async_trait;
use carillon_domain::ids::{BatchId, BusinessId};
use carillon_domain::{Event, Reach, Status};
use chrono::{DateTime, Utc};

use crate::error::StoreError;
use crate::store::{Acceptance, Accepted, Batch};

/// What one bulk request commits: whole, or not at all.
#[derive(Debug, Clone)]
pub struct BulkAcceptance {
    /// The request. Its event holds the data that all recipients share.
    pub acceptance: Acceptance,
    /// An event each for the recipients with data of their own, so that it is sealed with their own key.
    pub own_events: Vec<Event>,
}

/// How far a batch has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchProgress {
    /// The batch and its pace.
    pub batch: Batch,
    /// The tenant; `None` for the platform's own.
    pub business: Option<BusinessId>,
    /// When it was accepted.
    pub created_at: DateTime<Utc>,
    /// How many of its messages are in a state; states that none is in are left out.
    pub counts: Vec<(Status, u64)>,
    /// When its last message left or ended; `None` while one of them may still leave.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Bulk requests have a door of their own: thousands of rows at once must not hold up what is accepted one by one.
#[async_trait]
pub trait Batches: Send + Sync {
    /// Commits a bulk request. MUST be durable when it answers, MUST write nothing when the idempotency key was used before, and MUST
    /// NOT hold up other acceptances for longer than one bulk request takes, however many come at once.
    async fn append_bulk(&self, bulk: BulkAcceptance) -> Result<Accepted, StoreError>;

    /// How far a batch within reach has come.
    async fn find_batch(&self, id: BatchId, reach: &Reach) -> Result<Option<BatchProgress>, StoreError>;

    /// Calls off what waits in a batch, and says how many messages that were; `None` when no such batch is within reach. What failed
    /// stays failed.
    async fn cancel_batch(
        &self,
        id: BatchId,
        reach: &Reach,
        now: DateTime<Utc>,
    ) -> Result<Option<u64>, StoreError>;
}
