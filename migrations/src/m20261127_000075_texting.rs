//! What becomes of the text messages that people send us.

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
    // Who wrote to whom of what, as it was understood; what they were answered, sealed; and what they were asked (yes or no to what?).
    "ALTER TABLE inbound_messages ADD COLUMN settled_at BIGINT",
    "ALTER TABLE inbound_messages ADD COLUMN person_id TEXT",
    "ALTER TABLE inbound_messages ADD COLUMN business_id TEXT",
    "ALTER TABLE inbound_messages ADD COLUMN appointment_id TEXT",
    "ALTER TABLE inbound_messages ADD COLUMN answer_sealed BYTES",
    "ALTER TABLE inbound_messages ADD COLUMN asks TEXT",
    // When staff are to read it, and when they were told.
    "ALTER TABLE inbound_messages ADD COLUMN pass_at BIGINT",
    "ALTER TABLE inbound_messages ADD COLUMN passed_at BIGINT",
    // Nobody waits for an answer to what came before.
    "UPDATE inbound_messages SET settled_at = received_at",
    "CREATE INDEX inbound_messages_open ON inbound_messages (received_at) WHERE settled_at IS NULL",
    "CREATE INDEX inbound_messages_waiting ON inbound_messages (pass_at) WHERE pass_at IS NOT NULL",
    // Who has the number that a text comes from.
    "CREATE INDEX people_by_phone ON people (phone_index) WHERE phone_index IS NOT NULL",
];

const DOWN: &[&str] = &[
    "DROP INDEX people_by_phone",
    "DROP INDEX inbound_messages_waiting",
    "DROP INDEX inbound_messages_open",
    "ALTER TABLE inbound_messages DROP COLUMN passed_at",
    "ALTER TABLE inbound_messages DROP COLUMN pass_at",
    "ALTER TABLE inbound_messages DROP COLUMN asks",
    "ALTER TABLE inbound_messages DROP COLUMN answer_sealed",
    "ALTER TABLE inbound_messages DROP COLUMN appointment_id",
    "ALTER TABLE inbound_messages DROP COLUMN business_id",
    "ALTER TABLE inbound_messages DROP COLUMN person_id",
    "ALTER TABLE inbound_messages DROP COLUMN settled_at",
];
