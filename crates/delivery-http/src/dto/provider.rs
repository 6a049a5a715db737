//! Providers and alarms.

use carillon_application::alarm::Episode;
use carillon_application::providers::ProviderState;
use carillon_domain::Channel;
use carillon_domain::circuit::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::names::{ChannelName, ProviderStateName};
use crate::dto::timestamp::Timestamp;

/// A provider of a channel.
#[derive(Serialize, ToSchema)]
#[schema(as = Provider)]
pub(crate) struct ProviderBody {
    /// Its name.
    #[schema(example = "sendgrid")]
    provider: String,
    /// The channel.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// Whether it is asked, as the worker that reported last sees it.
    #[schema(value_type = ProviderStateName)]
    state: State,
    /// Since when.
    since: Timestamp,
    /// When it was reported.
    reported_at: Timestamp,
    /// Whether an operator wants it not to be asked.
    paused: bool,
}

impl From<ProviderState> for ProviderBody {
    fn from(known: ProviderState) -> Self {
        Self {
            provider: known.name,
            channel: known.channel,
            state: known.state,
            since: known.since.into(),
            reported_at: known.reported_at.into(),
            paused: known.is_paused,
        }
    }
}

/// What an operator wishes of a provider.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderWish {
    /// Its name.
    #[schema(example = "sendgrid")]
    pub(crate) provider: String,
    /// Whether it is not to be asked.
    pub(crate) paused: bool,
}

/// An alarm that stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Alarm)]
pub(crate) struct AlarmBody {
    /// Its name, for programs.
    #[schema(example = "provider_down:sendgrid")]
    name: String,
    /// Why it stands, for people.
    #[schema(example = "sendgrid does not answer for email: messages wait or leave by the next provider")]
    message: String,
    /// Since when.
    began_at: Timestamp,
    /// When somebody last saw the reason.
    renewed_at: Timestamp,
}

impl From<Episode> for AlarmBody {
    fn from(episode: Episode) -> Self {
        Self {
            name: episode.name,
            message: episode.message,
            began_at: episode.began_at.into(),
            renewed_at: episode.renewed_at.into(),
        }
    }
}
