//! How long history is kept, as the port [`Retention`] asks for it.

use async_trait::async_trait;
use carillon_ports::StoreError;
use carillon_ports::retention::{Forgotten, Retention};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};

use crate::SqlStore;
use crate::error::store_error;
use crate::partitions;
use crate::sql::{Sql, millis};
use crate::statistics::first_id;

#[async_trait]
impl Retention for SqlStore {
    async fn make_room(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        match self.writer().get_database_backend() {
            DbBackend::Postgres => partitions::make_room(self.writer(), now).await,
            _ => Ok(()),
        }
    }

    async fn forget_history(&self, before: DateTime<Utc>, limit: u32) -> Result<Forgotten, StoreError> {
        let writer = self.writer();
        let parts = match writer.get_database_backend() {
            DbBackend::Postgres => partitions::drop_before(writer, before).await?,
            _ => 0,
        };
        let rows = forget_rows(writer, before, limit).await? + forget_letters(writer, before, limit).await?;
        Ok(Forgotten { rows, parts })
    }
}

/// Deletes one by one what stands in no part that can be dropped: everything on SQLite, strays on PostgreSQL. A notification goes with
/// its last message, an event with its last notification.
async fn forget_rows(
    writer: &DatabaseConnection,
    before: DateTime<Utc>,
    limit: u32,
) -> Result<u64, StoreError> {
    let suffix = if writer.get_database_backend() == DbBackend::Postgres { "_other" } else { "" };
    let (messages, attempts) = (format!("messages{suffix}"), format!("attempts{suffix}"));
    let old = format!(
        "SELECT id FROM {messages} WHERE id < $1 AND status NOT IN ('scheduled', 'in_doubt', 'queued', 'sending') ORDER BY id LIMIT $2"
    );
    let lonely = |table: &str, child: &str, column: &str| {
        format!(
            "DELETE FROM {table}{suffix} WHERE id IN (SELECT id FROM {table}{suffix} one WHERE id < $1 \
             AND NOT EXISTS (SELECT 1 FROM {child} WHERE {child}.{column} = one.id) ORDER BY id LIMIT $2)"
        )
    };
    let transaction = crate::sql::begin(writer).await?;
    let mut deleted = 0;
    for text in [
        format!("DELETE FROM {attempts} WHERE message_id IN ({old})"),
        format!("DELETE FROM {messages} WHERE id IN ({old})"),
        lonely("notifications", "messages", "notification_id"),
        lonely("events", "notifications", "event_id"),
    ] {
        let mut sql = Sql::on(writer);
        sql.bind(first_id(before));
        sql.bind(i64::from(limit));
        let done =
            transaction.execute_raw(sql.statement(&text)).await.map_err(|error| store_error(&error))?;
        deleted += done.rows_affected();
    }
    transaction.commit().await.map_err(|error| store_error(&error))?;
    Ok(deleted)
}

/// What came back: receipts of messages that are gone, texts that people sent.
async fn forget_letters(
    writer: &DatabaseConnection,
    before: DateTime<Utc>,
    limit: u32,
) -> Result<u64, StoreError> {
    let mut deleted = 0;
    let mut sql = Sql::on(writer);
    let (id, most) = (sql.bind(first_id(before)), sql.bind(i64::from(limit)));
    let receipts = sql.statement(&format!(
        "DELETE FROM receipts WHERE (provider, event_id) IN (SELECT provider, event_id FROM receipts WHERE message_id < {id} \
         AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.id = receipts.message_id) ORDER BY message_id LIMIT {most})"
    ));
    let mut sql = Sql::on(writer);
    let at = sql.bind(millis(before));
    let texts = sql.statement(&format!("DELETE FROM inbound_messages WHERE received_at < {at}"));
    for statement in [receipts, texts] {
        let done = writer.execute_raw(statement).await.map_err(|error| store_error(&error))?;
        deleted += done.rows_affected();
    }
    Ok(deleted)
}
