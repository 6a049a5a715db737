//! Claiming: a worker takes messages, and gets with them all that is needed to send them, in a handful of statements a batch.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use carillon_domain::event::Part;
use carillon_domain::ids::{MessageId, PersonId};
use carillon_domain::{Booking, Business, Event, Notification, Person, Reason, Status};
use carillon_ports::directory::StandingQuery;
use carillon_ports::store::Claimed;
use carillon_ports::{StoreError, Vault};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait};
use uuid::Uuid;

use crate::entity::message;
use crate::error::store_error;
use crate::events::WithKey;
use crate::moving::NOTHING_UNHEARD;
use crate::seal::Keys;
use crate::seen_keys::SeenKeys;
use crate::sql::{Sql, millis, time};
use crate::standing::Standings;
use crate::{appointment, directory, people, rows};

/// Claims those of the messages that are queued.
pub(crate) async fn claim(
    writer: &DatabaseConnection,
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    seen: &SeenKeys,
    ids: &[MessageId],
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Vec<Claimed>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = raise_attempts(writer, ids, lease, now).await?;
    match read(reader, vault, seen, &rows).await {
        Err(StoreError::Corrupt(_)) => one_by_one(writer, reader, vault, seen, &rows, now).await,
        whole => whole,
    }
}

/// Reads claimed rows back with all they refer to.
pub(crate) async fn read(
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    seen: &SeenKeys,
    rows: &[message::Model],
) -> Result<Vec<Claimed>, StoreError> {
    let around = Surroundings::load(reader, vault, seen, rows).await?;
    rows.iter().map(|row| around.of(row)).collect()
}

/// Finds out which row cannot be read back, ends it as failed, and answers the others.
async fn one_by_one(
    writer: &DatabaseConnection,
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    seen: &SeenKeys,
    rows: &[message::Model],
    now: DateTime<Utc>,
) -> Result<Vec<Claimed>, StoreError> {
    let mut claimed = Vec::new();
    for row in rows {
        match read(reader, vault, seen, std::slice::from_ref(row)).await {
            Ok(one) => claimed.extend(one),
            Err(StoreError::Corrupt(error)) => {
                tracing::error!(error, message.id = %row.id, "a message cannot be read back and is given up");
                give_up(writer, row.id, now).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(claimed)
}

async fn give_up(writer: &DatabaseConnection, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut sql = Sql::on(writer);
    let (failed, reason) = (sql.bind(Status::Failed.as_str()), sql.bind(Reason::Unreadable.as_str()));
    let (at, id) = (sql.bind(millis(now)), sql.bind(id));
    let statement = sql.statement(&format!(
        "UPDATE messages SET status = {failed}, reason = {reason}, updated_at = {at}, lease_until = NULL WHERE id = {id}"
    ));
    writer.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}

/// One statement, committed by itself: the attempt's number is raised before anybody is called.
async fn raise_attempts(
    writer: &DatabaseConnection,
    ids: &[MessageId],
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Vec<message::Model>, StoreError> {
    let mut sql = Sql::on(writer);
    let (until, at) = (sql.bind(millis(now + lease)), sql.bind(millis(now)));
    let these = sql.among_ids("id", ids.iter().map(|id| id.0));
    let statement = sql.statement(&format!(
        "UPDATE messages SET status = 'sending', attempt = attempt + 1, lease_until = {until}, updated_at = {at} \
         WHERE status = 'queued' AND {these} AND {NOTHING_UNHEARD} RETURNING *"
    ));
    message::Entity::find().from_raw_sql(statement).all(writer).await.map_err(|error| store_error(&error))
}

/// All that some claimed messages refer to.
struct Surroundings {
    events: HashMap<Uuid, Option<Arc<Event>>>,
    people: HashMap<String, Person>,
    parts: HashMap<Uuid, BTreeMap<Part, PersonId>>,
    businesses: HashMap<String, Arc<Business>>,
    standings: Standings,
    bookings: HashMap<appointment::Name, Arc<Booking>>,
}

impl Surroundings {
    async fn load(
        reader: &impl ConnectionTrait,
        vault: &dyn Vault,
        seen: &SeenKeys,
        claimed: &[message::Model],
    ) -> Result<Self, StoreError> {
        let events = events(reader, claimed.iter().map(|row| row.event_id).collect()).await?;
        let mut keys = Keys::none(vault);
        let mut ids: BTreeSet<String> = claimed.iter().map(|row| row.recipient_id.clone()).collect();
        let mut parts = HashMap::new();
        for WithKey { row, wrapped } in &events {
            let of_event = rows::parts(row)?;
            ids.extend(of_event.values().map(ToString::to_string));
            parts.insert(row.id, of_event);
            if let Some(wrapped) = wrapped {
                keys.open_key(row.key_owner.clone(), wrapped.clone())?;
            }
        }
        let wanted: BTreeSet<String> = claimed.iter().filter_map(|row| row.business_id.clone()).collect();
        let bookings = bookings(reader, vault, claimed).await?;
        for row in claimed.iter().filter(|row| row.rule.is_some()) {
            let reminder = rows::notification_of(row)?;
            if let Some(booking) = name(&reminder).and_then(|name| bookings.get(&name)) {
                let parts = booking.appointment.parts(&reminder.recipient);
                ids.extend(parts.values().map(ToString::to_string));
            }
        }
        let ((people, standings), businesses) = tokio::try_join!(
            people_and_standings(reader, seen, &ids, &mut keys),
            directory::businesses(reader, wanted)
        )?;
        Ok(Self {
            events: events
                .iter()
                .map(|WithKey { row, .. }| Ok((row.id, rows::event(row, &keys)?.map(Arc::new))))
                .collect::<Result<_, StoreError>>()?,
            people,
            parts,
            businesses: businesses.into_iter().map(|(id, business)| (id, Arc::new(business))).collect(),
            bookings,
            standings,
        })
    }

    /// Who takes which part: in the appointment, for a reminder; else in the event.
    fn parts(&self, notification: &Notification, booking: Option<&Booking>) -> BTreeMap<Part, PersonId> {
        let is_reminder = notification.fence.as_ref().is_some_and(|fence| fence.rule.is_some());
        match booking.filter(|_| is_reminder) {
            Some(booking) => booking.appointment.parts(&notification.recipient),
            None => self.parts.get(&notification.event.0).cloned().unwrap_or_default(),
        }
    }

    fn of(&self, row: &message::Model) -> Result<Claimed, StoreError> {
        let (message, notification) = (rows::message(row)?, rows::notification_of(row)?);
        let booking = name(&notification).and_then(|name| self.bookings.get(&name).cloned());
        let parts = self.parts(&notification, booking.as_deref());
        let people = parts
            .into_iter()
            .filter_map(|(part, id)| Some((part, self.people.get(id.as_str())?.clone())))
            .collect();
        let standing = self.standings.of(&StandingQuery {
            person: notification.recipient.clone(),
            business: notification.business.clone(),
            kind: notification.kind.clone(),
            purpose: notification.purpose,
            channel: message.channel,
        });
        Ok(Claimed {
            lease_until: row.lease_until.map(time).unwrap_or_default(),
            event: self.events.get(&row.event_id).cloned().flatten(),
            recipient: self.people.get(&row.recipient_id).cloned(),
            business: row.business_id.as_ref().and_then(|id| self.businesses.get(id).cloned()),
            booking,
            message,
            notification,
            people,
            standing,
        })
    }
}

/// The appointment that a notification speaks of.
fn name(notification: &Notification) -> Option<appointment::Name> {
    Some((notification.business.clone()?, notification.fence.as_ref()?.appointment.clone()))
}

/// The appointments that claimed messages speak of, as they are now.
async fn bookings(
    reader: &impl ConnectionTrait,
    vault: &dyn Vault,
    claimed: &[message::Model],
) -> Result<HashMap<appointment::Name, Arc<Booking>>, StoreError> {
    let mut names = BTreeSet::new();
    for row in claimed.iter().filter(|row| row.appointment_id.is_some()) {
        names.extend(name(&rows::notification_of(row)?));
    }
    let found = appointment::bookings(reader, vault, &names).await?;
    Ok(found.into_iter().map(|(name, booking)| (name, Arc::new(booking))).collect())
}

async fn events(connection: &impl ConnectionTrait, ids: BTreeSet<Uuid>) -> Result<Vec<WithKey>, StoreError> {
    let mut sql = Sql::on(connection);
    let these = sql.among_ids("events.id", ids);
    WithKey::select(connection, sql, &these).await
}

async fn people_and_standings(
    connection: &impl ConnectionTrait,
    seen: &SeenKeys,
    ids: &BTreeSet<String>,
    keys: &mut Keys<'_>,
) -> Result<(HashMap<String, Person>, Standings), StoreError> {
    let known = people::known(connection, ids).await?;
    people::note_keys(seen, &known);
    people::open_keys(keys, &known)?;
    let people = known
        .iter()
        .filter_map(|known| people::person(&known.row, keys).transpose())
        .map(|person| person.map(|person| (person.id.to_string(), person)))
        .collect::<Result<_, _>>()?;
    Ok((people, Standings::of_people(known)?))
}
