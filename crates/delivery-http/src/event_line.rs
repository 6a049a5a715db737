//! An event as a line of a file: what `POST /v1/events` takes, with a key of its own for reading the file again.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use carillon_application::accept::Repeatable;
use carillon_application::{Publish, Refusal};
use carillon_domain::Value;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};

use crate::body;
use crate::dto::event::EventBody;
use crate::{idempotency, shape};

/// The fields that only a line has, either of which is its key.
const KEYS: [&str; 2] = ["idempotency_key", "id"];

/// Reads a line. It is silent unless it says `"silent": false`, or says nothing of it and `announce` is set. Its key is its
/// `idempotency_key`, else its `id`, else follows from its content, however that is written.
pub fn read_event_line(line: &[u8], announce: bool) -> Result<Publish, Refusal> {
    let mut fields = Fields::read(line)?;
    let fingerprint = fingerprint(&fields)?;
    let key = take_key(&mut fields)?.unwrap_or_else(|| format!("sha256:{fingerprint}"));
    if matches!(fields.get("silent"), None | Some(Value::Null)) {
        fields.insert("silent".to_owned(), Value::Bool(!announce));
    }
    let json = serde_json::to_value(Value::Map(fields)).map_err(|_| unreadable("cannot be read"))?;
    let event: EventBody = body::from_value(json)
        .map_err(|problem| Refusal::Input { code: "invalid_body", problems: vec![problem] })?;
    event.publish(Some(Repeatable { key, fingerprint }))
}

/// The fields of a line; each name is there once.
struct Fields {
    fields: BTreeMap<String, Value>,
    repeated: Option<String>,
}

impl Fields {
    fn read(line: &[u8]) -> Result<BTreeMap<String, Value>, Refusal> {
        let read: Self = serde_json::from_slice(line).map_err(|error| {
            if error.is_data() {
                return Refusal::input("invalid_body", "", "must be an object");
            }
            unreadable(&format!("is not JSON: see column {}", error.column()))
        })?;
        match read.repeated {
            Some(name) => Err(Refusal::input("invalid_body", shape::step(&name), shape::REPEATED)),
            None => Ok(read.fields),
        }
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let (mut fields, mut repeated) = (BTreeMap::new(), None);
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if fields.insert(name.clone(), value).is_some() {
                repeated = Some(name);
            }
        }
        Ok(Fields { fields, repeated })
    }
}

fn unreadable(detail: &str) -> Refusal {
    Refusal::input("malformed_json", "", detail)
}

/// A hash of what a line says: the same for other blanks, and for another order of its fields.
fn fingerprint(fields: &BTreeMap<String, Value>) -> Result<String, Refusal> {
    let canonical = serde_json::to_vec(fields).map_err(|_| unreadable("cannot be read"))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(canonical)))
}

/// Takes the key out of the fields.
fn take_key(fields: &mut BTreeMap<String, Value>) -> Result<Option<String>, Refusal> {
    let mut found = None;
    for name in KEYS {
        let key = match fields.remove(name) {
            None | Some(Value::Null) => continue,
            Some(Value::Text(text)) if text.trim().is_empty() => continue,
            Some(Value::Text(text)) => text,
            Some(Value::Integer(number)) => number.to_string(),
            Some(Value::Bool(_) | Value::Float(_) | Value::List(_) | Value::Map(_)) => String::new(),
        };
        if !idempotency::is_key(key.as_bytes()) {
            let detail = "must be a text of 1 to 255 visible ASCII characters, or a whole number";
            return Err(Refusal::input("invalid_body", shape::step(name), detail));
        }
        found = found.or(Some(key));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Publish, Refusal> {
        read_event_line(line.as_bytes(), false)
    }

    fn key(line: &str) -> String {
        read(line).expect("a line").repeatable.expect("a key").key
    }

    #[test]
    fn a_line_is_silent_unless_it_or_the_caller_says_otherwise() {
        let plain = r#"{"type": "payment.received", "data": {}}"#;
        let loud = r#"{"type": "payment.received", "data": {}, "silent": false}"#;
        let silent = r#"{"type": "payment.received", "data": {}, "silent": true}"#;
        let empty = r#"{"type": "payment.received", "data": {}, "silent": null, "id": ""}"#;
        for (line, announce, expected) in [
            (plain, false, true),
            (plain, true, false),
            (loud, false, false),
            (silent, true, true),
            (empty, true, false),
        ] {
            assert_eq!(
                read_event_line(line.as_bytes(), announce).expect("a line").silent,
                expected,
                "{line}"
            );
        }
    }

    #[test]
    fn the_key_is_that_of_the_line_or_follows_from_what_it_says() {
        assert_eq!(key(r#"{"id": "e-1", "type": "x", "data": {}}"#), "e-1");
        assert_eq!(key(r#"{"id": 4821, "type": "x", "data": {}}"#), "4821");
        assert_eq!(key(r#"{"id": "e-1", "idempotency_key": "k", "type": "x", "data": {}}"#), "k");
        let plain = key(r#"{"type": "x", "data": {"a": 1, "b": 2}}"#);
        assert!(plain.starts_with("sha256:") && plain.len() == 50, "{plain}");
        assert_eq!(key(r#" { "data":{"b":2,"a":1},"type":"x" } "#), plain);
        assert_ne!(key(r#"{"type": "x", "data": {"a": 1, "b": 3}}"#), plain);
    }

    #[test]
    fn what_is_wrong_with_a_line_is_named() {
        for (line, pointer, detail) in [
            ("{\"type\": \"x\", ", "", "is not JSON: see column 14"),
            ("[1]", "", "must be an object"),
            ("7", "", "must be an object"),
            (r#"{"type": "x"}"#, "/data", "is required"),
            (r#"{"type": "x", "data": {}, "colour": 1}"#, "/colour", "is not known here"),
            (r#"{"id": 1, "type": "x", "data": {}, "type": "y"}"#, "/type", "is given more than once"),
            (
                r#"{"type": "x", "data": {}, "occurred_at": "soon"}"#,
                "/occurred_at",
                "must be an RFC 3339 time with offset, such as 2026-12-03T14:30:00+01:00",
            ),
            (r#"{"type": "x", "data": {}, "silent": "no"}"#, "/silent", "must be true or false"),
            (
                r#"{"id": "é", "type": "x", "data": {}}"#,
                "/id",
                "must be a text of 1 to 255 visible ASCII characters, or a whole number",
            ),
        ] {
            let Err(Refusal::Input { problems, .. }) = read(line) else { panic!("{line} is taken") };
            assert_eq!(
                (problems[0].pointer.as_str(), problems[0].detail.as_str()),
                (pointer, detail),
                "{line}"
            );
        }
    }
}
