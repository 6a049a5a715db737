//! Messages that wait to become lines of one list.

use async_trait::async_trait;
use carillon_domain::Channel;
use carillon_domain::ids::{BusinessId, MessageId, PersonId};
use chrono::{DateTime, Utc};

use crate::error::StoreError;
use crate::store::Claimed;

/// One list that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDigest {
    /// Who reads it.
    pub person: PersonId,
    /// Whose messages it lists; `None` for the platform's own.
    pub business: Option<BusinessId>,
    /// How it travels.
    pub channel: Channel,
    /// Its messages, the oldest first, at most so many as fit one list.
    pub messages: Vec<MessageId>,
}

/// Finds what waits for a list. Messages are put there by [`MessageStore::record`](crate::MessageStore::record).
#[async_trait]
pub trait Digests: Send + Sync {
    /// Lists that are due, each with what waits for it, up to `lines` messages each.
    async fn list_due(
        &self,
        now: DateTime<Utc>,
        limit: u32,
        lines: u32,
    ) -> Result<Vec<DueDigest>, StoreError>;

    /// These messages with all that is needed to make their texts, without claiming them. What cannot be read back, or is no longer there,
    /// is left out.
    async fn read_messages(&self, ids: &[MessageId], now: DateTime<Utc>) -> Result<Vec<Claimed>, StoreError>;

    /// Takes messages off the list that no longer wait for it: called off, sent by themselves, or impossible to read.
    async fn drop_lines(&self, ids: &[MessageId]) -> Result<(), StoreError>;
}
