//! What a store can answer instead of doing its work.

/// Why a store did not do its work, shaped by what the caller must do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It contradicts what is stored: tell the caller, do not repeat. The text is safe to show.
    #[error("{0}")]
    Conflict(String),
    /// Somebody changed what it was worked out from: read again and repeat. Nothing was written.
    #[error("it was changed by somebody else in the same moment")]
    Overtaken,
    /// The database is away or too busy: answer 503, repeat later. The text is for the log.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// What is stored cannot be read back: an operator must look.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
}
