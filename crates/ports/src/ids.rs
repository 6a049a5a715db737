//! New identifiers.

use carillon_domain::ids::{BatchId, EventId, MessageId, NotificationId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Where new ids come from. MUST be unique over all processes, and rise with time (UUID version 7), so that rows that are made
/// together lie together.
pub trait Ids: Send + Sync {
    /// A new id.
    fn row(&self, now: DateTime<Utc>) -> Uuid;

    /// For an event.
    fn event(&self, now: DateTime<Utc>) -> EventId {
        EventId(self.row(now))
    }

    /// For a notification.
    fn notification(&self, now: DateTime<Utc>) -> NotificationId {
        NotificationId(self.row(now))
    }

    /// For a message.
    fn message(&self, now: DateTime<Utc>) -> MessageId {
        MessageId(self.row(now))
    }

    /// For a bulk request.
    fn batch(&self, now: DateTime<Utc>) -> BatchId {
        BatchId(self.row(now))
    }
}
