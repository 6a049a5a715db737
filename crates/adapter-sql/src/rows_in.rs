//! Rows on their way into the database. PostgreSQL gets an array a column, so that a statement has the same text however many rows it
//! carries and is parsed once a connection; SQLite gets a list of values.

use std::fmt::Write;

use carillon_ports::StoreError;
use sea_orm::sea_query::{ArrayType, ColumnType, Value};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, IdenStatic,
    IntoActiveModel, Iterable,
};

use crate::entity::data_key;
use crate::error::store_error;
use crate::sql::Sql;

/// The most rows of one statement on SQLite: 25 columns of 500 stay under its limit of parameters (32,766).
const ROWS: usize = 500;

/// The types of our columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Uuid,
    Text,
    Integer,
    Bytes,
    Boolean,
}

/// A column by its name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    name: &'static str,
    kind: Kind,
    /// Whether it may be NULL. The driver's arrays carry none: on PostgreSQL a value that no such column ever holds stands for it.
    nullable: bool,
}

impl Column {
    /// A column that is never NULL.
    pub(crate) const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, nullable: false }
    }

    /// A column that may be NULL.
    pub(crate) const fn nullable(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, nullable: true }
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::Text => "text",
            Self::Integer => "bigint",
            Self::Bytes => "bytea",
            Self::Boolean => "boolean",
        }
    }

    /// What stands for NULL in an array.
    const fn stand_in(self) -> &'static str {
        match self {
            Self::Uuid => "'00000000-0000-0000-0000-000000000000'",
            Self::Text | Self::Bytes => "''",
            Self::Integer => "-9223372036854775808",
            // No column of ours is a boolean that may be NULL.
            Self::Boolean => "NULL",
        }
    }

    fn array_type(self) -> ArrayType {
        match self {
            Self::Uuid => ArrayType::Uuid,
            Self::Text => ArrayType::String,
            Self::Integer => ArrayType::BigInt,
            Self::Bytes => ArrayType::Bytes,
            Self::Boolean => ArrayType::Bool,
        }
    }

    fn of(kind: &ColumnType) -> Self {
        match kind {
            ColumnType::Uuid => Self::Uuid,
            ColumnType::BigInteger => Self::Integer,
            ColumnType::Boolean => Self::Boolean,
            ColumnType::VarBinary(_) | ColumnType::Binary(_) | ColumnType::Blob => Self::Bytes,
            // Every other column of ours is a text.
            _ => Self::Text,
        }
    }
}

/// A value, or what stands for NULL in an array of its type.
fn or_stand_in(value: Value) -> Value {
    match value {
        Value::Uuid(None) => uuid::Uuid::nil().into(),
        Value::String(None) => String::new().into(),
        Value::BigInt(None) => i64::MIN.into(),
        Value::Bytes(None) => Vec::<u8>::new().into(),
        given => given,
    }
}

/// Rows, a list of values each.
pub(crate) struct Rows {
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
}

impl Rows {
    /// No rows of these columns yet.
    pub(crate) fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row: a value for each column, in their order.
    pub(crate) fn push(&mut self, row: Vec<Value>) {
        self.rows.push(row);
    }

    /// The rows of an entity.
    pub(crate) fn of<E>(models: Vec<E::Model>) -> Self
    where
        E: EntityTrait<Model: IntoActiveModel<<E as EntityTrait>::ActiveModel>>,
    {
        let columns = E::Column::iter().map(|column| {
            let definition = column.def();
            let kind = Kind::of(definition.get_column_type());
            Column { name: column.as_str(), kind, nullable: definition.is_null() }
        });
        let rows = models.into_iter().map(|model| {
            let mut model = model.into_active_model();
            E::Column::iter().filter_map(|column| model.take(column).into_value()).collect()
        });
        Self { columns: columns.collect(), rows: rows.collect() }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The columns' names, for `INSERT INTO … (…)` and `SELECT …`.
    pub(crate) fn names(&self) -> String {
        self.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
    }

    /// The rows as a table of a `WITH` clause.
    pub(crate) fn table(self, name: &str, sql: &mut Sql) -> String {
        if sql.is_postgres() { self.arrays(name, sql) } else { self.list(name, sql) }
    }

    fn arrays(self, name: &str, sql: &mut Sql) -> String {
        let Self { columns, rows } = self;
        let mut arrays: Vec<Vec<Value>> = columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
        for row in rows {
            for (array, value) in arrays.iter_mut().zip(row) {
                array.push(or_stand_in(value));
            }
        }
        let (mut selected, mut parameters, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for (column, array) in columns.iter().zip(arrays) {
            let Column { name, kind, nullable } = column;
            let value = Value::Array(kind.array_type(), Some(Box::new(array)));
            parameters.push(format!("{}::{}[]", sql.bind(value), kind.name()));
            names.push(*name);
            selected.push(if *nullable {
                format!("NULLIF({name}, {}) AS {name}", kind.stand_in())
            } else {
                (*name).to_owned()
            });
        }
        let (selected, parameters, names) = (selected.join(", "), parameters.join(", "), names.join(", "));
        format!("{name} AS (SELECT {selected} FROM unnest({parameters}) AS given ({names}))")
    }

    fn list(self, name: &str, sql: &mut Sql) -> String {
        let names = self.names();
        let mut text = format!("{name} ({names}) AS (VALUES ");
        for (index, row) in self.rows.into_iter().enumerate() {
            let values: Vec<String> = row.into_iter().map(|value| sql.bind(value)).collect();
            let comma = if index == 0 { "" } else { ", " };
            write!(text, "{comma}({})", values.join(", ")).unwrap_or_default();
        }
        text.push(')');
        text
    }

    /// Splits into parts that one statement of this database can carry.
    fn parts(mut self, backend: DbBackend) -> Vec<Self> {
        let mut parts = Vec::new();
        while backend == DbBackend::Sqlite && self.rows.len() > ROWS {
            let rest = self.rows.split_off(ROWS);
            parts.push(Self { columns: self.columns.clone(), rows: std::mem::replace(&mut self.rows, rest) });
        }
        parts.push(self);
        parts
    }
}

/// Rows for several tables that are written together: one statement on PostgreSQL, one a table on SQLite.
#[derive(Default)]
pub(crate) struct Inserts {
    tables: Vec<Insert>,
}

struct Insert {
    table: String,
    rows: Rows,
    on_conflict: &'static str,
    /// How many rows must be written; `None` where some may be there already.
    must: Option<usize>,
}

impl Inserts {
    /// Adds the rows of an entity, all of which must be written; `on_conflict` is the statement's last clause.
    pub(crate) fn add<E>(&mut self, models: Vec<E::Model>, on_conflict: &'static str)
    where
        E: EntityTrait<Model: IntoActiveModel<<E as EntityTrait>::ActiveModel>>,
    {
        let must = Some(models.len());
        self.push::<E>(models, on_conflict, must);
    }

    /// Adds the rows of an entity, of which some may be there already.
    pub(crate) fn add_missing<E>(&mut self, models: Vec<E::Model>)
    where
        E: EntityTrait<Model: IntoActiveModel<<E as EntityTrait>::ActiveModel>>,
    {
        self.push::<E>(models, "ON CONFLICT DO NOTHING", None);
    }

    fn push<E>(&mut self, models: Vec<E::Model>, on_conflict: &'static str, must: Option<usize>)
    where
        E: EntityTrait<Model: IntoActiveModel<<E as EntityTrait>::ActiveModel>>,
    {
        if !models.is_empty() {
            let table = sea_orm::EntityName::table_name(&E::default()).to_owned();
            self.tables.push(Insert { table, rows: Rows::of::<E>(models), on_conflict, must });
        }
    }

    /// Writes them; `false` when a table did not take all it must. The caller then gives up its transaction.
    pub(crate) async fn run(self, connection: &impl ConnectionTrait) -> Result<bool, StoreError> {
        if self.tables.is_empty() {
            return Ok(true);
        }
        if connection.get_database_backend() == DbBackend::Postgres {
            self.together(connection).await
        } else {
            self.one_by_one(connection).await
        }
    }

    /// Writes them in a statement that is a transaction by itself (PostgreSQL only); `false`, with nothing written, when one of these
    /// keys no longer stands or a table would not take all it must.
    pub(crate) async fn run_whole(
        self,
        connection: &DatabaseConnection,
        keys: Vec<data_key::Model>,
    ) -> Result<bool, StoreError> {
        let mut sql = Sql::on(connection);
        let count = sql.bind(i64::try_from(keys.len()).unwrap_or_default());
        let keys = Rows::of::<data_key::Entity>(keys).table("keys", &mut sql);
        // Every insert asks for the keys first, so that a row of a person is never locked before their key: erasing goes that way too.
        let (parts, whole) = self.clauses(&mut sql, &format!("WHERE (SELECT count(*) FROM held) = {count}"));
        let statement = sql.statement(&format!(
            "WITH {keys}, {HELD}, {parts} SELECT (CASE WHEN (SELECT count(*) FROM held) = {count} AND {whole} THEN '1' ELSE '{CHANGED}' END)::int"
        ));
        match connection.query_one_raw(statement).await {
            Ok(_) => Ok(true),
            Err(error) if error.to_string().contains(CHANGED) => Ok(false),
            Err(error) => Err(store_error(&error)),
        }
    }

    async fn together(self, connection: &impl ConnectionTrait) -> Result<bool, StoreError> {
        let mut sql = Sql::on(connection);
        let (parts, whole) = self.clauses(&mut sql, "");
        let statement = sql.statement(&format!("WITH {parts} SELECT {whole} AS whole"));
        let row = connection.query_one_raw(statement).await.map_err(|error| store_error(&error))?;
        let row = row.ok_or_else(|| StoreError::Corrupt("a statement without answer".to_owned()))?;
        row.try_get("", "whole").map_err(|error| store_error(&error))
    }

    /// The parts of a `WITH` clause that write, and the condition that all was written which must be.
    fn clauses(self, sql: &mut Sql, condition: &str) -> (String, String) {
        let (mut parts, mut whole) = (Vec::new(), vec!["true".to_owned()]);
        for (index, Insert { table, rows, on_conflict, must }) in self.tables.into_iter().enumerate() {
            let (given, written, names) =
                (format!("given_{index}"), format!("written_{index}"), rows.names());
            parts.push(rows.table(&given, sql));
            parts.push(format!(
                "{written} AS (INSERT INTO {table} ({names}) SELECT {names} FROM {given} {condition} {on_conflict} RETURNING 1)"
            ));
            if let Some(must) = must.and_then(|must| i64::try_from(must).ok()) {
                whole.push(format!("(SELECT count(*) FROM {written}) = {}", sql.bind(must)));
            }
        }
        (parts.join(", "), whole.join(" AND "))
    }

    async fn one_by_one(self, connection: &impl ConnectionTrait) -> Result<bool, StoreError> {
        let mut whole = true;
        for Insert { table, rows, on_conflict, must } in self.tables {
            let mut count = 0;
            for part in rows.parts(DbBackend::Sqlite) {
                let (mut sql, names) = (Sql::on(connection), part.names());
                let given = part.table("given", &mut sql);
                // `WHERE true`: SQLite would take ON CONFLICT for a join otherwise.
                let statement = sql.statement(&format!(
                    "WITH {given} INSERT INTO {table} ({names}) SELECT {names} FROM given WHERE true {on_conflict}"
                ));
                let result = connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
                count += usize::try_from(result.rows_affected()).unwrap_or_default();
            }
            whole &= must.is_none_or(|must| must == count);
        }
        Ok(whole)
    }
}

/// Holds the keys that still are what they were, in the order of their owners.
const HELD: &str = "held AS (SELECT 1 FROM data_keys JOIN keys USING (owner, wrapped) ORDER BY data_keys.owner FOR SHARE OF data_keys)";

/// What a statement says that would not have written all: as a number it is an error, and nothing is written.
const CHANGED: &str = "changed meanwhile";

/// Inserts the rows of one entity.
pub(crate) async fn insert<E>(
    connection: &impl ConnectionTrait,
    models: Vec<E::Model>,
) -> Result<(), StoreError>
where
    E: EntityTrait<Model: IntoActiveModel<<E as EntityTrait>::ActiveModel>>,
{
    let mut inserts = Inserts::default();
    inserts.add::<E>(models, "");
    inserts.run(connection).await?;
    Ok(())
}
