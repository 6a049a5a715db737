//! Alarms that stand, as the port [`Alarms`] asks for them.

use async_trait::async_trait;
use carillon_domain::alarm::Alarm;
use carillon_ports::StoreError;
use carillon_ports::alarms::{Alarms, Episode};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::SqlStore;
use crate::error::{store_error, unreadable};
use crate::sql::{Sql, millis, time};

#[derive(FromQueryResult)]
struct Row {
    name: String,
    episode: i64,
    message: String,
    facts: Option<String>,
    began_at: i64,
    renewed_at: i64,
    told: i64,
}

impl From<Row> for Episode {
    fn from(row: Row) -> Self {
        Self {
            name: row.name,
            number: row.episode,
            message: row.message,
            alarm: row.facts.and_then(|facts| serde_json::from_str(&facts).ok()),
            began_at: time(row.began_at),
            renewed_at: time(row.renewed_at),
            is_told: row.told >= row.episode,
        }
    }
}

#[async_trait]
impl Alarms for SqlStore {
    async fn stand(&self, alarm: &Alarm, now: DateTime<Utc>) -> Result<Episode, StoreError> {
        let facts = serde_json::to_string(alarm).map_err(|_| unreadable("an alarm"))?;
        let mut sql = Sql::on(self.writer());
        let (name, message, now) =
            (sql.bind(alarm.name()), sql.bind(alarm.to_string()), sql.bind(millis(now)));
        let facts = sql.bind(facts);
        let statement = sql.statement(&format!(
            "INSERT INTO alarms (name, episode, message, facts, began_at, renewed_at, ended_at, told) \
             VALUES ({name}, 1, {message}, {facts}, {now}, {now}, NULL, 0) ON CONFLICT (name) DO UPDATE SET \
             episode = alarms.episode + CASE WHEN alarms.ended_at IS NULL THEN 0 ELSE 1 END, \
             began_at = CASE WHEN alarms.ended_at IS NULL THEN alarms.began_at ELSE excluded.began_at END, \
             message = excluded.message, facts = excluded.facts, renewed_at = excluded.renewed_at, ended_at = NULL \
             RETURNING name, episode, message, facts, began_at, renewed_at, told"
        ));
        let row = Row::find_by_statement(statement).one(self.writer()).await;
        row.map_err(|error| store_error(&error))?.map(Episode::from).ok_or_else(|| unreadable("an alarm"))
    }

    async fn told(&self, episode: &Episode) -> Result<(), StoreError> {
        let mut sql = Sql::on(self.writer());
        let (name, number) = (sql.bind(episode.name.as_str()), sql.bind(episode.number));
        let statement = sql.statement(&format!(
            "UPDATE alarms SET told = {number} WHERE name = {name} AND episode = {number}"
        ));
        self.writer().execute_raw(statement).await.map_err(|error| store_error(&error))?;
        Ok(())
    }

    async fn list_standing(&self) -> Result<Vec<Episode>, StoreError> {
        let statement = Sql::on(self.reader()).statement(
            "SELECT name, episode, message, facts, began_at, renewed_at, told FROM alarms WHERE ended_at IS NULL ORDER BY began_at, name",
        );
        let rows = Row::find_by_statement(statement).all(self.reader()).await;
        Ok(rows.map_err(|error| store_error(&error))?.into_iter().map(Episode::from).collect())
    }

    async fn end(&self, episode: &Episode, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut sql = Sql::on(self.writer());
        let (name, number) = (sql.bind(episode.name.as_str()), sql.bind(episode.number));
        let (renewed, now) = (sql.bind(millis(episode.renewed_at)), sql.bind(millis(now)));
        let statement = sql.statement(&format!(
            "UPDATE alarms SET ended_at = {now} WHERE name = {name} AND episode = {number} AND renewed_at = {renewed} AND ended_at IS NULL"
        ));
        let done = self.writer().execute_raw(statement).await.map_err(|error| store_error(&error))?;
        Ok(done.rows_affected() == 1)
    }
}
