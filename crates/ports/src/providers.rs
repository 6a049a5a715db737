//! Which providers are asked, as workers report it and operators wish it.

use async_trait::async_trait;
use carillon_domain::Channel;
use carillon_domain::circuit::State;
use chrono::{DateTime, Utc};

use crate::error::StoreError;

/// One provider of one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderState {
    /// Its name.
    pub name: String,
    /// The channel.
    pub channel: Channel,
    /// What a worker reported last.
    pub state: State,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it was reported.
    pub reported_at: DateTime<Utc>,
    /// Whether an operator wants it not to be asked.
    pub is_paused: bool,
    /// When the operator last said something of it; 1970 where nobody did.
    pub wished_at: DateTime<Utc>,
}

/// Where workers and operators meet.
#[async_trait]
pub trait ProviderBoard: Send + Sync {
    /// All that a worker ever reported, by name and channel.
    async fn list_providers(&self) -> Result<Vec<ProviderState>, StoreError>;

    /// Notes what a worker sees. MUST leave the operator's wish as it is.
    async fn report_provider(
        &self,
        name: &str,
        channel: Channel,
        state: State,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Notes an operator's wish for all channels of a provider; `false` when no worker ever reported it.
    async fn wish_provider(&self, name: &str, paused: bool, now: DateTime<Utc>) -> Result<bool, StoreError>;
}
