//! A Redis of the tests' own: in a temporary folder, on a free port of the loopback, with its log written every second as in
//! production, and gone when whoever started it is gone.
//!
//! [`shared_url`] and [`fresh_prefix`] are what most tests need: the server that `CARILLON_TEST_REDIS_URL` names (the program
//! `private-redis` starts one and prints its URL), or else one that the process starts for itself; and names of keys that no other
//! test uses. Tests that stop, kill or empty a server start their own [`PrivateRedis`].

#![expect(
    clippy::missing_panics_doc,
    reason = "a test without its server cannot go on; the message says what is missing"
)]

mod cluster;
mod watchdog;

use std::collections::hash_map::RandomState;
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

pub use cluster::PrivateCluster;
use watchdog::Watchdog;

/// Names the server that a test run shares.
pub const SHARED_URL: &str = "CARILLON_TEST_REDIS_URL";

/// Names the program, where it is not on PATH.
const PROGRAM: &str = "CARILLON_REDIS_SERVER";

/// How long a start or a stop may take.
const PATIENCE: Duration = Duration::from_secs(30);

const MISSING: &str = "redis-server cannot be run. On Debian and Ubuntu: apt-get install redis-server. Elsewhere: put it on \
    PATH, or name it in CARILLON_REDIS_SERVER";

/// The URL of the run's shared server, or of one that this process starts for itself.
pub fn shared_url() -> String {
    static OF_THIS_PROCESS: LazyLock<PrivateRedis> = LazyLock::new(PrivateRedis::start);
    std::env::var(SHARED_URL).unwrap_or_else(|_| OF_THIS_PROCESS.url())
}

/// A beginning for the names of keys, which no other test has.
pub fn fresh_prefix() -> String {
    format!("test-{:016x}", RandomState::new().build_hasher().finish())
}

/// Asks a server something that has an answer of one line: `FLUSHALL`, `DBSIZE`. The answer is as Redis writes it: `+OK`, `:0`.
pub fn ask(url: &str, words: &str) -> io::Result<String> {
    let address = url.trim_start_matches("redis://").split('/').next().unwrap_or_default();
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "{words}\r\n")?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    Ok(answer.trim_end().to_owned())
}

/// A server of one's own.
#[derive(Debug)]
pub struct PrivateRedis {
    folder: PathBuf,
    port: u16,
    /// Settings beside the usual ones, as on the command line.
    settings: Vec<String>,
    child: Mutex<Option<Child>>,
    /// Stops the server and removes the folder when this value or this process ends, however it ends.
    _watchdog: Watchdog,
}

impl PrivateRedis {
    /// Starts one and waits until it answers.
    pub fn start() -> Self {
        Self::start_with(Vec::new())
    }

    fn start_with(settings: Vec<String>) -> Self {
        let folder =
            tempfile::Builder::new().prefix("carillon-redis-").tempdir().expect("a temporary folder");
        // From here on the watchdog removes it: it also does when this process is killed.
        let folder = folder.keep();
        let watchdog = Watchdog::start(&folder);
        let mut server = Self { folder, port: 0, settings, child: Mutex::new(None), _watchdog: watchdog };
        server.start_on_a_free_port();
        server
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Asks it something that has an answer of one line.
    pub fn ask(&self, words: &str) -> String {
        ask(&self.url(), words).expect("Redis answers")
    }

    /// The number of its process, while it runs.
    pub fn process(&self) -> Option<u32> {
        self.child().as_ref().map(Child::id)
    }

    /// Stops it in good order: its log is complete.
    pub fn stop(&self) {
        self.signal("-TERM");
        if let Some(mut child) = self.child().take() {
            child.wait().expect("Redis stops");
        }
    }

    /// Ends it as a crash would.
    pub fn kill(&self) {
        let Some(mut child) = self.child().take() else { return };
        child.kill().expect("Redis can be killed");
        child.wait().expect("Redis is gone");
    }

    /// Lets it hang: connections stay, and nothing is answered until [`thaw`](Self::thaw).
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    /// Starts it again after [`stop`](Self::stop) or [`kill`](Self::kill), on the same port, with what its log holds.
    pub fn start_again(&self) {
        self.start_on(self.port).expect("Redis starts again");
    }

    /// Starts it again after [`stop`](Self::stop) or [`kill`](Self::kill), on the same port, with nothing in it.
    pub fn start_empty(&self) {
        fs::remove_dir_all(self.folder.join("appendonlydir")).expect("its log can be removed");
        self.start_again();
    }

    /// Stops it and starts it again.
    pub fn restart(&self) {
        self.stop();
        self.start_again();
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
        panic!("Redis does not start: {complaint}");
    }

    fn start_on(&self, port: u16) -> Result<(), String> {
        let log = self.folder.join("log");
        let mut redis = command(port, &self.folder, &log);
        let mut child = redis.args(&self.settings).spawn().map_err(|error| format!("{MISSING}: {error}"))?;
        let started = wait_until_it_answers(port, &mut child);
        *self.child() = Some(child);
        started.map_err(|why| why + &fs::read_to_string(&log).unwrap_or_default())
    }

    fn signal(&self, signal: &str) {
        let Some(process) = self.process() else { return };
        let told = Command::new("kill").args([signal, &process.to_string()]).status();
        assert!(told.is_ok_and(|status| status.success()), "Redis cannot be told {signal}");
    }

    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PrivateRedis {
    fn drop(&mut self) {
        self.kill();
    }
}

fn command(port: u16, folder: &Path, log: &Path) -> Command {
    let log = || File::options().create(true).append(true).open(log).expect("a log can be written");
    let mut redis = Command::new(std::env::var_os(PROGRAM).unwrap_or_else(|| "redis-server".into()));
    redis.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--daemonize", "no"]);
    redis.args(["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]);
    redis.arg("--dir").arg(folder).arg("--pidfile").arg(folder.join("pid"));
    // In a process group of its own: an interrupt from the keyboard is for the tests.
    redis.stdin(Stdio::null()).stdout(log()).stderr(log()).process_group(0);
    redis
}

fn wait_until_it_answers(port: u16, child: &mut Child) -> Result<(), String> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if let Ok(Some(status)) = child.try_wait() {
            return Err(format!("it ended with {status}: "));
        }
        if ask(&format!("redis://127.0.0.1:{port}"), "PING").is_ok_and(|answer| answer == "+PONG") {
            return Ok(());
        }
        sleep(Duration::from_millis(10));
    }
    Err("it does not answer: ".to_owned())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on the loopback");
    listener.local_addr().expect("it is bound").port()
}
