//! What is queued, found by itself where it is urgent: a sweep must not read through a hundred thousand bulk messages to find it.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::run(manager, DOWN).await
    }
}

// Each message is in one of the two, so none pays for both.
const UP: &[&str] = &[
    "DROP INDEX messages_queued",
    "CREATE INDEX messages_queued_urgent ON messages (updated_at) WHERE status = 'queued' AND class <> 'bulk'",
    "CREATE INDEX messages_queued_bulk ON messages (updated_at) WHERE status = 'queued' AND class = 'bulk'",
];

const DOWN: &[&str] = &[
    "DROP INDEX messages_queued_urgent",
    "DROP INDEX messages_queued_bulk",
    "CREATE INDEX messages_queued ON messages (updated_at) WHERE status = 'queued'",
];
