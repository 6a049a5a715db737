//! Whether what is past slows what is new: accepting and delivering are measured in an empty database, then beside a year of past
//! messages.

mod months;
mod past;
mod sizes;

use anyhow::ensure;

use crate::cpu;
use crate::database::Database;
use crate::machine::Machine;
use crate::phases::{Bench, Figures, apart, number, together};
use crate::plan::Plan;
use crate::run::say;
use crate::samples::median;
use crate::servers::Servers;
use crate::system::System;
use crate::{HistoryArgs, load::Shape};

/// Past messages, where the command line says nothing.
const ROWS: u64 = 10_000_000;
/// The same of a smoke test.
const FEW_ROWS: u64 = 20_000;
/// The share of its pace that Carillon is to keep.
const GOAL: f64 = 0.9;

/// What is set side by side: heading, phase, path of the figure, digits after the point, and whether more is better.
const LINES: [(&str, Phase, &str, usize, bool); 8] = [
    ("accepted a second", Phase::Accept, "accepted_per_second", 0, true),
    ("  as on the reference machine", Phase::Accept, "accepted_per_second_normalised", 0, true),
    ("  CPU s for 1,000, Carillon", Phase::Accept, "cpu_carillon_normalised", 3, false),
    ("  CPU s for 1,000, with databases", Phase::Accept, "cpu_with_databases_normalised", 3, false),
    ("delivered a second", Phase::Drain, "delivered_per_second", 0, true),
    ("  as on the reference machine", Phase::Drain, "delivered_per_second_normalised", 0, true),
    ("  CPU s for 1,000, Carillon", Phase::Drain, "cpu_carillon_normalised", 3, false),
    ("  CPU s for 1,000, with databases", Phase::Drain, "cpu_with_databases_normalised", 3, false),
];

#[derive(Clone, Copy)]
enum Phase {
    Accept,
    Drain,
}

/// Every repetition of both phases.
#[derive(Default)]
struct Measured {
    accept: Vec<Figures>,
    drain: Vec<Figures>,
    /// Bytes of write-ahead log for each message, from its acceptance to `sent`.
    log_bytes: Vec<f64>,
    /// Pages that were written to it whole, for each message: what a page's first change after a checkpoint costs.
    log_pages: Vec<f64>,
}

/// Measures, prints, and answers whether every count was right. A ratio below the goal is told, and fails nothing.
pub(crate) async fn run(args: &HistoryArgs) -> anyhow::Result<bool> {
    let plan = Plan::of(&args.run);
    ensure!(!plan.one_process, "accepting and delivering are measured apart: that takes two processes");
    ensure!(args.run.out.is_none(), "this measurement is printed, and has no JSON");
    let rows = args.rows.unwrap_or(if plan.quick { FEW_ROWS } else { ROWS });
    let machine = Machine::watch();
    // Two of everything, measured in turns: what else the machine does meanwhile is done to both.
    say("starting PostgreSQL, Redis, fake providers and Carillon, twice");
    let mut new = start(args, plan, &machine).await?;
    let mut old = start(args, plan, &machine).await?;

    let sizes_before = sizes::of(&old.servers.database).await?;
    say(&format!("putting {rows} past messages into one of the two"));
    let took = past::fill(&old.servers.database, rows).await?;
    say(&format!("that took {:.0} s", took.as_secs_f64()));
    let sizes_after = sizes::of(&old.servers.database).await?;

    let (mut without, mut with) = (Measured::default(), Measured::default());
    settle(&mut new).await?;
    settle(&mut old).await?;
    for repetition in 1..=plan.repetitions {
        say(&format!("repetition {repetition} of {}", plan.repetitions));
        without.add(&mut new).await?;
        with.add(&mut old).await?;
    }

    println!("Carillon beside {rows} past messages: medians of {}\n", plan.repetitions);
    print(&without, &with);
    sizes::print(&sizes_before, &sizes_after, rows);
    for (name, memory) in cpu::memory(&old.trees()) {
        println!("memory of {name}: {:.0} MiB, shared pages counted once", memory.pss);
    }
    let complaints = old.system.complaints();
    println!("\nwarnings in the logs beside the past: {}", complaints.len());
    for complaint in complaints.iter().take(10) {
        println!("  {complaint}");
    }
    let failures: Vec<&String> = new.failures.iter().chain(&old.failures).collect();
    for failure in &failures {
        println!("NOT AS PROMISED: {failure}");
    }
    Ok(failures.is_empty())
}

/// A Carillon with servers of its own, which has sent some messages.
async fn start(args: &HistoryArgs, plan: Plan, machine: &Machine) -> anyhow::Result<Bench> {
    let servers = Servers::start(&plan).await?;
    let system = System::start(&args.run.carillon, &plan, &servers).await?;
    let mut bench = Bench::new(plan, servers, system, machine.clone());
    together::run(&mut bench, "first messages", Shape::Single, plan.warm_up()).await?;
    Ok(bench)
}

/// A fresh checkpoint, and some messages after it: pages that all messages touch are in the log by then.
async fn settle(bench: &mut Bench) -> anyhow::Result<()> {
    sqlx::raw_sql("CHECKPOINT").execute(&bench.servers.database.pool).await?;
    let warm_up = bench.plan.warm_up();
    together::run(bench, "warm-up", Shape::Single, warm_up).await?;
    Ok(())
}

/// Bytes of write-ahead log, and pages written to it whole, so far.
async fn logged(database: &Database) -> anyhow::Result<(f64, f64)> {
    let so_far = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8, wal_fpi::float8 FROM pg_stat_wal";
    Ok(sqlx::query_as(so_far).fetch_one(&database.pool).await?)
}

impl Measured {
    /// Adds a repetition.
    async fn add(&mut self, bench: &mut Bench) -> anyhow::Result<()> {
        let database = bench.servers.database.clone();
        let (bytes, pages) = logged(&database).await?;
        let apart = apart::run(bench).await?;
        let (bytes_after, pages_after) = logged(&database).await?;
        let messages = number(bench.plan.messages);
        self.log_bytes.push((bytes_after - bytes) / messages);
        self.log_pages.push((pages_after - pages) / messages);
        self.accept.push(apart.accept);
        self.drain.push(apart.drain);
        Ok(())
    }

    fn median(&self, phase: Phase, name: &str) -> Option<f64> {
        let all = match phase {
            Phase::Accept => &self.accept,
            Phase::Drain => &self.drain,
        };
        median(all.iter().filter_map(|figures| figures.get(name)?.as_f64()).collect())
    }
}

fn print(without: &Measured, with: &Measured) {
    println!("{:36} {:>12} {:>12} {:>8}", "", "no past", "with past", "ratio");
    for (heading, phase, name, digits, more_is_better) in LINES {
        let pair = without.median(phase, name).zip(with.median(phase, name));
        let (without, with) = pair.unwrap_or((f64::NAN, f64::NAN));
        let ratio = if more_is_better { with / without } else { without / with };
        println!("{heading:36} {without:>12.digits$} {with:>12.digits$} {ratio:>8.2}");
    }
    for (heading, without, with, digits) in [
        ("write-ahead log, bytes a message", &without.log_bytes, &with.log_bytes, 0),
        ("  whole pages in it, a message", &without.log_pages, &with.log_pages, 2),
    ] {
        let middle = |all: &Vec<f64>| median(all.clone()).unwrap_or(f64::NAN);
        println!("{heading:36} {:>12.digits$} {:>12.digits$}", middle(without), middle(with));
    }
    println!();
    print_repetitions("without", without);
    print_repetitions("with", with);
    for (what, phase, name) in [
        ("accepting", Phase::Accept, "accepted_per_second"),
        ("delivering", Phase::Drain, "delivered_per_second"),
    ] {
        let ratio =
            with.median(phase, name).zip(without.median(phase, name)).map(|(with, without)| with / without);
        let kept = if ratio.is_some_and(|ratio| ratio >= GOAL) { "kept" } else { "MISSED" };
        println!("{what} keeps at least {GOAL} of its pace: {kept}");
    }
}

/// How far repetitions lie apart, for a difference within that says nothing; and who used the processors.
fn print_repetitions(when: &str, measured: &Measured) {
    let told = |all: &[Figures], name: &str| {
        let rates = all.iter().filter_map(|figures| figures.get(name)?.as_f64());
        rates.map(|rate| format!("{rate:.0}")).collect::<Vec<_>>().join(" ")
    };
    println!(
        "each repetition {when} a past: accepted {} · delivered {}",
        told(&measured.accept, "accepted_per_second"),
        told(&measured.drain, "delivered_per_second")
    );
    for (what, all) in [("accepting", &measured.accept), ("delivering", &measured.drain)] {
        let last = all.last().and_then(|figures| figures.get("cpu_seconds_per_1000")?.as_object().cloned());
        let parts = last.unwrap_or_default().into_iter().map(|(part, seconds)| format!("{part} {seconds}"));
        println!("  CPU s for 1,000 in the last, {what}: {}", parts.collect::<Vec<_>>().join(" · "));
    }
}
