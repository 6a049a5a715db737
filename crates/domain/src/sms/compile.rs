//! Writing a text so that it costs less: what forces the dear alphabet, and what can stand for it.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::alphabet::{Cost, cost, in_gsm7, septets};
use super::substitutes::{Substitute, substitute};

/// What a business allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SmsOptions {
    /// Whether words may be spelt with other letters where that saves a segment: `fete` for `fête`.
    pub allow_letters: bool,
}

/// A character that GSM-7 does not have, and that so takes the whole text to UCS-2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offending {
    /// The character; composed, where it was written as a letter with its accents after it.
    pub character: char,
    /// Where it stands in the text as written, in bytes.
    pub bytes: Range<usize>,
    /// The same in characters, from nought.
    pub position: usize,
    /// What can stand for it: may be empty, and is `None` for what nothing stands for, such as an emoji.
    pub substitute: Option<&'static str>,
    /// Whether the substitute changes letters, which a business has to allow.
    pub changes_letters: bool,
}

/// A text as it should leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// The text.
    pub text: String,
    /// What it costs.
    pub cost: Cost,
    /// What the text as written costs.
    pub as_written: Cost,
    /// What it would cost with other letters, allowed or not; `None` where they are not needed or do not suffice.
    pub with_letters: Option<Cost>,
    /// What kept the text as written from GSM-7, in order.
    pub offending: Vec<Offending>,
}

/// Rewrites a text in GSM-7 where that costs no more.
///
/// It is all or nothing: while a single character keeps the text in UCS-2, replacing others gains nothing, and could do harm (a family
/// of emoji is held together by characters of no width). Letters are changed only if that is allowed *and* saves a segment.
pub fn compile(text: &str, options: &SmsOptions) -> Compiled {
    let offending = offending(text);
    let as_written = cost(text);
    if offending.is_empty() {
        return Compiled {
            text: text.to_owned(),
            cost: as_written,
            as_written,
            with_letters: None,
            offending,
        };
    }
    let same_letters = rewritten(text, &offending, false);
    let other_letters = if same_letters.is_some() { None } else { rewritten(text, &offending, true) };
    let with_letters = other_letters.as_deref().map(cost);
    // Three dots for one: a text of many could grow by that.
    let text = same_letters
        .filter(|made| cost(made).segments <= as_written.segments)
        .or_else(|| {
            other_letters.filter(|made| options.allow_letters && cost(made).segments < as_written.segments)
        })
        .unwrap_or_else(|| text.to_owned());
    Compiled { cost: cost(&text), text, as_written, with_letters, offending }
}

/// A text with the signs replaced that only look different, if GSM-7 has all the rest: typographic apostrophes and no-break spaces
/// would push it from 160 characters a segment to 70.
pub fn plain(text: &str) -> String {
    compile(text, &SmsOptions::default()).text
}

/// A character with the accents that are written after it.
struct Glyph {
    character: char,
    bytes: Range<usize>,
    position: usize,
    /// It was written as several characters, which GSM-7 does not have even if it has this one.
    was_composed: bool,
}

fn offending(text: &str) -> Vec<Offending> {
    // No accent is in ASCII, so each character stands for itself.
    if text.is_ascii() && text.chars().all(|character| septets(character).is_some()) {
        return Vec::new();
    }
    let glyphs = glyphs(text);
    let mut found = Vec::new();
    for (at, glyph) in glyphs.iter().enumerate() {
        let known = in_gsm7(glyph.character);
        if known.is_some() && !glyph.was_composed {
            continue;
        }
        let neighbour = |at: Option<usize>| at.and_then(|at| glyphs.get(at)).map(|glyph| glyph.character);
        let instead = match known {
            Some(text) => Some(Substitute { text, changes_letters: false }),
            None => substitute(neighbour(at.checked_sub(1)), glyph.character, neighbour(at.checked_add(1))),
        };
        found.push(Offending {
            character: glyph.character,
            bytes: glyph.bytes.clone(),
            position: glyph.position,
            substitute: instead.as_ref().map(|instead| instead.text),
            changes_letters: instead.is_some_and(|instead| instead.changes_letters),
        });
    }
    found
}

fn glyphs(text: &str) -> Vec<Glyph> {
    let mut glyphs = Vec::new();
    let mut characters = text.char_indices().enumerate().peekable();
    while let Some((position, (start, first))) = characters.next() {
        let mut written = vec![Glyph::single(position, start, first)];
        while let Some((position, (start, mark))) =
            characters.next_if(|(_, (_, next))| canonical_combining_class(*next) != 0)
        {
            written.push(Glyph::single(position, start, mark));
        }
        match composed(&written) {
            Some(glyph) => glyphs.push(glyph),
            None => glyphs.append(&mut written),
        }
    }
    glyphs
}

impl Glyph {
    fn single(position: usize, start: usize, character: char) -> Self {
        Self { character, bytes: start..start + character.len_utf8(), position, was_composed: false }
    }
}

/// The one character that Unicode has for a letter and its accents, if it has one (NFC).
fn composed(written: &[Glyph]) -> Option<Glyph> {
    let (first, last) = (written.first()?, written.last()?);
    let mut characters = written.iter().map(|glyph| glyph.character).nfc();
    let (character, rest) = (characters.next()?, characters.next());
    let glyph = Glyph {
        character,
        bytes: first.bytes.start..last.bytes.end,
        position: first.position,
        was_composed: character != first.character,
    };
    rest.is_none().then_some(glyph)
}

/// The text with every offending character replaced, if each can be.
fn rewritten(text: &str, offending: &[Offending], letters: bool) -> Option<String> {
    let mut made = String::with_capacity(text.len());
    let mut done = 0;
    for found in offending {
        if found.changes_letters && !letters {
            return None;
        }
        made.push_str(&text[done..found.bytes.start]);
        made.push_str(found.substitute?);
        done = found.bytes.end;
    }
    made.push_str(&text[done..]);
    Some(made)
}

#[cfg(test)]
#[path = "compile_tests.rs"]
mod tests;
