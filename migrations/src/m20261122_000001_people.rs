//! Businesses, people, their keys, and what they agreed to.

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
        table::drop(
            manager,
            &["data_keys", "businesses", "people", "preferences", "consents", "suppressions", "appointments"],
        )
        .await
    }
}

const STATEMENTS: &[&str] = &[
    // The data keys, each wrapped by a master key. Erasing a person is deleting a row here.
    "CREATE TABLE data_keys (
        owner TEXT NOT NULL PRIMARY KEY,
        wrapped BYTES NOT NULL
    )",
    "CREATE TABLE businesses (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        settings TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL
    )",
    "CREATE TABLE people (
        id TEXT NOT NULL PRIMARY KEY,
        business_id TEXT,
        actor TEXT NOT NULL,
        role TEXT,
        profile_sealed BYTES,
        email_index TEXT,
        phone_index TEXT,
        locale TEXT,
        timezone TEXT,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        erased_at BIGINT
    )",
    "CREATE INDEX people_of_business ON people (business_id, actor, role)",
    "CREATE INDEX people_by_actor ON people (actor)",
    "CREATE INDEX people_by_email ON people (email_index)",
    "CREATE INDEX people_by_phone ON people (phone_index)",
    // What holds now; `consents` is the proof of how it came to be.
    "CREATE TABLE preferences (
        person_id TEXT NOT NULL,
        business_id TEXT NOT NULL,
        topic TEXT NOT NULL,
        channel TEXT NOT NULL,
        allowed BOOLEAN NOT NULL,
        updated_at BIGINT NOT NULL,
        PRIMARY KEY (person_id, business_id, topic, channel)
    )",
    "CREATE TABLE consents (
        id UUID NOT NULL PRIMARY KEY,
        person_id TEXT NOT NULL,
        business_id TEXT NOT NULL,
        topic TEXT NOT NULL,
        channel TEXT NOT NULL,
        granted BOOLEAN NOT NULL,
        source TEXT NOT NULL,
        wording TEXT,
        at BIGINT NOT NULL
    )",
    "CREATE INDEX consents_of_person ON consents (person_id, at)",
    // By keyed hash of the address, so that it outlives the erasure of a person.
    "CREATE TABLE suppressions (
        address_index TEXT NOT NULL,
        business_id TEXT NOT NULL,
        reason TEXT NOT NULL,
        at BIGINT NOT NULL,
        PRIMARY KEY (address_index, business_id)
    )",
    "CREATE TABLE appointments (
        business_id TEXT NOT NULL,
        id TEXT NOT NULL,
        revision BIGINT NOT NULL,
        status TEXT NOT NULL,
        starts_at BIGINT NOT NULL,
        ends_at BIGINT,
        timezone TEXT,
        practitioner_id TEXT,
        client_ids TEXT NOT NULL,
        details_sealed BYTES NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        PRIMARY KEY (business_id, id)
    )",
    "CREATE INDEX appointments_ahead ON appointments (starts_at)",
];
