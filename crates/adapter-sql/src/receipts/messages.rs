//! The messages that receipts speak of: locked, weighed against all that is known of them, and changed where that changes something.

use std::collections::{BTreeSet, HashMap, HashSet};

use carillon_domain::Status;
use carillon_domain::receipt::{Known, Settled, settled};
use carillon_ports::StoreError;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, Statement, Value};
use uuid::Uuid;

use crate::entity::receipt;
use crate::error::store_error;
use crate::rows::parse;
use crate::rows_in::{Column, Kind, Rows};
use crate::sql::{Sql, millis, time};

/// Where a message stands.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(super) struct Standing {
    id: Uuid,
    pub(super) business_id: Option<String>,
    pub(super) status: String,
    reason: Option<String>,
    pub(super) lease_until: Option<i64>,
    provider: Option<String>,
    provider_id: Option<String>,
    sent_at: Option<i64>,
    delivered_at: Option<i64>,
    opened_at: Option<i64>,
    clicked_at: Option<i64>,
    complained_at: Option<i64>,
}

/// Something that is known of a try.
#[derive(FromQueryResult)]
struct Fact {
    message_id: Uuid,
    attempt: i64,
    provider: String,
    said: String,
    at: i64,
}

/// Locks the messages, but waits for none: whoever holds one may be waiting for another that we hold.
pub(super) async fn lock(
    transaction: &DatabaseTransaction,
    ids: &BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, Standing>, StoreError> {
    let (mut sql, lock) = (Sql::on(transaction), Sql::on(transaction).skip_locked());
    let these = sql.among("id", ids.iter().copied());
    let statement = sql.statement(&format!(
        "SELECT id, business_id, status, reason, lease_until, provider, provider_id, sent_at, delivered_at, opened_at, clicked_at, \
         complained_at FROM messages WHERE {these} {lock}"
    ));
    let rows = Standing::find_by_statement(statement).all(transaction).await;
    let rows = rows.map_err(|error| store_error(&error))?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Those of the messages that are stored, and that somebody else has locked.
pub(super) async fn locked_by_others(
    transaction: &DatabaseTransaction,
    ids: &BTreeSet<Uuid>,
    ours: &HashMap<Uuid, Standing>,
) -> Result<HashSet<Uuid>, StoreError> {
    let missing: Vec<Uuid> = ids.iter().filter(|id| !ours.contains_key(id)).copied().collect();
    let mut sql = Sql::on(transaction);
    if missing.is_empty() || !sql.is_postgres() {
        return Ok(HashSet::new());
    }
    let these = sql.among("id", missing);
    let statement = sql.statement(&format!("SELECT id FROM messages WHERE {these}"));
    let rows = transaction.query_all_raw(statement).await.map_err(|error| store_error(&error))?;
    rows.iter()
        .map(|row| row.try_get("", "id"))
        .collect::<Result<_, _>>()
        .map_err(|error| store_error(&error))
}

/// Brings the messages of these receipts to where all that is known says they stand.
pub(super) async fn settle(
    transaction: &DatabaseTransaction,
    standings: &HashMap<Uuid, Standing>,
    receipts: &[receipt::Model],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let by_message: HashMap<Uuid, &receipt::Model> =
        receipts.iter().map(|receipt| (receipt.message_id, receipt)).collect();
    let facts = facts(transaction, by_message.keys().copied().collect()).await?;
    let mut changes = Vec::new();
    for (id, receipt) in by_message {
        let Some(standing) = standings.get(&id) else { continue };
        match after(standing, facts.get(&id).map_or(&[], Vec::as_slice), receipt) {
            Ok(after) if after != *standing => changes.push((standing, after)),
            Ok(_) => {}
            // It must not hold the others up, for they would wait for it for ever.
            Err(error) => {
                tracing::error!(%error, message.id = %id, "a receipt meets a message that cannot be read");
            }
        }
    }
    write(transaction, &changes, now).await
}

/// All that is known of the messages: what providers said, and what we recorded as taken.
async fn facts(
    transaction: &DatabaseTransaction,
    ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, Vec<Fact>>, StoreError> {
    let mut sql = Sql::on(transaction);
    let (said, taken) = (sql.among("message_id", ids.clone()), sql.among("message_id", ids));
    let statement = sql.statement(&format!(
        "SELECT message_id, attempt, provider, said, MIN(at) AS at FROM receipts WHERE {said} \
         GROUP BY message_id, attempt, provider, said \
         UNION ALL SELECT message_id, number AS attempt, provider, 'processed' AS said, finished_at AS at FROM attempts \
         WHERE {taken} AND status = 'sent' AND provider IS NOT NULL"
    ));
    let rows = Fact::find_by_statement(statement).all(transaction).await;
    let mut facts: HashMap<Uuid, Vec<Fact>> = HashMap::new();
    for fact in rows.map_err(|error| store_error(&error))? {
        facts.entry(fact.message_id).or_default().push(fact);
    }
    Ok(facts)
}

/// Where a message stands by what is known.
fn after(standing: &Standing, facts: &[Fact], receipt: &receipt::Model) -> Result<Standing, StoreError> {
    // What a newer version of this program understood is passed over.
    let known: Vec<Known<'_>> = facts
        .iter()
        .filter_map(|fact| {
            Some(Known {
                attempt: u32::try_from(fact.attempt).ok()?,
                provider: &fact.provider,
                said: fact.said.parse().ok()?,
                at: time(fact.at),
            })
        })
        .collect();
    let was: Status = parse(&standing.status, "a status")?;
    let Some(settled) = settled(&known) else { return Ok(standing.clone()) };
    let status = settled.status_after(was);
    let is_receipted = status == settled.status;
    Ok(Standing {
        status: status.to_string(),
        reason: if is_receipted {
            settled.reason.map(|reason| reason.to_string())
        } else {
            standing.reason.clone()
        },
        lease_until: None,
        provider: standing.provider.clone().or_else(|| Some(receipt.provider.clone())),
        provider_id: provider_id(standing, receipt),
        sent_at: standing.sent_at.or_else(|| is_receipted.then(|| millis(settled.taken_at))),
        ..counted(standing, &settled)
    })
}

fn counted(standing: &Standing, settled: &Settled) -> Standing {
    Standing {
        delivered_at: settled.delivered_at.map(millis),
        opened_at: settled.opened_at.map(millis),
        clicked_at: settled.clicked_at.map(millis),
        complained_at: settled.complained_at.map(millis),
        ..standing.clone()
    }
}

/// The provider's own id, which we do not know where its answer was lost; never that of another provider.
fn provider_id(standing: &Standing, receipt: &receipt::Model) -> Option<String> {
    let is_its_own = standing.provider.as_ref().is_none_or(|provider| *provider == receipt.provider);
    standing.provider_id.clone().or_else(|| receipt.provider_id.clone().filter(|_| is_its_own))
}

const CHANGE: [Column; 11] = [
    Column::new("id", Kind::Uuid),
    Column::new("was", Kind::Text),
    Column::new("status", Kind::Text),
    Column::nullable("reason", Kind::Text),
    Column::nullable("provider", Kind::Text),
    Column::nullable("provider_id", Kind::Text),
    Column::nullable("sent_at", Kind::Integer),
    Column::nullable("delivered_at", Kind::Integer),
    Column::nullable("opened_at", Kind::Integer),
    Column::nullable("clicked_at", Kind::Integer),
    Column::nullable("complained_at", Kind::Integer),
];

async fn write(
    transaction: &DatabaseTransaction,
    changes: &[(&Standing, Standing)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::new(&CHANGE);
    for (before, after) in changes {
        rows.push(vec![
            after.id.into(),
            before.status.as_str().into(),
            after.status.as_str().into(),
            after.reason.clone().into(),
            after.provider.clone().into(),
            after.provider_id.clone().into(),
            Value::BigInt(after.sent_at),
            Value::BigInt(after.delivered_at),
            Value::BigInt(after.opened_at),
            Value::BigInt(after.clicked_at),
            Value::BigInt(after.complained_at),
        ]);
    }
    let statement = update(Sql::on(transaction), rows, now);
    transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}

fn update(mut sql: Sql, rows: Rows, now: DateTime<Utc>) -> Statement {
    let given = rows.table("given", &mut sql);
    let at = sql.bind(millis(now));
    sql.statement(&format!(
        "WITH {given} UPDATE messages SET status = given.status, reason = given.reason, provider = given.provider, \
         provider_id = given.provider_id, sent_at = given.sent_at, delivered_at = given.delivered_at, opened_at = given.opened_at, \
         clicked_at = given.clicked_at, complained_at = given.complained_at, lease_until = NULL, updated_at = {at} \
         FROM given WHERE messages.id = given.id AND messages.status = given.was"
    ))
}
