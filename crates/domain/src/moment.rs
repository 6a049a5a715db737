//! Times as programs write them: RFC 3339, and the forms beside it that say the same without doubt.

use chrono::{DateTime, FixedOffset, SubsecRound};

/// The forms besides RFC 3339, with the offset as `+02:00` or `+0200`.
const FORMS: [&str; 4] =
    ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%d %H:%M:%S%.f%z", "%Y-%m-%d %H:%M%z"];

/// Reads a date and time with its offset: seconds may be left out, the offset may lack its colon, and a blank may stand before it or in
/// place of the `T`. A time without an offset is none: it would be a guess. What is finer than a millisecond is cut off, as it is not stored.
pub fn read(text: &str) -> Option<DateTime<FixedOffset>> {
    parse(text.trim()).map(|time| time.trunc_subsecs(3))
}

fn parse(text: &str) -> Option<DateTime<FixedOffset>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time);
    }
    // Longer texts are no times, and shorter ones lack something.
    if !(16..=48).contains(&text.len()) || !text.is_ascii() {
        return None;
    }
    let upper = text.to_ascii_uppercase();
    let (local, offset) = split(&upper)?;
    let whole = format!("{local}{offset}");
    FORMS.iter().find_map(|form| DateTime::parse_from_str(&whole, form).ok())
}

/// Date and time, and the offset in a form that every reader knows.
fn split(text: &str) -> Option<(&str, String)> {
    if let Some(local) = text.strip_suffix('Z') {
        return Some((local.trim_end(), "+0000".to_owned()));
    }
    let at = text.rfind(['+', '-']).filter(|at| *at >= 16)?;
    let digits: String = text[at + 1..].chars().filter(|c| *c != ':').collect();
    let digits = match digits.len() {
        2 => format!("{digits}00"),
        4 => digits,
        _ => return None,
    };
    Some((text[..at].trim_end(), format!("{}{digits}", &text[at..=at])))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_time_is_understood_in_every_form_that_leaves_no_doubt() {
        for text in [
            "2027-07-15T19:00:00+02:00",
            "2027-07-15T19:00+02:00",
            "2027-07-15T19:00:00+0200",
            "2027-07-15T19:00+0200",
            "2027-07-15T19:00:00.000+0200",
            "2027-07-15 19:00:00+02:00",
            "2027-07-15 19:00 +0200",
            "2027-07-15T19:00+02",
            "2027-07-15t19:00:00+02:00",
            "2027-07-15T17:00Z",
            "2027-07-15T17:00:00z",
            "2027-07-15T15:00-0200",
            " 2027-07-15T19:00+02:00 ",
        ] {
            let time = read(text).map(|time| time.to_utc().to_rfc3339());
            assert_eq!(time.as_deref(), Some("2027-07-15T17:00:00+00:00"), "{text}");
        }
    }

    #[test]
    fn what_is_finer_than_a_millisecond_is_cut_off() {
        for (text, expected) in [
            ("2027-07-15T19:00:00.000001+02:00", "2027-07-15T17:00:00+00:00"),
            ("2027-07-15T17:00:00.123999Z", "2027-07-15T17:00:00.123+00:00"),
        ] {
            assert_eq!(read(text).map(|time| time.to_utc().to_rfc3339()).as_deref(), Some(expected));
        }
    }

    #[test]
    fn whatever_leaves_a_doubt_is_no_time() {
        for text in [
            "",
            "2027-07-15",
            "2027-07-15T19:00",
            "2027-07-15T19:00:00",
            "19:00+02:00",
            "15/07/2027 19:00 +0200",
            "2027-13-15T19:00+02:00",
            "2027-07-15T25:00+02:00",
            "2027-07-15T19:00+2",
            "2027-07-15T19:00+02:00:00",
            "1784134800",
            "2027-07-15T19:00 Europe/Paris",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
