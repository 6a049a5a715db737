//! What the service knows of its own state: alarms that stand, and providers that are asked or not.

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
        table::drop(manager, &["alarms", "providers"]).await
    }
}

const STATEMENTS: &[&str] = &[
    // One row a name; `episode` rises each time it begins. Whoever sees the reason renews it; unrenewed, it is over.
    "CREATE TABLE alarms (
        name TEXT NOT NULL PRIMARY KEY,
        episode BIGINT NOT NULL,
        message TEXT NOT NULL,
        began_at BIGINT NOT NULL,
        renewed_at BIGINT NOT NULL,
        ended_at BIGINT,
        told BIGINT NOT NULL
    )",
    // What a worker reported last, and what an operator wishes.
    "CREATE TABLE providers (
        name TEXT NOT NULL,
        channel TEXT NOT NULL,
        state TEXT NOT NULL,
        since BIGINT NOT NULL,
        reported_at BIGINT NOT NULL,
        paused BOOLEAN NOT NULL,
        wished_at BIGINT NOT NULL,
        PRIMARY KEY (name, channel)
    )",
];
