//! The parts by month that a year of running would have left, where Carillon keeps its tables in such.
//!
//! A new database has one part for all that came before its second month. It becomes the part of this month alone, and each month before
//! gets one of its own, under the name that Carillon gives them.

use std::fmt::Write as _;

use anyhow::Context;
use chrono::{DateTime, Datelike, Months, NaiveTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};

/// The part that holds everything up to an id, and that id; none where a table is not divided, or has parts of months alone.
const FIRST_PART: &str = "SELECT part.relname::text, substring(pg_get_expr(part.relpartbound, part.oid) FROM 'TO \\(''(.*)''\\)')
    FROM pg_inherits JOIN pg_class part ON part.oid = pg_inherits.inhrelid
    WHERE pg_inherits.inhparent = $1::regclass AND pg_get_expr(part.relpartbound, part.oid) LIKE '%(MINVALUE)%'";

/// Makes parts from the month of a time until the present month (both in milliseconds since 1970).
pub(super) async fn make(
    connection: &mut PgConnection,
    table: &str,
    begin: u64,
    now: u64,
) -> anyhow::Result<()> {
    let first: Option<(String, String)> =
        sqlx::query_as(FIRST_PART).bind(table).fetch_optional(&mut *connection).await?;
    let Some((part, end)) = first else { return Ok(()) };
    let present = month_of(now)?;
    let mut statements = format!(
        "BEGIN; ALTER TABLE {table} DETACH PARTITION {part};
         ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM ('{}') TO ('{end}');",
        first_id(present)
    );
    let mut month = month_of(begin)?;
    while month < present {
        let next = month + Months::new(1);
        let name = format!("{table}_{}", month.format("y%Ym%m"));
        let (from, to) = (first_id(month), first_id(next));
        write!(
            statements,
            "CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{from}') TO ('{to}');"
        )?;
        month = next;
    }
    sqlx::raw_sql(AssertSqlSafe(statements + "COMMIT"))
        .execute(connection)
        .await
        .context("the parts by month")?;
    Ok(())
}

/// The first instant of a month, in UTC.
fn month_of(milliseconds: u64) -> anyhow::Result<DateTime<Utc>> {
    let time = DateTime::from_timestamp_millis(i64::try_from(milliseconds)?).context("a time")?;
    let first = time.date_naive().with_day(1).context("the first of a month")?;
    Ok(first.and_time(NaiveTime::MIN).and_utc())
}

/// The lowest id of a time.
fn first_id(time: DateTime<Utc>) -> String {
    format!("{:012x}{:020}", time.timestamp_millis(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_with_the_lowest_id_of_its_first_instant() {
        let month = month_of(1_764_252_123_456).expect("a month");
        assert_eq!(month.to_rfc3339(), "2025-11-01T00:00:00+00:00");
        let id: uuid::Uuid = first_id(month).parse().expect("an id");
        assert_eq!(id.to_string(), "019a3cb6-bc00-0000-0000-000000000000");
    }
}
