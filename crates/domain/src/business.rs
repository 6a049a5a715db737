//! The tenant and its settings.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::channel::{Channel, named};
use crate::civil::{self, Quiet};
use crate::country::Country;
use crate::ids::{BusinessId, KindName};
use crate::locale::Locale;
use crate::reason::UnknownName;
use crate::reminder::ReminderRule;
use crate::sms::{Currency, Price};
use crate::{span, zone};

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
    /// Time zone (IANA) of appointments and people that have none of their own.
    pub timezone: Tz,
    /// When clients are reminded.
    pub reminders: Reminders,
    /// What becomes of a reminder for which an appointment was booked too late.
    pub late_booking: LateBooking,
    /// Hours in which no reminder reaches a client: it comes before them instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
    /// What owners and staff are told regularly.
    pub reports: Reports,
    /// Which channels are used.
    pub channels: ChannelChoice,
    /// Who e-mails come from.
    pub sender: Sender,
    /// How e-mails look.
    pub brand: Brand,
    /// Text messages: where they go, and what they may cost.
    #[serde(skip_serializing_if = "SmsChoice::is_usual")]
    pub sms: SmsChoice,
    /// How much anybody gets.
    #[serde(skip_serializing_if = "CapChoice::is_usual")]
    pub caps: CapChoice,
    /// Kinds that are told in lists.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub digests: BTreeMap<KindName, DigestRule>,
}

impl Settings {
    /// The country in which numbers are dialled that people write without its code: the only one that text messages go to, else that of the
    /// time zone, else the region of the language.
    pub fn country(&self) -> Option<Country> {
        match self.sms.countries[..] {
            [only] => Some(only),
            _ => zone::country_of(self.timezone).or_else(|| self.locale.region()),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            locale: Locale::french(),
            timezone: chrono_tz::Europe::Paris,
            reminders: Reminders::default(),
            late_booking: LateBooking::default(),
            quiet_hours: None,
            reports: Reports::default(),
            channels: ChannelChoice::default(),
            sender: Sender::default(),
            brand: Brand::default(),
            sms: SmsChoice::default(),
            caps: CapChoice::default(),
            digests: BTreeMap::new(),
        }
    }
}

/// Text messages of a business.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmsChoice {
    /// What they may cost in a month, in the currency; no bound where absent.
    pub monthly_budget: Option<Price>,
    /// The currency of the budget: that of the price table where absent.
    pub currency: Option<Currency>,
    /// The countries that are written to; all where none is named.
    pub countries: Vec<Country>,
    /// Whether letters may lose their accents where that saves a segment.
    pub letters: bool,
}

impl SmsChoice {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// How much anybody gets; the service's own numbers where absent, and 0 is as much as there is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CapChoice {
    /// Notifications to a person in an hour, by whatever channels.
    pub person_per_hour: Option<u32>,
    /// A number in a day, by SMS.
    pub phone_per_day: Option<u32>,
    /// The whole business in an hour, by each channel.
    pub business_per_hour: Option<u32>,
}

impl CapChoice {
    /// The highest number.
    pub const MOST: u32 = 1_000_000;

    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// When a list leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestRule {
    /// How often.
    pub every: Every,
    /// For a daily one: the time of day where the reader is, `08:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// How often a list leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// At each full hour.
    #[serde(alias = "hourly")]
    Hour,
    /// Once a day.
    #[serde(alias = "daily")]
    Day,
}
named!(Every { Hour => "hour", Day => "day" });

impl DigestRule {
    /// When the next list leaves, after `now`; a daily one without a time leaves at 08:00.
    pub fn next(&self, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        let shown = civil::shown(now, zone);
        match self.every {
            Every::Hour => {
                let past = TimeDelta::minutes(i64::from(shown.minute()))
                    + TimeDelta::seconds(i64::from(shown.second()));
                now - past + TimeDelta::hours(1)
            }
            Every::Day => {
                let time = self.at.as_deref().and_then(time_of_day).unwrap_or(DAILY_AT);
                let today = civil::instant(shown.date().and_time(time), zone);
                let tomorrow = shown.date().succ_opt().unwrap_or(shown.date());
                if today > now { today } else { civil::instant(tomorrow.and_time(time), zone) }
            }
        }
    }
}

/// When daily lists leave that name no time.
const DAILY_AT: NaiveTime = match NaiveTime::from_hms_opt(8, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

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
        let rule = |before: &str, channel| ReminderRule {
            before: before.to_owned(),
            channels: vec![channel],
            kind: None,
            note: BTreeMap::new(),
        };
        Self { enabled: true, rules: vec![rule("24h", Channel::Email), rule("1h", Channel::Sms)] }
    }
}

/// What becomes of a reminder whose time has passed or is near when the appointment is booked or moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LateBooking {
    /// What is done.
    pub policy: LatePolicy,
    /// How long after the confirmation a reminder comes at the earliest: elapsed time such as `1h`.
    pub spacing: String,
}

/// What is done with a reminder that comes too close to the confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LatePolicy {
    /// The confirmation stands for it.
    #[default]
    Fold,
    /// It is left out.
    Skip,
    /// The last one of them leaves as soon as the spacing allows, while it is of use.
    Send,
}
named!(LatePolicy { Fold => "fold", Skip => "skip", Send => "send" });

impl Default for LateBooking {
    fn default() -> Self {
        Self { policy: LatePolicy::Fold, spacing: "1h".to_owned() }
    }
}

impl LateBooking {
    /// The least time between the confirmation and a reminder; none where the text says no length of time.
    pub fn spacing(&self) -> TimeDelta {
        span::parse(&self.spacing).unwrap_or_default()
    }
}

/// Hours of the day, as the clocks of the reader show them: `21:00` to `08:00`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// When they begin.
    pub from: String,
    /// When they are over.
    pub to: String,
}

impl QuietHours {
    /// The same as times of day; `None` where the texts say none.
    pub fn quiet(&self) -> Option<Quiet> {
        Some(Quiet { from: time_of_day(&self.from)?, to: time_of_day(&self.to)? })
    }
}

/// A time of day as people write it in settings: `08:00`.
pub fn time_of_day(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

/// What is told regularly, each at a time of day of the business; `None` is never.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reports {
    /// The owners' report of the day before.
    pub daily_at: Option<String>,
    /// The owners' report of the week before, on Mondays.
    pub weekly_at: Option<String>,
    /// The staff's agenda of the day after.
    pub agenda_at: Option<String>,
}

impl Default for Reports {
    fn default() -> Self {
        Self { daily_at: None, weekly_at: Some("08:00".to_owned()), agenda_at: None }
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

/// The clock of an appointment whose zone is not known.
pub const PLATFORM_ZONE: Tz = chrono_tz::UTC;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_dials_within_the_country_that_its_settings_tell() {
        let country = |timezone: Tz, locale: &str, countries: &[&str]| {
            let countries = countries.iter().map(|country| country.parse().unwrap()).collect();
            let sms = SmsChoice { countries, ..SmsChoice::default() };
            let settings = Settings { timezone, locale: locale.parse().unwrap(), sms, ..Settings::default() };
            settings.country().map(|country| country.to_string())
        };
        for (timezone, locale, countries, expected) in [
            (Tz::Europe__Paris, "fr", &[][..], Some("FR")),
            (Tz::Europe__Zurich, "fr", &[], Some("CH")),
            (Tz::Europe__Paris, "fr", &["BE"], Some("BE")),
            (Tz::Europe__Paris, "fr", &["BE", "LU"], Some("FR")),
            (Tz::UTC, "fr-CA", &[], Some("CA")),
            (Tz::UTC, "fr", &[], None),
        ] {
            assert_eq!(country(timezone, locale, countries).as_deref(), expected, "{timezone} {locale}");
        }
    }

    #[test]
    fn lists_leave_at_the_full_hour_or_at_the_readers_time_of_day() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let (hourly, daily) = (DigestRule { every: Every::Hour, at: None }, |at: Option<&str>| DigestRule {
            every: Every::Day,
            at: at.map(str::to_owned),
        });
        let table = [
            (hourly.clone(), "2026-12-03T10:15:30Z", "Europe/Paris", "2026-12-03T11:00:00Z"),
            (hourly.clone(), "2026-12-03T10:00:00Z", "Europe/Paris", "2026-12-03T11:00:00Z"),
            (hourly, "2026-12-03T10:15:30Z", "Asia/Kathmandu", "2026-12-03T11:15:00Z"),
            (daily(None), "2026-12-03T10:15:30Z", "Europe/Paris", "2026-12-04T07:00:00Z"),
            (daily(Some("18:30")), "2026-12-03T10:15:30Z", "Europe/Paris", "2026-12-03T17:30:00Z"),
            (daily(Some("02:30")), "2027-03-27T22:00:00Z", "Europe/Paris", "2027-03-28T01:30:00Z"),
        ];
        for (rule, now, zone, expected) in table {
            let next = rule.next(at(now), zone.parse().unwrap());
            assert_eq!(next, at(expected), "{rule:?} {now}");
        }
    }
}
