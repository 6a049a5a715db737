//! What a run found: a table for people, JSON for programs.

mod table;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::cpu::{self, Memory};
use crate::phases::counted::Counted;
use crate::phases::{Figures, rounded};
use crate::plan::Plan;
use crate::run::Repetitions;
use crate::samples::median;

/// Statements a notification may cost the database when many come at once.
pub(crate) const FEW_STATEMENTS: f64 = 0.2;

/// All that was found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    phases: Repetitions,
    order: Vec<&'static str>,
    limits: Repetitions,
    memory: Vec<(&'static str, BTreeMap<&'static str, Memory>)>,
    notes: Map<String, Value>,
    shares: Vec<Share>,
    title: String,
    /// What did not hold; empty if all is well.
    pub(crate) failures: Vec<String>,
}

/// How much of a limit we use.
#[derive(Debug)]
struct Share {
    what: &'static str,
    limit: &'static str,
    ours: f64,
    possible: f64,
}

impl Report {
    /// Adds a repetition of a phase.
    pub(crate) fn phase(&mut self, name: &'static str, figures: Figures) {
        if !self.order.contains(&name) {
            self.order.push(name);
        }
        self.phases.entry(name).or_default().push(figures);
    }

    /// Adds a measurement of a raw limit.
    pub(crate) fn limit(&mut self, name: &'static str, figures: Figures) {
        self.limits.entry(name).or_default().push(figures);
    }

    /// Adds a look at the memory.
    pub(crate) fn memory(&mut self, when: &'static str, memory: BTreeMap<&'static str, Memory>) {
        self.memory.push((when, memory));
    }

    /// Adds something that is no phase.
    pub(crate) fn note(&mut self, name: &str, value: Value) {
        self.notes.insert(name.to_owned(), value);
    }

    /// Derives what follows from the rest: our shares of the limits.
    pub(crate) fn finish(&mut self, plan: &Plan, counted: &Counted) {
        self.title = title(plan);
        // In one process, accepting and delivering share the time: their rows are set against the whole.
        let (accepted, delivered) = if plan.one_process {
            (self.of("end to end", "end_to_end_per_second"), self.of("end to end", "end_to_end_per_second"))
        } else {
            (self.of("accept", "accepted_per_second"), self.of("drain", "delivered_per_second"))
        };
        let (accept, drain) = (counted.accept.unwrap_or(counted.all), counted.drain.unwrap_or(counted.all));
        let end_to_end = self.of("end to end", "end_to_end_per_second");
        let commands = self.of("end to end", "redis_commands_per_notification");
        self.share("rows inserted, accepting", "postgres_rows_inserted_by_100", accepted * accept.inserted);
        self.share("rows inserted, accepting", "postgres_rows_inserted_by_500", accepted * accept.inserted);
        self.share("rows updated, delivering", "postgres_rows_updated_by_100", delivered * drain.updated);
        self.share("rows updated, delivering", "postgres_rows_updated_by_500", delivered * drain.updated);
        self.share("calls to providers, delivering", "client_posts", delivered);
        self.share("calls to providers, end to end", "client_posts", end_to_end);
        self.share("Redis commands, end to end", "redis_commands_pipelined", end_to_end * commands);
    }

    fn share(&mut self, what: &'static str, limit: &'static str, ours: f64) {
        let possible = self.limits.get(limit).and_then(|all| number(&median_of(all), "per_second"));
        if let Some(possible) = possible.filter(|possible| *possible > 0.0) {
            self.shares.push(Share { what, limit, ours, possible });
        }
    }

    /// The median of a figure of a phase; nought where there is none.
    fn of(&self, phase: &str, name: &str) -> f64 {
        self.phases.get(phase).and_then(|all| number(&median_of(all), name)).unwrap_or(0.0)
    }

    /// The whole result.
    pub(crate) fn json(&self, plan: &Plan) -> Value {
        let with_median = |all: &Vec<Figures>| json!({"median": median_of(all), "repetitions": all});
        let shares: Vec<Value> = self.shares.iter().map(Share::json).collect();
        let memory: Map<String, Value> =
            self.memory.iter().map(|(when, memory)| ((*when).to_owned(), json!(memory))).collect();
        json!({
            "carillon_bench": 1,
            "plan": {
                "messages": plan.messages, "warm_up": plan.warm_up(), "connections": plan.connections, "repetitions": plan.repetitions,
                "steady_per_second": plan.steady.0, "one_process": plan.one_process, "quick": plan.quick
            },
            "processors": cpu::processors(),
            "phases": self.phases.iter().map(|(name, all)| ((*name).to_owned(), with_median(all))).collect::<Map<_, _>>(),
            "limits": self.limits.iter().map(|(name, all)| ((*name).to_owned(), with_median(all))).collect::<Map<_, _>>(),
            "shares": shares, "memory_mib": memory, "notes": self.notes,
            "failures": self.failures, "verified": self.failures.is_empty(),
        })
    }
}

impl Share {
    fn json(&self) -> Value {
        json!({"what": self.what, "limit": self.limit, "ours_per_second": rounded(self.ours),
               "possible_per_second": rounded(self.possible), "share": rounded(self.ours / self.possible)})
    }
}

fn title(plan: &Plan) -> String {
    format!(
        "{} notifications a phase on {} connections, half e-mail, half SMS, after {} to warm up; {}; medians of {}; {} processors{}",
        plan.messages,
        plan.connections,
        plan.warm_up(),
        if plan.one_process { "one process" } else { "API and worker with Redis" },
        plan.repetitions,
        cpu::processors(),
        if plan.quick { "; A SMOKE TEST, ITS RATES MEAN NOTHING" } else { "" }
    )
}

/// The median of every number, by name, through objects within objects.
fn median_of(all: &[Figures]) -> Value {
    let Some(first) = all.first() else { return Value::Null };
    let entry = |(name, value): (&String, &Value)| {
        let values: Vec<&Value> = all.iter().filter_map(|figures| figures.get(name)).collect();
        let median = match value {
            Value::Object(_) => {
                let objects: Vec<Figures> =
                    values.iter().filter_map(|value| value.as_object().cloned()).collect();
                median_of(&objects)
            }
            _ => median(values.iter().filter_map(|value| value.as_f64()).collect())
                .map_or(Value::Null, rounded),
        };
        (name.clone(), median)
    };
    Value::Object(first.iter().map(entry).collect())
}

/// A number within objects, by its dotted path.
fn number(value: &Value, path: &str) -> Option<f64> {
    path.split('.').try_fold(value, |value, name| value.get(name))?.as_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_taken_of_each_number_by_itself() {
        let one =
            |rate: f64, p99: f64| crate::phases::figures(json!({"rate": rate, "latency": {"p99": p99}}));
        let median = median_of(&[one(1.0, 9.0), one(3.0, 7.0), one(2.0, 8.0)]);
        assert_eq!((number(&median, "rate"), number(&median, "latency.p99")), (Some(2.0), Some(8.0)));
    }
}
