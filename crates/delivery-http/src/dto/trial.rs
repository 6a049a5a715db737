//! What would come of an event.

use carillon_application::dry_run::{Trial, Tried};
use carillon_application::report::MessageReport;
use carillon_domain::verdict::{Rule, Verdict};
use carillon_domain::{Channel, EventId, KindName, MessageId, NotificationId, PersonId, Reason, Status};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::cost::MessageCostBody;
use crate::dto::names::{ChannelName, ReasonName, RuleName, StatusName};
use crate::dto::notification::ContentBody;
use crate::dto::timestamp::Timestamp;
use crate::dto::warning::Warning;

/// What would come of an event. The ids are of this trial alone: nothing of it is stored.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventTrial {
    /// The event.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3d")]
    event_id: EventId,
    /// One a person and kind.
    notifications: Vec<NotificationTrial>,
    /// What in the request could not be used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
}

/// One kind for one recipient.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotificationTrial {
    /// The notification.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3e")]
    id: NotificationId,
    /// What it says.
    #[schema(value_type = String, example = "client.appointment_confirmed")]
    kind: KindName,
    /// Who hears it.
    #[schema(value_type = String, example = "client-77")]
    recipient_id: PersonId,
    /// One a channel.
    messages: Vec<MessageTrial>,
}

/// One channel of a notification, with what would become of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageTrial {
    /// The message.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3f")]
    id: MessageId,
    /// How it travels.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// Where it would stand after the request.
    #[schema(value_type = StatusName)]
    status: Status,
    /// Why it would not be sent, or not at once.
    #[schema(value_type = Option<ReasonName>)]
    reason: Option<Reason>,
    /// When it is due.
    due_at: Timestamp,
    /// What the rules would say then: `leave`, `later`, `fold` (it becomes a line of a list), `stop`; null for one that is left out when it is
    /// planned.
    #[schema(example = "leave")]
    verdict: Option<&'static str>,
    /// When it would leave by itself or in a list; null where it never would.
    leaves_at: Option<Timestamp>,
    /// What each rule said, in their order, up to the one that decided.
    rules: Vec<RuleSaid>,
    /// What it would say; null where it would not leave.
    content: Option<ContentBody>,
    /// Why its text could not be made.
    #[schema(example = "client.reminder_1h/fr/sms:1: undefined value")]
    problem: Option<String>,
    /// What it would cost, for a text message.
    cost: Option<MessageCostBody>,
}

/// What a rule said.
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleSaid {
    /// The rule.
    #[schema(value_type = RuleName)]
    rule: Rule,
    /// `pass`, or what it decided: `later`, `fold`, `stop`.
    #[schema(example = "pass")]
    said: &'static str,
    /// Why, where it decided.
    #[schema(value_type = Option<ReasonName>)]
    reason: Option<Reason>,
}

impl From<Trial> for EventTrial {
    fn from(trial: Trial) -> Self {
        let mut tried = trial.messages.into_iter();
        let notifications = trial.report.notifications.into_iter().map(|notification| NotificationTrial {
            id: notification.id,
            kind: notification.kind,
            recipient_id: notification.recipient_id,
            messages: notification
                .messages
                .into_iter()
                .zip(tried.by_ref())
                .map(|(message, tried)| MessageTrial::of(&message, tried))
                .collect(),
        });
        let notifications = notifications.collect();
        let warnings = trial.report.warnings.into_iter().map(Warning::from).collect();
        Self { event_id: trial.report.event_id, notifications, warnings }
    }
}

impl MessageTrial {
    fn of(message: &MessageReport, tried: Tried) -> Self {
        let leaves = tried.verdict.is_some_and(|verdict| !matches!(verdict, Verdict::Stop(_)));
        let rule_said = |(rule, verdict): (Rule, Option<Verdict>)| RuleSaid {
            rule,
            said: said(verdict, "pass"),
            reason: verdict.and_then(why),
        };
        Self {
            id: message.id,
            channel: message.channel,
            status: message.status,
            reason: message.reason.or(tried.verdict.and_then(why)),
            due_at: message.due_at.into(),
            verdict: tried.verdict.map(|verdict| said(Some(verdict), "leave")),
            leaves_at: leaves.then(|| tried.at.into()),
            rules: tried.rules.into_iter().map(rule_said).collect(),
            content: tried.content.map(ContentBody::from),
            problem: tried.problem,
            cost: tried.cost.map(MessageCostBody::from),
        }
    }
}

const fn said(verdict: Option<Verdict>, nothing: &'static str) -> &'static str {
    match verdict {
        None | Some(Verdict::Leave) => nothing,
        Some(Verdict::Later { .. }) => "later",
        Some(Verdict::Fold { .. }) => "fold",
        Some(Verdict::Stop(_)) => "stop",
    }
}

const fn why(verdict: Verdict) -> Option<Reason> {
    match verdict {
        Verdict::Leave => None,
        Verdict::Later { why, .. } | Verdict::Fold { why, .. } | Verdict::Stop(why) => Some(why),
    }
}
