//! Since when a month's budget has refused messages.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::run(manager, &["ALTER TABLE budgets ADD COLUMN refused_at BIGINT"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::run(manager, &["ALTER TABLE budgets DROP COLUMN refused_at"]).await
    }
}
