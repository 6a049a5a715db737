//! How much one may hear and cost: caps, lists of what exceeds them, budgets, and what each message cost.

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
    // How many messages were let through for a subject since its span began, and by the last call: critical, usual, bulk.
    "CREATE TABLE caps (
        subject TEXT NOT NULL PRIMARY KEY,
        began_at BIGINT NOT NULL,
        used BIGINT NOT NULL,
        critical BIGINT NOT NULL,
        usual BIGINT NOT NULL,
        bulk BIGINT NOT NULL
    )",
    // Messages that become lines of a list.
    "CREATE TABLE digest_items (
        message_id UUID NOT NULL PRIMARY KEY,
        person_id TEXT NOT NULL,
        business_id TEXT NOT NULL,
        channel TEXT NOT NULL,
        due_at BIGINT NOT NULL
    )",
    "CREATE INDEX digest_items_due ON digest_items (due_at)",
    "CREATE INDEX digest_items_of_person ON digest_items (person_id, business_id, channel)",
    // What a business has spent in a month, or promised to, in millionths of its currency.
    "CREATE TABLE budgets (
        business_id TEXT NOT NULL,
        month TEXT NOT NULL,
        spent BIGINT NOT NULL,
        told BIGINT NOT NULL,
        PRIMARY KEY (business_id, month)
    )",
    // Texts of businesses with a budget, whose price the provider has not told yet.
    "CREATE TABLE unsettled (
        message_id UUID NOT NULL PRIMARY KEY,
        business_id TEXT NOT NULL,
        month TEXT NOT NULL,
        look_at BIGINT NOT NULL,
        looks BIGINT NOT NULL
    )",
    "CREATE INDEX unsettled_due ON unsettled (look_at)",
    "ALTER TABLE messages ADD COLUMN segments BIGINT",
    "ALTER TABLE messages ADD COLUMN cost BIGINT",
    "ALTER TABLE messages ADD COLUMN currency TEXT",
    "ALTER TABLE messages ADD COLUMN country TEXT",
    // Why a try was made, or not, where it was not for the plainest of reasons.
    "ALTER TABLE attempts ADD COLUMN decided TEXT",
];

const DOWN: &[&str] = &[
    "ALTER TABLE attempts DROP COLUMN decided",
    "ALTER TABLE messages DROP COLUMN country",
    "ALTER TABLE messages DROP COLUMN currency",
    "ALTER TABLE messages DROP COLUMN cost",
    "ALTER TABLE messages DROP COLUMN segments",
    "DROP TABLE unsettled",
    "DROP TABLE budgets",
    "DROP TABLE digest_items",
    "DROP TABLE caps",
];
