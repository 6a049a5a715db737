//! What is measured, a file each, and what all of them share.

pub(crate) mod apart;
pub(crate) mod counted;
pub(crate) mod crowded;
pub(crate) mod steady;
pub(crate) mod together;

use std::ops::Range;
use std::time::Instant;

use serde_json::{Map, Value, json};

use crate::cpu::{self, Trees, Used};
use crate::load::{Load, Shape, closed_loop};
use crate::machine::Machine;
use crate::plan::Plan;
use crate::servers::Servers;
use crate::system::System;
use crate::verify::{Verdict, verify};

/// What one repetition of a phase measured, by name; numbers of the same name are medians in the end.
pub(crate) type Figures = Map<String, Value>;

/// A measured system.
pub(crate) struct Bench {
    pub(crate) plan: Plan,
    pub(crate) servers: Servers,
    pub(crate) system: System,
    pub(crate) machine: Machine,
    /// The number of the next notification: everybody is posted to once.
    next: usize,
    /// What did not hold.
    pub(crate) failures: Vec<String>,
}

/// The begin of a measurement.
pub(crate) struct Watch {
    used: Used,
    started: Instant,
}

impl Bench {
    pub(crate) fn new(plan: Plan, servers: Servers, system: System, machine: Machine) -> Self {
        Self { plan, servers, system, machine, next: 1, failures: Vec::new() }
    }

    /// Every process that is measured.
    pub(crate) fn trees(&self) -> Trees {
        self.system.trees().into_iter().chain(self.servers.trees()).collect()
    }

    /// Numbers that were not used yet.
    pub(crate) fn numbers(&mut self, count: usize) -> Range<usize> {
        let numbers = self.next..self.next + count;
        self.next = numbers.end;
        numbers
    }

    pub(crate) fn watch(&self) -> Watch {
        Watch { used: cpu::look(&self.trees()), started: Instant::now() }
    }

    /// What was spent since, for each thousand notifications.
    pub(crate) fn cost(&self, watch: &Watch, count: usize) -> Figures {
        let spent = watch.used.until(&cpu::look(&self.trees()));
        let slowness = self.machine.slowness(watch.started);
        let thousands = number(count) / 1000.0;
        let each: Figures = spent
            .trees
            .iter()
            .map(|(name, seconds)| ((*name).to_owned(), rounded(seconds / thousands)))
            .collect();
        let sum =
            |names: &[&str]| names.iter().filter_map(|name| spent.trees.get(name)).sum::<f64>() / thousands;
        let own = sum(&["api", "worker", "carillon"]);
        let all = own + sum(&["postgres", "redis"]);
        figures(json!({
            "cpu_seconds_per_1000": each,
            "cpu_carillon": rounded(own), "cpu_carillon_normalised": rounded(own / slowness),
            "cpu_with_databases": rounded(all), "cpu_with_databases_normalised": rounded(all / slowness),
            "slowness": rounded(slowness), "machine_busy": rounded(spent.machine_busy),
            "others_share": rounded(spent.others),
        }))
    }

    /// Posts so many by a closed loop; what went wrong is kept.
    pub(crate) async fn post(&mut self, shape: Shape, count: usize) -> anyhow::Result<Load> {
        let numbers = self.numbers(count);
        let connections = match shape {
            Shape::Single | Shape::Critical => self.plan.connections,
            Shape::Bulk(_) => self.plan.bulk.1,
        };
        let load = closed_loop(&self.system.target, shape, numbers, connections).await?;
        self.check(&load, count);
        Ok(load)
    }

    /// Keeps what went wrong with a load.
    pub(crate) fn check(&mut self, load: &Load, count: usize) {
        if let Some(error) = load.errors.first() {
            self.failures.push(format!("{} requests failed, the first: {error}", load.errors.len()));
        }
        if load.accepted() != count {
            self.failures.push(format!("{} of {count} notifications were accepted", load.accepted()));
        }
    }

    /// Compares what was accepted with what arrived; what does not hold is kept.
    pub(crate) async fn verify(&mut self, phase: &str, load: &Load) -> anyhow::Result<Verdict> {
        let (verdict, _) = verify(&self.servers, &load.messages()).await?;
        self.judge(phase, &verdict);
        Ok(verdict)
    }

    /// Keeps a verdict that does not hold.
    pub(crate) fn judge(&mut self, phase: &str, verdict: &Verdict) {
        if !verdict.holds() {
            self.failures.push(format!("{phase}: {verdict:?}"));
        }
    }
}

impl Watch {
    pub(crate) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

/// Adds a rate, and what it would be on the reference machine if the CPU is what limits it.
pub(crate) fn add_rate(figures: &mut Figures, name: &str, rate: f64) {
    let slowness = figures.get("slowness").and_then(Value::as_f64).unwrap_or(1.0);
    figures.insert(name.to_owned(), rounded(rate));
    figures.insert(format!("{name}_normalised"), rounded(rate * slowness));
}

/// An object as figures.
pub(crate) fn figures(value: Value) -> Figures {
    match value {
        Value::Object(figures) => figures,
        other => Figures::from_iter([("value".to_owned(), other)]),
    }
}

/// Four digits after the point are more than any of this is worth.
pub(crate) fn rounded(figure: f64) -> Value {
    json!((figure * 10_000.0).round() / 10_000.0)
}

/// A count as a number to divide by.
#[expect(clippy::cast_precision_loss, reason = "counts of a run are far below 2^52")]
pub(crate) fn number(count: usize) -> f64 {
    count as f64
}
