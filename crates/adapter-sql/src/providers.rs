//! Which providers are asked, as the port [`ProviderBoard`] asks for it.

use async_trait::async_trait;
use carillon_domain::Channel;
use carillon_domain::circuit::State;
use carillon_ports::StoreError;
use carillon_ports::providers::{ProviderBoard, ProviderState};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::SqlStore;
use crate::error::store_error;
use crate::rows::parse;
use crate::sql::{Sql, millis, time};

#[derive(FromQueryResult)]
struct Row {
    name: String,
    channel: String,
    state: String,
    since: i64,
    reported_at: i64,
    paused: bool,
    wished_at: i64,
}

#[async_trait]
impl ProviderBoard for SqlStore {
    async fn list_providers(&self) -> Result<Vec<ProviderState>, StoreError> {
        let statement = Sql::on(self.reader()).statement("SELECT * FROM providers ORDER BY name, channel");
        let rows = Row::find_by_statement(statement).all(self.reader()).await;
        rows.map_err(|error| store_error(&error))?.into_iter().map(read).collect()
    }

    async fn report_provider(
        &self,
        name: &str,
        channel: Channel,
        state: State,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut sql = Sql::on(self.writer());
        let (name, channel, state) = (sql.bind(name), sql.bind(channel.as_str()), sql.bind(state.as_str()));
        let (since, now) = (sql.bind(millis(since)), sql.bind(millis(now)));
        let statement = sql.statement(&format!(
            "INSERT INTO providers (name, channel, state, since, reported_at, paused, wished_at) \
             VALUES ({name}, {channel}, {state}, {since}, {now}, false, 0) ON CONFLICT (name, channel) DO UPDATE SET \
             state = excluded.state, since = excluded.since, reported_at = excluded.reported_at"
        ));
        self.writer().execute_raw(statement).await.map_err(|error| store_error(&error))?;
        Ok(())
    }

    async fn wish_provider(&self, name: &str, paused: bool, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut sql = Sql::on(self.writer());
        let (name, paused, now) = (sql.bind(name), sql.bind(paused), sql.bind(millis(now)));
        let statement = sql.statement(&format!(
            "UPDATE providers SET paused = {paused}, wished_at = {now} WHERE name = {name}"
        ));
        let done = self.writer().execute_raw(statement).await.map_err(|error| store_error(&error))?;
        Ok(done.rows_affected() > 0)
    }
}

fn read(row: Row) -> Result<ProviderState, StoreError> {
    Ok(ProviderState {
        name: row.name,
        channel: parse(&row.channel, "a channel")?,
        state: parse(&row.state, "a provider's state")?,
        since: time(row.since),
        reported_at: time(row.reported_at),
        is_paused: row.paused,
        wished_at: time(row.wished_at),
    })
}
