//! One process of Carillon: started, killed, stopped in good order, frozen.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// How long a start may take on a busy machine.
const START: Duration = Duration::from_mins(2);
/// How long a stop may take: the service promises 25 s.
const STOP: Duration = Duration::from_secs(40);

/// How to start a process of Carillon.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// What it is called in reports, and its log.
    pub name: String,
    /// The binary.
    pub binary: PathBuf,
    /// Where it runs, and where its log goes.
    pub folder: PathBuf,
    /// What it does.
    pub roles: &'static str,
    /// The whole environment.
    pub environment: Vec<(String, String)>,
}

/// A process; it is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    recipe: Recipe,
    child: Child,
    /// The rest of what it prints; dropped, a later line would end the process.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts one, and waits until it says where it can be asked.
    pub async fn start(recipe: Recipe) -> anyhow::Result<Self> {
        let log_path = recipe.folder.join(format!("{}.log", recipe.name));
        let log = std::fs::File::options().create(true).append(true).open(&log_path)?;
        let mut command = Command::new(&recipe.binary);
        command.args(["serve", "--roles", recipe.roles]).current_dir(&recipe.folder).env_clear();
        command.envs(recipe.environment.iter().cloned()).kill_on_drop(true).stdin(Stdio::null());
        let mut child =
            command.stdout(Stdio::piped()).stderr(log).spawn().context("Carillon cannot be started")?;
        let mut output = BufReader::new(child.stdout.take().context("its output")?).lines();
        let line = timeout(START, output.next_line())
            .await
            .with_context(|| format!("{} does not start", recipe.name))??;
        if line.is_none() {
            bail!("{} ended: {}", recipe.name, tail(&log_path));
        }
        Ok(Self { recipe, child, _output: output })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.recipe.name
    }

    /// Its number, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// `kill -9`, and waits until it is gone.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill().await.with_context(|| format!("{} cannot be killed", self.recipe.name))
    }

    /// SIGTERM, and waits for the end.
    pub async fn stop(&mut self) -> anyhow::Result<ExitStatus> {
        self.signal("-TERM").await?;
        let ended = timeout(STOP, self.child.wait()).await;
        Ok(ended.with_context(|| format!("{} does not stop within {STOP:?}", self.recipe.name))??)
    }

    /// SIGSTOP: it stands still, with all its connections.
    pub async fn freeze(&self) -> anyhow::Result<()> {
        self.signal("-STOP").await
    }

    /// SIGCONT.
    pub async fn thaw(&self) -> anyhow::Result<()> {
        self.signal("-CONT").await
    }

    /// Starts it again, at the same address.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        *self = Self::start(self.recipe.clone()).await?;
        Ok(())
    }

    async fn signal(&self, signal: &str) -> anyhow::Result<()> {
        let name = &self.recipe.name;
        let id = self.child.id().with_context(|| format!("{name} has ended"))?;
        let status = Command::new("kill").args([signal, &id.to_string()]).status().await.context("kill")?;
        ensure!(status.success(), "{name} cannot be told {signal}");
        Ok(())
    }
}

/// The last lines of a log.
fn tail(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}
