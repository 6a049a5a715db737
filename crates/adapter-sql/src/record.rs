//! Recording how tries ended. The attempt's number is the fence: a late worker changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use carillon_domain::ids::PersonId;
use carillon_domain::{Channel, Status};
use carillon_ports::content::Content;
use carillon_ports::store::Outcome;
use carillon_ports::{StoreError, Vault};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, QueryFilter,
};
use uuid::Uuid;

use crate::append::insert;
use crate::entity::{attempt, inbox_item, message};
use crate::error::{store_error, unreadable};
use crate::rows;
use crate::seal::{Keys, person_key, place};
use crate::sql::{Sql, millis};

/// Records outcomes together; `false` for each that came too late.
pub(crate) async fn record(
    writer: &DatabaseConnection,
    vault: &dyn Vault,
    outcomes: Vec<Outcome>,
) -> Result<Vec<bool>, StoreError> {
    if outcomes.is_empty() {
        return Ok(Vec::new());
    }
    let transaction = crate::sql::begin(writer).await?;
    let owners: BTreeSet<String> =
        outcomes.iter().filter(|o| o.content.is_some()).map(|o| person_key(&o.recipient)).collect();
    let keys = Keys::hold(&transaction, vault, &owners).await?;
    let changed = update(&transaction, &keys, &outcomes).await?;
    let current: Vec<&Outcome> =
        outcomes.iter().filter(|outcome| changed.contains(&outcome.message.0)).collect();
    insert::<attempt::Entity, _>(&transaction, current.iter().map(|outcome| attempt_row(outcome)).collect())
        .await?;
    file(&transaction, &keys, &current).await?;
    transaction.commit().await.map_err(|error| store_error(&error))?;
    Ok(outcomes.iter().map(|outcome| changed.contains(&outcome.message.0)).collect())
}

/// One statement for all outcomes. Answers the messages that were still at the attempt the outcome speaks of.
async fn update(
    transaction: &DatabaseTransaction,
    keys: &Keys<'_>,
    outcomes: &[Outcome],
) -> Result<HashSet<Uuid>, StoreError> {
    let mut sql = Sql::on(transaction);
    let mut values = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        let sent_at = (outcome.after.status == Status::Sent).then(|| millis(outcome.finished_at));
        let row = [
            sql.typed("uuid", outcome.message.0),
            sql.typed("bigint", i64::from(outcome.attempt)),
            sql.typed("text", outcome.after.status.to_string()),
            sql.typed("text", outcome.after.reason.map(|reason| reason.to_string())),
            sql.typed("bigint", outcome.after.due_at.map(millis)),
            sql.typed("bigint", i64::from(outcome.after.tries)),
            sql.typed("text", outcome.provider),
            sql.typed("text", outcome.provider_id.clone()),
            sql.typed("bytea", sealed_content(keys, outcome)?),
            sql.typed("bigint", millis(outcome.finished_at)),
            sql.typed("bigint", sent_at),
        ];
        values.push(format!("({})", row.join(", ")));
    }
    let statement = sql.statement(&format!(
        "WITH o (id, attempt, status, reason, due_at, tries, provider, provider_id, content, at, sent_at) AS (VALUES {}) \
         UPDATE messages SET status = o.status, reason = o.reason, due_at = COALESCE(o.due_at, messages.due_at), tries = o.tries, \
         provider = COALESCE(o.provider, messages.provider), provider_id = COALESCE(o.provider_id, messages.provider_id), \
         content_sealed = COALESCE(o.content, messages.content_sealed), updated_at = o.at, sent_at = o.sent_at, lease_until = NULL \
         FROM o WHERE messages.id = o.id AND messages.attempt = o.attempt AND (messages.status = 'sending' OR (messages.status = 'queued' \
         AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.message_id = o.id AND attempts.number = o.attempt))) \
         RETURNING messages.id",
        values.join(", ")
    ));
    let rows = transaction.query_all_raw(statement).await.map_err(|error| store_error(&error))?;
    rows.iter()
        .map(|row| row.try_get("", "id"))
        .collect::<Result<_, _>>()
        .map_err(|error| store_error(&error))
}

/// What was sent, sealed with the recipient's key; nothing when the person was erased meanwhile.
fn sealed_content(keys: &Keys<'_>, outcome: &Outcome) -> Result<Option<Vec<u8>>, StoreError> {
    let owner = person_key(&outcome.recipient);
    let Some(content) = outcome.content.as_ref().filter(|_| keys.has(&owner)) else { return Ok(None) };
    let id = outcome.message.to_string();
    keys.seal(&owner, place("messages", "content", &id), &rows::keep(content)?).map(Some)
}

fn attempt_row(outcome: &Outcome) -> attempt::ActiveModel {
    attempt::ActiveModel {
        message_id: Set(outcome.message.0),
        number: Set(i64::from(outcome.attempt)),
        provider: Set(outcome.provider.map(str::to_owned)),
        status: Set(outcome.after.status.to_string()),
        detail: Set(outcome.detail.clone()),
        started_at: Set(millis(outcome.started_at)),
        finished_at: Set(millis(outcome.finished_at)),
    }
}

/// Files in-app texts in their readers' inboxes, in the same transaction, each with the person's next number.
async fn file(
    transaction: &DatabaseTransaction,
    keys: &Keys<'_>,
    outcomes: &[&Outcome],
) -> Result<(), StoreError> {
    let mut by_person: BTreeMap<&PersonId, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        let to_file =
            matches!(outcome.content, Some(Content::InApp { .. })) && outcome.after.status == Status::Sent;
        if to_file && keys.has(&person_key(&outcome.recipient)) {
            by_person.entry(&outcome.recipient).or_default().push(outcome);
        }
    }
    if by_person.is_empty() {
        return Ok(());
    }
    let newest = count_up(transaction, &by_person).await?;
    let details = details(transaction, by_person.values().flatten().map(|outcome| outcome.message.0)).await?;
    let mut items = Vec::new();
    for (person, outcomes) in by_person {
        let last = newest.get(person.as_str()).copied().ok_or_else(|| unreadable("an inbox counter"))?;
        let first = last + 1 - i64::try_from(outcomes.len()).unwrap_or_default();
        for (seq, outcome) in (first..).zip(outcomes) {
            items.push(item(keys, person, seq, outcome, &details)?);
        }
    }
    insert::<inbox_item::Entity, _>(transaction, items).await
}

/// Raises each person's counter by as many as arrive; the row's lock keeps the numbers without gaps.
async fn count_up(
    transaction: &DatabaseTransaction,
    by_person: &BTreeMap<&PersonId, Vec<&Outcome>>,
) -> Result<BTreeMap<String, i64>, StoreError> {
    let mut sql = Sql::on(transaction);
    let values: Vec<String> = by_person
        .iter()
        .map(|(person, outcomes)| {
            let arrived = i64::try_from(outcomes.len()).unwrap_or_default();
            format!("({}, {})", sql.bind(person.to_string()), sql.bind(arrived))
        })
        .collect();
    let statement = sql.statement(&format!(
        "INSERT INTO inbox_counters (person_id, newest) VALUES {} \
         ON CONFLICT (person_id) DO UPDATE SET newest = inbox_counters.newest + excluded.newest RETURNING person_id, newest",
        values.join(", ")
    ));
    let rows = transaction.query_all_raw(statement).await.map_err(|error| store_error(&error))?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "person_id")?, row.try_get("", "newest")?)))
        .collect::<Result<_, _>>()
        .map_err(|error| store_error(&error))
}

async fn details(
    transaction: &DatabaseTransaction,
    ids: impl Iterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, message::Model>, StoreError> {
    let rows = message::Entity::find()
        .filter(message::Column::Id.is_in(ids))
        .filter(message::Column::Channel.eq(Channel::InApp.as_str()))
        .all(transaction)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

fn item(
    keys: &Keys<'_>,
    person: &PersonId,
    seq: i64,
    outcome: &Outcome,
    details: &BTreeMap<Uuid, message::Model>,
) -> Result<inbox_item::ActiveModel, StoreError> {
    let row = details.get(&outcome.message.0).ok_or_else(|| unreadable("an in-app message"))?;
    let content = outcome.content.as_ref().ok_or_else(|| unreadable("an in-app text"))?;
    let name = format!("{person}/{seq}");
    Ok(inbox_item::ActiveModel {
        person_id: Set(person.to_string()),
        seq: Set(seq),
        notification_id: Set(row.notification_id),
        message_id: Set(row.id),
        kind: Set(row.kind.clone()),
        content_sealed: Set(keys.seal(
            &person_key(person),
            place("inbox_items", "content", &name),
            &rows::keep(content)?,
        )?),
        created_at: Set(millis(outcome.finished_at)),
        read_at: Set(None),
        archived_at: Set(None),
    })
}
