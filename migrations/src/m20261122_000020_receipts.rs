//! What comes back from providers: receipts, and text messages that people send.

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
        table::drop(manager, &["receipts", "inbound_messages"]).await?;
        table::run(manager, UNDONE).await
    }
}

const STATEMENTS: &[&str] = &[
    // Each thing that a provider says, once. `look_at` is when it is to be applied, and NULL from then on; `address_index` is the keyed
    // hash of the address it condemns, and goes when that has taken effect. Codes and times, nothing personal.
    "CREATE TABLE receipts (
        provider TEXT NOT NULL,
        event_id TEXT NOT NULL,
        message_id UUID NOT NULL,
        attempt BIGINT NOT NULL,
        said TEXT NOT NULL,
        detail TEXT,
        provider_id TEXT,
        verdict TEXT,
        address_index TEXT,
        at BIGINT NOT NULL,
        received_at BIGINT NOT NULL,
        look_at BIGINT,
        PRIMARY KEY (provider, event_id)
    )",
    "CREATE INDEX receipts_of_message ON receipts (message_id)",
    "CREATE INDEX receipts_waiting ON receipts (look_at) WHERE look_at IS NOT NULL",
    "CREATE TABLE inbound_messages (
        provider TEXT NOT NULL,
        provider_id TEXT NOT NULL,
        address_index TEXT,
        content_sealed BYTES NOT NULL,
        opt_out TEXT,
        received_at BIGINT NOT NULL,
        PRIMARY KEY (provider, provider_id)
    )",
    "CREATE INDEX inbound_messages_by_sender ON inbound_messages (address_index) WHERE address_index IS NOT NULL",
    // For counting; no index of theirs, which each of these changes would pay for.
    "ALTER TABLE messages ADD COLUMN delivered_at BIGINT",
    "ALTER TABLE messages ADD COLUMN opened_at BIGINT",
    "ALTER TABLE messages ADD COLUMN clicked_at BIGINT",
    "ALTER TABLE messages ADD COLUMN complained_at BIGINT",
];

const UNDONE: &[&str] = &[
    "ALTER TABLE messages DROP COLUMN delivered_at",
    "ALTER TABLE messages DROP COLUMN opened_at",
    "ALTER TABLE messages DROP COLUMN clicked_at",
    "ALTER TABLE messages DROP COLUMN complained_at",
];
