//! Names of time zones as people and programs write them, and the country that a zone lies in.

use chrono_tz::{TZ_VARIANTS, Tz};

use crate::country::Country;

/// Names of Windows, each with its IANA zone.
const WINDOWS: &str = include_str!("windows.tsv");
/// IANA zones, each with its country.
const COUNTRIES: &str = include_str!("countries.tsv");

/// A text that names no time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an IANA time zone such as Europe/Paris")]
pub struct ZoneError;

/// Reads the name of a time zone: of IANA in any case, with blanks for underscores, or of Windows.
pub fn read(text: &str) -> Result<Tz, ZoneError> {
    let text = text.trim();
    text.parse().or_else(|_| iana(text)).or_else(|_| windows(text))
}

fn iana(text: &str) -> Result<Tz, ZoneError> {
    let name = text.replace(' ', "_");
    TZ_VARIANTS.iter().copied().find(|zone| zone.name().eq_ignore_ascii_case(&name)).ok_or(ZoneError)
}

fn windows(text: &str) -> Result<Tz, ZoneError> {
    let found = rows(WINDOWS).find(|(name, _)| name.eq_ignore_ascii_case(text));
    found.and_then(|(_, zone)| zone.parse().ok()).ok_or(ZoneError)
}

/// The country that a zone lies in; `None` for zones of none, such as UTC.
pub fn country_of(zone: Tz) -> Option<Country> {
    rows(COUNTRIES).find(|(name, _)| *name == zone.name()).and_then(|(_, country)| country.parse().ok())
}

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_found_by_every_name_that_people_have_for_it() {
        let table = [
            ("Europe/Paris", "Europe/Paris"),
            ("europe/paris", "Europe/Paris"),
            (" EUROPE/PARIS ", "Europe/Paris"),
            ("america/new york", "America/New_York"),
            ("Romance Standard Time", "Europe/Paris"),
            ("romance standard time", "Europe/Paris"),
            ("GMT Standard Time", "Europe/London"),
            ("W. Europe Standard Time", "Europe/Berlin"),
            ("Eastern Standard Time", "America/New_York"),
            ("utc", "UTC"),
        ];
        for (text, expected) in table {
            assert_eq!(read(text).map(Tz::name), Ok(expected), "{text}");
        }
        for text in ["", "Paris", "Mars/Base", "Standard Time", "+02:00", "# Windows time zone names"] {
            assert_eq!(read(text), Err(ZoneError), "{text}");
        }
    }

    #[test]
    fn every_row_of_the_tables_is_understood() {
        for (name, zone) in rows(WINDOWS) {
            assert!(zone.parse::<Tz>().is_ok(), "{name}: {zone}");
        }
        for (zone, country) in rows(COUNTRIES) {
            assert!(country.parse::<Country>().is_ok(), "{zone}: {country}");
        }
        assert!(rows(WINDOWS).count() > 130 && rows(COUNTRIES).count() > 400);
    }

    #[test]
    fn a_zone_lies_in_a_country_or_in_none() {
        let table = [
            (Tz::Europe__Paris, Some("FR")),
            (Tz::Europe__London, Some("GB")),
            (Tz::Europe__Brussels, Some("BE")),
            (Tz::Indian__Reunion, Some("RE")),
            (Tz::America__New_York, Some("US")),
            (Tz::UTC, None),
        ];
        for (zone, expected) in table {
            assert_eq!(country_of(zone).map(|country| country.to_string()).as_deref(), expected, "{zone}");
        }
    }
}
