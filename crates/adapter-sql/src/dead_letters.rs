//! What was given up: listed, tried again, put away.

use carillon_domain::ids::{MessageId, NotificationId};
use carillon_domain::{Reach, Reason, Status};
use carillon_ports::StoreError;
use carillon_ports::operations::{DeadLetter, DeadLetterFilter, TimeCursor};
use carillon_ports::ready::Ready;
use carillon_ports::store::Changed;
use chrono::{DateTime, Utc};
use sea_orm::{DatabaseConnection, EntityTrait, FromQueryResult};
use uuid::Uuid;

use crate::entity::message;
use crate::error::store_error;
use crate::moving::found;
use crate::rows::{self, parse, parse_option};
use crate::sql::{Sql, millis, time};

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    notification_id: Uuid,
    business_id: Option<String>,
    kind: String,
    channel: String,
    class: String,
    recipient_id: String,
    reason: Option<String>,
    provider: Option<String>,
    detail: Option<String>,
    attempt: i64,
    updated_at: i64,
}

/// A page, newest first. `status = 'failed'` stands in the text, so that the partial index answers.
pub(crate) async fn list(
    reader: &DatabaseConnection,
    filter: &DeadLetterFilter,
    reach: &Reach,
    after: Option<TimeCursor>,
    limit: u32,
) -> Result<Vec<DeadLetter>, StoreError> {
    let mut sql = Sql::on(reader);
    let mut wanted = fitting(&mut sql, filter, reach);
    if let Some(after) = after {
        let (at, id) = (sql.bind(millis(after.at)), sql.bind(after.id));
        wanted.push(format!("(m.updated_at, m.id) < ({at}, {id})"));
    }
    let limit = sql.bind(i64::from(limit));
    let statement = sql.statement(&format!(
        "SELECT m.id, m.notification_id, m.business_id, m.kind, m.channel, m.class, m.recipient_id, m.reason, m.provider, \
         m.attempt, m.updated_at, \
         (SELECT a.detail FROM attempts a WHERE a.message_id = m.id AND a.number = m.attempt) AS detail \
         FROM messages m WHERE {} ORDER BY m.updated_at DESC, m.id DESC LIMIT {limit}",
        wanted.join(" AND ")
    ));
    let rows = Row::find_by_statement(statement).all(reader).await.map_err(|error| store_error(&error))?;
    rows.into_iter().map(dead_letter).collect()
}

/// What fits a filter, as conditions on `messages m`.
fn fitting(sql: &mut Sql, filter: &DeadLetterFilter, reach: &Reach) -> Vec<String> {
    let mut wanted = vec!["m.status = 'failed'".to_owned()];
    wanted.extend(within(sql, "m", reach));
    for (column, value) in [
        ("business_id", filter.business.as_ref().map(ToString::to_string)),
        ("channel", filter.channel.map(|channel| channel.to_string())),
        ("kind", filter.kind.as_ref().map(ToString::to_string)),
        ("reason", filter.reason.map(|reason| reason.to_string())),
    ] {
        wanted.extend(value.map(|value| format!("m.{column} = {}", sql.bind(value))));
    }
    wanted
}

/// Queues one again.
pub(crate) async fn retry(
    writer: &DatabaseConnection,
    id: MessageId,
    reach: &Reach,
    now: DateTime<Utc>,
) -> Result<Changed, StoreError> {
    change(writer, id, reach, |sql| queued_again(sql, now)).await
}

fn queued_again(sql: &mut Sql, now: DateTime<Utc>) -> String {
    let at = sql.bind(millis(now));
    let queued = sql.bind(Status::Queued.as_str());
    format!("status = {queued}, reason = NULL, tries = 0, due_at = {at}, updated_at = {at}")
}

fn put_away(sql: &mut Sql, now: DateTime<Utc>) -> String {
    let (status, reason) = (sql.bind(Status::Cancelled.as_str()), sql.bind(Reason::Discarded.as_str()));
    format!("status = {status}, reason = {reason}, updated_at = {}", sql.bind(millis(now)))
}

/// Queues those that fit again.
pub(crate) async fn retry_all(
    writer: &DatabaseConnection,
    filter: &DeadLetterFilter,
    reach: &Reach,
    limit: u32,
    now: DateTime<Utc>,
) -> Result<Vec<Ready>, StoreError> {
    change_all(writer, filter, reach, limit, |sql| queued_again(sql, now)).await
}

/// Puts those that fit away.
pub(crate) async fn discard_all(
    writer: &DatabaseConnection,
    filter: &DeadLetterFilter,
    reach: &Reach,
    limit: u32,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    change_all(writer, filter, reach, limit, |sql| put_away(sql, now)).await.map(|changed| changed.len())
}

async fn change_all(
    writer: &DatabaseConnection,
    filter: &DeadLetterFilter,
    reach: &Reach,
    limit: u32,
    set: impl FnOnce(&mut Sql) -> String,
) -> Result<Vec<Ready>, StoreError> {
    let mut sql = Sql::on(writer);
    let set = set(&mut sql);
    let wanted = fitting(&mut sql, filter, reach).join(" AND ");
    let (limit, lock) = (sql.bind(i64::from(limit)), sql.skip_locked());
    let statement = sql.statement(&format!(
        "UPDATE messages SET {set} WHERE id IN (SELECT m.id FROM messages m WHERE {wanted} ORDER BY m.updated_at LIMIT {limit} {lock}) \
         RETURNING *"
    ));
    found(writer, statement).await
}

/// Puts one away.
pub(crate) async fn discard(
    writer: &DatabaseConnection,
    id: MessageId,
    reach: &Reach,
    now: DateTime<Utc>,
) -> Result<Changed, StoreError> {
    change(writer, id, reach, |sql| put_away(sql, now)).await
}

/// Changes a message that failed, in one statement, so that of two who change it one wins.
async fn change(
    writer: &DatabaseConnection,
    id: MessageId,
    reach: &Reach,
    set: impl FnOnce(&mut Sql) -> String,
) -> Result<Changed, StoreError> {
    let mut sql = Sql::on(writer);
    let set = set(&mut sql);
    let mut wanted = vec![format!("id = {}", sql.bind(id.0)), "status = 'failed'".to_owned()];
    wanted.extend(within(&mut sql, "messages", reach));
    let statement =
        sql.statement(&format!("UPDATE messages SET {set} WHERE {} RETURNING *", wanted.join(" AND ")));
    let changed = found(writer, statement).await?;
    if !changed.is_empty() {
        return Ok(Changed::Done(changed));
    }
    let row = message::Entity::find_by_id(id.0).one(writer).await.map_err(|error| store_error(&error))?;
    let Some(row) = row else { return Ok(Changed::Unknown) };
    let business = parse_option(row.business_id.as_ref(), "a business id")?;
    if !reach.sees(business.as_ref()) {
        return Ok(Changed::Unknown);
    }
    Ok(Changed::TooLate(vec![(id, rows::message(&row)?.status)]))
}

/// Binds a statement to what the caller may see; nothing of this is for a person's own reach.
pub(crate) fn within(sql: &mut Sql, table: &str, reach: &Reach) -> Option<String> {
    match reach {
        Reach::Platform => None,
        Reach::Business(business) => {
            Some(format!("{table}.business_id = {}", sql.bind(business.to_string())))
        }
        Reach::Person(_) => Some("1 = 0".to_owned()),
    }
}

fn dead_letter(row: Row) -> Result<DeadLetter, StoreError> {
    Ok(DeadLetter {
        message: MessageId(row.id),
        notification: NotificationId(row.notification_id),
        business: parse_option(row.business_id.as_ref(), "a business id")?,
        kind: parse(&row.kind, "a kind")?,
        channel: parse(&row.channel, "a channel")?,
        class: parse(&row.class, "a class")?,
        recipient: parse(&row.recipient_id, "a person's id")?,
        reason: parse_option(row.reason.as_ref(), "a reason")?,
        provider: row.provider,
        detail: row.detail,
        attempts: u32::try_from(row.attempt).unwrap_or(u32::MAX),
        failed_at: time(row.updated_at),
    })
}
