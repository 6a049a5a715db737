//! Tries faults on Carillon and prints what became of every message; see docs/faults.md.

use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use carillon_faults::{Fault, Level, Row, report, soak};
use clap::{Parser, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, Parser)]
#[command(
    name = "carillon-faults",
    about = "Breaks what Carillon stands on, and counts what becomes of every message"
)]
struct Cli {
    /// How much of it
    #[arg(value_enum, default_value = "smoke")]
    extent: Extent,
    /// Only this fault, by its name in the table; may be repeated
    #[arg(long)]
    only: Vec<String>,
    /// So many messages instead of the level's own number
    #[arg(long)]
    messages: Option<usize>,
    /// So many events a second instead of the level's own number; each makes two messages
    #[arg(long)]
    per_second: Option<u32>,
    /// So many clients instead of the level's own number: that many events wait for an answer at once at most
    #[arg(long)]
    at_once: Option<usize>,
    /// How long the soak lasts
    #[arg(long, default_value_t = 30)]
    minutes: u32,
    /// What the faults of the soak follow from; printed, so that a run can be repeated
    #[arg(long)]
    seed: Option<u64>,
    /// Where the result goes as JSON
    #[arg(long)]
    json: Option<PathBuf>,
}

impl Cli {
    fn adjusted(&self, mut level: Level) -> Level {
        level.events = self.messages.map_or(level.events, |messages| messages.div_ceil(2));
        level.rate = self.per_second.unwrap_or(level.rate);
        level.clients = self.at_once.unwrap_or(level.clients);
        level
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Extent {
    /// Some faults with some hundred messages each, within minutes
    Smoke,
    /// Every fault with ten thousand messages
    Full,
    /// Fifty messages a second for long, with a random fault each minute
    Soak,
}

#[tokio::main]
async fn main() -> ExitCode {
    // Leaving by the end of `run` is what ends the processes, so an interrupt must lead there too.
    let result = tokio::select! {
        result = run(Cli::parse()) => result,
        () = interrupted() => Err(anyhow::anyhow!("interrupted")),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the faults could not be tried: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<bool> {
    let rows = match cli.extent {
        Extent::Smoke => try_each(&chosen(&Fault::smoke(), &cli.only)?, cli.adjusted(Level::SMOKE)).await,
        Extent::Full => try_each(&chosen(&Fault::full(), &cli.only)?, cli.adjusted(Level::FULL)).await,
        Extent::Soak => {
            let row = soak::run(cli.minutes, cli.seed.unwrap_or_else(any_seed)).await;
            println!("{}\n{}", report::headings(), report::lines(&row));
            vec![row]
        }
    };
    if let Some(path) = &cli.json {
        std::fs::write(path, format!("{:#}\n", report::json(&rows)))
            .with_context(|| path.display().to_string())?;
    }
    Ok(rows.iter().all(Row::holds))
}

async fn try_each(faults: &[Fault], level: Level) -> Vec<Row> {
    println!("{}", report::headings());
    let mut rows = Vec::new();
    for fault in faults {
        let row = fault.run(level).await;
        println!("{}", report::lines(&row));
        rows.push(row);
    }
    rows
}

/// Short enough to be typed again.
fn any_seed() -> u64 {
    RandomState::new().hash_one(()) % 1_000_000
}

/// A fault that is named may be one that the extent leaves out.
fn chosen(of_the_extent: &[Fault], only: &[String]) -> anyhow::Result<Vec<Fault>> {
    if only.is_empty() {
        return Ok(of_the_extent.to_vec());
    }
    let all = Fault::every();
    let named = |name: &String| match all.iter().find(|fault| fault.name() == *name) {
        Some(fault) => Ok(*fault),
        None => bail!(
            "there is no fault {name}; there are {}",
            all.iter().map(|fault| fault.name()).collect::<Vec<_>>().join(", ")
        ),
    };
    only.iter().map(named).collect()
}

async fn interrupted() {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
