//! What a caller hears of what it asked for. Ids and states only: a report is kept for repeating an answer, so nothing in it is
//! personal.

use carillon_domain::ids::{EventId, KindName, MessageId, NotificationId, PersonId};
use carillon_domain::{Channel, Message, Notification, Reason, Status};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Problem;

/// What came of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventReport {
    /// The event.
    pub event_id: EventId,
    /// One a person and kind.
    pub notifications: Vec<NotificationReport>,
    /// What in the request could not be used; the rest was accepted all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Problem>,
    /// Whether it is the stored answer to an earlier request with the same key: this time nothing was done.
    #[serde(skip_serializing, default = "yes")]
    pub is_repeated: bool,
}

/// What is read from a store was answered before.
const fn yes() -> bool {
    true
}

/// One kind for one recipient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotificationReport {
    /// The notification.
    pub id: NotificationId,
    /// What it says.
    pub kind: KindName,
    /// Who hears it.
    pub recipient_id: PersonId,
    /// One a channel.
    pub messages: Vec<MessageReport>,
}

/// One channel of a notification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageReport {
    /// The message.
    pub id: MessageId,
    /// How it travels.
    pub channel: Channel,
    /// Where it stands.
    pub status: Status,
    /// Why it is not sent, or not yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// When it leaves.
    pub due_at: DateTime<Utc>,
}

/// Puts messages beside their notifications.
pub fn notifications(notifications: &[Notification], messages: &[Message]) -> Vec<NotificationReport> {
    notifications
        .iter()
        .map(|notification| NotificationReport {
            id: notification.id,
            kind: notification.kind.clone(),
            recipient_id: notification.recipient.clone(),
            messages: messages
                .iter()
                .filter(|message| message.notification == notification.id)
                .map(message)
                .collect(),
        })
        .collect()
}

fn message(message: &Message) -> MessageReport {
    MessageReport {
        id: message.id,
        channel: message.channel,
        status: message.status,
        reason: message.reason,
        due_at: message.due_at,
    }
}
