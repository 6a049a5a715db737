//! What to change in data that does not fit. The value itself is never repeated: it may be personal.

use carillon_ports::catalogue::FieldError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value as Json;

/// The patterns of the shared definitions, in words.
const PATTERNS: [(&str, &str); 5] = [
    (r"^[^\p{Cc}]+(\n[^\p{Cc}]+)*$", "must not contain control characters other than line breaks"),
    (r"^[^\p{Cc}]+$", "must not contain line breaks or other control characters"),
    ("^https?://", "must begin with https:// or http://"),
    ("^[A-Z]{3}$", "must be a currency of ISO 4217: three capital letters such as EUR"),
    (r"^[a-z]+\.[0-9]{1,3}$", "must name a part by a word and a number, such as client.1"),
];

/// The errors behind one violation: usually one, and one for each unknown or missing name.
pub(crate) fn field_errors(pointer: &str, kind: &Kind) -> Vec<FieldError> {
    let at = |pointer: String, detail: &str| FieldError { pointer, detail: detail.to_owned() };
    match kind {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .map(|name| {
                at(
                    below(pointer, name),
                    "is not a name that is known here; remove it or correct its spelling",
                )
            })
            .collect(),
        Kind::Required { property } => {
            vec![at(below(pointer, property.as_str().unwrap_or_default()), "is required")]
        }
        other => vec![at(pointer.to_owned(), &detail(other))],
    }
}

/// A pointer to a name within what a pointer shows (RFC 6901).
pub(crate) fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn detail(kind: &Kind) -> String {
    match kind {
        Kind::Type { kind: TypeKind::Single(one) } => format!("must be {}", with_article(one.as_str())),
        Kind::Type { kind: TypeKind::Multiple(several) } => {
            let names: Vec<&str> = several.iter().map(|one| with_article(one.as_str())).collect();
            format!("must be {}", names.join(" or "))
        }
        Kind::Enum { options } => format!("must be one of: {}", list(options)),
        Kind::Constant { expected_value } => format!("must be {expected_value}"),
        Kind::Format { format } => format_detail(format),
        Kind::Pattern { pattern } => PATTERNS
            .iter()
            .find(|(known, _)| known == pattern)
            .map_or_else(|| format!("must match the pattern {pattern}"), |(_, words)| (*words).to_owned()),
        Kind::MinLength { limit: 1 } => "must not be empty".to_owned(),
        Kind::MinLength { limit } => format!("must have at least {limit} characters"),
        Kind::MaxLength { limit } => format!("must have at most {limit} characters"),
        Kind::MinItems { limit } => format!("must have at least {limit} items"),
        Kind::MaxItems { limit } => format!("must have at most {limit} items"),
        Kind::UniqueItems => "must not contain an item twice".to_owned(),
        Kind::Minimum { limit } => format!("must be at least {limit}"),
        Kind::Maximum { limit } => format!("must be at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
        Kind::MinProperties { limit } => format!("must have at least {limit} names"),
        Kind::MaxProperties { limit } => format!("must have at most {limit} names"),
        // Not our own enum: keywords that no kind uses today get an answer that is true of all of them.
        _ => "does not fit the schema of this kind (GET /v1/kinds shows it)".to_owned(),
    }
}

fn format_detail(format: &str) -> String {
    match format {
        "date-time" => {
            "must be a time in RFC 3339 with offset, such as 2026-12-03T14:30:00+01:00, in the years 2000 to 2100".to_owned()
        }
        "uri" => "must be an absolute URL, such as https://example.com/a".to_owned(),
        other => format!("must have the format {other}"),
    }
}

fn with_article(name: &str) -> &'static str {
    match name {
        "array" => "a list",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "null" => "null",
        "number" => "a number",
        "string" => "a text",
        _ => "an object",
    }
}

fn list(options: &Json) -> String {
    let words = options
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned));
    words.collect::<Vec<_>>().join(", ")
}
