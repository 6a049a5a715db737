//! Events as they are read back: each with the key that opens it.

use carillon_ports::StoreError;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::columns::Columns;
use crate::entity::event;
use crate::error::store_error;
use crate::sql::Sql;

/// An event's row with the key that opens it; none when the person it is about was erased.
pub(crate) struct WithKey {
    pub(crate) row: event::Model,
    pub(crate) wrapped: Option<Vec<u8>>,
}

/// What [`WithKey::read`] takes, of `events` and the [`KEY`] beside it.
pub(crate) const COLUMNS: &str = "events.id, events.name, events.business_id, events.occurred_at, events.accepted_at, events.parts, \
     events.key_owner, events.data_sealed, event_keys.wrapped";
/// The key beside an event.
pub(crate) const KEY: &str = "LEFT JOIN data_keys AS event_keys ON event_keys.owner = events.key_owner";

impl WithKey {
    /// Takes the [`COLUMNS`]; none where no event was joined.
    pub(crate) fn read(columns: &mut Columns<'_>) -> Result<Option<Self>, StoreError> {
        let Some(id) = columns.take::<Option<Uuid>>()? else {
            columns.skip_others(COLUMNS);
            return Ok(None);
        };
        let row = event::Model {
            id,
            name: columns.take()?,
            business_id: columns.take()?,
            occurred_at: columns.take()?,
            accepted_at: columns.take()?,
            parts: columns.take()?,
            key_owner: columns.take()?,
            data_sealed: columns.take()?,
        };
        Ok(Some(Self { row, wrapped: columns.take()? }))
    }

    /// Those that a condition holds for, in the order of their ids where the condition ends with one.
    pub(crate) async fn select(
        connection: &impl ConnectionTrait,
        sql: Sql,
        condition: &str,
    ) -> Result<Vec<Self>, StoreError> {
        let statement = sql.statement(&format!("SELECT {COLUMNS} FROM events {KEY} WHERE {condition}"));
        let rows = connection.query_all_raw(statement).await.map_err(|error| store_error(&error))?;
        rows.iter().filter_map(|row| Self::read(&mut Columns::of(row)).transpose()).collect()
    }
}
