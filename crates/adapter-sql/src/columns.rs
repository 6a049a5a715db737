//! Rows read column by column, in the order in which a statement selects them: on the hot path, finding some forty columns a message by
//! their names would cost more than finding the message.

use carillon_ports::StoreError;
use sea_orm::QueryResult;
use sea_orm::sqlx::{Decode, Postgres, Row, Sqlite, Type};

use crate::error::unreadable;

/// A row of which some columns were taken already.
pub(crate) struct Columns<'r> {
    row: &'r QueryResult,
    taken: usize,
}

impl<'r> Columns<'r> {
    /// A row from its first column on.
    pub(crate) fn of(row: &'r QueryResult) -> Self {
        Self { row, taken: 0 }
    }

    /// Takes the next column.
    pub(crate) fn take<T>(&mut self) -> Result<T, StoreError>
    where
        T: Decode<'r, Postgres> + Type<Postgres> + Decode<'r, Sqlite> + Type<Sqlite>,
    {
        let column = self.taken;
        self.taken += 1;
        let value = match (self.row.try_as_pg_row(), self.row.try_as_sqlite_row()) {
            (Some(row), _) => row.try_get(column).ok(),
            (None, Some(row)) => row.try_get(column).ok(),
            (None, None) => None,
        };
        value.ok_or_else(|| unreadable("a column"))
    }

    /// Leaves out the others of a list of columns of which the first was taken: those of a row that was not there to be joined.
    pub(crate) fn skip_others(&mut self, list: &str) {
        self.taken += list.matches(',').count();
    }
}
