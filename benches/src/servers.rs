//! The private servers of a run.

use std::fs;

use anyhow::Context;
use carillon_testkit::postgres::PrivatePostgres;
use carillon_testkit::redis::PrivateRedis;

use crate::cpu::Trees;
use crate::database::Database;
use crate::plan::Plan;
use crate::providers::Providers;

/// Sizes alone. The testkit has set what makes both servers durable: `fsync`, `synchronous_commit` and `full_page_writes` here,
/// `appendonly` with `appendfsync everysec` in Redis. Counting of statements is loaded and off.
const SETTINGS: &str = "
shared_buffers = '512MB'
max_wal_size = '4GB'
checkpoint_timeout = '15min'
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.track = none
pg_stat_statements.max = 20000
";

/// All that Carillon needs around it.
pub(crate) struct Servers {
    pub(crate) postgres: PrivatePostgres,
    /// `None` for one process, which needs none.
    pub(crate) redis: Option<PrivateRedis>,
    pub(crate) providers: Providers,
    pub(crate) database: Database,
}

impl Servers {
    pub(crate) async fn start(plan: &Plan) -> anyhow::Result<Self> {
        let postgres = PrivatePostgres::start_with(SETTINGS);
        let redis = (!plan.one_process).then(PrivateRedis::start);
        let providers = Providers::start().await?;
        let database = Database::open(&postgres.fresh_database()).await.context(
            "PostgreSQL with pg_stat_statements (Debian: postgresql; elsewhere it may be in postgresql-contrib)",
        )?;
        Ok(Self { postgres, redis, providers, database })
    }

    /// Their processes, by name.
    pub(crate) fn trees(&self) -> Trees {
        let pid_file = fs::read_to_string(self.postgres.folder().join("data/postmaster.pid"));
        let postgres = pid_file.ok().and_then(|text| text.lines().next()?.trim().parse().ok());
        let redis = self.redis.as_ref().and_then(PrivateRedis::process);
        [("postgres", postgres), ("redis", redis), ("providers", self.providers.process())]
            .into_iter()
            .filter_map(|(name, process)| Some((name, process?)))
            .collect()
    }
}
