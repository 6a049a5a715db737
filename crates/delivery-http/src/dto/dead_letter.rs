//! Messages that were given up.

use carillon_domain::{
    BusinessId, Channel, Class, KindName, MessageId, NotificationId, PersonId, Reason, Status,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::dto::cursor;
use crate::dto::names::{ChannelName, ClassName, ReasonName, StatusName};
use crate::dto::search::limit;
use crate::dto::timestamp::Timestamp;
use crate::query::{FromQuery, Pairs};
use crate::world::{DeadLetter, DeadLetterFilter, TimeCursor};

/// Which dead letters are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeadLetterSearch {
    /// Of this business.
    #[param(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// By this channel.
    #[param(value_type = Option<ChannelName>)]
    channel: Option<Channel>,
    /// Of this kind.
    #[param(value_type = Option<String>, example = "client.appointment_confirmed")]
    kind: Option<KindName>,
    /// Given up for this reason.
    #[param(value_type = Option<ReasonName>)]
    reason: Option<Reason>,
    /// At most this many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    pub(crate) limit: u32,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub(crate) after: Option<TimeCursor>,
}

impl FromQuery for DeadLetterSearch {
    fn read(query: &mut Pairs) -> Self {
        Self {
            business_id: query.take("business_id"),
            channel: query.take("channel"),
            kind: query.take("kind"),
            reason: query.take("reason"),
            limit: limit(query),
            after: cursor::take(query),
        }
    }
}

impl DeadLetterSearch {
    /// The filter.
    pub(crate) fn filter(self) -> DeadLetterFilter {
        DeadLetterFilter {
            business: self.business_id,
            channel: self.channel,
            kind: self.kind,
            reason: self.reason,
        }
    }
}

/// Which dead letters are meant: all that fit everything that is given. Nothing given is all of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"channel": "email", "reason": "tries_exhausted"}))]
pub(crate) struct DeadLetterChoice {
    /// Of this business.
    #[schema(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// By this channel.
    #[schema(value_type = Option<ChannelName>)]
    channel: Option<Channel>,
    /// Of this kind.
    #[schema(value_type = Option<String>, example = "client.appointment_confirmed")]
    kind: Option<KindName>,
    /// Given up for this reason.
    #[schema(value_type = Option<ReasonName>)]
    reason: Option<Reason>,
}

impl DeadLetterChoice {
    /// The filter.
    pub(crate) fn filter(self) -> DeadLetterFilter {
        DeadLetterFilter {
            business: self.business_id,
            channel: self.channel,
            kind: self.kind,
            reason: self.reason,
        }
    }
}

/// How many dead letters were changed.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeadLettersChanged {
    /// How many.
    #[schema(example = 214)]
    pub(crate) changed: usize,
    /// Whether there may be more: ask again.
    pub(crate) more: bool,
}

/// A message that was given up.
#[derive(Serialize, ToSchema)]
#[schema(as = DeadLetter)]
pub(crate) struct DeadLetterBody {
    /// The message.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3f")]
    message_id: MessageId,
    /// What it is part of: GET /v1/notifications/{id} shows its timeline.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3e")]
    notification_id: NotificationId,
    /// The business it comes from; null for the platform's own.
    #[schema(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// What it says.
    #[schema(value_type = String, example = "client.appointment_confirmed")]
    kind: KindName,
    /// How it travels.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// How urgent it is.
    #[schema(value_type = ClassName)]
    class: Class,
    /// Who it is for.
    #[schema(value_type = String, example = "client-77")]
    recipient_id: PersonId,
    /// Why it was given up.
    #[schema(value_type = Option<ReasonName>)]
    reason: Option<Reason>,
    /// Who was asked last; null when nobody was.
    #[schema(example = "sendgrid")]
    provider: Option<String>,
    /// What came of the last try, in words; nothing personal.
    #[schema(example = "refused: 550")]
    detail: Option<String>,
    /// How often it was tried.
    #[schema(example = 3)]
    attempts: u32,
    /// When it was given up.
    failed_at: Timestamp,
}

/// Where a message stands after it was taken out of the dead letters.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeadLetterState {
    /// The message.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3f")]
    pub(crate) message_id: MessageId,
    /// Where it stands now.
    #[schema(value_type = StatusName)]
    pub(crate) status: Status,
}

impl DeadLetterBody {
    /// Where the list goes on after it.
    pub(crate) fn cursor(&self) -> String {
        cursor::write(TimeCursor { at: self.failed_at.0, id: self.message_id.0 })
    }
}

impl From<DeadLetter> for DeadLetterBody {
    fn from(letter: DeadLetter) -> Self {
        Self {
            message_id: letter.message,
            notification_id: letter.notification,
            business_id: letter.business,
            kind: letter.kind,
            channel: letter.channel,
            class: letter.class,
            recipient_id: letter.recipient,
            reason: letter.reason,
            provider: letter.provider,
            detail: letter.detail,
            attempts: letter.attempts,
            failed_at: letter.failed_at.into(),
        }
    }
}
