//! Text messages whose price the provider has not told yet.

use carillon_domain::ids::MessageId;
use carillon_ports::StoreError;
use carillon_ports::costs::{Settled, Unsettled};
use carillon_ports::store::Outcome;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, FromQueryResult};
use uuid::Uuid;

use crate::error::store_error;
use crate::rows::parse;
use crate::sql::{Sql, millis};

#[derive(FromQueryResult)]
struct Row {
    message_id: Uuid,
    business_id: String,
    month: String,
    looks: i64,
    cost: i64,
    currency: String,
    provider: String,
    provider_id: String,
}

/// Notes the messages that are to be settled, in the transaction that records them. The month is that of the business's clock, as the budget's.
pub(crate) async fn note(transaction: &DatabaseTransaction, outcomes: &[&Outcome]) -> Result<(), StoreError> {
    for outcome in outcomes {
        let Some((look_at, month)) = &outcome.settles else { continue };
        let mut sql = Sql::on(transaction);
        let (id, look_at, month) =
            (sql.bind(outcome.message.0), sql.bind(millis(*look_at)), sql.bind(month.as_str()));
        let statement = sql.statement(&format!(
            "INSERT INTO unsettled (message_id, business_id, month, look_at, looks) \
             SELECT id, business_id, {month}, {look_at}, 0 FROM messages WHERE id = {id} AND business_id IS NOT NULL ON CONFLICT DO NOTHING"
        ));
        transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    }
    Ok(())
}

pub(crate) async fn list(
    reader: &DatabaseConnection,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<Unsettled>, StoreError> {
    let mut sql = Sql::on(reader);
    let (now, limit) = (sql.bind(millis(now)), sql.bind(i64::from(limit)));
    let statement = sql.statement(&format!(
        "SELECT u.message_id, u.business_id, u.month, u.looks, m.cost, m.currency, m.provider, m.provider_id FROM unsettled u \
         JOIN messages m ON m.id = u.message_id WHERE u.look_at <= {now} AND m.cost IS NOT NULL AND m.currency IS NOT NULL \
         AND m.provider IS NOT NULL AND m.provider_id IS NOT NULL ORDER BY u.look_at LIMIT {limit}"
    ));
    let rows = Row::find_by_statement(statement).all(reader).await.map_err(|error| store_error(&error))?;
    rows.into_iter().map(read).collect()
}

pub(crate) async fn look_again(
    writer: &DatabaseConnection,
    message: MessageId,
    at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let mut sql = Sql::on(writer);
    let id = sql.bind(message.0);
    let text = match at {
        Some(at) => {
            format!(
                "UPDATE unsettled SET look_at = {}, looks = looks + 1 WHERE message_id = {id}",
                sql.bind(millis(at))
            )
        }
        None => format!("DELETE FROM unsettled WHERE message_id = {id}"),
    };
    writer.execute_raw(sql.statement(&text)).await.map_err(|error| store_error(&error))?;
    Ok(())
}

/// The end of the question, the message and the budget in one commit.
pub(crate) async fn settle(
    writer: &DatabaseConnection,
    unsettled: &Unsettled,
    settled: Settled,
) -> Result<bool, StoreError> {
    let transaction = crate::sql::begin(writer).await?;
    let mut sql = Sql::on(writer);
    let id = sql.bind(unsettled.message.0);
    let ended = sql.statement(&format!("DELETE FROM unsettled WHERE message_id = {id}"));
    let ended = transaction.execute_raw(ended).await.map_err(|error| store_error(&error))?;
    if ended.rows_affected() == 0 {
        return Ok(false);
    }
    let whole = |amount: u64| i64::try_from(amount).unwrap_or(i64::MAX);
    let mut sql = Sql::on(writer);
    let (cost, segments) = (sql.bind(whole(settled.micros)), sql.bind(i64::from(settled.segments)));
    let id = sql.bind(unsettled.message.0);
    let message =
        sql.statement(&format!("UPDATE messages SET cost = {cost}, segments = {segments} WHERE id = {id}"));
    let mut sql = Sql::on(writer);
    let more = sql.bind(whole(settled.micros) - whole(unsettled.estimate));
    let (business, month) = (sql.bind(unsettled.business.as_str()), sql.bind(unsettled.month.as_str()));
    let budget = sql.statement(&format!(
        "UPDATE budgets SET spent = CASE WHEN spent + {more} > 0 THEN spent + {more} ELSE 0 END WHERE business_id = {business} AND month = {month}"
    ));
    for statement in [message, budget] {
        transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    }
    transaction.commit().await.map_err(|error| store_error(&error))?;
    Ok(true)
}

fn read(row: Row) -> Result<Unsettled, StoreError> {
    Ok(Unsettled {
        message: MessageId(row.message_id),
        business: parse(&row.business_id, "a business id")?,
        month: row.month,
        estimate: u64::try_from(row.cost).unwrap_or_default(),
        currency: row.currency,
        provider: row.provider,
        provider_id: row.provider_id,
        looks: u32::try_from(row.looks).unwrap_or_default(),
    })
}
