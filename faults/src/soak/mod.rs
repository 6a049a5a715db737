//! A long run: a steady stream of messages, a random fault each minute, and a look at whether memory and connections stay as they are.
//!
//! Only the second process of each pair is ever ended: the first ones live from start to end, and theirs is the memory that would show a
//! leak.

mod fault;
mod health;
mod readings;

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::clients::Load;
use crate::evidence::{Evidence, InFlight};
use crate::level::Level;
use crate::row::Row;
use crate::soak::fault::Choice;
use crate::soak::health::Ports;
use crate::soak::readings::Readings;
use crate::stage::{Redis, Stage};

/// Events a second: two messages each.
const RATE: u32 = 25;
/// How many clients post them.
const CLIENTS: usize = 128;
/// How often a fault comes.
const MINUTE: Duration = Duration::from_mins(1);
/// How often memory and connections are read.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Runs for so many minutes with the faults that the seed leads to, and tells of each as it comes.
pub async fn run(minutes: u32, seed: u64) -> Row {
    let name = format!("soak, {minutes} min");
    let mut stage = match Stage::start(Redis::Running).await {
        Ok(stage) => stage,
        Err(error) => return Row::unfinished(&name, &error),
    };
    let row = soak(&mut stage, &name, minutes, seed).await;
    let mut row = row.unwrap_or_else(|error| Row::unfinished(&name, &error));
    row.notes.push(format!("seed {seed}"));
    if !row.holds() {
        row.notes.push(format!("logs: {}", stage.keep_logs().display()));
    }
    row
}

async fn soak(stage: &mut Stage, name: &str, minutes: u32, seed: u64) -> anyhow::Result<Row> {
    println!("seed {seed}");
    let ports = Ports::of(stage)?;
    let load = Load::start(stage, RATE, CLIENTS)?;
    let (mut in_flight, mut readings, mut choice) =
        (InFlight::default(), Readings::default(), Choice::from(seed));
    let started = Instant::now();
    for minute in 0..minutes {
        let begin = started + MINUTE * minute;
        look_until(begin + LOOK_EVERY, stage, ports, &mut readings).await;
        // The last minute is quiet, so that what is read at the end is not a fault's doing.
        if minute + 1 < minutes {
            let fault = choice.next();
            println!("minute {minute}: {fault:?}; {} events accepted so far", load.accepted());
            fault.inject(stage, &mut in_flight).await?;
        }
        look_until(begin + MINUTE, stage, ports, &mut readings).await;
    }
    let evidence = Evidence::gather(stage, load, in_flight, Level::FULL).await?.with_doubtful_providers();
    let mut row = evidence.judge(name, &HashSet::new());
    readings.judge(&mut row);
    Ok(row)
}

/// Reads memory and connections now and then until that moment.
async fn look_until(moment: Instant, stage: &Stage, ports: Ports, readings: &mut Readings) {
    let mut next = Instant::now();
    while next < moment {
        readings.add(stage.apis.iter().chain(&stage.workers), ports);
        next = (next + LOOK_EVERY).min(moment);
        sleep_until(next).await;
    }
}
