//! The faults, by name, and how one is tried.

mod everything_killed;
mod frozen;
mod poison;
mod postgres;
pub mod provider;
mod redis;
mod rolling;
mod worker_killed;

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::fault::provider::{Side, Trouble};
use crate::level::Level;
use crate::row::Row;
use crate::stage::{Redis, Stage};

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `kill -9` of a worker, again and again.
    WorkerKill,
    /// `kill -9` of every process of Carillon, again and again.
    AllKill,
    /// Redis loses everything it holds.
    RedisFlush,
    /// Redis is away for ten seconds, and comes back empty.
    RedisRestart,
    /// There is no Redis from start to end.
    RedisGone,
    /// PostgreSQL crashes and recovers.
    PostgresRestart,
    /// Every process is stopped in good order and replaced, one after the other.
    Rolling,
    /// A worker stands still for longer than it may hold messages, and then goes on.
    Frozen,
    /// A provider is in trouble.
    Provider(Trouble, Side),
    /// Messages that cannot be read, or that the provider refuses, among others.
    Poison,
}

impl Fault {
    /// Every one, in order.
    pub fn every() -> Vec<Self> {
        let own = [
            Self::WorkerKill,
            Self::AllKill,
            Self::RedisFlush,
            Self::RedisRestart,
            Self::RedisGone,
            Self::PostgresRestart,
            Self::Rolling,
            Self::Frozen,
            Self::Poison,
        ];
        let of_providers = [Side::Email, Side::Sms]
            .into_iter()
            .flat_map(|side| Trouble::ALL.map(|trouble| Self::Provider(trouble, side)));
        own.into_iter().chain(of_providers).collect()
    }

    /// Those of a whole run: what SMS have in common with e-mails is tried on e-mails alone.
    pub fn full() -> Vec<Self> {
        let is_left_out = |fault: &Self| match fault {
            Self::Provider(trouble, Side::Sms) => !matches!(trouble, Trouble::Errors | Trouble::Silence),
            Self::Provider(_, Side::Email)
            | Self::WorkerKill
            | Self::AllKill
            | Self::RedisFlush
            | Self::RedisRestart
            | Self::RedisGone
            | Self::PostgresRestart
            | Self::Rolling
            | Self::Frozen
            | Self::Poison => false,
        };
        Self::every().into_iter().filter(|fault| !is_left_out(fault)).collect()
    }

    /// Those that are looked at in a few minutes.
    pub fn smoke() -> Vec<Self> {
        let errors = Self::Provider(Trouble::Errors, Side::Email);
        vec![
            Self::WorkerKill,
            Self::AllKill,
            Self::RedisFlush,
            Self::PostgresRestart,
            Self::Rolling,
            errors,
            Self::Poison,
        ]
    }

    /// What it is called on the command line and in the table.
    pub fn name(self) -> String {
        match self {
            Self::WorkerKill => "worker-kill".to_owned(),
            Self::AllKill => "all-kill".to_owned(),
            Self::RedisFlush => "redis-flush".to_owned(),
            Self::RedisRestart => "redis-restart".to_owned(),
            Self::RedisGone => "redis-gone".to_owned(),
            Self::PostgresRestart => "postgres-restart".to_owned(),
            Self::Rolling => "rolling".to_owned(),
            Self::Frozen => "frozen".to_owned(),
            Self::Provider(trouble, side) => format!("provider-{}{}", trouble.name(), side.suffix()),
            Self::Poison => "poison".to_owned(),
        }
    }

    /// Tries it on a deployment of its own. Where a bound is broken, the logs of the processes are kept.
    pub async fn run(self, level: Level) -> Row {
        let redis = if self == Self::RedisGone { Redis::Gone } else { Redis::Running };
        // The poison must be there before anybody can deliver it.
        let stage = if self == Self::Poison {
            Stage::start_without_workers(redis).await
        } else {
            Stage::start(redis).await
        };
        let mut stage = match stage {
            Ok(stage) => stage,
            Err(error) => return Row::unfinished(&self.name(), &error),
        };
        let row = self.inject(&mut stage, level).await;
        let mut row = row.unwrap_or_else(|error| Row::unfinished(&self.name(), &error));
        if !row.holds() {
            row.notes.push(format!("logs: {}", stage.keep_logs().display()));
        }
        row
    }

    async fn inject(self, stage: &mut Stage, level: Level) -> anyhow::Result<Row> {
        let name = self.name();
        match self {
            Self::WorkerKill => worker_killed::inject(stage, level, &name).await,
            Self::AllKill => everything_killed::inject(stage, level, &name).await,
            Self::RedisFlush => redis::empty(stage, level, &name).await,
            Self::RedisRestart => redis::restart(stage, level, &name).await,
            Self::RedisGone => redis::never(stage, level, &name).await,
            Self::PostgresRestart => postgres::inject(stage, level, &name).await,
            Self::Rolling => rolling::inject(stage, level, &name).await,
            Self::Frozen => frozen::inject(stage, level, &name).await,
            Self::Provider(trouble, side) => provider::inject(stage, level, &name, trouble, side).await,
            Self::Poison => poison::inject(stage, level, &name).await,
        }
    }
}

/// How many events are accepted when the turn-th of so many faults comes: they are spread over the run.
fn share(level: Level, turn: usize, of: usize) -> usize {
    level.events * turn / (of + 1)
}

/// Waits until providers hold some calls, so that a fault meets something in flight. Not for ever: after an outage there may be none for
/// a while.
async fn some_in_flight(stage: &Stage) {
    let started = Instant::now();
    while stage.held() < 4 && started.elapsed() < Duration::from_secs(10) {
        sleep(Duration::from_millis(2)).await;
    }
}
