//! An alarm as data, so that its end can be told in each reader's language.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::run(manager, &["ALTER TABLE alarms ADD COLUMN facts TEXT"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::run(manager, &["ALTER TABLE alarms DROP COLUMN facts"]).await
    }
}
