//! The database's shape, one file a change.
//!
//! Architecture invariant: a migration that has shipped is never edited. Expand first (add columns and tables that old code
//! ignores), contract later (drop what no running code reads), so that old and new processes can run side by side.
//!
//! Conventions: times are milliseconds since 1970 UTC in `…_at` columns of type bigint; our own ids are UUIDs, the platform's are
//! texts; sealed values are bytes in `…_sealed` columns; the empty text stands for "the platform itself" where a business is part
//! of a key.
//!
//! To add a change: a file `mYYYYMMDD_NNNNNN_what.rs` and its line below.

use sea_orm_migration::prelude::*;

mod m20261122_000001_people;
mod m20261122_000002_messages;
mod m20261122_000003_inbox;
mod m20261122_000004_access;
mod m20261122_000005_inbox_seen;
mod m20261122_000006_lean_indexes;
mod m20261122_000010_batches;
mod m20261122_000020_receipts;
mod m20261122_000030_queued_shares;
mod m20261127_000040_reminders;
mod m20261127_000050_watch;
mod m20261127_000060_partitions;
mod m20261127_000070_choices;
mod m20261127_000075_texting;
mod m20261127_000080_spending;
mod m20261127_000090_own_texts;
mod m20261130_000110d_suppressions;
mod m20261130_000120c_counted;
mod m20261130_000140p_platform_business;
mod m20261130_000141p_refused_for_budget;
mod m20261130_000142p_alarm_facts;
mod table;

/// All changes, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_people::Migration),
            Box::new(m20261122_000002_messages::Migration),
            Box::new(m20261122_000003_inbox::Migration),
            Box::new(m20261122_000004_access::Migration),
            Box::new(m20261122_000005_inbox_seen::Migration),
            Box::new(m20261122_000006_lean_indexes::Migration),
            Box::new(m20261122_000010_batches::Migration),
            Box::new(m20261122_000020_receipts::Migration),
            Box::new(m20261122_000030_queued_shares::Migration),
            Box::new(m20261127_000040_reminders::Migration),
            Box::new(m20261127_000050_watch::Migration),
            Box::new(m20261127_000060_partitions::Migration),
            Box::new(m20261127_000070_choices::Migration),
            Box::new(m20261127_000075_texting::Migration),
            Box::new(m20261127_000080_spending::Migration),
            Box::new(m20261127_000090_own_texts::Migration),
            Box::new(m20261130_000110d_suppressions::Migration),
            Box::new(m20261130_000120c_counted::Migration),
            Box::new(m20261130_000140p_platform_business::Migration),
            Box::new(m20261130_000141p_refused_for_budget::Migration),
            Box::new(m20261130_000142p_alarm_facts::Migration),
        ]
    }
}
