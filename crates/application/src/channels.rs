//! Which channels a notification leaves by, and why not by the others.

use std::collections::HashMap;

use carillon_domain::decision::{self, Asked, Standing};
use carillon_domain::ids::{BatchId, EventId, PersonId};
use carillon_domain::{AppointmentId, Business, Channel, Class, Kind, Message, Notification, Person, Value};
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
    /// The appointment whose current revision it needs.
    pub fence: Option<AppointmentId>,
    /// The bulk request it belongs to.
    pub batch: Option<BatchId>,
}

/// What all wanted notifications of one request share.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The event.
    pub event: EventId,
    /// Its data, people included.
    pub data: &'a Value,
    /// The tenant.
    pub business: Option<&'a Business>,
    /// When it was accepted.
    pub now: DateTime<Utc>,
}

/// Makes the notifications and one message a channel: planned, or suppressed with its reason.
pub async fn plan(
    ports: &Ports,
    setting: Setting<'_>,
    wanted: &[Wanted<'_>],
) -> Result<(Vec<Notification>, Vec<Message>), Refusal> {
    let standings = standings(ports, setting, wanted).await?;
    let (mut notifications, mut messages) = (Vec::new(), Vec::new());
    for one in wanted {
        let notification = notification(ports, setting, one);
        for rule in &one.kind.channels {
            let channel = rule.channel;
            let asked = Asked {
                kind: one.kind,
                rule,
                settings: setting.business.map(|business| &business.settings),
                requested: one.channels.as_deref(),
                condition_holds: rule
                    .when
                    .as_ref()
                    .is_none_or(|when| ports.catalogue.holds(when, setting.data, setting.now)),
                has_text: ports.catalogue.has_text(&one.kind.name, channel),
            };
            let nothing = Standing::default();
            let standing = standings.get(&(&one.recipient.id, &one.kind.name, channel)).unwrap_or(&nothing);
            let id = ports.ids.message(setting.now);
            let message =
                Message::planned(id, notification.id, channel, notification.class, one.due_at, setting.now)
                    .useful_until(one.deadline);
            messages.push(match decision::left_out(&asked, one.recipient, standing) {
                Some(reason) => message.suppressed(reason),
                None => message,
            });
        }
        notifications.push(notification);
    }
    Ok((notifications, messages))
}

type StandingKey<'a> = (&'a PersonId, &'a carillon_domain::KindName, Channel);

async fn standings<'a>(
    ports: &Ports,
    setting: Setting<'_>,
    wanted: &'a [Wanted<'a>],
) -> Result<HashMap<StandingKey<'a>, Standing>, Refusal> {
    let keys: Vec<StandingKey<'a>> = wanted
        .iter()
        .flat_map(|one| {
            one.kind.channels.iter().map(|rule| (&one.recipient.id, &one.kind.name, rule.channel))
        })
        .collect();
    let purposes: HashMap<_, _> = wanted.iter().map(|one| (&one.kind.name, one.kind.purpose)).collect();
    let queries: Vec<StandingQuery> = keys
        .iter()
        .filter_map(|(person, kind, channel)| {
            Some(StandingQuery {
                person: (*person).clone(),
                business: setting.business.map(|business| business.id.clone()),
                kind: (*kind).clone(),
                purpose: *purposes.get(kind)?,
                channel: *channel,
            })
        })
        .collect();
    let found = ports.directory.list_standings(&queries).await?;
    Ok(keys.into_iter().zip(found).collect())
}

fn notification(ports: &Ports, setting: Setting<'_>, one: &Wanted<'_>) -> Notification {
    Notification {
        id: ports.ids.notification(setting.now),
        event: setting.event,
        business: setting.business.map(|business| business.id.clone()),
        kind: one.kind.name.clone(),
        recipient: one.recipient.id.clone(),
        class: if one.batch.is_some() { Class::Bulk } else { one.kind.class },
        purpose: one.kind.purpose,
        batch: one.batch,
        fence: one.fence.clone(),
        created_at: setting.now,
    }
}
