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
    /// Of those, how many are newer than what the person has seen.
    pub unseen: i64,
    /// All that are not archived.
    pub total: i64,
    /// The newest `seq`; 0 when nothing ever arrived.
    pub newest: i64,
}

/// Some items in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InboxPage {
    /// Oldest first.
    pub items: Vec<InboxItem>,
    /// After which `seq` to go on; `None` when there was nothing later than these.
    pub next: Option<i64>,
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

    /// Oldest first: items after `after` (exclusive), archived ones left out. MUST show an item only once all items with a smaller
    /// `seq` can be seen too, so that who goes on from the last one misses nothing. An item that cannot be read back is left out, and
    /// holds up none of those behind it.
    async fn list_inbox_after(
        &self,
        person: &PersonId,
        after: i64,
        limit: u32,
    ) -> Result<InboxPage, StoreError>;

    /// How many there are.
    async fn count_inbox(&self, person: &PersonId) -> Result<InboxCounts, StoreError>;

    /// The newest `seq` of each, however many are asked for; 0 when nothing ever arrived. Who is not known, or was erased, is left
    /// out.
    async fn list_newest(&self, people: &[PersonId]) -> Result<Vec<(PersonId, i64)>, StoreError>;

    /// Whether there is such an item, archived or not.
    async fn has_inbox_item(&self, person: &PersonId, seq: i64) -> Result<bool, StoreError>;

    /// Marks items as read, and answers those that were not yet, in order. Each is answered to one caller.
    async fn read_inbox(
        &self,
        person: &PersonId,
        seqs: &[i64],
        now: DateTime<Utc>,
    ) -> Result<Vec<i64>, StoreError>;

    /// Puts items away, and answers those that were not yet, in order.
    async fn archive_inbox(
        &self,
        person: &PersonId,
        seqs: &[i64],
        now: DateTime<Utc>,
    ) -> Result<Vec<i64>, StoreError>;

    /// Marks all that are not archived as read, and answers those that were not yet, in order.
    async fn read_all_inbox(&self, person: &PersonId, now: DateTime<Utc>) -> Result<Vec<i64>, StoreError>;

    /// Notes that the person has seen the list up to this `seq`; `false` when that was known. Never goes back, and never beyond the
    /// newest.
    async fn see_inbox(&self, person: &PersonId, seq: i64) -> Result<bool, StoreError>;
}
