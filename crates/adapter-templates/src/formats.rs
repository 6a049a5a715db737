//! Dates, times, numbers and money as a language writes them (CLDR, by ICU). The formatters of a language are made once.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Arc, PoisonError, RwLock};

use carillon_domain::sms::{self, Alphabet};
use chrono::{Datelike, Timelike};
use chrono_tz::Tz;
use icu_datetime::fieldsets::{MDE, T, YMDE};
use icu_datetime::input::{Date, Time};
use icu_datetime::options::{TimePrecision, YearStyle};
use icu_datetime::{DateTimeFormatter, DateTimeFormatterLoadError, NoCalendarFormatter};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_experimental::dimension::percent::formatter::PercentFormatter;
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};

use crate::money;
use crate::places::Places;

/// How many formatters of money a language keeps.
const MOST_CURRENCIES: usize = 64;

type Money = Arc<CurrencyFormatter<DecimalFormatter>>;

/// The formatters of one language.
#[derive(Debug)]
pub(crate) struct Formats {
    locale: Locale,
    date: DateTimeFormatter<YMDE>,
    day: DateTimeFormatter<MDE>,
    short_date: DateTimeFormatter<MDE>,
    short_date_of_year: DateTimeFormatter<YMDE>,
    time: NoCalendarFormatter<T>,
    number: DecimalFormatter,
    percent: PercentFormatter<DecimalFormatter>,
    plural: PluralRules,
    places: Places,
    money: RwLock<BTreeMap<String, Money>>,
}

impl Formats {
    /// Makes the formatters of a language.
    pub(crate) fn new(tag: &str) -> Result<Self, String> {
        let words = |error: &dyn Display| format!("ICU has no formats for this language: {error}");
        let locale: Locale = tag.parse().map_err(|error| words(&error))?;
        let minutes = T::short().with_time_precision(TimePrecision::Minute);
        Ok(Self {
            date: DateTimeFormatter::try_new((&locale).into(), YMDE::long()).map_err(|e| words(&e))?,
            day: DateTimeFormatter::try_new((&locale).into(), MDE::long()).map_err(|e| words(&e))?,
            short_date: short_date(&locale).map_err(|e| words(&e))?,
            short_date_of_year: short_date_of_year(&locale).map_err(|e| words(&e))?,
            time: NoCalendarFormatter::try_new((&locale).into(), minutes).map_err(|e| words(&e))?,
            number: DecimalFormatter::try_new(
                (&locale).into(),
                icu_decimal::options::DecimalFormatterOptions::default(),
            )
            .map_err(|e| words(&e))?,
            percent: PercentFormatter::try_new(
                (&locale).into(),
                icu_experimental::dimension::percent::options::PercentFormatterOptions::default(),
            )
            .map_err(|e| words(&e))?,
            plural: PluralRules::try_new_cardinal((&locale).into()).map_err(|e| words(&e))?,
            places: Places::new(&locale).map_err(|e| words(&e))?,
            money: RwLock::default(),
            locale,
        })
    }

    /// "Thursday, December 3, 2026".
    pub(crate) fn date(&self, time: &impl Datelike) -> Option<String> {
        let (year, month, day) = year_month_day(time)?;
        Some(self.ordinal(plain_spaces(&self.date.format(&Date::try_new_iso(year, month, day).ok()?)), day))
    }

    /// "Thursday, December 3".
    pub(crate) fn day(&self, time: &impl Datelike) -> Option<String> {
        let (year, month, day) = year_month_day(time)?;
        Some(self.ordinal(plain_spaces(&self.day.format(&Date::try_new_iso(year, month, day).ok()?)), day))
    }

    /// "Thu, Dec 3".
    pub(crate) fn short_date(&self, time: &impl Datelike) -> Option<String> {
        let (year, month, day) = year_month_day(time)?;
        Some(plain_spaces(&self.short_date.format(&Date::try_new_iso(year, month, day).ok()?)))
    }

    /// "Tue, Dec 3, 2030".
    pub(crate) fn short_date_of_year(&self, time: &impl Datelike) -> Option<String> {
        let (year, month, day) = year_month_day(time)?;
        Some(plain_spaces(&self.short_date_of_year.format(&Date::try_new_iso(year, month, day).ok()?)))
    }

    /// "Paris time"; "Paris" where it `is_brief`.
    pub(crate) fn place(&self, zone: Tz, is_brief: bool) -> String {
        self.places.name(zone, is_brief)
    }

    /// "2:30 PM".
    pub(crate) fn time(&self, time: &impl Timelike) -> Option<String> {
        let part = |value: u32| u8::try_from(value).ok();
        let time = Time::try_new(part(time.hour())?, part(time.minute())?, 0, 0).ok()?;
        Some(plain_spaces(&self.time.format(&time)))
    }

    /// "1,234".
    pub(crate) fn number(&self, value: &Decimal) -> String {
        plain_spaces(&self.number.format(value))
    }

    /// "18.4%", from the number of hundredths.
    pub(crate) fn percent(&self, hundredths: &Decimal) -> String {
        plain_spaces(&self.percent.format(hundredths))
    }

    /// "€45.00", from minor units; `None` when the currency is no code of ISO 4217.
    pub(crate) fn money(&self, minor_units: i64, currency: &str) -> Option<String> {
        let amount = money::amount(minor_units, currency);
        Some(plain_spaces(&self.money_formatter(currency)?.format_fixed_decimal(&amount)))
    }

    /// Which form of a word goes with a number.
    pub(crate) fn plural(&self, value: &Decimal) -> PluralCategory {
        self.plural.category_for(value)
    }

    /// The first of a month is an ordinal in French, which CLDR does not know: "1er décembre".
    fn ordinal(&self, date: String, day: u8) -> String {
        let is_french = self.locale.id.language.as_str() == "fr";
        if is_french && day == 1 { date.replacen(" 1 ", " 1er ", 1) } else { date }
    }

    fn money_formatter(&self, currency: &str) -> Option<Money> {
        // A poisoned lock is harmless: the map only ever gains whole entries.
        if let Some(known) = self.money.read().unwrap_or_else(PoisonError::into_inner).get(currency) {
            return Some(Arc::clone(known));
        }
        let made = Arc::new(money::formatter(&self.locale, currency)?);
        let mut known = self.money.write().unwrap_or_else(PoisonError::into_inner);
        // Data may name any three letters: what is beyond the currencies in use is made each time.
        if known.len() < MOST_CURRENCIES {
            known.insert(currency.to_owned(), Arc::clone(&made));
        }
        Some(made)
    }
}

/// With the month's name where all of its short names are in the SMS alphabet ("Thu, Dec 3"), otherwise with its number
/// ("jeu. 03/12": août is not).
fn short_date(locale: &Locale) -> Result<DateTimeFormatter<MDE>, DateTimeFormatterLoadError> {
    let named = DateTimeFormatter::try_new(locale.into(), MDE::medium())?;
    let fits = days_of_a_year()
        .filter_map(|(month, day)| Date::try_new_iso(2026, month, day).ok())
        .all(|date| is_plain(&named.format(&date)));
    if fits { Ok(named) } else { DateTimeFormatter::try_new(locale.into(), MDE::short()) }
}

/// The same with the year.
fn short_date_of_year(locale: &Locale) -> Result<DateTimeFormatter<YMDE>, DateTimeFormatterLoadError> {
    let named = DateTimeFormatter::try_new(locale.into(), YMDE::medium())?;
    let fits = days_of_a_year()
        .filter_map(|(month, day)| Date::try_new_iso(2026, month, day).ok())
        .all(|date| is_plain(&named.format(&date)));
    let numbered = YMDE::short().with_year_style(YearStyle::Full);
    if fits { Ok(named) } else { DateTimeFormatter::try_new(locale.into(), numbered) }
}

/// A week of each month.
fn days_of_a_year() -> impl Iterator<Item = (u8, u8)> {
    (1..=12).flat_map(|month| (1..=7).map(move |day| (month, day)))
}

fn is_plain(text: &dyn Display) -> bool {
    sms::cost(&sms::plain(&text.to_string())).alphabet == Alphabet::Gsm7
}

fn year_month_day(time: &impl Datelike) -> Option<(i32, u8, u8)> {
    Some((time.year(), u8::try_from(time.month()).ok()?, u8::try_from(time.day()).ok()?))
}

/// The narrow no-break space is missing from fonts of old mail programs; the wide one keeps what belongs together just as well.
fn plain_spaces(text: &dyn Display) -> String {
    let text = text.to_string();
    if text.contains('\u{202f}') { text.replace('\u{202f}', "\u{a0}") } else { text }
}
