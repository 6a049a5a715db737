//! Tables written as SQL with the few type names that differ between PostgreSQL and SQLite left open.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// Runs statements in which `UUID` and `BYTES` stand for the database's own types.
pub(crate) async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let (uuid, bytes) = match manager.get_database_backend() {
        DbBackend::Postgres => ("uuid", "bytea"),
        _ => ("blob", "blob"),
    };
    for statement in statements {
        connection.execute_unprepared(&statement.replace("UUID", uuid).replace("BYTES", bytes)).await?;
    }
    Ok(())
}

/// Drops tables, last made first.
pub(crate) async fn drop(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables.iter().rev() {
        manager.get_connection().execute_unprepared(&format!("DROP TABLE IF EXISTS {table}")).await?;
    }
    Ok(())
}
