//! Appointments with a timing of their own, and reminders that are planned by rules.

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
    // The revision that last changed when or whether it takes place, when that was accepted, and when the last change happened.
    "ALTER TABLE appointments ADD COLUMN timing BIGINT NOT NULL DEFAULT 1",
    "ALTER TABLE appointments ADD COLUMN timed_at BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE appointments ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0",
    // What the clocks of its zone show at its start: what was agreed, should the rules of the zone change.
    "ALTER TABLE appointments ADD COLUMN local_start TEXT NOT NULL DEFAULT ''",
    "UPDATE appointments SET timing = revision, timed_at = updated_at, changed_at = updated_at",
    "CREATE INDEX appointments_of_business ON appointments (business_id, starts_at)",
    "ALTER TABLE notifications ADD COLUMN appointment_revision BIGINT",
    "ALTER TABLE notifications ADD COLUMN rule TEXT",
    // The rule that a reminder is planned by, and when the business was told that it came too late.
    "ALTER TABLE messages ADD COLUMN rule TEXT",
    "ALTER TABLE messages ADD COLUMN told_at BIGINT",
    // Reminders that were planned without a rule are planned again by the first planner that starts.
    "UPDATE messages SET status = 'cancelled', reason = 'rule_changed' WHERE status = 'scheduled' AND appointment_id IS NOT NULL \
     AND kind IN ('client.reminder_24h', 'client.reminder_1h', 'staff.appointment_reminder')",
    // However many planners there are, a reminder is planned once.
    "CREATE UNIQUE INDEX messages_reminders ON messages (business_id, appointment_id, appointment_revision, rule, recipient_id, channel) \
     WHERE rule IS NOT NULL AND status NOT IN ('cancelled', 'suppressed')",
    "CREATE INDEX messages_missed ON messages (updated_at) WHERE rule IS NOT NULL AND status = 'expired' AND told_at IS NULL",
    // Events that name people in lists: those are looked for when somebody is erased.
    "CREATE INDEX events_of_lists ON events (id) WHERE name IN ('reminders.missed', 'report.due')",
    // Values that outlive a process, by name.
    "CREATE TABLE marks (
        name TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
    )",
];

const DOWN: &[&str] = &[
    "DROP TABLE marks",
    "DROP INDEX events_of_lists",
    "DROP INDEX messages_missed",
    "DROP INDEX messages_reminders",
    "ALTER TABLE messages DROP COLUMN told_at",
    "ALTER TABLE messages DROP COLUMN rule",
    "ALTER TABLE notifications DROP COLUMN rule",
    "ALTER TABLE notifications DROP COLUMN appointment_revision",
    "DROP INDEX appointments_of_business",
    "ALTER TABLE appointments DROP COLUMN local_start",
    "ALTER TABLE appointments DROP COLUMN changed_at",
    "ALTER TABLE appointments DROP COLUMN timed_at",
    "ALTER TABLE appointments DROP COLUMN timing",
];
