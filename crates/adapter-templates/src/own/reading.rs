//! The values of one message, as an own text sees them: it can read them, and nothing else.

use std::borrow::Cow;
use std::collections::BTreeMap;

use carillon_domain::french;
use carillon_domain::own_text::ProblemCode as Code;
use chrono::DateTime;
use chrono_tz::Tz;
use icu_plurals::PluralCategory;
use minijinja::Value as Seen;
use minijinja::filters::title;

use crate::filters::decimal;
use crate::gaps;
use crate::own::letters::{clean, first};
use crate::own::limits::{LONGEST_ADDRESS, WHOLE_ADDRESS};
use crate::own::links;
use crate::own::tree::{Condition, Currency, Fault, Filter, Literal, Name, PlacedFilter, Print};
use crate::scene::Scene;

/// A value and a filter that do not go together. It holds no value.
pub(crate) type Misfit = Fault;

/// What an own text is read with.
pub(crate) struct Reading<'a> {
    pub(crate) seen: &'a BTreeMap<String, Seen>,
    pub(crate) scene: &'a Scene,
    /// How many characters of a value are shown.
    pub(crate) longest: usize,
}

impl Reading<'_> {
    /// What a placeholder shows: nothing where the value is absent, and never more than the longest.
    pub(crate) fn value(&self, print: &Print) -> Result<String, Misfit> {
        let found = self.find(&print.name);
        if print.filters.is_empty() && found.as_ref().is_some_and(gaps::is_unnamed) {
            return Ok(gaps::MARK.to_string());
        }
        let mut value = found.filter(|value| !is_compound(value));
        for placed in &print.filters {
            value = self.filtered(value, placed)?;
        }
        let text = value.as_ref().map(|value| self.shown(value)).unwrap_or_default();
        Ok(clean(&text, self.longest_of(&text)).into_owned())
    }

    /// Whether a condition holds. A name that is absent makes it false.
    pub(crate) fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Given(name) => self.find(name).is_some_and(|value| value.is_true()),
            Condition::Equals(name, literal) => self.find(name).is_some_and(|value| match literal {
                Literal::Text(text) => value.as_str() == Some(text),
                Literal::Whole(number) => value.is_number() && value == Seen::from(*number),
                Literal::Flag(flag) => value == Seen::from(*flag),
            }),
            Condition::Not(inner) => !self.holds(inner),
            Condition::All(inner) => inner.iter().all(|condition| self.holds(condition)),
            Condition::Any(inner) => inner.iter().any(|condition| self.holds(condition)),
        }
    }

    /// The address that a value is, if a link may lead to it.
    pub(crate) fn address(&self, name: &Name) -> Option<String> {
        let value = self.find(name)?;
        links::safe(first(value.as_str()?, LONGEST_ADDRESS + 1).trim()).map(str::to_owned)
    }

    fn find(&self, name: &Name) -> Option<Seen> {
        let mut parts = name.path.split('.');
        let top = self.seen.get(parts.next()?)?.clone();
        let found = parts.try_fold(top, |value, part| value.get_attr(part).ok());
        found.filter(|value| !value.is_undefined() && !value.is_none())
    }

    fn filtered(&self, value: Option<Seen>, placed: &PlacedFilter) -> Result<Option<Seen>, Misfit> {
        if let (None, Filter::Default(text)) = (&value, &placed.filter) {
            return Ok(Some(text.as_str().into()));
        }
        let Some(value) = value else { return Ok(None) };
        let misfit = |what: &str| Misfit::new(placed.place, Code::WrongType, what);
        let text = || self.shown(&value);
        let number =
            |power, digits| decimal(&value, power, digits).map_err(|_| misfit("this filter takes a number"));
        let formats = &self.scene.formats;
        let made = match &placed.filter {
            Filter::Date => formats.date(&self.time(&value, placed)?),
            Filter::Day => self.scene.day(&self.time(&value, placed)?),
            Filter::ShortDate => self.scene.short_date(&self.time(&value, placed)?),
            Filter::Time => self.scene.time(&self.time(&value, placed)?),
            Filter::Money(currency) => {
                let Some(code) = self.currency(currency) else { return Ok(None) };
                i64::try_from(value.clone()).ok().and_then(|amount| formats.money(amount, &code))
            }
            Filter::Number => Some(formats.number(&number(0, 2)?)),
            Filter::Percent => Some(formats.percent(&number(2, 1)?)),
            Filter::Plural { one, other } => Some(match formats.plural(&number(0, 2)?) {
                PluralCategory::One => one.clone(),
                PluralCategory::Zero
                | PluralCategory::Two
                | PluralCategory::Few
                | PluralCategory::Many
                | PluralCategory::Other => other.clone(),
            }),
            Filter::Upper => Some(text().to_uppercase()),
            Filter::Lower => Some(text().to_lowercase()),
            Filter::Title => Some(title(Cow::Owned(text()))),
            Filter::De => Some(french::de(&text())),
            Filter::Que => Some(french::que(&text())),
            Filter::Default(_) => return Ok(Some(value)),
        };
        made.map(|text| Some(text.into()))
            .ok_or_else(|| misfit("this filter does not take the value that is there"))
    }

    /// A value as it is, cut before anything else is done with it.
    fn shown(&self, value: &Seen) -> String {
        value.as_str().map_or_else(|| value.to_string(), |text| first(text, self.longest_of(text)).to_owned())
    }

    fn longest_of(&self, text: &str) -> usize {
        let is_address = links::safe(first(text, LONGEST_ADDRESS + 1)).is_some();
        if is_address { self.longest.max(WHOLE_ADDRESS) } else { self.longest }
    }

    fn time(&self, value: &Seen, placed: &PlacedFilter) -> Result<DateTime<Tz>, Misfit> {
        let time = value.as_str().and_then(|text| self.scene.read(text));
        time.ok_or_else(|| Misfit::new(placed.place, Code::WrongType, "this filter takes a time"))
    }

    fn currency(&self, currency: &Currency) -> Option<String> {
        match currency {
            Currency::Fixed(code) => Some(code.clone()),
            Currency::Of(name) => self.find(name)?.as_str().map(str::to_owned),
        }
    }
}

/// A list or a map has nothing to print.
fn is_compound(value: &Seen) -> bool {
    value.as_str().is_none() && !value.is_number() && bool::try_from(value.clone()).is_err()
}
