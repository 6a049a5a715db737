//! Small pieces of SQL that both databases share.

use carillon_ports::StoreError;
use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait, Value,
};

use uuid::Uuid;

use crate::error::store_error;

/// Milliseconds since 1970 UTC, as stored.
pub(crate) fn millis(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

/// The time of stored milliseconds.
pub(crate) fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// A business as part of a key: the empty text is the platform itself.
pub(crate) fn tenant(business: Option<&carillon_domain::BusinessId>) -> String {
    business.map(ToString::to_string).unwrap_or_default()
}

/// A statement under construction: numbered parameters (`$1`, which both databases read) with their values.
pub(crate) struct Sql {
    backend: DbBackend,
    values: Vec<Value>,
}

impl Sql {
    pub(crate) fn on(connection: &impl ConnectionTrait) -> Self {
        Self { backend: connection.get_database_backend(), values: Vec::new() }
    }

    /// Adds a value and answers its parameter.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Whether a column is one of these values. PostgreSQL gets them as one array, so that the statement has the same text
    /// however many there are, and is parsed once.
    pub(crate) fn among<V>(&mut self, column: &str, values: impl IntoIterator<Item = V>) -> String
    where
        V: Into<Value>,
        Vec<V>: Into<Value>,
    {
        if self.is_postgres() {
            return format!("{column} = ANY({})", self.bind(values.into_iter().collect::<Vec<V>>()));
        }
        let list: Vec<String> = values.into_iter().map(|value| self.bind(value)).collect();
        format!("{column} IN ({})", list.join(", "))
    }

    /// Whether an id of a divided table is one of these.
    pub(crate) fn among_ids(&mut self, column: &str, ids: impl IntoIterator<Item = Uuid>) -> String {
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let these = self.among(column, ids.iter().copied());
        format!("{these}{}", self.bounds(column, ids))
    }

    /// A further condition, that an id of a divided table is between the lowest and the highest of these. PostgreSQL prunes parts by bounds,
    /// not by the elements of an array: with them a batch of new messages opens one part however long the history is. Not where several
    /// rows are joined by the id alone: everything between the bounds would be read, and compared with each of them.
    pub(crate) fn bounds(&mut self, column: &str, ids: impl IntoIterator<Item = Uuid>) -> String {
        let mut ids = ids.into_iter();
        let Some(first) = ids.next().filter(|_| self.is_postgres()) else { return String::new() };
        let (lowest, highest) = ids.fold((first, first), |(low, high), id| (low.min(id), high.max(id)));
        format!(" AND {column} >= {} AND {column} <= {}", self.bind(lowest), self.bind(highest))
    }

    /// Whether the database is PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        self.backend == DbBackend::Postgres
    }

    /// The finished statement.
    pub(crate) fn statement(self, text: &str) -> Statement {
        Statement::from_sql_and_values(self.backend, text, self.values)
    }

    /// `FOR UPDATE` where several processes may write; SQLite has one writer anyway.
    pub(crate) fn for_update(&self) -> &'static str {
        if self.is_postgres() { "FOR UPDATE" } else { "" }
    }

    /// `FOR UPDATE SKIP LOCKED` where several processes may write; SQLite has one writer anyway.
    pub(crate) fn skip_locked(&self) -> &'static str {
        if self.backend == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" }
    }
}

/// Begins a transaction that will write. SQLite takes its one write lock at once: a transaction that began by reading could not
/// take it later if another process wrote in between.
pub(crate) async fn begin(writer: &DatabaseConnection) -> Result<DatabaseTransaction, StoreError> {
    let immediate = writer.get_database_backend() == DbBackend::Sqlite;
    let options = TransactionOptions {
        sqlite_transaction_mode: immediate.then_some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    writer.begin_with_options(options).await.map_err(|error| store_error(&error))
}
