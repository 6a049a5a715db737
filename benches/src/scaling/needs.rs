//! What a volume needs, and how much a cell has room for.

use super::costs::Costs;

const SECONDS_A_DAY: f64 = 86_400.0;
/// Bytes of a page of PostgreSQL.
const PAGE: f64 = 8192.0;
/// One can be away: fewer processes of a kind are never run.
const FEWEST: f64 = 2.0;

/// What so many messages a day need, in all cells together. Processors are those of the peak hour, with room to spare.
pub(super) struct Needs {
    pub(super) mean: f64,
    pub(super) peak: f64,
    pub(super) api: f64,
    pub(super) worker: f64,
    /// Workers that it takes for as many calls to providers at once, if all were of one channel.
    pub(super) worker_by_calls: f64,
    pub(super) memory_gib: f64,
    pub(super) postgres_cores: f64,
    pub(super) postgres_connections: f64,
    pub(super) log_mb_a_second: f64,
    pub(super) log_gb_a_day: f64,
    pub(super) disk_gb_a_day: f64,
    pub(super) redis_cores: f64,
}

impl Needs {
    pub(super) fn of(costs: &Costs, a_day: f64) -> Self {
        let (measured, assumed, process) = (&costs.measured, &costs.assumed, &costs.process);
        let mean = a_day / SECONDS_A_DAY;
        let peak = mean * assumed.peak_hour;
        let cores = |seconds_per_1000: f64| peak / 1000.0 * seconds_per_1000 / assumed.busy_at_most;
        let cpu = &measured.cpu_seconds_per_1000;
        let api = (cores(cpu.api) / process.cores).ceil().max(FEWEST);
        let log_bytes = measured.log_bytes + assumed.log_pages * PAGE;
        let worker_by_calls =
            (peak * assumed.provider_seconds / process.calls_in_flight / assumed.busy_at_most).ceil();
        let worker = (cores(cpu.worker) / process.cores).ceil().max(worker_by_calls).max(FEWEST);
        Self {
            mean,
            peak,
            api,
            worker,
            worker_by_calls,
            memory_gib: (api * measured.memory_mib.api + worker * measured.memory_mib.worker) / 1024.0,
            postgres_cores: cores(cpu.postgres),
            postgres_connections: (api + worker) * process.connections,
            log_mb_a_second: peak * log_bytes / 1e6,
            log_gb_a_day: a_day * log_bytes / 1e9,
            disk_gb_a_day: a_day * measured.disk_bytes / 1e9,
            redis_cores: cores(cpu.redis),
        }
    }
}

/// How many messages a day end a cell, and by what.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) by: String,
    pub(super) a_day: f64,
}

/// Where a cell ends, first what ends it first.
pub(super) fn rooms(costs: &Costs) -> Vec<Room> {
    let mut rooms = of_the_hour(costs);
    rooms.extend(costs.assumed.days_kept.iter().map(|days| disk(costs, *days)));
    rooms.sort_by(|one, other| one.a_day.total_cmp(&other.a_day));
    rooms
}

/// The most messages a day of one cell that keeps them so long.
pub(super) fn most(costs: &Costs, days: f64) -> f64 {
    of_the_hour(costs).iter().map(|room| room.a_day).fold(disk(costs, days).a_day, f64::min)
}

/// All needs but the disk's grow with the busiest hour, so that one volume shows how far each goes.
fn of_the_hour(costs: &Costs) -> Vec<Room> {
    const SAMPLE: f64 = 1e9;
    let (needs, cell) = (Needs::of(costs, SAMPLE), &costs.cell);
    [
        ("cores of PostgreSQL", cell.postgres_cores, needs.postgres_cores),
        (
            "connections to PostgreSQL, without a pooler",
            cell.postgres_connections,
            needs.postgres_connections,
        ),
        ("write-ahead log a second", cell.log_mb_a_second, needs.log_mb_a_second),
        ("the one core of Redis", cell.redis_cores, needs.redis_cores),
    ]
    .map(|(by, room, needed)| Room { by: by.to_owned(), a_day: SAMPLE * room / needed })
    .into()
}

fn disk(costs: &Costs, days: f64) -> Room {
    let a_day = costs.cell.disk_tb * 1e12 / days / costs.measured.disk_bytes;
    Room { by: format!("disk, where {days:.0} days are kept"), a_day }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs() -> Costs {
        let mut costs = Costs::measured().expect("the costs in the repository");
        costs.measured.cpu_seconds_per_1000.postgres = 0.3;
        costs.measured.disk_bytes = 2000.0;
        costs.assumed.days_kept = vec![100.0, 365.0];
        (costs.assumed.peak_hour, costs.assumed.busy_at_most) = (4.0, 0.6);
        (costs.cell.postgres_cores, costs.cell.disk_tb) = (16.0, 4.0);
        costs
    }

    #[test]
    fn a_day_of_86_400_000_has_a_thousand_a_second_and_four_thousand_in_its_peak_hour() {
        let needs = Needs::of(&costs(), 86_400_000.0);
        assert!((needs.mean - 1000.0).abs() < 1e-9 && (needs.peak - 4000.0).abs() < 1e-9);
        assert!((needs.postgres_cores - 4000.0 * 0.0003 / 0.6).abs() < 1e-9);
    }

    #[test]
    fn a_cell_ends_where_its_scarcest_part_does() {
        let costs = costs();
        let rooms = rooms(&costs);
        assert!(rooms.is_sorted_by(|one, other| one.a_day <= other.a_day));
        assert!((disk(&costs, 100.0).a_day - 20e6).abs() < 1e-3);
        assert!((most(&costs, 365.0) - rooms[0].a_day).abs() < 1e-3);
    }
}
