//! Addresses that rest for a while, and the look-ups of receipts that do not carry our own ids.

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

const UP: &[&str] = &[
    // Until when, where it is not for good, and for the how manyth time in a row.
    "ALTER TABLE suppressions ADD COLUMN until_at BIGINT",
    "ALTER TABLE suppressions ADD COLUMN times BIGINT NOT NULL DEFAULT 0",
    // By the provider's own id, else by the address.
    "CREATE INDEX messages_by_provider_id ON messages (provider_id) WHERE provider_id IS NOT NULL",
    "CREATE INDEX people_by_email ON people (email_index) WHERE email_index IS NOT NULL",
];

const DOWN: &[&str] = &[
    "DROP INDEX people_by_email",
    "DROP INDEX messages_by_provider_id",
    "ALTER TABLE suppressions DROP COLUMN times",
    "ALTER TABLE suppressions DROP COLUMN until_at",
];
