//! Which channels a notification leaves by, and why not by the others.

use std::collections::HashMap;

use carillon_domain::decision::{self, Asked, Standing};
use carillon_domain::ids::{BatchId, EventId, PersonId};
use carillon_domain::notification::Fence;
use carillon_domain::{
    Business, BusinessId, Channel, Class, Kind, KindName, Message, Notification, Person, Reason, Value,
};
use carillon_ports::directory::StandingQuery;
use chrono::{DateTime, Utc};

use crate::{Ports, Refusal};

/// One kind for one person, before it is decided which channels it leaves by.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The kind.
    pub kind: &'a Kind,
    /// Who.
    pub recipient: &'a Person,
    /// When it leaves.
    pub due_at: DateTime<Utc>,
    /// After this it is of no use.
    pub deadline: Option<DateTime<Utc>>,
    /// The channels that were asked for; `None` leaves them to the kind and the business.
    pub channels: Option<Vec<Channel>>,
    /// What it takes for granted of an appointment.
    pub fence: Option<Fence>,
    /// Why none of it leaves, where that is known already.
    pub left_out: Option<Reason>,
    /// The bulk request it belongs to.
    pub batch: Option<BatchId>,
}

impl<'a> Wanted<'a> {
    /// One that leaves at once.
    pub fn now(kind: &'a Kind, recipient: &'a Person, now: DateTime<Utc>) -> Self {
        Self {
            kind,
            recipient,
            due_at: now,
            deadline: None,
            channels: None,
            fence: None,
            left_out: None,
            batch: None,
        }
    }
}

/// What all wanted notifications of one request share.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The event.
    pub event: EventId,
    /// Its data, people included.
    pub data: &'a Value,
    /// The business that the event names: the tenant of all kinds but the platform's own.
    pub business: Option<&'a Business>,
    /// When it was accepted.
    pub now: DateTime<Utc>,
}

/// What stands against each channel of a kind for a person.
pub type Standings = HashMap<(PersonId, KindName, Channel), Standing>;

/// Makes the notifications and one message a channel: planned, or suppressed with its reason. A channel that the caller chose not
/// to use gets none.
pub async fn plan(
    ports: &Ports,
    setting: Setting<'_>,
    wanted: &[Wanted<'_>],
) -> Result<(Vec<Notification>, Vec<Message>), Refusal> {
    let addressed: Vec<(&Kind, &PersonId)> =
        wanted.iter().map(|wanted| (wanted.kind, &wanted.recipient.id)).collect();
    let standings = standings(ports, setting.business.map(|business| &business.id), &addressed).await?;
    Ok(planned(ports, setting, wanted, &standings))
}

/// The same for a caller who knows what stands against whom.
pub fn planned(
    ports: &Ports,
    setting: Setting<'_>,
    wanted: &[Wanted<'_>],
    standings: &Standings,
) -> (Vec<Notification>, Vec<Message>) {
    let (mut notifications, mut messages) = (Vec::new(), Vec::new());
    for one in wanted {
        let notification = notification(ports, setting, one);
        for rule in &one.kind.channels {
            let channel = rule.channel;
            let asked = Asked {
                kind: one.kind,
                rule,
                settings: one.kind.tenant(setting.business).map(|business| &business.settings),
                requested: one.channels.as_deref(),
                condition_holds: rule
                    .when
                    .as_ref()
                    .is_none_or(|when| ports.catalogue.holds(when, setting.data, setting.now)),
                has_text: ports.catalogue.has_text(&one.kind.name, channel),
            };
            let nothing = Standing::default();
            let key = (one.recipient.id.clone(), one.kind.name.clone(), channel);
            let standing = standings.get(&key).unwrap_or(&nothing);
            let id = ports.ids.message(setting.now);
            let message =
                Message::planned(id, notification.id, channel, notification.class, one.due_at, setting.now)
                    .useful_until(one.deadline);
            match one.left_out.or_else(|| decision::left_out(&asked, one.recipient, standing)) {
                None => messages.push(message),
                // Whoever names the channels has said by which others nothing is to leave.
                Some(Reason::ChannelNotRequested) => {}
                Some(reason) => messages.push(message.suppressed(reason)),
            }
        }
        notifications.push(notification);
    }
    (notifications, messages)
}

/// Asks what stands against these kinds for these people.
pub async fn standings(
    ports: &Ports,
    business: Option<&BusinessId>,
    addressed: &[(&Kind, &PersonId)],
) -> Result<Standings, Refusal> {
    let at = ports.clock.now();
    let queries: Vec<StandingQuery> = addressed
        .iter()
        .flat_map(|(kind, person)| {
            kind.channels.iter().map(|rule| StandingQuery {
                person: (*person).clone(),
                business: kind.tenant(business).cloned(),
                kind: kind.name.clone(),
                purpose: kind.purpose,
                channel: rule.channel,
                at,
            })
        })
        .collect();
    let found = ports.directory.list_standings(&queries).await?;
    Ok(queries
        .into_iter()
        .zip(found)
        .map(|(query, standing)| ((query.person, query.kind, query.channel), standing))
        .collect())
}

fn notification(ports: &Ports, setting: Setting<'_>, one: &Wanted<'_>) -> Notification {
    Notification {
        id: ports.ids.notification(setting.now),
        event: setting.event,
        business: one.kind.tenant(setting.business).map(|business| business.id.clone()),
        kind: one.kind.name.clone(),
        recipient: one.recipient.id.clone(),
        class: if one.batch.is_some() { Class::Bulk } else { one.kind.class },
        purpose: one.kind.purpose,
        batch: one.batch,
        fence: one.fence.clone(),
        created_at: setting.now,
    }
}
