//! The tenant and its settings.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::{BusinessId, KindName};
use crate::locale::Locale;
use crate::reminder::ReminderRule;

/// A tenant.
#[derive(Debug, Clone, PartialEq)]
pub struct Business {
    /// The platform's own id.
    pub id: BusinessId,
    /// What it is called, as its clients know it.
    pub name: String,
    /// Its choices.
    pub settings: Settings,
}

/// What a business chose. Everything has a default; unknown names are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Language of people who have none of their own.
    pub locale: Locale,
    /// Time zone (IANA) of people who have none of their own.
    pub timezone: Tz,
    /// When clients are reminded.
    pub reminders: Reminders,
    /// Which channels are used.
    pub channels: ChannelChoice,
    /// Who e-mails come from.
    pub sender: Sender,
    /// How e-mails look.
    pub brand: Brand,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            locale: Locale::french(),
            timezone: chrono_tz::Europe::Paris,
            reminders: Reminders::default(),
            channels: ChannelChoice::default(),
            sender: Sender::default(),
            brand: Brand::default(),
        }
    }
}

/// When clients are reminded of an appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reminders {
    /// Off: no client is reminded.
    pub enabled: bool,
    /// Any number of them.
    pub rules: Vec<ReminderRule>,
}

impl Default for Reminders {
    fn default() -> Self {
        let rule =
            |before: &str, channel| ReminderRule { before: before.to_owned(), channels: vec![channel] };
        Self { enabled: true, rules: vec![rule("24h", Channel::Email), rule("1h", Channel::Sms)] }
    }
}

/// Which channels a business uses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelChoice {
    /// Channels that are never used.
    pub off: Vec<Channel>,
    /// The channels of a kind, in place of the kind's own: how an optional channel is turned on.
    pub kinds: BTreeMap<KindName, Vec<Channel>>,
}

/// Who e-mails come from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sender {
    /// Display name; the business's name where absent.
    pub name: Option<String>,
    /// Where answers go.
    pub reply_to: Option<String>,
}

/// How e-mails look.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Brand {
    /// Accent colour, `#rrggbb`.
    pub color: Option<String>,
    /// Phone number as clients should read it.
    pub phone: Option<String>,
    /// Postal address on one line.
    pub address: Option<String>,
}

/// The zone of the platform itself, for people without zone or business.
pub const PLATFORM_ZONE: Tz = chrono_tz::UTC;
