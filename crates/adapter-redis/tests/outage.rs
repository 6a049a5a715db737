//! Redis may be emptied, restarted, away or hang: calls fail in bounded time, and later ones work again.

mod common;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use carillon_adapter_redis::{RedisFeed, RedisLimits, RedisServer};
use carillon_domain::Class;
use carillon_ports::limits::{Ask, Rate, Verdict};
use carillon_ports::live::{Change, Heard, News};
use carillon_ports::ready::Ready;
use carillon_ports::{Limits, LiveFeed, ReadyQueue};
use carillon_testkit::redis::PrivateRedis;
use common::{PATIENCE, ids, messages, paced, queue};

/// The two seconds that a call may take, and some for a machine that is busy.
const BOUND: Duration = Duration::from_secs(10);

/// Tries until Redis answers again.
async fn until_it_works<T, E: std::fmt::Display>(mut call: impl AsyncFnMut() -> Result<T, E>) -> T {
    let started = Instant::now();
    loop {
        match call().await {
            Ok(answer) => return answer,
            Err(error) => assert!(started.elapsed() < PATIENCE, "it does not work again: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_restart_loses_nothing_that_was_pushed_and_needs_no_restart_of_ours() {
    let redis = PrivateRedis::start();
    let queue = queue(&redis);
    let all = ids(300);
    queue.push(&all[..200]).await.unwrap();
    let mut left = queue.pop(50, Duration::ZERO).await.unwrap();
    redis.restart();
    // Neither the connection nor the scripts are there any more: the very next call works all the same.
    left.extend(queue.pop(50, Duration::ZERO).await.unwrap());
    redis.restart();
    queue.push(&all[200..]).await.unwrap();
    left.extend(queue.pop(500, Duration::ZERO).await.unwrap());
    assert_eq!((left.len(), messages(&left)), (all.len(), messages(&all)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pushes_and_pops_live_through_restarts_and_crashes_in_their_midst() {
    let redis = PrivateRedis::start();
    let (giver, taker) = (queue(&redis), queue(&redis));
    let (all, pushed) = (ids(3_000), AtomicBool::new(false));
    let pushing = async {
        for part in all.chunks(5) {
            until_it_works(async || giver.push(part).await).await;
        }
        pushed.store(true, Ordering::SeqCst);
    };
    let popping = async {
        let mut missing = messages(&all);
        loop {
            let was_last = pushed.load(Ordering::SeqCst);
            let left = until_it_works(async || taker.pop(20, Duration::from_millis(200)).await).await;
            for ready in &left {
                missing.remove(&ready.message);
            }
            if left.is_empty() && was_last {
                return missing;
            }
        }
    };
    let breaking = async {
        for stop in [PrivateRedis::stop, PrivateRedis::kill, PrivateRedis::stop, PrivateRedis::kill] {
            tokio::time::sleep(Duration::from_millis(150)).await;
            stop(&redis);
            tokio::time::sleep(Duration::from_millis(50)).await;
            redis.start_again();
        }
    };
    let ((), missing, ()) = tokio::join!(pushing, popping, breaking);
    // What a lost answer took along, the sweeper pushes again; nothing may be stuck.
    let lost: Vec<Ready> = all.iter().filter(|ready| missing.contains(&ready.message)).cloned().collect();
    assert!(lost.len() <= 4 * 20, "{} of 3000 were lost", lost.len());
    giver.push(&lost).await.unwrap();
    let again = taker.pop(1_000, Duration::ZERO).await.unwrap();
    assert_eq!(messages(&again), messages(&lost));
    assert_eq!(redis.ask("DBSIZE"), ":0");
}

#[tokio::test]
async fn while_redis_is_away_every_call_fails_at_once_and_a_wait_ends() {
    let redis = PrivateRedis::start();
    let queue = queue(&redis);
    let waiting = {
        let queue = queue.clone();
        tokio::spawn(async move { queue.pop(1, PATIENCE).await })
    };
    let all = ids(100);
    queue.push(&all[..1]).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), all[..1]);
    let waiting = {
        let queue = queue.clone();
        tokio::spawn(async move { queue.pop(1, PATIENCE).await })
    };
    tokio::task::yield_now().await;
    redis.stop();
    let started = Instant::now();
    assert!(queue.push(&all[..1]).await.is_err());
    assert!(queue.push(&all).await.is_err());
    assert!(queue.pop(1, PATIENCE).await.is_err());
    assert!(queue.depths().await.is_err());
    assert!(waiting.await.unwrap().is_err());
    assert!(started.elapsed() < BOUND, "it took {:?}", started.elapsed());
    redis.start_again();
    queue.push(&all).await.unwrap();
    assert_eq!(queue.pop(100, Duration::ZERO).await.unwrap().len(), 100);
}

#[tokio::test]
async fn a_redis_that_hangs_holds_nobody_up_for_long() {
    let redis = PrivateRedis::start();
    let queue = queue(&redis);
    let all = ids(3);
    queue.push(&all[..1]).await.unwrap();
    redis.freeze();
    let started = Instant::now();
    assert!(queue.push(&all[1..2]).await.is_err());
    assert!(started.elapsed() < BOUND, "it took {:?}", started.elapsed());
    redis.thaw();
    until_it_works(async || queue.push(&all).await).await;
    let left = until_it_works(async || queue.pop(10, Duration::ZERO).await).await;
    assert_eq!(messages(&left), messages(&all));
}

#[tokio::test]
async fn an_emptied_redis_is_an_empty_queue() {
    let redis = PrivateRedis::start();
    let queue = queue(&redis);
    let all = ids(100);
    queue.push(&all).await.unwrap();
    queue.push(&paced(100, 60)).await.unwrap();
    assert_eq!(redis.ask("FLUSHALL"), "+OK");
    assert_eq!(queue.pop(100, Duration::ZERO).await, Ok(vec![]));
    assert_eq!(queue.depths().await.unwrap(), Class::ALL.iter().map(|class| (*class, 0)).collect::<Vec<_>>());
    // What the sweeper finds in the database may be pushed again at once.
    queue.push(&all).await.unwrap();
    assert_eq!(redis.ask("SCRIPT FLUSH"), "+OK");
    assert_eq!(messages(&queue.pop(100, Duration::ZERO).await.unwrap()), messages(&all));
}

#[tokio::test]
async fn a_listener_hears_of_a_gap_after_an_outage_and_then_of_everything() {
    let redis = PrivateRedis::start();
    let server = RedisServer::open(&redis.url()).unwrap();
    let feed = RedisFeed::new(&server);
    let news = |seq| News { person: "camille".parse().unwrap(), change: Change::Seen { seq } };
    let mut listener = feed.listen().await.unwrap();
    feed.tell(&[news(1)]).await.unwrap();
    assert_eq!(listener.hear().await, Some(Heard::News(news(1))));
    redis.stop();
    assert!(feed.tell(&[news(2)]).await.is_err());
    redis.start_again();
    assert_eq!(tokio::time::timeout(PATIENCE, listener.hear()).await.unwrap(), Some(Heard::Gap));
    feed.tell(&[news(3)]).await.unwrap();
    assert_eq!(listener.hear().await, Some(Heard::News(news(3))));
    drop(feed);
    assert_eq!(tokio::time::timeout(PATIENCE, listener.hear()).await.unwrap(), None);
}

#[tokio::test]
async fn limits_answer_again_after_an_outage() {
    let redis = PrivateRedis::start();
    let limits = RedisLimits::new(&RedisServer::open(&redis.url()).unwrap());
    let ask = |key: &str| Ask { key: key.to_owned(), rate: Rate { per_minute: 1, burst: 1 }, count: 1 };
    assert_eq!(limits.take(&[ask("api:1")]).await.unwrap(), [Verdict::Granted]);
    redis.stop();
    assert!(limits.take(&[ask("api:1")]).await.is_err());
    redis.start_again();
    let verdicts = limits.take(&[ask("api:1"), ask("api:2")]).await.unwrap();
    assert!(
        matches!(verdicts[..], [Verdict::Wait(wait), Verdict::Granted] if wait <= Duration::from_mins(1))
    );
}

#[tokio::test]
async fn what_is_no_url_of_a_redis_is_refused_without_repeating_it() {
    for url in ["", "localhost:6379", "http://secret@host", "redis://:secret@host:port", "rediss://"] {
        let error = RedisServer::open(url).err().map(|error| error.to_string());
        let error = error.unwrap_or_else(|| panic!("{url} is accepted"));
        assert!(error.contains("redis://host:port") && !error.contains("secret"), "{error}");
    }
}
