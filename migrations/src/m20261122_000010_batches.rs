//! Following a batch, and reading the audit trail of a business.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::run(manager, STATEMENTS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::run(manager, &["DROP INDEX messages_of_batch", "DROP INDEX audit_of_business"]).await
    }
}

const STATEMENTS: &[&str] = &[
    // Messages of no batch are not in it, and cost nothing.
    "CREATE INDEX messages_of_batch ON messages (batch_id) WHERE batch_id IS NOT NULL",
    "CREATE INDEX audit_of_business ON audit_entries (business_id, at)",
];
