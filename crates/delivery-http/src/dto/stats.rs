//! What became of messages, against what is promised.

use carillon_domain::promise::Quantiles;
use carillon_domain::{BusinessId, Channel};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::dto::counts::{ClassCounts, StatusCounts};
use crate::dto::names::ChannelName;
use crate::dto::search::time;
use crate::dto::timestamp::Timestamp;
use crate::query::{FromQuery, Pairs};
use crate::world::{ChannelFigures, Delivery, Figures, StatsAsked};

/// Which messages are counted: those accepted within a window of at most 92 days.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatsSearch {
    /// Of this business; left out, of all that the caller sees.
    #[param(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// Accepted at or after (RFC 3339 with offset); left out, a day before `until`.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<DateTime<Utc>>,
    /// Accepted before (RFC 3339 with offset); left out, now.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<DateTime<Utc>>,
}

impl FromQuery for StatsSearch {
    fn read(query: &mut Pairs) -> Self {
        Self {
            business_id: query.take("business_id"),
            since: query.take_as("since", time),
            until: query.take_as("until", time),
        }
    }
}

impl StatsSearch {
    /// The question.
    pub(crate) fn asked(self) -> StatsAsked {
        StatsAsked { business: self.business_id, since: self.since, until: self.until }
    }
}

/// What became of the messages of a window.
#[derive(Serialize, ToSchema)]
pub(crate) struct Stats {
    /// The business; null for all of the platform.
    #[schema(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// The window's start.
    since: Timestamp,
    /// The window's end.
    until: Timestamp,
    /// One a channel.
    channels: Vec<ChannelStats>,
}

/// What became of the messages of one channel.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChannelStats {
    /// The channel.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// How many messages were made.
    #[schema(example = 1417)]
    messages: u64,
    /// How many are in each state.
    by_status: StatusCounts,
    /// How many are of each class.
    by_class: ClassCounts,
    /// What became of those that a provider took.
    delivery: DeliveryStats,
    /// How long they took from due to accepted by the provider, BULK left out; null where none was accepted.
    latency: Option<LatencyStats>,
}

/// What became of those that a provider took. Providers that report no receipts are left out.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeliveryStats {
    /// How many such a provider took.
    #[schema(example = 1400)]
    accepted: u64,
    /// How many of them arrived.
    #[schema(example = 1391)]
    delivered: u64,
    /// How many of them did not: bounced, blocked, unreachable.
    #[schema(example = 6)]
    undelivered: u64,
    /// How many of those were returned for good: there is no such address.
    #[schema(example = 4)]
    bounced: u64,
    /// How many a person opened; a machine that fetches pictures is none. Only where the provider reports it.
    #[schema(example = 702)]
    opened: u64,
    /// In how many a person followed a link. Only where the provider reports it.
    #[schema(example = 143)]
    clicked: u64,
    /// How many a person called spam.
    #[schema(example = 0)]
    complained: u64,
    /// How many of those accepted are waiting for a receipt that may still come in time: a provider took them within the last hour.
    #[schema(example = 3)]
    pending: u64,
    /// `delivered` of those `accepted` that are not `pending`, from 0 to 1; null where no receipt came.
    #[schema(example = 0.9936)]
    rate: Option<f64>,
    /// The share that is promised; null where nothing is.
    #[schema(example = 0.98)]
    promise: Option<f64>,
    /// Whether the promise is kept; null where that cannot be told.
    #[schema(example = true)]
    kept: Option<bool>,
}

/// How long messages took from due to accepted by the provider.
#[derive(Serialize, ToSchema)]
pub(crate) struct LatencyStats {
    /// How many were measured.
    #[schema(example = 417)]
    messages: u64,
    /// Half of them took no longer than this, in seconds.
    #[schema(example = 0.21)]
    p50_s: f64,
    /// 95 % of them took no longer than this, in seconds.
    #[schema(example = 0.9)]
    p95_s: f64,
    /// 99 % of them took no longer than this, in seconds.
    #[schema(example = 2.4)]
    p99_s: f64,
    /// The share that took less than five seconds, which is what is promised, from 0 to 1.
    #[schema(example = 0.998)]
    under_5s: f64,
}

impl From<Figures> for Stats {
    fn from(figures: Figures) -> Self {
        Self {
            business_id: figures.window.business,
            since: figures.window.since.into(),
            until: figures.window.until.into(),
            channels: figures.channels.into_iter().map(ChannelStats::from).collect(),
        }
    }
}

impl From<ChannelFigures> for ChannelStats {
    fn from(figures: ChannelFigures) -> Self {
        Self {
            channel: figures.channel,
            messages: figures.messages,
            by_status: StatusCounts::from(figures.by_status.as_slice()),
            by_class: ClassCounts::from(figures.by_class.as_slice()),
            delivery: figures.delivery.into(),
            latency: figures.latency.map(LatencyStats::from),
        }
    }
}

impl From<Delivery> for DeliveryStats {
    fn from(delivery: Delivery) -> Self {
        Self {
            accepted: delivery.accepted,
            delivered: delivery.delivered,
            undelivered: delivery.undelivered,
            bounced: delivery.bounced,
            opened: delivery.opened,
            clicked: delivery.clicked,
            complained: delivery.complained,
            pending: delivery.pending,
            rate: delivery.rate,
            promise: delivery.promise,
            kept: delivery.kept,
        }
    }
}

impl From<Quantiles> for LatencyStats {
    fn from(quantiles: Quantiles) -> Self {
        Self {
            messages: quantiles.count,
            p50_s: seconds(quantiles.p50),
            p95_s: seconds(quantiles.p95),
            p99_s: seconds(quantiles.p99),
            under_5s: quantiles.in_time,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a wait stay far below 2^52")]
fn seconds(millis: u64) -> f64 {
    millis as f64 / 1_000.0
}
