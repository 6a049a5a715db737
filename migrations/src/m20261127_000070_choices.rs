//! What people chose for themselves, and the chain that their decisions stand in.

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
    "ALTER TABLE people ADD COLUMN choices TEXT",
    // NULL in what is older than the chain, and in what a process of the version before writes while both run.
    "ALTER TABLE consents ADD COLUMN seq BIGINT",
    "ALTER TABLE consents ADD COLUMN previous_hash TEXT",
    "ALTER TABLE consents ADD COLUMN hash TEXT",
    "ALTER TABLE consents ADD COLUMN ip_sealed BYTES",
    "ALTER TABLE consents ADD COLUMN ip_hash TEXT",
    // Whatever goes wrong, a chain never forks.
    "CREATE UNIQUE INDEX consents_chain ON consents (person_id, seq)",
    // So far a refusal towards everybody went over whatever was allowed to one business; from now on it takes that back when it is said.
    "DELETE FROM preferences WHERE allowed AND business_id <> '' AND EXISTS (SELECT 1 FROM preferences AS all_of_them
        WHERE all_of_them.person_id = preferences.person_id AND all_of_them.business_id = ''
        AND all_of_them.topic = preferences.topic AND all_of_them.channel = preferences.channel AND NOT all_of_them.allowed)",
];

const DOWN: &[&str] = &[
    "DROP INDEX consents_chain",
    "ALTER TABLE consents DROP COLUMN ip_hash",
    "ALTER TABLE consents DROP COLUMN ip_sealed",
    "ALTER TABLE consents DROP COLUMN hash",
    "ALTER TABLE consents DROP COLUMN previous_hash",
    "ALTER TABLE consents DROP COLUMN seq",
    "ALTER TABLE people DROP COLUMN choices",
];
