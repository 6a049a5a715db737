//! On PostgreSQL, the tables of the one path become parts by month, so that what ended long ago is dropped whole and costs nothing until
//! then. Ids rise with time (UUID version 7), so a month is a range of ids, and primary keys stay what they are.
//!
//! What is stored already becomes the first part as it stands: nothing is copied. SQLite keeps plain tables.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Each table with the column that its parts go by.
const TABLES: [(&str, &str); 4] =
    [("events", "id"), ("notifications", "id"), ("messages", "id"), ("attempts", "message_id")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let connection = manager.get_connection();
        // A unique index would have to hold the column of the parts: planners hold the appointment's row instead.
        connection.execute_unprepared("DROP INDEX messages_reminders").await?;
        connection.execute_unprepared(REMINDERS).await?;
        for (table, column) in TABLES {
            connection
                .execute_unprepared(&DIVIDE.replace("TABLE_NAME", table).replace("COLUMN_NAME", column))
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        Err(DbErr::Migration("parts by month cannot be undone: restore a backup of before".to_owned()))
    }
}

const REMINDERS: &str = "CREATE INDEX messages_reminders ON messages \
     (business_id, appointment_id, appointment_revision, rule, recipient_id, channel) \
     WHERE rule IS NOT NULL AND status NOT IN ('cancelled', 'suppressed')";

/// Renames the table and its indexes, makes one like it that is divided, with the same indexes, and puts the old one into it as the part
/// until the end of this month. What no month holds goes to the part `_other`, so that nothing is ever refused.
const DIVIDE: &str = r"DO $$
DECLARE
    one record;
    month timestamptz := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + interval '1 month';
    bound text := rpad(lpad(to_hex((extract(epoch FROM month) * 1000)::bigint), 12, '0'), 32, '0');
BEGIN
    ALTER TABLE TABLE_NAME RENAME TO TABLE_NAME_before;
    CREATE TABLE TABLE_NAME (LIKE TABLE_NAME_before INCLUDING DEFAULTS) PARTITION BY RANGE (COLUMN_NAME);
    FOR one IN SELECT i.relname AS name, pg_get_indexdef(i.oid) AS definition, x.indisprimary AS is_primary,
               pg_get_constraintdef(c.oid) AS constraint_definition
               FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid LEFT JOIN pg_constraint c ON c.conindid = i.oid
               WHERE x.indrelid = 'TABLE_NAME_before'::regclass
    LOOP
        EXECUTE format('ALTER INDEX %I RENAME TO %I', one.name, one.name || '_before');
        IF one.is_primary THEN
            EXECUTE format('ALTER TABLE TABLE_NAME ADD CONSTRAINT %I %s', one.name, one.constraint_definition);
        ELSE
            EXECUTE replace(one.definition, 'TABLE_NAME_before', 'TABLE_NAME');
        END IF;
    END LOOP;
    EXECUTE format('ALTER TABLE TABLE_NAME ATTACH PARTITION TABLE_NAME_before FOR VALUES FROM (MINVALUE) TO (%L)', bound::uuid);
    CREATE TABLE TABLE_NAME_other PARTITION OF TABLE_NAME DEFAULT;
END $$";
