//! Public holidays.

use chrono::{Datelike, Days, NaiveDate};

use super::Region;
use crate::country::Country;

/// Holidays of France with a fixed date: month and day (Code du travail, L3133-1).
const FRENCH: [(u32, u32); 8] = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];

/// Those that move with Easter Sunday, in days after it: Easter Monday, Ascension, Whit Monday.
const AFTER_EASTER: [u64; 3] = [1, 39, 50];

/// The end of slavery, a holiday overseas only (Code du travail, L3422-2 for the departments).
const END_OF_SLAVERY: [(&str, (u32, u32)); 7] = [
    ("YT", (4, 27)),
    ("MQ", (5, 22)),
    ("GP", (5, 27)),
    ("MF", (5, 28)),
    ("GF", (6, 10)),
    ("BL", (10, 9)),
    ("RE", (12, 20)),
];

/// Whether a day is a public holiday on which marketing rests.
///
/// The holidays of France are complete but for those of the collectivities of the Pacific. Elsewhere New Year and Christmas stand for all;
/// in the United States and Canada there are none, since their rules know none.
pub fn is_holiday(country: Country, region: Option<Region>, day: NaiveDate) -> bool {
    let date = (day.month(), day.day());
    if is_french(country) {
        let is_overseas_day = END_OF_SLAVERY.contains(&(country.as_str(), date));
        return FRENCH.contains(&date)
            || is_overseas_day
            || moves_with_easter(day)
            || is_regional(region, day);
    }
    let rests = !matches!(country.as_str(), "US" | "CA");
    rests && matches!(date, (1, 1) | (12, 25))
}

/// Metropolitan France or one of its parts that ISO 3166 has as a country.
pub(super) fn is_french(country: Country) -> bool {
    matches!(
        country.as_str(),
        "FR" | "GP" | "MQ" | "GF" | "RE" | "YT" | "PM" | "BL" | "MF" | "NC" | "PF" | "WF" | "TF"
    )
}

fn moves_with_easter(day: NaiveDate) -> bool {
    let Some(easter) = easter(day.year()) else { return false };
    AFTER_EASTER.iter().any(|after| easter.checked_add_days(Days::new(*after)) == Some(day))
}

fn is_regional(region: Option<Region>, day: NaiveDate) -> bool {
    match region {
        Some(Region::AlsaceMoselle) => {
            let good_friday = easter(day.year()).and_then(|easter| easter.checked_sub_days(Days::new(2)));
            good_friday == Some(day) || (day.month(), day.day()) == (12, 26)
        }
        None => false,
    }
}

/// Easter Sunday of a year in the Gregorian calendar, by the algorithm of Meeus, Jones and Butcher; `None` before the year 1583, in which
/// that calendar has its first Easter, and after the last year of our dates.
pub fn easter(year: i32) -> Option<NaiveDate> {
    if year < 1583 {
        return None;
    }
    let place_in_moon_cycle = year % 19;
    let (century, of_century) = (year / 100, year % 100);
    let moon_correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * place_in_moon_cycle + century - century / 4 - moon_correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late_moon = (place_in_moon_cycle + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * late_moon + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(days / 31).ok()?, u32::try_from(days % 31 + 1).ok()?)
}
