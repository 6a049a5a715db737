//! The longest SMS that a text can become: the longer branch of each condition, the longest values that the schema allows, the date
//! that is longest in the language.

use carillon_domain::own_text::LongestSms;
use carillon_domain::sms::{self, Alphabet, Cost};
use chrono::{NaiveDate, NaiveTime};
use icu_decimal::input::Decimal;

use crate::formats::Formats;
use crate::own::letters::first;
use crate::own::limits::{LENGTHS_IN_SMS, LONGEST_LITERAL, LONGEST_VALUE};
use crate::own::names::Names;
use crate::own::shape::Shape;
use crate::own::tree::{Currency, Filter, Node, PlacedFilter, Print};
use crate::render::one_line;

/// Addresses have no length that people would mean; few in an SMS are longer.
const LONGEST_ADDRESS: usize = 100;
/// 99 999.99 of most currencies.
const LARGEST_AMOUNT: i64 = 9_999_999;
/// A letter of the SMS alphabet, and one outside of it.
const PLAIN: char = 'e';
const DEARER: char = 'ê';
/// Bytes after which a text is far too long, however much follows.
const FAR_TOO_LONG: usize = 4_000;

/// What the longest SMS costs, and what is left of it where its values have given way (`LENGTHS_IN_SMS`) and one of them is outside
/// of the SMS alphabet all the same: what is too long then is never sent.
pub(crate) fn sms(nodes: &[Node], names: Names<'_>, formats: &Formats) -> (LongestSms, Cost) {
    let dates = Dates {
        date: longest_of(days().filter_map(|day| formats.date(&day))),
        day: longest_of(days().filter_map(|day| formats.day(&day))),
        short: longest_of(days().filter_map(|day| formats.short_date(&day))),
    };
    let cost = |letter, most| Guess { names, formats, dates: &dates, letter, most }.cost(nodes);
    let [.., shortest] = LENGTHS_IN_SMS;
    let longest = LongestSms { plain: cost(PLAIN, LONGEST_VALUE), worst: cost(DEARER, LONGEST_VALUE) };
    (longest, cost(DEARER, shortest))
}

/// Of each month a week with days of two digits, so that each name is there with each other.
fn days() -> impl Iterator<Item = NaiveDate> {
    (1..=12).flat_map(|month| (21..=27).filter_map(move |day| NaiveDate::from_ymd_opt(2026, month, day)))
}

/// The longest text, outside of the SMS alphabet if any is: août costs more than septembre.
fn longest_of(texts: impl Iterator<Item = String>) -> String {
    let (mut longest, mut any_dear) = (String::new(), false);
    for text in texts {
        any_dear |= is_dear(&text);
        if length(&text) > length(&longest) {
            longest = text;
        }
    }
    if any_dear { dearer(longest) } else { longest }
}

struct Dates {
    date: String,
    day: String,
    short: String,
}

struct Guess<'a> {
    names: Names<'a>,
    formats: &'a Formats,
    dates: &'a Dates,
    letter: char,
    /// Characters of a text value.
    most: usize,
}

impl Guess<'_> {
    fn cost(&self, nodes: &[Node]) -> Cost {
        let text = sms::plain(&one_line(&self.text(nodes)));
        // A shorter branch with a dearer letter can be the one that is sent.
        sms::cost(&if self.can_be_dear(nodes) { dearer(text) } else { text })
    }

    fn text(&self, nodes: &[Node]) -> String {
        let mut text = String::new();
        for node in nodes {
            match node {
                Node::Text(written) => text.push_str(written),
                Node::Print(print) => text.push_str(&self.value(print)),
                Node::If(branches) => {
                    let ways = branches.iter().map(|branch| self.text(&branch.nodes));
                    text.push_str(&ways.max_by_key(|way| length(way)).unwrap_or_default());
                }
                Node::Bold(inside) | Node::Link { label: inside, .. } => text.push_str(&self.text(inside)),
            }
            if text.len() > FAR_TOO_LONG {
                break;
            }
        }
        text
    }

    fn can_be_dear(&self, nodes: &[Node]) -> bool {
        nodes.iter().any(|node| match node {
            Node::Text(written) => is_dear(written),
            // Beyond the length of what is written in quotes, a value is the same letter over and over.
            Node::Print(print) => is_dear(first(&self.value(print), LONGEST_LITERAL)),
            Node::If(branches) => branches.iter().any(|branch| self.can_be_dear(&branch.nodes)),
            Node::Bold(inside) | Node::Link { label: inside, .. } => self.can_be_dear(inside),
        })
    }

    fn value(&self, print: &Print) -> String {
        let shape = self.names.find(&print.name.path).map_or(Shape::name(), |known| known.shape);
        let value = self.unfiltered(&shape);
        print.filters.iter().fold(value, |value, placed| self.filtered(value, &shape, placed))
    }

    fn unfiltered(&self, shape: &Shape) -> String {
        match shape {
            Shape::Text { longest } => self.letter.to_string().repeat((*longest).min(self.most)),
            Shape::Choice(choices) => {
                choices.iter().max_by_key(|choice| length(choice)).cloned().unwrap_or_default()
            }
            Shape::Url => "u".repeat(LONGEST_ADDRESS),
            Shape::Time => "2026-12-03T14:30:00+01:00".to_owned(),
            Shape::Money => LARGEST_AMOUNT.to_string(),
            Shape::Number { largest } => largest.to_string(),
            Shape::Flag | Shape::Group | Shape::List => String::new(),
        }
    }

    fn filtered(&self, value: String, shape: &Shape, placed: &PlacedFilter) -> String {
        let number = if let Shape::Number { largest } = shape { *largest } else { LARGEST_AMOUNT };
        match &placed.filter {
            Filter::Date => self.dates.date.clone(),
            Filter::Day => self.dates.day.clone(),
            Filter::ShortDate => self.dates.short.clone(),
            Filter::Time => self.formats.time(&NaiveTime::MIN).unwrap_or(value),
            Filter::Money(Currency::Fixed(code)) => self.formats.money(LARGEST_AMOUNT, code).unwrap_or(value),
            Filter::Money(Currency::Of(_)) => self.formats.money(LARGEST_AMOUNT, "EUR").unwrap_or(value),
            Filter::Number => self.formats.number(&Decimal::from(number)),
            Filter::Percent => self.formats.percent(&Decimal::from(number.min(100_000))),
            Filter::Plural { one, other } => longer(one.clone(), other),
            Filter::Upper => value.to_uppercase(),
            Filter::Lower => value.to_lowercase(),
            Filter::Title => value,
            Filter::De => format!("de {value}"),
            Filter::Que => format!("que {value}"),
            Filter::Default(text) => longer(value, text),
        }
    }
}

fn longer(one: String, other: &str) -> String {
    if length(other) > length(&one) { other.to_owned() } else { one }
}

fn is_dear(text: &str) -> bool {
    text.chars().any(is_outside)
}

/// Whether a character is not in the SMS alphabet. Letters and digits without accents are, and are most of any text; controls become
/// blanks before anything is sent.
pub(crate) fn is_outside(c: char) -> bool {
    let is_common = c.is_ascii_alphanumeric() || c == ' ' || c.is_control();
    !is_common && sms::cost(&sms::plain(c.encode_utf8(&mut [0; 4]))).alphabet == Alphabet::Ucs2
}

/// The same length, outside of the SMS alphabet.
fn dearer(mut text: String) -> String {
    if !is_dear(&text) && text.pop().is_some() {
        text.push(DEARER);
    }
    text
}

/// The length in septets, near enough to choose the longer one; counting in full for each would cost more than all the rest.
fn length(text: &str) -> usize {
    text.chars().map(|c| if "^{}\\[~]|€".contains(c) { 2 } else { 1 }).sum()
}
