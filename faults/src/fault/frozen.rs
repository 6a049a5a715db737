//! A worker stands still for longer than it may hold messages, and goes on as if nothing had been.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::clients::Load;
use crate::evidence::{Evidence, InFlight};
use crate::fault::{share, some_in_flight};
use crate::level::Level;
use crate::row::Row;
use crate::stage::Stage;

/// Longer than a lease (24 s) and the sweeper that looks for what has run out.
const STANDSTILL: Duration = Duration::from_secs(45);

/// Longer than PostgreSQL lets a silent transaction hold its rows (5 s), and far below a lease: the other worker goes on.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

pub(super) async fn inject(stage: &mut Stage, level: Level, name: &str) -> anyhow::Result<Row> {
    let load = Load::start(stage, level.rate, level.clients)?;
    load.until_accepted(share(level, 1, 3)).await?;
    let mut in_flight = InFlight::default();
    some_in_flight(stage).await;
    stage.workers[0].freeze().await?;
    let (frozen_at, held) = (Instant::now(), stage.held());
    in_flight.note(stage).await?;
    sleep(STANDSTILL).await;
    stage.workers[0].thaw().await?;
    let thawed_at = Instant::now();
    load.until_accepted(level.events).await?;
    let evidence = Evidence::gather(stage, load, in_flight, level).await?;
    let mut row = evidence.judge(name, &HashSet::new());
    row.recovery = Some(evidence.recovery(frozen_at));
    let pause = evidence.longest_pause(frozen_at, thawed_at);
    row.must(pause <= LONGEST_PAUSE, || {
        format!("nothing arrived for {pause:.1?}: the other worker waited for the one that stood still")
    });
    row.notes.push(format!(
        "recovery is from the standstill of {STANDSTILL:?}; providers held {held} calls of both workers"
    ));
    Ok(row)
}
