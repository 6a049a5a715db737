//! What people agreed to.

use std::net::IpAddr;

use carillon_application::Refusal;
use carillon_application::inline::check_name;
use carillon_application::recipients::Decision;
use carillon_domain::{BusinessId, Category, Channel, KindName, Purpose};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dto::names::{CategoryName, ChannelName, PurposeName};
use crate::dto::reading::Reading;
use crate::dto::timestamp::Timestamp;
use crate::world::{Recorded, Topic};

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
    /// The internet address that the person decided from; for their own token it is known, and this is passed over.
    #[schema(example = "192.0.2.7")]
    ip: Option<String>,
}

/// A recorded decision of a person.
#[derive(Serialize, ToSchema)]
#[schema(as = Consent)]
pub(crate) struct ConsentBody {
    /// Towards whom; null is towards everybody on the platform.
    #[schema(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// `marketing`, or null when it is about a category or one kind.
    #[schema(value_type = Option<PurposeName>, example = "marketing")]
    purpose: Option<Purpose>,
    /// The category it is about, or null.
    #[schema(value_type = Option<CategoryName>, example = json!(null))]
    category: Option<Category>,
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
    /// The internet address that the person decided from, where it is known.
    #[schema(value_type = Option<String>, example = "192.0.2.7")]
    ip: Option<IpAddr>,
    /// When it was recorded.
    at: Timestamp,
    /// Its place in the person's chain of decisions, from 1; null for one that is older than the chain.
    #[schema(example = 3)]
    seq: Option<u64>,
    /// The hash of the decision before; zeros for the first.
    #[schema(example = "1d4a…")]
    previous_hash: Option<String>,
    /// SHA-256 over the hash before and this decision: docs/consent.md says how.
    #[schema(example = "9b0f…")]
    hash: Option<String>,
    /// A keyed hash of the internet address, which stands for it under the hash.
    #[schema(example = "c81e…")]
    ip_hash: Option<String>,
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
        let ip = reading.optional("/ip", self.ip.as_deref(), |text| {
            text.parse().map_err(|_| "is not an internet address such as 192.0.2.7 or 2001:db8::7")
        });
        reading.finish(Some(Decision {
            business,
            channel: self.channel,
            granted: self.granted,
            source: self.source,
            wording: self.wording,
            ip,
        }))
    }
}

impl From<Recorded> for ConsentBody {
    fn from(Recorded { consent, link }: Recorded) -> Self {
        let (purpose, category, kind) = match consent.topic {
            Topic::Marketing => (Some(Purpose::Marketing), None, None),
            Topic::Category(category) => (None, Some(category), None),
            Topic::Kind(kind) => (None, None, Some(kind)),
        };
        let (seq, ip_hash) =
            (link.as_ref().map(|link| link.seq), link.as_ref().and_then(|link| link.ip_hash.clone()));
        let (previous_hash, hash) = link.map(|link| (link.previous_hash, link.hash)).unzip();
        Self {
            business_id: consent.business,
            purpose,
            category,
            kind,
            channel: consent.channel,
            granted: consent.granted,
            source: consent.source,
            wording: consent.wording,
            ip: consent.ip,
            at: consent.at.into(),
            seq,
            previous_hash,
            hash,
            ip_hash,
        }
    }
}
