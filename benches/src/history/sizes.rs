//! How much of the disk each table takes, its indexes included.

use anyhow::Context;

use crate::database::Database;

/// The tables that grow with every message, and all others together.
const TABLES: [&str; 6] = ["events", "notifications", "messages", "attempts", "people", "data_keys"];

/// A table, however many partitions it has: bytes of its rows, and of its indexes.
const OF_TABLE: &str = "SELECT coalesce(sum(pg_table_size(c.oid)), 0)::float8, coalesce(sum(pg_indexes_size(c.oid)), 0)::float8
    FROM pg_class c WHERE c.oid = $1::regclass OR c.oid IN (SELECT relid FROM pg_partition_tree($1::regclass))";

/// Bytes of each table: its rows, and its indexes.
pub(super) type Sizes = Vec<(&'static str, f64, f64)>;

pub(super) async fn of(database: &Database) -> anyhow::Result<Sizes> {
    let mut sizes = Vec::new();
    for table in TABLES {
        let (rows, indexes) = sqlx::query_as(OF_TABLE)
            .bind(table)
            .fetch_one(&database.pool)
            .await
            .with_context(|| format!("the size of {table}"))?;
        sizes.push((table, rows, indexes));
    }
    Ok(sizes)
}

/// What the past added, and what that is for each message.
pub(super) fn print(before: &Sizes, after: &Sizes, messages: u64) {
    #[expect(clippy::cast_precision_loss, reason = "a disk for 2^52 messages is not built yet")]
    let messages = messages as f64;
    println!("\n{:14} {:>12} {:>12} {:>16}", "on disk", "rows, MB", "indexes, MB", "bytes a message");
    let (mut all, mut all_indexes) = (0.0, 0.0);
    for ((table, rows_before, indexes_before), (_, rows, indexes)) in before.iter().zip(after) {
        let (rows, indexes) = (rows - rows_before, indexes - indexes_before);
        line(table, rows, indexes, messages);
        all += rows;
        all_indexes += indexes;
    }
    line("all", all, all_indexes, messages);
}

fn line(table: &str, rows: f64, indexes: f64, messages: f64) {
    let each = (rows + indexes) / messages;
    println!("{table:14} {:>12.0} {:>12.0} {each:>16.0}", rows / 1e6, indexes / 1e6);
}
