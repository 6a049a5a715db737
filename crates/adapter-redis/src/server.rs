//! The way to Redis: one connection for everything that is answered at once, made again when it breaks.

use std::sync::Arc;
use std::time::Duration;

use deadpool_redis::redis::aio::PubSub;
use deadpool_redis::redis::{Cmd, Value};
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::failure::{self, Away, Failure};
use crate::site::{Held, Site, Wire, WrongUrl};

/// How long anybody waits for Redis.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);
/// For so long nobody tries again after Redis did not answer in time: callers get their error at once meanwhile, instead of waiting one
/// after the other. A Redis that refuses connections is tried with every call, since that costs no time.
const REST: Duration = Duration::from_secs(1);

/// A Redis as this process sees it. Cloning it is cheap; all clones share the connection.
#[derive(Clone)]
pub struct RedisServer {
    site: Site,
    line: Arc<Mutex<Line>>,
    /// Connections are served by the runtime that opened this, not by that of whoever asks first: a caller's may end earlier.
    runtime: Handle,
    prefix: Arc<str>,
}

/// The connection in use.
#[derive(Default)]
struct Line {
    connection: Option<Held>,
    /// How many there were, so that a late complaint about an earlier one does not end this one.
    number: u64,
    rest_until: Option<Instant>,
    /// So that an outage is logged once when it begins and once when it ends.
    is_away: bool,
}

impl RedisServer {
    /// Knows where Redis is, and connects when it is first asked for something: one URL is a server, several, separated by commas, are nodes
    /// of a cluster. Must be called within a tokio runtime that lives as long as this value is used.
    pub fn open(urls: &str) -> Result<Self, WrongUrl> {
        let (site, line, runtime) = (Site::of(urls)?, Arc::default(), Handle::current());
        Ok(Self { site, line, runtime, prefix: Arc::from("carillon") })
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
        let answers = match self.ask(&info).await? {
            // Each node of a cluster answers for itself.
            Value::Map(nodes) => nodes.into_iter().map(|(_, answer)| answer).collect(),
            one => vec![one],
        };
        Ok(answers.iter().filter_map(text).find_map(|text| harm(&text)))
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
        let answer = connection.ask(command).await;
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

    async fn connection(&self) -> Result<(Wire, u64), Failure> {
        let mut line = self.line.lock().await;
        if let Some(connection) = &line.connection {
            return Ok((connection.wire(), line.number));
        }
        if line.rest_until.is_some_and(|until| Instant::now() < until) {
            return Err(Failure::Late);
        }
        let made = self.connect().await.inspect_err(|failure| line.note_away(failure))?;
        let connection = made.wire();
        line.take_up(made);
        Ok((connection, line.number))
    }

    async fn connect(&self) -> Result<Held, Failure> {
        let site = self.site.clone();
        let made = self.runtime.spawn(async move { site.connect().await }).await;
        made.map_err(|error| Failure::Other(error.to_string()))?
    }

    /// A connection of one's own, for commands that wait. The caller bounds the time.
    pub(crate) async fn connection_that_waits(&self) -> Result<Wire, Away> {
        self.site.connection_that_waits().await
    }

    /// A connection that hears what is published. The caller bounds the time.
    pub(crate) async fn connection_that_hears(&self) -> Result<PubSub, Away> {
        self.site.connection_that_hears().await
    }
}

impl Line {
    fn take_up(&mut self, connection: Held) {
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
        if let Some(connection) = self.connection.take() {
            connection.hang_up();
        }
    }
}

fn text(answer: &Value) -> Option<String> {
    match answer {
        Value::BulkString(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        Value::VerbatimString { text, .. } => Some(text.clone()),
        _ => None,
    }
}

/// What about a server's settings would harm the queue.
fn harm(info: &str) -> Option<String> {
    let policy = info.lines().find_map(|line| line.strip_prefix("maxmemory_policy:"));
    policy.filter(|policy| policy.starts_with("allkeys")).map(|policy| {
        format!("maxmemory-policy {policy} may throw parts of a queue away: noeviction is right")
    })
}
