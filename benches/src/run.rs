//! A run from start to end.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::load::Shape;
use crate::machine::Machine;
use crate::phases::{Bench, Figures, apart, counted, crowded, steady, together};
use crate::plan::Plan;
use crate::report::Report;
use crate::servers::Servers;
use crate::system::System;
use crate::{RunArgs, cpu, raw};

/// How long the slow provider takes to answer.
const SLOW_PROVIDER: Duration = Duration::from_millis(50);

/// Measures, prints, and answers whether every count was right.
pub(crate) async fn run(args: &RunArgs) -> anyhow::Result<bool> {
    let plan = Plan::of(args);
    let machine = Machine::watch();
    say("starting a private PostgreSQL, Redis and fake providers, then Carillon");
    let servers = Servers::start(&plan).await?;
    let system = System::start(&args.carillon, &plan, &servers).await?;
    let mut bench = Bench::new(plan, servers, system, machine);
    let mut report = Report::default();
    report.memory("idle", cpu::memory(&bench.trees()));
    report.note("started_in_seconds", json!(bench.system.started_in.as_secs_f64()));

    say(&format!("warming up with {} notifications", plan.warm_up()));
    let has_bulk = together::warm_up(&mut bench).await?;
    if !has_bulk {
        say("this Carillon has no bulk route: that phase is left out");
    }
    for repetition in 1..=plan.repetitions {
        say(&format!("repetition {repetition} of {}", plan.repetitions));
        repeat(&mut bench, &mut report, has_bulk).await?;
    }
    if has_bulk {
        say(&format!("critical messages beside {} bulk messages", bench.plan.crowd));
        report.phase("critical beside bulk", crowded::run(&mut bench).await?);
    }
    report.memory("after the last repetition", cpu::memory(&bench.trees()));

    say("counting statements");
    let counted = counted::run(&mut bench).await?;
    report.note("statements_per_notification", Value::Object(counted.figures()));
    for repetition in 1..=plan.repetitions {
        say(&format!("raw limits, {repetition} of {}", plan.repetitions));
        for limit in raw::run(&bench).await? {
            report.limit(limit.name, limit.figures);
        }
    }
    report.failures.clone_from(&bench.failures);
    report.finish(&plan, &counted);
    report.print();
    if let Some(path) = &args.out {
        std::fs::write(path, format!("{:#}\n", report.json(&plan)))?;
        say(&format!("the whole result is in {}", path.display()));
    }
    Ok(report.failures.is_empty())
}

async fn repeat(bench: &mut Bench, report: &mut Report, has_bulk: bool) -> anyhow::Result<()> {
    let (messages, bulk) = (bench.plan.messages, bench.plan.bulk.0);
    if bench.system.is_split() {
        let apart = apart::run(bench).await?;
        report.phase("accept", apart.accept);
        report.phase("drain", apart.drain);
    }
    report.phase("end to end", together::run(bench, "end to end", Shape::Single, messages).await?);
    if has_bulk {
        report.phase("bulk", together::run(bench, "bulk", Shape::Bulk(bulk), messages).await?);
    }
    report.phase("steady", steady::run(bench).await?);
    bench.servers.providers.set_latency(SLOW_PROVIDER).await?;
    let slow = together::run(bench, "provider of 50 ms", Shape::Single, messages / 2).await;
    bench.servers.providers.set_latency(Duration::ZERO).await?;
    report.phase("provider of 50 ms", slow?);
    Ok(())
}

/// What goes on, on standard error: standard output is for the result.
pub(crate) fn say(what: &str) {
    eprintln!("» {what}");
}

/// Figures of each repetition, by phase.
pub(crate) type Repetitions = BTreeMap<&'static str, Vec<Figures>>;
