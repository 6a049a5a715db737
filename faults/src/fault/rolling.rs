//! Every process is stopped in good order and replaced, one after the other, as a deployment of a new version does behind a load
//! balancer.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use crate::clients::Load;
use crate::evidence::{Evidence, InFlight};
use crate::level::Level;
use crate::row::Row;
use crate::stage::Stage;

pub(super) async fn inject(stage: &mut Stage, level: Level, name: &str) -> anyhow::Result<Row> {
    let load = Load::start(stage, level.rate, level.clients)?.balanced()?;
    load.until_accepted(level.events / 10).await?;
    let (rounds, mut ended_at, mut unclean, mut slowest) =
        (level.pick(1, 5), Instant::now(), 0, Duration::ZERO);
    for _ in 0..rounds {
        for process in stage.processes() {
            let asked_at = Instant::now();
            let status = process.stop().await?;
            slowest = slowest.max(asked_at.elapsed());
            unclean += usize::from(!status.success());
            process.start_again().await?;
            ended_at = Instant::now();
        }
    }
    load.until_accepted(level.events).await?;
    let evidence = Evidence::gather(stage, load, InFlight::default(), level).await?;
    let mut row = evidence.judge(name, &HashSet::new());
    row.recovery = Some(evidence.recovery(ended_at));
    row.must_be_nought(unclean, "processes ended with an error");
    let tally = &evidence.answers.tally;
    row.must_be_nought(tally.broken + tally.hung, "requests were begun and not answered");
    // On a starved machine readiness may be seen too late, and an answer may be 503.
    let turned_away = tally.refused + tally.reset + tally.failed + tally.throttled;
    row.must(!level.is_timed() || turned_away == 0, || format!("{turned_away} requests failed"));
    row.notes.extend(tally.first_break.as_ref().map(|how| format!("a connection broke: {how}")));
    row.notes.push(format!("the slowest stop took {slowest:.1?}"));
    Ok(row)
}
