//! The reminders that an appointment should have, and the notifications they become.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use carillon_domain::decision::{self, Asked};
use carillon_domain::ids::{EventId, PersonId};
use carillon_domain::notification::Fence;
use carillon_domain::reminder::{self, Planned};
use carillon_domain::replan::{Key, Wanted};
use carillon_domain::{Booking, Business, Kind, Message, Notification, Person, Reason, Settings};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::{Ports, Refusal};

/// The zones of those who have one of their own.
pub type Zones = HashMap<PersonId, Tz>;

/// A reminder that there should be, with the kind whose text it uses.
#[derive(Debug, Clone)]
pub struct Reminder<'a> {
    /// Its name and time.
    pub wanted: Wanted,
    /// Its kind.
    pub kind: &'a Kind,
}

/// The reminders that an appointment should have: one a rule, person and channel, those that are left out included. A channel that the
/// rule does not name gets none; one that it names and its text does not have is left out.
pub fn of<'a>(
    ports: &'a Ports,
    kinds: &[&'a Kind],
    booking: &Booking,
    business: &Business,
    zones: &Zones,
) -> Vec<Reminder<'a>> {
    let (appointment, settings) = (&booking.appointment, &business.settings);
    let mut readers: Vec<&PersonId> = appointment.clients.iter().chain(&appointment.practitioner).collect();
    readers.sort();
    readers.dedup();
    let mut reminders = Vec::new();
    for reader in readers {
        let zone = zones.get(reader).copied().unwrap_or(settings.timezone);
        for planned in reminder::plan(booking, settings, kinds, reader, zone) {
            let by_channel = channels(ports, booking, settings, &planned, reader);
            reminders.extend(by_channel.into_iter().map(|wanted| Reminder { wanted, kind: planned.kind }));
        }
    }
    reminders
}

fn channels(
    ports: &Ports,
    booking: &Booking,
    settings: &Settings,
    planned: &Planned<'_>,
    reader: &PersonId,
) -> Vec<Wanted> {
    let wanted = |channel, left_out| Wanted {
        key: Key { rule: planned.rule.clone(), person: reader.clone(), channel },
        due_at: planned.due_at,
        useful_until: planned.useful_until,
        left_out,
    };
    let data = booking.appointment.data();
    let holds = |when| ports.catalogue.holds(when, &data, planned.due_at);
    let rules = &planned.kind.channels;
    let named = planned.channels.iter().flatten().copied();
    let without_text = named
        .filter(|channel| rules.iter().all(|rule| rule.channel != *channel))
        .map(|channel| wanted(channel, planned.left_out.or(Some(Reason::NoTemplate))));
    rules
        .iter()
        .filter_map(|rule| {
            let asked = Asked {
                kind: planned.kind,
                rule,
                settings: Some(settings),
                requested: planned.channels.as_deref(),
                condition_holds: rule.when.as_ref().is_none_or(holds),
                has_text: ports.catalogue.has_text(&planned.kind.name, rule.channel),
            };
            let turned_off = decision::turned_off(&asked);
            (turned_off != Some(Reason::ChannelNotRequested))
                .then(|| wanted(rule.channel, planned.left_out.or(turned_off)))
        })
        .chain(without_text)
        .collect()
}

/// Makes the notifications and messages of reminders that appear: one notification a rule and person.
pub fn make(
    ports: &Ports,
    event: EventId,
    booking: &Booking,
    appear: &[Reminder<'_>],
    now: DateTime<Utc>,
) -> (Vec<Notification>, Vec<Message>) {
    let mut by_name: BTreeMap<(&str, &PersonId), Vec<&Reminder<'_>>> = BTreeMap::new();
    for one in appear {
        by_name.entry((&one.wanted.key.rule, &one.wanted.key.person)).or_default().push(one);
    }
    let (mut notifications, mut messages) = (Vec::new(), Vec::new());
    for ((rule, person), channels) in by_name {
        let Some(first) = channels.first() else { continue };
        let notification = Notification {
            id: ports.ids.notification(now),
            event,
            business: Some(booking.appointment.business.clone()),
            kind: first.kind.name.clone(),
            recipient: person.clone(),
            class: first.kind.class,
            purpose: first.kind.purpose,
            batch: None,
            fence: Some(Fence {
                appointment: booking.appointment.id.clone(),
                revision: booking.timing,
                rule: Some(rule.to_owned()),
            }),
            created_at: now,
        };
        for one in channels {
            let (id, due_at) = (ports.ids.message(now), one.wanted.due_at);
            let channel = one.wanted.key.channel;
            let message = Message::planned(id, notification.id, channel, notification.class, due_at, now)
                .useful_until(Some(one.wanted.useful_until));
            messages.push(match one.wanted.left_out {
                Some(reason) => message.suppressed(reason),
                None => message,
            });
        }
        notifications.push(notification);
    }
    (notifications, messages)
}

/// The zones of those who take part in these appointments; none is looked up where no rule depends on them.
/// People who are stored together with an appointment are `named`: they may not be in the directory yet.
pub async fn zones(
    ports: &Ports,
    settings: &Settings,
    bookings: &[&Booking],
    named: &BTreeMap<PersonId, Person>,
) -> Result<Zones, Refusal> {
    // Times of day are those of the place: only quiet hours depend on where the reader is.
    if settings.quiet_hours.is_none() {
        return Ok(Zones::new());
    }
    let people: BTreeSet<PersonId> = bookings
        .iter()
        .flat_map(|booking| booking.appointment.clients.iter().chain(&booking.appointment.practitioner))
        .filter(|person| !named.contains_key(person))
        .cloned()
        .collect();
    let found = ports.directory.find_people(&people.into_iter().collect::<Vec<_>>()).await?;
    let all = found.into_iter().chain(named.values().cloned());
    Ok(all.filter_map(|person| Some((person.id, person.timezone?))).collect())
}
