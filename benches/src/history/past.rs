//! A year of past messages, made by PostgreSQL itself from messages that Carillon has just sent: every row is a copy of a real one, of
//! real size, under an id and at times of its own. So a column that is new in a table needs nothing here.
//!
//! Numbers from 0 on, evenly over the last twelve months; a number makes one event, one notification, one message and one attempt,
//! twenty of them have a person, two an appointment. Ids rise with time (UUID version 7), so rows come in the order in which a year would
//! have brought them, and fall into the partitions of their months where there are any.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use sqlx::{AssertSqlSafe, PgConnection};
use tokio::task::JoinSet;

use super::months;
use crate::clock;
use crate::database::Database;
use crate::run::say;

/// How long ago the past began, in milliseconds.
const YEAR: u64 = 365 * 86_400_000;
/// How long ago it ended: nothing of it is under way.
const ENDED: u64 = 3_600_000;
/// Messages for each person.
const MESSAGES_A_PERSON: u64 = 20;
/// Numbers of one transaction.
const AT_ONCE: u64 = 50_000;
/// Connections that work at once.
const CONNECTIONS: usize = 2;

/// Messages that are copied, each with all that belongs to it.
const PICK: &str = "CREATE UNLOGGED TABLE past_picked AS
    SELECT row_number() OVER (ORDER BY id) - 1 AS sample, id AS message, notification_id AS notification, event_id AS event,
        recipient_id AS person, 'person:' || recipient_id AS owner
    FROM messages WHERE status = 'sent' AND attempt = 1 LIMIT 1000";

/// A table, the column that names its rows, and the column of `past_picked` that has that name.
const TABLES: [(&str, &str, &str); 6] = [
    ("data_keys", "owner", "owner"),
    ("people", "id", "person"),
    ("events", "id", "event"),
    ("notifications", "id", "notification"),
    ("messages", "id", "message"),
    ("attempts", "message_id", "message"),
];

/// How much there is to do.
#[derive(Clone, Copy)]
struct Span {
    /// Milliseconds since 1970.
    begin: u64,
    length: u64,
    rows: u64,
}

/// Puts in so many past messages, and answers how long that took; the statistics of the planner are up to date then.
pub(super) async fn fill(database: &Database, rows: u64) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let span = Span { begin: clock::now() / 1000 - YEAR, length: YEAR - ENDED, rows };
    let mut connection = database.pool.acquire().await?;
    let statements = prepare(&mut connection, span).await?;
    let people = rows.div_ceil(MESSAGES_A_PERSON);
    for statement in &statements[..2] {
        sqlx::query(AssertSqlSafe(statement.as_str()))
            .bind(0_i64)
            .bind(last(people)?)
            .execute(&mut *connection)
            .await?;
    }
    drop(connection);
    let (statements, next) = (Arc::new(statements), Arc::new(AtomicU64::new(0)));
    let mut tasks = JoinSet::new();
    for _ in 0..CONNECTIONS {
        tasks.spawn(work(database.clone(), statements.clone(), next.clone(), rows));
    }
    for task in tasks.join_all().await {
        task?;
    }
    say("VACUUM and ANALYZE");
    let mut tables = "DROP TABLE past_picked".to_owned();
    for (table, ..) in TABLES {
        write!(tables, ", past_{table}")?;
    }
    sqlx::raw_sql(AssertSqlSafe(tables)).execute(&database.pool).await?;
    sqlx::raw_sql("VACUUM (ANALYZE)").execute(&database.pool).await?;
    Ok(began.elapsed())
}

/// Makes the samples, and answers the statement of each table.
async fn prepare(connection: &mut PgConnection, span: Span) -> anyhow::Result<Vec<String>> {
    sqlx::raw_sql(PICK).execute(&mut *connection).await?;
    let samples: i64 =
        sqlx::query_scalar("SELECT count(*) FROM past_picked").fetch_one(&mut *connection).await?;
    ensure!(samples > 0, "no message has been sent that could be copied");
    let mut statements = Vec::new();
    for (table, column, picked) in TABLES {
        months::make(connection, table, span.begin, span.begin + span.length).await?;
        let make = format!(
            "CREATE UNLOGGED TABLE past_{table} AS SELECT past_picked.sample, {table}.* FROM past_picked
             JOIN {table} ON {table}.{column} = past_picked.{picked};
             ANALYZE past_{table}"
        );
        sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut *connection).await?;
        statements.push(insert(table, &columns(connection, table).await?, samples, span));
    }
    Ok(statements)
}

async fn columns(connection: &mut PgConnection, table: &str) -> anyhow::Result<Vec<String>> {
    let columns = "SELECT column_name::text FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position";
    sqlx::query_scalar(columns).bind(table).fetch_all(connection).await.context("the columns")
}

/// The statement that makes the rows of the numbers `$1` to `$2`.
fn insert(table: &str, columns: &[String], samples: i64, span: Span) -> String {
    let value =
        |column: &String| own_value(table, column, span).unwrap_or_else(|| format!("sample.\"{column}\""));
    let values: Vec<String> = columns.iter().map(value).collect();
    let names: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
    format!(
        "INSERT INTO {table} ({}) SELECT {} FROM generate_series($1, $2) AS n
         JOIN past_{table} AS sample ON sample.sample = n % {samples} ORDER BY n",
        names.join(", "),
        values.join(", ")
    )
}

/// What a row does not have of its sample: `n` is its number.
fn own_value(table: &str, column: &str, span: Span) -> Option<String> {
    let at = format!("({} + n * {} / {})", span.begin, span.length, span.rows);
    let person = format!("('past-' || n * 7919 % {})", span.rows.div_ceil(MESSAGES_A_PERSON));
    let value = match (table, column) {
        ("data_keys", "owner") => "'person:past-' || n".to_owned(),
        ("people", "id") => "'past-' || n".to_owned(),
        ("data_keys" | "people", _) => return None,
        ("events", "id") | (_, "event_id") => id("event", &at),
        ("notifications", "id") | (_, "notification_id") => id("notification", &at),
        ("messages", "id") | ("attempts", "message_id") => id("message", &at),
        ("events", "key_owner") => format!("'person:' || {person}"),
        (_, "recipient_id") => person,
        // A tenth is of the very business that is measured.
        (_, "business_id") => {
            "CASE WHEN n % 10 = 0 THEN sample.business_id ELSE 'past-' || n % 1000 END".to_owned()
        }
        (_, "appointment_id") => "'past-' || n / 2".to_owned(),
        (_, "appointment_revision") => "1".to_owned(),
        ("notifications" | "messages", "rule") => "CASE WHEN n % 2 = 1 THEN '1h:sms' END".to_owned(),
        ("messages", "status") => "CASE WHEN n % 4 = 0 THEN 'sent' ELSE 'delivered' END".to_owned(),
        ("messages", "delivered_at") => format!("CASE WHEN n % 4 > 0 THEN {at} + 5000 END"),
        ("messages", "expires_at") => format!("{at} + 86400000"),
        ("messages", "provider_id") => "sample.provider_id || to_hex(n)".to_owned(),
        ("messages", "updated_at" | "sent_at") | ("attempts", "started_at" | "finished_at") => {
            format!("{at} + 100")
        }
        (_, "occurred_at" | "accepted_at" | "created_at" | "due_at") => at,
        _ => return None,
    };
    Some(value)
}

/// The id that a number has as this: its time, then what no other has.
fn id(what: &str, at: &str) -> String {
    format!(
        "overlay(overlay(overlay(md5('{what}' || n) placing lpad(to_hex({at}), 12, '0') from 1) placing '7' from 13) \
         placing '8' from 17)::uuid"
    )
}

/// Takes spans of numbers until none is left.
async fn work(
    database: Database,
    statements: Arc<Vec<String>>,
    next: Arc<AtomicU64>,
    rows: u64,
) -> anyhow::Result<()> {
    let mut connection = database.pool.acquire().await?.detach();
    // Nothing of it is missed if the machine stops: the benchmark is over then too.
    sqlx::raw_sql("SET synchronous_commit = off").execute(&mut connection).await?;
    loop {
        let first = next.fetch_add(AT_ONCE, Ordering::Relaxed);
        if first >= rows {
            return Ok(());
        }
        let end = rows.min(first + AT_ONCE);
        for statement in &statements[2..] {
            let query =
                sqlx::query(AssertSqlSafe(statement.as_str())).bind(i64::try_from(first)?).bind(last(end)?);
            query.execute(&mut connection).await?;
        }
        if first.is_multiple_of(1_000_000) {
            say(&format!("{first} of {rows}"));
        }
    }
}

/// The last number before an end.
fn last(end: u64) -> anyhow::Result<i64> {
    Ok(i64::try_from(end)? - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Span = Span { begin: 1_700_000_000_000, length: 1000, rows: 100 };

    #[test]
    fn what_a_row_has_of_its_own_is_not_copied() {
        let columns = ["id", "kind", "new_column"].map(str::to_owned);
        let statement = insert("notifications", &columns, 8, SPAN);
        assert!(statement.contains("md5('notification' || n)"), "{statement}");
        assert!(statement.contains("sample.\"kind\", sample.\"new_column\""), "{statement}");
    }

    #[test]
    fn rows_name_each_other_by_the_same_ids() {
        let of = |table, column| own_value(table, column, SPAN);
        assert_eq!(of("messages", "event_id"), of("events", "id"));
        assert_eq!(of("messages", "notification_id"), of("notifications", "id"));
        assert_eq!(of("attempts", "message_id"), of("messages", "id"));
        assert_eq!(of("events", "id"), of("notifications", "event_id"));
    }
}
