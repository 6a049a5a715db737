//! Indexes that nothing asks, or that a narrower one answers, are dropped: each is written to with every message.

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
    // Lists are asked for of colleagues and of the platform's own people, never of clients, who are nearly all rows.
    "DROP INDEX people_of_business",
    "CREATE INDEX people_of_business ON people (business_id, role) WHERE role IS NOT NULL",
    "DROP INDEX people_by_actor",
    "CREATE INDEX people_of_platform ON people (actor) WHERE business_id IS NULL",
    "DROP INDEX people_by_email",
    "DROP INDEX people_by_phone",
    // Found by their notifications.
    "DROP INDEX messages_of_person",
    "DROP INDEX messages_of_event",
];

const DOWN: &[&str] = &[
    "DROP INDEX people_of_business",
    "CREATE INDEX people_of_business ON people (business_id, actor, role)",
    "DROP INDEX people_of_platform",
    "CREATE INDEX people_by_actor ON people (actor)",
    "CREATE INDEX people_by_email ON people (email_index)",
    "CREATE INDEX people_by_phone ON people (phone_index)",
    "CREATE INDEX messages_of_person ON messages (recipient_id)",
    "CREATE INDEX messages_of_event ON messages (event_id)",
];
