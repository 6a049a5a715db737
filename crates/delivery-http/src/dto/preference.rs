//! What people hear of by which channel, and when.

use std::collections::BTreeMap;

use carillon_application::Refusal;
use carillon_application::preferences::{Cell, Change, Origin, Override, Overview, Row, Wish};
use carillon_domain::business::QuietHours;
use carillon_domain::choices::{Choices, Digest, Rhythm};
use carillon_domain::{BusinessId, Category, Channel, KindName, Topic};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::dto::names::{CategoryName, ChannelName, OriginName, RhythmName};
use crate::dto::object::Object;
use crate::dto::reading::Reading;
use crate::dto::settings::QuietHoursBody;
use crate::query::{FromQuery, Pairs};

/// Where decisions come from when nobody says.
const SOURCE: &str = "api";

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

/// What to change. What is not named stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PreferencesInput, example = json!({
    "categories": [{"category": "reminders", "channels": [{"channel": "sms", "allowed": false}]}],
    "quiet_hours": {"from": "21:00", "to": "08:00"},
    "digest": {"messages": {"every": "daily", "at": "18:00"}}
}))]
pub(crate) struct PreferencesInput {
    /// Categories by channel.
    #[serde(default)]
    #[schema(value_type = Vec<CategoryInput>)]
    categories: Vec<Object<CategoryInput>>,
    /// Single kinds.
    #[serde(default)]
    #[schema(value_type = Vec<KindPreferenceInput>)]
    kinds: Vec<Object<KindPreferenceInput>>,
    /// Marketing. To allow it is to record a consent: only what the person said themselves.
    #[serde(default)]
    #[schema(value_type = Vec<CellInput>)]
    marketing: Vec<Object<CellInput>>,
    /// Other quiet hours; null for none.
    #[serde(default)]
    #[schema(value_type = Option<QuietHoursBody>)]
    quiet_hours: Given<Object<QuietHoursBody>>,
    /// How these categories come.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, DigestBody>, example = json!({"messages": {"every": "none"}}))]
    digest: BTreeMap<Category, Object<DigestBody>>,
    /// Where it was said: `account`, `phone` …; `api` where absent.
    #[schema(example = "account")]
    source: Option<String>,
    /// The version of the wording that was shown.
    #[schema(example = "2026-05")]
    wording: Option<String>,
    /// The internet address that the person decided from; for their own token it is known, and this is passed over.
    #[schema(example = "192.0.2.7")]
    ip: Option<String>,
}

/// A category by some of its channels.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CategoryInput {
    /// Which.
    #[schema(value_type = CategoryName)]
    category: Category,
    /// The channels to change.
    #[schema(value_type = Vec<CellInput>)]
    channels: Vec<Object<CellInput>>,
}

/// One channel.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CellInput {
    /// Which.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// Yes or no.
    #[schema(example = false)]
    allowed: bool,
}

/// A decision on one kind.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KindPreferenceInput {
    /// Which.
    #[schema(example = "client.payment_confirmed")]
    kind: String,
    /// By which channel.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// Yes or no.
    #[schema(example = false)]
    allowed: bool,
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

/// A field of which null says something else than absence.
#[derive(Default)]
enum Given<T> {
    /// Not named: it stays.
    #[default]
    Absent,
    /// Named as null: it goes.
    Null,
    /// Named with a value.
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|value| value.map_or(Self::Null, Self::Value))
    }
}

impl PreferencesInput {
    /// The command.
    pub(crate) fn change(self) -> Result<Change, Refusal> {
        let mut reading = Reading::new("invalid_preferences");
        let mut wishes = Vec::new();
        for (row, Object(CategoryInput { category, channels })) in self.categories.into_iter().enumerate() {
            for (column, Object(CellInput { channel, allowed })) in channels.into_iter().enumerate() {
                let pointer = format!("/categories/{row}/channels/{column}");
                wishes.push(Wish { pointer, topic: category.into(), channel, allowed });
            }
        }
        for (row, Object(KindPreferenceInput { kind, channel, allowed })) in
            self.kinds.into_iter().enumerate()
        {
            let pointer = format!("/kinds/{row}");
            let kind = reading.field(&format!("{pointer}/kind"), &kind, str::parse::<KindName>);
            wishes.extend(kind.map(|kind| Wish { pointer, topic: Topic::Kind(kind), channel, allowed }));
        }
        for (row, Object(CellInput { channel, allowed })) in self.marketing.into_iter().enumerate() {
            let pointer = format!("/marketing/{row}");
            wishes.push(Wish { pointer, topic: Topic::Marketing, channel, allowed });
        }
        let ip = reading.optional("/ip", self.ip.as_deref(), |text| {
            text.parse().map_err(|_| "is not an internet address such as 192.0.2.7 or 2001:db8::7")
        });
        let quiet_hours = match self.quiet_hours {
            Given::Absent => None,
            Given::Null => Some(None),
            Given::Value(Object(QuietHoursBody { from, to })) => Some(Some(QuietHours { from, to })),
        };
        let digest = self.digest.into_iter();
        reading.finish(Some(Change {
            wishes,
            quiet_hours,
            digest: digest.map(|(category, Object(digest))| (category, digest.into())).collect(),
            source: self.source.unwrap_or_else(|| SOURCE.to_owned()),
            wording: self.wording,
            ip,
        }))
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
    fn from(Override { kind, channel, allowed }: Override) -> Self {
        Self { kind, channel, allowed }
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
