//! The command line.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Notifications for appointment-booking platforms: e-mail, SMS and in-app, on time, once, with proof.
#[derive(Debug, Parser)]
#[command(name = "carillon", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the service (the default)
    Serve(ServeArgs),
    /// See an appointment's life go out, from booking to review request, on a fast clock
    Demo(DemoArgs),
    /// Bring the database up to date
    Migrate,
    /// Print the OpenAPI specification
    Openapi,
    /// Check everything a deployment needs; exit code 1 says that something must be mended
    Doctor(DoctorArgs),
    /// Make, list and revoke API keys
    Keys(KeysArgs),
    /// Send one notification by hand
    Send(SendArgs),
    /// Back-fill events from a file without announcing them; exit code 1 says that a line was refused
    Import(ImportArgs),
    /// List what can be sent: every kind with its audience, class and channels
    Kinds(KindsArgs),
    /// Check and preview the texts
    Templates(TemplatesArgs),
    /// Play a business's weeks on a virtual clock, and see what would leave, or what other settings would change
    Simulate(SimulateArgs),
}

impl Default for Command {
    fn default() -> Self {
        Self::Serve(ServeArgs { roles: vec![], print_config: false })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    /// Answers HTTP
    Api,
    /// Delivers messages
    Worker,
    /// Queues what is due
    Planner,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// What this process does; everything by default
    #[arg(long, value_delimiter = ',')]
    pub(crate) roles: Vec<RoleName>,
    /// Print the configuration in force, secrets masked, and exit
    #[arg(long)]
    pub(crate) print_config: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Stop after the story instead of serving the mailbox page
    #[arg(long)]
    pub(crate) exit: bool,
    /// Where the page is served; port 0 takes any free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub(crate) bind: String,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// For programs
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key; its secret is shown this once
    Create {
        /// `platform`, or `business:<id>`
        #[arg(long)]
        scope: String,
        /// What it may do; everything by default
        #[arg(long, value_delimiter = ',')]
        permissions: Vec<String>,
        /// What it is for
        #[arg(long)]
        name: String,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Print a key that is stored nowhere yet, for `CARILLON_BOOTSTRAP_KEY`
    Draft,
    /// List keys
    List {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key; running processes refuse it within 5 s
    Revoke {
        /// The key's id
        id: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SendArgs {
    /// The kind: `client.payment_confirmed`
    #[arg(long)]
    pub(crate) kind: String,
    /// The id of a person who is known, or a person as JSON
    #[arg(long)]
    pub(crate) to: String,
    /// The business
    #[arg(long)]
    pub(crate) business: Option<String>,
    /// What the text is made from, as JSON; the kind's sample by default
    #[arg(long)]
    pub(crate) data: Option<String>,
    /// For programs
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// JSON Lines: on each line an event as POST /v1/events takes it; `-` reads standard input
    pub(crate) file: PathBuf,
    /// Announce the events of lines that do not say `silent`
    #[arg(long)]
    pub(crate) announce: bool,
}

#[derive(Debug, Args)]
pub(crate) struct KindsArgs {
    /// For programs
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// The first day, where the business is: 2026-12-01
    #[arg(long)]
    pub(crate) from: NaiveDate,
    /// The last day
    #[arg(long)]
    pub(crate) to: NaiveDate,
    /// What is played: a business, its people, and what happens to its appointments, as JSON (see docs/simulate.md)
    #[arg(long)]
    pub(crate) appointments: Option<PathBuf>,
    /// Play instead what lies ahead of this business in the configured database, which is only read
    #[arg(long)]
    pub(crate) business: Option<String>,
    /// Settings in place of those that the business has, as JSON
    #[arg(long)]
    pub(crate) settings: Option<PathBuf>,
    /// Other settings: prints only what would change
    #[arg(long)]
    pub(crate) against: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct TemplatesArgs {
    #[command(subcommand)]
    pub(crate) command: TemplatesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TemplatesCommand {
    /// Check a folder of texts, or those built in
    Check {
        /// The folder
        directory: Option<PathBuf>,
    },
    /// Show a kind's text, made from its sample
    Preview {
        /// The kind
        kind: String,
        /// email, sms or `in_app`
        #[arg(long, default_value = "email")]
        channel: String,
        /// The language
        #[arg(long, default_value = "fr")]
        locale: String,
        /// The HTML part of an e-mail
        #[arg(long)]
        html: bool,
        /// A folder of texts over those built in
        #[arg(long)]
        directory: Option<PathBuf>,
    },
}
