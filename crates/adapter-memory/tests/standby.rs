//! The standby queue keeps the contract of the port whether the shared queue is there or not, and loses nothing in between.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use carillon_adapter_memory::{MemoryQueue, StandbyQueue};
use carillon_domain::{Channel, Class};
use carillon_ports::ready::{QueueError, Ready};
use carillon_ports::{Clock, Ids, ReadyQueue};
use carillon_testkit::clock::ManualClock;
use carillon_testkit::ids::CountingIds;

/// A queue that can be away.
struct Distant {
    queue: MemoryQueue,
    is_away: AtomicBool,
}

impl Distant {
    fn new(clock: Arc<dyn Clock>, is_away: bool) -> Arc<Self> {
        Arc::new(Self { queue: MemoryQueue::new(clock), is_away: AtomicBool::new(is_away) })
    }

    fn reach(&self) -> Result<&MemoryQueue, QueueError> {
        if self.is_away.load(Ordering::SeqCst) {
            Err(QueueError("it is away".to_owned()))
        } else {
            Ok(&self.queue)
        }
    }
}

#[async_trait]
impl ReadyQueue for Distant {
    async fn push(&self, ready: &[Ready]) -> Result<(), QueueError> {
        self.reach()?.push(ready).await
    }

    async fn pop(&self, max: usize, wait: Duration) -> Result<Vec<Ready>, QueueError> {
        self.reach()?.pop(max, wait).await
    }

    async fn depths(&self) -> Result<Vec<(Class, u64)>, QueueError> {
        self.reach()?.depths().await
    }
}

fn standby(shared: Arc<Distant>, clock: Arc<dyn Clock>) -> Arc<dyn ReadyQueue> {
    Arc::new(StandbyQueue::new(shared, Arc::new(MemoryQueue::new(clock))))
}

mod while_the_shared_queue_is_there {
    use super::*;

    async fn queue(clock: Arc<dyn Clock>) -> Arc<dyn ReadyQueue> {
        standby(Distant::new(clock.clone(), false), clock)
    }

    carillon_testkit::ready_queue_contract!(queue);
}

mod while_the_shared_queue_is_away {
    use super::*;

    async fn queue(clock: Arc<dyn Clock>) -> Arc<dyn ReadyQueue> {
        standby(Distant::new(clock.clone(), true), clock)
    }

    carillon_testkit::ready_queue_contract!(queue);
}

#[tokio::test]
async fn what_was_put_aside_leaves_also_when_the_shared_queue_is_back() {
    let clock = Arc::new(ManualClock::default());
    let shared = Distant::new(clock.clone(), false);
    let queue = standby(shared.clone(), clock.clone());
    let ids = CountingIds::default();
    let ready = |class| Ready {
        message: ids.message(clock.now()),
        class,
        business: None,
        channel: Channel::Email,
        pace: None,
    };
    let (before, during) = (ready(Class::Immediate), ready(Class::Bulk));
    queue.push(std::slice::from_ref(&before)).await.unwrap();
    shared.is_away.store(true, Ordering::SeqCst);
    queue.push(std::slice::from_ref(&during)).await.unwrap();
    shared.is_away.store(false, Ordering::SeqCst);
    let counts: Vec<u64> = queue.depths().await.unwrap().into_iter().map(|(_, count)| count).collect();
    assert_eq!(counts, [0, 1, 0, 1]);
    assert_eq!(queue.pop(5, Duration::ZERO).await, Ok(vec![during]));
    assert_eq!(queue.pop(5, Duration::ZERO).await, Ok(vec![before]));
}
