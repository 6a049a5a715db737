//! Waking without polling: a connection that waits for the queue's bell while somebody of this process waits for work.

use std::sync::Arc;
use std::time::Duration;

use deadpool_redis::redis::{Cmd, Value};
use tokio::sync::{Notify, futures::Notified, watch};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use crate::failure::Away;
use crate::server::{PATIENCE, RedisServer};
use crate::site::Wire;

/// So long one look at the bell lasts, in seconds. After it somebody looks at the queue itself: whoever was rung for may have died on
/// its way there.
const LOOK: u64 = 2;
/// The rest after a first failure, doubled with each further one up to the longest.
const SHORTEST_REST: Duration = Duration::from_millis(50);
const LONGEST_REST: Duration = Duration::from_secs(2);

/// The bell of one queue, for those who wait in this process.
#[derive(Debug)]
pub(crate) struct Bell {
    shared: Arc<Shared>,
    task: AbortHandle,
}

#[derive(Debug)]
struct Shared {
    rung: Notify,
    waiting: watch::Sender<usize>,
}

/// Somebody waits, until this is dropped.
pub(crate) struct Waiting<'a>(&'a Shared);

impl Bell {
    /// Starts the task that waits, which ends with this value. It connects when somebody waits for the first time.
    pub(crate) fn start(server: &RedisServer, key: String) -> Self {
        let shared = Arc::new(Shared { rung: Notify::new(), waiting: watch::Sender::new(0) });
        let task = server.runtime().spawn(watch_over(server.clone(), key, shared.clone())).abort_handle();
        Self { shared, task }
    }

    /// The next ring. To be made before the queue is looked at, so that no ring is missed between the look and the wait.
    pub(crate) fn next_ring(&self) -> Notified<'_> {
        self.shared.rung.notified()
    }

    /// Says that somebody waits.
    pub(crate) fn wait(&self) -> Waiting<'_> {
        self.shared.waiting.send_modify(|waiting| *waiting += 1);
        Waiting(&self.shared)
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.send_modify(|waiting| *waiting -= 1);
    }
}

async fn watch_over(server: RedisServer, key: String, shared: Arc<Shared>) {
    let mut waiting = shared.waiting.subscribe();
    let (mut connection, mut rest) = (None, SHORTEST_REST);
    // An error would mean that the bell is gone, and then so is this task.
    while waiting.wait_for(|waiting| *waiting > 0).await.is_ok() {
        if look(&server, &key, &shared, &mut connection).await.is_ok() {
            shared.rung.notify_one();
            rest = SHORTEST_REST;
            continue;
        }
        connection = None;
        // Who waits looks at the queue, and hears from it that Redis is away: the error is theirs to report.
        shared.rung.notify_waiters();
        sleep(rest).await;
        rest = (rest * 2).min(LONGEST_REST);
    }
}

/// Waits for the bell, or until it is time to look at the queue without.
async fn look(
    server: &RedisServer,
    key: &str,
    shared: &Shared,
    connection: &mut Option<Wire>,
) -> Result<(), Away> {
    let line = match connection {
        Some(line) => line,
        None => connection.insert(in_time(PATIENCE, server.connection_that_waits()).await?),
    };
    let mut look = Cmd::new();
    look.arg("BLPOP").arg(key).arg(LOOK);
    let longest = Duration::from_secs(LOOK) + PATIENCE;
    let rung = in_time(longest, async { Ok(line.ask(&look).await?) }).await?;
    if rung != Value::Nil && *shared.waiting.borrow() == 0 {
        // Nobody here waits any more: the ring is for somebody elsewhere.
        let mut pass_on = Cmd::new();
        pass_on.arg("RPUSH").arg(key).arg(1);
        server.ask(&pass_on).await?;
    }
    Ok(())
}

async fn in_time<T>(longest: Duration, doing: impl Future<Output = Result<T, Away>>) -> Result<T, Away> {
    timeout(longest, doing).await.unwrap_or_else(|_| Err(Away::late()))
}
