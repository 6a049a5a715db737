//! API keys and the audit trail.

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
        table::drop(manager, &["api_keys", "audit_entries"]).await
    }
}

const STATEMENTS: &[&str] = &[
    "CREATE TABLE api_keys (
        id TEXT NOT NULL PRIMARY KEY,
        hash BYTES NOT NULL,
        name TEXT NOT NULL,
        business_id TEXT,
        permissions TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        revoked_at BIGINT
    )",
    "CREATE TABLE audit_entries (
        id UUID NOT NULL PRIMARY KEY,
        at BIGINT NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        business_id TEXT,
        target TEXT NOT NULL
    )",
    "CREATE INDEX audit_by_time ON audit_entries (at)",
];
