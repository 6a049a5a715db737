//! A queue of one's own for the time in which the shared one is away.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use carillon_domain::Class;
use carillon_ports::ReadyQueue;
use carillon_ports::ready::{QueueError, Ready};

/// The shared queue while it can be reached, one's own while it cannot: what the sweeper finds in the database is delivered all the
/// same. Several processes may then hold the same id, and both queues too; whoever claims it first has it.
pub struct StandbyQueue {
    shared: Arc<dyn ReadyQueue>,
    own: Arc<dyn ReadyQueue>,
}

impl StandbyQueue {
    /// `own` must never fail, and is emptied by this process alone.
    pub fn new(shared: Arc<dyn ReadyQueue>, own: Arc<dyn ReadyQueue>) -> Self {
        Self { shared, own }
    }
}

#[async_trait]
impl ReadyQueue for StandbyQueue {
    async fn push(&self, ready: &[Ready]) -> Result<(), QueueError> {
        match self.shared.push(ready).await {
            Ok(()) => Ok(()),
            Err(_) => self.own.push(ready).await,
        }
    }

    async fn pop(&self, max: usize, wait: Duration) -> Result<Vec<Ready>, QueueError> {
        // What was put aside during an outage leaves first, also when the shared queue is back.
        let aside = self.own.pop(max, Duration::ZERO).await?;
        if !aside.is_empty() {
            return Ok(aside);
        }
        match self.shared.pop(max, wait).await {
            Ok(taken) => Ok(taken),
            Err(_) => self.own.pop(max, wait).await,
        }
    }

    async fn depths(&self) -> Result<Vec<(Class, u64)>, QueueError> {
        let own = self.own.depths().await?;
        let Ok(shared) = self.shared.depths().await else { return Ok(own) };
        let in_shared =
            |class| shared.iter().filter(|(other, _)| *other == class).map(|(_, count)| count).sum::<u64>();
        Ok(own.into_iter().map(|(class, count)| (class, count + in_shared(class))).collect())
    }
}
