//! What came of things: search and timelines.

use async_trait::async_trait;
use carillon_domain::ids::{BusinessId, EventId, KindName, NotificationId, PersonId};
use carillon_domain::receipt::Said;
use carillon_domain::{Channel, Event, Message, Notification, Reach, Status};
use chrono::{DateTime, Utc};

use crate::content::Content;
use crate::error::StoreError;
use crate::store::MessageCost;

/// Which notifications are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Of this business.
    pub business: Option<BusinessId>,
    /// For this person.
    pub recipient: Option<PersonId>,
    /// Of this kind.
    pub kind: Option<KindName>,
    /// With a message in this state.
    pub status: Option<Status>,
    /// With a message by this channel.
    pub channel: Option<Channel>,
    /// Made at or after.
    pub since: Option<DateTime<Utc>>,
    /// Made before.
    pub until: Option<DateTime<Utc>>,
}

/// Where a page starts and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Newest first; what comes after this one.
    pub after: Option<NotificationId>,
    /// At most this many.
    pub limit: u32,
}

/// A try, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRecord {
    /// Its number.
    pub number: u32,
    /// Who was asked.
    pub provider: Option<String>,
    /// The state that it led to.
    pub status: Status,
    /// The provider's code and class in words.
    pub detail: Option<String>,
    /// Why it left, or not, where that was not for the plainest of reasons.
    pub decided: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
}

/// A receipt, as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRecord {
    /// Of which try.
    pub attempt: u32,
    /// Who says so.
    pub provider: String,
    /// What it says.
    pub said: Said,
    /// Code and class in words.
    pub detail: Option<String>,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// A message with its history.
#[derive(Debug, Clone)]
pub struct MessageRecord {
    /// The message.
    pub message: Message,
    /// Who sent it.
    pub provider: Option<String>,
    /// The provider's own id.
    pub provider_id: Option<String>,
    /// When a provider accepted it.
    pub sent_at: Option<DateTime<Utc>>,
    /// What it cost, for a text message. `None` in lists.
    pub cost: Option<MessageCost>,
    /// Its tries, oldest first. Empty in lists.
    pub attempts: Vec<AttemptRecord>,
    /// What providers said of them afterwards, oldest first. Empty in lists.
    pub receipts: Vec<ReceiptRecord>,
    /// What was sent. `None` in lists, before sending, and after erasure.
    pub content: Option<Content>,
}

/// A notification with its messages.
#[derive(Debug, Clone)]
pub struct NotificationRecord {
    /// The notification.
    pub notification: Notification,
    /// The name of the event that caused it.
    pub event_name: String,
    /// Its messages.
    pub messages: Vec<MessageRecord>,
}

/// Reads what came of things. Every answer is bound by the caller's reach.
#[async_trait]
pub trait History: Send + Sync {
    /// A page of notifications, newest first, without attempts and contents.
    async fn list_notifications(
        &self,
        filter: &Filter,
        reach: &Reach,
        page: Page,
    ) -> Result<Vec<NotificationRecord>, StoreError>;

    /// One notification whole.
    async fn find_notification(
        &self,
        id: NotificationId,
        reach: &Reach,
    ) -> Result<Option<NotificationRecord>, StoreError>;

    /// An event and the notifications it caused. The data is `Null` once the person it is about was erased.
    async fn find_event(
        &self,
        id: EventId,
        reach: &Reach,
    ) -> Result<Option<(Event, Vec<NotificationRecord>)>, StoreError>;
}
