//! Carillon itself, as a deployment runs it: one process that answers, one that delivers and plans; or one for all.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::cpu::Trees;
use crate::load::Target;
use crate::plan::Plan;
use crate::servers::Servers;

/// How long a process may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// The running system.
pub(crate) struct System {
    api: Api,
    worker: Option<Child>,
    pub(crate) target: Target,
    /// From the start of the process to its first line, with an empty database that it has to prepare.
    pub(crate) started_in: Duration,
    launch: Launch,
}

/// The process that answers.
struct Api {
    child: Child,
    address: SocketAddr,
    /// The rest of what it prints; dropped, a later line would end the process.
    _output: Lines<BufReader<ChildStdout>>,
}

/// How its processes are started.
struct Launch {
    binary: PathBuf,
    /// Keys and secrets of development are made in it, where all processes find them.
    folder: TempDir,
    environment: Vec<(&'static str, String)>,
    one_process: bool,
}

impl System {
    pub(crate) async fn start(binary: &Path, plan: &Plan, servers: &Servers) -> anyhow::Result<Self> {
        let launch = Launch::new(binary, plan, servers)?;
        let began = Instant::now();
        let api = launch.api("127.0.0.1:0").await?;
        let started_in = began.elapsed();
        let worker = if plan.one_process { None } else { Some(launch.worker()?) };
        let target =
            Target { address: api.address, authorization: format!("Bearer {}", launch.key().await?) };
        Ok(Self { api, worker, target, started_in, launch })
    }

    /// Kills the API in the middle of whatever it does.
    pub(crate) async fn kill_api(&mut self) -> anyhow::Result<()> {
        self.api.child.kill().await.context("the API cannot be killed")
    }

    /// Starts the API after [`kill_api`](Self::kill_api), where it was before, and answers once it listens.
    pub(crate) async fn start_api(&mut self) -> anyhow::Result<()> {
        self.api = self.launch.api(&self.target.address.to_string()).await?;
        Ok(())
    }

    /// What its processes logged as a warning or worse.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        for name in ["api.log", "worker.log"] {
            let log = std::fs::read_to_string(self.launch.folder.path().join(name)).unwrap_or_default();
            let is_complaint = |line: &&str| line.contains(" WARN ") || line.contains("ERROR ");
            complaints.extend(log.lines().filter(is_complaint).map(|line| format!("{name}: {line}")));
        }
        complaints
    }

    /// Its processes, by name.
    pub(crate) fn trees(&self) -> Trees {
        let worker = self.worker.as_ref().and_then(Child::id);
        let name = if worker.is_some() { "api" } else { "carillon" };
        let all = [(name, self.api.child.id()), ("worker", worker)];
        all.into_iter().filter_map(|(name, process)| Some((name, process?))).collect()
    }

    /// Whether delivering can be stopped while the API goes on.
    pub(crate) fn is_split(&self) -> bool {
        self.worker.is_some()
    }

    /// Stops delivering in the middle of whatever it does.
    pub(crate) async fn pause_delivery(&self) -> anyhow::Result<()> {
        self.signal("-STOP").await?;
        // A signal is delivered at once; what the kernel still had to finish for the process is not.
        tokio::time::sleep(Duration::from_millis(200)).await;
        Ok(())
    }

    /// Lets delivering go on.
    pub(crate) async fn resume_delivery(&self) -> anyhow::Result<()> {
        self.signal("-CONT").await
    }

    async fn signal(&self, signal: &str) -> anyhow::Result<()> {
        let id = self.worker.as_ref().and_then(Child::id).context("the worker has ended")?;
        let status = Command::new("kill").args([signal, &id.to_string()]).status().await.context("kill")?;
        ensure!(status.success(), "the worker cannot be signalled");
        Ok(())
    }
}

impl Launch {
    fn new(binary: &Path, plan: &Plan, servers: &Servers) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("carillon-bench-").tempdir()?;
        let binary = binary.canonicalize().with_context(|| format!("{} is missing", binary.display()))?;
        let mut environment = vec![
            ("DATABASE_URL", servers.database.url().to_owned()),
            ("CARILLON_PUBLIC_URL", "https://carillon.example.com".to_owned()),
            ("SENDGRID_API_KEY", "SG.bench".to_owned()),
            ("SENDGRID_BASE_URL", servers.providers.url()),
            ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000".to_owned()),
            ("TWILIO_AUTH_TOKEN", "bench".to_owned()),
            ("TWILIO_FROM", "+15005550006".to_owned()),
            ("TWILIO_BASE_URL", servers.providers.url()),
            // Hundreds of messages an hour to the same people are what is measured here, not what people should get.
            ("CARILLON_CAP_PERSON_HOUR", "1000000".to_owned()),
            ("CARILLON_CAP_PHONE_DAY", "1000000".to_owned()),
            ("CARILLON_SMS_SPEND_HOUR", "0".to_owned()),
        ];
        environment.extend(servers.redis.as_ref().map(|redis| ("REDIS_URL", redis.url())));
        Ok(Self { binary, folder, environment, one_process: plan.one_process })
    }

    /// Starts what answers, and waits until it listens.
    async fn api(&self, bind: &str) -> anyhow::Result<Api> {
        let roles: &[&str] = if self.one_process { &["serve"] } else { &["serve", "--roles", "api"] };
        let mut command = self.command(roles);
        command.env("CARILLON_BIND", bind);
        let mut child = self.spawn(command, "api.log")?;
        let mut output = BufReader::new(child.stdout.take().context("its output")?).lines();
        let line =
            tokio::time::timeout(PATIENCE, output.next_line()).await.context("it does not listen")??;
        let Some(line) = line else {
            bail!("it ended: {}", std::fs::read_to_string(self.folder.path().join("api.log"))?)
        };
        let address = line.rsplit('/').next().context("an address")?.parse().context(line.clone())?;
        Ok(Api { child, address, _output: output })
    }

    /// Starts what delivers and plans.
    fn worker(&self) -> anyhow::Result<Child> {
        self.spawn(self.command(&["serve", "--roles", "worker,planner"]), "worker.log")
    }

    /// A key of the platform.
    async fn key(&self) -> anyhow::Result<String> {
        let mut command =
            self.command(&["keys", "create", "--scope", "platform", "--name", "bench", "--json"]);
        let output = command.output().await?;
        ensure!(output.status.success(), "no key: {}", String::from_utf8_lossy(&output.stderr));
        let printed: Value = serde_json::from_slice(&output.stdout).context("the key is not JSON")?;
        Ok(printed["secret"].as_str().context("the key has no secret")?.to_owned())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        let environment = self.environment.iter().map(|(name, value)| (name, value));
        command.args(arguments).current_dir(self.folder.path()).env_clear().envs(environment);
        command.kill_on_drop(true).stdin(Stdio::null());
        command
    }

    /// A process that is started again goes on with its log.
    fn spawn(&self, mut command: Command, log: &str) -> anyhow::Result<Child> {
        let log = File::options().create(true).append(true).open(self.folder.path().join(log))?;
        command.stdout(Stdio::piped()).stderr(log).spawn().context("Carillon cannot be started")
    }
}
