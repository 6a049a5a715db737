//! The `carillon` binary: command line, configuration, wiring, and nothing else.
//!
//! Architecture invariant: thin. No rule of the business lives here; each command wires what it needs from top to bottom and
//! hands over.
//!
//! To add a command: a variant in `cli.rs`, a file in `commands/`, a line in `main`.

mod cli;
mod clock;
mod commands;
mod config;
mod doors;
mod ids;
mod misspelling;
mod nobody;
mod platform;
mod providers_check;
mod public_url;
mod secrets;
mod senders;
mod set_up;
mod shared;
mod telemetry;
mod terminal;
mod wiring;

use std::process::ExitCode;

use clap::Parser;
use cli::{Cli, Command};

/// Messages are made of many small pieces: this allocator spends a third of what the system's one does on them (`./scripts/bench`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> ExitCode {
    use_small_pages();
    end_quietly_on_a_closed_pipe();
    let cli = Cli::parse();
    match Box::pin(run(cli)).await {
        Ok(code) => code,
        Err(error) => {
            terminal::failure(&error);
            ExitCode::FAILURE
        }
    }
}

/// The allocator asks for huge pages, of which a connection that waits for news uses little: with them it costs 26 KiB of memory instead of
/// 18, and an idle process a third more (`./scripts/bench sockets`).
fn use_small_pages() {
    #[cfg(target_os = "linux")]
    let _unless_there_are_none = rustix::thread::disable_transparent_huge_pages(true);
}

/// `carillon openapi | head` closes our output early: that is the reader's choice, not a failure.
fn end_quietly_on_a_closed_pipe() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let text = panic.payload().downcast_ref::<String>().map_or("", String::as_str);
        if text.starts_with("failed printing to stdout") && text.contains("Broken pipe") {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    // Both fail only when a provider is installed already, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let done = |()| ExitCode::SUCCESS;
    match cli.command.unwrap_or_default() {
        Command::Serve(args) => commands::serve::run(args).await.map(done),
        Command::Demo(args) => commands::demo::run(args).await.map(done),
        Command::Migrate => commands::migrate::run().await.map(done),
        Command::Openapi => commands::openapi::run().map(done),
        Command::Doctor(args) => commands::doctor::run(args).await,
        Command::Keys(args) => commands::keys::run(args).await.map(done),
        Command::Send(args) => commands::send::run(args).await.map(done),
        Command::Import(args) => commands::import::run(args).await,
        Command::Kinds(args) => commands::kinds::run(&args).map(done),
        Command::Templates(args) => commands::templates::run(args).map(done),
        Command::Simulate(args) => Box::pin(commands::simulate::run(args)).await.map(done),
    }
}
