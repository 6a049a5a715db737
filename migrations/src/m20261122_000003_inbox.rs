//! The in-app inbox: a sequence a person, without gaps.

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
        table::drop(manager, &["inbox_counters", "inbox_items"]).await
    }
}

const STATEMENTS: &[&str] = &[
    "CREATE TABLE inbox_counters (
        person_id TEXT NOT NULL PRIMARY KEY,
        newest BIGINT NOT NULL
    )",
    "CREATE TABLE inbox_items (
        person_id TEXT NOT NULL,
        seq BIGINT NOT NULL,
        notification_id UUID NOT NULL,
        message_id UUID NOT NULL,
        kind TEXT NOT NULL,
        content_sealed BYTES NOT NULL,
        created_at BIGINT NOT NULL,
        read_at BIGINT,
        archived_at BIGINT,
        PRIMARY KEY (person_id, seq)
    )",
    "CREATE INDEX inbox_unread ON inbox_items (person_id) WHERE read_at IS NULL AND archived_at IS NULL",
];
