//! Recording how tries ended. The attempt's number is the fence: a late worker changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use carillon_domain::Status;
use carillon_domain::ids::PersonId;
use carillon_ports::content::Content;
use carillon_ports::store::Outcome;
use carillon_ports::{StoreError, Vault};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, EntityTrait, Statement};
use uuid::Uuid;

use crate::digests;
use crate::entity::{inbox_item, message};
use crate::error::{store_error, unreadable};
use crate::rows;
use crate::rows_in::{Column, Kind, Rows, insert};
use crate::seal::{Keys, person_key, place};
use crate::seen_keys::SeenKeys;
use crate::sql::{Sql, millis};
use crate::unsettled;

/// Records outcomes together; `false` for each that came too late.
pub(crate) async fn record(
    writer: &DatabaseConnection,
    vault: &dyn Vault,
    seen: &SeenKeys,
    outcomes: &[Outcome],
) -> Result<Vec<bool>, StoreError> {
    if outcomes.is_empty() {
        return Ok(Vec::new());
    }
    let owners: BTreeSet<String> =
        outcomes.iter().filter(|o| o.content.is_some()).map(|o| person_key(&o.recipient)).collect();
    // One statement is a transaction by itself. A key that is destroyed before it runs leaves a content that nobody can open.
    let is_plain =
        |outcome: &Outcome| !is_filed(outcome) && outcome.folds_at.is_none() && outcome.settles.is_none();
    let changed = if writer.get_database_backend() == DbBackend::Postgres && outcomes.iter().all(is_plain) {
        update_and_note(writer, &Keys::recall(writer, vault, seen, &owners).await?, outcomes).await?
    } else {
        let transaction = crate::sql::begin(writer).await?;
        let keys = Keys::hold(&transaction, vault, &owners).await?;
        let changed = update_and_note(&transaction, &keys, outcomes).await?;
        let current: Vec<&Outcome> = outcomes.iter().filter(|o| changed.contains(&o.message.0)).collect();
        file(&transaction, &keys, &current).await?;
        digests::fold(&transaction, &current).await?;
        unsettled::note(&transaction, &current).await?;
        transaction.commit().await.map_err(|error| store_error(&error))?;
        changed
    };
    Ok(outcomes.iter().map(|outcome| changed.contains(&outcome.message.0)).collect())
}

/// Whether an outcome belongs in its reader's inbox.
fn is_filed(outcome: &Outcome) -> bool {
    matches!(outcome.content, Some(Content::InApp { .. })) && outcome.after.status == Status::Sent
}

/// The columns of an outcome.
const OUTCOME: [Column; 18] = [
    Column::new("id", Kind::Uuid),
    Column::new("attempt", Kind::Integer),
    Column::new("status", Kind::Text),
    Column::nullable("reason", Kind::Text),
    Column::nullable("due_at", Kind::Integer),
    Column::new("tries", Kind::Integer),
    Column::nullable("provider", Kind::Text),
    Column::nullable("provider_id", Kind::Text),
    Column::nullable("detail", Kind::Text),
    Column::nullable("content", Kind::Bytes),
    Column::new("started_at", Kind::Integer),
    Column::new("at", Kind::Integer),
    Column::nullable("sent_at", Kind::Integer),
    Column::nullable("segments", Kind::Integer),
    Column::nullable("cost", Kind::Integer),
    Column::nullable("currency", Kind::Text),
    Column::nullable("country", Kind::Text),
    Column::nullable("decided", Kind::Text),
];

/// Sets what came of the messages that are still at the attempt the outcome speaks of. What a receipt has settled meanwhile stays, and
/// gets what we alone know: the provider's id and the text.
const UPDATE: &str = "UPDATE messages SET \
     status = CASE WHEN messages.status IN ('sent', 'delivered', 'undelivered') THEN messages.status ELSE o.status END, \
     reason = CASE WHEN messages.status IN ('sent', 'delivered', 'undelivered') THEN messages.reason ELSE o.reason END, \
     sent_at = CASE WHEN messages.status IN ('sent', 'delivered', 'undelivered') THEN COALESCE(messages.sent_at, o.sent_at) ELSE o.sent_at END, \
     due_at = COALESCE(o.due_at, messages.due_at), tries = o.tries, \
     provider = COALESCE(o.provider, messages.provider), provider_id = COALESCE(o.provider_id, messages.provider_id), \
     segments = COALESCE(o.segments, messages.segments), cost = COALESCE(o.cost, messages.cost), \
     currency = COALESCE(o.currency, messages.currency), country = COALESCE(o.country, messages.country), \
     content_sealed = COALESCE(o.content, messages.content_sealed), updated_at = o.at, lease_until = NULL \
     FROM o WHERE messages.id = o.id AND messages.attempt = o.attempt";

/// Of those, the ones whose attempt has not been recorded; `bounds` are those of the attempts.
fn unrecorded(bounds: &str) -> String {
    format!(
        "(messages.status = 'sending' OR (messages.status IN ('queued', 'sent', 'delivered', 'undelivered') AND NOT EXISTS \
         (SELECT 1 FROM attempts WHERE attempts.message_id = o.id AND attempts.number = o.attempt{bounds})))"
    )
}

/// What a try was, out of an outcome.
const TRY: &str = "o.attempt, o.provider, o.status, o.detail, o.started_at, o.at, o.decided";

/// Keeps each try that counted.
const NOTE: &str =
    "INSERT INTO attempts (message_id, number, provider, status, detail, started_at, finished_at, decided)";

/// Updates the messages and keeps the tries. Answers the messages that were still at the attempt the outcome speaks of.
async fn update_and_note(
    connection: &impl ConnectionTrait,
    keys: &Keys<'_>,
    outcomes: &[Outcome],
) -> Result<HashSet<Uuid>, StoreError> {
    let mut sql = Sql::on(connection);
    let given = as_rows(keys, outcomes.iter())?.table("o", &mut sql);
    let ids = || outcomes.iter().map(|outcome| outcome.message.0);
    // Of several, each is found by its id: bounds would have everything between them read, and compared with each outcome.
    let of_messages = if outcomes.len() == 1 { sql.bounds("messages.id", ids()) } else { String::new() };
    let of_attempts = sql.bounds("attempts.message_id", ids());
    let update = format!("{UPDATE}{of_messages} AND {}", unrecorded(&of_attempts));
    if sql.is_postgres() {
        let together = format!(
            "WITH {given}, changed AS ({update} RETURNING messages.id, {TRY}), noted AS ({NOTE} SELECT * FROM changed) SELECT id FROM changed"
        );
        return changed(connection, sql.statement(&together)).await;
    }
    let changed =
        changed(connection, sql.statement(&format!("WITH {given} {update} RETURNING messages.id"))).await?;
    if !changed.is_empty() {
        let current = outcomes.iter().filter(|outcome| changed.contains(&outcome.message.0));
        let (mut sql, current) = (Sql::on(connection), as_rows(keys, current)?);
        let given = current.table("o", &mut sql);
        let statement = sql.statement(&format!("WITH {given} {NOTE} SELECT o.id, {TRY} FROM o"));
        connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    }
    Ok(changed)
}

async fn changed(
    connection: &impl ConnectionTrait,
    statement: Statement,
) -> Result<HashSet<Uuid>, StoreError> {
    let rows = connection.query_all_raw(statement).await.map_err(|error| store_error(&error))?;
    rows.iter()
        .map(|row| row.try_get("", "id"))
        .collect::<Result<_, _>>()
        .map_err(|error| store_error(&error))
}

/// The outcomes as rows.
fn as_rows<'a>(keys: &Keys<'_>, outcomes: impl Iterator<Item = &'a Outcome>) -> Result<Rows, StoreError> {
    let mut rows = Rows::new(&OUTCOME);
    for outcome in outcomes {
        let sent_at = (outcome.after.status == Status::Sent).then(|| millis(outcome.finished_at));
        rows.push(vec![
            outcome.message.0.into(),
            i64::from(outcome.attempt).into(),
            outcome.after.status.as_str().into(),
            outcome.after.reason.map(|reason| reason.to_string()).into(),
            outcome.after.due_at.map(millis).into(),
            i64::from(outcome.after.tries).into(),
            outcome.provider.map(str::to_owned).into(),
            outcome.provider_id.clone().into(),
            outcome.detail.clone().into(),
            sealed_content(keys, outcome)?.into(),
            millis(outcome.started_at).into(),
            millis(outcome.finished_at).into(),
            sent_at.into(),
            outcome.cost.as_ref().map(|cost| whole(cost.segments)).into(),
            outcome.cost.as_ref().map(|cost| whole(cost.money.micros)).into(),
            outcome.cost.as_ref().map(|cost| cost.money.currency.as_str().to_owned()).into(),
            outcome.cost.as_ref().and_then(|cost| cost.country).map(|country| country.to_string()).into(),
            outcome.decided.clone().into(),
        ]);
    }
    Ok(rows)
}

fn whole(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// What was sent, sealed with the recipient's key; nothing when the person was erased meanwhile.
fn sealed_content(keys: &Keys<'_>, outcome: &Outcome) -> Result<Option<Vec<u8>>, StoreError> {
    let owner = person_key(&outcome.recipient);
    let Some(content) = outcome.content.as_ref().filter(|_| keys.has(&owner)) else { return Ok(None) };
    let id = outcome.message.to_string();
    keys.seal(&owner, place("messages", "content", &id), &rows::keep(content)?).map(Some)
}

/// Files in-app texts in their readers' inboxes, in the same transaction, each with the person's next number.
async fn file(
    transaction: &DatabaseTransaction,
    keys: &Keys<'_>,
    outcomes: &[&Outcome],
) -> Result<(), StoreError> {
    let mut by_person: BTreeMap<&PersonId, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        if is_filed(outcome) && keys.has(&person_key(&outcome.recipient)) {
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
    insert::<inbox_item::Entity>(transaction, items).await
}

/// Raises each person's counter by as many as arrive; the row's lock keeps the numbers without gaps.
async fn count_up(
    transaction: &DatabaseTransaction,
    by_person: &BTreeMap<&PersonId, Vec<&Outcome>>,
) -> Result<BTreeMap<String, i64>, StoreError> {
    let mut sql = Sql::on(transaction);
    let mut arrived =
        Rows::new(&[Column::new("person_id", Kind::Text), Column::new("newest", Kind::Integer)]);
    for (person, outcomes) in by_person {
        arrived
            .push(vec![person.to_string().into(), i64::try_from(outcomes.len()).unwrap_or_default().into()]);
    }
    let given = arrived.table("given", &mut sql);
    let statement = sql.statement(&format!(
        "WITH {given} INSERT INTO inbox_counters (person_id, newest) SELECT person_id, newest FROM given WHERE true \
         ON CONFLICT (person_id) DO UPDATE SET newest = inbox_counters.newest + excluded.newest RETURNING person_id, newest"
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
    let mut sql = Sql::on(transaction);
    let these = sql.among_ids("id", ids);
    let statement = sql.statement(&format!("SELECT * FROM messages WHERE {these}"));
    let rows = message::Entity::find().from_raw_sql(statement).all(transaction).await;
    Ok(rows.map_err(|error| store_error(&error))?.into_iter().map(|row| (row.id, row)).collect())
}

fn item(
    keys: &Keys<'_>,
    person: &PersonId,
    seq: i64,
    outcome: &Outcome,
    details: &BTreeMap<Uuid, message::Model>,
) -> Result<inbox_item::Model, StoreError> {
    let row = details.get(&outcome.message.0).ok_or_else(|| unreadable("an in-app message"))?;
    let content = outcome.content.as_ref().ok_or_else(|| unreadable("an in-app text"))?;
    let name = format!("{person}/{seq}");
    Ok(inbox_item::Model {
        person_id: person.to_string(),
        seq,
        notification_id: row.notification_id,
        message_id: row.id,
        kind: row.kind.clone(),
        content_sealed: keys.seal(
            &person_key(person),
            place("inbox_items", "content", &name),
            &rows::keep(content)?,
        )?,
        created_at: millis(outcome.finished_at),
        read_at: None,
        archived_at: None,
    })
}
