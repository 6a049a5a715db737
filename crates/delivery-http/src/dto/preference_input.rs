//! What is to be changed of what people hear of by which channel.

use std::collections::BTreeMap;

use carillon_application::Refusal;
use carillon_application::preferences::{Change, Wish};
use carillon_domain::business::QuietHours;
use carillon_domain::{Category, Channel, KindName, Topic};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::dto::names::{CategoryName, ChannelName};
use crate::dto::object::Object;
use crate::dto::preference::DigestBody;
use crate::dto::reading::Reading;
use crate::dto::settings::QuietHoursBody;

/// Where decisions come from when nobody says.
const SOURCE: &str = "api";

/// What to change. What is not named stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PreferencesInput, example = json!({
    "categories": [{"category": "reminders", "channels": [{"channel": "sms", "allowed": false}]}],
    "quiet_hours": {"from": "21:00", "to": "08:00"},
    "digest": {"messages": {"every": "daily", "at": "18:00"}}
}))]
pub(crate) struct PreferencesInput {
    /// As GET answers it: passed over. The query says towards whom.
    #[serde(rename = "business_id")]
    #[schema(value_type = Option<String>, read_only, example = "salon-1")]
    _business_id: Option<IgnoredAny>,
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
    /// As GET answers it: passed over.
    #[schema(value_type = Option<bool>, read_only)]
    changeable: Option<IgnoredAny>,
    /// As GET answers it: passed over. A row that has it and says what holds anyway changes nothing.
    #[schema(value_type = Option<String>, read_only, example = "default")]
    from: Option<IgnoredAny>,
}

impl CellInput {
    fn wish(self, pointer: String, topic: Topic) -> Wish {
        let is_shown = self.changeable.is_some() || self.from.is_some();
        Wish { pointer, topic, channel: self.channel, allowed: self.allowed, is_shown }
    }
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
    /// As GET answers it: passed over.
    #[schema(value_type = Option<CategoryName>, read_only)]
    category: Option<IgnoredAny>,
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
            for (column, Object(cell)) in channels.into_iter().enumerate() {
                let pointer = format!("/categories/{row}/channels/{column}");
                wishes.push(cell.wish(pointer, category.into()));
            }
        }
        for (row, Object(input)) in self.kinds.into_iter().enumerate() {
            let KindPreferenceInput { kind, channel, allowed, category } = input;
            let is_shown = category.is_some();
            let pointer = format!("/kinds/{row}");
            let kind = reading.field(&format!("{pointer}/kind"), &kind, str::parse::<KindName>);
            wishes.extend(kind.map(|kind| Wish {
                pointer,
                topic: Topic::Kind(kind),
                channel,
                allowed,
                is_shown,
            }));
        }
        for (row, Object(cell)) in self.marketing.into_iter().enumerate() {
            let pointer = format!("/marketing/{row}");
            wishes.push(cell.wish(pointer, Topic::Marketing));
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
