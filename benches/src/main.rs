//! How fast Carillon is on this machine, and how much of what the machine could do that is.
//!
//! Everything a run needs is private to it: PostgreSQL and Redis with durable settings, providers in a process of their own that
//! counts what arrives, and a load generator. Each phase is checked: what was accepted arrived exactly once and is `sent`. Numbers
//! never fail a run, only a wrong count does.
//!
//! To add a phase: a file in `phases/`, a line in `run.rs`, its row in `report.rs`.

mod bodies;
mod clock;
mod cpu;
mod database;
mod history;
mod http;
mod load;
mod machine;
mod phases;
mod plan;
mod providers;
mod raw;
mod redis;
mod reminders;
mod report;
mod run;
mod samples;
mod scaling;
mod servers;
mod sink;
mod sockets;
mod system;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "carillon-bench", about = "Measures Carillon on this machine")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure
    Run(RunArgs),
    /// Measure planning and sending of reminders at scale
    Reminders(RunArgs),
    /// Measure accepting and delivering with and without a year of past messages
    History(HistoryArgs),
    /// Measure live push to many open pages
    Sockets(SocketsArgs),
    /// Work out what more messages a day need, from measured costs
    Scaling(ScalingArgs),
    /// Be the providers: prints its address, and ends when standard input ends
    Sink,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The `carillon` binary
    #[arg(long)]
    pub(crate) carillon: PathBuf,
    /// A smoke test of a few hundred messages: its counts are checked, its rates mean nothing
    #[arg(long)]
    pub(crate) quick: bool,
    /// How often each phase is measured; medians are printed
    #[arg(long)]
    pub(crate) reps: Option<usize>,
    /// How many notifications a phase posts
    #[arg(long)]
    pub(crate) messages: Option<usize>,
    /// One process with all roles and the in-process queue instead of two with Redis
    #[arg(long)]
    pub(crate) one_process: bool,
    /// Where the whole result goes as JSON
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// How many past messages there are
    #[arg(long)]
    pub(crate) rows: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct SocketsArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// How many pages are open
    #[arg(long)]
    pub(crate) clients: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct ScalingArgs {
    /// Measured costs as JSON, in the form of benches/costs.json; by default that file
    #[arg(long)]
    pub(crate) costs: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Sink => sink::serve().await.map(|()| true),
        Command::Scaling(args) => scaling::run(&args).map(|()| true),
        Command::Run(args) => unless_interrupted(run::run(&args)).await,
        Command::Reminders(args) => Box::pin(unless_interrupted(reminders::run(&args))).await,
        Command::History(args) => Box::pin(unless_interrupted(history::run(&args))).await,
        Command::Sockets(args) => Box::pin(unless_interrupted(sockets::run(&args))).await,
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the benchmark could not be finished: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Leaving by the end of a run is what stops the servers, so an interrupt must lead there too.
async fn unless_interrupted(run: impl Future<Output = anyhow::Result<bool>>) -> anyhow::Result<bool> {
    tokio::select! {
        result = run => result,
        () = interrupted() => Err(anyhow::anyhow!("interrupted")),
    }
}

async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
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
