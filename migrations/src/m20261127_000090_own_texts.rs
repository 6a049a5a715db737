//! Texts that businesses write themselves: every version there ever was.

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
        table::drop(manager, &["own_texts"]).await
    }
}

// `text` is NULL where the business went back to the built-in text. Nothing personal: values come in when a message is made.
const STATEMENTS: &[&str] = &["CREATE TABLE own_texts (
        business_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        channel TEXT NOT NULL,
        locale TEXT NOT NULL,
        version BIGINT NOT NULL,
        text TEXT,
        author TEXT NOT NULL,
        at BIGINT NOT NULL,
        PRIMARY KEY (business_id, kind, channel, locale, version)
    )"];
