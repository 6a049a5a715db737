//! The language of a text: a BCP 47 tag.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::country::Country;

/// A text that is no language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a language tag such as fr, en or fr-CH")]
pub struct LocaleError;

/// A language tag in its usual case: `fr`, `en-GB`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Locale(String);

impl Locale {
    /// French.
    pub fn french() -> Self {
        Self("fr".to_owned())
    }

    /// English, which every kind has.
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language alone: `fr` of `fr-CH`.
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or("en")
    }
}

impl Locale {
    /// The region, where the tag names one: `CH` of `fr-CH`.
    pub fn region(&self) -> Option<Country> {
        self.0.split('-').skip(1).find_map(|part| part.parse().ok())
    }
}

impl FromStr for Locale {
    type Err = LocaleError;
    fn from_str(text: &str) -> Result<Self, LocaleError> {
        let mut parts = text.split(['-', '_']);
        let language = parts.next().unwrap_or_default();
        if !(2..=3).contains(&language.len())
            || !language.bytes().all(|b| b.is_ascii_alphabetic())
            || text.len() > 35
        {
            return Err(LocaleError);
        }
        let mut tag = language.to_ascii_lowercase();
        for part in parts {
            if !(2..=8).contains(&part.len()) || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err(LocaleError);
            }
            tag.push('-');
            tag.push_str(&if part.len() == 2 { part.to_ascii_uppercase() } else { part.to_owned() });
        }
        Ok(Self(tag))
    }
}

impl TryFrom<String> for Locale {
    type Error = LocaleError;
    fn try_from(text: String) -> Result<Self, LocaleError> {
        text.parse()
    }
}

impl From<Locale> for String {
    fn from(locale: Locale) -> Self {
        locale.0
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_brought_to_its_usual_case_and_nonsense_refused() {
        assert_eq!("FR_ch".parse::<Locale>().unwrap().as_str(), "fr-CH");
        assert_eq!("fr-CH".parse::<Locale>().unwrap().language(), "fr");
        for text in ["", "f", "fr-", "french", "fr-\n", "f1"] {
            assert_eq!(text.parse::<Locale>(), Err(LocaleError), "{text:?}");
        }
    }
}
