//! Which country a phone number belongs to: what decides its price and the hours in which it may be written to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::address::PhoneNumber;

/// A text that is no country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a country of two capital letters (ISO 3166-1) such as FR")]
pub struct CountryError;

/// A country by its two letters (ISO 3166-1 alpha-2). Whether it exists is not checked: the list changes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

impl Country {
    /// The two letters.
    pub fn as_str(&self) -> &str {
        // Only capital letters get in, so there is always a text.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Country {
    type Err = CountryError;
    fn from_str(text: &str) -> Result<Self, CountryError> {
        let letters: [u8; 2] = text.as_bytes().try_into().map_err(|_| CountryError)?;
        if letters.iter().all(u8::is_ascii_uppercase) { Ok(Self(letters)) } else { Err(CountryError) }
    }
}

impl TryFrom<String> for Country {
    type Error = CountryError;
    fn try_from(text: String) -> Result<Self, CountryError> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.as_str().to_owned()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({self})")
    }
}

/// The country whose numbering plan a number is of; `None` for numbers of no country, such as those of satellites.
///
/// Overseas departments are countries of their own here, as in ISO 3166 and in price lists. Where several share a prefix and nothing tells
/// them apart, it is the one that the plan names first.
pub fn country_of(number: &PhoneNumber) -> Option<Country> {
    let number = phonenumber::parse(None, number.expose()).ok()?;
    number.country().id()?.as_ref().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_country_of_a_number_is_told_by_its_plan() {
        let table = [
            ("+33612345678", Some("FR")),
            ("+32470123456", Some("BE")),
            ("+41781234567", Some("CH")),
            ("+352621123456", Some("LU")),
            ("+4915123456789", Some("DE")),
            ("+447400123456", Some("GB")),
            ("+12015550123", Some("US")),
            ("+15062345678", Some("CA")),
            ("+262692123456", Some("RE")),
            ("+262639012345", Some("YT")),
            ("+590690001234", Some("GP")),
            ("+596696201234", Some("MQ")),
            ("+80012345678", None),
            ("+881612345678", None),
            ("+1", None),
            ("", None),
        ];
        for (number, expected) in table {
            let found = country_of(&PhoneNumber::from_stored(number.to_owned()));
            assert_eq!(found.map(|country| country.to_string()).as_deref(), expected, "{number}");
        }
    }

    #[test]
    fn a_country_is_two_capital_letters() {
        assert_eq!("FR".parse::<Country>().unwrap().as_str(), "FR");
        for text in ["", "F", "fr", "FRA", "é", "F1"] {
            assert_eq!(text.parse::<Country>(), Err(CountryError), "{text:?}");
        }
    }
}
