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
mod servers;
mod sink;
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

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Sink => sink::serve().await.map(|()| true),
        // Leaving by the end of `run` is what stops the servers, so an interrupt must lead there too.
        Command::Run(args) => tokio::select! {
            result = run::run(&args) => result,
            () = interrupted() => Err(anyhow::anyhow!("interrupted")),
        },
        Command::Reminders(args) => tokio::select! {
            result = reminders::run(&args) => result,
            () = interrupted() => Err(anyhow::anyhow!("interrupted")),
        },
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
