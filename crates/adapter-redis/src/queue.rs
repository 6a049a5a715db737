//! The ready queue of all processes that share a Redis.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use carillon_domain::{Channel, Class};
use carillon_ports::ready::{QueueError, Ready};
use carillon_ports::{Clock, ReadyQueue};
use deadpool_redis::redis::{Cmd, FromRedisValue};

use crate::bell::Bell;
use crate::failure::Away;
use crate::group::Group;
use crate::ready;
use crate::script::Script;
use crate::server::RedisServer;
use crate::time::{Moment, Time};

/// The most ids of one call: a script holds everybody else up while it runs.
const LARGEST_CALL: usize = 1_000;
/// A push of so many has a call of its own; smaller ones that come together share one.
const MANY: usize = 64;

/// A ready queue in Redis, of one channel.
///
/// What is said of a message (class, business, pace) is kept with its id, and all that must be decided together is decided by
/// `scripts/push.lua` and `scripts/pop.lua`. A pop that is dropped while its script runs may lose what the script took; the sweeper
/// brings that back.
pub struct RedisQueue {
    lane: Arc<Lane>,
    time: Time,
    bell: Bell,
    pushes: Group<Vec<Ready>, ()>,
    pop: Script,
}

/// What a push needs.
struct Lane {
    server: RedisServer,
    /// How the names of all keys begin; the part in braces keeps them on one node of a cluster.
    base: String,
    channel: Channel,
    push: Script,
}

impl RedisQueue {
    /// The queue of a channel.
    pub fn new(server: &RedisServer, channel: Channel) -> Self {
        let base = format!("{}:{{{channel}}}:", server.prefix());
        let push = Script::new(include_str!("../scripts/push.lua"));
        let bell = Bell::start(server, format!("{base}bell"));
        let lane = Arc::new(Lane { server: server.clone(), base, channel, push });
        let shared = lane.clone();
        let pushes = Group::start(server.runtime(), move |parts: Vec<Vec<Ready>>| {
            let lane = shared.clone();
            async move {
                let answers = vec![(); parts.len()];
                lane.push(&parts.concat()).await?;
                Ok(answers)
            }
        });
        let pop = Script::new(include_str!("../scripts/pop.lua"));
        Self { lane, time: Time::OfRedis, bell, pushes, pop }
    }

    /// With a clock of one's own that tells when paced work may leave, instead of that of Redis: for tests.
    #[must_use]
    pub fn by_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { time: Time::Of(clock), ..self }
    }

    /// What can be taken now, and how many microseconds it is until there is more if that is nothing.
    async fn take(&self, max: usize, moment: &Moment) -> Result<(Vec<Ready>, Option<i64>), Away> {
        let (now, max) = (moment.argument(), max.min(LARGEST_CALL));
        let arguments = |command: &mut Cmd| {
            command.arg(1).arg(&self.lane.base).arg(&now).arg(max);
        };
        let answer = self.pop.run(&self.lane.server, arguments).await?;
        ready::read(answer, self.lane.channel).ok_or_else(Away::nonsense)
    }
}

impl Lane {
    async fn push(&self, ready: &[Ready]) -> Result<(), Away> {
        for part in ready.chunks(LARGEST_CALL) {
            let arguments = |command: &mut Cmd| {
                command.arg(1).arg(&self.base);
                ready::write(part, self.channel, command);
            };
            self.push.run(&self.server, arguments).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl ReadyQueue for RedisQueue {
    async fn push(&self, ready: &[Ready]) -> Result<(), QueueError> {
        match ready.len() {
            0 => Ok(()),
            1..MANY => Ok(self.pushes.join(ready.to_vec()).await?),
            MANY.. => Ok(self.lane.push(ready).await?),
        }
    }

    async fn pop(&self, max: usize, wait: Duration) -> Result<Vec<Ready>, QueueError> {
        if max == 0 {
            return Ok(Vec::new());
        }
        let mut patience = pin!(tokio::time::sleep(wait));
        loop {
            let (rung, moment) = (self.bell.next_ring(), self.time.now());
            let (taken, opening) = self.take(max, &moment).await?;
            if !taken.is_empty() || wait.is_zero() {
                return Ok(taken);
            }
            let _waiting = self.bell.wait();
            tokio::select! {
                () = rung => {}
                () = self.time.pass(&moment, opening) => {}
                () = &mut patience => return Ok(Vec::new()),
            }
        }
    }

    async fn depths(&self) -> Result<Vec<(Class, u64)>, QueueError> {
        let mut command = Cmd::new();
        command.arg("HMGET").arg(format!("{}depths", self.lane.base)).arg(ready::digits());
        let answer = self.lane.server.ask(&command).await?;
        let counts: Vec<Option<u64>> =
            FromRedisValue::from_redis_value(answer).map_err(|_| Away::nonsense())?;
        Ok(Class::ALL.iter().copied().zip(counts.into_iter().map(Option::unwrap_or_default)).collect())
    }
}

impl From<Away> for QueueError {
    fn from(away: Away) -> Self {
        Self(away.to_string())
    }
}
