//! Why Redis did not do what it was asked.

use deadpool_redis::redis::RedisError;

/// Redis did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Away(String);

/// Why Redis did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// What Redis or its client says.
    #[error("{0}")]
    Redis(RedisError),
    /// It did not answer in time.
    #[error("Redis did not answer in time")]
    Late,
    /// There is no connection.
    #[error("{0}")]
    Other(String),
}

impl From<Failure> for Away {
    fn from(failure: Failure) -> Self {
        Self(failure.to_string())
    }
}

impl Away {
    /// Redis answered what it never should.
    pub(crate) fn nonsense() -> Self {
        Self("Redis gave an answer that makes no sense".to_owned())
    }

    /// The task that asks Redis has ended with its runtime.
    pub(crate) fn stopped() -> Self {
        Self("the process is shutting down".to_owned())
    }

    /// Redis ended the connection.
    pub(crate) fn hung_up() -> Self {
        Self("Redis ended the connection".to_owned())
    }

    /// It took too long.
    pub(crate) fn late() -> Self {
        Failure::Late.into()
    }
}

impl From<RedisError> for Away {
    fn from(error: RedisError) -> Self {
        Self(error.to_string())
    }
}

/// Whether the next use of the connection would fare no better: it is broken, or leads to what has become a replica.
pub(crate) fn is_useless(error: &RedisError) -> bool {
    error.is_unrecoverable_error() || error.is_timeout() || error.code() == Some("READONLY")
}
