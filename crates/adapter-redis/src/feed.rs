//! The live feed of all processes that share a Redis: published once, heard by one connection a process, handed on in the process.

use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use carillon_ports::LiveFeed;
use carillon_ports::live::{FeedError, Heard, Listener, News};
use deadpool_redis::redis::Cmd;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{Receiver, Sender};
use tokio::time::timeout;

use crate::failure::Away;
use crate::group::Group;
use crate::news;
use crate::server::RedisServer;
use crate::subscriber::Subscriber;

/// So many news are kept for a listener that is slow; one that falls further behind hears of a gap.
const KEPT: usize = 4_096;
/// The most news of one message: Redis copies a message for each process that listens.
const LARGEST_MESSAGE: usize = 500;
/// So long a new listener waits for the connection. After that it listens all the same, and hears of a gap once there is one.
const PATIENCE: Duration = Duration::from_secs(2);

/// A live feed over Redis.
pub struct RedisFeed {
    server: RedisServer,
    channel: String,
    telling: Group<Vec<News>, ()>,
    heard: Sender<Heard>,
    /// Started by the first listener: a process where nobody listens needs no connection.
    subscriber: OnceLock<Subscriber>,
}

impl RedisFeed {
    /// The feed of this Redis.
    pub fn new(server: &RedisServer) -> Self {
        let channel = format!("{}:news", server.prefix());
        let (teller, to) = (server.clone(), channel.clone());
        let telling = Group::start(server.runtime(), move |parts: Vec<Vec<News>>| {
            let (teller, to) = (teller.clone(), to.clone());
            async move {
                let answers = vec![(); parts.len()];
                publish(&teller, &to, &parts.concat()).await?;
                Ok(answers)
            }
        });
        let (server, heard) = (server.clone(), Sender::new(KEPT));
        Self { server, channel, telling, heard, subscriber: OnceLock::new() }
    }
}

async fn publish(server: &RedisServer, channel: &str, news: &[News]) -> Result<(), Away> {
    for part in news.chunks(LARGEST_MESSAGE) {
        let mut command = Cmd::new();
        command.arg("PUBLISH").arg(channel).arg(news::write(part));
        server.ask(&command).await?;
    }
    Ok(())
}

#[async_trait]
impl LiveFeed for RedisFeed {
    async fn tell(&self, news: &[News]) -> Result<(), FeedError> {
        if news.is_empty() {
            return Ok(());
        }
        Ok(self.telling.join(news.to_vec()).await?)
    }

    async fn listen(&self) -> Result<Box<dyn Listener>, FeedError> {
        let start = || Subscriber::start(&self.server, self.channel.clone(), self.heard.clone());
        let connected = self.subscriber.get_or_init(start).connected();
        // A time-out is no failure: what is missed until there is a connection is heard of as a gap.
        drop(timeout(PATIENCE, connected).await);
        Ok(Box::new(RedisListener { receiver: self.heard.subscribe() }))
    }
}

impl From<Away> for FeedError {
    fn from(away: Away) -> Self {
        Self(away.to_string())
    }
}

struct RedisListener {
    receiver: Receiver<Heard>,
}

#[async_trait]
impl Listener for RedisListener {
    async fn hear(&mut self) -> Option<Heard> {
        match self.receiver.recv().await {
            Ok(heard) => Some(heard),
            Err(RecvError::Lagged(_)) => Some(Heard::Gap),
            Err(RecvError::Closed) => None,
        }
    }
}
