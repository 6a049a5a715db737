//! The in-memory queue keeps the contract of the port, and what only this one promises.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use carillon_adapter_memory::MemoryQueue;
use carillon_domain::Channel;
use carillon_domain::Class;
use carillon_domain::ids::MessageId;
use carillon_ports::ready::Ready;
use carillon_ports::{Clock, Ids, ReadyQueue};
use carillon_testkit::clock::ManualClock;
use carillon_testkit::ids::CountingIds;

/// Longer than any of this takes; reached only where a wake-up is lost.
const PATIENCE: Duration = Duration::from_mins(1);

async fn memory_queue(clock: Arc<dyn Clock>) -> Arc<dyn ReadyQueue> {
    Arc::new(MemoryQueue::new(clock))
}

carillon_testkit::ready_queue_contract!(memory_queue);

fn ids(count: usize) -> Vec<Ready> {
    let (ids, clock) = (CountingIds::default(), ManualClock::default());
    (0..count)
        .map(|_| Ready {
            message: ids.message(clock.now()),
            class: Class::Immediate,
            business: None,
            channel: Channel::Email,
            pace: None,
        })
        .collect()
}

#[tokio::test]
async fn a_pop_that_is_given_up_takes_neither_an_id_nor_a_wake_up_with_it() {
    let queue = Arc::new(MemoryQueue::new(Arc::new(ManualClock::default())));
    for ready in ids(100) {
        let (given_up, patient) = (spawn_pop(&queue), spawn_pop(&queue));
        tokio::task::yield_now().await;
        queue.push(std::slice::from_ref(&ready)).await.unwrap();
        given_up.abort();
        // The first may have been woken, and may even have taken the id, before it was stopped: then it says so.
        let mut got = given_up.await.unwrap_or_default();
        if got.is_empty() {
            got = patient.await.unwrap();
        } else {
            patient.abort();
        }
        assert_eq!(got, [ready]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_pushers_and_many_poppers_lose_nothing_and_hand_nothing_out_twice() {
    const EACH: usize = 5_000;
    let queue = Arc::new(MemoryQueue::new(Arc::new(ManualClock::default())));
    let all = ids(4 * EACH);
    let poppers: Vec<_> = (0..8)
        .map(|number| {
            let queue = Arc::clone(&queue);
            // Half of them take one at a time: then there are more wake-ups than permits.
            let max = if number % 2 == 0 { 1 } else { 7 };
            tokio::spawn(async move {
                let mut got: Vec<MessageId> = Vec::new();
                while got.len() < EACH / 2 {
                    let room = max.min(EACH / 2 - got.len());
                    let taken = queue.pop(room, PATIENCE).await.unwrap();
                    assert!(!taken.is_empty(), "a wake-up was lost");
                    got.extend(taken.iter().map(|ready| ready.message));
                }
                got
            })
        })
        .collect();
    for part in all.chunks(EACH) {
        let (queue, part) = (Arc::clone(&queue), part.to_vec());
        tokio::spawn(async move {
            for few in part.chunks(3) {
                queue.push(few).await.unwrap();
            }
        });
    }
    let mut got = Vec::new();
    for popper in poppers {
        got.extend(popper.await.unwrap());
    }
    assert_eq!(got.len(), all.len());
    assert_eq!(HashSet::<MessageId>::from_iter(got), all.iter().map(|ready| ready.message).collect());
}

fn spawn_pop(queue: &Arc<MemoryQueue>) -> tokio::task::JoinHandle<Vec<Ready>> {
    let queue = Arc::clone(queue);
    tokio::spawn(async move { queue.pop(1, PATIENCE).await.unwrap() })
}
