//! What comes of a request that makes messages.

use carillon_application::report::{EventReport, MessageReport, NotificationReport};
use carillon_domain::{Channel, EventId, KindName, MessageId, NotificationId, PersonId, Reason, Status};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::names::{ChannelName, ReasonName, StatusName};
use crate::dto::timestamp::Timestamp;
use crate::dto::warning::Warning;

/// What came of an event. Everything in it is committed.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventAccepted {
    /// The event.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3d")]
    pub(crate) event_id: EventId,
    /// One for each person and kind.
    pub(crate) notifications: Vec<NotificationAccepted>,
    /// What in the request could not be used: an address that nothing can be sent to. Its messages are `suppressed` with the reason
    /// `invalid_address`; `?strict=true` refuses the event instead. And phone numbers that are stored but receive no text messages
    /// (`number_not_mobile`), which refuse nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<Warning>,
}

/// One kind for one recipient.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotificationAccepted {
    /// The notification.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3e")]
    pub(crate) id: NotificationId,
    /// What it says.
    #[schema(value_type = String, example = "client.appointment_confirmed")]
    pub(crate) kind: KindName,
    /// Who hears it.
    #[schema(value_type = String, example = "client-77")]
    pub(crate) recipient_id: PersonId,
    /// One for each channel of the kind, those included that are not used, with the reason.
    pub(crate) messages: Vec<MessageAccepted>,
}

/// One channel of a notification.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageAccepted {
    /// The message.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3f")]
    pub(crate) id: MessageId,
    /// How it travels.
    #[schema(value_type = ChannelName)]
    pub(crate) channel: Channel,
    /// Where it stands.
    #[schema(value_type = StatusName)]
    pub(crate) status: Status,
    /// Why it is not sent; absent when it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ReasonName>)]
    pub(crate) reason: Option<Reason>,
    /// When it leaves.
    pub(crate) due_at: Timestamp,
}

impl From<EventReport> for EventAccepted {
    fn from(report: EventReport) -> Self {
        Self {
            event_id: report.event_id,
            notifications: report.notifications.into_iter().map(NotificationAccepted::from).collect(),
            warnings: report.warnings.into_iter().map(Warning::from).collect(),
        }
    }
}

impl From<NotificationReport> for NotificationAccepted {
    fn from(report: NotificationReport) -> Self {
        Self {
            id: report.id,
            kind: report.kind,
            recipient_id: report.recipient_id,
            messages: report.messages.into_iter().map(MessageAccepted::from).collect(),
        }
    }
}

impl From<MessageReport> for MessageAccepted {
    fn from(report: MessageReport) -> Self {
        Self {
            id: report.id,
            channel: report.channel,
            status: report.status,
            reason: report.reason,
            due_at: report.due_at.into(),
        }
    }
}
