//! What a business chose.

use std::collections::BTreeMap;

use carillon_domain::business::{Brand, ChannelChoice, Reminders, Sender};
use carillon_domain::reminder::ReminderRule;
use carillon_domain::{Channel, KindName, Locale, Settings};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::dto::names::ChannelName;
use crate::dto::object::Object;

/// What a business chose. Whatever is left out becomes the usual.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Settings)]
pub(crate) struct SettingsBody {
    /// Language (BCP 47) of people who have none of their own.
    #[schema(value_type = String, default = "fr", example = "fr")]
    locale: Locale,
    /// Time zone (IANA) of people who have none of their own.
    #[serde(deserialize_with = "zone")]
    #[schema(value_type = String, default = "Europe/Paris", example = "Europe/Paris")]
    timezone: Tz,
    /// When clients are reminded.
    #[schema(value_type = RemindersBody)]
    reminders: Object<RemindersBody>,
    /// Which channels are used.
    #[schema(value_type = ChannelChoiceBody)]
    channels: Object<ChannelChoiceBody>,
    /// Who e-mails come from.
    #[schema(value_type = SenderBody)]
    sender: Object<SenderBody>,
    /// How e-mails look.
    #[schema(value_type = BrandBody)]
    brand: Object<BrandBody>,
}

/// When clients are reminded of an appointment.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Reminders)]
pub(crate) struct RemindersBody {
    /// Off: no client is reminded.
    #[schema(default = true)]
    enabled: bool,
    /// Any number of them.
    #[schema(value_type = Vec<ReminderRuleBody>)]
    rules: Vec<Object<ReminderRuleBody>>,
}

/// One reminder: how long before, and by what.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReminderRule)]
pub(crate) struct ReminderRuleBody {
    /// Elapsed time before the start: `30m`, `24h`, `3d`.
    #[schema(example = "24h")]
    before: String,
    /// The channels to use, at least one.
    #[schema(value_type = Vec<ChannelName>, example = json!(["email"]))]
    channels: Vec<Channel>,
}

/// Which channels a business uses.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ChannelChoice)]
pub(crate) struct ChannelChoiceBody {
    /// Channels that are never used.
    #[schema(value_type = Vec<ChannelName>, example = json!(["sms"]))]
    off: Vec<Channel>,
    /// The channels of a kind, in place of the kind's own: how an optional channel is turned on.
    #[schema(value_type = BTreeMap<String, Vec<ChannelName>>, example = json!({"client.reminder_24h": ["email", "sms"]}))]
    kinds: BTreeMap<KindName, Vec<Channel>>,
}

/// Who e-mails come from.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Sender)]
pub(crate) struct SenderBody {
    /// Display name; the business's name where absent.
    #[schema(example = "Salon Martin")]
    name: Option<String>,
    /// Where answers go.
    #[schema(example = "bonjour@salon-martin.example")]
    reply_to: Option<String>,
}

/// How e-mails look.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Brand)]
pub(crate) struct BrandBody {
    /// Accent colour.
    #[schema(example = "#0f6e66")]
    color: Option<String>,
    /// Phone number as clients should read it.
    #[schema(example = "01 23 45 67 89")]
    phone: Option<String>,
    /// Postal address on one line.
    #[schema(example = "12 rue des Lilas, 75011 Paris")]
    address: Option<String>,
}

impl Default for SettingsBody {
    fn default() -> Self {
        Settings::default().into()
    }
}

impl Default for RemindersBody {
    fn default() -> Self {
        Reminders::default().into()
    }
}

impl From<Settings> for SettingsBody {
    fn from(settings: Settings) -> Self {
        let (sender, brand) = (settings.sender, settings.brand);
        Self {
            locale: settings.locale,
            timezone: settings.timezone,
            reminders: Object(settings.reminders.into()),
            channels: Object(ChannelChoiceBody {
                off: settings.channels.off,
                kinds: settings.channels.kinds,
            }),
            sender: Object(SenderBody { name: sender.name, reply_to: sender.reply_to }),
            brand: Object(BrandBody { color: brand.color, phone: brand.phone, address: brand.address }),
        }
    }
}

impl From<Reminders> for RemindersBody {
    fn from(reminders: Reminders) -> Self {
        let rule =
            |rule: ReminderRule| Object(ReminderRuleBody { before: rule.before, channels: rule.channels });
        Self { enabled: reminders.enabled, rules: reminders.rules.into_iter().map(rule).collect() }
    }
}

impl From<SettingsBody> for Settings {
    fn from(body: SettingsBody) -> Self {
        let (reminders, channels) = (body.reminders.0, body.channels.0);
        let (sender, brand) = (body.sender.0, body.brand.0);
        let rule = |Object(rule): Object<ReminderRuleBody>| ReminderRule {
            before: rule.before,
            channels: rule.channels,
        };
        let rules = reminders.rules.into_iter().map(rule).collect();
        Self {
            locale: body.locale,
            timezone: body.timezone,
            reminders: Reminders { enabled: reminders.enabled, rules },
            channels: ChannelChoice { off: channels.off, kinds: channels.kinds },
            sender: Sender { name: sender.name, reply_to: sender.reply_to },
            brand: Brand { color: brand.color, phone: brand.phone, address: brand.address },
        }
    }
}

/// The library's own error would repeat what was sent.
fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
    let name = String::deserialize(deserializer)?;
    name.parse().map_err(|_| serde::de::Error::custom("is not an IANA time zone such as Europe/Paris"))
}
