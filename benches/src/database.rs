//! What is asked of Carillon's database: whether all is done, what is sent, and how many statements that took.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::bail;
use serde::Serialize;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use uuid::Uuid;

use crate::phases::number;

/// How long a backlog may take.
const PATIENCE: Duration = Duration::from_mins(10);

/// Connections of our own, whose statements are not counted.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(crate) pool: PgPool,
    url: String,
    /// How often we asked whether all is done.
    asked: Arc<AtomicUsize>,
}

/// The begin of counting.
#[derive(Debug)]
pub(crate) struct Counting {
    before: [f64; 3],
    asked: usize,
}

/// What the database did while it was counted.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Work {
    /// Statements; beginnings and ends of transactions are none.
    pub(crate) statements: f64,
    /// Transactions, those of a single statement included.
    pub(crate) transactions: f64,
    /// Rows that were inserted.
    pub(crate) inserted: f64,
    /// Rows that were updated.
    pub(crate) updated: f64,
}

/// How a message stands.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) is_sent: bool,
    pub(crate) has_provider_id: bool,
}

impl Database {
    /// Connects. `pg_stat_statements` must be loaded in the server.
    pub(crate) async fn open(url: &str) -> anyhow::Result<Self> {
        let options: PgConnectOptions = url.parse()?;
        let options = options.options([("pg_stat_statements.track", "none")]);
        let pool = PgPoolOptions::new().min_connections(1).max_connections(8).connect_with(options).await?;
        sqlx::raw_sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements").execute(&pool).await?;
        Ok(Self { pool, url: url.to_owned(), asked: Arc::default() })
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits until no message to a provider is on its way any more.
    pub(crate) async fn until_done(&self) -> anyhow::Result<()> {
        // Each of these has a partial index, so asking often costs nothing worth measuring.
        let left = "SELECT EXISTS (SELECT 1 FROM messages WHERE status = 'queued' AND class <> 'bulk')
            OR EXISTS (SELECT 1 FROM messages WHERE status = 'queued' AND class = 'bulk')
            OR EXISTS (SELECT 1 FROM messages WHERE status = 'sending')
            OR EXISTS (SELECT 1 FROM messages WHERE status IN ('scheduled', 'in_doubt'))";
        let started = std::time::Instant::now();
        while sqlx::query_scalar::<_, bool>(left).fetch_one(&self.pool).await? {
            self.asked.fetch_add(1, Ordering::Relaxed);
            if started.elapsed() > PATIENCE {
                bail!("messages are still on their way after {PATIENCE:?}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// How these messages stand; what is not there is left out.
    pub(crate) async fn rows(&self, ids: &[Uuid]) -> anyhow::Result<HashMap<Uuid, Row>> {
        let rows: Vec<(Uuid, bool, bool)> = sqlx::query_as(
            "SELECT id, status = 'sent', provider_id IS NOT NULL FROM messages WHERE id = ANY($1)",
        )
        .bind(ids)
        .fetch_all(&self.pool)
        .await?;
        let row = |(id, is_sent, has_provider_id)| (id, Row { is_sent, has_provider_id });
        Ok(rows.into_iter().map(row).collect())
    }

    /// Begins to count what all others ask, once what they did before is `settled`. Counting costs something, so it is off where
    /// time is measured.
    pub(crate) async fn start_counting(&self, settled: Duration) -> anyhow::Result<Counting> {
        tokio::time::sleep(settled).await;
        self.track("top").await?;
        sqlx::raw_sql("SELECT pg_stat_statements_reset()").execute(&self.pool).await?;
        let asked = self.asked.load(Ordering::Relaxed);
        Ok(Counting { before: self.totals().await?, asked })
    }

    /// Ends it, and waits until all is `settled`.
    pub(crate) async fn stop_counting(&self, counting: Counting, settled: Duration) -> anyhow::Result<Work> {
        let statements = "SELECT coalesce(sum(calls), 0)::float8 FROM pg_stat_statements
            WHERE query !~* '^(begin|commit|rollback|savepoint|release|set|start)\\M'";
        let statements = sqlx::query_scalar(statements).fetch_one(&self.pool).await?;
        self.track("none").await?;
        let own = self.asked.load(Ordering::Relaxed) - counting.asked;
        tokio::time::sleep(settled).await;
        let (before, after) = (counting.before, self.totals().await?);
        Ok(Work {
            statements,
            transactions: (after[0] - before[0] - number(own)).max(0.0),
            inserted: after[1] - before[1],
            updated: after[2] - before[2],
        })
    }

    /// Transactions, inserted and updated rows of this database so far.
    async fn totals(&self) -> anyhow::Result<[f64; 3]> {
        let (transactions, inserted, updated) = sqlx::query_as(
            "SELECT xact_commit::float8, tup_inserted::float8, tup_updated::float8
             FROM pg_stat_database WHERE datname = current_database()",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok([transactions, inserted, updated])
    }

    /// The settings are read again by every session at its next statement.
    async fn track(&self, what: &str) -> anyhow::Result<()> {
        let sql = format!("ALTER SYSTEM SET pg_stat_statements.track = '{what}'");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&self.pool).await?;
        sqlx::raw_sql("SELECT pg_reload_conf()").execute(&self.pool).await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        Ok(())
    }
}

impl Work {
    /// A share of it for each of so many.
    pub(crate) fn per(self, count: f64) -> Self {
        Self {
            statements: self.statements / count,
            transactions: self.transactions / count,
            inserted: self.inserted / count,
            updated: self.updated / count,
        }
    }
}

impl std::ops::Add for Work {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            statements: self.statements + other.statements,
            transactions: self.transactions + other.transactions,
            inserted: self.inserted + other.inserted,
            updated: self.updated + other.updated,
        }
    }
}
