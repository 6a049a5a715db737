//! Events as they are read back: each with the key that opens it.

use carillon_ports::StoreError;
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::entity::event;
use crate::error::store_error;
use crate::sql::Sql;

/// An event's row with the key that opens it; none when the person it is about was erased.
#[derive(FromQueryResult)]
pub(crate) struct WithKey {
    #[sea_orm(nested)]
    pub(crate) row: event::Model,
    pub(crate) wrapped: Option<Vec<u8>>,
}

impl WithKey {
    /// Those that a condition holds for, in the order of their ids where the condition ends with one.
    pub(crate) async fn select(
        connection: &impl ConnectionTrait,
        sql: Sql,
        condition: &str,
    ) -> Result<Vec<Self>, StoreError> {
        let statement = sql.statement(&format!(
            "SELECT events.*, data_keys.wrapped AS wrapped FROM events LEFT JOIN data_keys ON data_keys.owner = events.key_owner \
             WHERE {condition}"
        ));
        Self::find_by_statement(statement).all(connection).await.map_err(|error| store_error(&error))
    }
}
