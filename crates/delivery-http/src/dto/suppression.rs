//! What stands against a person's addresses.

use carillon_application::suppressions::{Lifted, Shown, Told};
use carillon_domain::{BusinessId, Cause, Channel};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::dto::names::ChannelName;
use crate::dto::timestamp::Timestamp;
use crate::query::{FromQuery, Pairs};

/// Something that stands against an address: nothing leaves for it.
#[derive(Serialize, ToSchema)]
#[schema(as = Suppression)]
pub(crate) struct SuppressionBody {
    /// The channel.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// The address, masked.
    #[schema(example = "c***@example.com")]
    address: String,
    /// For whose messages; null is for everybody's.
    #[schema(value_type = Option<String>, example = json!(null))]
    business_id: Option<BusinessId>,
    /// Why: `bounced` and `rejected` (the address does not exist), `undelivered` (it takes nothing for now), `complained` (spam),
    /// `unsubscribed` (STOP, or at the provider).
    #[schema(value_type = String, example = "bounced", pattern = "^(bounced|rejected|undelivered|complained|unsubscribed)$")]
    cause: Cause,
    /// Since when.
    since: Timestamp,
    /// Until when; null is for good.
    until: Option<Timestamp>,
    /// Whether you may lift it.
    can_be_lifted: bool,
}

/// What stands against a person's addresses.
#[derive(Serialize, ToSchema)]
#[schema(as = SuppressionList)]
pub(crate) struct SuppressionListBody {
    /// The oldest first.
    items: Vec<SuppressionBody>,
}

/// Whether a provider took the address off its own list.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderTold {
    /// The provider.
    #[schema(example = "sendgrid")]
    provider: &'static str,
    /// Whether it did.
    told: bool,
    /// Why not; null where it did. The lifting holds here all the same.
    #[schema(example = json!(null))]
    detail: Option<String>,
}

/// What came of lifting.
#[derive(Serialize, ToSchema)]
#[schema(as = LiftedSuppressions)]
pub(crate) struct LiftedBody {
    /// What stands against the addresses no more.
    lifted: Vec<SuppressionBody>,
    /// What only the person can lift.
    kept: Vec<SuppressionBody>,
    /// The providers that have lists of their own.
    providers: Vec<ProviderTold>,
}

/// Of which channel.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LiftQuery {
    /// Only what stands against this channel; all where it is left out.
    #[param(value_type = Option<ChannelName>, example = "email")]
    pub(crate) channel: Option<Channel>,
}

impl FromQuery for LiftQuery {
    fn read(query: &mut Pairs) -> Self {
        Self { channel: query.take("channel") }
    }
}

impl From<Shown> for SuppressionBody {
    fn from(shown: Shown) -> Self {
        let Shown { suppression, address, can_be_lifted } = shown;
        Self {
            channel: suppression.channel,
            address,
            business_id: suppression.business,
            cause: suppression.cause,
            since: suppression.since.into(),
            until: suppression.until.map(Into::into),
            can_be_lifted,
        }
    }
}

impl From<Vec<Shown>> for SuppressionListBody {
    fn from(shown: Vec<Shown>) -> Self {
        Self { items: shown.into_iter().map(SuppressionBody::from).collect() }
    }
}

impl From<Lifted> for LiftedBody {
    fn from(lifted: Lifted) -> Self {
        let told = |Told { provider, problem }: Told| ProviderTold {
            provider,
            told: problem.is_none(),
            detail: problem,
        };
        Self {
            lifted: lifted.lifted.into_iter().map(SuppressionBody::from).collect(),
            kept: lifted.kept.into_iter().map(SuppressionBody::from).collect(),
            providers: lifted.providers.into_iter().map(told).collect(),
        }
    }
}
