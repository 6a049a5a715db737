//! Texts that staff must read.

use carillon_ports::texting::{TextName, WaitingText};
use carillon_ports::{StoreError, Vault};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait};

use super::{content, keys, name};
use crate::entity::inbound_message;
use crate::error::store_error;
use crate::rows::parse_option;
use crate::rows_in::{Column, Kind, Rows};
use crate::seal::Keys;
use crate::sql::{Sql, millis, time};

pub(super) async fn list(
    reader: &impl ConnectionTrait,
    vault: &dyn Vault,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<WaitingText>, StoreError> {
    let mut sql = Sql::on(reader);
    let (now, limit) = (sql.bind(millis(now)), sql.bind(i64::from(limit)));
    let statement = sql.statement(&format!(
        "SELECT * FROM inbound_messages WHERE pass_at <= {now} ORDER BY pass_at, received_at, provider_id LIMIT {limit}"
    ));
    let rows = inbound_message::Entity::find().from_raw_sql(statement).all(reader).await;
    let rows = rows.map_err(|error| store_error(&error))?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let keys = keys(reader, vault).await?;
    rows.into_iter().filter_map(|row| waiting(row, &keys).transpose()).collect()
}

/// `None` for one of nobody or to nobody, which settling never leaves waiting.
fn waiting(row: inbound_message::Model, keys: &Keys<'_>) -> Result<Option<WaitingText>, StoreError> {
    let person = parse_option(row.person_id.as_ref(), "a person's id")?;
    let business = parse_option(row.business_id.as_ref(), "a business id")?;
    let (Some(person), Some(business)) = (person, business) else { return Ok(None) };
    Ok(Some(WaitingText {
        person,
        business,
        appointment: parse_option(row.appointment_id.as_ref(), "an appointment's id")?,
        text: content(&row, keys).ok().map(|content| content.text),
        at: time(row.received_at),
        name: name(row),
    }))
}

/// Notes that staff were told of these; [`StoreError::Overtaken`] if they were told of one before.
pub(crate) async fn note_passed_on(
    transaction: &DatabaseTransaction,
    names: &[TextName],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if names.is_empty() {
        return Ok(());
    }
    let marked = mark(transaction, names, now).await?;
    if marked == names.len() as u64 { Ok(()) } else { Err(StoreError::Overtaken) }
}

/// Marks those that wait as passed on, and answers how many those were.
pub(super) async fn mark(
    connection: &impl ConnectionTrait,
    names: &[TextName],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut sql = Sql::on(connection);
    let mut these = Rows::new(&[Column::new("provider", Kind::Text), Column::new("provider_id", Kind::Text)]);
    for name in names {
        these.push(vec![name.provider.clone().into(), name.provider_id.clone().into()]);
    }
    let (given, now) = (these.table("given", &mut sql), sql.bind(millis(now)));
    let statement = sql.statement(&format!(
        "WITH {given} UPDATE inbound_messages SET pass_at = NULL, passed_at = {now} WHERE pass_at IS NOT NULL \
         AND (provider, provider_id) IN (SELECT provider, provider_id FROM given)"
    ));
    let done = connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(done.rows_affected())
}
