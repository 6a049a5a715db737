//! Clients as booking apps should be: each event has an `Idempotency-Key`, and is posted with it again until it is accepted, now to one
//! server and now to the other.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::bail;
use reqwest::Client;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::answer::{Answer, Tally};
use crate::booking;
use crate::servers::Servers;
use crate::stage::Stage;

/// How long a client waits for an answer. The service promises one within 5 s.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a client goes on asking.
const GIVES_UP: Duration = Duration::from_mins(3);
/// The first and the longest wait before an event is posted again.
const WAITS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));
/// How long a connection is kept for the next request; shorter than the server keeps it.
const IDLE: Duration = Duration::from_secs(4);

/// A message that an answer promised.
#[derive(Debug, Clone)]
pub struct Promised {
    /// Its id.
    pub id: String,
    /// How it travels.
    pub channel: String,
    /// Which event it is of.
    pub number: usize,
    /// The id of that event.
    pub event: String,
    /// When the answer had been read.
    pub at: std::time::Instant,
}

/// What came of posting.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// How many events were accepted.
    pub events: usize,
    /// The messages that are to be sent, of all channels.
    pub promised: Vec<Promised>,
    /// The requests, by what came of them.
    pub tally: Tally,
    /// Events that were given up, and why the last request for each failed.
    pub given_up: Vec<String>,
}

/// Clients that post as many events a second as they are told, until they are told to finish. While all of them wait for answers, no
/// further event is posted: people who cannot book do not multiply.
pub struct Load {
    desk: Arc<Desk>,
    posting: JoinHandle<()>,
    balancing: Option<JoinHandle<()>>,
}

struct Desk {
    http: Client,
    servers: Arc<Servers>,
    key: String,
    clients: Arc<Semaphore>,
    stop: AtomicBool,
    accepted: AtomicUsize,
    answers: Mutex<Answers>,
}

impl Load {
    /// Starts so many clients that post to the servers of a stage.
    pub fn start(stage: &Stage, per_second: u32, clients: usize) -> anyhow::Result<Self> {
        let client = Client::builder().no_proxy().timeout(ANSWER).pool_idle_timeout(IDLE).build()?;
        let desk = Arc::new(Desk {
            http: client,
            servers: Arc::new(Servers::new(&stage.urls)),
            key: stage.key.clone(),
            clients: Arc::new(Semaphore::new(clients.max(1))),
            stop: AtomicBool::new(false),
            accepted: AtomicUsize::new(0),
            answers: Mutex::default(),
        });
        let posting = tokio::spawn(desk.clone().post_all(per_second));
        Ok(Self { desk, posting, balancing: None })
    }

    /// From now on behind a load balancer, which asks nobody who is not ready.
    pub fn balanced(mut self) -> anyhow::Result<Self> {
        self.balancing = Some(self.desk.servers.follow()?);
        Ok(self)
    }

    /// How many events were accepted so far.
    pub fn accepted(&self) -> usize {
        self.desk.accepted.load(Ordering::SeqCst)
    }

    /// Waits until so many events were accepted.
    pub async fn until_accepted(&self, count: usize) -> anyhow::Result<()> {
        let (mut last, mut since) = (0, Instant::now());
        while self.accepted() < count {
            if self.accepted() > last {
                (last, since) = (self.accepted(), Instant::now());
            }
            if since.elapsed() > GIVES_UP {
                bail!(
                    "only {last} of {count} events were accepted, and none for {GIVES_UP:?}: {:?}",
                    self.desk.lock().tally
                );
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// The ids of the events of these numbers, as far as they were accepted.
    pub fn events(&self, numbers: &HashSet<usize>) -> Vec<String> {
        let answers = self.desk.lock();
        let wanted = answers.promised.iter().filter(|promised| numbers.contains(&promised.number));
        wanted.map(|promised| promised.event.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Posts nothing new, waits for the answers that are missing, and says what came of it.
    pub async fn finish(self) -> anyhow::Result<Answers> {
        self.desk.stop.store(true, Ordering::SeqCst);
        self.posting.await?;
        self.balancing.inspect(JoinHandle::abort);
        Ok(std::mem::take(&mut *self.desk.lock()))
    }
}

impl Desk {
    /// By the clock, whether earlier ones were answered or not, as long as there are clients.
    async fn post_all(self: Arc<Self>, per_second: u32) {
        let mut pace = interval(Duration::from_secs(1) / per_second.max(1));
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut posts = JoinSet::new();
        for number in 0.. {
            pace.tick().await;
            // Never closed.
            let Ok(client) = self.clients.clone().acquire_owned().await else { break };
            if self.stop.load(Ordering::SeqCst) {
                break;
            }
            let posting = self.clone().post(number);
            posts.spawn(async move {
                posting.await;
                drop(client);
            });
            while posts.try_join_next().is_some() {}
        }
        posts.join_all().await;
    }

    async fn post(self: Arc<Self>, number: usize) {
        let (body, started, mut wait) = (booking::event(number).to_string(), Instant::now(), WAITS.0);
        for turn in number.. {
            let asked = Instant::now();
            let answer = self.ask(turn, number, body.clone()).await;
            self.lock().tally.note(&answer, asked.elapsed());
            let why = || format!("event {number}: {answer:?}");
            match &answer {
                Answer::Accepted(report) => return self.accept(number, report),
                Answer::Rejected(..) => return self.lock().given_up.push(why()),
                // Nobody is there: the other server is.
                Answer::Refused if turn == number => {}
                Answer::Refused
                | Answer::Throttled
                | Answer::Failed(_)
                | Answer::Reset
                | Answer::Broken(_)
                | Answer::Hung => {
                    if started.elapsed() > GIVES_UP {
                        return self.lock().given_up.push(why());
                    }
                    sleep(wait).await;
                    wait = (wait * 2).min(WAITS.1);
                }
            }
        }
    }

    async fn ask(&self, turn: usize, number: usize, body: String) -> Answer {
        let url = format!("{}/v1/events", self.servers.pick(turn));
        let request = self.http.post(url).bearer_auth(&self.key).header("Content-Type", "application/json");
        Answer::of(request.header("Idempotency-Key", format!("key-{number}")).body(body).send().await).await
    }

    fn accept(&self, number: usize, report: &serde_json::Value) {
        let at = std::time::Instant::now();
        let event = report["event_id"].as_str().unwrap_or_default();
        let notifications = report["notifications"].as_array().into_iter().flatten();
        let messages =
            notifications.flat_map(|notification| notification["messages"].as_array().into_iter().flatten());
        let promised = messages.filter(|message| message["status"] == "queued").map(|message| Promised {
            id: message["id"].as_str().unwrap_or_default().to_owned(),
            channel: message["channel"].as_str().unwrap_or_default().to_owned(),
            number,
            event: event.to_owned(),
            at,
        });
        let mut answers = self.lock();
        answers.promised.extend(promised);
        answers.events += 1;
        drop(answers);
        self.accepted.fetch_add(1, Ordering::SeqCst);
    }

    fn lock(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Promised {
    /// Whether it goes to a provider.
    pub fn is_for_a_provider(&self) -> bool {
        self.channel != "in_app"
    }
}
