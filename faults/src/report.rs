//! The table, for people and for machines.

use serde_json::{Value, json};

use crate::row::Row;

/// The headings; a row's cells stand below them.
pub fn headings() -> String {
    format!(
        "{:22} {:>8} {:>8} {:>5} {:>10} {:>8} {:>9}  {}",
        "fault", "accepted", "arrived", "lost", "duplicated", "allowed", "recovery", "verdict"
    )
}

/// A row, with what else is worth knowing in lines below it.
pub fn lines(row: &Row) -> String {
    let recovery = row.recovery.map_or_else(|| "–".to_owned(), |time| format!("{:.1} s", time.as_secs_f64()));
    let verdict = if row.holds() { "ok" } else { "FAILED" };
    let cells = format!(
        "{:22} {:>8} {:>8} {:>5} {:>10} {:>8} {recovery:>9}  {verdict}",
        row.fault, row.accepted, row.arrived, row.lost, row.duplicated, row.allowed
    );
    let broken = row.broken.iter().map(|broken| format!("    ✗ {broken}"));
    let notes = row.notes.iter().map(|note| format!("    · {note}"));
    std::iter::once(cells).chain(broken).chain(notes).collect::<Vec<_>>().join("\n")
}

/// All of it.
pub fn json(rows: &[Row]) -> Value {
    json!({ "ok": rows.iter().all(Row::holds), "rows": rows.iter().map(Row::json).collect::<Vec<_>>() })
}
