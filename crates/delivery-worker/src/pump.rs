//! The worker: one pump a channel, each with its own share of calls in flight, so that a channel whose provider hangs holds up no
//! other.

use std::sync::Arc;
use std::time::Duration;

use carillon_application::DeliverMessages;
use carillon_domain::Channel;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The most messages of one claim.
const AT_ONCE: usize = 64;
/// How long a pump waits for work before it looks whether it should stop.
const WAIT: Duration = Duration::from_secs(1);
/// How long a pump rests when the database is away.
const REST: Duration = Duration::from_secs(1);

/// Delivers what is due.
#[derive(Clone)]
pub struct Worker {
    deliver: DeliverMessages,
    concurrency: usize,
}

impl Worker {
    /// A worker with at most `concurrency` calls in flight a channel.
    pub fn new(deliver: DeliverMessages, concurrency: usize) -> Self {
        Self { deliver, concurrency: concurrency.max(1) }
    }

    /// Runs until stopped, then finishes what is in flight.
    pub async fn run(self, stop: CancellationToken) {
        let mut pumps = JoinSet::new();
        for channel in Channel::ALL {
            pumps.spawn(self.clone().pump(*channel, stop.clone()));
        }
        // A pump ends when it is stopped. One that ends by a panic must end the worker, not leave a channel silent.
        while let Some(ended) = pumps.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a pump ended");
                return;
            }
        }
    }

    async fn pump(self, channel: Channel, stop: CancellationToken) {
        let slots = Arc::new(Semaphore::new(self.concurrency));
        let in_flight = TaskTracker::new();
        while !stop.is_cancelled() {
            let permits = free_slots(&slots).await;
            if stop.is_cancelled() {
                break;
            }
            // Never dropped half-way: a claim that is committed and then forgotten would wait for its lease.
            let claimed = self.deliver.claim(channel, permits.len(), WAIT).await;
            match claimed {
                Ok(claimed) => {
                    for (claimed, permit) in claimed.into_iter().zip(permits) {
                        let deliver = self.deliver.clone();
                        in_flight.spawn(async move {
                            deliver.deliver(&claimed).await;
                            drop(permit);
                        });
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, %channel, "messages could not be claimed");
                    tokio::time::sleep(REST).await;
                }
            }
        }
        in_flight.close();
        in_flight.wait().await;
    }
}

/// Waits for one free slot, and takes all others that are free at that moment.
async fn free_slots(slots: &Arc<Semaphore>) -> Vec<OwnedSemaphorePermit> {
    let mut permits: Vec<OwnedSemaphorePermit> = slots.clone().acquire_owned().await.into_iter().collect();
    while permits.len() < AT_ONCE
        && let Ok(permit) = slots.clone().try_acquire_owned()
    {
        permits.push(permit);
    }
    permits
}
