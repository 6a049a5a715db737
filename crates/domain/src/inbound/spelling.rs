//! A text as plain words: what is left when case, accents, punctuation and what nobody sees are gone.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::sms::has_no_width;

/// The words of a text in small letters without accents; numbers are words of their own, and letters that stand alone throughout
/// (`S.T.O.P`) are one word.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for character in plain(text) {
        if character.is_alphanumeric() {
            let goes_on = before.is_alphanumeric() && before.is_numeric() == character.is_numeric();
            match words.last_mut() {
                Some(word) if goes_on => word.push(character),
                Some(_) | None => words.push(character.to_string()),
            }
        }
        before = character;
    }
    let spelt_out = words.len() > 1 && words.iter().all(|word| is_one_letter(word));
    if spelt_out { vec![words.concat()] } else { words }
}

/// Whether two words are the same when letters are held for longer or shorter: "ouiii" is "oui", "stopp" is "stop".
pub(super) fn sound_the_same(word: &str, other: &str) -> bool {
    each_letter_once(word).eq(each_letter_once(other))
}

fn each_letter_once(word: &str) -> impl Iterator<Item = char> + '_ {
    let before = std::iter::once(None).chain(word.chars().map(Some));
    word.chars().zip(before).filter(|(letter, before)| Some(*letter) != *before).map(|(letter, _)| letter)
}

/// NFKD also makes plain letters of those that only look bold, wide or encircled.
fn plain(text: &str) -> impl Iterator<Item = char> + '_ {
    text.nfkd()
        .flat_map(char::to_lowercase)
        .filter(|character| !is_combining_mark(*character) && !has_no_width(*character))
}

fn is_one_letter(word: &str) -> bool {
    let mut characters = word.chars();
    characters.next().is_some_and(char::is_alphabetic) && characters.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_are_left_of_a_text() {
        let table: [(&str, &[&str]); 9] = [
            ("  Arrêtez, s’il vous plaît !! 🙏", &["arretez", "s", "il", "vous", "plait"]),
            ("STOP36111", &["stop", "36111"]),
            ("s.t.o.p", &["stop"]),
            ("ST\u{200b}OP\u{feff}", &["stop"]),
            ("𝐒𝐓𝐎𝐏 ＯＵＩ", &["stop", "oui"]),
            ("A\u{301}r\u{300}re\u{302}t", &["arret"]),
            ("l'été", &["l", "ete"]),
            ("O", &["o"]),
            ("!? 👍🏽\n", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(words(text), expected, "{text}");
        }
        assert!(sound_the_same("stooopp", "stop") && sound_the_same("annuler", "anuler"));
        assert!(!sound_the_same("stoop", "sop") && !sound_the_same("non", "no"));
    }
}
