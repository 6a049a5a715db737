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
const AT_ONCE: usize = 128;
/// While more wait than can be taken, so many free slots are worth a claim: one for a handful costs nearly as much as one for many.
const WORTHWHILE: usize = 48;
/// So many messages at once are a crowd: more of them are on their way, and worth a moment.
const CROWD: usize = 8;
/// How long a claim waits for free slots, or for more of a crowd: not long, for some calls may hang.
const GATHER: Duration = Duration::from_millis(5);
/// How long a pump waits for work before it looks whether it should stop.
const WAIT: Duration = Duration::from_secs(1);
/// How long a pump rests when the database is away.
const REST: Duration = Duration::from_secs(1);

/// Delivers what is due.
#[derive(Clone)]
pub struct Worker {
    deliver: DeliverMessages,
    concurrency: usize,
    moved: Arc<dyn Fn() + Send + Sync>,
}

impl Worker {
    /// A worker with at most `concurrency` calls in flight a channel; `moved` is called when a message is finished.
    pub fn new(
        deliver: DeliverMessages,
        concurrency: usize,
        moved: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self { deliver, concurrency: concurrency.max(1), moved: Arc::new(moved) }
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
        let (mut has_backlog, mut last) = (false, 0);
        while !stop.is_cancelled() {
            let gathered = if has_backlog { WORTHWHILE.min(self.concurrency / 2) } else { 0 };
            let Some(mut free) = free_slots(&slots, gathered).await else { break };
            if (CROWD..WORTHWHILE).contains(&last) {
                tokio::time::sleep(GATHER).await;
            }
            if stop.is_cancelled() {
                break;
            }
            // Never dropped half-way: a claim that is committed and then forgotten would wait for its lease.
            let claimed = self.deliver.claim(channel, free.num_permits(), WAIT).await;
            match claimed {
                Ok(claimed) => {
                    (has_backlog, last) = (claimed.len() == free.num_permits(), claimed.len());
                    for (claimed, slot) in claimed.into_iter().zip(std::iter::from_fn(|| free.split(1))) {
                        let (deliver, moved) = (self.deliver.clone(), self.moved.clone());
                        in_flight.spawn(async move {
                            deliver.deliver(&claimed).await;
                            moved();
                            drop(slot);
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

/// Waits for one free slot, a moment for as many as `gathered`, and takes all others that are free then.
async fn free_slots(slots: &Arc<Semaphore>, gathered: usize) -> Option<OwnedSemaphorePermit> {
    let mut free = slots.clone().acquire_owned().await.ok()?;
    let more = u32::try_from(gathered.saturating_sub(1)).unwrap_or_default();
    if let Ok(Ok(more)) = tokio::time::timeout(GATHER, slots.clone().acquire_many_owned(more)).await {
        free.merge(more);
    }
    let others = slots.available_permits().min(AT_ONCE.saturating_sub(free.num_permits()));
    if let Ok(others) = slots.clone().try_acquire_many_owned(u32::try_from(others).unwrap_or_default()) {
        free.merge(others);
    }
    Some(free)
}
