//! What a text calls the clock of a place: "Paris time", "heure de Paris".

use carillon_domain::french;
use chrono_tz::Tz;
use icu_datetime::fieldsets::zone::ExemplarCity;
use icu_datetime::{DateTimeFormatterLoadError, NoCalendarFormatter};
use icu_locale_core::Locale;
use icu_time::TimeZone;
use icu_time::zone::iana::IanaParser;

/// Names places in one language.
#[derive(Debug)]
pub(crate) struct Places {
    language: String,
    city: NoCalendarFormatter<ExemplarCity>,
}

impl Places {
    /// The names of a language.
    pub(crate) fn new(locale: &Locale) -> Result<Self, DateTimeFormatterLoadError> {
        let city = NoCalendarFormatter::try_new(locale.into(), ExemplarCity)?;
        Ok(Self { language: locale.id.language.as_str().to_owned(), city })
    }

    /// "Paris time"; the city alone where it `is_brief`, or in a language whose grammar is not known here.
    pub(crate) fn name(&self, zone: Tz, is_brief: bool) -> String {
        let Some(city) = self.city(zone) else { return offset_name(zone) };
        match self.language.as_str() {
            "fr" if !is_brief => format!("heure {}", french_genitive(&city)),
            "en" if !is_brief => format!("{city} time"),
            _ => city,
        }
    }

    /// The city of a zone; `None` where the zone is of no place, such as UTC.
    fn city(&self, zone: Tz) -> Option<String> {
        let name = zone.name();
        let (area, last) = name.rsplit_once('/')?;
        if area == "Etc" {
            return None;
        }
        let known = IanaParser::new().parse(name);
        // Old names of zones may be unknown to CLDR.
        let is_known = known != TimeZone::UNKNOWN;
        Some(if is_known {
            self.city.format(&known.without_offset()).to_string()
        } else {
            last.replace('_', " ")
        })
    }
}

/// The name of a zone without a city. The signs of `Etc/GMT+5` are the wrong way round.
fn offset_name(zone: Tz) -> String {
    let name = zone.name().trim_start_matches("Etc/");
    match name.strip_prefix("GMT").and_then(|rest| rest.split_at_checked(1)) {
        Some(("+", hours)) if hours != "0" => format!("UTC-{hours}"),
        Some(("-", hours)) if hours != "0" => format!("UTC+{hours}"),
        Some(_) | None => name.replace('_', " "),
    }
}

/// "de Paris", "d'Athènes", "du Caire", "des Açores".
fn french_genitive(city: &str) -> String {
    if let Some(rest) = city.strip_prefix("Le ") {
        return format!("du {rest}");
    }
    if let Some(rest) = city.strip_prefix("Les ") {
        return format!("des {rest}");
    }
    french::de(city)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_a_place_is_named_as_people_say() {
        // language, zone; in full, brief
        let table = [
            ("fr", "Europe/Paris", "heure de Paris", "Paris"),
            ("fr", "Europe/London", "heure de Londres", "Londres"),
            ("fr", "Europe/Athens", "heure d’Athènes", "Athènes"),
            ("fr", "Africa/Cairo", "heure du Caire", "Le Caire"),
            ("fr", "America/New_York", "heure de New York", "New York"),
            ("en", "Europe/Paris", "Paris time", "Paris"),
            ("en-GB", "America/Argentina/Buenos_Aires", "Buenos Aires time", "Buenos Aires"),
            ("de", "Europe/Rome", "Rom", "Rom"),
            ("en", "UTC", "UTC", "UTC"),
            ("fr", "Etc/GMT+5", "UTC-5", "UTC-5"),
        ];
        for (language, zone, full, brief) in table {
            let places = Places::new(&language.parse().unwrap()).unwrap();
            let zone = zone.parse().unwrap();
            assert_eq!((places.name(zone, false).as_str(), places.name(zone, true).as_str()), (full, brief));
        }
    }
}
