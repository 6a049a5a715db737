//! A worker is killed in the middle of its calls, and replaced.

use std::collections::HashSet;
use std::time::Instant;

use crate::clients::Load;
use crate::evidence::{Evidence, InFlight};
use crate::fault::{share, some_in_flight};
use crate::level::Level;
use crate::row::Row;
use crate::stage::{PAIR, Stage};

pub(super) async fn inject(stage: &mut Stage, level: Level, name: &str) -> anyhow::Result<Row> {
    let load = Load::start(stage, level.rate, level.clients)?;
    let (times, mut in_flight, mut killed_at, mut held) =
        (level.pick(2, 10), InFlight::default(), Instant::now(), 0);
    for turn in 1..=times {
        load.until_accepted(share(level, turn, times)).await?;
        some_in_flight(stage).await;
        stage.workers[turn % PAIR].kill().await?;
        killed_at = Instant::now();
        held += stage.held();
        in_flight.note(stage).await?;
        stage.workers[turn % PAIR].start_again().await?;
    }
    load.until_accepted(level.events).await?;
    let evidence = Evidence::gather(stage, load, in_flight, level).await?;
    let mut row = evidence.judge(name, &HashSet::new());
    row.recovery = Some(evidence.recovery(killed_at));
    row.notes.push(format!("providers held {held} calls of both workers at the {times} kills"));
    Ok(row)
}
