//! Notifications that were counted against a cap: their other messages take no more room.

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
    "CREATE TABLE cap_counted (
        subject TEXT NOT NULL,
        counted_id UUID NOT NULL,
        counted_at BIGINT NOT NULL,
        PRIMARY KEY (subject, counted_id)
    )",
    "CREATE INDEX cap_counted_by_time ON cap_counted (counted_at)",
];

const DOWN: &[&str] = &["DROP TABLE cap_counted"];
