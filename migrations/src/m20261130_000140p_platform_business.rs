//! What is the platform's own belongs to no business, also where it is about one: nobody of that business reads or changes it.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::run(manager, UP).await
    }

    /// Which business it was about stays in the data; nothing that ran before needs it in the rows.
    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}

/// The kinds' names begin with who hears them.
const UP: &[&str] = &[
    "UPDATE events SET business_id = NULL WHERE business_id IS NOT NULL AND (name IN ('business.registered', 'subscription.changed', \
     'subscription.payment_failed', 'system.alert', 'support.ticket_opened', 'fraud.detected', 'quota.exceeded', 'health.degraded') \
     OR (name IN ('notification.requested', 'digest.due') AND id IN (SELECT event_id FROM notifications WHERE kind LIKE 'platform.%')))",
    "UPDATE batches SET business_id = NULL WHERE business_id IS NOT NULL \
     AND id IN (SELECT batch_id FROM notifications WHERE kind LIKE 'platform.%' AND batch_id IS NOT NULL)",
    "UPDATE notifications SET business_id = NULL WHERE business_id IS NOT NULL AND kind LIKE 'platform.%'",
    "DELETE FROM digest_items WHERE business_id <> '' AND message_id IN (SELECT id FROM messages WHERE kind LIKE 'platform.%')",
    "DELETE FROM unsettled WHERE message_id IN (SELECT id FROM messages WHERE kind LIKE 'platform.%')",
    "UPDATE messages SET business_id = NULL WHERE business_id IS NOT NULL AND kind LIKE 'platform.%'",
];
