//! A person's in-app notifications.

use async_trait::async_trait;
use carillon_domain::ids::{KindName, NotificationId, PersonId};
use chrono::{DateTime, Utc};

use crate::content::Content;
use crate::error::StoreError;

/// An item. `seq` rises by one for each person, without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxItem {
    /// Its place in the person's inbox.
    pub seq: i64,
    /// The notification it shows.
    pub notification: NotificationId,
    /// Its kind.
    pub kind: KindName,
    /// What it says.
    pub content: Content,
    /// When it arrived.
    pub created_at: DateTime<Utc>,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
    /// When it was put away.
    pub archived_at: Option<DateTime<Utc>>,
}

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InboxCounts {
    /// Not read and not archived.
    pub unread: i64,
    /// All that are not archived.
    pub total: i64,
    /// The newest `seq`; 0 when nothing ever arrived.
    pub newest: i64,
}

/// A person's in-app notifications.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Newest first: items before `before` (exclusive), archived ones left out.
    async fn list_inbox(
        &self,
        person: &PersonId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<InboxItem>, StoreError>;

    /// How many there are.
    async fn count_inbox(&self, person: &PersonId) -> Result<InboxCounts, StoreError>;

    /// Marks one as read; `false` when there is none. Reading twice keeps the first time.
    async fn read_inbox(&self, person: &PersonId, seq: i64, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Puts one away; `false` when there is none.
    async fn archive_inbox(
        &self,
        person: &PersonId,
        seq: i64,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Marks all as read and says how many that were.
    async fn read_all_inbox(&self, person: &PersonId, now: DateTime<Utc>) -> Result<u64, StoreError>;
}
