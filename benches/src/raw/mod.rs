//! What the machine could do at most, by the simplest program that does only that: the measure for our own numbers. Each limit has
//! the machine to itself, client included.

mod client;
mod postgres;
mod redis;

use std::time::{Duration, Instant};

use crate::phases::{Bench, Figures, add_rate, figures};
use serde_json::json;

/// A limit.
pub(crate) struct Limit {
    /// What is counted.
    pub(crate) name: &'static str,
    /// A second.
    pub(crate) figures: Figures,
}

/// Measures every limit once.
pub(crate) async fn run(bench: &Bench) -> anyhow::Result<Vec<Limit>> {
    let mut limits = Vec::new();
    for (name, rate, started) in postgres::run(bench).await? {
        limits.push(Limit { name, figures: with_slowness(bench, rate, started) });
    }
    if let Some(server) = &bench.servers.redis {
        let started = Instant::now();
        let rate = redis::run(&server.url(), bench.plan.raw).await?;
        limits.push(Limit { name: "redis_commands_pipelined", figures: with_slowness(bench, rate, started) });
    }
    for (name, rate, started) in client::run(bench).await? {
        limits.push(Limit { name, figures: with_slowness(bench, rate, started) });
    }
    Ok(limits)
}

fn with_slowness(bench: &Bench, rate: f64, started: Instant) -> Figures {
    let mut limit = figures(json!({"slowness": bench.machine.slowness(started)}));
    add_rate(&mut limit, "per_second", rate);
    limit
}

/// Counts for a while: repeats a step, which answers how much it did, and answers how much that is a second.
pub(crate) struct Pace {
    started: Instant,
    span: Duration,
}

impl Pace {
    pub(crate) fn start(span: Duration) -> Self {
        Self { started: Instant::now(), span }
    }

    pub(crate) fn goes_on(&self) -> bool {
        self.started.elapsed() < self.span
    }

    pub(crate) fn per_second(&self, count: usize) -> f64 {
        crate::phases::number(count) / self.started.elapsed().as_secs_f64()
    }
}
