//! What people agreed to.

use carillon_application::Refusal;
use carillon_application::inline::check_name;
use carillon_application::recipients::Decision;
use carillon_domain::{BusinessId, Channel, KindName, Purpose};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dto::names::{ChannelName, PurposeName};
use crate::dto::reading::Reading;
use crate::dto::timestamp::Timestamp;
use crate::world::{Consent, Topic};

/// A decision of a person, with its proof (GDPR art. 7).
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "business_id": "salon-1",
    "purpose": "marketing",
    "channel": "email",
    "granted": true,
    "source": "booking_form",
    "wording": "2026-05"
}))]
pub(crate) struct ConsentInput {
    /// Towards whom; left out, towards everybody on the platform.
    #[schema(example = "salon-1")]
    business_id: Option<String>,
    /// To what; only marketing needs consent.
    #[schema(value_type = PurposeName, example = "marketing")]
    purpose: Purpose,
    /// By which channel.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// Yes or no.
    #[schema(example = true)]
    granted: bool,
    /// Where it was said: `booking_form`, `phone` …
    #[schema(example = "booking_form")]
    source: String,
    /// The version of the wording that was shown.
    #[schema(example = "2026-05")]
    wording: Option<String>,
}

/// A recorded decision of a person.
#[derive(Serialize, ToSchema)]
#[schema(as = Consent)]
pub(crate) struct ConsentBody {
    /// Towards whom; null is towards everybody on the platform.
    #[schema(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// `marketing`, or null when it is about one kind.
    #[schema(value_type = Option<PurposeName>, example = "marketing")]
    purpose: Option<Purpose>,
    /// The one kind it is about, or null.
    #[schema(value_type = Option<String>, example = json!(null))]
    kind: Option<KindName>,
    /// By which channel.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// Yes or no.
    #[schema(example = true)]
    granted: bool,
    /// Where it was said.
    #[schema(example = "booking_form")]
    source: String,
    /// The version of the wording that was shown.
    #[schema(example = "2026-05")]
    wording: Option<String>,
    /// When it was recorded.
    at: Timestamp,
}

impl ConsentInput {
    /// The command.
    pub(crate) fn decision(self) -> Result<Decision, Refusal> {
        let mut reading = Reading::new("invalid_consent");
        let business = reading.optional("/business_id", self.business_id.as_deref(), str::parse);
        if self.purpose != Purpose::Marketing {
            reading.problem("/purpose", "must be marketing: a service message needs no consent");
        }
        if let Some(Err(detail)) = self.wording.as_deref().map(check_name) {
            reading.problem("/wording", detail);
        }
        reading.finish(Some(Decision {
            business,
            channel: self.channel,
            granted: self.granted,
            source: self.source,
            wording: self.wording,
        }))
    }
}

impl From<Consent> for ConsentBody {
    fn from(consent: Consent) -> Self {
        let (purpose, kind) = match consent.topic {
            Topic::Marketing => (Some(Purpose::Marketing), None),
            Topic::Kind(kind) => (None, Some(kind)),
        };
        Self {
            business_id: consent.business,
            purpose,
            kind,
            channel: consent.channel,
            granted: consent.granted,
            source: consent.source,
            wording: consent.wording,
            at: consent.at.into(),
        }
    }
}
