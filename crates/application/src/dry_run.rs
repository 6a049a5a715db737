//! What would come of an event, with reasons, texts and cost, and nothing done: the same planning, the same rules and the same texts as on the
//! real path.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use carillon_domain::decision::Standing;
use carillon_domain::event::Part;
use carillon_domain::verdict::{self, Rule, Verdict};
use carillon_domain::{Kind, Message, Notification, NotificationId, Person, PersonId, Principal, Status};
use carillon_ports::content::Content;
use carillon_ports::store::{Claimed, MessageCost};
use chrono::{DateTime, Utc};

use crate::channels::{self, Standings};
use crate::own_texts::TextLookup;
use crate::publish::WorkedOut;
use crate::report::EventReport;
use crate::texts::{self, Links, Reading};
use crate::{Ports, Publish, PublishEvent, Refusal, leaving, money};

/// What would come of an event.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The answer that publishing it would get; its ids are of this trial alone.
    pub report: EventReport,
    /// What would become of each message, in the order of the report.
    pub messages: Vec<Tried>,
}

/// What would become of a message.
#[derive(Debug, Clone)]
pub struct Tried {
    /// What was decided; `None` for one that was left out when it was planned.
    pub verdict: Option<Verdict>,
    /// When it would leave, or be looked at.
    pub at: DateTime<Utc>,
    /// What each rule said, up to the one that decided.
    pub rules: Vec<(Rule, Option<Verdict>)>,
    /// What it would say; `None` where it would not leave, or its text cannot be made.
    pub content: Option<Content>,
    /// Why its text cannot be made.
    pub problem: Option<String>,
    /// What it would cost, for a text message.
    pub cost: Option<MessageCost>,
}

/// Tries events out.
#[derive(Clone)]
pub struct TryEvent {
    ports: Ports,
    publish: PublishEvent,
    texts: TextLookup,
}

impl TryEvent {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), publish: PublishEvent::new(ports), texts: TextLookup::new(ports) }
    }

    /// What would come of an event.
    pub async fn run(&self, caller: &Principal, publish: Publish) -> Result<Trial, Refusal> {
        let worked_out = self.publish.try_out(caller, publish).await?;
        let standings = self.standings(&worked_out).await?;
        let notifications: HashMap<NotificationId, &Notification> =
            worked_out.acceptance.notifications.iter().map(|one| (one.id, one)).collect();
        let mut messages = Vec::new();
        for reported in &worked_out.report.notifications {
            for reported in &reported.messages {
                let message = worked_out.acceptance.messages.iter().find(|one| one.id == reported.id);
                let notification = message.and_then(|message| notifications.get(&message.notification));
                let (Some(message), Some(notification)) = (message, notification) else { continue };
                messages.push(self.try_message(&worked_out, &standings, notification, message).await);
            }
        }
        Ok(Trial { report: worked_out.report, messages })
    }

    async fn standings(&self, worked_out: &WorkedOut) -> Result<Standings, Refusal> {
        let kinds: Vec<(&Kind, &PersonId)> = worked_out
            .acceptance
            .notifications
            .iter()
            .filter_map(|one| Some((self.ports.catalogue.find_kind(&one.kind)?, &one.recipient)))
            .collect();
        let business = worked_out.tenant.as_ref().map(|tenant| &tenant.id);
        channels::standings(&self.ports, business, &kinds).await
    }

    async fn try_message(
        &self,
        worked_out: &WorkedOut,
        standings: &Standings,
        notification: &Notification,
        message: &Message,
    ) -> Tried {
        let left_out = Tried {
            verdict: None,
            at: message.due_at,
            rules: Vec::new(),
            content: None,
            problem: None,
            cost: None,
        };
        let Some(recipient) = worked_out.people.get(&notification.recipient) else { return left_out };
        if message.status == Status::Suppressed {
            return left_out;
        }
        let key = (notification.recipient.clone(), notification.kind.clone(), message.channel);
        let standing = standings.get(&key).cloned().unwrap_or_default();
        let claimed = claimed(worked_out, notification, message, recipient, standing);
        let kind = self.ports.catalogue.find_kind(&notification.kind);
        let rules = verdict::explain(&leaving::facts(
            &claimed,
            kind,
            recipient,
            &self.ports.policy.platform,
            message.due_at,
        ));
        let verdict = rules.last().and_then(|(_, said)| *said).unwrap_or(Verdict::Leave);
        let at = match verdict {
            Verdict::Later { at, .. } | Verdict::Fold { at, .. } => at,
            Verdict::Leave | Verdict::Stop(_) => message.due_at,
        };
        let (content, problem) = match verdict {
            Verdict::Stop(_) => (None, None),
            Verdict::Leave | Verdict::Later { .. } | Verdict::Fold { .. } => self.text(&claimed).await,
        };
        let cost = match (&content, &recipient.phone) {
            (Some(Content::Sms { text }), Some(to)) => Some(money::cost(&self.ports, to, text)),
            (_, _) => None,
        };
        Tried { verdict: Some(verdict), at, rules, content, problem, cost }
    }

    async fn text(&self, claimed: &Claimed) -> (Option<Content>, Option<String>) {
        let Some(reading) = Reading::of(claimed, claimed.message.channel) else { return (None, None) };
        let own = reading.own(&self.texts).await;
        let links = Links {
            unsubscribe: "https://unsubscribe.invalid/".to_owned(),
            preferences: "https://preferences.invalid/".to_owned(),
        };
        match texts::render(&self.ports, &reading, own.as_ref(), &links) {
            Ok((content, _)) => (Some(content), None),
            Err(error) => (None, Some(error.to_string())),
        }
    }
}

/// The message as a worker would have it.
fn claimed(
    worked_out: &WorkedOut,
    notification: &Notification,
    message: &Message,
    recipient: &Person,
    standing: Standing,
) -> Claimed {
    let booking = worked_out.booking.clone().filter(|_| notification.fence.is_some()).map(Arc::new);
    let is_reminder = notification.fence.as_ref().is_some_and(|fence| fence.rule.is_some());
    let parts = match booking.as_deref().filter(|_| is_reminder) {
        Some(booking) => booking.appointment.parts(&notification.recipient),
        None => worked_out.acceptance.event.parts.clone(),
    };
    let people: BTreeMap<Part, Person> = parts
        .into_iter()
        .filter_map(|(part, id)| Some((part, worked_out.people.get(&id)?.clone())))
        .collect();
    Claimed {
        message: message.clone(),
        notification: notification.clone(),
        event: Some(Arc::new(worked_out.acceptance.event.clone())),
        recipient: Some(recipient.clone()),
        people,
        business: worked_out.tenant.clone().filter(|_| notification.business.is_some()).map(Arc::new),
        standing,
        booking,
        lease_until: message.due_at,
    }
}
