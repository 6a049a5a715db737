//! The sink, seen by who measures: started, asked, reset.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use uuid::Uuid;

use crate::http::{Connection, post};

/// The running sink.
pub(crate) struct Providers {
    child: Child,
    pub(crate) address: SocketAddr,
}

/// What it counts.
#[derive(Debug, Deserialize)]
pub(crate) struct Counts {
    /// Different messages.
    pub(crate) unique: usize,
    /// Messages that came again.
    pub(crate) duplicates: usize,
    /// Requests that it did not take.
    pub(crate) refused: usize,
    /// Connections that were opened.
    pub(crate) connections: usize,
}

impl Providers {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let own = std::env::current_exe().context("our own path")?;
        let mut command = Command::new(own);
        command.arg("sink").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("the sink cannot be started")?;
        let output = child.stdout.take().context("the sink's output")?;
        let line = BufReader::new(output).lines().next_line().await?.context("the sink says no address")?;
        Ok(Self { child, address: line.parse().context("the sink's address")? })
    }

    /// The base URL to configure.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its process.
    pub(crate) fn process(&self) -> Option<u32> {
        self.child.id()
    }

    pub(crate) async fn counts(&self) -> anyhow::Result<Counts> {
        serde_json::from_str(&self.get("/count").await?).context("the sink's counts")
    }

    /// By message: how often it came, and when first (microseconds since 1970).
    pub(crate) async fn dump(&self) -> anyhow::Result<HashMap<Uuid, (u32, u64)>> {
        let dump = self.get("/dump").await?;
        let line = |line: &str| {
            let mut words = line.split(' ');
            let mut word = || words.next().context("a word is missing in the sink's list");
            Ok((word()?.parse()?, (word()?.parse()?, word()?.parse()?)))
        };
        dump.lines().map(line).collect()
    }

    /// The first e-mail and the first text message that arrived, as they came.
    pub(crate) async fn samples(&self) -> anyhow::Result<(String, String)> {
        Ok((self.get("/sample/email").await?, self.get("/sample/sms").await?))
    }

    /// Forgets what arrived.
    pub(crate) async fn reset(&self) -> anyhow::Result<()> {
        self.order("/reset").await
    }

    /// Every later answer takes that long.
    pub(crate) async fn set_latency(&self, latency: Duration) -> anyhow::Result<()> {
        self.order(&format!("/latency/{}", latency.as_millis())).await
    }

    async fn get(&self, path: &str) -> anyhow::Result<String> {
        self.ask(format!("GET {path} HTTP/1.1\r\nHost: sink\r\n\r\n").as_bytes()).await
    }

    async fn order(&self, path: &str) -> anyhow::Result<()> {
        self.ask(&post("sink", path, "none", "")).await.map(drop)
    }

    async fn ask(&self, request: &[u8]) -> anyhow::Result<String> {
        let mut connection = Connection::open(self.address).await?;
        connection.write(request).await?;
        let (status, body) = connection.read_answer().await?;
        ensure!(status == 200, "the sink answered {status}");
        Ok(String::from_utf8(body.to_vec())?)
    }
}
