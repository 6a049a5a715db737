//! What messages refer to, and the messages read back with it.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use carillon_domain::event::Part;
use carillon_domain::ids::{EventId, PersonId};
use carillon_domain::{Booking, Business, Event, Notification, Person};
use carillon_ports::directory::StandingQuery;
use carillon_ports::store::Claimed;
use carillon_ports::{StoreError, Vault};
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult};

use crate::events::WithKey;
use crate::found::Found;
use crate::people::Known;
use crate::seal::Keys;
use crate::seen_keys::SeenKeys;
use crate::standing::Standings;
use crate::{appointment, directory, people, rows};

/// Reads rows of [`select`](crate::found::select) back with all they refer to.
pub(crate) async fn read(
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    seen: &SeenKeys,
    rows: &[QueryResult],
) -> Result<Vec<Claimed>, StoreError> {
    let mut found = rows.iter().map(Found::read).collect::<Result<Vec<_>, _>>()?;
    let around = Surroundings::load(reader, vault, seen, &mut found).await?;
    Ok(found.into_iter().map(|one| around.of(one)).collect())
}

/// All that some messages refer to.
struct Surroundings {
    events: HashMap<EventId, Option<Arc<Event>>>,
    people: HashMap<String, Person>,
    parts: HashMap<EventId, BTreeMap<Part, PersonId>>,
    businesses: HashMap<String, Arc<Business>>,
    standings: Standings,
    bookings: HashMap<appointment::Name, Arc<Booking>>,
}

impl Surroundings {
    /// Opens what was read with the messages, and reads what else they refer to.
    async fn load(
        reader: &impl ConnectionTrait,
        vault: &dyn Vault,
        seen: &SeenKeys,
        found: &mut [Found],
    ) -> Result<Self, StoreError> {
        let mut keys = Keys::none(vault);
        let mut known: Vec<Known> = found.iter_mut().filter_map(|one| one.recipient.take()).collect();
        let (mut parts, mut others) = (HashMap::new(), BTreeSet::new());
        for WithKey { row, wrapped } in found.iter().filter_map(|one| one.event.as_ref()) {
            // Several messages may come of one event.
            let Entry::Vacant(vacant) = parts.entry(EventId(row.id)) else { continue };
            others.extend(vacant.insert(rows::parts(row)?).values().map(ToString::to_string));
            if let Some(wrapped) = wrapped {
                keys.open_key(&row.key_owner, wrapped)?;
            }
        }
        let bookings = bookings(reader, vault, found).await?;
        for reminder in found.iter().map(|one| &one.notification).filter(|one| is_reminder(one)) {
            if let Some(booking) = name(reminder).and_then(|name| bookings.get(&name)) {
                others
                    .extend(booking.appointment.parts(&reminder.recipient).values().map(ToString::to_string));
            }
        }
        for recipient in &known {
            others.remove(&recipient.row.id);
        }
        known.extend(people::known(reader, &others).await?);
        people::note_keys(seen, &known);
        people::open_keys(&mut keys, &known)?;
        let people = people::opened(&known, &keys)?;
        Ok(Self {
            events: events(found, &keys)?,
            people: people.into_iter().map(|person| (person.id.to_string(), person)).collect(),
            parts,
            businesses: businesses(found)?,
            standings: Standings::of_people(known)?,
            bookings,
        })
    }

    /// Who takes which part: in the appointment, for a reminder; else in the event.
    fn parts(&self, notification: &Notification, booking: Option<&Booking>) -> BTreeMap<Part, PersonId> {
        match booking.filter(|_| is_reminder(notification)) {
            Some(booking) => booking.appointment.parts(&notification.recipient),
            None => self.parts.get(&notification.event).cloned().unwrap_or_default(),
        }
    }

    fn of(&self, Found { message, notification, lease_until, .. }: Found) -> Claimed {
        let booking = name(&notification).and_then(|name| self.bookings.get(&name).cloned());
        let people = self
            .parts(&notification, booking.as_deref())
            .into_iter()
            .filter_map(|(part, id)| Some((part, self.people.get(id.as_str())?.clone())))
            .collect();
        let standing = self.standings.of(&StandingQuery {
            person: notification.recipient.clone(),
            business: notification.business.clone(),
            kind: notification.kind.clone(),
            purpose: notification.purpose,
            channel: message.channel,
            // A rest that ends within the lease is over by the time of the call.
            at: lease_until.unwrap_or_default(),
        });
        let business = notification.business.as_ref();
        Claimed {
            lease_until: lease_until.unwrap_or_default(),
            event: self.events.get(&notification.event).cloned().flatten(),
            recipient: self.people.get(notification.recipient.as_str()).cloned(),
            business: business.and_then(|id| self.businesses.get(id.as_str()).cloned()),
            booking,
            message,
            notification,
            people,
            standing,
        }
    }
}

/// The events, each opened and read once; none where the person it is about was erased.
fn events(found: &[Found], keys: &Keys<'_>) -> Result<HashMap<EventId, Option<Arc<Event>>>, StoreError> {
    let mut events = HashMap::new();
    for WithKey { row, .. } in found.iter().filter_map(|one| one.event.as_ref()) {
        if let Entry::Vacant(vacant) = events.entry(EventId(row.id)) {
            vacant.insert(rows::event(row, keys)?.map(Arc::new));
        }
    }
    Ok(events)
}

/// The businesses, each read once.
fn businesses(found: &[Found]) -> Result<HashMap<String, Arc<Business>>, StoreError> {
    let mut businesses = HashMap::new();
    for row in found.iter().filter_map(|one| one.business.as_ref()) {
        if let Entry::Vacant(vacant) = businesses.entry(row.id.clone()) {
            vacant.insert(Arc::new(directory::business(row)?));
        }
    }
    Ok(businesses)
}

fn is_reminder(notification: &Notification) -> bool {
    notification.fence.as_ref().is_some_and(|fence| fence.rule.is_some())
}

/// The appointment that a notification speaks of.
fn name(notification: &Notification) -> Option<appointment::Name> {
    Some((notification.business.clone()?, notification.fence.as_ref()?.appointment.clone()))
}

/// The appointments that messages speak of, as they are now.
async fn bookings(
    reader: &impl ConnectionTrait,
    vault: &dyn Vault,
    found: &[Found],
) -> Result<HashMap<appointment::Name, Arc<Booking>>, StoreError> {
    let names = found.iter().filter_map(|one| name(&one.notification)).collect();
    let found = appointment::bookings(reader, vault, &names).await?;
    Ok(found.into_iter().map(|(name, booking)| (name, Arc::new(booking))).collect())
}
