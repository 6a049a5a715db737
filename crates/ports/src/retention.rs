//! How long history is kept.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::error::StoreError;

/// What was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Rows that were deleted one by one.
    pub rows: u64,
    /// Parts of tables that were dropped whole.
    pub parts: u64,
}

/// Makes room for what comes, and lets go of what ended long ago.
#[async_trait]
pub trait Retention: Send + Sync {
    /// Prepares the store for what will be accepted in the coming weeks, where it must be prepared.
    async fn make_room(&self, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Forgets events, notifications, messages, their tries and receipts that are older than `before`, at most so many in one call where
    /// they must be taken one by one. MUST keep whatever may still leave, and what belongs to it.
    async fn forget_history(&self, before: DateTime<Utc>, limit: u32) -> Result<Forgotten, StoreError>;
}
