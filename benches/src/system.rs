//! Carillon itself, as a deployment runs it: one process that answers, one that delivers and plans; or one for all.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

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
    api: Child,
    worker: Option<Child>,
    pub(crate) target: Target,
    /// From the start of the process to its first line, with an empty database that it has to prepare.
    pub(crate) started_in: Duration,
    /// The rest of what the API prints; dropped, a later line would end the process.
    _output: Lines<BufReader<ChildStdout>>,
    _folder: TempDir,
}

impl System {
    pub(crate) async fn start(binary: &Path, plan: &Plan, servers: &Servers) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("carillon-bench-").tempdir()?;
        let binary = binary.canonicalize().with_context(|| format!("{} is missing", binary.display()))?;
        let command = |arguments: &[&str]| command(&binary, arguments, folder.path(), servers);
        let began = std::time::Instant::now();
        let roles: &[&str] = if plan.one_process { &["serve"] } else { &["serve", "--roles", "api"] };
        let mut api = spawn(command(roles), &folder.path().join("api.log"))?;
        let mut output = BufReader::new(api.stdout.take().context("its output")?).lines();
        let line =
            tokio::time::timeout(PATIENCE, output.next_line()).await.context("it does not listen")??;
        let started_in = began.elapsed();
        let Some(line) = line else {
            bail!("it ended: {}", std::fs::read_to_string(folder.path().join("api.log"))?)
        };
        let address = line.rsplit('/').next().context("an address")?.parse().context(line.clone())?;
        let worker = if plan.one_process {
            None
        } else {
            let roles = ["serve", "--roles", "worker,planner"];
            Some(spawn(command(&roles), &folder.path().join("worker.log"))?)
        };
        let key =
            key(command(&["keys", "create", "--scope", "platform", "--name", "bench", "--json"])).await?;
        let target = Target { address, authorization: format!("Bearer {key}") };
        Ok(Self { api, worker, target, started_in, _output: output, _folder: folder })
    }

    /// Its processes, by name.
    pub(crate) fn trees(&self) -> Trees {
        let worker = self.worker.as_ref().and_then(Child::id);
        let name = if worker.is_some() { "api" } else { "carillon" };
        let all = [(name, self.api.id()), ("worker", worker)];
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

fn command(binary: &Path, arguments: &[&str], folder: &Path, servers: &Servers) -> Command {
    let mut command = Command::new(binary);
    // Keys and secrets of development are made in the folder, where all processes find them.
    command.args(arguments).current_dir(folder).env_clear().kill_on_drop(true).stdin(Stdio::null());
    command.envs([
        ("DATABASE_URL", servers.database.url()),
        ("CARILLON_BIND", "127.0.0.1:0"),
        ("CARILLON_PUBLIC_URL", "https://carillon.example.com"),
        ("SENDGRID_API_KEY", "SG.bench"),
        ("SENDGRID_BASE_URL", &servers.providers.url()),
        ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000"),
        ("TWILIO_AUTH_TOKEN", "bench"),
        ("TWILIO_FROM", "+15005550006"),
        ("TWILIO_BASE_URL", &servers.providers.url()),
    ]);
    if let Some(redis) = &servers.redis {
        command.env("REDIS_URL", redis.url());
    }
    command
}

fn spawn(mut command: Command, log: &Path) -> anyhow::Result<Child> {
    let log = std::fs::File::create(log)?;
    command.stdout(Stdio::piped()).stderr(log).spawn().context("Carillon cannot be started")
}

async fn key(mut command: Command) -> anyhow::Result<String> {
    let output = command.output().await?;
    ensure!(output.status.success(), "no key: {}", String::from_utf8_lossy(&output.stderr));
    let printed: Value = serde_json::from_slice(&output.stdout).context("the key is not JSON")?;
    Ok(printed["secret"].as_str().context("the key has no secret")?.to_owned())
}
