//! From the words of a text to what it means.

use super::lexicon::{
    APPOINTMENT, COURTESIES, LEADING_STOPS, LETTERS, MESSAGES, NEGATIONS, POSSESSIVES, sayings,
};
use super::nearness::{drawn_out, one_slip_away};
use super::reaction::is_reaction;
use super::spelling::{sound_the_same, words};
use super::{Meaning, Understood};

/// A text of more words is no answer but a letter: what it says in passing is not looked for.
const MOST_WORDS_OF_AN_ANSWER: usize = 6;
/// In a text of more words a word that nearly says something is more likely another word.
const MOST_WORDS_WITH_SLIPS: usize = 4;

/// No text message is longer, also of several segments: what is behind it is not read.
const MOST_CHARACTERS: usize = 1_600;

/// Words of a text that say something.
struct Hit {
    meanings: Vec<Meaning>,
    /// The first of the words.
    at: usize,
    /// How many they are.
    words: usize,
    is_negated: bool,
}

/// What a text means; the parent module says by which rules.
pub fn understand(text: &str) -> Understood {
    let text = text.char_indices().nth(MOST_CHARACTERS).map_or(text, |(end, _)| &text[..end]);
    if is_reaction(text) {
        return Understood::Reaction;
    }
    let words = words(text);
    if begins_with_stop(&words) {
        return Understood::Clear(Meaning::Stop);
    }
    if let [word] = words.as_slice()
        && let Some((_, meaning)) = LETTERS.iter().find(|(letter, _)| letter == word)
    {
        return Understood::Clear(*meaning);
    }
    let hits = hits(&words);
    if let Some(meaning) = only_meaning(&words, &hits) {
        return Understood::Clear(meaning);
    }
    let candidates = candidates(&words, &hits);
    if candidates.is_empty() { Understood::Other } else { Understood::Unclear { candidates } }
}

fn begins_with_stop(words: &[String]) -> bool {
    let first = words.iter().find(|word| !COURTESIES.contains(word));
    first.is_some_and(|word| {
        LEADING_STOPS.contains(&word.as_str())
            || (drawn_out(word).is_some() && LEADING_STOPS.iter().any(|stop| sound_the_same(word, stop)))
    })
}

fn hits(words: &[String]) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let (meanings, length) = match longest_saying(&words[at..]) {
            Some((meaning, length)) => (vec![meaning], length),
            None => (nearly_said(word, words.len()), 1),
        };
        if !meanings.is_empty() {
            hits.push(Hit { meanings, at, words: length, is_negated: is_negated(words, at, at + length) });
        }
        at += length;
    }
    hits
}

fn longest_saying(words: &[String]) -> Option<(Meaning, usize)> {
    let length = |saying: &str| {
        let begins_so =
            words.len() >= saying.split(' ').count() && saying.split(' ').zip(words).all(|(a, b)| a == b);
        begins_so.then(|| saying.split(' ').count())
    };
    sayings()
        .filter_map(|(saying, meaning)| Some((meaning, length(saying)?)))
        .max_by_key(|(_, length)| *length)
}

fn nearly_said(word: &str, words_in_all: usize) -> Vec<Meaning> {
    match drawn_out(word) {
        Some(meaning) => vec![meaning],
        None if is_beside(word) || words_in_all > MOST_WORDS_WITH_SLIPS => Vec::new(),
        None => one_slip_away(word),
    }
}

/// "ne pas arrêter", "ne me désabonnez pas", "don't stop": up to two words before it, or "pas" right after it.
fn is_negated(words: &[String], begin: usize, end: usize) -> bool {
    let before = &words[begin.saturating_sub(2)..begin];
    let after = words.get(end).is_some_and(|word| word == "pas");
    after || before.iter().any(|word| NEGATIONS.contains(word))
}

/// A word that is known and says nothing of itself.
fn is_beside(word: &str) -> bool {
    [COURTESIES, POSSESSIVES, APPOINTMENT, MESSAGES, NEGATIONS].iter().any(|list| list.contains(word))
}

/// The one thing that a text says, if it says nothing else.
fn only_meaning(words: &[String], hits: &[Hit]) -> Option<Meaning> {
    let meaning = *hits.first()?.meanings.first()?;
    let all_agree = hits.iter().all(|hit| !hit.is_negated && hit.meanings == [meaning]);
    let is_said = |at: usize| hits.iter().any(|hit| (hit.at..hit.at + hit.words).contains(&at));
    let the_rest_is_beside =
        words.iter().enumerate().all(|(at, word)| is_said(at) || goes_with(word, meaning));
    (all_agree && the_rest_is_beside).then_some(meaning)
}

/// A word that adds nothing to a meaning. "Cancel" alone is an opt-out, "cancel my appointment" is not.
fn goes_with(word: &str, meaning: Meaning) -> bool {
    let affair = match meaning {
        Meaning::Stop | Meaning::Start | Meaning::Help => {
            MESSAGES.contains(word) || word.chars().all(char::is_numeric)
        }
        Meaning::Yes | Meaning::No => APPOINTMENT.contains(word) || POSSESSIVES.contains(word),
    };
    affair || COURTESIES.contains(word)
}

/// What a text might mean: all that a short one says, and of a long one what it begins with and any word of opting out.
fn candidates(words: &[String], hits: &[Hit]) -> Vec<Meaning> {
    let is_short = words.len() <= MOST_WORDS_OF_AN_ANSWER;
    let mut found: Vec<Meaning> = Vec::new();
    for hit in hits {
        let begins = words[..hit.at].iter().all(|word| COURTESIES.contains(word));
        let opts_out =
            words[hit.at..hit.at + hit.words].iter().any(|word| LEADING_STOPS.contains(&word.as_str()));
        if is_short || begins || opts_out {
            found.extend(hit.meanings.iter().flat_map(|meaning| readings(*meaning, hit, words)));
        }
    }
    let mut seen = Vec::new();
    found.retain(|meaning| {
        let is_new = !seen.contains(meaning);
        seen.push(*meaning);
        is_new
    });
    found
}

/// What a hit can mean where it stands.
fn readings(meaning: Meaning, hit: &Hit, words: &[String]) -> Vec<Meaning> {
    let about_an_appointment = words.iter().any(|word| APPOINTMENT.contains(word));
    match (meaning, hit.is_negated) {
        // Whoever says not to stop wants nothing of it.
        (Meaning::Stop | Meaning::Start | Meaning::Help, true) => Vec::new(),
        (Meaning::Yes | Meaning::No, true) => vec![Meaning::Yes, Meaning::No],
        (Meaning::Stop, false) if about_an_appointment => vec![Meaning::No, Meaning::Stop],
        (Meaning::Stop | Meaning::Start | Meaning::Help | Meaning::Yes | Meaning::No, false) => vec![meaning],
    }
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
