//! Processes that share a queue, and the time of Redis.

mod common;

use std::time::{Duration, Instant};

use carillon_ports::ReadyQueue;
use carillon_testkit::redis::PrivateRedis;
use common::{PATIENCE, ids, messages, paced, queue};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_that_pop_the_same_queue_never_get_one_id_twice() {
    let redis = PrivateRedis::start();
    let queues = [queue(&redis), queue(&redis)];
    let all = ids(4_000);
    let popping: Vec<_> = queues
        .iter()
        .map(|queue| {
            let queue = queue.clone();
            tokio::spawn(async move {
                let mut got = Vec::new();
                loop {
                    let left = queue.pop(7, Duration::from_secs(2)).await.unwrap();
                    if left.is_empty() {
                        return got;
                    }
                    got.extend(left);
                }
            })
        })
        .collect();
    for (number, part) in all.chunks(11).enumerate() {
        // The same id from both, as two sweepers would push it.
        queues[number % 2].push(part).await.unwrap();
        queues[1 - number % 2].push(&part[..1]).await.unwrap();
    }
    let mut got = Vec::new();
    for popping in popping {
        got.extend(popping.await.unwrap());
    }
    // An id that was handed out may be pushed and handed out again, and no more than that.
    assert!(got.len() <= all.len() + all.len().div_ceil(11), "{} were handed out", got.len());
    assert_eq!(messages(&got), messages(&all));
}

#[tokio::test]
async fn a_push_in_one_process_wakes_a_wait_in_another() {
    let redis = PrivateRedis::start();
    let (here, there) = (queue(&redis), queue(&redis));
    for ready in ids(20) {
        let waiting = {
            let there = there.clone();
            tokio::spawn(async move { there.pop(1, PATIENCE).await })
        };
        here.push(std::slice::from_ref(&ready)).await.unwrap();
        assert_eq!(waiting.await.unwrap().unwrap(), [ready]);
    }
}

#[tokio::test]
async fn a_pace_is_kept_by_the_time_of_redis_and_leaves_nothing_behind_but_what_expires() {
    let redis = PrivateRedis::start();
    let queue = queue(&redis);
    let all = paced(12, 600);
    let started = Instant::now();
    queue.push(&all).await.unwrap();
    let mut left = queue.pop(100, Duration::ZERO).await.unwrap();
    assert!((10..=12).contains(&left.len()), "a second's worth leaves at once, not {}", left.len());
    while left.len() < all.len() {
        left.extend(queue.pop(100, PATIENCE).await.unwrap());
    }
    assert_eq!(left, all);
    assert!(started.elapsed() >= Duration::from_millis(200), "two intervals had to pass");
    assert_eq!(queue.pop(100, Duration::ZERO).await, Ok(vec![]));
    let kept = "local n = 0 for _, k in ipairs(redis.call('KEYS', '*')) do if redis.call('PTTL', k) < 0 then n = n + 1 end end return n";
    assert_eq!(redis.ask(&format!("EVAL \"{kept}\" 0")), ":0");
}
