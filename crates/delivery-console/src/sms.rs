//! A text message as it looks on the phone, and what it costs.

use carillon_application::mailbox::Letter;
use carillon_domain::sms::{Alphabet, Cost, cost};

use crate::asked::Asked;
use crate::linked::{Part, linked};
use crate::written;

/// A text message, opened.
pub(crate) struct SmsPane<'a> {
    pub(crate) back: String,
    pub(crate) sender: &'a str,
    pub(crate) to: &'a str,
    pub(crate) at: String,
    pub(crate) written: String,
    pub(crate) parts: Vec<Part<'a>>,
    /// "1 segment"
    pub(crate) segments: String,
    pub(crate) alphabet: &'static str,
    pub(crate) units: usize,
    /// How many units fit into as many segments.
    pub(crate) room: usize,
    /// Where each segment but the last is full.
    pub(crate) ends: Vec<usize>,
    /// The characters that make it UCS-2: "“ê” is", or nothing.
    pub(crate) costly: String,
    /// Which try of which message it is.
    pub(crate) id: String,
}

impl<'a> SmsPane<'a> {
    /// The pane of a text message.
    pub(crate) fn of(letter: &'a Letter, text: &'a str, asked: &Asked) -> Self {
        let cost = cost(text);
        Self {
            back: asked.list(),
            sender: letter.from.as_deref().unwrap_or("Text message"),
            to: &letter.to,
            at: written::exact(letter.at),
            written: written::long(letter.at),
            parts: linked(text),
            segments: if cost.segments == 1 {
                "1 segment".to_owned()
            } else {
                format!("{} segments", cost.segments)
            },
            alphabet: match cost.alphabet {
                Alphabet::Gsm7 => "GSM-7",
                Alphabet::Ucs2 => "UCS-2",
            },
            units: cost.units,
            room: room(cost),
            ends: (1..cost.segments).map(|full| full * room(cost) / cost.segments).collect(),
            costly: costly(text),
            id: format!("{}.{}", letter.id.message, letter.id.attempt),
        }
    }
}

/// A text of several segments has less room in each: their headers tell the phone how to join them.
const fn room(cost: Cost) -> usize {
    let (single, each) = match cost.alphabet {
        Alphabet::Gsm7 => (160, 153),
        Alphabet::Ucs2 => (70, 67),
    };
    if cost.segments <= 1 { single } else { cost.segments * each }
}

/// The first few characters that GSM-7 does not have, with their verb.
fn costly(text: &str) -> String {
    let mut found: Vec<char> = Vec::new();
    for c in text.chars() {
        if found.len() < 5
            && !found.contains(&c)
            && cost(c.encode_utf8(&mut [0; 4])).alphabet == Alphabet::Ucs2
        {
            found.push(c);
        }
    }
    let verb = match found.len() {
        0 => return String::new(),
        1 => "is",
        _ => "are",
    };
    let quoted: Vec<String> = found.iter().map(|c| format!("“{c}”")).collect();
    format!("{} {verb}", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_that_of_the_segments_that_are_billed() {
        let table =
            [("", 160), (&"a".repeat(160), 160), (&"a".repeat(161), 306), ("ê", 70), (&"ê".repeat(71), 134)];
        for (text, expected) in table {
            assert_eq!(room(cost(text)), expected, "{text}");
        }
    }

    #[test]
    fn the_characters_that_make_a_text_dear_are_named() {
        assert_eq!(costly("déjà, à l'heure"), "");
        assert_eq!(costly("être prêt"), "“ê” is");
        assert_eq!(costly("fête 🎉"), "“ê”, “🎉” are");
    }
}
