//! Notifications with what came of them: lists and timelines.

use carillon_domain::receipt::Said;
use carillon_domain::{
    BusinessId, Channel, Class, EventId, KindName, MessageId, NotificationId, PersonId, Purpose, Reason,
    Status,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::cost::MessageCostBody;
use crate::dto::names::{ChannelName, ClassName, PurposeName, ReasonName, SaidName, StatusName};
use crate::dto::timestamp::Timestamp;
use crate::world::{Action, AttemptRecord, Content, MessageRecord, NotificationRecord, ReceiptRecord};

/// One kind for one recipient, with what came of it.
#[derive(Serialize, ToSchema)]
#[schema(as = Notification)]
pub(crate) struct NotificationBody {
    /// The notification.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3e")]
    pub(crate) id: NotificationId,
    /// What caused it.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3d")]
    event_id: EventId,
    /// The name of the event that caused it.
    #[schema(example = "appointment.booked")]
    event_type: String,
    /// The business it comes from; null for the platform's own.
    #[schema(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// What it says.
    #[schema(value_type = String, example = "client.appointment_confirmed")]
    kind: KindName,
    /// Who hears it.
    #[schema(value_type = String, example = "client-77")]
    recipient_id: PersonId,
    /// How urgent it is.
    #[schema(value_type = ClassName)]
    class: Class,
    /// What it is for.
    #[schema(value_type = PurposeName)]
    purpose: Purpose,
    /// When it was made.
    created_at: Timestamp,
    /// One for each channel of the kind.
    messages: Vec<MessageBody>,
}

/// One channel of a notification, with its history.
#[derive(Serialize, ToSchema)]
#[schema(as = Message)]
pub(crate) struct MessageBody {
    /// The message.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3f")]
    id: MessageId,
    /// How it travels.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// Where it stands.
    #[schema(value_type = StatusName)]
    status: Status,
    /// Why it is not sent, or not yet; null when there is nothing to say.
    #[schema(value_type = Option<ReasonName>)]
    reason: Option<Reason>,
    /// When it leaves, or is tried next.
    due_at: Timestamp,
    /// When a provider accepted it.
    sent_at: Option<Timestamp>,
    /// What it cost, for a text message; null in lists.
    cost: Option<MessageCostBody>,
    /// Who sent it.
    #[schema(example = "sendgrid")]
    provider: Option<String>,
    /// The provider's own id of it.
    #[schema(example = "14c5d75ce93.dfd.64b469")]
    provider_id: Option<String>,
    /// How many tries were used up.
    #[schema(example = 1)]
    tries: u32,
    /// Its tries, oldest first; empty in lists.
    attempts: Vec<AttemptBody>,
    /// What providers said of them afterwards, oldest first; empty in lists.
    receipts: Vec<ReceiptBody>,
    /// What was sent; null in lists, before sending, and once the person was erased.
    content: Option<ContentBody>,
}

/// One try.
#[derive(Serialize, ToSchema)]
#[schema(as = Attempt)]
pub(crate) struct AttemptBody {
    /// Its number, from 1.
    #[schema(example = 1)]
    number: u32,
    /// Who was asked; null when nobody was.
    #[schema(example = "sendgrid")]
    provider: Option<String>,
    /// The state that it led to.
    #[schema(value_type = StatusName)]
    status: Status,
    /// The provider's code and class in words; nothing personal.
    #[schema(example = "throttled: 429")]
    detail: Option<String>,
    /// The rule that decided, where it was not the plainest: `cap`, `digest`, `marketing_hours`, `quiet_hours`, `budget`; and which version of
    /// a text of the business's own was used.
    #[schema(example = "cap")]
    decided: Option<String>,
    /// When it began.
    started_at: Timestamp,
    /// When it ended.
    finished_at: Timestamp,
}

/// What a provider said of a try afterwards.
#[derive(Serialize, ToSchema)]
#[schema(as = Receipt)]
pub(crate) struct ReceiptBody {
    /// When it happened, as the provider says.
    at: Timestamp,
    /// What it says.
    #[schema(value_type = SaidName)]
    what: Said,
    /// Code and class in words; nothing personal.
    #[schema(example = "5.1.1; Invalid Address")]
    detail: Option<String>,
    /// Who says so.
    #[schema(example = "sendgrid")]
    provider: String,
    /// The number of the try; null where the provider does not tell.
    #[schema(example = 1)]
    attempt: Option<u32>,
}

/// What a person reads. `type` says which of the fields there are.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = Content)]
pub(crate) enum ContentBody {
    /// An e-mail.
    Email {
        /// One line.
        subject: String,
        /// The HTML part.
        html: String,
        /// The plain-text part.
        text: String,
    },
    /// A text message.
    Sms {
        /// The whole of it.
        text: String,
    },
    /// An item of the in-app inbox.
    InApp {
        /// One line.
        title: String,
        /// A sentence or two.
        body: String,
        /// What can be done.
        actions: Vec<ActionBody>,
    },
}

/// A button.
#[derive(Serialize, ToSchema)]
#[schema(as = Action)]
pub(crate) struct ActionBody {
    /// What it says.
    #[schema(example = "Voir le rendez-vous")]
    label: String,
    /// Where it leads.
    #[schema(example = "https://app.example.com/appointments/apt-1")]
    url: String,
}

impl From<NotificationRecord> for NotificationBody {
    fn from(record: NotificationRecord) -> Self {
        let notification = record.notification;
        Self {
            id: notification.id,
            event_id: notification.event,
            event_type: record.event_name,
            business_id: notification.business,
            kind: notification.kind,
            recipient_id: notification.recipient,
            class: notification.class,
            purpose: notification.purpose,
            created_at: notification.created_at.into(),
            messages: record.messages.into_iter().map(MessageBody::from).collect(),
        }
    }
}

impl From<MessageRecord> for MessageBody {
    fn from(record: MessageRecord) -> Self {
        let message = record.message;
        Self {
            id: message.id,
            channel: message.channel,
            status: message.status,
            reason: message.reason,
            due_at: message.due_at.into(),
            sent_at: record.sent_at.map(Timestamp),
            cost: record.cost.map(MessageCostBody::from),
            provider: record.provider,
            provider_id: record.provider_id,
            tries: message.tries,
            attempts: record.attempts.into_iter().map(AttemptBody::from).collect(),
            receipts: record.receipts.into_iter().map(ReceiptBody::from).collect(),
            content: record.content.map(ContentBody::from),
        }
    }
}

impl From<AttemptRecord> for AttemptBody {
    fn from(record: AttemptRecord) -> Self {
        Self {
            number: record.number,
            provider: record.provider,
            status: record.status,
            detail: record.detail,
            decided: record.decided,
            started_at: record.started_at.into(),
            finished_at: record.finished_at.into(),
        }
    }
}

impl From<ReceiptRecord> for ReceiptBody {
    fn from(record: ReceiptRecord) -> Self {
        Self {
            at: record.at.into(),
            what: record.said,
            detail: record.detail,
            provider: record.provider,
            attempt: Some(record.attempt).filter(|attempt| *attempt > 0),
        }
    }
}

impl From<Content> for ContentBody {
    fn from(content: Content) -> Self {
        match content {
            Content::Email { subject, html, text } => Self::Email { subject, html, text },
            Content::Sms { text } => Self::Sms { text },
            Content::InApp { title, body, action } => {
                Self::InApp { title, body, actions: action.into_iter().map(ActionBody::from).collect() }
            }
        }
    }
}

impl From<Action> for ActionBody {
    fn from(action: Action) -> Self {
        Self { label: action.label, url: action.url }
    }
}
