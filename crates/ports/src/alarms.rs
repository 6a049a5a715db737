//! Alarms that stand: what an operator must look at, known to all processes.

use async_trait::async_trait;
use carillon_domain::alarm::Alarm;
use chrono::{DateTime, Utc};

use crate::error::StoreError;

/// One time that an alarm stood, or stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    /// Which alarm: `provider_down:sendgrid`. Nothing personal.
    pub name: String,
    /// Rises each time it begins.
    pub number: i64,
    /// Why, in a line of English. Nothing personal.
    pub message: String,
    /// The same as data; `None` where this version of the program does not know it.
    pub alarm: Option<Alarm>,
    /// Since when.
    pub began_at: DateTime<Utc>,
    /// When somebody last saw the reason.
    pub renewed_at: DateTime<Utc>,
    /// Whether people were told.
    pub is_told: bool,
}

/// Keeps alarms. Whoever sees the reason of one says so again and again; one that nobody renews is over.
#[async_trait]
pub trait Alarms: Send + Sync {
    /// Begins an episode, or renews the one that stands. However many processes call it at once, one episode begins.
    async fn stand(&self, alarm: &Alarm, now: DateTime<Utc>) -> Result<Episode, StoreError>;

    /// Notes that people were told of an episode.
    async fn told(&self, episode: &Episode) -> Result<(), StoreError>;

    /// All episodes that stand, the oldest first.
    async fn list_standing(&self) -> Result<Vec<Episode>, StoreError>;

    /// Ends an episode; `false`, with nothing changed, when it was renewed meanwhile, or is over.
    async fn end(&self, episode: &Episode, now: DateTime<Utc>) -> Result<bool, StoreError>;
}
