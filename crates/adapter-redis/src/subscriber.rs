//! The one connection of a process that hears what is published. It connects again by itself, and then says that there was a gap.

use std::time::Duration;

use carillon_ports::live::Heard;
use deadpool_redis::redis::{Msg, Value};
use futures_util::StreamExt;
use tokio::sync::broadcast::Sender;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{interval, sleep, timeout};

use crate::failure::Away;
use crate::news;
use crate::server::{PATIENCE, RedisServer};

/// How often Redis is asked for a sign of life: a connection whose other end has vanished says nothing by itself.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);
/// The rest after a first failure, doubled with each further one up to the longest.
const SHORTEST_REST: Duration = Duration::from_millis(50);
const LONGEST_REST: Duration = Duration::from_secs(2);

/// Hears and hands on, until it is dropped.
#[derive(Debug)]
pub(crate) struct Subscriber {
    connected: watch::Receiver<bool>,
    task: AbortHandle,
}

impl Subscriber {
    pub(crate) fn start(server: &RedisServer, channel: String, to: Sender<Heard>) -> Self {
        let (is_connected, connected) = watch::channel(false);
        let task = server.runtime().spawn(keep_hearing(server.clone(), channel, to, is_connected));
        Self { connected, task: task.abort_handle() }
    }

    /// Waits until there is a connection.
    pub(crate) async fn connected(&self) {
        // An error would mean that the task has ended: then nobody waits for it any more.
        drop(self.connected.clone().wait_for(|connected| *connected).await);
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep_hearing(
    server: RedisServer,
    channel: String,
    to: Sender<Heard>,
    is_connected: watch::Sender<bool>,
) {
    let mut rest = SHORTEST_REST;
    loop {
        if let Err(away) = hear(&server, &channel, &to, &is_connected).await
            && is_connected.send_replace(false)
        {
            tracing::warn!(error = %away, "the live feed is interrupted; it goes on when Redis is back");
            rest = SHORTEST_REST;
        }
        sleep(rest).await;
        rest = (rest * 2).min(LONGEST_REST);
    }
}

/// Hears until the connection breaks.
async fn hear(
    server: &RedisServer,
    channel: &str,
    to: &Sender<Heard>,
    is_connected: &watch::Sender<bool>,
) -> Result<(), Away> {
    let connect = async {
        let (mut asks, messages) = server.connection_that_hears().await?.split();
        asks.subscribe(channel).await?;
        Ok::<_, Away>((asks, messages))
    };
    let (mut asks, mut messages) = timeout(PATIENCE, connect).await.map_err(|_| Away::late())??;
    // Whoever listened before this missed what was told until now. An error means that nobody did.
    drop(to.send(Heard::Gap));
    is_connected.send_replace(true);
    let mut signs_of_life = interval(SIGN_OF_LIFE);
    loop {
        tokio::select! {
            message = messages.next() => hand_on(&message.ok_or_else(Away::hung_up)?, to),
            _ = signs_of_life.tick() => {
                timeout(PATIENCE, asks.ping::<Value>()).await.map_err(|_| Away::late())??;
            }
        }
    }
}

fn hand_on(message: &Msg, to: &Sender<Heard>) {
    // Errors mean that nobody listens.
    match news::read(message.get_payload_bytes()) {
        Some(news) => {
            for news in news {
                drop(to.send(Heard::News(news)));
            }
        }
        None => drop(to.send(Heard::Gap)),
    }
}
