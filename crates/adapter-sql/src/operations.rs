//! What an operator looks at, as the port [`Operations`] asks for it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use carillon_domain::ids::MessageId;
use carillon_domain::{Channel, Class, Reach, Status};
use carillon_ports::StoreError;
use carillon_ports::keys::AuditEntry;
use carillon_ports::operations::{
    AuditFilter, AuditLine, Backlog, DeadLetter, DeadLetterFilter, Operations, TimeCursor,
};
use carillon_ports::ready::Ready;
use carillon_ports::store::Changed;
use chrono::{DateTime, Utc};
use sea_orm::{DatabaseConnection, EntityTrait, FromQueryResult};

use crate::SqlStore;
use crate::dead_letters::{self, within};
use crate::entity::audit_entry;
use crate::error::store_error;
use crate::rows::{parse, parse_option};
use crate::sql::{Sql, millis, time};

#[async_trait]
impl Operations for SqlStore {
    async fn list_dead_letters(
        &self,
        filter: &DeadLetterFilter,
        reach: &Reach,
        after: Option<TimeCursor>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        dead_letters::list(self.reader(), filter, reach, after, limit).await
    }

    async fn retry_dead_letter(
        &self,
        id: MessageId,
        reach: &Reach,
        now: DateTime<Utc>,
    ) -> Result<Changed, StoreError> {
        dead_letters::retry(self.writer(), id, reach, now).await
    }

    async fn discard_dead_letter(
        &self,
        id: MessageId,
        reach: &Reach,
        now: DateTime<Utc>,
    ) -> Result<Changed, StoreError> {
        dead_letters::discard(self.writer(), id, reach, now).await
    }

    async fn retry_dead_letters(
        &self,
        filter: &DeadLetterFilter,
        reach: &Reach,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<Vec<Ready>, StoreError> {
        dead_letters::retry_all(self.writer(), filter, reach, limit, now).await
    }

    async fn discard_dead_letters(
        &self,
        filter: &DeadLetterFilter,
        reach: &Reach,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        dead_letters::discard_all(self.writer(), filter, reach, limit, now).await
    }

    async fn list_backlog(&self, reach: &Reach) -> Result<Vec<Backlog>, StoreError> {
        let mut backlog: BTreeMap<(Channel, Class), Backlog> = BTreeMap::new();
        for counted in count(self.reader(), reach).await? {
            let channel = parse(&counted.channel, "a channel")?;
            let class = parse(&counted.class, "a class")?;
            let sum = backlog.entry((channel, class)).or_insert_with(|| Backlog::nothing(channel, class));
            add(sum, parse(&counted.status, "a status")?, &counted);
        }
        Ok(backlog.into_values().collect())
    }

    async fn list_audit(
        &self,
        filter: &AuditFilter,
        reach: &Reach,
        after: Option<TimeCursor>,
        limit: u32,
    ) -> Result<Vec<AuditLine>, StoreError> {
        list_audit(self.reader(), filter, reach, after, limit).await
    }
}

#[derive(FromQueryResult)]
struct Counted {
    channel: String,
    class: String,
    status: String,
    messages: i64,
    due_at: Option<i64>,
}

/// Counts what has not ended. Each part repeats the condition of a partial index, so that what has ended is not even looked at.
async fn count(reader: &DatabaseConnection, reach: &Reach) -> Result<Vec<Counted>, StoreError> {
    let mut sql = Sql::on(reader);
    let bound = within(&mut sql, "messages", reach).map_or_else(String::new, |bound| format!(" AND {bound}"));
    let parts = [
        "status IN ('scheduled', 'in_doubt')",
        "status = 'queued' AND class <> 'bulk'",
        "status = 'queued' AND class = 'bulk'",
        "status = 'sending'",
        "status = 'failed'",
    ]
    .map(|states| {
        format!(
            "SELECT channel, class, status, COUNT(*) AS messages, MIN(due_at) AS due_at FROM messages \
                     WHERE {states}{bound} GROUP BY channel, class, status"
        )
    });
    let statement = sql.statement(&parts.join(" UNION ALL "));
    Counted::find_by_statement(statement).all(reader).await.map_err(|error| store_error(&error))
}

/// Adds a count where it belongs.
fn add(backlog: &mut Backlog, status: Status, counted: &Counted) {
    let messages = u64::try_from(counted.messages).unwrap_or_default();
    match status {
        Status::Scheduled => backlog.waiting += messages,
        Status::Queued => backlog.queued += messages,
        Status::Sending => backlog.sending += messages,
        Status::InDoubt => backlog.in_doubt += messages,
        Status::Failed => backlog.failed += messages,
        Status::Sent
        | Status::Delivered
        | Status::Undelivered
        | Status::Cancelled
        | Status::Expired
        | Status::Suppressed => {}
    }
    if matches!(status, Status::Queued | Status::Sending) {
        let due_at = counted.due_at.map(time);
        backlog.oldest_due_at = backlog.oldest_due_at.into_iter().chain(due_at).min();
    }
}

async fn list_audit(
    reader: &DatabaseConnection,
    filter: &AuditFilter,
    reach: &Reach,
    after: Option<TimeCursor>,
    limit: u32,
) -> Result<Vec<AuditLine>, StoreError> {
    let mut sql = Sql::on(reader);
    let mut wanted: Vec<String> = within(&mut sql, "audit_entries", reach).into_iter().collect();
    for (column, value) in [
        ("business_id", filter.business.as_ref().map(ToString::to_string)),
        ("actor", filter.actor.clone()),
        ("action", filter.action.clone()),
    ] {
        wanted.extend(value.map(|value| format!("{column} = {}", sql.bind(value))));
    }
    wanted.extend(filter.since.map(|since| format!("at >= {}", sql.bind(millis(since)))));
    wanted.extend(filter.until.map(|until| format!("at < {}", sql.bind(millis(until)))));
    if let Some(after) = after {
        let (at, id) = (sql.bind(millis(after.at)), sql.bind(after.id));
        wanted.push(format!("(at, id) < ({at}, {id})"));
    }
    let condition = if wanted.is_empty() { String::new() } else { format!("WHERE {}", wanted.join(" AND ")) };
    let limit = sql.bind(i64::from(limit));
    let statement = sql.statement(&format!(
        "SELECT * FROM audit_entries {condition} ORDER BY at DESC, id DESC LIMIT {limit}"
    ));
    let rows = audit_entry::Entity::find()
        .from_raw_sql(statement)
        .all(reader)
        .await
        .map_err(|error| store_error(&error))?;
    rows.into_iter().map(audit_line).collect()
}

fn audit_line(row: audit_entry::Model) -> Result<AuditLine, StoreError> {
    let business = parse_option(row.business_id.as_ref(), "a business id")?;
    let entry =
        AuditEntry { at: time(row.at), actor: row.actor, action: row.action, business, target: row.target };
    Ok(AuditLine { id: row.id, entry })
}
