//! Claiming: a worker takes messages, and gets with them all that is needed to send them, in a statement or two a batch.

use carillon_domain::ids::MessageId;
use carillon_domain::{Reason, Status};
use carillon_ports::store::Claimed;
use carillon_ports::{StoreError, Vault};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult};
use uuid::Uuid;

use crate::error::store_error;
use crate::found;
use crate::moving::NOTHING_UNHEARD;
use crate::seen_keys::SeenKeys;
use crate::sql::{Sql, millis};
use crate::surroundings::read;

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
    let rows = take(writer, ids, lease, now).await?;
    match read(reader, vault, seen, &rows).await {
        Err(StoreError::Corrupt(_)) => one_by_one(writer, reader, vault, seen, &rows, now).await,
        whole => whole,
    }
}

/// Finds out which row cannot be read back, ends it as failed, and answers the others.
async fn one_by_one(
    writer: &DatabaseConnection,
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    seen: &SeenKeys,
    rows: &[QueryResult],
    now: DateTime<Utc>,
) -> Result<Vec<Claimed>, StoreError> {
    let mut claimed = Vec::new();
    for row in rows {
        match read(reader, vault, seen, std::slice::from_ref(row)).await {
            Ok(one) => claimed.extend(one),
            Err(StoreError::Corrupt(error)) => {
                let id = found::id(row)?;
                tracing::error!(error, message.id = %id, "a message cannot be read back and is given up");
                give_up(writer, id, now).await?;
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

/// Takes those that are queued, with all that is read with them. On PostgreSQL in one statement, which is committed by itself: the
/// attempt's number is raised before anybody is called. What stands beside them is as it was when the statement began.
async fn take(
    writer: &DatabaseConnection,
    ids: &[MessageId],
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Vec<QueryResult>, StoreError> {
    let mut sql = Sql::on(writer);
    let (until, at) = (sql.bind(millis(now + lease)), sql.bind(millis(now)));
    let these = sql.among_ids("id", ids.iter().map(|id| id.0));
    let raise = format!(
        "UPDATE messages SET status = 'sending', attempt = attempt + 1, lease_until = {until}, updated_at = {at} \
         WHERE status = 'queued' AND {these} AND {NOTHING_UNHEARD} RETURNING"
    );
    if sql.is_postgres() {
        return found::select(writer, sql, &format!("{raise} *")).await;
    }
    let raised = writer.query_all_raw(sql.statement(&format!("{raise} id"))).await;
    let raised = raised.map_err(|error| store_error(&error))?;
    let raised = raised.iter().map(found::id).collect::<Result<Vec<_>, _>>()?;
    let mut sql = Sql::on(writer);
    let these = sql.among_ids("id", raised);
    found::select(writer, sql, &format!("SELECT * FROM messages WHERE {these}")).await
}
