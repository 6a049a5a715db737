//! What segments cost in money. Whole numbers only: a millionth of the currency's own unit is the smallest amount.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::country::Country;

/// Millionths in one.
const MICROS: u64 = 1_000_000;

/// A text that is no price or no currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// Not digits with at most six of them after a point, or a million and more.
    #[error("is not a price below a million with at most six decimals, such as \"0.0714\"")]
    NotPrice,
    /// Not three capital letters.
    #[error("is not a currency of three capital letters (ISO 4217) such as EUR")]
    NotCurrency,
}

/// What one segment costs. Written as a decimal text, since numbers of configuration files are floating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Price {
    /// In millionths of the currency's unit.
    micros: u64,
}

impl Price {
    /// In millionths of the currency's unit.
    pub const fn micros(self) -> u64 {
        self.micros
    }
}

/// A currency by its three letters (ISO 4217). Whether it exists is not checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(String);

impl Currency {
    /// The three letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// Its currency.
    pub currency: Currency,
    /// How much, in millionths of the currency's unit: 71 400 is 0.0714.
    pub micros: u64,
}

/// What a segment costs, by the country of the number it goes to:
/// `{"currency": "EUR", "countries": {"FR": "0.0714"}, "default": "0.10"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceTable {
    /// The currency of all of them.
    pub currency: Currency,
    /// By country.
    #[serde(default)]
    pub countries: BTreeMap<Country, Price>,
    /// Everywhere else. There must be one: what has no price would count as free.
    pub default: Price,
}

/// What so many segments to a country cost; `None` is a number of no country.
pub fn price(table: &PriceTable, country: Option<Country>, segments: usize) -> Money {
    let each = country.and_then(|country| table.countries.get(&country)).unwrap_or(&table.default);
    // No text is so long: 18 million segments at the highest price there can be still fit.
    let segments = u64::try_from(segments).unwrap_or(u64::MAX);
    Money { currency: table.currency.clone(), micros: each.micros.saturating_mul(segments) }
}

impl FromStr for Price {
    type Err = PriceError;
    fn from_str(text: &str) -> Result<Self, PriceError> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let are_digits = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        };
        if !are_digits(whole, 6) || !are_digits(decimals, 6) {
            return Err(PriceError::NotPrice);
        }
        let number = |digits: &str| digits.parse::<u64>().map_err(|_| PriceError::NotPrice);
        Ok(Self { micros: number(whole)? * MICROS + number(&format!("{decimals:0<6}"))? })
    }
}

impl FromStr for Currency {
    type Err = PriceError;
    fn from_str(text: &str) -> Result<Self, PriceError> {
        if text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(PriceError::NotCurrency)
        }
    }
}

impl TryFrom<String> for Price {
    type Error = PriceError;
    fn try_from(text: String) -> Result<Self, PriceError> {
        text.parse()
    }
}

impl TryFrom<String> for Currency {
    type Error = PriceError;
    fn try_from(text: String) -> Result<Self, PriceError> {
        text.parse()
    }
}

impl From<Price> for String {
    fn from(price: Price) -> Self {
        decimal(price.micros)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.0
    }
}

/// `0.1428 EUR`: exact, for logs and machines; a reader's language is not known here.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", decimal(self.micros), self.currency.0)
    }
}

/// With two decimals at least.
fn decimal(micros: u64) -> String {
    let decimals = format!("{:06}", micros % MICROS);
    let kept = decimals.trim_end_matches('0').len().max(2);
    format!("{}.{}", micros / MICROS, &decimals[..kept])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> PriceTable {
        let text = r#"{"currency":"EUR","countries":{"BE":"0.09","FR":"0.0714"},"default":"0.10"}"#;
        let table: PriceTable = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&table).unwrap(), text);
        table
    }

    #[test]
    fn segments_cost_what_the_country_of_the_number_costs_to_the_last_millionth() {
        let rows = [
            (Some("FR"), 1, "0.0714 EUR"),
            (Some("FR"), 3, "0.2142 EUR"),
            (Some("BE"), 2, "0.18 EUR"),
            (Some("US"), 10, "1.00 EUR"),
            (None, 7, "0.70 EUR"),
            (Some("FR"), 0, "0.00 EUR"),
        ];
        for (country, segments, expected) in rows {
            let country = country.map(|country| country.parse().unwrap());
            assert_eq!(price(&table(), country, segments).to_string(), expected, "{country:?} {segments}");
        }
        assert_eq!(price(&table(), None, usize::MAX).micros, u64::MAX);
    }

    #[test]
    fn prices_are_exact_texts_and_nonsense_is_refused() {
        for (text, micros) in [("0.0714", 71_400), ("0", 0), ("1.5", 1_500_000), ("0.000001", 1)] {
            assert_eq!(text.parse::<Price>().unwrap().micros(), micros, "{text}");
        }
        for text in ["", ".", "1.", ".5", "-1", "+1", "0.0000001", "1e3", "1,5", " 1", "1000000", "1.2.3"] {
            assert_eq!(text.parse::<Price>(), Err(PriceError::NotPrice), "{text:?}");
        }
        for text in [
            r#"{"currency":"EUR","countries":{}}"#,
            r#"{"currency":"eur","default":"0.1"}"#,
            r#"{"currency":"EUR","default":0.1}"#,
            r#"{"currency":"EUR","default":"0.1","france":"0.1"}"#,
            r#"{"currency":"EUR","countries":{"fr":"0.1"},"default":"0.1"}"#,
        ] {
            assert!(serde_json::from_str::<PriceTable>(text).is_err(), "{text}");
        }
    }
}
