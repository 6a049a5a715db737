//! What the database's errors force the caller to do.

use carillon_ports::StoreError;
use carillon_ports::vault::VaultError;
use sea_orm::{DbErr, SqlErr};

/// A database error, shaped by what must be done about it. The text holds no values: they may be personal.
pub(crate) fn store_error(error: &DbErr) -> StoreError {
    match error {
        DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. } => StoreError::Corrupt(error.to_string()),
        _ => match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => {
                StoreError::Conflict("it is stored already".to_owned())
            }
            Some(_) => StoreError::Conflict("it refers to something that is not stored".to_owned()),
            None => StoreError::Unavailable(first_line(&error.to_string())),
        },
    }
}

/// A value that does not open.
pub(crate) fn sealed(error: &VaultError) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

/// A stored text that the domain cannot read back.
pub(crate) fn unreadable(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} is not what this version wrote"))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(200).collect()
}
