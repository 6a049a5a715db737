//! The hours of each country.

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};

use super::calendar::is_french;
use crate::country::Country;

/// Hours of a day: from the first on, and before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hours {
    pub(super) from: NaiveTime,
    to: NaiveTime,
}

impl Hours {
    /// Whether a time of day is within them.
    pub(super) fn contains(self, time: NaiveTime) -> bool {
        self.from <= time && time < self.to
    }
}

/// Hours for a day from Monday to Friday, for Saturday, for Sunday; `None` is a closed day.
type Week = [Option<(u32, u32)>; 3];

/// Where no rule is known to us, and in France, Belgium, Switzerland, Germany and the United Kingdom: 8 to 20, never on Sunday.
///
/// In France no statute has hours for text messages: the carriers close their networks to marketing from 20:00 (some 20:30 or 22:00)
/// to 8:00, on Sundays and holidays, and fine who writes all the same. The strictest of these is taken. In the other four there is no
/// rule for text messages that we know of; France's serves as the careful default.
const CAREFUL: Week = [Some((8, 20)), Some((8, 20)), None];

/// Real Decreto Legislativo 1/2007, art. 96.2, for commercial calls: 9 to 21, neither at weekends nor on holidays. With the evening of
/// the default.
const SPAIN: Week = [Some((9, 20)), None, None];

/// Code of conduct for telemarketing (Garante, decision 148 of 7 March 2024), for calls: 9 to 20, Saturdays 10 to 19, not on Sundays.
const ITALY: Week = [Some((9, 20)), Some((10, 19)), None];

/// TCPA, 47 CFR § 64.1200(c)(1): 8 to 21 where the called person is, every day. Some states close earlier (Florida, Oklahoma and
/// Washington at 20:00): which state a person is in is not known here.
const UNITED_STATES: Week = [Some((8, 21)), Some((8, 21)), Some((8, 21))];

/// Unsolicited Telecommunications Rules of the CRTC, part III § 23, for calls: 9 to 21:30, at weekends 10 to 18. In whole hours.
const CANADA: Week = [Some((9, 21)), Some((10, 18)), Some((10, 18))];

/// The hours of a day in a country, holidays apart; `None` is a closed day.
pub(super) fn of(country: Country, day: NaiveDate) -> Option<Hours> {
    let [working_day, saturday, sunday] = week(country);
    let (from, to) = match day.weekday() {
        Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu | Weekday::Fri => working_day,
        Weekday::Sat => saturday,
        Weekday::Sun => sunday,
    }?;
    Some(Hours { from: NaiveTime::from_hms_opt(from, 0, 0)?, to: NaiveTime::from_hms_opt(to, 0, 0)? })
}

fn week(country: Country) -> Week {
    match country.as_str() {
        _ if is_french(country) => CAREFUL,
        "ES" => SPAIN,
        "IT" | "SM" | "VA" => ITALY,
        "US" => UNITED_STATES,
        "CA" => CANADA,
        _ => CAREFUL,
    }
}
