//! The parts by month that PostgreSQL keeps events, notifications, messages and tries in.

use carillon_ports::StoreError;
use chrono::{DateTime, Datelike, Months, NaiveTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult};
use uuid::Uuid;

use crate::error::store_error;
use crate::sql::Sql;
use crate::statistics::first_id;

/// The divided tables, children of others first: whoever drops in this order leaves nothing that refers to nothing.
const TABLES: [&str; 4] = ["attempts", "messages", "notifications", "events"];
/// How many months beside the present one there is room for.
const AHEAD: u32 = 2;
/// The longest that a change of parts waits for those who read and write: it is tried again with the next look.
const PATIENCE: &str = "SET LOCAL lock_timeout = '3s'";

/// A part of a table: everything from an id, or from the beginning, up to another.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    name: String,
    from: Option<Uuid>,
    to: Uuid,
}

#[derive(FromQueryResult)]
struct Row {
    name: String,
    bound: String,
}

/// The first instant of the month of a time, in UTC.
fn month_of(time: DateTime<Utc>) -> DateTime<Utc> {
    let day = time.date_naive();
    day.with_day(1).unwrap_or(day).and_time(NaiveTime::MIN).and_utc()
}

/// Makes the parts of this month and the next ones, where there are none.
pub(crate) async fn make_room(writer: &DatabaseConnection, now: DateTime<Utc>) -> Result<(), StoreError> {
    for table in TABLES {
        let parts = list(writer, table).await?;
        for ahead in 0..=AHEAD {
            let from = month_of(now) + Months::new(ahead);
            let (first, end) = (first_id(from), first_id(from + Months::new(1)));
            if parts.iter().any(|part| part.from.is_none_or(|known| known < end) && part.to > first) {
                continue;
            }
            make(writer, table, from, first, end).await?;
        }
    }
    Ok(())
}

/// Made apart and then attached, which holds up nobody; of several processes that make it, one succeeds.
async fn make(
    writer: &DatabaseConnection,
    table: &str,
    month: DateTime<Utc>,
    first: Uuid,
    end: Uuid,
) -> Result<(), StoreError> {
    let name = format!("{table}_{}", month.format("y%Ym%m"));
    together(
        writer,
        &[
            // Two that make the same part would wait for each other's locks in a circle.
            "SELECT pg_advisory_xact_lock(7266532)".to_owned(),
            format!("CREATE TABLE IF NOT EXISTS {name} (LIKE {table} INCLUDING ALL)"),
            format!(
                "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = '{name}'::regclass) THEN \
                 ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{end}'); END IF; END $$"
            ),
        ],
    )
    .await
}

/// Drops the parts that end at or before a time and of which nothing may still leave; answers how many.
pub(crate) async fn drop_before(
    writer: &DatabaseConnection,
    before: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let bound = first_id(month_of(before));
    let mut ends: Vec<Uuid> = Vec::new();
    for table in TABLES {
        ends.extend(list(writer, table).await?.into_iter().map(|part| part.to).filter(|to| *to <= bound));
    }
    ends.sort_unstable();
    ends.dedup();
    let mut dropped = 0;
    for end in ends {
        if is_open(writer, end).await? {
            break;
        }
        dropped += drop_until(writer, end).await?;
    }
    Ok(dropped)
}

/// Whether a message that may still leave belongs to an event before this id: the event is at least as old as all that came of it.
async fn is_open(writer: &DatabaseConnection, end: Uuid) -> Result<bool, StoreError> {
    let mut sql = Sql::on(writer);
    let end = sql.bind(end);
    let statement = sql.statement(&format!(
        "SELECT 1 AS found FROM messages WHERE status IN ('scheduled', 'in_doubt', 'queued', 'sending') AND event_id < {end} LIMIT 1"
    ));
    Ok(writer.query_one_raw(statement).await.map_err(|error| store_error(&error))?.is_some())
}

async fn drop_until(writer: &DatabaseConnection, end: Uuid) -> Result<u64, StoreError> {
    let mut dropped = 0;
    for table in TABLES {
        for part in list(writer, table).await?.into_iter().filter(|part| part.to <= end) {
            let name = &part.name;
            together(
                writer,
                &[format!("ALTER TABLE {table} DETACH PARTITION {name}"), format!("DROP TABLE {name}")],
            )
            .await?;
            tracing::info!(part = name, "a part of the history was dropped");
            dropped += 1;
        }
    }
    Ok(dropped)
}

/// Runs statements in one transaction that does not wait long for locks.
async fn together(writer: &DatabaseConnection, statements: &[String]) -> Result<(), StoreError> {
    let transaction = crate::sql::begin(writer).await?;
    transaction.execute_unprepared(PATIENCE).await.map_err(|error| store_error(&error))?;
    for statement in statements {
        transaction.execute_unprepared(statement).await.map_err(|error| store_error(&error))?;
    }
    transaction.commit().await.map_err(|error| store_error(&error))
}

/// The parts of a table, but for the one that takes what belongs to none.
async fn list(writer: &DatabaseConnection, table: &str) -> Result<Vec<Part>, StoreError> {
    let statement = Sql::on(writer).statement(&format!(
        "SELECT part.relname::text AS name, pg_get_expr(part.relpartbound, part.oid) AS bound FROM pg_inherits \
         JOIN pg_class part ON part.oid = pg_inherits.inhrelid WHERE pg_inherits.inhparent = '{table}'::regclass"
    ));
    let rows = Row::find_by_statement(statement).all(writer).await.map_err(|error| store_error(&error))?;
    Ok(rows.into_iter().filter_map(part).collect())
}

/// Reads `FOR VALUES FROM ('0193…') TO ('0194…')`, where the first may be MINVALUE.
fn part(row: Row) -> Option<Part> {
    let (from, to) = row.bound.strip_prefix("FOR VALUES FROM (")?.split_once(") TO (")?;
    let id = |text: &str| text.trim_end_matches(')').trim_matches('\'').parse().ok();
    Some(Part { name: row.name, from: id(from), to: id(to)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_of_a_part_are_read_as_postgresql_writes_them() {
        let read = |bound: &str| part(Row { name: "messages_y2026m12".to_owned(), bound: bound.to_owned() });
        let (first, end) = ("0193b1c2-0000-0000-0000-000000000000", "0193c1c2-0000-0000-0000-000000000000");
        let between = read(&format!("FOR VALUES FROM ('{first}') TO ('{end}')")).expect("a part");
        assert_eq!((between.from, between.to), (first.parse().ok(), end.parse().unwrap()));
        let since_ever = read(&format!("FOR VALUES FROM (MINVALUE) TO ('{end}')")).expect("a part");
        assert_eq!((since_ever.from, since_ever.to), (None, end.parse().unwrap()));
        assert_eq!(read("DEFAULT"), None);
    }
}
