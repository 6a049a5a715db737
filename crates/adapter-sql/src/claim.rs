//! Claiming: a worker takes messages, and gets with them all that is needed to send them, in a handful of statements a batch.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use carillon_domain::ids::MessageId;
use carillon_domain::{Business, Event, Person, Reason, Status};
use carillon_ports::directory::StandingQuery;
use carillon_ports::store::Claimed;
use carillon_ports::{StoreError, Vault};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::entity::{business, event, message, person};
use crate::error::store_error;
use crate::seal::Keys;
use crate::sql::{Sql, millis, time};
use crate::standing::Standings;
use crate::{appointment, directory, people, rows};

/// Claims those of the messages that are queued.
pub(crate) async fn claim(
    writer: &DatabaseConnection,
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    ids: &[MessageId],
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Vec<Claimed>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = raise_attempts(writer, ids, lease, now).await?;
    match read(reader, vault, &rows).await {
        Err(StoreError::Corrupt(_)) => one_by_one(writer, reader, vault, &rows, now).await,
        whole => whole,
    }
}

/// Reads claimed rows back with all they refer to.
async fn read(
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    rows: &[message::Model],
) -> Result<Vec<Claimed>, StoreError> {
    let around = Surroundings::load(reader, vault, rows).await?;
    rows.iter().map(|row| around.of(row)).collect()
}

/// Finds out which row cannot be read back, ends it as failed, and answers the others.
async fn one_by_one(
    writer: &DatabaseConnection,
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    rows: &[message::Model],
    now: DateTime<Utc>,
) -> Result<Vec<Claimed>, StoreError> {
    let mut claimed = Vec::new();
    for row in rows {
        match read(reader, vault, std::slice::from_ref(row)).await {
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
    let list = sql.list(ids.iter().map(|id| id.0));
    let statement = sql.statement(&format!(
        "UPDATE messages SET status = 'sending', attempt = attempt + 1, lease_until = {until}, updated_at = {at} \
         WHERE status = 'queued' AND id IN ({list}) RETURNING *"
    ));
    message::Entity::find().from_raw_sql(statement).all(writer).await.map_err(|error| store_error(&error))
}

/// All that some claimed messages refer to.
struct Surroundings {
    events: HashMap<Uuid, Option<Arc<Event>>>,
    people: HashMap<String, Person>,
    parts: HashMap<Uuid, BTreeMap<String, carillon_domain::PersonId>>,
    businesses: HashMap<String, Arc<Business>>,
    standings: Standings,
    revisions: HashMap<appointment::Name, i64>,
}

impl Surroundings {
    async fn load(
        reader: &impl ConnectionTrait,
        vault: &dyn Vault,
        claimed: &[message::Model],
    ) -> Result<Self, StoreError> {
        let event_rows = by_ids::<event::Entity, _, _>(
            reader,
            event::Column::Id,
            claimed.iter().map(|row| row.event_id).collect(),
        )
        .await?;
        let mut ids: BTreeSet<String> = claimed.iter().map(|row| row.recipient_id.clone()).collect();
        let mut parts = HashMap::new();
        for row in &event_rows {
            let of_event = rows::parts(row)?;
            ids.extend(of_event.values().map(ToString::to_string));
            parts.insert(row.id, of_event);
        }
        let person_rows = people::rows(reader, &ids).await?;
        let mut owners = people::owners(&person_rows);
        owners.extend(event_rows.iter().map(|row| row.key_owner.clone()));
        let keys = Keys::load(reader, vault, &owners).await?;
        let wanted: BTreeSet<String> = claimed.iter().filter_map(|row| row.business_id.clone()).collect();
        let business_rows = by_ids::<business::Entity, _, _>(reader, business::Column::Id, wanted).await?;
        let fences: BTreeSet<appointment::Name> = claimed
            .iter()
            .filter_map(|row| rows::fence(row).transpose())
            .map(|fence| fence.map(|(b, a, _)| (b, a)))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            events: event_rows
                .iter()
                .map(|row| Ok((row.id, rows::event(row, &keys)?.map(Arc::new))))
                .collect::<Result<_, StoreError>>()?,
            people: opened(&person_rows, &keys)?,
            parts,
            businesses: business_rows
                .iter()
                .map(|row| Ok((row.id.clone(), Arc::new(directory::business(row)?))))
                .collect::<Result<_, StoreError>>()?,
            revisions: appointment::revisions(reader, &fences.into_iter().collect::<Vec<_>>()).await?,
            standings: Standings::load(reader, person_rows).await?,
        })
    }

    fn of(&self, row: &message::Model) -> Result<Claimed, StoreError> {
        let (message, notification) = (rows::message(row)?, rows::notification_of(row)?);
        let fence = rows::fence(row)?;
        let people = self
            .parts
            .get(&row.event_id)
            .into_iter()
            .flatten()
            .filter_map(|(part, id)| Some((part.clone(), self.people.get(id.as_str())?.clone())))
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
            revision_holds: fence.is_none_or(|(business, id, revision)| {
                self.revisions.get(&(business, id)) == Some(&revision)
            }),
            message,
            notification,
            people,
            standing,
        })
    }
}

fn opened(rows: &[person::Model], keys: &Keys<'_>) -> Result<HashMap<String, Person>, StoreError> {
    rows.iter()
        .filter_map(|row| people::person(row, keys).transpose())
        .map(|person| person.map(|p| (p.id.to_string(), p)))
        .collect()
}

async fn by_ids<E, C, V>(
    connection: &impl ConnectionTrait,
    column: C,
    ids: BTreeSet<V>,
) -> Result<Vec<E::Model>, StoreError>
where
    E: EntityTrait,
    C: ColumnTrait,
    V: Into<sea_orm::Value>,
{
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    E::find().filter(column.is_in(ids)).all(connection).await.map_err(|error| store_error(&error))
}
