//! Accepting: everything of a request in one transaction, and many requests in one commit.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use carillon_domain::{Appointment, Person};
use carillon_ports::store::{Acceptance, Accepted, IdempotencyKey};
use carillon_ports::{Ids, StoreError, Vault};
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, QueryFilter,
};

use crate::entity::{batch, business, event, idempotency_key, message, notification};
use crate::error::{store_error, unreadable};
use crate::rows::{event_row, message_row, notification_row};
use crate::seal::{Keys, business_key, event_key, person_key};
use crate::sql::{Sql, millis};
use crate::{appointment, keys, people};

/// The most rows of one statement: 25 columns of 500 stay under both databases' limits of parameters.
const ROWS: usize = 500;

/// Commits acceptances together and answers for each, in order.
pub(crate) async fn append(
    writer: &DatabaseConnection,
    vault: &dyn Vault,
    ids: &Arc<dyn Ids>,
    acceptances: Vec<Acceptance>,
) -> Result<Vec<Accepted>, StoreError> {
    let transaction = crate::sql::begin(writer).await?;
    let answers = claim_keys(&transaction, &acceptances).await?;
    let fresh: Vec<&Acceptance> = acceptances
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| **answer == Accepted::Stored)
        .map(|(acceptance, _)| acceptance)
        .collect();
    if !fresh.is_empty() {
        write(&transaction, vault, ids, &fresh).await?;
    }
    transaction.commit().await.map_err(|error| store_error(&error))?;
    Ok(answers)
}

/// The fingerprint and answer that an idempotency key stands for.
pub(crate) async fn find_answer(
    reader: &DatabaseConnection,
    owner: &str,
    key: &str,
) -> Result<Option<(String, String)>, StoreError> {
    let row = idempotency_key::Entity::find_by_id((owner.to_owned(), key.to_owned()))
        .one(reader)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(row.map(|row| (row.fingerprint, row.answer)))
}

/// Forgets the idempotency keys used before a time.
pub(crate) async fn forget_answers(
    writer: &DatabaseConnection,
    before: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let gone = idempotency_key::Entity::delete_many()
        .filter(idempotency_key::Column::CreatedAt.lt(millis(before)))
        .exec(writer)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(gone.rows_affected)
}

/// Takes the idempotency keys. Of several with the same key, whether in this group or in another process, one gets it; the
/// database makes the others wait for it and then tells them.
async fn claim_keys(
    transaction: &DatabaseTransaction,
    acceptances: &[Acceptance],
) -> Result<Vec<Accepted>, StoreError> {
    let mut first: BTreeMap<(&str, &str), (usize, &IdempotencyKey, i64)> = BTreeMap::new();
    for (index, acceptance) in acceptances.iter().enumerate() {
        if let Some(key) = &acceptance.idempotency {
            first.entry((&key.owner, &key.key)).or_insert((index, key, millis(acceptance.event.accepted_at)));
        }
    }
    if first.is_empty() {
        return Ok(vec![Accepted::Stored; acceptances.len()]);
    }
    let taken = insert_keys(transaction, &first).await?;
    let stored = stored_keys(transaction, &first).await?;
    acceptances
        .iter()
        .enumerate()
        .map(|(index, acceptance)| {
            let Some(key) = &acceptance.idempotency else { return Ok(Accepted::Stored) };
            let name = (key.owner.clone(), key.key.clone());
            if taken.contains(&name)
                && first
                    .get(&(key.owner.as_str(), key.key.as_str()))
                    .is_some_and(|(first, ..)| *first == index)
            {
                return Ok(Accepted::Stored);
            }
            let row = stored.get(&name).ok_or_else(|| unreadable("an idempotency key"))?;
            Ok(if row.fingerprint == key.fingerprint {
                Accepted::Replayed { answer: row.answer.clone() }
            } else {
                Accepted::KeyReused
            })
        })
        .collect()
}

/// Inserts in the order of the keys, so that two processes never wait for each other in a circle.
async fn insert_keys(
    transaction: &DatabaseTransaction,
    first: &BTreeMap<(&str, &str), (usize, &IdempotencyKey, i64)>,
) -> Result<BTreeSet<(String, String)>, StoreError> {
    let mut sql = Sql::on(transaction);
    let rows: Vec<String> = first
        .values()
        .map(|(_, key, at)| {
            let row = [
                sql.bind(&*key.owner),
                sql.bind(&*key.key),
                sql.bind(&*key.fingerprint),
                sql.bind(&*key.answer),
                sql.bind(*at),
            ];
            format!("({})", row.join(", "))
        })
        .collect();
    let statement = sql.statement(&format!(
        "INSERT INTO idempotency_keys (owner, key, fingerprint, answer, created_at) VALUES {} \
         ON CONFLICT (owner, key) DO NOTHING RETURNING owner, key",
        rows.join(", ")
    ));
    let rows = transaction.query_all_raw(statement).await.map_err(|error| store_error(&error))?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "owner")?, row.try_get("", "key")?)))
        .collect::<Result<_, _>>()
        .map_err(|error| store_error(&error))
}

async fn stored_keys(
    transaction: &DatabaseTransaction,
    first: &BTreeMap<(&str, &str), (usize, &IdempotencyKey, i64)>,
) -> Result<HashMap<(String, String), idempotency_key::Model>, StoreError> {
    let mut sql = Sql::on(transaction);
    let wanted: Vec<String> = first
        .keys()
        .map(|(owner, key)| {
            let (owner, key) = (sql.bind(*owner), sql.bind(*key));
            format!("(owner = {owner} AND key = {key})")
        })
        .collect();
    let statement = sql.statement(&format!("SELECT * FROM idempotency_keys WHERE {}", wanted.join(" OR ")));
    let rows = idempotency_key::Entity::find()
        .from_raw_sql(statement)
        .all(transaction)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(rows.into_iter().map(|row| ((row.owner.clone(), row.key.clone()), row)).collect())
}

/// Writes what was accepted, a table at a time.
async fn write(
    transaction: &DatabaseTransaction,
    vault: &dyn Vault,
    ids: &Arc<dyn Ids>,
    acceptances: &[&Acceptance],
) -> Result<(), StoreError> {
    let keys = Keys::ensure(transaction, vault, &owners(acceptances)).await?;
    register_businesses(transaction, acceptances).await?;
    let now = acceptances[0].event.accepted_at;
    // The last word on a person wins, and each is written once: one statement cannot change a row twice.
    let latest: BTreeMap<&str, &Person> =
        acceptances.iter().flat_map(|acceptance| &acceptance.people).map(|p| (p.id.as_str(), p)).collect();
    people::upsert(transaction, vault, &keys, &latest.into_values().collect::<Vec<_>>(), now).await?;
    let (messages, revisions) = messages(transaction, &keys, acceptances).await?;
    let events = acceptances
        .iter()
        .map(|acceptance| event_row(&acceptance.event, &keys))
        .collect::<Result<Vec<_>, _>>()?;
    insert::<event::Entity, _>(transaction, events).await?;
    let notifications = acceptances.iter().flat_map(|acceptance| {
        acceptance
            .notifications
            .iter()
            .map(|notification| notification_row(notification, &acceptance.event.name))
    });
    insert::<notification::Entity, _>(transaction, notifications.collect()).await?;
    insert::<message::Entity, _>(transaction, messages).await?;
    // Last, so that of two changes of one appointment in this group the later one also calls off what the earlier one planned.
    for (changed, revision) in revisions {
        appointment::call_off(transaction, changed, revision, now).await?;
    }
    insert::<batch::Entity, _>(
        transaction,
        acceptances.iter().filter_map(|acceptance| batch_row(acceptance)).collect(),
    )
    .await?;
    let audit: Vec<_> = acceptances.iter().flat_map(|acceptance| acceptance.audit.iter().cloned()).collect();
    keys::audit(transaction, ids, &audit).await
}

/// Changes the appointments and makes the message rows with their revisions. In the order of the appointments, so that two processes
/// never wait for each other in a circle; the changes of one appointment stay in the order they came.
async fn messages<'a>(
    transaction: &DatabaseTransaction,
    keys: &Keys<'_>,
    acceptances: &[&'a Acceptance],
) -> Result<(Vec<message::ActiveModel>, Vec<(&'a Appointment, i64)>), StoreError> {
    let mut ordered = acceptances.to_vec();
    ordered.sort_by_key(|acceptance| {
        acceptance.appointment.as_ref().map(|changed| (changed.business.clone(), changed.id.clone()))
    });
    let (mut rows, mut revisions) = (Vec::new(), Vec::new());
    for acceptance in ordered {
        let revision = match &acceptance.appointment {
            Some(changed) => {
                Some(appointment::change(transaction, keys, changed, acceptance.event.accepted_at).await?)
            }
            None => None,
        };
        revisions.extend(acceptance.appointment.as_ref().zip(revision));
        let by_id: HashMap<_, _> =
            acceptance.notifications.iter().map(|notification| (notification.id, notification)).collect();
        for message in &acceptance.messages {
            let notification = by_id
                .get(&message.notification)
                .ok_or_else(|| unreadable("a message without notification"))?;
            rows.push(message_row(message, notification, notification.fence.as_ref().and(revision)));
        }
    }
    Ok((rows, revisions))
}

fn owners(acceptances: &[&Acceptance]) -> BTreeSet<String> {
    let mut owners = BTreeSet::new();
    for acceptance in acceptances {
        owners.insert(event_key(&acceptance.event));
        owners.extend(acceptance.people.iter().map(|person| person_key(&person.id)));
        owners.extend(
            acceptance.appointment.iter().map(|appointment| business_key(Some(&appointment.business))),
        );
    }
    owners
}

async fn register_businesses(
    transaction: &DatabaseTransaction,
    acceptances: &[&Acceptance],
) -> Result<(), StoreError> {
    let mut rows = BTreeMap::new();
    for acceptance in acceptances {
        if let Some(business) = &acceptance.business {
            let now = millis(acceptance.event.accepted_at);
            let settings = serde_json::to_string(&business.settings).map_err(|_| unreadable("settings"))?;
            let row = business::ActiveModel {
                id: Set(business.id.to_string()),
                name: Set(business.name.clone()),
                settings: Set(settings),
                created_at: Set(now),
                updated_at: Set(now),
            };
            rows.entry(business.id.to_string()).or_insert(row);
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    business::Entity::insert_many(rows.into_values())
        .on_conflict(OnConflict::column(business::Column::Id).do_nothing().to_owned())
        .exec_without_returning(transaction)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}

fn batch_row(acceptance: &Acceptance) -> Option<batch::ActiveModel> {
    acceptance.batch.map(|batch| batch::ActiveModel {
        id: Set(batch.id.0),
        business_id: Set(acceptance.event.business.as_ref().map(ToString::to_string)),
        per_minute: Set(i64::from(batch.per_minute)),
        created_at: Set(millis(acceptance.event.accepted_at)),
    })
}

/// Inserts rows, many a statement.
pub(crate) async fn insert<E, A>(connection: &impl ConnectionTrait, rows: Vec<A>) -> Result<(), StoreError>
where
    E: EntityTrait,
    A: sea_orm::ActiveModelTrait<Entity = E>,
{
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<A> = rows.by_ref().take(ROWS).collect();
        E::insert_many(some).exec_without_returning(connection).await.map_err(|error| store_error(&error))?;
    }
    Ok(())
}
