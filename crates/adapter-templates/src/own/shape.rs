//! What kind of value a name stands for, as its schema says.

use serde_json::Value as Json;

use crate::own::tree::Filter;

/// Values without a length of their own in the schema.
const USUAL_LENGTH: usize = 60;

/// A kind of value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    Text {
        /// In characters.
        longest: usize,
    },
    /// One of these texts.
    Choice(Vec<String>),
    Url,
    Time,
    /// Minor units of a currency.
    Money,
    Number {
        largest: i64,
    },
    Flag,
    /// A map: a person or a thing.
    Group,
    List,
}

impl Shape {
    /// The shape that a schema describes: as written, and with its references resolved.
    pub(crate) fn of(written: &Json, resolved: &Json) -> Self {
        let text = |name: &str| resolved.get(name).and_then(Json::as_str);
        if written.get("$ref").and_then(Json::as_str) == Some("#/$defs/minor_units") {
            return Self::Money;
        }
        if let Some(choices) = resolved.get("enum").and_then(Json::as_array) {
            return Self::Choice(choices.iter().filter_map(Json::as_str).map(str::to_owned).collect());
        }
        match (text("type"), text("format")) {
            (_, Some("date-time")) => Self::Time,
            (_, Some("uri")) => Self::Url,
            (Some("integer" | "number"), _) => {
                Self::Number { largest: resolved.get("maximum").and_then(Json::as_i64).unwrap_or(999_999) }
            }
            (Some("boolean"), _) => Self::Flag,
            (Some("object"), _) => Self::Group,
            (Some("array"), _) => Self::List,
            (Some(_) | None, _) => {
                let longest = resolved.get("maxLength").and_then(Json::as_u64);
                let longest = longest.and_then(|longest| usize::try_from(longest).ok());
                Self::Text { longest: longest.unwrap_or(USUAL_LENGTH) }
            }
        }
    }

    /// A person's name; most are far shorter.
    pub(crate) const fn name() -> Self {
        Self::Text { longest: USUAL_LENGTH }
    }

    /// In words, for who writes the text.
    pub(crate) const fn words(&self) -> &'static str {
        match self {
            Self::Text { .. } | Self::Choice(_) => "a text",
            Self::Url => "an address",
            Self::Time => "a time",
            Self::Money => "an amount in minor units",
            Self::Number { .. } => "a number",
            Self::Flag => "yes or no",
            Self::Group => "a person or a thing",
            Self::List => "a list",
        }
    }

    /// What a filter makes of it, or what the filter takes instead.
    pub(crate) fn filtered(&self, filter: &Filter) -> Result<Self, &'static str> {
        let is_number = matches!(self, Self::Number { .. } | Self::Money);
        let is_text = matches!(self, Self::Text { .. } | Self::Choice(_) | Self::Url);
        let made = Self::name();
        match filter {
            Filter::Date | Filter::Day | Filter::ShortDate | Filter::Time => {
                if *self == Self::Time {
                    Ok(made)
                } else {
                    Err("a time")
                }
            }
            Filter::Money(_) | Filter::Number | Filter::Percent | Filter::Plural { .. } => {
                if is_number {
                    Ok(made)
                } else {
                    Err("a number")
                }
            }
            Filter::Upper | Filter::Lower | Filter::Title | Filter::De | Filter::Que => {
                if is_text {
                    Ok(self.clone())
                } else {
                    Err("a text")
                }
            }
            Filter::Default(_) => Ok(self.clone()),
        }
    }
}
