//! All processes are killed at once while requests come in.

use std::collections::HashSet;
use std::time::Instant;

use futures_util::future::try_join_all;

use crate::clients::Load;
use crate::evidence::{Evidence, InFlight};
use crate::fault::{share, some_in_flight};
use crate::level::Level;
use crate::process::Process;
use crate::row::Row;
use crate::stage::Stage;

pub(super) async fn inject(stage: &mut Stage, level: Level, name: &str) -> anyhow::Result<Row> {
    let load = Load::start(stage, level.rate, level.clients)?;
    let (times, mut in_flight, mut killed_at) = (level.pick(2, 5), InFlight::default(), Instant::now());
    for turn in 1..=times {
        load.until_accepted(share(level, turn, times)).await?;
        some_in_flight(stage).await;
        try_join_all(stage.processes().map(Process::kill)).await?;
        killed_at = Instant::now();
        in_flight.note(stage).await?;
        try_join_all(stage.processes().map(Process::start_again)).await?;
    }
    load.until_accepted(level.events).await?;
    let evidence = Evidence::gather(stage, load, in_flight, level).await?;
    let mut row = evidence.judge(name, &HashSet::new());
    row.recovery = Some(evidence.recovery(killed_at));
    keys_are_events(stage, &evidence, &mut row).await?;
    Ok(row)
}

/// Each key was stored once, and each made one event, with the notifications of one.
async fn keys_are_events(stage: &Stage, evidence: &Evidence, row: &mut Row) -> anyhow::Result<()> {
    // What the service tells of itself, alarms, has keys of another kind and is of no business.
    let keys = stage.database.count("SELECT count(*) FROM idempotency_keys WHERE key LIKE 'key-%'").await?;
    let events = stage.database.count("SELECT count(*) FROM events WHERE business_id LIKE 'salon-%'").await?;
    let repeated = "SELECT count(*) FROM (SELECT 1 FROM notifications GROUP BY event_id, kind, recipient_id HAVING count(*) > 1) AS again";
    let repeated = stage.database.count(repeated).await?;
    let posted = evidence.answers.events;
    row.must(keys == posted && events == posted, || {
        format!("{posted} keys were posted, {keys} are stored, {events} events made")
    });
    row.must_be_nought(repeated, "notifications were made more than once for an event");
    row.notes.push(format!("{events} events of {keys} keys"));
    Ok(())
}
