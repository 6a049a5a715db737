//! When marketing may reach a phone: hours and days by country, public holidays of France.
//!
//! Messages of service (a reminder, a code) are free of this; it is for messages that advertise. What is here is the stricter of what law,
//! codes of conduct and carriers say, and no legal advice.

mod calendar;
mod hours;

use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;

use crate::civil;
use crate::country::Country;

pub use calendar::{easter, is_holiday};

/// A part of a country with holidays of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Region {
    /// Bas-Rhin, Haut-Rhin and Moselle: Good Friday and 26 December are holidays (Code du travail, L3134-13).
    AlsaceMoselle,
}

/// A text that names no region with holidays of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no department or French postal code of a region with holidays of its own (57, 67, 68)")]
pub struct RegionError;

impl FromStr for Region {
    type Err = RegionError;

    /// Reads a French department (`67`) or postal code (`67000`).
    fn from_str(text: &str) -> Result<Self, RegionError> {
        let is_code = matches!(text.len(), 2 | 5) && text.bytes().all(|b| b.is_ascii_digit());
        match text.get(..2) {
            Some("57" | "67" | "68") if is_code => Ok(Self::AlsaceMoselle),
            Some(_) | None => Err(RegionError),
        }
    }
}

/// The first instant from `instant` on at which a phone of a country may be written to for marketing: `instant` itself if it may be now.
///
/// `zone` is where the reader is. Where clocks show the opening hour twice, the second time counts only from the day after. At the end of
/// the calendar, in the year 262 142, there is no such instant, and the last one there is stands for never.
pub fn next_allowed(
    country: Country,
    region: Option<Region>,
    zone: Tz,
    instant: DateTime<Utc>,
) -> DateTime<Utc> {
    if is_allowed(country, region, civil::shown(instant, zone)) {
        return instant;
    }
    let openings = civil::shown(instant, zone).date().iter_days().filter_map(|day| {
        let hours = hours::of(country, day)?;
        Some(civil::instant(day.and_time(hours.from), zone))
    });
    // An opening hour that the clocks skip becomes a later one: hence the second look.
    openings
        .filter(|opening| *opening >= instant)
        .find(|opening| is_allowed(country, region, civil::shown(*opening, zone)))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Whether marketing may reach a phone of a country while the clocks of its reader show this.
pub fn is_allowed(country: Country, region: Option<Region>, shown: NaiveDateTime) -> bool {
    let is_open = hours::of(country, shown.date()).is_some_and(|hours| hours.contains(shown.time()));
    is_open && !is_holiday(country, region, shown.date())
}

#[cfg(test)]
mod tests;
