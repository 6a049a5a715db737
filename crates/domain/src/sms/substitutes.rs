//! What can stand for a character that GSM-7 does not have.

use unicode_normalization::char::decompose_canonical;

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
    if let Some(text) = looks_the_same(character) {
        return Some(Substitute { text, changes_letters: false });
    }
    let text = spelling(before, character, after).or_else(|| without_marks(character))?;
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

fn looks_the_same(character: char) -> Option<&'static str> {
    Some(match character {
        '`' | '´' | 'ʼ' | '‘' | '’' | '‚' | '‛' | '′' | '‹' | '›' => "'",
        '«' | '»' | '“' | '”' | '„' | '‟' | '″' => "\"",
        // Hyphens, dashes, the minus sign and bullets.
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '•' | '‣' | '⁃' => "-",
        '…' => "...",
        '·' => ".",
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
fn spelling(before: Option<char>, character: char, after: Option<char>) -> Option<&'static str> {
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
        'ſ' => "s",
        'ª' => "a",
        'º' => "o",
        // n° 12; the degrees of a temperature are no letter.
        '°' if matches!(before, Some('n' | 'N')) => "o",
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
        assert_eq!(substitute(Some('n'), '°', Some(' ')).unwrap().text, "o");
        for sign in ['≠', '≥', '°', '😀', '日', 'ж', '²', '™'] {
            assert!(substitute(None, sign, None).is_none(), "{sign}");
        }
    }
}
