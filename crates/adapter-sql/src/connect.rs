//! Opening the database.

use std::time::Duration;

use carillon_migrations::Migrator;
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};
use sea_orm_migration::MigratorTrait;

/// The longest that PostgreSQL may work on one statement.
const LONGEST_STATEMENT: Duration = Duration::from_secs(10);

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

/// Connections for writing and for reading. SQLite has one writer, and readers that never wait for it (WAL); PostgreSQL has one
/// pool for both.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    pub(crate) writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
}

pub(crate) async fn open(url: &str) -> Result<Connections, ConnectError> {
    if url.starts_with("sqlite:") {
        let writer = sqlite(url, 1).await?;
        let reader = sqlite(url, 4).await?;
        Ok(Connections { writer, reader })
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let pool = Database::connect(
            options(url).max_connections(16).statement_timeout(LONGEST_STATEMENT).to_owned(),
        )
        .await?;
        Ok(Connections { writer: pool.clone(), reader: pool })
    } else {
        Err(ConnectError::Scheme)
    }
}

/// Brings the database up to date.
pub async fn migrate(url: &str) -> Result<(), ConnectError> {
    let connections = open(url).await?;
    Migrator::up(&connections.writer, None).await?;
    Ok(())
}

/// Opens the store, its tables already there.
pub async fn connect(
    url: &str,
    vault: std::sync::Arc<dyn carillon_ports::Vault>,
    ids: std::sync::Arc<dyn carillon_ports::Ids>,
) -> Result<crate::SqlStore, ConnectError> {
    Ok(crate::SqlStore::new(open(url).await?, vault, ids))
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
        .sqlx_logging(false);
    options
}
