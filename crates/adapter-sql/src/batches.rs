//! Bulk requests, as the port [`Batches`] asks for them.
//!
//! They have a door of their own: one at a time, each in a transaction of its own, so that thousands of rows never share a commit
//! with what is accepted one by one, nor take all connections.

use std::sync::Arc;

use async_trait::async_trait;
use carillon_domain::ids::BatchId;
use carillon_domain::{Reach, Reason, Status};
use carillon_ports::batches::{BatchProgress, Batches, BulkAcceptance};
use carillon_ports::store::{Acceptance, Accepted, Batch, IdempotencyKey};
use carillon_ports::{Ids, StoreError, Vault};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult};

use crate::SqlStore;
use crate::append;
use crate::entity::{batch, event, idempotency_key};
use crate::error::{store_error, unreadable};
use crate::people;
use crate::rows::{event_row, parse, parse_option};
use crate::rows_in::Inserts;
use crate::seal::{Keys, event_key};
use crate::sql::{Sql, begin, millis, time};

#[async_trait]
impl Batches for SqlStore {
    async fn append_bulk(&self, bulk: BulkAcceptance) -> Result<Accepted, StoreError> {
        // Whoever waits here holds no connection.
        let _turn = self.bulk_turn().lock().await;
        let transaction = begin(self.writer()).await?;
        if let Some(earlier) = earlier(&transaction, &bulk.acceptance).await? {
            return Ok(earlier);
        }
        write(&transaction, self.vault(), self.ids(), &bulk).await?;
        transaction.commit().await.map_err(|error| store_error(&error))?;
        Ok(Accepted::Stored)
    }

    async fn find_batch(&self, id: BatchId, reach: &Reach) -> Result<Option<BatchProgress>, StoreError> {
        let Some(row) = find_row(self.reader(), id, reach).await? else { return Ok(None) };
        let counted = count(self.reader(), id).await?;
        let created_at = time(row.created_at);
        let mut counts = Vec::new();
        let mut last = created_at;
        for counted in counted {
            let status: Status = parse(&counted.status, "a status")?;
            counts.push((status, u64::try_from(counted.messages).unwrap_or_default()));
            last = last.max(time(counted.last_at));
        }
        let is_open = counts.iter().any(|(status, _)| status.is_open());
        Ok(Some(BatchProgress {
            batch: Batch { id, per_minute: u32::try_from(row.per_minute).unwrap_or_default() },
            business: parse_option(row.business_id.as_ref(), "a business id")?,
            created_at,
            counts,
            finished_at: (!is_open).then_some(last),
        }))
    }

    async fn cancel_batch(
        &self,
        id: BatchId,
        reach: &Reach,
        now: DateTime<Utc>,
    ) -> Result<Option<u64>, StoreError> {
        if find_row(self.reader(), id, reach).await?.is_none() {
            return Ok(None);
        }
        let waiting = Status::ALL.iter().filter(|status| status.is_open() && status.can_be_cancelled());
        let mut sql = Sql::on(self.writer());
        let (batch, at) = (sql.bind(id.0), sql.bind(millis(now)));
        let (status, reason) =
            (sql.bind(Status::Cancelled.as_str()), sql.bind(Reason::CancelledByRequest.as_str()));
        let stands = sql.among("status", waiting.map(|status| status.as_str().to_owned()));
        let statement = sql.statement(&format!(
            "UPDATE messages SET status = {status}, reason = {reason}, updated_at = {at} WHERE batch_id = {batch} AND {stands}"
        ));
        let done = self.writer().execute_raw(statement).await.map_err(|error| store_error(&error))?;
        Ok(Some(done.rows_affected()))
    }
}

/// A batch's row, if it is within reach.
async fn find_row(
    connection: &impl ConnectionTrait,
    id: BatchId,
    reach: &Reach,
) -> Result<Option<batch::Model>, StoreError> {
    let row = batch::Entity::find_by_id(id.0).one(connection).await.map_err(|error| store_error(&error))?;
    let Some(row) = row else { return Ok(None) };
    let business = parse_option(row.business_id.as_ref(), "a business id")?;
    Ok(reach.sees(business.as_ref()).then_some(row))
}

#[derive(FromQueryResult)]
struct Counted {
    status: String,
    messages: i64,
    last_at: i64,
}

async fn count(connection: &impl ConnectionTrait, id: BatchId) -> Result<Vec<Counted>, StoreError> {
    let mut sql = Sql::on(connection);
    let batch = sql.bind(id.0);
    let statement = sql.statement(&format!(
        "SELECT status, COUNT(*) AS messages, MAX(COALESCE(sent_at, updated_at)) AS last_at FROM messages \
         WHERE batch_id = {batch} GROUP BY status ORDER BY status"
    ));
    Counted::find_by_statement(statement).all(connection).await.map_err(|error| store_error(&error))
}

/// Takes the request's idempotency key; when it was used before, the answer to give. The database makes two who come at once wait for
/// each other.
async fn earlier(
    transaction: &DatabaseTransaction,
    acceptance: &Acceptance,
) -> Result<Option<Accepted>, StoreError> {
    let Some(key) = &acceptance.idempotency else { return Ok(None) };
    let IdempotencyKey { owner, key, fingerprint, answer } = key.clone();
    let created_at = millis(acceptance.event.accepted_at);
    let name = (owner.clone(), key.clone());
    let row = idempotency_key::Model { owner, key, fingerprint: fingerprint.clone(), answer, created_at };
    let mut inserts = Inserts::default();
    inserts.add::<idempotency_key::Entity>(vec![row], "ON CONFLICT DO NOTHING");
    if inserts.run(transaction).await? {
        return Ok(None);
    }
    let stored = idempotency_key::Entity::find_by_id(name)
        .one(transaction)
        .await
        .map_err(|error| store_error(&error))?
        .ok_or_else(|| unreadable("an idempotency key"))?;
    Ok(Some(if stored.fingerprint == fingerprint {
        Accepted::Replayed { answer: stored.answer }
    } else {
        Accepted::KeyReused
    }))
}

/// Writes all of it: one statement on PostgreSQL, one or a few a table on SQLite.
async fn write(
    transaction: &DatabaseTransaction,
    vault: &dyn Vault,
    ids: &Arc<dyn Ids>,
    bulk: &BulkAcceptance,
) -> Result<(), StoreError> {
    let acceptances = [&bulk.acceptance];
    let mut owners = append::owners(&acceptances);
    owners.extend(bulk.own_events.iter().map(event_key));
    let keys = Keys::ensure(transaction, vault, &owners).await?;
    let mut inserts = Inserts::default();
    append::collect(&mut inserts, vault, ids, &keys, &acceptances)?;
    let own = bulk.own_events.iter().map(|event| event_row(event, &keys));
    inserts.add::<event::Entity>(own.collect::<Result<_, _>>()?, "");
    if inserts.run(transaction).await? { Ok(()) } else { Err(people::of_another_business()) }
}
