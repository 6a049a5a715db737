//! A running Carillon: the binary as a process, its database, and the providers it talks to.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use carillon_testkit::postgres;
use carillon_testkit::providers::{FakeSendGrid, FakeTwilio};
use reqwest::{Method, Response};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long anything may take before a test gives up. Reached only when something is wrong.
const PATIENCE: Duration = Duration::from_mins(2);

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// What a Carillon runs in: a folder, a database, providers. Outlives the process.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) sendgrid: FakeSendGrid,
    pub(crate) twilio: FakeTwilio,
    environment: BTreeMap<String, String>,
}

impl World {
    pub(crate) async fn new(database: Database) -> Self {
        // Another test of the same process may have installed it.
        drop(rustls::crypto::ring::default_provider().install_default());
        let folder = tempfile::tempdir().expect("a folder");
        let (sendgrid, twilio) = (FakeSendGrid::start().await, FakeTwilio::start().await);
        let url = match database {
            Database::Sqlite => format!("sqlite://{}?mode=rwc", folder.path().join("carillon.db").display()),
            Database::Postgres => postgres::fresh_database(),
        };
        let environment = [
            ("DATABASE_URL", url),
            ("CARILLON_BIND", "127.0.0.1:0".to_owned()),
            ("CARILLON_PUBLIC_URL", "https://carillon.example.com".to_owned()),
            ("SENDGRID_API_KEY", "SG.secret".to_owned()),
            ("SENDGRID_BASE_URL", sendgrid.url()),
            ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000".to_owned()),
            ("TWILIO_AUTH_TOKEN", "token".to_owned()),
            ("TWILIO_FROM", "+15005550006".to_owned()),
            ("TWILIO_BASE_URL", twilio.url()),
            // Hundreds of messages an hour to the same people are what these tests make, not what people should get.
            ("CARILLON_CAP_PERSON_HOUR", "1000000".to_owned()),
            ("CARILLON_CAP_PHONE_DAY", "1000000".to_owned()),
            ("CARILLON_SMS_SPEND_HOUR", "0".to_owned()),
        ];
        let environment = environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { folder, sendgrid, twilio, environment }
    }

    /// Sets a name of the configuration.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// Leaves a name unset.
    pub(crate) fn unset(&mut self, name: &str) {
        self.environment.remove(name);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            // Where a run that measures coverage keeps its counts.
            .envs(std::env::vars_os().filter(|(name, _)| name == "LLVM_PROFILE_FILE"))
            .envs(&self.environment)
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        tokio::time::timeout(PATIENCE, self.command(arguments).output())
            .await
            .expect("it ends")
            .expect("it starts")
    }

    /// Starts a command that reads what is written to it.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("it starts")
    }

    /// Runs a command that must succeed, and answers what it prints.
    pub(crate) async fn ask(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Makes a platform key.
    pub(crate) async fn make_key(&self) -> String {
        let printed = self.ask(&["keys", "create", "--scope", "platform", "--name", "test", "--json"]).await;
        let key: Value = serde_json::from_str(&printed).expect("JSON");
        key["secret"].as_str().expect("a secret").to_owned()
    }

    /// Starts the service and makes a platform key for it.
    pub(crate) async fn start(&self) -> App {
        self.start_with(&self.make_key().await).await
    }

    /// Starts the service; `key` was made before.
    pub(crate) async fn start_with(&self, key: &str) -> App {
        self.start_roles("api,worker,planner", key).await
    }

    /// Starts roles of which none answers requests, and waits until they run: they say so with the address of their metrics.
    pub(crate) async fn spawn_roles(&self, roles: &str) -> Process {
        let mut command = self.command(&["serve", "--roles", roles]);
        command.env("CARILLON_OPERATIONS_BIND", "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await.expect("a line in time");
        line.expect("text").expect("it runs");
        Process { _child: child }
    }

    /// Starts roles of which one answers requests; `key` was made before.
    pub(crate) async fn start_roles(&self, roles: &str, key: &str) -> App {
        let log = std::fs::File::create(self.folder.path().join("log")).expect("a log");
        let mut command = self.command(&["serve", "--roles", roles]);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let line =
            tokio::time::timeout(PATIENCE, lines.next_line()).await.expect("a line in time").expect("text");
        let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let line = line.unwrap_or_else(|| panic!("it ended: {}", log()));
        let url = line.split_whitespace().last().expect("an address").to_owned();
        App { child, url, key: key.to_owned(), client: client() }
    }
}

/// A process without an address; dies with this.
pub(crate) struct Process {
    _child: Child,
}

/// A running process.
pub(crate) struct App {
    child: Child,
    pub(crate) url: String,
    pub(crate) key: String,
    pub(crate) client: reqwest::Client,
}

impl App {
    /// Sends a request as the platform.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Response {
        self.send_as(&self.key, method, path, body).await
    }

    /// Sends a request with another credential.
    pub(crate) async fn send_as(
        &self,
        credential: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Response {
        let mut request = self.client.request(method, format!("{}{path}", self.url)).bearer_auth(credential);
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.expect("an answer")
    }

    /// Posts what must be accepted, and answers the report.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let response = self.send(Method::POST, path, Some(body)).await;
        let status = response.status();
        let text = response.text().await.expect("text");
        assert!(status.is_success(), "{status}: {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Posts with an `Idempotency-Key` until it is accepted, as booking apps should: a machine with much to do may say 503.
    pub(crate) async fn post_until_answered(&self, path: &str, body: &Value) -> Value {
        let key = format!("{:016x}", RandomState::new().build_hasher().finish());
        let started = Instant::now();
        loop {
            let request = self.client.post(format!("{}{path}", self.url)).bearer_auth(&self.key);
            let answer = request.header("Idempotency-Key", &key).json(body).send().await;
            if let Ok(response) = answer
                && response.status().is_success()
            {
                return response.json().await.expect("JSON");
            }
            assert!(started.elapsed() < PATIENCE, "{path} is not answered");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let response = self.send(Method::GET, path, None).await;
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.json().await.expect("JSON")
    }

    /// `kill -9`.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.expect("it dies");
    }

    /// SIGTERM, and waits for the end.
    pub(crate) async fn stop(&mut self) -> std::process::ExitStatus {
        let id = self.child.id().expect("it runs").to_string();
        let killed = Command::new("kill").args(["-TERM", &id]).status().await.expect("kill starts");
        assert!(killed.success());
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends in time").expect("a status")
    }
}

/// A client for this machine alone, whatever proxy the environment names.
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

/// Waits until something holds.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The binary under test: built by scripts/test, or by `cargo build -p carillon-server`.
pub(crate) fn binary() -> PathBuf {
    if let Ok(path) = std::env::var("CARILLON_BIN") {
        return PathBuf::from(path);
    }
    let own = std::env::current_exe().expect("our own path");
    let folder = own.parent().and_then(Path::parent).expect("target/<profile>");
    let path = folder.join("carillon");
    assert!(
        path.exists(),
        "{} is missing: run `cargo build -p carillon-server` first, or ./scripts/test",
        path.display()
    );
    path
}
