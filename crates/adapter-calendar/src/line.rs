//! Components and their lines: escaped, quoted and folded (RFC 5545 §3.1, §3.3.11).
//!
//! The writer of the `icalendar` crate (0.17) is not used. It gives a `DTSTAMP` and a random `UID` to every component that has none, to
//! `VTIMEZONE` too, where RFC 5545 §3.6.5 allows neither; it writes lines of 76 octets; and on a text of two-byte letters followed by
//! many spaces its folding never ends.

use icalendar::{Property, ValueType};

/// Octets in a line, its end not counted.
const LONGEST: usize = 75;

/// A component from `BEGIN` to `END`: its properties, then the components within it, which are written already.
pub(crate) fn component<'a>(
    name: &str,
    properties: impl IntoIterator<Item = &'a Property>,
    within: &str,
) -> String {
    let mut text = format!("BEGIN:{name}\r\n");
    text.extend(properties.into_iter().map(line));
    text.push_str(within);
    text + "END:" + name + "\r\n"
}

/// Whatever is in the property, it makes this one property.
fn line(property: &Property) -> String {
    let mut line = property.key().to_owned();
    for parameter in property.params().values() {
        line.extend([";", parameter.key(), "=", &quoted(parameter.value())]);
    }
    let is_text = property.value_type() == Some(ValueType::Text);
    let value = if is_text { escaped(property.value()) } else { without_controls(property.value()) };
    line.extend([":", &value]);
    folded(&line)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            // The last three end lines for some programs.
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => escaped.push_str("\\n"),
            '\t' => escaped.push(' '),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Nothing escapes a quotation mark within a parameter, and a backslash before the closing one escapes that for some programs.
fn quoted(value: &str) -> String {
    let value = without_controls(value).replace(['"', '\\'], "'");
    if value.contains([':', ';', ',']) { format!("\"{value}\"") } else { value }
}

fn without_controls(value: &str) -> String {
    value.chars().filter(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')).collect()
}

fn folded(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + line.len() / LONGEST * 3 + 2);
    let (mut rest, mut room) = (line, LONGEST);
    while rest.len() > room {
        let (part, later) = rest.split_at(rest.floor_char_boundary(room));
        folded.extend([part, "\r\n "]);
        // The space counts.
        (rest, room) = (later, LONGEST - 1);
    }
    folded + rest + "\r\n"
}

#[cfg(test)]
mod tests {
    use icalendar::Property;
    use proptest::prelude::*;

    use super::line;

    /// What a reader makes of a line.
    fn unfolded(text: &str) -> String {
        text.strip_suffix("\r\n").unwrap().replace("\r\n ", "")
    }

    #[test]
    fn a_text_is_escaped_and_keeps_its_lines() {
        let table = [
            ("a,b;c\\d:e\"f", "a\\,b\\;c\\\\d:e\"f"),
            (
                "one\ntwo\r\nthree\rfour\u{2028}five\u{2029}six\u{85}seven",
                "one\\ntwo\\nthree\\nfour\\nfive\\nsix\\nseven",
            ),
            ("a\tb\0c\u{7}d\u{7f}e\u{9b}f", "a bcdef"),
            ("x\r\nATTENDEE:mailto:other@example.com", "x\\nATTENDEE:mailto:other@example.com"),
        ];
        for (text, expected) in table {
            let written = unfolded(&line(&Property::new("DESCRIPTION", text)));
            assert_eq!(written, format!("DESCRIPTION:{expected}"), "{text:?}");
        }
    }

    #[test]
    fn a_parameter_is_quoted_where_it_must_be_and_never_ends_early() {
        let table = [
            ("Camille Martin", "Camille Martin"),
            ("Martin, Camille", "\"Martin, Camille\""),
            ("a\":mailto:x@y.fr", "\"a':mailto:x@y.fr\""),
            ("\"a\";X=\"b\"", "\"'a';X='b'\""),
            ("Dr; \\", "\"Dr; '\""),
            ("a\r\nATTENDEE:b", "\"aATTENDEE:b\""),
        ];
        for (name, expected) in table {
            let property = Property::new("ORGANIZER", "mailto:a@b.fr").add_parameter("CN", name).done();
            assert_eq!(
                unfolded(&line(&property)),
                format!("ORGANIZER;CN={expected}:mailto:a@b.fr"),
                "{name:?}"
            );
        }
    }

    #[test]
    fn an_address_stays_on_its_line() {
        let property = Property::new("URL", "https://a.fr/\r\nBEGIN:VALARM\r\n\u{2028},;\\");
        assert_eq!(line(&property), "URL:https://a.fr/BEGIN:VALARM,;\\\r\n");
    }

    #[test]
    fn folding_ends_whatever_the_text_is() {
        let text = "é".repeat(200) + &" ".repeat(200);
        let written = line(&Property::new("DESCRIPTION", text.as_str()));
        assert_eq!(unfolded(&written), format!("DESCRIPTION:{text}"));
    }

    /// Letters of each length, and what has a meaning in a line.
    const AWKWARD: &[&str] = &[
        "a",
        "é",
        "老",
        "🐉",
        " ",
        "\r\n",
        "\r\n ",
        "\n",
        "\\",
        "\"",
        ";",
        ":",
        ",",
        "\0",
        "\u{2028}",
        "END:VEVENT",
    ];

    fn awkward() -> impl Strategy<Value = String> {
        let pieces = proptest::collection::vec((proptest::sample::select(AWKWARD), 1..90_usize), 0..12);
        prop_oneof![
            pieces.prop_map(|all| all.into_iter().map(|(piece, times)| piece.repeat(times)).collect()),
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn folding_breaks_no_letter_and_no_line_has_more_than_75_octets(name in awkward(), text in awkward()) {
            for key in ["DESCRIPTION", "URL"] {
                let property = Property::new(key, text.as_str()).add_parameter("CN", &name).done();
                let written = line(&property);
                let lines: Vec<&str> = written.strip_suffix("\r\n").unwrap().split("\r\n").collect();
                for (index, line) in lines.iter().enumerate() {
                    prop_assert!(line.len() <= 75, "{}", line.len());
                    prop_assert!(index == 0 || line.starts_with(' '), "{line:?}");
                    prop_assert!(!line.contains(char::is_control), "{line:?}");
                }
                let whole = unfolded(&written);
                let rest = whole.strip_prefix(&format!("{key};CN=")).unwrap();
                let end = match rest.strip_prefix('"') {
                    Some(quoted) => quoted.find('"').unwrap() + 2,
                    None => rest.find([':', ';', ',', '"']).unwrap(),
                };
                prop_assert!(rest[end..].starts_with(':'), "{rest}");
            }
        }

        #[test]
        fn a_text_comes_back_as_it_was(text in "[^\\p{C}\u{2028}\u{2029}]{0,300}") {
            let written = unfolded(&line(&Property::new("SUMMARY", text.as_str())));
            let value = written.strip_prefix("SUMMARY:").unwrap();
            prop_assert_eq!(value.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\"), text);
        }
    }
}
