//! Opening the database.

use std::time::Duration;

use carillon_migrations::Migrator;
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};
use sea_orm_migration::MigratorTrait;

/// The longest that PostgreSQL may work on one statement.
const LONGEST_STATEMENT: Duration = Duration::from_secs(10);

/// After so long without a statement PostgreSQL ends a transaction: a process that stands still (stopped, swapped out, cut off) must not
/// hold rows that others wait for. Well below [`LONGEST_STATEMENT`], so that who waits is served, not refused.
const LONGEST_SILENCE: (&str, &str) = ("idle_in_transaction_session_timeout", "5s");

/// Why the database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Neither `sqlite:` nor `postgres:`.
    #[error("DATABASE_URL must begin with sqlite:// or postgres://")]
    Scheme,
    /// The database says no.
    #[error("the database cannot be opened: {0}")]
    Database(#[from] DbErr),
}

/// Connections for writing, for the reads of the hot path, and for all other reads. SQLite has one writer, and readers that never wait
/// for it (WAL). PostgreSQL has two pools: the hot path's, whose plans are made once and always go by an index, and one that plans
/// each search for what it looks for.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    pub(crate) writer: DatabaseConnection,
    pub(crate) lookups: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
}

/// A plan that is made while a table is nearly empty would read all of it, and be kept while it grows: so each row is found by an index,
/// for a batch is small beside the tables. Compiling a plan costs more than any of ours takes to run.
const HOT_PATH: [(&str, &str); 5] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
];

/// What a URL leads to.
enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    fn of(url: &str) -> Result<Self, ConnectError> {
        match url.split_once(':') {
            Some(("sqlite", _)) => Ok(Self::Sqlite),
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => Ok(Self::Postgres),
            _ => Err(ConnectError::Scheme),
        }
    }
}

async fn open(url: &str) -> Result<Connections, ConnectError> {
    match Engine::of(url)? {
        Engine::Sqlite => {
            let writer = sqlite(url, 1).await?;
            let reader = sqlite(url, 4).await?;
            Ok(Connections { writer, lookups: reader.clone(), reader })
        }
        Engine::Postgres => {
            let hot = postgres(url, 12, &HOT_PATH).await?;
            let reader = postgres(url, 6, &[("jit", "off")]).await?;
            Ok(Connections { writer: hot.clone(), lookups: hot, reader })
        }
    }
}

/// Brings the database up to date, however long that takes; returns how many migrations that took.
pub async fn migrate(url: &str) -> Result<usize, ConnectError> {
    let connection = match Engine::of(url)? {
        Engine::Sqlite => sqlite(url, 1).await?,
        Engine::Postgres => Database::connect(options(url)).await?,
    };
    let pending = Migrator::get_pending_migrations(&connection).await?.len();
    Migrator::up(&connection, None).await?;
    Ok(pending)
}

/// Opens the store, its tables already there.
pub async fn connect(
    url: &str,
    vault: std::sync::Arc<dyn carillon_ports::Vault>,
    ids: std::sync::Arc<dyn carillon_ports::Ids>,
) -> Result<crate::SqlStore, ConnectError> {
    Ok(crate::SqlStore::new(open(url).await?, vault, ids))
}

async fn postgres(
    url: &str,
    connections: u32,
    settings: &'static [(&str, &str)],
) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(url);
    let settings = settings.iter().copied().chain([LONGEST_SILENCE]);
    options
        .max_connections(connections)
        .statement_timeout(LONGEST_STATEMENT)
        .map_sqlx_postgres_opts(move |postgres| postgres.options(settings.clone()));
    Database::connect(options).await
}

async fn sqlite(url: &str, connections: u32) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(url);
    // FULL: a committed transaction survives a power cut, not only a crash of the process. The busy time-out lets the command
    // line write beside a running server.
    options.max_connections(connections).map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .pragma("busy_timeout", "5000")
            .pragma("temp_store", "MEMORY")
    });
    Database::connect(options).await
}

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .connect_timeout(Duration::from_secs(4))
        .acquire_timeout(Duration::from_secs(4))
        .idle_timeout(Duration::from_mins(10))
        // One that was used a moment ago needs no ping, which would cost as much as a small statement.
        .test_before_acquire_if_idle_for(Duration::from_secs(10))
        .sqlx_logging(false);
    options
}
