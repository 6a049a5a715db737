//! Data of a request as it was meant: what is empty is left out, times and zones are in the form that every part of the service reads.

use carillon_domain::{Value, moment, zone};
use chrono::DateTime;

/// Brings data into the form that schemas, rules and texts know. What cannot be understood stays as it is, and is refused where it is read.
pub(crate) fn understand(data: &mut Value) {
    let Value::Map(items) = data else {
        if let Value::List(items) = data {
            items.iter_mut().for_each(understand);
        }
        return;
    };
    items.retain(|_, value| !is_blank(value));
    for (name, value) in items.iter_mut() {
        match value {
            Value::Text(text) => {
                if let Some(meant) = meant(name, text) {
                    *text = meant;
                }
            }
            Value::Map(times) if name == REPORTS => times.values_mut().for_each(null_where_blank),
            Value::List(_) | Value::Map(_) => understand(value),
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) => {}
        }
    }
}

/// The part of a business's settings in which null says something: never.
const REPORTS: &str = "reports";

fn null_where_blank(value: &mut Value) {
    if is_blank(value) {
        *value = Value::Null;
    }
}

/// Whether a value says no more than a name that is left out.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.trim().is_empty(),
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::List(_) | Value::Map(_) => false,
    }
}

/// The text in its usual form, by the name that it stands under; `None` where it is in that form, or is none of these.
fn meant(name: &str, text: &str) -> Option<String> {
    let found = match name {
        "timezone" => zone::read(text).ok()?.name().to_owned(),
        "location" => lines(text),
        _ if is_time(name) && DateTime::parse_from_rfc3339(text).is_err() => moment::read(text)?.to_rfc3339(),
        _ => return None,
    };
    (found != text).then_some(found)
}

fn is_time(name: &str) -> bool {
    name.ends_with("_at") || matches!(name, "from" | "to")
}

/// A place of several lines without tabs, without blanks at their ends and without empty lines, each ended in the same way.
pub(crate) fn lines(text: &str) -> String {
    let text = text.replace('\t', " ");
    let lines = text.split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}']).map(str::trim);
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn understood(json: &str) -> String {
        let mut data: Value = serde_json::from_str(json).expect("JSON");
        understand(&mut data);
        serde_json::to_string(&data).expect("JSON")
    }

    #[test]
    fn what_is_empty_is_left_out_and_what_has_several_forms_gets_its_usual_one() {
        let table = [
            (
                r#"{"a":null,"b":"","c":"  ","d":0,"e":false,"f":[],"g":{}}"#,
                r#"{"d":0,"e":false,"f":[],"g":{}}"#,
            ),
            (r#"{"client":{"phone":"","email":null,"id":"c"}}"#, r#"{"client":{"id":"c"}}"#),
            (
                r#"{"business":{"settings":{"caps":{"phone_per_day":null},"reports":{"daily_at":"","weekly_at":null}}}}"#,
                r#"{"business":{"settings":{"caps":{},"reports":{"daily_at":null,"weekly_at":null}}}}"#,
            ),
            (r#"{"visits":[{"location":null}]}"#, r#"{"visits":[{}]}"#),
            (r#"{"timezone":"europe/paris"}"#, r#"{"timezone":"Europe/Paris"}"#),
            (r#"{"timezone":"Romance Standard Time"}"#, r#"{"timezone":"Europe/Paris"}"#),
            (r#"{"timezone":"Mars/Base"}"#, r#"{"timezone":"Mars/Base"}"#),
            (r#"{"starts_at":"2027-07-15T19:00+02:00"}"#, r#"{"starts_at":"2027-07-15T19:00:00+02:00"}"#),
            (r#"{"starts_at":"2027-07-15T19:00:00+0200"}"#, r#"{"starts_at":"2027-07-15T19:00:00+02:00"}"#),
            (r#"{"starts_at":"2027-07-15T19:00:00Z"}"#, r#"{"starts_at":"2027-07-15T19:00:00Z"}"#),
            (r#"{"starts_at":"tomorrow"}"#, r#"{"starts_at":"tomorrow"}"#),
            (r#"{"note":"2027-07-15T19:00+02:00"}"#, r#"{"note":"2027-07-15T19:00+02:00"}"#),
            (
                "{\"location\":\"Cabinet Roux\\r\\n 12 rue X \\n\\n75011 Paris\\n\"}",
                "{\"location\":\"Cabinet Roux\\n12 rue X\\n75011 Paris\"}",
            ),
        ];
        for (written, expected) in table {
            assert_eq!(understood(written), expected, "{written}");
        }
    }
}
