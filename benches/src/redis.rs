//! As much of Redis's protocol as asking it and measuring it need.

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A connection that asks one thing after another.
pub(crate) struct Client(BufReader<TcpStream>);

impl Client {
    /// Connects to the server of this URL.
    pub(crate) async fn connect(url: &str) -> anyhow::Result<Self> {
        let address = url.trim_start_matches("redis://").split('/').next().unwrap_or_default();
        let stream = TcpStream::connect(address).await.context("Redis cannot be reached")?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// How many commands the server has executed, those within scripts included.
    pub(crate) async fn count_commands(&mut self) -> anyhow::Result<f64> {
        let answer = self.ask(&["INFO", "commandstats"]).await?;
        let calls = |line: &str| line.split("calls=").nth(1)?.split(',').next()?.parse::<f64>().ok();
        Ok(answer.lines().filter(|line| line.starts_with("cmdstat_")).filter_map(calls).sum())
    }

    /// Asks, and answers the text of the reply.
    pub(crate) async fn ask(&mut self, words: &[&str]) -> anyhow::Result<String> {
        self.write(&encode(words)).await?;
        self.read().await
    }

    /// Sends encoded commands.
    pub(crate) async fn write(&mut self, commands: &[u8]) -> anyhow::Result<()> {
        Ok(self.0.get_mut().write_all(commands).await?)
    }

    /// One reply: a line, or a text of known length.
    pub(crate) async fn read(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.0.read_line(&mut line).await?;
        let (kind, rest) = line.trim_end().split_at_checked(1).context("Redis closed the connection")?;
        match kind {
            "+" | ":" => Ok(rest.to_owned()),
            "$" => {
                let mut text = vec![0; rest.parse::<usize>()? + 2];
                self.0.read_exact(&mut text).await?;
                Ok(String::from_utf8_lossy(&text).trim_end().to_owned())
            }
            _ => bail!("Redis answered {line:?}"),
        }
    }
}

/// A command as Redis reads it.
pub(crate) fn encode(words: &[&str]) -> Vec<u8> {
    let texts = words.iter().map(|word| format!("${}\r\n{word}\r\n", word.len()));
    format!("*{}\r\n{}", words.len(), texts.collect::<String>()).into_bytes()
}
