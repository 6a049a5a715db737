//! What people hear of by which channel, and when.

use std::collections::BTreeMap;

use carillon_application::preferences::{Cell, Origin, Override, Overview, Row};
use carillon_domain::business::QuietHours;
use carillon_domain::choices::{Choices, Digest, Rhythm};
use carillon_domain::{BusinessId, Category, Channel, KindName};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::dto::names::{CategoryName, ChannelName, OriginName, RhythmName};
use crate::dto::settings::QuietHoursBody;
use crate::query::{FromQuery, Pairs};

/// What a person hears of by which channel, and when.
#[derive(Serialize, ToSchema)]
#[schema(as = Preferences)]
pub(crate) struct PreferencesBody {
    /// Towards whom; null is towards everybody on the platform.
    #[schema(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// The categories that concern the person, marketing apart.
    categories: Vec<CategoryBody>,
    /// Kinds that the person decided on by themselves: this goes before their category.
    kinds: Vec<KindPreferenceBody>,
    /// Marketing, which needs consent.
    marketing: Vec<CellBody>,
    /// Hours in which nothing is to disturb, by the person's own clock; null for none. Towards everybody.
    quiet_hours: Option<QuietHoursBody>,
    /// What comes gathered, by category; what is not named comes at once. Towards everybody.
    #[schema(value_type = BTreeMap<String, DigestBody>, example = json!({"messages": {"every": "daily", "at": "18:00"}}))]
    digest: BTreeMap<Category, DigestBody>,
}

/// A category by each of its channels.
#[derive(Serialize, ToSchema)]
#[schema(as = CategoryPreference)]
pub(crate) struct CategoryBody {
    /// Which.
    #[schema(value_type = CategoryName)]
    category: Category,
    /// The channels that it comes by at all.
    channels: Vec<CellBody>,
}

/// One channel.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelPreference)]
pub(crate) struct CellBody {
    /// Which.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// Whether the person hears by it.
    #[schema(example = true)]
    allowed: bool,
    /// Whether the person may have it the other way. Not where the business does not use the channel, and not where it is the last one
    /// by which something critical arrives.
    #[schema(example = true)]
    changeable: bool,
    /// Who says so.
    #[schema(value_type = OriginName)]
    from: Origin,
}

/// A decision on one kind.
#[derive(Serialize, ToSchema)]
#[schema(as = KindPreference)]
pub(crate) struct KindPreferenceBody {
    /// Which.
    #[schema(value_type = String, example = "client.payment_confirmed")]
    kind: KindName,
    /// What it is about.
    #[schema(value_type = CategoryName)]
    category: Category,
    /// By which channel.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// Yes or no.
    #[schema(example = false)]
    allowed: bool,
}

/// How a category comes.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Digest)]
pub(crate) struct DigestBody {
    /// How often what was gathered comes.
    #[schema(value_type = RhythmName)]
    every: Rhythm,
    /// For a daily one: the time of day, by the person's own clock.
    #[schema(example = "18:00")]
    at: Option<String>,
}

/// Towards whom.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TowardsWhom {
    /// The business; the person's own where absent.
    #[param(value_type = Option<String>, example = "salon-1")]
    pub(crate) business_id: Option<BusinessId>,
}

impl FromQuery for TowardsWhom {
    fn read(query: &mut Pairs) -> Self {
        Self { business_id: query.take("business_id") }
    }
}

impl From<Overview> for PreferencesBody {
    fn from(overview: Overview) -> Self {
        let (matrix, choices) = (overview.matrix, overview.person.choices);
        let (quiet_hours, digest) = own_choices(choices);
        Self {
            business_id: overview.business.map(|business| business.id),
            categories: matrix.rows.into_iter().map(CategoryBody::from).collect(),
            kinds: matrix.overrides.into_iter().map(KindPreferenceBody::from).collect(),
            marketing: matrix.marketing.into_iter().map(CellBody::from).collect(),
            quiet_hours,
            digest,
        }
    }
}

/// What a person chose for themselves.
pub(crate) fn own_choices(choices: Choices) -> (Option<QuietHoursBody>, BTreeMap<Category, DigestBody>) {
    let quiet_hours = choices.quiet_hours.map(|QuietHours { from, to }| QuietHoursBody { from, to });
    let digest = choices.digest.into_iter();
    (quiet_hours, digest.map(|(category, digest)| (category, digest.into())).collect())
}

impl From<Row> for CategoryBody {
    fn from(Row { category, cells }: Row) -> Self {
        Self { category, channels: cells.into_iter().map(CellBody::from).collect() }
    }
}

impl From<Cell> for CellBody {
    fn from(Cell { channel, allowed, changeable, origin }: Cell) -> Self {
        Self { channel, allowed, changeable, from: origin }
    }
}

impl From<Override> for KindPreferenceBody {
    fn from(Override { kind, category, channel, allowed }: Override) -> Self {
        Self { kind, category, channel, allowed }
    }
}

impl From<Digest> for DigestBody {
    fn from(Digest { every, at }: Digest) -> Self {
        Self { every, at }
    }
}

impl From<DigestBody> for Digest {
    fn from(DigestBody { every, at }: DigestBody) -> Self {
        Self { every, at }
    }
}
