//! What became of messages, in numbers.

use async_trait::async_trait;
use carillon_domain::ids::BusinessId;
use carillon_domain::{Channel, Class, Status};
use chrono::{DateTime, Utc};

use crate::error::StoreError;

/// Which messages are counted: those accepted from `since` until before `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Of this business; `None` is all of the platform.
    pub business: Option<BusinessId>,
    /// From.
    pub since: DateTime<Utc>,
    /// Until before.
    pub until: DateTime<Utc>,
}

/// So many messages of a channel, class, provider and state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The channel.
    pub channel: Channel,
    /// The class.
    pub class: Class,
    /// Where they stand.
    pub status: Status,
    /// Who took them; `None` for those that no provider took.
    pub provider: Option<String>,
    /// How many.
    pub messages: u64,
    /// How many of them a provider took at the time asked for, or later.
    pub recent: u64,
    /// How many of them were returned for good: there is no such address.
    pub bounced: u64,
    /// How many of them a person opened.
    pub opened: u64,
    /// In how many of them a person followed a link.
    pub clicked: u64,
    /// How many of them a person called spam.
    pub complained: u64,
}

/// So many messages of a channel took so long from due to accepted by the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waited {
    /// The channel.
    pub channel: Channel,
    /// Milliseconds; above ten seconds rounded down to whole seconds.
    pub millis: u64,
    /// How many.
    pub messages: u64,
}

/// Counts messages. Cold path: none of it may cost the hot path anything.
#[async_trait]
pub trait Statistics: Send + Sync {
    /// How many messages there are of each kind of outcome, and how many of those a provider took at `recent_since` or later.
    async fn tally(&self, window: &Window, recent_since: DateTime<Utc>) -> Result<Vec<Tally>, StoreError>;

    /// How long messages took from due to accepted, in no order. BULK is left out: its pace is wanted.
    async fn list_waits(&self, window: &Window) -> Result<Vec<Waited>, StoreError>;
}
