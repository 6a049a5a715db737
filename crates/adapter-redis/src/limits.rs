//! Limits of all processes that share a Redis.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use carillon_ports::limits::{Ask, LimitError, Rate, Verdict};
use carillon_ports::{Clock, Limits};
use deadpool_redis::redis::{Cmd, FromRedisValue};
use futures_util::future::try_join_all;

use crate::failure::Away;
use crate::group::Group;
use crate::script::Script;
use crate::server::RedisServer;
use crate::time::Time;

/// Keys are spread over so many hash tags: a cluster shares them out over its nodes, and those of one call still mean few scripts.
const TAGS: u32 = 4;
/// The most asks of one script: it holds everybody else up while it runs.
const LARGEST_CALL: usize = 500;

const MINUTE: u64 = 60_000_000;

/// Limits in Redis.
pub struct RedisLimits {
    asking: Group<Vec<Ask>, Vec<Verdict>>,
    book: Book,
}

/// Where it is written what was granted.
#[derive(Clone)]
struct Book {
    server: RedisServer,
    script: Arc<Script>,
    time: Time,
}

impl RedisLimits {
    /// The limits of this Redis.
    pub fn new(server: &RedisServer) -> Self {
        let script = Arc::new(Script::new(include_str!("../scripts/limits.lua")));
        Self::over(Book { server: server.clone(), script, time: Time::OfRedis })
    }

    /// With a clock of one's own that tells when more may be granted, instead of that of Redis: for tests.
    #[must_use]
    pub fn by_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self::over(Book { time: Time::Of(clock), ..self.book })
    }

    fn over(book: Book) -> Self {
        let shared = book.clone();
        let asking = Group::start(book.server.runtime(), move |parts: Vec<Vec<Ask>>| {
            let book = shared.clone();
            async move { book.decide_together(parts).await }
        });
        Self { asking, book }
    }
}

impl Book {
    async fn decide_together(&self, parts: Vec<Vec<Ask>>) -> Result<Vec<Vec<Verdict>>, Away> {
        let lengths: Vec<usize> = parts.iter().map(Vec::len).collect();
        let mut verdicts = self.decide(&parts.concat()).await?.into_iter();
        Ok(lengths.into_iter().map(|length| verdicts.by_ref().take(length).collect()).collect())
    }

    /// Decides on each, in order: asks of one key have one hash tag, and a tag's are decided in order.
    async fn decide(&self, asks: &[Ask]) -> Result<Vec<Verdict>, Away> {
        let tags: Vec<u32> = asks.iter().map(|ask| tag(&ask.key)).collect();
        let numbers_of = |tag| (0..asks.len()).filter(|number| tags[*number] == tag).collect::<Vec<_>>();
        let calls = (0..TAGS).map(|tag| self.decide_of(tag, asks, numbers_of(tag)));
        let mut verdicts: Vec<(usize, Verdict)> = try_join_all(calls).await?.into_iter().flatten().collect();
        verdicts.sort_by_key(|(number, _)| *number);
        Ok(verdicts.into_iter().map(|(_, verdict)| verdict).collect())
    }

    async fn decide_of(
        &self,
        tag: u32,
        asks: &[Ask],
        numbers: Vec<usize>,
    ) -> Result<Vec<(usize, Verdict)>, Away> {
        let mut verdicts = Vec::with_capacity(numbers.len());
        for numbers in numbers.chunks(LARGEST_CALL) {
            let waits =
                self.run(tag, &numbers.iter().map(|number| &asks[*number]).collect::<Vec<_>>()).await?;
            if waits.len() != numbers.len() {
                return Err(Away::nonsense());
            }
            verdicts.extend(numbers.iter().copied().zip(waits.into_iter().map(verdict)));
        }
        Ok(verdicts)
    }

    async fn run(&self, tag: u32, asks: &[&Ask]) -> Result<Vec<u64>, Away> {
        let now = self.time.now().argument();
        let arguments = |command: &mut Cmd| {
            command.arg(asks.len());
            for ask in asks {
                command.arg(format!("{}:{{limit-{tag}}}:{}", self.server.prefix(), ask.key));
            }
            command.arg(&now);
            for ask in asks {
                command.arg(interval(ask.rate)).arg(ask.rate.burst.max(1)).arg(ask.count);
            }
        };
        let answer = self.script.run(&self.server, arguments).await?;
        FromRedisValue::from_redis_value(answer).map_err(|_| Away::nonsense())
    }
}

#[async_trait]
impl Limits for RedisLimits {
    async fn take(&self, asks: &[Ask]) -> Result<Vec<Verdict>, LimitError> {
        if asks.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.asking.join(asks.to_vec()).await?)
    }
}

impl From<Away> for LimitError {
    fn from(away: Away) -> Self {
        Self(away.to_string())
    }
}

/// The same in every process, of whatever version.
fn tag(key: &str) -> u32 {
    key.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % TAGS
}

/// In microseconds, rounded up: never more than the rate.
fn interval(rate: Rate) -> u64 {
    MINUTE.div_ceil(u64::from(rate.per_minute.max(1)))
}

fn verdict(micros: u64) -> Verdict {
    match micros {
        0 => Verdict::Granted,
        micros => Verdict::Wait(Duration::from_micros(micros)),
    }
}
