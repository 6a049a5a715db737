//! What keeps messages moving: whatever is due is queued, and whatever stands still is found.

use carillon_domain::ids::BatchId;
use carillon_ports::StoreError;
use carillon_ports::ready::Ready;
use carillon_ports::store::{Batch, Share};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait};

use crate::entity::{batch, message};
use crate::error::store_error;
use crate::rows;
use crate::sql::{Sql, millis, time};

/// Does not hold for a message of which a receipt is kept and not yet applied: that settles it before anything is sent again.
pub(crate) const NOTHING_UNHEARD: &str = "(attempt = 0 OR NOT EXISTS \
     (SELECT 1 FROM receipts WHERE receipts.message_id = messages.id AND receipts.look_at IS NOT NULL))";

/// Queues what is due. Several planners share the work: each row goes to one.
pub(crate) async fn queue_due(
    writer: &DatabaseConnection,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<Ready>, StoreError> {
    let mut sql = Sql::on(writer);
    let (at, limit, lock) = (sql.bind(millis(now)), sql.bind(i64::from(limit)), sql.skip_locked());
    let statement = sql.statement(&format!(
        "UPDATE messages SET status = 'queued', updated_at = {at} WHERE id IN (SELECT id FROM messages \
         WHERE status IN ('scheduled', 'in_doubt') AND due_at <= {at} AND {NOTHING_UNHEARD} ORDER BY due_at LIMIT {limit} {lock}) RETURNING *"
    ));
    found(writer, statement).await
}

/// When the next message that waits is due.
pub(crate) async fn find_next_due(reader: &DatabaseConnection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let statement = Sql::on(reader).statement(&format!(
        "SELECT MIN(due_at) AS due_at FROM messages WHERE status IN ('scheduled', 'in_doubt') AND {NOTHING_UNHEARD}"
    ));
    let row = reader.query_one_raw(statement).await.map_err(|error| store_error(&error))?;
    let due: Option<i64> =
        row.map(|row| row.try_get("", "due_at")).transpose().map_err(|error| store_error(&error))?.flatten();
    Ok(due.map(time))
}

/// Finds what should move and does not, and touches it, so that the next sweep looks at others first. A claim whose lease ran out
/// is queued again: its attempt number stays raised, so the late worker's outcome will not count.
pub(crate) async fn list_stranded(
    writer: &DatabaseConnection,
    share: Share,
    now: DateTime<Utc>,
    quiet: TimeDelta,
    limit: u32,
) -> Result<Vec<Ready>, StoreError> {
    let mut sql = Sql::on(writer);
    let (at, before) = (sql.bind(millis(now)), sql.bind(millis(now - quiet)));
    let (most, lock, these) = (sql.bind(i64::from(limit)), sql.skip_locked(), classes(share));
    let queued = sql.statement(&format!(
        "UPDATE messages SET updated_at = {at} WHERE id IN (SELECT id FROM messages \
         WHERE status = 'queued' AND {these} AND updated_at < {before} ORDER BY updated_at LIMIT {most} {lock}) RETURNING *"
    ));
    let mut sql = Sql::on(writer);
    let (at, most, lock) = (sql.bind(millis(now)), sql.bind(i64::from(limit)), sql.skip_locked());
    let abandoned = sql.statement(&format!(
        "UPDATE messages SET status = 'queued', reason = 'outcome_unknown', updated_at = {at}, lease_until = NULL WHERE id IN \
         (SELECT id FROM messages WHERE status = 'sending' AND {these} AND lease_until < {at} AND {NOTHING_UNHEARD} \
         ORDER BY lease_until LIMIT {most} {lock}) RETURNING *"
    ));
    let mut stranded = found(writer, abandoned).await?;
    stranded.extend(found(writer, queued).await?);
    Ok(stranded)
}

/// The condition of a share, in the words of the partial indexes that answer.
pub(crate) const fn classes(share: Share) -> &'static str {
    match share {
        Share::Urgent => "class <> 'bulk'",
        Share::Bulk => "class = 'bulk'",
    }
}

/// Runs a statement that answers message rows, and turns them into what the queue needs, most urgent first.
pub(crate) async fn found(
    connection: &impl ConnectionTrait,
    statement: sea_orm::Statement,
) -> Result<Vec<Ready>, StoreError> {
    let rows = message::Entity::find()
        .from_raw_sql(statement)
        .all(connection)
        .await
        .map_err(|error| store_error(&error))?;
    let ids: Vec<uuid::Uuid> = rows.iter().filter_map(|row| row.batch_id).collect();
    let batches = batches(connection, ids).await?;
    // One that cannot be read back must not hold the others up: they are queued already.
    let mut ready: Vec<Ready> = rows
        .iter()
        .filter_map(|row| {
            rows::ready(row, &batches)
                .inspect_err(
                    |error| tracing::error!(%error, message.id = %row.id, "a message cannot be queued"),
                )
                .ok()
        })
        .collect();
    ready.sort_by_key(|ready| ready.class);
    Ok(ready)
}

async fn batches(connection: &impl ConnectionTrait, ids: Vec<uuid::Uuid>) -> Result<Vec<Batch>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::on(connection);
    let these = sql.among("id", ids);
    let statement = sql.statement(&format!("SELECT * FROM batches WHERE {these}"));
    let rows = batch::Entity::find().from_raw_sql(statement).all(connection).await;
    Ok(rows
        .map_err(|error| store_error(&error))?
        .into_iter()
        .map(|row| Batch {
            id: BatchId(row.id),
            per_minute: u32::try_from(row.per_minute).unwrap_or_default(),
        })
        .collect())
}
