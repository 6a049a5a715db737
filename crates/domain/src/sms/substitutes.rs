//! What can stand for a character that GSM-7 does not have.

use unicode_normalization::char::{decompose_canonical, decompose_compatible};

use super::alphabet::in_gsm7;

/// What can stand for a character.
pub(super) struct Substitute {
    /// In GSM-7; may be empty.
    pub(super) text: &'static str,
    /// Whether it is written with other letters then, not only with other signs.
    pub(super) changes_letters: bool,
}

/// What can stand for a character between its neighbours: what looks the same, or else the letters it is spelt with where they lack.
pub(super) fn substitute(before: Option<char>, character: char, after: Option<char>) -> Option<Substitute> {
    let beside_quotes = before == Some('«') || after == Some('»');
    if beside_quotes && keeps_together(character) {
        // « mot » becomes "mot".
        return Some(Substitute { text: "", changes_letters: false });
    }
    if let Some(text) = degree(before, character, after)
        .or_else(|| looks_the_same(character))
        .or_else(|| in_words(character))
        .or_else(|| compatible(character))
    {
        return Some(Substitute { text, changes_letters: false });
    }
    let text = spelling(character, after).or_else(|| without_marks(character))?;
    Some(Substitute { text, changes_letters: true })
}

const fn keeps_together(character: char) -> bool {
    matches!(character, '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// Soft hyphen, joiners, marks of direction, choice of an emoji's look, byte order mark: what nobody sees.
pub(crate) const fn has_no_width(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
    )
}

/// `N° 5` is "No 5" and `3° étage` is "3o étage"; before the C or F of a temperature it says nothing of its own.
fn degree(before: Option<char>, character: char, after: Option<char>) -> Option<&'static str> {
    let is_temperature = matches!(after, Some('C' | 'F')) && !matches!(before, Some('n' | 'N'));
    (character == '°').then_some(if is_temperature { "" } else { "o" })
}

/// A sign that Unicode takes for another form of one character: ² of 2, º of o, Ａ of A.
fn compatible(character: char) -> Option<&'static str> {
    let mut parts = [None; 2];
    let mut count = 0;
    decompose_compatible(character, |part| {
        if let Some(place) = parts.get_mut(count) {
            *place = Some(part);
        }
        count += 1;
    });
    match parts {
        [Some(part), None] if part != character => in_gsm7(part),
        _ => None,
    }
}

/// Signs that stand for words or are drawn of several characters.
fn in_words(character: char) -> Option<&'static str> {
    Some(match character {
        '№' => "No",
        '™' => "(TM)",
        '℠' => "(SM)",
        '®' => "(R)",
        '©' => "(c)",
        '℃' => "C",
        '℉' => "F",
        '⅓' => "1/3",
        '⅔' => "2/3",
        '⅕' => "1/5",
        '⅖' => "2/5",
        '⅗' => "3/5",
        '⅘' => "4/5",
        '⅙' => "1/6",
        '⅚' => "5/6",
        '⅛' => "1/8",
        '⅜' => "3/8",
        '⅝' => "5/8",
        '⅞' => "7/8",
        '±' => "+/-",
        '≤' => "<=",
        '≥' => ">=",
        '≈' => "~",
        '÷' => "/",
        '¦' => "|",
        '→' | '➔' | '➙' | '➜' | '➝' | '➞' | '➡' => "->",
        '←' | '⬅' => "<-",
        '↔' | '⬌' => "<->",
        '⇒' => "=>",
        _ => return None,
    })
}

fn looks_the_same(character: char) -> Option<&'static str> {
    Some(match character {
        '`' | '´' | 'ʼ' | 'ʻ' | 'ʹ' | '‘' | '’' | '‚' | '‛' | '′' | '‹' | '›' | '❛' | '❜' => {
            "'"
        }
        '«' | '»' | '“' | '”' | '„' | '‟' | '″' | '❝' | '❞' | '〝' | '〞' => "\"",
        // Hyphens, dashes, the minus sign and bullets.
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '•' | '‣' | '⁃' | '◦' | '●' | '○' | '■' | '□' | '▪' | '▫' => {
            "-"
        }
        '★' | '☆' | '∗' => "*",
        '…' => "...",
        '·' | '∙' | '⋅' | '․' => ".",
        '⁄' => "/",
        '×' => "x",
        '¼' => "1/4",
        '½' => "1/2",
        '¾' => "3/4",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => " ",
        '\u{b}' | '\u{85}' | '\u{2028}' | '\u{2029}' => "\n",
        other if has_no_width(other) => "",
        _ => return None,
    })
}

/// Letters of several, and letters that Unicode does not take apart.
fn spelling(character: char, after: Option<char>) -> Option<&'static str> {
    let at_a_capital = after.is_some_and(char::is_lowercase);
    Some(match character {
        'œ' => "oe",
        'Œ' if at_a_capital => "Oe",
        'Œ' => "OE",
        'ĳ' => "ij",
        'Ĳ' => "IJ",
        'þ' => "th",
        'Þ' => "Th",
        'ẞ' => "SS",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'ħ' => "h",
        'Ħ' => "H",
        'ı' => "i",
        'ł' => "l",
        'Ł' => "L",
        'ŧ' => "t",
        'Ŧ' => "T",
        // An accent that no composed letter has.
        '\u{300}'..='\u{36f}' => "",
        _ => return None,
    })
}

/// The letter below the accents: e of ê. A sign is not what is left of another one: ≠ is not =.
fn without_marks(character: char) -> Option<&'static str> {
    let mut base = None;
    decompose_canonical(character, |part| base = base.or(Some(part)));
    base.filter(|base| *base != character && base.is_alphabetic()).and_then(in_gsm7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_substitute_of_any_character_is_in_the_alphabet() {
        let neighbours = [None, Some('n'), Some('«')];
        let mut substitutes = 0;
        for character in '\0'..=char::MAX {
            for found in neighbours.iter().filter_map(|before| substitute(*before, character, Some('a'))) {
                assert!(found.text.chars().all(|c| in_gsm7(c).is_some()), "{character:?} → {}", found.text);
                substitutes += 1;
            }
        }
        assert!(substitutes > 1_000);
    }

    #[test]
    fn letters_become_the_nearest_of_the_alphabet_and_signs_stay_what_they_say() {
        for (character, letters) in [
            ('ê', "e"),
            ('ç', "c"),
            ('Â', "A"),
            ('ï', "i"),
            ('ő', "o"),
            ('ș', "s"),
            ('Ł', "L"),
            ('œ', "oe"),
            ('ộ', "o"),
        ] {
            let found = substitute(None, character, None).unwrap();
            assert_eq!((found.text, found.changes_letters), (letters, true), "{character}");
        }
        assert_eq!(substitute(None, 'Œ', Some('u')).unwrap().text, "Oe");
        for sign in ['≠', '😀', '日', 'ж', '✔'] {
            assert!(substitute(None, sign, None).is_none(), "{sign}");
        }
    }

    #[test]
    fn a_sign_is_written_otherwise_without_leave_to_change_letters() {
        for (before, sign, after, text) in [
            (Some('N'), '°', Some(' '), "o"),
            (Some('3'), '°', Some(' '), "o"),
            (Some(' '), '°', Some('C'), ""),
            (Some('N'), '°', Some('C'), "o"),
            (None, '№', None, "No"),
            (None, '½', None, "1/2"),
            (None, '²', None, "2"),
            (None, 'º', None, "o"),
            (None, '™', None, "(TM)"),
            (None, '→', None, "->"),
            (None, '≥', None, ">="),
            (None, '\u{3000}', None, " "),
            (None, 'Ａ', None, "A"),
        ] {
            let found = substitute(before, sign, after).unwrap();
            assert_eq!((found.text, found.changes_letters), (text, false), "{sign}");
        }
    }
}
