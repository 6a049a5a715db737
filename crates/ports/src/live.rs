//! The live feed: tells every process that something changed in somebody's inbox. It only hints; the inbox in the database is the
//! truth.

use async_trait::async_trait;
use carillon_domain::ids::PersonId;

/// What changed for one person. Ids and numbers only: a feed holds nothing personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Whose inbox.
    pub person: PersonId,
    /// What changed.
    pub change: Change,
}

/// A change of an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Items arrived. Their numbers are not told: who listens reads the store from where it stands.
    Arrived,
    /// These items were read.
    Read {
        /// Their `seq`s.
        seqs: Vec<i64>,
    },
    /// These items were put away.
    Archived {
        /// Their `seq`s.
        seqs: Vec<i64>,
    },
    /// The person has seen the list up to this `seq`.
    Seen {
        /// The newest `seq` that was seen.
        seq: i64,
    },
    /// The person was erased, or changed so that what was granted no longer holds: connections of theirs end.
    Dismissed,
}

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Something changed.
    News(News),
    /// Some news may have been missed (a reconnect, a slow listener): look into the store.
    Gap,
}

/// Why the feed did not do its work. Nothing is lost: who listens looks into the store now and then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the live feed cannot be reached: {0}")]
pub struct FeedError(pub String);

/// Carries news between processes.
///
/// An adapter MUST deliver what is told to every listener of every process that is connected, the teller's own included, in the
/// order told by one caller; and MUST say [`Heard::Gap`] wherever it may have missed something.
#[async_trait]
pub trait LiveFeed: Send + Sync {
    /// Tells everybody.
    async fn tell(&self, news: &[News]) -> Result<(), FeedError>;

    /// Listens from now on: what is told after this returned is heard.
    async fn listen(&self) -> Result<Box<dyn Listener>, FeedError>;
}

/// Hears the news.
#[async_trait]
pub trait Listener: Send {
    /// Waits for the next. Reconnects by itself; `None` when the feed is closed for good.
    async fn hear(&mut self) -> Option<Heard>;
}
