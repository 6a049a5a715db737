//! Amounts of money: from minor units to what a currency counts in.

use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_experimental::dimension::currency::CurrencyType;
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_experimental::dimension::currency::options::CurrencyFormatterOptions;
use icu_locale_core::Locale;
use icu_locale_core::extensions::unicode::Value;

/// Currencies without a minor unit (ISO 4217, list one).
const WITHOUT: [&str; 16] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
    "XPF",
];
/// Currencies with thousandths.
const THOUSANDTHS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// How an amount in minor units reads in the currency's own unit.
pub(crate) fn amount(minor_units: i64, currency: &str) -> Decimal {
    let digits = if WITHOUT.contains(&currency) {
        0
    } else if THOUSANDTHS.contains(&currency) {
        3
    } else {
        2
    };
    let mut amount = Decimal::from(minor_units);
    amount.multiply_pow10(-digits);
    amount
}

/// Whether there is such a currency.
pub(crate) fn is_code(currency: &str) -> bool {
    "en".parse().is_ok_and(|english| formatter(&english, currency).is_some())
}

/// A formatter for a currency, `None` when it is no code of ISO 4217.
pub(crate) fn formatter(locale: &Locale, currency: &str) -> Option<CurrencyFormatter<DecimalFormatter>> {
    if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let currency: CurrencyType = currency.parse::<Value>().ok()?.try_into().ok()?;
    CurrencyFormatter::try_new_symbol(locale.into(), currency, CurrencyFormatterOptions::default()).ok()
}
