//! The way to Redis: one connection for everything that is answered at once, made again when it breaks.

use std::sync::Arc;
use std::time::Duration;

use deadpool_redis::redis::aio::{MultiplexedConnection, PubSub};
use deadpool_redis::redis::{AsyncConnectionConfig, Client, Cmd, RedisError, Value};
use deadpool_redis::{Connection, Manager, Pool, PoolError};
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::failure::{self, Away, Failure};

/// How long anybody waits for Redis.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);
/// For so long nobody tries again after Redis did not answer in time: callers get their error at once meanwhile, instead of waiting one
/// after the other. A Redis that refuses connections is tried with every call, since that costs no time.
const REST: Duration = Duration::from_secs(1);
/// One connection carries everything; the second is for the moment in which a broken one is replaced.
const CONNECTIONS: usize = 2;

/// This is no URL of a Redis. The text does not repeat it: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be redis://host:port/database or rediss://… (with TLS): {0}")]
pub struct WrongUrl(String);

/// A Redis as this process sees it. Cloning it is cheap; all clones share the connection.
#[derive(Clone)]
pub struct RedisServer {
    client: Client,
    pool: Pool,
    line: Arc<Mutex<Line>>,
    /// Connections are served by the runtime that opened this, not by that of whoever asks first: a caller's may end earlier.
    runtime: Handle,
    prefix: Arc<str>,
}

/// The connection in use.
#[derive(Default)]
struct Line {
    /// Kept from the pool while it works: the pool asks a connection for a sign of life before it lends it out, which would double
    /// the round trips.
    connection: Option<Connection>,
    /// How many there were, so that a late complaint about an earlier one does not end this one.
    number: u64,
    rest_until: Option<Instant>,
    /// So that an outage is logged once when it begins and once when it ends.
    is_away: bool,
}

impl RedisServer {
    /// Knows where Redis is, and connects when it is first asked for something. Must be called within a tokio runtime that lives as long
    /// as this value is used.
    pub fn open(url: &str) -> Result<Self, WrongUrl> {
        let client = client(url)?;
        let manager =
            Manager::new_with_config(url, settings(Some(PATIENCE))).map_err(|error| wrong_url(&error))?;
        let pool = Pool::builder(manager).max_size(CONNECTIONS).build();
        let pool = pool.map_err(|error| WrongUrl(error.to_string()))?;
        let (line, runtime) = (Arc::default(), Handle::current());
        Ok(Self { client, pool, line, runtime, prefix: Arc::from("carillon") })
    }

    /// The same Redis, with other names for all keys: installations, or tests, that share a Redis do not meet.
    #[must_use]
    pub fn with_prefix(self, prefix: &str) -> Self {
        Self { prefix: Arc::from(prefix), ..self }
    }

    /// Whether Redis answers, and what about its settings would harm the queue.
    pub async fn examine(&self) -> Result<Option<String>, Away> {
        let mut info = Cmd::new();
        info.arg("INFO").arg("memory");
        let answer = self.ask(&info).await?;
        let Value::BulkString(text) = answer else { return Ok(None) };
        let text = String::from_utf8_lossy(&text);
        let policy = text.lines().find_map(|line| line.strip_prefix("maxmemory_policy:"));
        Ok(policy.filter(|policy| policy.starts_with("allkeys")).map(|policy| {
            format!("maxmemory-policy {policy} may throw parts of a queue away: noeviction is right")
        }))
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Asks something that is answered at once.
    pub(crate) async fn ask(&self, command: &Cmd) -> Result<Value, Away> {
        self.ask_typed(command).await.map_err(Away::from)
    }

    /// The same, with an error that can be looked into.
    pub(crate) async fn ask_typed(&self, command: &Cmd) -> Result<Value, Failure> {
        if let Ok(answer) = timeout(PATIENCE, self.ask_twice(command)).await {
            return answer;
        }
        let mut line = self.line.lock().await;
        line.hang_up();
        line.rest_until = Some(Instant::now() + REST);
        line.note_away(&Failure::Late);
        Err(Failure::Late)
    }

    /// A connection that was idle while Redis restarted breaks at its next use: then a new one is tried, once. Whatever is asked here may
    /// be asked twice.
    async fn ask_twice(&self, command: &Cmd) -> Result<Value, Failure> {
        match self.ask_once(command).await {
            Err(Failure::Redis(error)) if error.is_connection_dropped() => self.ask_once(command).await,
            answer => answer,
        }
    }

    async fn ask_once(&self, command: &Cmd) -> Result<Value, Failure> {
        let (mut connection, number) = self.connection().await?;
        let answer = command.query_async::<Value>(&mut connection).await;
        if let Err(error) = &answer
            && failure::is_useless(error)
        {
            let mut line = self.line.lock().await;
            if line.number == number {
                line.hang_up();
            }
        }
        answer.map_err(Failure::Redis)
    }

    async fn connection(&self) -> Result<(MultiplexedConnection, u64), Failure> {
        let mut line = self.line.lock().await;
        if let Some(connection) = &line.connection {
            return Ok(((**connection).clone(), line.number));
        }
        if line.rest_until.is_some_and(|until| Instant::now() < until) {
            return Err(Failure::Late);
        }
        let made = self.connect().await.inspect_err(|failure| line.note_away(failure))?;
        let connection = (*made).clone();
        line.take_up(made);
        Ok((connection, line.number))
    }

    async fn connect(&self) -> Result<Connection, Failure> {
        let pool = self.pool.clone();
        let made = self.runtime.spawn(async move { pool.get().await }).await;
        made.map_err(|error| Failure::Other(error.to_string()))?.map_err(|error| match error {
            PoolError::Backend(error) => Failure::Redis(error),
            other => Failure::Other(other.to_string()),
        })
    }

    /// A connection of one's own, for commands that wait. The caller bounds the time.
    pub(crate) async fn connection_that_waits(&self) -> Result<MultiplexedConnection, Away> {
        Ok(self.client.get_multiplexed_async_connection_with_config(&settings(None)).await?)
    }

    /// A connection that hears what is published. The caller bounds the time.
    pub(crate) async fn connection_that_hears(&self) -> Result<PubSub, Away> {
        Ok(self.client.get_async_pubsub().await?)
    }
}

impl Line {
    fn take_up(&mut self, connection: Connection) {
        if self.is_away {
            tracing::info!("Redis is back");
        }
        *self = Self { connection: Some(connection), number: self.number + 1, ..Self::default() };
    }

    fn note_away(&mut self, failure: &Failure) {
        if !self.is_away {
            tracing::warn!(error = %failure, "Redis is away; what is due is found in the database meanwhile");
        }
        self.is_away = true;
    }

    fn hang_up(&mut self) {
        // Taken out of the pool for good.
        drop(self.connection.take().map(Connection::take));
    }
}

/// Whether this is the URL of a Redis, be it there or not.
pub fn check_url(url: &str) -> Result<(), WrongUrl> {
    client(url).map(drop)
}

fn client(url: &str) -> Result<Client, WrongUrl> {
    if !url.starts_with("redis://") && !url.starts_with("rediss://") {
        return Err(WrongUrl("the scheme is another".to_owned()));
    }
    Client::open(url).map_err(|error| wrong_url(&error))
}

fn wrong_url(error: &RedisError) -> WrongUrl {
    WrongUrl(error.category().to_owned())
}

fn settings(answer_within: Option<Duration>) -> AsyncConnectionConfig {
    AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(answer_within)
}
