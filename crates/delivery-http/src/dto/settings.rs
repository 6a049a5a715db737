//! What a business chose.

use std::collections::BTreeMap;

use carillon_domain::business::{
    Brand, CapChoice, ChannelChoice, DigestRule, Every, LateBooking, LatePolicy, QuietHours, Reminders,
    Reports, Sender, SmsChoice,
};
use carillon_domain::country::Country;
use carillon_domain::reminder::ReminderRule;
use carillon_domain::sms::{Currency, Price};
use carillon_domain::{Channel, KindName, Locale, Platform, Settings, zone};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use crate::dto::names::ChannelName;
use crate::dto::object::Object;
use crate::dto::warning::Warning;

/// What a business chose. Whatever is left out becomes the usual.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Settings)]
pub(crate) struct SettingsBody {
    /// Language (BCP 47) of people who have none of their own. Left out, it is the platform's (`CARILLON_DEFAULT_LOCALE`).
    #[schema(value_type = String, example = "fr")]
    locale: Option<Locale>,
    /// Time zone (IANA) of the business: of its appointments and people that have none of their own. Printed times, and reminder rules by
    /// time of day, follow the appointment's zone, else this one; quiet hours and digests the recipient's, else this one. Left out, it is the platform's (`CARILLON_DEFAULT_TIMEZONE`).
    #[serde(deserialize_with = "optional_zone")]
    #[schema(value_type = String, example = "Europe/Paris")]
    timezone: Option<Tz>,
    /// When clients are reminded.
    #[schema(value_type = RemindersBody)]
    reminders: Object<RemindersBody>,
    /// What becomes of a reminder for which an appointment was booked too late.
    #[schema(value_type = LateBookingBody)]
    late_booking: Object<LateBookingBody>,
    /// Hours in which no reminder reaches a client: it comes before them instead.
    #[schema(value_type = Option<QuietHoursBody>)]
    quiet_hours: Option<Object<QuietHoursBody>>,
    /// What owners and staff are told regularly.
    #[schema(value_type = ReportsBody)]
    reports: Object<ReportsBody>,
    /// Which channels are used.
    #[schema(value_type = ChannelChoiceBody)]
    channels: Object<ChannelChoiceBody>,
    /// Who e-mails come from.
    #[schema(value_type = SenderBody)]
    sender: Object<SenderBody>,
    /// How e-mails look.
    #[schema(value_type = BrandBody)]
    brand: Object<BrandBody>,
    /// Text messages: where they go, and what they may cost.
    #[schema(value_type = SmsChoiceBody)]
    sms: Object<SmsChoiceBody>,
    /// How much anybody gets.
    #[schema(value_type = CapChoiceBody)]
    caps: Object<CapChoiceBody>,
    /// Kinds that are told in lists, each with when its list leaves; critical kinds and reminders cannot be.
    #[schema(value_type = BTreeMap<String, DigestRuleBody>, example = json!({"staff.client_message": {"every": "daily", "at": "08:00"}}))]
    digests: BTreeMap<KindName, Object<DigestRuleBody>>,
}

/// Settings after a change.
#[derive(Serialize, ToSchema)]
pub(crate) struct SettingsChanged {
    /// What holds now.
    #[serde(flatten)]
    pub(crate) settings: SettingsBody,
    /// What PUT reset because it was left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<Warning>,
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
    /// How long before the start: elapsed time (`30m`, `24h`, `3d`), or a time of day where it takes place (`1 day before at 18:00`,
    /// `the same day at 08:00`).
    #[schema(example = "24h")]
    before: String,
    /// The channels to use, at least one.
    #[schema(value_type = Vec<ChannelName>, example = json!(["email"]))]
    channels: Vec<Channel>,
    /// The reminder whose text is used; the nearest one where absent.
    #[schema(value_type = Option<String>, example = "client.reminder_24h")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<KindName>,
    /// A sentence of the business's own that the text carries, by language (BCP 47); one line of at most 200 characters each.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"fr": "Venez les cheveux secs.", "en": "Please come with dry hair."}))]
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    note: BTreeMap<Locale, String>,
}

/// What becomes of a reminder whose time has passed or is near when the appointment is booked or moved.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = LateBooking)]
pub(crate) struct LateBookingBody {
    /// `fold`: the confirmation stands for it. `skip`: it is left out. `send`: the last one of them leaves as soon as the spacing allows.
    #[schema(value_type = String, default = "fold", example = "fold", pattern = "^(fold|skip|send)$")]
    policy: LatePolicy,
    /// How long after the confirmation a reminder comes at the earliest.
    #[schema(default = "1h", example = "1h")]
    spacing: String,
}

/// Hours of the day, as the clocks of the reader show them; over midnight when the first is later than the second.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QuietHours)]
pub(crate) struct QuietHoursBody {
    /// When they begin.
    #[schema(example = "21:00")]
    pub(crate) from: String,
    /// When they are over.
    #[schema(example = "08:00")]
    pub(crate) to: String,
}

/// What is told regularly, each at a time of day of the business; null is never.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Reports)]
#[expect(clippy::struct_field_names, reason = "the names are the contract")]
pub(crate) struct ReportsBody {
    /// The owners' report of the day before.
    #[schema(example = "07:30")]
    daily_at: Option<String>,
    /// The owners' report of the week before, on Mondays.
    #[schema(example = "08:00")]
    weekly_at: Option<String>,
    /// The staff's agenda of the day after.
    #[schema(example = "18:00")]
    agenda_at: Option<String>,
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

/// Text messages of a business.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = SmsChoice)]
pub(crate) struct SmsChoiceBody {
    /// What they may cost in a month, as a decimal text; no bound where null. What would exceed it leaves by e-mail or in the app instead, and
    /// reminders are the last to do so.
    #[schema(value_type = Option<String>, example = "50.00")]
    monthly_budget: Option<Price>,
    /// The currency of the budget (ISO 4217): that of the price table.
    #[schema(value_type = Option<String>, example = "EUR")]
    currency: Option<Currency>,
    /// The countries (ISO 3166-1) that are written to; all where none is named.
    #[schema(value_type = Vec<String>, example = json!(["FR", "BE"]))]
    countries: Vec<Country>,
    /// Whether letters may lose their accents where that saves a segment.
    letters: bool,
}

/// How much anybody gets. Null is the service's own number, 0 is as much as there is. What exceeds it comes in one list later.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = CapChoice)]
pub(crate) struct CapChoiceBody {
    /// Notifications to a person in an hour; one that leaves by several channels counts once.
    #[schema(example = 100, maximum = 1_000_000)]
    person_per_hour: Option<u32>,
    /// Text messages to a number in a day.
    #[schema(example = 40, maximum = 1_000_000)]
    phone_per_day: Option<u32>,
    /// Messages of the whole business in an hour, by each channel.
    #[schema(example = 0, maximum = 1_000_000)]
    business_per_hour: Option<u32>,
}

/// When a list leaves.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DigestRule)]
pub(crate) struct DigestRuleBody {
    /// `hourly` at each full hour, `daily` once a day; `hour` and `day` are understood as well.
    #[serde(serialize_with = "rhythm")]
    #[schema(value_type = String, example = "daily", pattern = "^(hourly|daily|hour|day)$")]
    every: Every,
    /// For a daily one: the time of day where the reader is.
    #[schema(example = "08:00")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

/// Settings as clients see them.
pub(crate) fn as_json(settings: &Settings) -> serde_json::Value {
    serde_json::to_value(SettingsBody::from(settings.clone())).unwrap_or_default()
}

impl From<SmsChoice> for SmsChoiceBody {
    fn from(SmsChoice { monthly_budget, currency, countries, letters }: SmsChoice) -> Self {
        Self { monthly_budget, currency, countries, letters }
    }
}

impl From<CapChoice> for CapChoiceBody {
    fn from(CapChoice { person_per_hour, phone_per_day, business_per_hour }: CapChoice) -> Self {
        Self { person_per_hour, phone_per_day, business_per_hour }
    }
}

impl Default for SettingsBody {
    fn default() -> Self {
        let usual = Self::from(Settings::default());
        Self { locale: None, timezone: None, ..usual }
    }
}

impl Default for RemindersBody {
    fn default() -> Self {
        Reminders::default().into()
    }
}

impl Default for LateBookingBody {
    fn default() -> Self {
        LateBooking::default().into()
    }
}

impl Default for ReportsBody {
    fn default() -> Self {
        Reports::default().into()
    }
}

impl From<LateBooking> for LateBookingBody {
    fn from(LateBooking { policy, spacing }: LateBooking) -> Self {
        Self { policy, spacing }
    }
}

impl From<Reports> for ReportsBody {
    fn from(Reports { daily_at, weekly_at, agenda_at }: Reports) -> Self {
        Self { daily_at, weekly_at, agenda_at }
    }
}

impl From<Settings> for SettingsBody {
    fn from(settings: Settings) -> Self {
        let (sender, brand) = (settings.sender, settings.brand);
        Self {
            locale: Some(settings.locale),
            timezone: Some(settings.timezone),
            reminders: Object(settings.reminders.into()),
            late_booking: Object(settings.late_booking.into()),
            quiet_hours: settings
                .quiet_hours
                .map(|QuietHours { from, to }| Object(QuietHoursBody { from, to })),
            reports: Object(settings.reports.into()),
            channels: Object(ChannelChoiceBody {
                off: settings.channels.off,
                kinds: settings.channels.kinds,
            }),
            sender: Object(SenderBody { name: sender.name, reply_to: sender.reply_to }),
            brand: Object(BrandBody { color: brand.color, phone: brand.phone, address: brand.address }),
            sms: Object(settings.sms.into()),
            caps: Object(settings.caps.into()),
            digests: settings
                .digests
                .into_iter()
                .map(|(kind, DigestRule { every, at })| (kind, Object(DigestRuleBody { every, at })))
                .collect(),
        }
    }
}

impl From<Reminders> for RemindersBody {
    fn from(reminders: Reminders) -> Self {
        let rule = |ReminderRule { before, channels, kind, note }: ReminderRule| {
            Object(ReminderRuleBody { before, channels, kind, note })
        };
        Self { enabled: reminders.enabled, rules: reminders.rules.into_iter().map(rule).collect() }
    }
}

impl SettingsBody {
    /// The settings that are meant, on a platform whose language and zone are the usual ones.
    pub(crate) fn meant_on(self, platform: &Platform) -> Settings {
        let body = self;
        let (reminders, channels) = (body.reminders.0, body.channels.0);
        let (sender, brand, sms, caps) = (body.sender.0, body.brand.0, body.sms.0, body.caps.0);
        let rule = |Object(ReminderRuleBody { before, channels, kind, note }): Object<ReminderRuleBody>| {
            ReminderRule { before, channels, kind, note }
        };
        let (late, reports) = (body.late_booking.0, body.reports.0);
        let rules = reminders.rules.into_iter().map(rule).collect();
        Settings {
            locale: body.locale.unwrap_or_else(|| platform.locale.clone()),
            timezone: body.timezone.unwrap_or(platform.timezone),
            reminders: Reminders { enabled: reminders.enabled, rules },
            late_booking: LateBooking { policy: late.policy, spacing: late.spacing },
            quiet_hours: body.quiet_hours.map(|Object(QuietHoursBody { from, to })| QuietHours { from, to }),
            reports: Reports {
                daily_at: reports.daily_at,
                weekly_at: reports.weekly_at,
                agenda_at: reports.agenda_at,
            },
            channels: ChannelChoice { off: channels.off, kinds: channels.kinds },
            sender: Sender { name: sender.name, reply_to: sender.reply_to },
            brand: Brand { color: brand.color, phone: brand.phone, address: brand.address },
            sms: SmsChoice {
                monthly_budget: sms.monthly_budget,
                currency: sms.currency,
                countries: sms.countries,
                letters: sms.letters,
            },
            caps: CapChoice {
                person_per_hour: caps.person_per_hour,
                phone_per_day: caps.phone_per_day,
                business_per_hour: caps.business_per_hour,
            },
            digests: body
                .digests
                .into_iter()
                .map(|(kind, Object(DigestRuleBody { every, at }))| (kind, DigestRule { every, at }))
                .collect(),
        }
    }
}

/// Reads a zone that may be left out. The library's own error would repeat what was sent.
pub(crate) fn optional_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Tz>, D::Error> {
    let name = Option::<String>::deserialize(deserializer)?;
    name.map(|name| zone::read(&name).map_err(serde::de::Error::custom)).transpose()
}

/// How often, in the words of preferences.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn rhythm<S: Serializer>(every: &Every, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match every {
        Every::Hour => "hourly",
        Every::Day => "daily",
    })
}
