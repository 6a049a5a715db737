//! What text messages cost, as the port [`Costs`] asks for it.

use std::collections::HashMap;

use async_trait::async_trait;
use carillon_domain::ids::{BusinessId, MessageId};
use carillon_domain::sms::{Currency, Money};
use carillon_domain::{Channel, Reach};
use carillon_ports::StoreError;
use carillon_ports::costs::{CostLine, Costs, Settled, Spending, Spent, Unsettled};
use carillon_ports::ready::Ready;
use carillon_ports::store::MessageCost;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult};
use uuid::Uuid;

use crate::SqlStore;
use crate::error::{store_error, unreadable};
use crate::moving::found;
use crate::rows::{parse, parse_option};
use crate::sql::{Sql, millis, time};
use crate::statistics::first_id;
use crate::unsettled;

#[derive(FromQueryResult)]
struct SpentRow {
    business_id: String,
    month: String,
    spent: i64,
    told: i64,
    refused_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct CostRow {
    day: i64,
    business_id: Option<String>,
    kind: String,
    country: Option<String>,
    currency: String,
    messages: i64,
    segments: i64,
    cost: i64,
}

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

#[async_trait]
impl Costs for SqlStore {
    async fn spend(&self, spending: &Spending) -> Result<bool, StoreError> {
        if spending.cost > spending.most {
            return Ok(false);
        }
        let mut sql = Sql::on(self.writer());
        let (business, month) = (sql.bind(spending.business.as_str()), sql.bind(spending.month.as_str()));
        let (cost, most) = (sql.bind(signed(spending.cost)), sql.bind(signed(spending.most)));
        let statement = sql.statement(&format!(
            "INSERT INTO budgets (business_id, month, spent, told) VALUES ({business}, {month}, {cost}, 0) \
             ON CONFLICT (business_id, month) DO UPDATE SET spent = budgets.spent + excluded.spent \
             WHERE budgets.spent + excluded.spent <= {most}"
        ));
        let done = self.writer().execute_raw(statement).await.map_err(|error| store_error(&error))?;
        Ok(done.rows_affected() == 1)
    }

    async fn note_refused(
        &self,
        business: &BusinessId,
        month: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut sql = Sql::on(self.writer());
        let (business, month, now) = (sql.bind(business.as_str()), sql.bind(month), sql.bind(millis(now)));
        let statement = sql.statement(&format!(
            "INSERT INTO budgets (business_id, month, spent, told, refused_at) VALUES ({business}, {month}, 0, 0, {now}) \
             ON CONFLICT (business_id, month) DO UPDATE SET refused_at = excluded.refused_at WHERE budgets.refused_at IS NULL"
        ));
        self.writer().execute_raw(statement).await.map_err(|error| store_error(&error))?;
        Ok(())
    }

    async fn give_back(&self, business: &BusinessId, month: &str, cost: u64) -> Result<(), StoreError> {
        let mut sql = Sql::on(self.writer());
        let (business, month, cost) = (sql.bind(business.as_str()), sql.bind(month), sql.bind(signed(cost)));
        let statement = sql.statement(&format!(
            "UPDATE budgets SET spent = CASE WHEN spent > {cost} THEN spent - {cost} ELSE 0 END \
             WHERE business_id = {business} AND month = {month}"
        ));
        self.writer().execute_raw(statement).await.map_err(|error| store_error(&error))?;
        Ok(())
    }

    async fn list_spent(&self, month: &str) -> Result<Vec<Spent>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let month = sql.bind(month);
        let statement =
            sql.statement(&format!("SELECT * FROM budgets WHERE month = {month} ORDER BY business_id"));
        let rows = SpentRow::find_by_statement(statement).all(self.reader()).await;
        let read = |row: SpentRow| {
            Ok(Spent {
                business: parse(&row.business_id, "a business id")?,
                month: row.month,
                spent: unsigned(row.spent),
                told: u32::try_from(row.told).unwrap_or_default(),
                was_refused: row.refused_at.is_some(),
            })
        };
        rows.map_err(|error| store_error(&error))?.into_iter().map(read).collect()
    }

    async fn note_told(&self, business: &BusinessId, month: &str, percent: u32) -> Result<bool, StoreError> {
        let mut sql = Sql::on(self.writer());
        let (business, month, percent) =
            (sql.bind(business.as_str()), sql.bind(month), sql.bind(i64::from(percent)));
        let statement = sql.statement(&format!(
            "UPDATE budgets SET told = {percent} WHERE business_id = {business} AND month = {month} AND told < {percent}"
        ));
        let done = self.writer().execute_raw(statement).await.map_err(|error| store_error(&error))?;
        Ok(done.rows_affected() == 1)
    }

    async fn list_costs(
        &self,
        business: Option<&BusinessId>,
        reach: &Reach,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<CostLine>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let (first, end) = (sql.bind(first_id(since)), sql.bind(first_id(until)));
        let mut wanted = vec![format!("m.id >= {first} AND m.id < {end} AND m.cost IS NOT NULL")];
        wanted.extend(business.map(|business| format!("m.business_id = {}", sql.bind(business.as_str()))));
        wanted.extend(crate::dead_letters::within(&mut sql, "m", reach));
        let day = sql.bind(DAY);
        let statement = sql.statement(&format!(
            "SELECT m.created_at / {day} AS day, m.business_id, m.kind, m.country, m.currency, COUNT(*) AS messages, \
             CAST(SUM(m.segments) AS BIGINT) AS segments, CAST(SUM(m.cost) AS BIGINT) AS cost FROM messages m WHERE {} \
             GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
            wanted.join(" AND ")
        ));
        let rows = CostRow::find_by_statement(statement).all(self.reader()).await;
        rows.map_err(|error| store_error(&error))?.into_iter().map(line).collect()
    }

    async fn list_unsettled(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Unsettled>, StoreError> {
        unsettled::list(self.reader(), now, limit).await
    }

    async fn look_again(&self, message: MessageId, at: Option<DateTime<Utc>>) -> Result<(), StoreError> {
        unsettled::look_again(self.writer(), message, at).await
    }

    async fn settle(&self, unsettled: &Unsettled, settled: Settled) -> Result<bool, StoreError> {
        unsettled::settle(self.writer(), unsettled, settled).await
    }

    async fn count_waiting(&self, business: &BusinessId, until: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut sql = Sql::on(self.reader());
        let (business, until) = (sql.bind(business.as_str()), sql.bind(millis(until)));
        let statement = sql.statement(&format!(
            "SELECT COUNT(*) AS messages FROM messages WHERE status IN ('scheduled', 'in_doubt') AND due_at < {until} \
             AND channel = 'sms' AND business_id = {business}"
        ));
        let row = self.reader().query_one_raw(statement).await.map_err(|error| store_error(&error))?;
        let count: Option<i64> =
            row.map(|row| row.try_get("", "messages")).transpose().map_err(|error| store_error(&error))?;
        Ok(unsigned(count.unwrap_or_default()))
    }

    async fn substitute(
        &self,
        instead_of: MessageId,
        id: MessageId,
        channel: Channel,
        now: DateTime<Utc>,
    ) -> Result<Option<Ready>, StoreError> {
        let mut sql = Sql::on(self.writer());
        let (old, id, channel) = (sql.bind(instead_of.0), sql.bind(id.0), sql.bind(channel.as_str()));
        let now = sql.bind(millis(now));
        let copied = "notification_id, event_id, business_id, recipient_id, kind, class, purpose, batch_id, appointment_id, \
             appointment_revision, rule, expires_at";
        let statement = sql.statement(&format!(
            "INSERT INTO messages (id, channel, status, due_at, attempt, tries, created_at, updated_at, {copied}) \
             SELECT {id}, {channel}, 'queued', {now}, 0, 0, {now}, {now}, {copied} FROM messages m WHERE m.id = {old} \
             AND NOT EXISTS (SELECT 1 FROM messages other WHERE other.notification_id = m.notification_id \
             AND other.channel = {channel} AND other.status NOT IN ('suppressed', 'cancelled')) RETURNING *"
        ));
        Ok(found(self.writer(), statement).await?.pop())
    }
}

#[derive(FromQueryResult)]
struct MessageRow {
    id: Uuid,
    segments: i64,
    cost: i64,
    currency: String,
    country: Option<String>,
}

/// What the messages of a notification cost, by message.
pub(crate) async fn of_notification(
    reader: &DatabaseConnection,
    notification: Uuid,
) -> Result<HashMap<Uuid, MessageCost>, StoreError> {
    let mut sql = Sql::on(reader);
    let notification = sql.bind(notification);
    let statement = sql.statement(&format!(
        "SELECT id, segments, cost, currency, country FROM messages WHERE notification_id = {notification} AND cost IS NOT NULL"
    ));
    let rows = MessageRow::find_by_statement(statement).all(reader).await;
    let read = |row: MessageRow| {
        let currency = Currency::try_from(row.currency).map_err(|_| unreadable("a currency"))?;
        let cost = MessageCost {
            segments: usize::try_from(row.segments).unwrap_or_default(),
            money: Money { currency, micros: unsigned(row.cost) },
            country: parse_option(row.country.as_ref(), "a country")?,
        };
        Ok((row.id, cost))
    };
    rows.map_err(|error| store_error(&error))?.into_iter().map(read).collect()
}

fn line(row: CostRow) -> Result<CostLine, StoreError> {
    Ok(CostLine {
        day: time(row.day * DAY).date_naive(),
        business: parse_option(row.business_id.as_ref(), "a business id")?,
        kind: parse(&row.kind, "a kind")?,
        country: parse_option(row.country.as_ref(), "a country")?,
        currency: row.currency,
        messages: unsigned(row.messages),
        segments: unsigned(row.segments),
        cost: unsigned(row.cost),
    })
}

fn signed(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

fn unsigned(amount: i64) -> u64 {
    u64::try_from(amount).unwrap_or_default()
}
