//! The ready queue: ids of work that is due. It only hints; the database is the truth.

use std::time::Duration;

use async_trait::async_trait;
use carillon_domain::ids::{BatchId, BusinessId, MessageId};
use carillon_domain::{Channel, Class};

/// A message that is due. Ids only: a queue holds nothing personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// Which message.
    pub message: MessageId,
    /// How urgent it is.
    pub class: Class,
    /// Whose it is: within a class, businesses take turns.
    pub business: Option<BusinessId>,
    /// How it travels.
    pub channel: Channel,
    /// For BULK: the batch, and how many of it may leave a minute.
    pub pace: Option<Pace>,
}

/// How fast a bulk batch leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The batch.
    pub batch: BatchId,
    /// Messages a minute; 0 is as fast as it goes.
    pub per_minute: u32,
}

/// Why the queue did not do its work. The message is not lost: the sweeper finds it in the database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ready queue cannot be reached: {0}")]
pub struct QueueError(pub String);

/// Hands out what is due.
///
/// An adapter MUST hand out CRITICAL before IMMEDIATE before SCHEDULED before BULK; MUST let businesses take turns within a
/// class; MUST keep a batch's pace; MUST hold an id at most once, however often it is pushed; and MUST hand each id to one
/// caller. It MAY lose everything at any time.
#[async_trait]
pub trait ReadyQueue: Send + Sync {
    /// Adds what is due and wakes whoever waits.
    async fn push(&self, ready: &[Ready]) -> Result<(), QueueError>;

    /// Takes up to `max` in order of urgency; waits up to `wait` for the first one, without polling.
    async fn pop(&self, max: usize, wait: Duration) -> Result<Vec<Ready>, QueueError>;

    /// How many wait, by class.
    async fn depths(&self) -> Result<Vec<(Class, u64)>, QueueError>;
}
