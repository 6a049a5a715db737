//! What became of messages, in numbers, as the port [`Statistics`] asks for it.
//!
//! Ids rise with time (UUID version 7), so a window of time is a range of ids, and the primary keys answer: counting needs no index
//! of its own, which every message would pay for.

use async_trait::async_trait;
use carillon_ports::StoreError;
use carillon_ports::statistics::{Statistics, Tally, Waited, Window};
use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::SqlStore;
use crate::error::store_error;
use crate::rows::parse;
use crate::sql::{Sql, millis};

#[derive(FromQueryResult)]
struct Counted {
    channel: String,
    class: String,
    status: String,
    provider: Option<String>,
    messages: i64,
    recent: i64,
    bounced: i64,
    opened: i64,
    clicked: i64,
    complained: i64,
}

#[derive(FromQueryResult)]
struct Took {
    channel: String,
    millis: i64,
    messages: i64,
}

/// How long a message took: from when it was due, or from its first try where it had several (a retry moves `due_at`).
const WAIT: &str = "m.sent_at - CASE WHEN m.attempt > 1 THEN COALESCE((SELECT a.started_at FROM attempts a \
     WHERE a.message_id = m.id AND a.number = 1), m.due_at) ELSE m.due_at END";

#[async_trait]
impl Statistics for SqlStore {
    async fn tally(&self, window: &Window, recent_since: DateTime<Utc>) -> Result<Vec<Tally>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let recent_since = sql.bind(millis(recent_since));
        let messages = messages(&mut sql, window);
        let statement = sql.statement(&format!(
            "SELECT m.channel, m.class, m.status, m.provider, COUNT(*) AS messages, \
             COUNT(CASE WHEN m.sent_at >= {recent_since} THEN 1 END) AS recent, COUNT(CASE WHEN m.reason = 'bounced' THEN 1 END) AS bounced, COUNT(m.opened_at) AS opened, \
             COUNT(m.clicked_at) AS clicked, COUNT(m.complained_at) AS complained {messages} \
             GROUP BY m.channel, m.class, m.status, m.provider"
        ));
        let rows = Counted::find_by_statement(statement).all(self.reader()).await;
        let rows = rows.map_err(|error| store_error(&error))?;
        rows.into_iter()
            .map(|row| {
                Ok(Tally {
                    channel: parse(&row.channel, "a channel")?,
                    class: parse(&row.class, "a class")?,
                    status: parse(&row.status, "a status")?,
                    provider: row.provider,
                    messages: count(row.messages),
                    recent: count(row.recent),
                    bounced: count(row.bounced),
                    opened: count(row.opened),
                    clicked: count(row.clicked),
                    complained: count(row.complained),
                })
            })
            .collect()
    }

    async fn list_waits(&self, window: &Window) -> Result<Vec<Waited>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let messages = messages(&mut sql, window);
        let statement = sql.statement(&format!(
            "SELECT channel, CASE WHEN wait < 0 THEN 0 WHEN wait < 10000 THEN wait ELSE wait - wait % 1000 END AS millis, \
             COUNT(*) AS messages \
             FROM (SELECT m.channel AS channel, {WAIT} AS wait {messages} AND m.sent_at IS NOT NULL AND m.class <> 'bulk') waits \
             GROUP BY 1, 2"
        ));
        let rows = Took::find_by_statement(statement).all(self.reader()).await;
        let rows = rows.map_err(|error| store_error(&error))?;
        rows.into_iter()
            .map(|row| {
                let channel = parse(&row.channel, "a channel")?;
                Ok(Waited { channel, millis: count(row.millis), messages: count(row.messages) })
            })
            .collect()
    }
}

/// The messages of a window: those of one business by its notifications, so that nobody else's are read.
fn messages(sql: &mut Sql, window: &Window) -> String {
    let (first, end) = (sql.bind(first_id(window.since)), sql.bind(first_id(window.until)));
    match &window.business {
        None => format!("FROM messages m WHERE m.id >= {first} AND m.id < {end}"),
        Some(business) => format!(
            "FROM notifications n JOIN messages m ON m.notification_id = n.id \
             WHERE n.business_id = {} AND n.id >= {first} AND n.id < {end}",
            sql.bind(business.to_string())
        ),
    }
}

/// The lowest id of a time.
pub(crate) fn first_id(at: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(millis(at)).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
