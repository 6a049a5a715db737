//! Bulk requests as they come along.

use carillon_domain::{BatchId, BusinessId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::counts::StatusCounts;
use crate::dto::timestamp::Timestamp;
use crate::world::BatchProgress;

/// How far a batch has come.
#[derive(Serialize, ToSchema)]
#[schema(as = Batch)]
pub(crate) struct BatchBody {
    /// The batch.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c40")]
    id: BatchId,
    /// The business it comes from; null for the platform's own.
    #[schema(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// How many of its messages may leave a minute; null: as fast as it goes.
    #[schema(example = 600)]
    rate_per_minute: Option<u32>,
    /// How many messages it has, those included that are never sent.
    #[schema(example = 1000)]
    total: u64,
    /// How many of them are in each state.
    counts: StatusCounts,
    /// When it was accepted.
    created_at: Timestamp,
    /// When its last message left or ended; null while one of them may still leave.
    finished_at: Option<Timestamp>,
}

impl From<BatchProgress> for BatchBody {
    fn from(progress: BatchProgress) -> Self {
        Self {
            id: progress.batch.id,
            business_id: progress.business,
            rate_per_minute: Some(progress.batch.per_minute).filter(|rate| *rate > 0),
            total: progress.counts.iter().map(|(_, count)| count).sum(),
            counts: StatusCounts::from(progress.counts.as_slice()),
            created_at: progress.created_at.into(),
            finished_at: progress.finished_at.map(Timestamp),
        }
    }
}
