//! What more messages a day need, worked out from measured costs: plain arithmetic, so that the next measurement can be put in.
//! `docs/scaling.md` shows what this prints, and a test holds it to that.

mod costs;
mod needs;

use anyhow::Context;

use crate::ScalingArgs;
use costs::Costs;
use needs::{Needs, Room};

/// Messages a day.
const VOLUMES: [f64; 3] = [1e6, 1e7, 1e8];

/// A line: what is needed, and how much of it for each volume.
type Line = (&'static str, fn(&Needs) -> String);

const LINES: [Line; 13] = [
    ("messages a second, mean", |needs| told(needs.mean)),
    ("messages a second, peak hour", |needs| told(needs.peak)),
    ("API processes", |needs| told(needs.api)),
    ("worker processes", |needs| told(needs.worker)),
    ("… of them for calls in flight", |needs| told(needs.worker_by_calls)),
    ("memory of all processes, GiB", |needs| told(needs.memory_gib)),
    ("PostgreSQL, cores", |needs| told(needs.postgres_cores)),
    ("PostgreSQL, connections", |needs| told(needs.postgres_connections)),
    ("write-ahead log, MB a second, peak hour", |needs| told(needs.log_mb_a_second)),
    ("write-ahead log, GB a day", |needs| told(needs.log_gb_a_day)),
    ("disk, GB a day", |needs| told(needs.disk_gb_a_day)),
    ("disk, TB for a year", |needs| told(needs.disk_gb_a_day * 0.365)),
    ("Redis, % of its one core", |needs| told(needs.redis_cores * 100.0)),
];

/// Prints what the volumes need and where a cell ends.
pub(crate) fn run(args: &ScalingArgs) -> anyhow::Result<()> {
    let costs = match &args.costs {
        None => Costs::measured()?,
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            Costs::read(&text)?
        }
    };
    print!("{}", tables(&costs));
    Ok(())
}

/// Both tables, in Markdown.
fn tables(costs: &Costs) -> String {
    let all = VOLUMES.map(|a_day| Needs::of(costs, a_day));
    let row = |heading: &str, cells: Vec<String>| format!("| {heading} | {} |\n", cells.join(" | "));
    let mut text = row("messages a day", VOLUMES.map(|a_day| format!("{:.0} million", a_day / 1e6)).to_vec());
    text += "|---|---:|---:|---:|\n";
    for (heading, cell) in LINES {
        text += &row(heading, all.iter().map(cell).collect());
    }
    for days in &costs.assumed.days_kept {
        let cells = VOLUMES.map(|a_day| told((a_day / needs::most(costs, *days)).ceil()));
        text += &row(&format!("cells, where {days:.0} days are kept"), cells.to_vec());
    }
    text += "\n| a cell ends by | at million messages a day |\n|---|---:|\n";
    for Room { by, a_day } in needs::rooms(costs) {
        text += &row(&by, vec![told(a_day / 1e6)]);
    }
    text
}

/// Two digits that mean something, and no more than there are before the point.
fn told(figure: f64) -> String {
    if figure < 1.0 {
        format!("{figure:.2}")
    } else if figure < 10.0 && figure.fract() > 0.0 {
        format!("{figure:.1}")
    } else {
        format!("{figure:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_shows_what_this_prints() {
        let tables = tables(&Costs::measured().expect("the costs in the repository"));
        let document = include_str!("../../docs/scaling.md");
        for table in tables.split("\n\n") {
            assert!(document.contains(table.trim_end()), "docs/scaling.md lacks:\n{table}");
        }
    }
}
