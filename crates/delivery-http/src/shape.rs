//! Says what is wrong with JSON that does not have the expected shape: where, and what was expected, never what was sent.

use serde_path_to_error::{Error, Path, Segment};

/// What is said of a name that is there twice.
pub(crate) const REPEATED: &str = "is given more than once";

/// The pointer (RFC 6901) and what to change.
pub(crate) fn explain(error: &Error<serde_json::Error>) -> (String, String) {
    let text = error.inner().to_string();
    // serde_json adds the position; clients have the pointer.
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    let mut pointer = pointer(error.path());
    if let Some(field) = quoted(text, "missing field `") {
        pointer.push_str(&step(field));
        return (pointer, "is required".to_owned());
    }
    if let Some(field) = quoted(text, "duplicate field `") {
        pointer.push_str(&step(field));
        return (pointer, REPEATED.to_owned());
    }
    if text.starts_with("unknown field `") {
        return (pointer, "is not known here".to_owned());
    }
    let wrong = ["invalid type: ", "invalid value: ", "unknown variant `", "invalid length "];
    if wrong.iter().any(|prefix| text.starts_with(prefix)) {
        let expected = text.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
        return (pointer, format!("must be {}", in_words(expected)));
    }
    // serde_json's words for a name of a closed set that is not even a text.
    if text == "expected value" {
        return (pointer, "must be a text".to_owned());
    }
    // Whatever else there is comes from the parsers of our own types, whose errors hold no values.
    (pointer, text.to_owned())
}

fn quoted<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.strip_prefix(prefix)?.strip_suffix('`')
}

fn pointer(path: &Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => step(key),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

/// One step of a pointer.
pub(crate) fn step(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// What serde expected, in the words of JSON.
fn in_words(expected: &str) -> String {
    match expected {
        "a string" | "string or map" | "unit" => "a text".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "an object".to_owned(),
        "i64" => "a whole number".to_owned(),
        "u32" | "u64" => "a whole number, not negative".to_owned(),
        struct_name if struct_name.starts_with("struct ") => "an object".to_owned(),
        names => names.replace('`', ""),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use carillon_domain::{Channel, Locale};
    use serde::Deserialize;

    use crate::dto::object::Object;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Inner {
        channels: Vec<Channel>,
        #[serde(default)]
        count: u32,
        #[serde(default)]
        locale: Option<Locale>,
        #[serde(default)]
        named: BTreeMap<String, bool>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Outer {
        inner: Object<Inner>,
    }

    fn explained(json: &str) -> (String, String) {
        let mut json = serde_json::Deserializer::from_str(json);
        let error =
            serde_path_to_error::deserialize::<_, Object<Outer>>(&mut json).err().expect("a wrong shape");
        super::explain(&error)
    }

    #[test]
    fn a_wrong_shape_is_explained_by_its_place_and_never_by_its_value() {
        let table = [
            ("{}", "/inner", "is required"),
            ("[]", "", "must be an object"),
            ("3", "", "must be an object"),
            (r#"["inner"]"#, "", "must be an object"),
            (r#"{"inner":[["email"]]}"#, "/inner", "must be an object"),
            (r#"{"inner":{}}"#, "/inner/channels", "is required"),
            (r#"{"inner":{"channels":[]},"inner":{"channels":[]}}"#, "/inner", "is given more than once"),
            (
                r#"{"inner":{"channels":["email","fax"]}}"#,
                "/inner/channels/1",
                "must be one of email, sms, in_app",
            ),
            (r#"{"inner":{"channels":["email",7]}}"#, "/inner/channels/1", "must be a text"),
            (r#"{"inner":{"channels":"expected email"}}"#, "/inner/channels", "must be a list"),
            (r#"{"inner":{"channels":[],"a/b~":1}}"#, "/inner/a~1b~0", "is not known here"),
            (
                r#"{"inner":{"channels":[],"count":-1}}"#,
                "/inner/count",
                "must be a whole number, not negative",
            ),
            (r#"{"inner":{"channels":[],"named":{"x":"y"}}}"#, "/inner/named/x", "must be true or false"),
            (
                r#"{"inner":{"channels":[],"locale":"klingon!"}}"#,
                "/inner/locale",
                "is not a language tag such as fr, en or fr-CH",
            ),
        ];
        for (json, pointer, detail) in table {
            assert_eq!(explained(json), (pointer.to_owned(), detail.to_owned()), "{json}");
        }
    }
}
