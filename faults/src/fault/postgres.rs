//! PostgreSQL crashes and recovers while requests come in and messages leave.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use tokio::task::block_in_place;

use crate::clients::Load;
use crate::evidence::{Evidence, InFlight};
use crate::fault::{share, some_in_flight};
use crate::level::Level;
use crate::row::Row;
use crate::stage::Stage;

/// The longest that an answer may take: the service promises 5 s, and the client's own machine is busy.
const LONGEST_ANSWER: Duration = Duration::from_secs(6);

pub(super) async fn inject(stage: &mut Stage, level: Level, name: &str) -> anyhow::Result<Row> {
    let load = Load::start(stage, level.rate, level.clients)?;
    let (times, mut in_flight, mut ended_at) = (3, InFlight::default(), Instant::now());
    for turn in 1..=times {
        load.until_accepted(share(level, turn, times)).await?;
        some_in_flight(stage).await;
        in_flight.note(stage).await?;
        block_in_place(|| stage.postgres.immediate_restart());
        ended_at = Instant::now();
        in_flight.note(stage).await?;
    }
    load.until_accepted(level.events).await?;
    let evidence = Evidence::gather(stage, load, in_flight, level).await?;
    let mut row = evidence.judge(name, &HashSet::new());
    row.recovery = Some(evidence.recovery(ended_at));
    let tally = &evidence.answers.tally;
    let unanswered = tally.refused + tally.reset + tally.broken + tally.hung;
    row.must_be_nought(unanswered, "requests got no answer");
    let longest = tally.longest;
    row.must(!level.is_timed() || longest <= LONGEST_ANSWER, || {
        format!("the longest answer took {longest:.1?}")
    });
    row.notes.push(format!("longest answer {longest:.1?}"));
    Ok(row)
}
