//! Redis is emptied, restarted without its contents, or never there.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::task::block_in_place;
use tokio::time::sleep;

use crate::clients::Load;
use crate::evidence::{Evidence, InFlight};
use crate::fault::share;
use crate::level::Level;
use crate::row::Row;
use crate::stage::Stage;

/// How long it is away.
const AWAY: Duration = Duration::from_secs(10);

/// It loses everything, again and again.
pub(super) async fn empty(stage: &mut Stage, level: Level, name: &str) -> anyhow::Result<Row> {
    let load = Load::start(stage, level.rate, level.clients)?;
    let (times, mut ended_at) = (3, Instant::now());
    for turn in 1..=times {
        load.until_accepted(share(level, turn, times)).await?;
        let answer = block_in_place(|| stage.redis.ask("FLUSHALL"));
        ensure!(answer == "+OK", "Redis answered {answer}");
        ended_at = Instant::now();
    }
    finish(stage, level, name, load, Some(ended_at)).await
}

/// It is stopped for a while, and comes back with nothing.
pub(super) async fn restart(stage: &mut Stage, level: Level, name: &str) -> anyhow::Result<Row> {
    let load = Load::start(stage, level.rate, level.clients)?;
    load.until_accepted(share(level, 1, 2)).await?;
    block_in_place(|| stage.redis.stop());
    sleep(AWAY).await;
    block_in_place(|| stage.redis.start_empty());
    finish(stage, level, name, load, Some(Instant::now())).await
}

/// It was gone when everything started, and stays so.
pub(super) async fn never(stage: &mut Stage, level: Level, name: &str) -> anyhow::Result<Row> {
    let load = Load::start(stage, level.rate, level.clients)?;
    let row = finish(stage, level, name, load, None).await?;
    ensure!(stage.redis.process().is_none(), "Redis should have been away");
    Ok(row)
}

async fn finish(
    stage: &Stage,
    level: Level,
    name: &str,
    load: Load,
    ended_at: Option<Instant>,
) -> anyhow::Result<Row> {
    load.until_accepted(level.events).await?;
    let last_at = Instant::now();
    let evidence = Evidence::gather(stage, load, InFlight::default(), level).await?;
    let mut row = evidence.judge(name, &HashSet::new());
    row.recovery = ended_at.map(|ended_at| evidence.recovery(ended_at));
    if ended_at.is_none() {
        let seconds = evidence.recovery(last_at).as_secs_f64();
        row.notes.push(format!("all had arrived {seconds:.1} s after the last answer"));
    }
    Ok(row)
}
