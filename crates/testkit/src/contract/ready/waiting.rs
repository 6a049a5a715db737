//! Waiting, waking, and many callers at once.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use carillon_domain::Class;
use carillon_ports::ready::Ready;
use carillon_ports::{Clock, ReadyQueue};
use tokio::task::JoinHandle;

use super::{Bench, PATIENCE};

/// It waits as long as asked, and not much longer.
pub async fn an_empty_queue_answers_nothing_after_the_wait(
    make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>,
) {
    let bench = Bench::new(make).await;
    let wait = Duration::from_millis(60);
    let started = Instant::now();
    assert_eq!(bench.queue.pop(5, wait).await, Ok(vec![]));
    assert!(started.elapsed() >= wait);
    assert!(started.elapsed() < PATIENCE / 2);
}

/// A push ends the wait.
pub async fn a_waiting_pop_is_woken_by_a_push(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    let started = Instant::now();
    let waiting = spawn_pop(&bench, 5);
    tokio::task::yield_now().await;
    let ready = bench.many(1, Class::Immediate, "salon");
    bench.push(&ready).await;
    assert_eq!(waiting.await.expect("it does not panic"), ready);
    assert!(started.elapsed() < PATIENCE / 2);
}

/// Four ids in one push are for four that wait, not for the first of them alone.
pub async fn one_push_wakes_as_many_as_it_feeds(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    let waiting: Vec<_> = (0..4).map(|_| spawn_pop(&bench, 1)).collect();
    tokio::task::yield_now().await;
    let ready = bench.many(4, Class::Immediate, "salon");
    bench.push(&ready).await;
    let mut left = Vec::new();
    for pop in waiting {
        left.extend(pop.await.expect("it does not panic"));
    }
    left.sort_by_key(|ready| ready.message);
    assert_eq!(left, ready);
}

/// Eight callers empty the queue together; nothing is lost, nothing goes out twice.
pub async fn each_id_goes_to_one_caller(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    let all = bench.many(2_000, Class::Immediate, "salon");
    bench.push(&all).await;
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let queue = Arc::clone(&bench.queue);
            tokio::spawn(async move {
                let mut got = Vec::new();
                loop {
                    let few = queue.pop(7, Duration::ZERO).await.expect("the queue answers");
                    if few.is_empty() {
                        return got;
                    }
                    got.extend(few);
                }
            })
        })
        .collect();
    let mut got = Vec::new();
    for caller in callers {
        got.extend(caller.await.expect("it does not panic"));
    }
    assert_eq!(got.len(), all.len());
    let ids = |list: &[Ready]| list.iter().map(|ready| ready.message).collect::<HashSet<_>>();
    assert_eq!(ids(&got), ids(&all));
}

/// Pushes and waits that meet by chance, again and again: an id never lies there while somebody waits.
pub async fn no_wake_up_is_lost(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    for _ in 0..200 {
        let waiting: Vec<_> = (0..3).map(|_| spawn_pop(&bench, 1)).collect();
        for ready in bench.many(3, Class::Immediate, "salon") {
            bench.push(&[ready]).await;
        }
        for pop in waiting {
            assert_eq!(pop.await.expect("it does not panic").len(), 1, "it slept while an id was there");
        }
    }
}

fn spawn_pop(bench: &Bench, max: usize) -> JoinHandle<Vec<Ready>> {
    let queue = Arc::clone(&bench.queue);
    tokio::spawn(async move { queue.pop(max, PATIENCE).await.expect("the queue answers") })
}
