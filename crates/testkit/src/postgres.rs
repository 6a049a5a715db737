//! A PostgreSQL of the tests' own: in a temporary folder, on a free port of the loopback, with durable settings, and gone when
//! whoever started it is gone.
//!
//! [`fresh_database`] is what most tests need. It uses the server that `CARILLON_TEST_POSTGRES_URL` names: one server then serves
//! all processes of a test run (the program `private-postgres` starts one and prints its URL). Without it, the first call in a
//! process starts a server for that process. Tests that stop, restart or kill a server start their own [`PrivatePostgres`].
//!
//! Databases are not dropped one by one, which would cost a checkpoint each: they go with their server.

#![expect(
    clippy::missing_panics_doc,
    reason = "a test without its server cannot go on; the message says what is missing"
)]

mod account;
mod programs;
mod watchdog;

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use account::Account;
use programs::{Programs, run};
use watchdog::Watchdog;

/// Names the server that a test run shares.
pub const SHARED_URL: &str = "CARILLON_TEST_POSTGRES_URL";

/// Committed is on disk, as in production; and room for many pools at once.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
fsync = on
synchronous_commit = on
full_page_writes = on
timezone = 'UTC'
log_timezone = 'UTC'
";

/// The URL of a new, empty database on the run's shared server, or on one that this process starts for itself.
pub fn fresh_database() -> String {
    static OF_THIS_PROCESS: LazyLock<PrivatePostgres> = LazyLock::new(PrivatePostgres::start);
    match std::env::var(SHARED_URL) {
        Ok(server) => fresh_database_at(&server),
        Err(_) => OF_THIS_PROCESS.fresh_database(),
    }
}

/// The URL of a new, empty database on the server of this URL.
pub fn fresh_database_at(server: &str) -> String {
    // Several processes share a server, and process ids come again: a random name is the simplest that never meets another.
    let name = format!("test_{:016x}", RandomState::new().build_hasher().finish());
    // From template0, which nobody can be connected to: a connection to the template would make this fail.
    ask(server, &format!("CREATE DATABASE {name} TEMPLATE template0")).expect("the server makes a database");
    let (address, options) = server.split_once('?').map_or((server, None), |(a, o)| (a, Some(o)));
    let (address, _) = address.rsplit_once('/').expect("a URL of a database ends in a path");
    options.map_or_else(|| format!("{address}/{name}"), |options| format!("{address}/{name}?{options}"))
}

/// Asks a database by `psql`, for want of a driver: rows by lines, columns by `|`; or what it complained of.
pub fn ask(url: &str, sql: &str) -> Result<String, String> {
    let mut psql = Command::new(programs::psql());
    psql.args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"]);
    run(psql.arg("--dbname").arg(url).arg("--command").arg(sql)).map(|rows| rows.trim_end().to_owned())
}

/// A server of one's own.
#[derive(Debug)]
pub struct PrivatePostgres {
    programs: Programs,
    account: Account,
    folder: PathBuf,
    port: u16,
    /// Stops the server and removes the folder when this value or this process ends, however it ends.
    _watchdog: Watchdog,
}

impl PrivatePostgres {
    /// Starts one and waits until it answers.
    pub fn start() -> Self {
        Self::start_with("")
    }

    /// Starts one with further lines of `postgresql.conf`, and waits until it answers.
    pub fn start_with(settings: &str) -> Self {
        let (programs, account) = (Programs::find(), Account::for_server());
        let folder =
            tempfile::Builder::new().prefix("carillon-postgres-").tempdir().expect("a temporary folder");
        // From here on the watchdog removes it: it also does when this process is killed.
        let folder = folder.keep();
        account.own(&folder);
        let watchdog = Watchdog::start(&programs, &account, &folder);
        let mut server = Self { programs, account, folder, port: 0, _watchdog: watchdog };
        server.initialise(settings);
        server.start_on_a_free_port();
        server
    }

    /// The URL of a database of this server.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://carillon@127.0.0.1:{}/{database}", self.port)
    }

    /// The URL of a new, empty database.
    pub fn fresh_database(&self) -> String {
        fresh_database_at(&self.url("postgres"))
    }

    /// Where it keeps its files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stops it in good order: open transactions are rolled back.
    pub fn stop(&self) {
        run(&mut self.stop_command("fast")).expect("PostgreSQL stops");
    }

    /// Starts it again after [`stop`](Self::stop), on the same port.
    pub fn start_again(&self) {
        self.start_on(self.port).expect("PostgreSQL starts again");
    }

    /// Stops it as a crash would, and starts it again: it recovers from its log.
    pub fn immediate_restart(&self) {
        run(&mut self.stop_command("immediate")).expect("PostgreSQL stops");
        self.start_again();
    }

    fn initialise(&self, settings: &str) {
        let mut initdb = self.account.command(&self.programs.initdb, &self.folder);
        initdb.args(["--username=carillon", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        run(initdb.arg("--pgdata").arg(self.data())).expect("initdb makes a database cluster");
        let path = self.data().join("postgresql.conf");
        let defaults = fs::read_to_string(&path).expect("initdb wrote the settings");
        fs::write(&path, defaults + SETTINGS + settings).expect("the settings can be written");
    }

    /// Between finding a free port and using it somebody else may take it: then the next one is tried.
    fn start_on_a_free_port(&mut self) {
        let mut complaint = String::new();
        for _ in 0..5 {
            self.port = free_port();
            match self.start_on(self.port) {
                Ok(()) => return,
                Err(why) => complaint = why,
            }
        }
        panic!("PostgreSQL does not start: {complaint}");
    }

    fn start_on(&self, port: u16) -> Result<(), String> {
        let log = self.folder.join("log");
        let mut pg_ctl = self.account.command(&self.programs.pg_ctl, &self.folder);
        pg_ctl
            .args(["start", "--wait", "--timeout=60", "--silent"])
            .arg("--options")
            .arg(format!("-p {port}"));
        let started = run(pg_ctl.arg("--log").arg(&log).arg("--pgdata").arg(self.data()));
        started.map(drop).map_err(|why| why + &fs::read_to_string(&log).unwrap_or_default())
    }

    fn stop_command(&self, mode: &str) -> Command {
        let mut pg_ctl = self.account.command(&self.programs.pg_ctl, &self.folder);
        pg_ctl.args(["stop", "--wait", "--timeout=60", "--silent", "--mode", mode]);
        pg_ctl.arg("--pgdata").arg(self.data());
        pg_ctl
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on the loopback");
    listener.local_addr().expect("it is bound").port()
}
