//! Applying what was kept: some receipts, the messages they speak of, the addresses they condemn, in one transaction.

use std::collections::{BTreeSet, HashMap, HashSet};

use carillon_domain::Status;
use carillon_ports::StoreError;
use carillon_ports::receipts::Applied;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait};
use uuid::Uuid;

use super::{addresses, messages};
use crate::entity::receipt;
use crate::error::store_error;
use crate::receipts::messages::Standing;
use crate::rows_in::{Column, Kind, Rows};
use crate::sql::{Sql, begin, millis};

/// How long a receipt waits that beat our own record, or whose message somebody else is changing.
const WAIT: TimeDelta = TimeDelta::milliseconds(500);

/// What becomes of a receipt now.
enum Fit {
    /// It takes effect.
    Now,
    /// It is looked at again then.
    Later(i64),
    /// Its message is not stored here.
    Never,
}

/// Applies up to `limit` receipts whose time has come.
pub(super) async fn apply(
    writer: &DatabaseConnection,
    reader: &DatabaseConnection,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Applied, StoreError> {
    if !is_any_due(reader, now).await? {
        return Ok(Applied::default());
    }
    let transaction = begin(writer).await?;
    let due = take(&transaction, now, limit).await?;
    let ids: BTreeSet<Uuid> = due.iter().map(|receipt| receipt.message_id).collect();
    let standings = messages::lock(&transaction, &ids).await?;
    let elsewhere = messages::locked_by_others(&transaction, &ids, &standings).await?;
    let (mut applied, mut marks, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    for receipt in due {
        match fit(&receipt, &standings, &elsewhere, now) {
            Fit::Now => applied.push(receipt),
            Fit::Later(at) => marks.push((receipt, Some(at))),
            Fit::Never => gone.push(receipt),
        }
    }
    messages::settle(&transaction, &standings, &applied, now).await?;
    addresses::suppress(&transaction, &standings, &applied).await?;
    let counts = Applied { applied: applied.len(), waiting: marks.len(), unmatched: gone.len() };
    marks.extend(applied.into_iter().map(|receipt| (receipt, None)));
    mark(&transaction, &marks).await?;
    forget(&transaction, &gone).await?;
    transaction.commit().await.map_err(|error| store_error(&error))?;
    Ok(counts)
}

/// While a worker has the message and its lease runs, its own record comes first: it knows more, and it comes soon.
fn fit(
    receipt: &receipt::Model,
    standings: &HashMap<Uuid, Standing>,
    elsewhere: &HashSet<Uuid>,
    now: DateTime<Utc>,
) -> Fit {
    let (at, soon) = (millis(now), millis(now + WAIT));
    match standings.get(&receipt.message_id) {
        Some(message) if message.status == Status::Sending.as_str() => match message.lease_until {
            Some(until) if until > at => Fit::Later(until.min(soon)),
            Some(_) | None => Fit::Now,
        },
        Some(_) => Fit::Now,
        None if elsewhere.contains(&receipt.message_id) => Fit::Later(soon),
        None => Fit::Never,
    }
}

/// Asked of the reader, so that looking in vain takes no write lock.
async fn is_any_due(reader: &DatabaseConnection, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let mut sql = Sql::on(reader);
    let at = sql.bind(millis(now));
    let statement = sql.statement(&format!("SELECT 1 AS due FROM receipts WHERE look_at <= {at} LIMIT 1"));
    let row = reader.query_one_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(row.is_some())
}

async fn take(
    transaction: &DatabaseTransaction,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<receipt::Model>, StoreError> {
    let mut sql = Sql::on(transaction);
    let (at, limit, lock) = (sql.bind(millis(now)), sql.bind(i64::from(limit)), sql.skip_locked());
    let statement = sql.statement(&format!(
        "SELECT * FROM receipts WHERE look_at <= {at} ORDER BY look_at LIMIT {limit} {lock}"
    ));
    let rows = receipt::Entity::find().from_raw_sql(statement).all(transaction).await;
    rows.map_err(|error| store_error(&error))
}

const MARK: [Column; 3] = [
    Column::new("provider", Kind::Text),
    Column::new("event_id", Kind::Text),
    Column::nullable("look_at", Kind::Integer),
];

/// Says when each is looked at again; never for what took effect, whose address is needed no more.
async fn mark(
    transaction: &DatabaseTransaction,
    marks: &[(receipt::Model, Option<i64>)],
) -> Result<(), StoreError> {
    if marks.is_empty() {
        return Ok(());
    }
    let (mut sql, mut rows) = (Sql::on(transaction), Rows::new(&MARK));
    for (receipt, look_at) in marks {
        rows.push(vec![
            receipt.provider.as_str().into(),
            receipt.event_id.as_str().into(),
            (*look_at).into(),
        ]);
    }
    let given = rows.table("given", &mut sql);
    let statement = sql.statement(&format!(
        "WITH {given} UPDATE receipts SET look_at = given.look_at, \
         address_index = CASE WHEN given.look_at IS NULL THEN NULL ELSE receipts.address_index END \
         FROM given WHERE receipts.provider = given.provider AND receipts.event_id = given.event_id"
    ));
    transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}

async fn forget(transaction: &DatabaseTransaction, gone: &[receipt::Model]) -> Result<(), StoreError> {
    if gone.is_empty() {
        return Ok(());
    }
    let (mut sql, mut rows) = (Sql::on(transaction), Rows::new(&MARK[..2]));
    for receipt in gone {
        rows.push(vec![receipt.provider.as_str().into(), receipt.event_id.as_str().into()]);
    }
    let given = rows.table("given", &mut sql);
    let statement = sql.statement(&format!(
        "WITH {given} DELETE FROM receipts WHERE (provider, event_id) IN (SELECT provider, event_id FROM given)"
    ));
    transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}
