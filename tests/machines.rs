//! Several processes on one PostgreSQL and one Redis, as on several machines: two that answer requests, two that deliver.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use carillon_testkit::redis::PrivateRedis;
use serde_json::Value;
use tokio::time::timeout;

use crate::app::{App, Database, Process, World, until};
use crate::live::{follow_through_cuts, news_for_the_client, token_of_the_client};
use crate::requests::payment;
use carillon_testkit::websocket::LiveClient;

/// Payments make two e-mails and two in-app items each.
const EVENTS: usize = 10_000;
/// Events of the test that loses its Redis.
const FEWER: usize = 1_500;
/// Requests at once.
const CONNECTIONS: usize = 32;

/// Two of each role, and what they share. The database goes with the test run, Redis with this.
struct Machines {
    world: World,
    redis: PrivateRedis,
    apis: [App; 2],
    _workers: [Process; 2],
}

impl Machines {
    async fn start() -> Self {
        let redis = PrivateRedis::start();
        let mut world = World::new(Database::Postgres).await;
        world.set("REDIS_URL", &redis.url());
        let key = world.make_key().await;
        let apis = [world.start_roles("api", &key).await, world.start_roles("api", &key).await];
        let workers = [world.spawn_roles("worker,planner").await, world.spawn_roles("worker").await];
        Self { world, redis, apis, _workers: workers }
    }

    /// Posts payments to both servers in turn, and answers the ids of the e-mails that they promise.
    async fn post(&self, count: usize, so_far: &AtomicUsize) -> BTreeSet<String> {
        let next = AtomicUsize::new(0);
        let posting = (0..CONNECTIONS).map(|connection| {
            let (api, next) = (&self.apis[connection % self.apis.len()], &next);
            async move {
                let mut promised = BTreeSet::new();
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= count {
                        return promised;
                    }
                    promised.extend(emails(&api.post_until_answered("/v1/events", &payment(number)).await));
                    so_far.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
        futures_util::future::join_all(posting).await.into_iter().flatten().collect()
    }

    /// Waits until everything promised has arrived, each once.
    async fn arrived_once(&self, promised: &BTreeSet<String>) {
        until("every message arrives", || async { self.world.sendgrid.unique_messages() >= promised.len() })
            .await;
        let taken = self.world.sendgrid.times_taken();
        assert_eq!(taken.keys().cloned().collect::<BTreeSet<_>>(), *promised);
        let repeated: Vec<_> = taken.iter().filter(|(_, times)| **times > 1).collect();
        assert!(repeated.is_empty(), "arrived more than once: {repeated:?}");
    }
}

fn emails(report: &Value) -> Vec<String> {
    let notifications = report["notifications"].as_array().into_iter().flatten();
    notifications
        .flat_map(|notification| notification["messages"].as_array().into_iter().flatten())
        .filter(|message| message["channel"] == "email" && message["status"] == "queued")
        .filter_map(|message| message["id"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_events_over_four_processes_arrive_once_each() {
    let machines = Machines::start().await;
    let promised = machines.post(EVENTS, &AtomicUsize::new(0)).await;
    assert_eq!(promised.len(), 2 * EVENTS);
    machines.arrived_once(&promised).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_emptied_and_a_restarted_redis_lose_nothing() {
    let machines = Arc::new(Machines::start().await);
    let so_far = Arc::new(AtomicUsize::new(0));
    let (posting, counted) = (machines.clone(), so_far.clone());
    let posting = tokio::spawn(async move { posting.post(FEWER, &counted).await });
    until("some are accepted", || async { so_far.load(Ordering::SeqCst) > FEWER / 4 }).await;
    machines.redis.ask("FLUSHALL");
    until("more are accepted", || async { so_far.load(Ordering::SeqCst) > FEWER / 2 }).await;
    let restarting = machines.clone();
    tokio::task::spawn_blocking(move || restarting.redis.restart()).await.expect("it restarts");
    let promised = posting.await.expect("no panic");
    assert_eq!(promised.len(), 2 * FEWER);
    machines.arrived_once(&promised).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_on_one_server_hears_of_an_event_that_another_accepted() {
    let machines = Machines::start().await;
    let [here, there] = &machines.apis;
    let token = token_of_the_client(there).await;
    let (mut page, _) = LiveClient::join(&here.url, &token, None).await;
    there.post_until_answered("/v1/events", &news_for_the_client(1)).await;
    // Far sooner than the page would be found behind by a look into the database.
    let notification = timeout(Duration::from_secs(15), page.expect("notification")).await.expect("by news");
    assert_eq!(notification["seq"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_cut_off_twenty_times_and_comes_back_to_either_server_misses_nothing() {
    const COUNT: usize = 120;
    let machines = Machines::start().await;
    let token = token_of_the_client(&machines.apis[0]).await;
    let posting = async {
        for number in 0..COUNT {
            machines.apis[number % 2].post_until_answered("/v1/events", &news_for_the_client(number)).await;
        }
    };
    let servers = [machines.apis[0].url.as_str(), machines.apis[1].url.as_str()];
    let (seen, ()) = tokio::join!(follow_through_cuts(&servers, &token, 20, COUNT), posting);
    assert_eq!(seen, (1..=i64::try_from(COUNT).expect("a number")).collect::<Vec<_>>());
}
