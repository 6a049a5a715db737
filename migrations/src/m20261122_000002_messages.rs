//! The one path: events, notifications, messages, attempts.

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
            &["idempotency_keys", "events", "batches", "notifications", "messages", "attempts"],
        )
        .await
    }
}

const STATEMENTS: &[&str] = &[
    "CREATE TABLE idempotency_keys (
        owner TEXT NOT NULL,
        key TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        answer TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (owner, key)
    )",
    "CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at)",
    // `parts` holds ids of people by the part they take; names and addresses are never copied here.
    "CREATE TABLE events (
        id UUID NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        business_id TEXT,
        occurred_at BIGINT NOT NULL,
        accepted_at BIGINT NOT NULL,
        parts TEXT NOT NULL,
        key_owner TEXT NOT NULL,
        data_sealed BYTES NOT NULL
    )",
    "CREATE INDEX events_by_key ON events (key_owner)",
    "CREATE TABLE batches (
        id UUID NOT NULL PRIMARY KEY,
        business_id TEXT,
        per_minute BIGINT NOT NULL,
        created_at BIGINT NOT NULL
    )",
    "CREATE TABLE notifications (
        id UUID NOT NULL PRIMARY KEY,
        event_id UUID NOT NULL,
        event_name TEXT NOT NULL,
        business_id TEXT,
        kind TEXT NOT NULL,
        recipient_id TEXT NOT NULL,
        class TEXT NOT NULL,
        purpose TEXT NOT NULL,
        batch_id UUID,
        appointment_id TEXT,
        created_at BIGINT NOT NULL
    )",
    "CREATE INDEX notifications_of_event ON notifications (event_id)",
    "CREATE INDEX notifications_of_business ON notifications (business_id, id)",
    "CREATE INDEX notifications_of_person ON notifications (recipient_id, id)",
    // What a worker needs is repeated here, so that claiming a batch reads one table.
    "CREATE TABLE messages (
        id UUID NOT NULL PRIMARY KEY,
        notification_id UUID NOT NULL,
        event_id UUID NOT NULL,
        business_id TEXT,
        recipient_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        channel TEXT NOT NULL,
        class TEXT NOT NULL,
        purpose TEXT NOT NULL,
        batch_id UUID,
        appointment_id TEXT,
        appointment_revision BIGINT,
        status TEXT NOT NULL,
        reason TEXT,
        due_at BIGINT NOT NULL,
        expires_at BIGINT,
        attempt BIGINT NOT NULL,
        tries BIGINT NOT NULL,
        lease_until BIGINT,
        provider TEXT,
        provider_id TEXT,
        content_sealed BYTES,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        sent_at BIGINT
    )",
    "CREATE INDEX messages_of_notification ON messages (notification_id)",
    "CREATE INDEX messages_waiting ON messages (due_at) WHERE status IN ('scheduled', 'in_doubt')",
    "CREATE INDEX messages_queued ON messages (updated_at) WHERE status = 'queued'",
    "CREATE INDEX messages_sending ON messages (lease_until) WHERE status = 'sending'",
    "CREATE INDEX messages_failed ON messages (updated_at) WHERE status = 'failed'",
    "CREATE INDEX messages_of_appointment ON messages (business_id, appointment_id) WHERE appointment_id IS NOT NULL",
    "CREATE INDEX messages_of_person ON messages (recipient_id)",
    "CREATE INDEX messages_of_event ON messages (event_id)",
    "CREATE TABLE attempts (
        message_id UUID NOT NULL,
        number BIGINT NOT NULL,
        provider TEXT,
        status TEXT NOT NULL,
        detail TEXT,
        started_at BIGINT NOT NULL,
        finished_at BIGINT NOT NULL,
        PRIMARY KEY (message_id, number)
    )",
];
