//! What was read of each process over a long run, and whether it stayed as it was.

use std::collections::BTreeMap;

use crate::process::Process;
use crate::row::Row;
use crate::soak::health::{Health, Ports};

/// How much more memory a process may have in the last third than in the first.
const MOST_GROWTH: f64 = 1.5;
/// Connections that a pool may hold more without its being a leak.
const FEW: u64 = 8;

/// By process, in order of time.
#[derive(Debug, Default)]
pub(super) struct Readings(BTreeMap<String, Vec<Health>>);

impl Readings {
    /// Reads each process that runs.
    pub(super) fn add<'a>(&mut self, processes: impl Iterator<Item = &'a Process>, ports: Ports) {
        for process in processes {
            if let Some(health) = process.id().and_then(|id| Health::of(id, ports)) {
                self.0.entry(process.name().to_owned()).or_default().push(health);
            }
        }
    }

    /// Notes them, and breaks the row where they grew.
    pub(super) fn judge(&self, row: &mut Row) {
        row.must(!self.0.is_empty(), || "no process was read".to_owned());
        for (name, all) in &self.0 {
            let [first, middle, last] = thirds(all);
            row.notes.push(format!(
                "{name}: memory {} → {} → {} MiB, PostgreSQL {} → {} → {}, Redis {} → {} → {} connections (medians of thirds)",
                first.resident / 1024,
                middle.resident / 1024,
                last.resident / 1024,
                first.postgres,
                middle.postgres,
                last.postgres,
                first.redis,
                middle.redis,
                last.redis
            ));
            row.must(!has_grown(first.resident, last.resident), || format!("{name} has grown"));
            for (before, after) in [(first.postgres, last.postgres), (first.redis, last.redis)] {
                let is_more = has_grown(before, after) && after > before + FEW;
                row.must(!is_more, || format!("{name} holds {after} connections after {before}"));
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "kibibytes and connections are far below 2^52")]
fn has_grown(before: u64, after: u64) -> bool {
    after as f64 > before as f64 * MOST_GROWTH
}

/// The median of each third.
fn thirds(all: &[Health]) -> [Health; 3] {
    let third = all.len().div_ceil(3).max(1);
    let mut thirds = all.chunks(third).map(median);
    [(); 3].map(|()| thirds.next().unwrap_or_default())
}

fn median(some: &[Health]) -> Health {
    let middle = |field: fn(&Health) -> u64| {
        let mut values: Vec<u64> = some.iter().map(field).collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    Health {
        resident: middle(|health| health.resident),
        postgres: middle(|health| health.postgres),
        redis: middle(|health| health.redis),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(resident: impl Iterator<Item = u64>) -> Row {
        let mut row = Row::named("soak");
        let all = resident.map(|resident| Health { resident, postgres: 5, redis: 3 }).collect();
        Readings(BTreeMap::from([("worker-1".to_owned(), all)])).judge(&mut row);
        row
    }

    #[test]
    fn a_process_that_grows_by_more_than_half_breaks_the_row() {
        assert!(judged((0..30).map(|_| 50_000)).holds());
        assert!(judged((0..30).map(|minute| 50_000 + minute * 500)).holds());
        assert_eq!(judged((0..30).map(|minute| 50_000 + minute * 2_000)).broken, ["worker-1 has grown"]);
    }

    #[test]
    fn nothing_read_is_no_proof() {
        let mut row = Row::named("soak");
        Readings::default().judge(&mut row);
        assert!(!row.holds());
    }
}
