//! How far a person has seen the list of their in-app inbox.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::run(manager, &["ALTER TABLE inbox_counters ADD COLUMN seen BIGINT NOT NULL DEFAULT 0"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::run(manager, &["ALTER TABLE inbox_counters DROP COLUMN seen"]).await
    }
}
