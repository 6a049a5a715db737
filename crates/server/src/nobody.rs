//! The queue of a process that delivers nothing and has no Redis: an in-process queue that nobody empties would only grow. The workers' sweepers find
//! in the database what this process accepted.

use std::time::Duration;

use async_trait::async_trait;
use carillon_domain::Class;
use carillon_ports::ReadyQueue;
use carillon_ports::ready::{QueueError, Ready};

/// Holds nothing.
#[derive(Debug)]
pub(crate) struct NobodysQueue;

#[async_trait]
impl ReadyQueue for NobodysQueue {
    async fn push(&self, _ready: &[Ready]) -> Result<(), QueueError> {
        Ok(())
    }

    async fn pop(&self, _max: usize, wait: Duration) -> Result<Vec<Ready>, QueueError> {
        tokio::time::sleep(wait).await;
        Ok(Vec::new())
    }

    async fn depths(&self) -> Result<Vec<(Class, u64)>, QueueError> {
        Ok(Vec::new())
    }
}
