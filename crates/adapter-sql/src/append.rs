//! Accepting: everything of a request in one transaction, and many requests in one commit.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use carillon_domain::{Booking, Message, Notification, Person, Reason};
use carillon_ports::store::{Acceptance, Accepted, IdempotencyKey};
use carillon_ports::{Ids, StoreError, Vault};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, QueryFilter,
};

use crate::entity::{audit_entry, batch, business, event, idempotency_key, message, notification, person};
use crate::error::{store_error, unreadable};
use crate::rows::{event_row, message_row, notification_row};
use crate::rows_in::{Column, Inserts, Kind, Rows};
use crate::seal::{Keys, business_key, event_key, person_key};
use crate::seen_keys::SeenKeys;
use crate::sql::{Sql, millis};
use crate::{appointment, at_once, digests, keys, people, replanning, texting};

/// How many rows an acceptance writes, roughly.
pub(crate) fn weight(acceptance: &Acceptance) -> usize {
    1 + acceptance.people.len() + acceptance.notifications.len() + acceptance.messages.len()
}

/// Commits acceptances together and answers for each, in order.
pub(crate) async fn append(
    writer: &DatabaseConnection,
    vault: &dyn Vault,
    ids: &Arc<dyn Ids>,
    seen: &SeenKeys,
    acceptances: &[Acceptance],
) -> Result<Vec<Accepted>, StoreError> {
    if at_once::append(writer, vault, ids, seen, acceptances).await? {
        return Ok(vec![Accepted::Stored; acceptances.len()]);
    }
    let transaction = crate::sql::begin(writer).await?;
    let answers = claim_keys(&transaction, acceptances).await?;
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
    let asked = acceptances.iter().filter(|acceptance| acceptance.idempotency.is_some()).count();
    let stored = if taken.len() == asked { HashMap::new() } else { stored_keys(transaction, &first).await? };
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
    let rows: Vec<_> = first
        .values()
        .map(|(_, key, at)| idempotency_key::Model {
            owner: key.owner.clone(),
            key: key.key.clone(),
            fingerprint: key.fingerprint.clone(),
            answer: key.answer.clone(),
            created_at: *at,
        })
        .collect();
    let mut sql = Sql::on(transaction);
    let given = Rows::of::<idempotency_key::Entity>(rows);
    let (names, given) = (given.names(), given.table("given", &mut sql));
    let statement = sql.statement(&format!(
        "WITH {given} INSERT INTO idempotency_keys ({names}) SELECT {names} FROM given WHERE true \
         ON CONFLICT (owner, key) DO NOTHING RETURNING owner, key"
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
    let mut given = Rows::new(&[Column::new("owner", Kind::Text), Column::new("key", Kind::Text)]);
    for (owner, key) in first.keys() {
        given.push(vec![(*owner).into(), (*key).into()]);
    }
    let given = given.table("given", &mut sql);
    let statement =
        sql.statement(&format!("WITH {given} SELECT * FROM idempotency_keys JOIN given USING (owner, key)"));
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
    for acceptance in acceptances {
        tell(transaction, acceptance).await?;
        digests::end_folded(transaction, &acceptance.folded, acceptance.event.accepted_at).await?;
        texting::note_passed_on(transaction, &acceptance.passes_on, acceptance.event.accepted_at).await?;
        if let Some(settlement) = &acceptance.settles {
            texting::settle(transaction, &keys, ids, settlement).await?;
        }
    }
    change_appointments(transaction, &keys, acceptances).await?;
    let mut inserts = Inserts::default();
    collect(&mut inserts, vault, ids, &keys, acceptances)?;
    if !inserts.run(transaction).await? {
        return Err(people::of_another_business());
    }
    Ok(())
}

/// Notes the reminders of which an acceptance tells that they came too late: of each it is told once.
async fn tell(transaction: &DatabaseTransaction, acceptance: &Acceptance) -> Result<(), StoreError> {
    if acceptance.tells_of.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::on(transaction);
    let at = sql.bind(millis(acceptance.event.accepted_at));
    let these = sql.among_ids("id", acceptance.tells_of.iter().map(|id| id.0));
    let statement =
        sql.statement(&format!("UPDATE messages SET told_at = {at} WHERE told_at IS NULL AND {these}"));
    let done = transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    let all = done.rows_affected() == acceptance.tells_of.len() as u64;
    if all { Ok(()) } else { Err(StoreError::Overtaken) }
}

/// Adds all rows of some acceptances.
pub(crate) fn collect(
    inserts: &mut Inserts,
    vault: &dyn Vault,
    ids: &Arc<dyn Ids>,
    keys: &Keys<'_>,
    acceptances: &[&Acceptance],
) -> Result<(), StoreError> {
    let events = acceptances.iter().map(|acceptance| event_row(&acceptance.event, keys));
    let notifications = acceptances
        .iter()
        .flat_map(|a| a.notifications.iter().map(|one| notification_row(one, &a.event.name)));
    let audit: Vec<_> = acceptances.iter().flat_map(|acceptance| acceptance.audit.iter().cloned()).collect();
    inserts.add::<person::Entity>(people_rows(vault, keys, acceptances)?, people::UPSERT);
    inserts.add_missing::<business::Entity>(business_rows(acceptances)?);
    inserts.add::<event::Entity>(events.collect::<Result<_, _>>()?, "");
    inserts.add::<notification::Entity>(notifications.collect(), "");
    let mut messages = Vec::new();
    for acceptance in acceptances {
        messages.extend(message_rows(&acceptance.notifications, &acceptance.messages)?);
    }
    inserts.add::<message::Entity>(messages, "");
    inserts.add::<batch::Entity>(acceptances.iter().filter_map(|one| batch_row(one)).collect(), "");
    inserts.add::<audit_entry::Entity>(keys::audit_rows(ids, &audit), "");
    Ok(())
}

/// The rows of all people. The last word on a person wins, and each is written once: one statement cannot change a row twice.
fn people_rows(
    vault: &dyn Vault,
    keys: &Keys<'_>,
    acceptances: &[&Acceptance],
) -> Result<Vec<person::Model>, StoreError> {
    let Some(now) = acceptances.first().map(|acceptance| acceptance.event.accepted_at) else {
        return Ok(Vec::new());
    };
    let latest: BTreeMap<&str, &Person> =
        acceptances.iter().flat_map(|acceptance| &acceptance.people).map(|p| (p.id.as_str(), p)).collect();
    latest.into_values().map(|person| people::row(vault, keys, person, now)).collect()
}

/// Changes the appointments and calls off what no longer holds. In the appointments' order, so that two processes never wait for each
/// other in a circle.
async fn change_appointments(
    transaction: &DatabaseTransaction,
    keys: &Keys<'_>,
    acceptances: &[&Acceptance],
) -> Result<(), StoreError> {
    let mut changes: Vec<(&Booking, &Acceptance)> =
        acceptances.iter().filter_map(|one| Some((one.booking.as_ref()?, *one))).collect();
    changes.sort_by_key(|(booking, _)| (&booking.appointment.business, &booking.appointment.id));
    for (booking, acceptance) in changes {
        let now = acceptance.event.accepted_at;
        appointment::change(transaction, keys, booking, now).await?;
        if booking.timing == booking.revision {
            appointment::call_off(transaction, booking, now).await?;
        }
        replanning::vanish(transaction, &acceptance.vanish, Reason::Superseded, now).await?;
        replanning::unplanned(transaction, &acceptance.notifications, &acceptance.messages).await?;
    }
    Ok(())
}

/// The rows of messages, each beside its notification.
pub(crate) fn message_rows(
    notifications: &[Notification],
    messages: &[Message],
) -> Result<Vec<message::Model>, StoreError> {
    let by_id: HashMap<_, _> =
        notifications.iter().map(|notification| (notification.id, notification)).collect();
    messages
        .iter()
        .map(|message| {
            let notification = by_id.get(&message.notification);
            let notification = notification.ok_or_else(|| unreadable("a message without notification"))?;
            Ok(message_row(message, notification))
        })
        .collect()
}

pub(crate) fn owners(acceptances: &[&Acceptance]) -> BTreeSet<String> {
    let mut owners = BTreeSet::new();
    for acceptance in acceptances {
        owners.insert(event_key(&acceptance.event));
        owners.extend(acceptance.people.iter().map(|person| person_key(&person.id)));
        owners.extend(
            acceptance.booking.iter().map(|booking| business_key(Some(&booking.appointment.business))),
        );
        // What people are told in answer to their texts.
        owners.extend(acceptance.settles.iter().map(|_| business_key(None)));
    }
    owners
}

fn business_rows(acceptances: &[&Acceptance]) -> Result<Vec<business::Model>, StoreError> {
    let mut rows = BTreeMap::new();
    for acceptance in acceptances {
        if let Some(business) = &acceptance.business {
            let now = millis(acceptance.event.accepted_at);
            let settings = serde_json::to_string(&business.settings).map_err(|_| unreadable("settings"))?;
            let row = business::Model {
                id: business.id.to_string(),
                name: business.name.clone(),
                settings,
                created_at: now,
                updated_at: now,
            };
            rows.entry(business.id.to_string()).or_insert(row);
        }
    }
    Ok(rows.into_values().collect())
}

fn batch_row(acceptance: &Acceptance) -> Option<batch::Model> {
    acceptance.batch.map(|batch| batch::Model {
        id: batch.id.0,
        business_id: acceptance.event.business.as_ref().map(ToString::to_string),
        per_minute: i64::from(batch.per_minute),
        created_at: millis(acceptance.event.accepted_at),
    })
}
