//! Slips of the finger: words that nearly say something.

use super::Meaning;
use super::lexicon::{ORDINARY_WORDS, sayings};
use super::spelling::sound_the_same;

/// The fewest letters of a word that is understood with a slip in it: shorter ones are one slip away from too many others.
const FEWEST_LETTERS: usize = 4;
/// The most letters of a word that is compared: none that means something is longer.
const MOST_LETTERS: usize = 20;

/// What a word means when letters of it were held too long: "ouiii", "STOOOP".
pub(super) fn drawn_out(word: &str) -> Option<Meaning> {
    if word.len() > MOST_LETTERS || ORDINARY_WORDS.contains(word) {
        return None;
    }
    sayings().find(|(saying, _)| sound_the_same(word, saying)).map(|(_, meaning)| meaning)
}

/// All that a word could mean if one letter is wrong, missing, too many or two have changed places; nothing for a word that exists.
pub(super) fn one_slip_away(word: &str) -> Vec<Meaning> {
    let letters = word.chars().count();
    if !(FEWEST_LETTERS..=MOST_LETTERS).contains(&letters) || ORDINARY_WORDS.contains(word) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (saying, meaning) in sayings() {
        let may_be_meant =
            saying.len() >= FEWEST_LETTERS && saying.len().abs_diff(letters) <= 1 && !saying.contains(' ');
        if may_be_meant && !found.contains(&meaning) && strsim::osa_distance(word, saying) <= 1 {
            found.push(meaning);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_forgiven_and_an_ordinary_word_is_left_alone() {
        for word in ["sotp", "stip", "sttop", "unsuscribe", "desaboner", "aret", "arrte"] {
            assert_eq!(one_slip_away(word), [Meaning::Stop], "{word}");
        }
        for word in
            ["shop", "step", "nuit", "suite", "cancer", "into", "aime", "star", "annuel", "stp", "sto"]
        {
            assert_eq!(one_slip_away(word), [], "{word}");
        }
        // Halfway between STOP and UNSTOP.
        assert_eq!(one_slip_away("nstop"), [Meaning::Stop, Meaning::Start]);
    }

    #[test]
    fn no_saying_is_an_ordinary_word_and_no_slip_is_read_into_a_saying_of_another_meaning() {
        for (saying, meaning) in sayings() {
            assert!(!ORDINARY_WORDS.contains(saying), "{saying}");
            for (other, another) in sayings().filter(|(other, _)| saying != *other) {
                let merge = sound_the_same(saying, other);
                assert!(!merge || meaning == another, "{saying} and {other} sound the same");
            }
        }
    }
}
