//! What the platform is called and speaks, as the configuration says.

use carillon_domain::{Locale, Platform, name, zone};

use crate::config::Config;

/// The longest name: it stands in subjects, and in text messages of one segment.
const LONGEST_NAME: usize = 30;

/// Reads it, or says what is wrong, a sentence each that begins with the variable's name.
pub(crate) fn read(config: &Config) -> Result<Platform, Vec<String>> {
    let mut problems = Vec::new();
    let (name, locale, zone) = (
        config.carillon_platform_name.trim(),
        &config.carillon_default_locale,
        &config.carillon_default_timezone,
    );
    let is_one_line = !name.chars().any(char::is_control);
    if name.chars().count() > LONGEST_NAME || !is_one_line || name::check(name).is_err() {
        problems.push(format!(
            "CARILLON_PLATFORM_NAME: must be a name of 1 to {LONGEST_NAME} characters on one line, and no web address"
        ));
    }
    let locale = locale.parse::<Locale>();
    if let Err(error) = &locale {
        problems.push(format!("CARILLON_DEFAULT_LOCALE: {error}"));
    }
    let zone = zone::read(zone);
    if let Err(error) = &zone {
        problems.push(format!("CARILLON_DEFAULT_TIMEZONE: {error}"));
    }
    match (locale, zone) {
        (Ok(locale), Ok(timezone)) if problems.is_empty() => {
            Ok(Platform { name: name.to_owned(), locale, timezone })
        }
        (_, _) => Err(problems),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(name: &str, locale: &str, zone: &str) -> Config {
        Config {
            carillon_platform_name: name.to_owned(),
            carillon_default_locale: locale.to_owned(),
            carillon_default_timezone: zone.to_owned(),
            ..Config::default()
        }
    }

    #[test]
    fn a_platform_is_named_and_speaks_as_configured() {
        assert_eq!(read(&Config::default()), Ok(Platform::default()));
        let read = read(&config(" Agenda & Co ", "EN_gb", "europe/london")).expect("a platform");
        assert_eq!((read.name.as_str(), read.locale.as_str()), ("Agenda & Co", "en-GB"));
        assert_eq!(read.timezone, chrono_tz::Europe::London);
    }

    #[test]
    fn what_cannot_be_a_name_a_language_or_a_zone_is_refused_by_its_variable() {
        let long = "x".repeat(31);
        for (name, locale, zone, named) in [
            ("", "fr", "Europe/Paris", vec!["CARILLON_PLATFORM_NAME"]),
            (long.as_str(), "fr", "Europe/Paris", vec!["CARILLON_PLATFORM_NAME"]),
            ("A\nB", "fr", "Europe/Paris", vec!["CARILLON_PLATFORM_NAME"]),
            ("https://evil.example", "fr", "Europe/Paris", vec!["CARILLON_PLATFORM_NAME"]),
            ("A", "french", "Europe/Paris", vec!["CARILLON_DEFAULT_LOCALE"]),
            ("A", "fr", "Mars/Olympus", vec!["CARILLON_DEFAULT_TIMEZONE"]),
            ("A", "", "", vec!["CARILLON_DEFAULT_LOCALE", "CARILLON_DEFAULT_TIMEZONE"]),
        ] {
            let problems = read(&config(name, locale, zone)).expect_err("refused");
            let variables: Vec<&str> =
                problems.iter().filter_map(|problem| problem.split(':').next()).collect();
            assert_eq!(variables, named, "{problems:?}");
        }
    }
}
