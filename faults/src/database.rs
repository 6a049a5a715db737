//! What is asked of Carillon's database, by `psql`: it also answers right after a restart, for it keeps no connection.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use carillon_testkit::postgres;
use tokio::time::{Instant, sleep};

/// One attempt of one message.
pub type Attempt = (String, u32);

/// States in which a message is still on its way.
const OPEN: &str = "('scheduled', 'queued', 'sending', 'in_doubt')";
/// How long the database may be away before a question fails.
const AWAY: Duration = Duration::from_secs(30);

/// The database, by its URL.
#[derive(Debug, Clone)]
pub struct Database(String);

/// How a message stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// `sent`, `failed`, …
    pub status: String,
    /// Why, where there is a reason.
    pub reason: String,
    /// How often it was claimed.
    pub attempt: u32,
    /// How many tries it used up.
    pub tries: u32,
}

impl Database {
    /// The database of this URL.
    pub fn at(url: &str) -> Self {
        Self(url.to_owned())
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.0
    }

    /// Asks; rows by lines, columns by `|`. Asks again while the database is away.
    pub async fn ask(&self, sql: &str) -> anyhow::Result<String> {
        let started = Instant::now();
        loop {
            let (url, question) = (self.0.clone(), sql.to_owned());
            match tokio::task::spawn_blocking(move || postgres::ask(&url, &question)).await? {
                Ok(answer) => return Ok(answer),
                Err(why) if started.elapsed() > AWAY => bail!("the database does not answer {sql}: {why}"),
                Err(_) => sleep(Duration::from_millis(200)).await,
            }
        }
    }

    /// Asks for a number.
    pub async fn count(&self, sql: &str) -> anyhow::Result<usize> {
        let answer = self.ask(sql).await?;
        answer.parse().with_context(|| format!("{sql} answered {answer:?}"))
    }

    /// Waits until no message is on its way any more.
    pub async fn until_at_rest(&self, patience: Duration) -> anyhow::Result<()> {
        let started = Instant::now();
        loop {
            let left = self.count(&format!("SELECT count(*) FROM messages WHERE status IN {OPEN}")).await?;
            if left == 0 {
                return Ok(());
            }
            if started.elapsed() > patience {
                let sql = format!(
                    "SELECT channel, status, reason, count(*), min(attempt), max(attempt) FROM messages WHERE status IN {OPEN} GROUP BY 1, 2, 3"
                );
                bail!(
                    "{left} messages are still on their way after {patience:?}: {}",
                    self.ask(&sql).await?.replace('\n', "; ")
                );
            }
            sleep(Duration::from_millis(500)).await;
        }
    }

    /// What workers have claimed and not recorded: calls to providers that are in flight, and some that are about to begin.
    pub async fn in_flight(&self) -> anyhow::Result<HashSet<Attempt>> {
        let sql = "SELECT id, attempt FROM messages WHERE status = 'sending' AND channel <> 'in_app'";
        let rows = self.ask(sql).await?;
        rows.lines()
            .map(|row| {
                let [id, attempt] = columns(row)?;
                Ok((id.to_owned(), attempt.parse()?))
            })
            .collect()
    }

    /// How every message stands, by its id.
    pub async fn standings(&self) -> anyhow::Result<HashMap<String, Standing>> {
        let rows = self.ask("SELECT id, status, reason, attempt, tries FROM messages").await?;
        let read = |row: &str| {
            let [id, status, reason, attempt, tries] = columns(row)?;
            let (status, reason) = (status.to_owned(), reason.to_owned());
            Ok((id.to_owned(), Standing { status, reason, attempt: attempt.parse()?, tries: tries.parse()? }))
        };
        rows.lines().map(read).collect()
    }

    /// How every attempt that was recorded ended.
    pub async fn attempts(&self) -> anyhow::Result<HashMap<Attempt, String>> {
        let rows = self.ask("SELECT message_id, number, status FROM attempts").await?;
        let read = |row: &str| {
            let [id, number, status] = columns(row)?;
            Ok(((id.to_owned(), number.parse()?), status.to_owned()))
        };
        rows.lines().map(read).collect()
    }

    /// Why calls were in doubt, and how many; empty if none was.
    pub async fn doubts(&self) -> anyhow::Result<String> {
        let sql = "SELECT count(*) || ' × ' || provider || ': ' || coalesce(detail, '') FROM attempts
            WHERE status = 'in_doubt' GROUP BY provider, detail ORDER BY count(*) DESC LIMIT 5";
        Ok(self.ask(sql).await?.replace('\n', "; "))
    }

    /// Messages that are sent, and whose newest recorded attempt is not the newest claimed, or did not send it.
    pub async fn overwritten(&self) -> anyhow::Result<usize> {
        self.count(
            "SELECT count(*) FROM messages WHERE status = 'sent' AND NOT EXISTS (
                SELECT 1 FROM attempts WHERE message_id = messages.id AND number = messages.attempt AND attempts.status = 'sent')
             OR attempt < (SELECT max(number) FROM attempts WHERE message_id = messages.id)",
        )
        .await
    }
}

fn columns<const N: usize>(row: &str) -> anyhow::Result<[&str; N]> {
    let columns: Vec<&str> = row.split('|').collect();
    columns.try_into().map_err(|_| anyhow!("not {N} columns: {row}"))
}
