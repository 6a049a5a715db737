//! Limits on how often something may be done, shared by all processes.

use std::time::Duration;

use async_trait::async_trait;

/// How often something may happen: on average `per_minute` times a minute, and up to `burst` times at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// On average, a minute. At least 1.
    pub per_minute: u32,
    /// At once. At least 1.
    pub burst: u32,
}

/// Asks to do something `count` times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What is limited, and for whom: `api:<key id>`. Nothing personal: ids only.
    pub key: String,
    /// How often it may happen.
    pub rate: Rate,
    /// How often it is to happen now: all of it, or nothing. More than `burst` is never granted.
    pub count: u32,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Go on: it is counted.
    Granted,
    /// Not now, and nothing is counted; the same may be granted after this long, unless others were granted until then.
    Wait(Duration),
}

/// Why a limit could not be looked up. The caller decides whether that means yes or no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the limits cannot be reached: {0}")]
pub struct LimitError(pub String);

/// Counts what is done, exactly, however many ask at once.
///
/// An adapter MUST grant no more than `burst` at once nor, over any time, more than the rate and one burst; MUST count a granted ask
/// whole and a refused one not at all; and MUST forget a key by itself once it is back to nothing. It MAY forget everything at any
/// time. The generic cell rate algorithm does all of that with one number a key: when the next one would be due if all had been
/// evenly spaced.
#[async_trait]
pub trait Limits: Send + Sync {
    /// Decides on each ask, in order.
    async fn take(&self, asks: &[Ask]) -> Result<Vec<Verdict>, LimitError>;
}
