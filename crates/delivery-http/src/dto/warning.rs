//! What a caller should know of a request that was done.

use carillon_application::Problem;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Something in a request that was done, but perhaps not as it was meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Warning)]
pub(crate) struct Warning {
    /// Where in the body (JSON pointer, RFC 6901).
    #[schema(example = "/timezone")]
    pub(crate) pointer: String,
    /// What to know of it.
    #[schema(example = "was left out, and is as usual again; PATCH changes single fields")]
    pub(crate) detail: String,
}

impl From<Problem> for Warning {
    fn from(problem: Problem) -> Self {
        Self { pointer: problem.pointer, detail: problem.detail }
    }
}

/// What a request reset by leaving it out: fields that it does not name, and that are no longer as they were.
pub(crate) fn resets(at: &str, sent: &Value, before: &Value, after: &Value) -> Vec<Warning> {
    let (Value::Object(sent), Value::Object(before)) = (sent, before) else { return Vec::new() };
    let mut warnings = Vec::new();
    for (name, was) in before {
        let pointer = format!("{at}/{}", step(name));
        let is = after.get(name).unwrap_or(&Value::Null);
        match sent.get(name) {
            None if is != was => warnings.push(Warning { pointer, detail: RESET.to_owned() }),
            None => {}
            Some(sent) => warnings.extend(resets(&pointer, sent, was, is)),
        }
    }
    warnings
}

const RESET: &str = "was left out, and is as usual again; PATCH changes single fields";

fn step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::resets;

    #[test]
    fn what_was_left_out_and_is_no_longer_as_it_was_is_named_by_its_place() {
        let before = json!({"a": 1, "b": {"c": 2, "d": 3}, "e": {"f/g": 4}, "h": 5, "i": null});
        let after = json!({"a": 0, "b": {"c": 0, "d": 9}, "e": {}, "h": 5, "i": null});
        let sent = json!({"b": {"d": 9}, "e": {}});
        let places: Vec<String> =
            resets("", &sent, &before, &after).into_iter().map(|warning| warning.pointer).collect();
        assert_eq!(places, ["/a", "/b/c", "/e/f~1g"]);
        assert_eq!(resets("", &before, &before, &after), []);
    }
}
