//! The live feed of one process: a broadcast, with nothing behind it.

use async_trait::async_trait;
use carillon_ports::LiveFeed;
use carillon_ports::live::{FeedError, Heard, Listener, News};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{Receiver, Sender};

/// So many news are kept for a listener that is slow; one that falls further behind hears of a gap.
const KEPT: usize = 4_096;

/// A live feed in memory.
#[derive(Debug)]
pub struct MemoryFeed {
    sender: Sender<News>,
}

impl MemoryFeed {
    /// A feed that keeps so many news for a slow listener.
    pub fn keeping(news: usize) -> Self {
        Self { sender: Sender::new(news.max(1)) }
    }
}

impl Default for MemoryFeed {
    fn default() -> Self {
        Self::keeping(KEPT)
    }
}

#[async_trait]
impl LiveFeed for MemoryFeed {
    async fn tell(&self, news: &[News]) -> Result<(), FeedError> {
        for news in news {
            // An error means that nobody listens, which is no failure.
            drop(self.sender.send(news.clone()));
        }
        Ok(())
    }

    async fn listen(&self) -> Result<Box<dyn Listener>, FeedError> {
        Ok(Box::new(MemoryListener { receiver: self.sender.subscribe() }))
    }
}

#[derive(Debug)]
struct MemoryListener {
    receiver: Receiver<News>,
}

#[async_trait]
impl Listener for MemoryListener {
    async fn hear(&mut self) -> Option<Heard> {
        match self.receiver.recv().await {
            Ok(news) => Some(Heard::News(news)),
            Err(RecvError::Lagged(_)) => Some(Heard::Gap),
            Err(RecvError::Closed) => None,
        }
    }
}
