//! The load generator: posts, and writes down when each request was sent and answered.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::ensure;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::http::{Connection, post};
use crate::samples::{Percentiles, Samples};
use crate::{bodies, clock};

/// After so many errors a connection gives up.
const MOST_ERRORS: usize = 20;
/// A connection that was idle for longer is not used again.
const LONGEST_IDLE: Duration = Duration::from_secs(2);

/// The API.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// The value of `Authorization`.
    pub(crate) authorization: String,
}

/// How notifications are posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One a request.
    Single,
    /// So many a request.
    Bulk(usize),
    /// One a request, critical, and of another business than the others.
    Critical,
}

/// When a request was sent, and when its answer had been read (microseconds since 1970).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) sent_at: u64,
    pub(crate) answered_at: u64,
}

/// What came of a load.
#[derive(Debug, Default)]
pub(crate) struct Load {
    /// The message of each notification that was accepted, with its request.
    pub(crate) posted: Vec<(Uuid, Span)>,
    /// Every request that was answered.
    pub(crate) requests: Vec<Span>,
    /// What went wrong.
    pub(crate) errors: Vec<String>,
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
}

impl Load {
    /// How many notifications were accepted.
    pub(crate) fn accepted(&self) -> usize {
        self.posted.len()
    }

    /// The messages that must arrive.
    pub(crate) fn messages(&self) -> Vec<Uuid> {
        self.posted.iter().map(|(message, _)| *message).collect()
    }

    /// How long requests took.
    pub(crate) fn latency(&self) -> Option<Percentiles> {
        let took = self.requests.iter().map(|span| milliseconds(span.sent_at, span.answered_at));
        Samples::of(took.collect()).percentiles()
    }

    /// When the first answer had been read.
    pub(crate) fn first_answer(&self) -> u64 {
        self.requests.iter().map(|span| span.answered_at).min().unwrap_or_default()
    }

    fn add(&mut self, other: Self) {
        self.posted.extend(other.posted);
        self.requests.extend(other.requests);
        self.errors.extend(other.errors);
    }

    /// Posts these numbers, and enters what comes of it. An error means that the connection cannot be used any more.
    async fn post(
        &mut self,
        target: &Target,
        connection: &mut Connection,
        shape: Shape,
        numbers: Range<usize>,
    ) -> anyhow::Result<()> {
        let (path, body) = match shape {
            Shape::Single => (bodies::SINGLE, bodies::single(numbers.start)),
            Shape::Bulk(_) => (bodies::BULK, bodies::bulk(numbers.clone(), "email")),
            Shape::Critical => (bodies::SINGLE, bodies::critical(numbers.start)),
        };
        let request = post("bench", path, &target.authorization, &body);
        let sent_at = clock::now();
        connection.write(&request).await?;
        let (status, answer) = connection.read_answer().await?;
        let span = Span { sent_at, answered_at: clock::now() };
        self.requests.push(span);
        if let Err(error) = self.read(shape, numbers, status, answer, span) {
            self.errors.push(format!("{error:#}; answered {status}: {}", String::from_utf8_lossy(answer)));
        }
        Ok(())
    }

    fn read(
        &mut self,
        shape: Shape,
        numbers: Range<usize>,
        status: u16,
        answer: &[u8],
        span: Span,
    ) -> anyhow::Result<()> {
        ensure!(status == 202, "it was not accepted");
        let messages = match shape {
            Shape::Single => vec![bodies::accepted(answer, bodies::channel(numbers.start))?],
            Shape::Bulk(_) => bodies::bulk_accepted(answer, numbers.len())?,
            Shape::Critical => vec![bodies::accepted(answer, "email")?],
        };
        self.posted.extend(messages.into_iter().map(|message| (message, span)));
        Ok(())
    }
}

/// From one time to a later one; negative if it is the other way round.
#[expect(clippy::cast_precision_loss, reason = "spans of a run are far below 2^52 microseconds")]
pub(crate) fn milliseconds(from: u64, to: u64) -> f64 {
    if to >= from { (to - from) as f64 / 1000.0 } else { (from - to) as f64 / -1000.0 }
}

/// Closed loop: so many connections, each posting its next as soon as it was answered.
pub(crate) async fn closed_loop(
    target: &Target,
    shape: Shape,
    numbers: Range<usize>,
    connections: usize,
) -> anyhow::Result<Load> {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(target.address).await?);
    }
    let next = Arc::new(AtomicUsize::new(numbers.start));
    let started = Instant::now();
    let mut clients = JoinSet::new();
    for connection in open {
        clients.spawn(client(target.clone(), connection, shape, next.clone(), numbers.end));
    }
    let mut load = Load::default();
    for part in clients.join_all().await {
        load.add(part);
    }
    load.elapsed = started.elapsed();
    Ok(load)
}

async fn client(
    target: Target,
    mut connection: Connection,
    shape: Shape,
    next: Arc<AtomicUsize>,
    end: usize,
) -> Load {
    let mut load = Load::default();
    let step = match shape {
        Shape::Single | Shape::Critical => 1,
        Shape::Bulk(step) => step,
    };
    while load.errors.len() < MOST_ERRORS {
        let from = next.fetch_add(step, Ordering::Relaxed);
        if from >= end {
            break;
        }
        let numbers = from..end.min(from + step);
        if let Err(error) = load.post(&target, &mut connection, shape, numbers).await {
            load.errors.push(format!("{error:#}"));
            match Connection::open(target.address).await {
                Ok(another) => connection = another,
                Err(_) => break,
            }
        }
    }
    load
}

/// Connections that wait for their next request, each with the time since when; the last used comes first.
type Idle = Arc<Mutex<Vec<(Connection, Instant)>>>;

/// Open loop: so many a second by the clock, whether earlier ones were answered or not.
pub(crate) async fn open_loop(target: &Target, shape: Shape, numbers: Range<usize>, per_second: u32) -> Load {
    let idle = Idle::default();
    let started = Instant::now();
    let mut posts = JoinSet::new();
    for (index, number) in (0_u32..).zip(numbers) {
        tokio::time::sleep_until(started + Duration::from_secs(1) * index / per_second).await;
        posts.spawn(post_once(target.clone(), idle.clone(), shape, number));
    }
    let mut load = Load::default();
    for part in posts.join_all().await {
        load.add(part);
    }
    load.elapsed = started.elapsed();
    load
}

/// Posts on an idle connection, or on a new one: no request waits for another's answer.
async fn post_once(target: Target, idle: Idle, shape: Shape, number: usize) -> Load {
    let mut load = Load::default();
    // Servers close what was idle for long, and a request that meets that is lost: as clients do, what is old is not used again.
    let fresh = lock(&idle).pop().filter(|(_, since)| since.elapsed() < LONGEST_IDLE);
    let connection = match fresh {
        Some((connection, _)) => Ok(connection),
        None => Connection::open(target.address).await,
    };
    match connection {
        Ok(mut connection) => match load.post(&target, &mut connection, shape, number..number + 1).await {
            Ok(()) => lock(&idle).push((connection, Instant::now())),
            Err(error) => load.errors.push(format!("{error:#}")),
        },
        Err(error) => load.errors.push(format!("{error:#}")),
    }
    load
}

fn lock(idle: &Idle) -> MutexGuard<'_, Vec<(Connection, Instant)>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
