//! What a text says, with the number of a choice where it bears one.

use carillon_domain::inbound::{Meaning, Understood, understand};

/// What a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// What it means.
    pub(super) understood: Understood,
    /// The choice that it picks: OUI 2. Alone, it stands with [`Understood::Other`].
    pub(super) number: Option<usize>,
}

/// Reads a text. One digit beside a yes or a no, or all by itself, is a choice; within anything else it is part of a sentence.
pub(super) fn read(text: &str) -> Said {
    let understood = understand(text);
    let is_whole = matches!(understood, Understood::Clear(_) | Understood::Reaction);
    let picked = if is_whole { None } else { digit(text) };
    let Some((number, rest)) = picked else { return Said { understood, number: None } };
    match understand(&rest) {
        reply @ Understood::Clear(Meaning::Yes | Meaning::No) => {
            Said { understood: reply, number: Some(number) }
        }
        _ if !rest.chars().any(char::is_alphanumeric) => {
            Said { understood: Understood::Other, number: Some(number) }
        }
        Understood::Clear(_) | Understood::Unclear { .. } | Understood::Reaction | Understood::Other => {
            Said { understood, number: None }
        }
    }
}

/// The only digit of a text, with the text without it.
fn digit(text: &str) -> Option<(usize, String)> {
    let mut digits = text.char_indices().filter(|(_, character)| character.is_numeric());
    let (Some((at, digit)), None) = (digits.next(), digits.next()) else { return None };
    let number = usize::try_from(digit.to_digit(10)?).ok().filter(|number| *number > 0)?;
    Some((number, format!("{} {}", &text[..at], &text[at + digit.len_utf8()..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_beside_an_answer_is_a_choice_and_within_a_sentence_it_is_not() {
        let (yes, no) = (Understood::Clear(Meaning::Yes), Understood::Clear(Meaning::No));
        let table = [
            ("OUI 2", yes.clone(), Some(2)),
            ("oui2", yes.clone(), Some(2)),
            ("2 oui merci", yes.clone(), Some(2)),
            ("Non, 1 !", no, Some(1)),
            (" 3. ", Understood::Other, Some(3)),
            ("oui", yes, None),
            ("ok 14h", Understood::Unclear { candidates: vec![Meaning::Yes] }, None),
            ("oui à 2h", Understood::Unclear { candidates: vec![Meaning::Yes] }, None),
            ("OUI 0", Understood::Unclear { candidates: vec![Meaning::Yes] }, None),
            ("Nous serons 2", Understood::Other, None),
            ("Liked “OUI 2 pour le mer. 02/12”", Understood::Reaction, None),
            ("STOP 2", Understood::Clear(Meaning::Stop), None),
        ];
        for (text, understood, number) in table {
            assert_eq!(read(text), Said { understood, number }, "{text}");
        }
    }
}
