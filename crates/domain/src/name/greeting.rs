//! The name by which a greeting addresses a person.

use crate::invisible::is_invisible;
use crate::name::links::is_address_like;
use crate::name::words::{Title, is_legal_form, is_particle, is_placeholder, is_suffix, joins, title};

/// No name of one word is longer; what is longer is something else.
const LONGEST_WORD: usize = 40;

/// The name that a greeting uses: `Zoé` of `MARTIN, Zoé`, `Mme Martin` where the first name is not known, and nothing for what is hardly
/// the name of a person: then a neutral greeting is better.
pub fn greeted(name: &str) -> Option<String> {
    let clean = cleaned(name);
    if is_placeholder(&clean) || clean.split(' ').any(is_address_like) {
        return None;
    }
    let ordered = in_order(&clean);
    let words: Vec<&str> = ordered
        .split(' ')
        .filter(|word| word.chars().any(char::is_alphabetic) || joins(word))
        .filter(|word| !is_quoted(word))
        .collect();
    let words = without_suffixes(&words);
    if words.iter().any(|word| is_legal_form(word) || word.chars().count() > LONGEST_WORD) {
        return None;
    }
    of_words(words).filter(|greeted| greeted.chars().any(char::is_alphabetic))
}

/// The same, and the whole name where there is no better: for sentences that need one.
pub fn called(name: &str) -> String {
    greeted(name).unwrap_or_else(|| cleaned(name))
}

/// Without invisible signs, quotation marks, notes in brackets and needless blanks; a point or comma that a blank should follow gets it.
fn cleaned(name: &str) -> String {
    let mut clean = String::with_capacity(name.len());
    let mut depth = 0_usize;
    for c in name.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '"' | '“' | '”' | '«' | '»' => {}
            _ if depth > 0 || is_invisible(c) => {}
            ',' => clean.push_str(", "),
            c if c.is_whitespace() || c.is_control() => clean.push(' '),
            c => clean.push(c),
        }
    }
    let words: Vec<String> = clean.split_whitespace().map(after_title).collect();
    words.join(" ").replace(" ,", ",")
}

/// `Dr.Curie` as `Dr. Curie`.
fn after_title(word: &str) -> String {
    match word.split_once('.') {
        Some((head, rest))
            if rest.chars().next().is_some_and(char::is_uppercase) && title(head).is_some() =>
        {
            format!("{head}. {rest}")
        }
        Some(_) | None => word.to_owned(),
    }
}

/// First names first: `Martin, Zoé` as `Zoé Martin`, where the comma parts a surname from first names.
fn in_order(name: &str) -> String {
    match name.trim_matches([',', ' ']).split_once(", ") {
        Some((last, first)) if !first.contains(',') && !first.split(' ').all(is_suffix) => {
            format!("{first} {last}")
        }
        Some((name, _)) => name.to_owned(),
        None => name.trim_matches([',', ' ']).to_owned(),
    }
}

fn is_quoted(word: &str) -> bool {
    word.len() > 2 && word.starts_with('\'') && word.ends_with('\'')
}

fn without_suffixes<'a, 'b>(words: &'a [&'b str]) -> &'a [&'b str] {
    let kept = words.iter().rposition(|word| !is_suffix(word)).map_or(0, |last| last + 1);
    &words[..kept]
}

fn of_words(words: &[&str]) -> Option<String> {
    let (first, rest) = words.split_first()?;
    let Some(first_title) = title(first) else { return without_title(words) };
    if rest.first().is_some_and(|word| joins(word)) {
        return Some(words.join(" "));
    }
    match (first_title, rest) {
        // A title alone is no name.
        (_, []) => None,
        (Title::Given, [name, ..]) => Some(format!("{} {}", cased(first), cased(name))),
        (Title::Address(address), rest) => of_titled(address, rest),
    }
}

/// The name after a title, which has the last word where only a surname follows.
fn of_titled(address: &str, rest: &[&str]) -> Option<String> {
    if rest.first().is_some_and(|word| title(word).is_some()) {
        return of_words(rest);
    }
    let surname = rest.len() == 1 || rest.first().is_some_and(|word| is_particle(word));
    if surname || rest.iter().all(|word| is_initial(word)) {
        let name: Vec<String> = rest.iter().map(|word| cased(word)).collect();
        return Some(format!("{address} {}", name.join(" ")));
    }
    match rest {
        [initial, last] if is_initial(initial) => Some(format!("{address} {}", cased(last))),
        _ => without_title(rest),
    }
}

fn without_title(words: &[&str]) -> Option<String> {
    let (first, rest) = words.split_first()?;
    if let [join, second, ..] = rest
        && joins(join)
    {
        return Some(format!("{} {join} {}", cased(first), cased(second)));
    }
    if rest.first().is_some_and(|word| joins(word)) || joins(first) {
        return None;
    }
    if is_initial(first) || is_particle(first) {
        return Some(words.iter().map(|word| cased(word)).collect::<Vec<_>>().join(" "));
    }
    let given = after_capital_surname(words).unwrap_or(first);
    Some(cased(given))
}

/// The first name of `MARTIN Zoé`: a surname in capitals comes first in lists.
fn after_capital_surname<'a>(words: &[&'a str]) -> Option<&'a str> {
    let at = words.iter().position(|word| !is_capital(word))?;
    let is_surname = words[..at].iter().any(|word| word.chars().count() > 2);
    (at > 0 && is_surname && !is_particle(words[at])).then(|| words[at])
}

fn is_capital(word: &str) -> bool {
    word.chars().any(char::is_uppercase) && !word.chars().any(char::is_lowercase)
}

/// `J.`, `J.P.`, `X`.
fn is_initial(word: &str) -> bool {
    let has_points = word.contains('.') && word.split('.').all(|part| part.chars().count() <= 1);
    has_points || (word.chars().count() == 1 && word.chars().all(char::is_uppercase))
}

/// A word in capitals or in small letters as a name is written; particles and mixed ones as they are.
fn cased(word: &str) -> String {
    let is_small = !word.chars().any(char::is_uppercase);
    let is_shouted = is_capital(word) && word.chars().count() > 2 && !is_initial(word);
    if !(is_shouted || is_small && !is_particle(word)) {
        return word.to_owned();
    }
    let mut cased = String::with_capacity(word.len());
    let mut starts = true;
    for c in word.chars() {
        if starts {
            cased.extend(c.to_uppercase());
        } else {
            cased.extend(c.to_lowercase());
        }
        starts = matches!(c, '-' | '\'' | '’');
    }
    cased
}
