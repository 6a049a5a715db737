//! Messages that wait to become lines of a list, as the port [`Digests`] asks for them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use carillon_domain::ids::MessageId;
use carillon_ports::StoreError;
use carillon_ports::digests::{Digests, DueDigest};
use carillon_ports::store::{Claimed, Outcome};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult};
use uuid::Uuid;

use crate::SqlStore;
use crate::error::store_error;
use crate::found;
use crate::rows::parse;
use crate::sql::{Sql, millis};

#[derive(FromQueryResult)]
struct Line {
    message_id: Uuid,
    person_id: String,
    business_id: String,
    channel: String,
}

#[async_trait]
impl Digests for SqlStore {
    async fn list_due(
        &self,
        now: DateTime<Utc>,
        limit: u32,
        lines: u32,
    ) -> Result<Vec<DueDigest>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let (now, limit) = (sql.bind(millis(now)), sql.bind(i64::from(limit)));
        // A list that is due takes all that waits for its reader, also what came a moment ago.
        let statement = sql.statement(&format!(
            "SELECT item.message_id, item.person_id, item.business_id, item.channel FROM digest_items item JOIN \
             (SELECT DISTINCT person_id, business_id, channel FROM digest_items WHERE due_at <= {now} LIMIT {limit}) due \
             ON due.person_id = item.person_id AND due.business_id = item.business_id AND due.channel = item.channel \
             ORDER BY item.message_id"
        ));
        let rows = Line::find_by_statement(statement).all(self.reader()).await;
        let mut due: BTreeMap<(String, String, String), Vec<MessageId>> = BTreeMap::new();
        for row in rows.map_err(|error| store_error(&error))? {
            let messages = due.entry((row.person_id, row.business_id, row.channel)).or_default();
            if messages.len() < lines as usize {
                messages.push(MessageId(row.message_id));
            }
        }
        let digest = |((person, business, channel), messages): ((String, String, String), Vec<MessageId>)| {
            Ok(DueDigest {
                person: parse(&person, "a person's id")?,
                business: if business.is_empty() { None } else { Some(parse(&business, "a business id")?) },
                channel: parse(&channel, "a channel")?,
                messages,
            })
        };
        due.into_iter().map(digest).collect()
    }

    async fn read_messages(&self, ids: &[MessageId], _: DateTime<Utc>) -> Result<Vec<Claimed>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = Sql::on(self.reader());
        let these = sql.among_ids("id", ids.iter().map(|id| id.0));
        let waiting = format!("SELECT * FROM messages WHERE status = 'scheduled' AND {these}");
        self.read_back(&found::select(self.reader(), sql, &waiting).await?).await
    }

    async fn drop_lines(&self, ids: &[MessageId]) -> Result<(), StoreError> {
        drop_lines(self.writer(), ids).await
    }
}

/// Puts messages on the list of their readers, in the transaction that records them.
pub(crate) async fn fold(transaction: &DatabaseTransaction, outcomes: &[&Outcome]) -> Result<(), StoreError> {
    for (outcome, due_at) in outcomes.iter().filter_map(|outcome| Some((outcome, outcome.folds_at?))) {
        let mut sql = Sql::on(transaction);
        let (id, due_at) = (sql.bind(outcome.message.0), sql.bind(millis(due_at)));
        let statement = sql.statement(&format!(
            "INSERT INTO digest_items (message_id, person_id, business_id, channel, due_at) \
             SELECT id, recipient_id, COALESCE(business_id, ''), channel, {due_at} FROM messages WHERE id = {id} ON CONFLICT DO NOTHING"
        ));
        transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    }
    Ok(())
}

/// Ends messages that a list stands for now; [`StoreError::Overtaken`] if one of them does not wait for it any more.
pub(crate) async fn end_folded(
    transaction: &DatabaseTransaction,
    ids: &[MessageId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::on(transaction);
    let (now, these) = (sql.bind(millis(now)), sql.among_ids("id", ids.iter().map(|id| id.0)));
    let statement = sql.statement(&format!(
        "UPDATE messages SET status = 'suppressed', reason = 'in_digest', updated_at = {now} WHERE status = 'scheduled' AND {these}"
    ));
    let done = transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    if done.rows_affected() != ids.len() as u64 {
        return Err(StoreError::Overtaken);
    }
    drop_lines(transaction, ids).await
}

async fn drop_lines(connection: &impl ConnectionTrait, ids: &[MessageId]) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::on(connection);
    let these = sql.among("message_id", ids.iter().map(|id| id.0));
    let statement = sql.statement(&format!("DELETE FROM digest_items WHERE {these}"));
    connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}
