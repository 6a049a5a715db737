//! How long before something: elapsed time, or a time of day some days before.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::civil;
use crate::span;

/// The most days before.
const MOST_DAYS: u32 = 60;

/// How long before something a reminder leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lead {
    /// Elapsed time, whatever the clocks do: `1h`, `24h`, `3d`.
    Elapsed(TimeDelta),
    /// A time of day so many days before, as the clocks of the reader show it: `1 day before at 18:00`.
    Civil {
        /// How many days before; none is the day itself.
        days: u32,
        /// The time of day.
        at: NaiveTime,
    },
}

/// A text that says no such thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "is neither elapsed time such as 30m, 24h or 3d, nor a time of day such as \"1 day before at 18:00\" (at most 60 days)"
)]
pub struct LeadError;

impl Lead {
    /// The time that is so long before `starts_at`, by the clocks of `zone`.
    pub fn before(self, starts_at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        match self {
            Self::Elapsed(span) => starts_at - span,
            Self::Civil { days, at } => {
                let day = civil::shown(starts_at, zone).date();
                let day = day.checked_sub_days(Days::new(u64::from(days))).unwrap_or(day);
                civil::instant(day.and_time(at), zone)
            }
        }
    }

    /// Roughly how long that is: what tells which text fits best.
    pub fn length(self) -> TimeDelta {
        match self {
            Self::Elapsed(span) => span,
            Self::Civil { days, .. } => TimeDelta::days(i64::from(days)).max(TimeDelta::hours(12)),
        }
    }
}

impl FromStr for Lead {
    type Err = LeadError;

    /// Reads `24h`, `2 days before at 09:30`, `the day before at 18:00` or `the same day at 08:00`.
    fn from_str(text: &str) -> Result<Self, LeadError> {
        let Some((day, time)) = text.trim().split_once(" at ") else {
            let span = span::parse(text.trim()).map_err(|_| LeadError)?;
            let longest = TimeDelta::days(i64::from(MOST_DAYS));
            return if span <= longest { Ok(Self::Elapsed(span)) } else { Err(LeadError) };
        };
        let at = NaiveTime::parse_from_str(time.trim(), "%H:%M").map_err(|_| LeadError)?;
        let days = match day.trim() {
            "the same day" | "same day" => 0,
            "the day before" => 1,
            other => {
                let (number, unit) = other.split_once(' ').ok_or(LeadError)?;
                let days: u32 = number.parse().map_err(|_| LeadError)?;
                let fits = matches!((days, unit), (1, "day before") | (2..=MOST_DAYS, "days before"));
                if fits { days } else { return Err(LeadError) }
            }
        };
        Ok(Self::Civil { days, at })
    }
}

/// Always the same words for the same length, so that they can name a rule.
impl fmt::Display for Lead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elapsed(span) => {
                let seconds = span.num_seconds();
                let (number, unit) = [(3_600, "h"), (60, "m")]
                    .into_iter()
                    .find(|(each, _)| seconds % each == 0)
                    .map_or((seconds, "s"), |(each, unit)| (seconds / each, unit));
                write!(f, "{number}{unit}")
            }
            Self::Civil { days: 0, at } => write!(f, "the same day at {}", at.format("%H:%M")),
            Self::Civil { days: 1, at } => write!(f, "1 day before at {}", at.format("%H:%M")),
            Self::Civil { days, at } => write!(f, "{days} days before at {}", at.format("%H:%M")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_say_it_are_read_and_nonsense_is_refused() {
        let table = [
            ("1h", "1h"),
            ("3d", "72h"),
            ("90m", "90m"),
            ("1 day before at 18:00", "1 day before at 18:00"),
            ("the day before at 18:00", "1 day before at 18:00"),
            ("2 days before at 9:30", "2 days before at 09:30"),
            ("same day at 08:00", "the same day at 08:00"),
        ];
        for (text, same) in table {
            assert_eq!(text.parse::<Lead>().unwrap().to_string(), same, "{text}");
            assert_eq!(same.parse::<Lead>(), text.parse());
        }
        for text in [
            "",
            "soon",
            "1 day",
            "0 days before at 18:00",
            "1 days before at 18:00",
            "61 days before at 08:00",
            "61d",
            "1 day before at 25:00",
            "-1h",
        ] {
            assert_eq!(text.parse::<Lead>(), Err(LeadError), "{text:?}");
        }
    }

    #[test]
    fn elapsed_time_ignores_clock_changes_and_a_time_of_day_follows_them() {
        // The appointment: 10:00 on the day after the clocks changed; 24 hours before that is another time of day.
        let table = [
            ("Europe/Paris", "2027-03-28T08:00:00Z", "24h", "2027-03-27T08:00:00Z"),
            ("Europe/Paris", "2027-03-28T08:00:00Z", "1 day before at 10:00", "2027-03-27T09:00:00Z"),
            ("Europe/Paris", "2027-10-31T09:00:00Z", "1 day before at 10:00", "2027-10-30T08:00:00Z"),
            ("America/New_York", "2027-11-08T15:00:00Z", "2 days before at 18:00", "2027-11-06T22:00:00Z"),
            ("America/New_York", "2027-03-15T14:00:00Z", "2 days before at 18:00", "2027-03-13T23:00:00Z"),
            ("Australia/Lord_Howe", "2027-10-03T23:00:00Z", "1 day before at 18:00", "2027-10-03T07:00:00Z"),
            ("Australia/Lord_Howe", "2027-10-02T23:00:00Z", "1 day before at 18:00", "2027-10-02T07:30:00Z"),
            ("Asia/Kathmandu", "2027-03-28T04:15:00Z", "the same day at 08:00", "2027-03-28T02:15:00Z"),
            ("Africa/Casablanca", "2027-02-08T10:00:00Z", "1 day before at 18:00", "2027-02-07T18:00:00Z"),
            ("Africa/Casablanca", "2027-02-07T10:00:00Z", "1 day before at 18:00", "2027-02-06T17:00:00Z"),
            // The time of day does not exist that night.
            ("Europe/Paris", "2027-03-28T12:00:00Z", "the same day at 02:30", "2027-03-28T01:30:00Z"),
        ];
        for (zone, starts_at, lead, expected) in table {
            let lead: Lead = lead.parse().unwrap();
            let found = lead.before(starts_at.parse().unwrap(), zone.parse().unwrap());
            assert_eq!(found, expected.parse::<DateTime<Utc>>().unwrap(), "{zone} {starts_at} {lead}");
        }
    }
}
