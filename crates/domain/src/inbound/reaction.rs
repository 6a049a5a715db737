//! Texts that nobody expects an answer to: reactions that a phone writes out as a text, emoji, pictures without a word, nothing at all.

use super::spelling::words;
use crate::sms::has_no_width;

/// What phones write before the message that somebody reacted to, in small letters without accents, an apostrophe being a space. The
/// emoji of "Reacted 😂 to" is no word.
const BEFORE_A_QUOTE: &[&str] = &[
    "liked",
    "loved",
    "disliked",
    "laughed at",
    "emphasized",
    "emphasised",
    "questioned",
    "reacted to",
    "reacted with to",
    "a aime",
    "a adore",
    "n a pas aime",
    "a ri",
    "a ri a",
    "a ri de",
    "a mis l accent sur",
    "a mis en avant",
    "a mis en evidence",
    "a mis en valeur",
    "a insiste sur",
    "a souligne",
    "a questionne",
    "a pose une question sur",
    "s est interroge sur",
    "s interroge sur",
    "a reagi a",
    "a reagi avec a",
    "a reagi par a",
];
/// What the same phones write when a reaction is taken back: "Removed a heart from", "A retiré un cœur de".
const TAKEN_BACK: &[&str] = &["removed", "a retire", "a supprime", "a enleve"];
/// The most words of taking a reaction back.
const MOST_WORDS_TAKEN_BACK: usize = 8;
/// What stands between an emoji and the message: "👍 to “…”", "👍 à « … »".
const AFTER_AN_EMOJI: &[&str] = &["", "to", "a", "sur", "from", "de"];
/// What stands for a message without words.
const ATTACHMENTS: &[&str] = &[
    "an image",
    "a photo",
    "a picture",
    "a video",
    "a movie",
    "an attachment",
    "an audio message",
    "a voice message",
    "a link",
    "a location",
    "a contact",
    "a sticker",
    "une image",
    "une photo",
    "une video",
    "un film",
    "une piece jointe",
    "un message audio",
    "un message vocal",
    "un lien",
    "une position",
    "un contact",
    "un autocollant",
];
const OPENING: &[char] = &['“', '«', '„', '"', '‟'];
const CLOSING: &[char] = &['”', '»', '“', '"'];
/// Faces of plain signs.
const PLAIN_FACES: &[&str] =
    &[":)", ":-)", "(:", ";)", ";-)", ":D", ":-D", ":(", ":-(", ":P", ":-P", ":p", "<3", "^^", "xD", "XD"];

/// Whether a text is a reaction to a message, emoji only or empty.
pub(super) fn is_reaction(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !has_no_width(*c) && *c != '\u{fffc}').collect();
    let text = text.trim();
    is_wordless(text) || is_written_out(text)
}

/// Nothing, or faces and pictures with at most full stops and exclamation marks beside.
fn is_wordless(text: &str) -> bool {
    let shows_something = |part: &str| part.chars().any(is_pictogram) || PLAIN_FACES.contains(&part);
    let is_beside = |c: char| is_pictogram(c) || matches!(c, '!' | '.' | '…' | ',');
    text.is_empty()
        || (text.split_whitespace().any(shows_something)
            && text.split_whitespace().all(|part| PLAIN_FACES.contains(&part) || part.chars().all(is_beside)))
}

/// "Liked “See you tomorrow”", "A aimé une image": what a phone writes for a reaction that the other one cannot show.
fn is_written_out(text: &str) -> bool {
    let Some((before, quote)) = text.split_once(OPENING) else { return is_of_an_attachment(text) };
    is_of_a_reaction(before) && ends_with_its_quote(quote)
}

/// Nothing is written behind what is quoted; its end may be cut off.
fn ends_with_its_quote(quote: &str) -> bool {
    let behind = quote.rsplit_once(CLOSING).map_or("", |(_, behind)| behind);
    !behind.chars().any(|c| c.is_alphanumeric() || c == '?')
}

fn is_of_a_reaction(before: &str) -> bool {
    let said = words(before).join(" ");
    let has_emoji = before.chars().any(is_pictogram);
    BEFORE_A_QUOTE.contains(&said.as_str())
        || (has_emoji && AFTER_AN_EMOJI.contains(&said.as_str()))
        || is_taken_back(&said)
}

fn is_taken_back(said: &str) -> bool {
    said.split(' ').count() <= MOST_WORDS_TAKEN_BACK
        && TAKEN_BACK.iter().any(|begins| said.strip_prefix(begins).is_some_and(|rest| rest.starts_with(' ')))
}

fn is_of_an_attachment(text: &str) -> bool {
    let said = words(text).join(" ");
    let rest = ATTACHMENTS.iter().find_map(|attachment| said.strip_suffix(attachment));
    rest.is_some_and(|before| {
        let before = before.trim_end();
        BEFORE_A_QUOTE.contains(&before) || (!before.is_empty() && is_taken_back(before))
    })
}

/// An emoji, or a part of one such as the colour of a skin.
const fn is_pictogram(character: char) -> bool {
    matches!(
        character,
        '\u{2190}'..='\u{21ff}'
            | '\u{2300}'..='\u{23ff}'
            | '\u{2600}'..='\u{27bf}'
            | '\u{2934}' | '\u{2935}'
            | '\u{2b00}'..='\u{2bff}'
            | '\u{3030}' | '\u{303d}'
            | '\u{1f000}'..='\u{1faff}'
            | '\u{e0020}'..='\u{e007f}'
            | '©' | '®' | '™' | '‼' | '⁉' | '\u{20e3}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reactions_emoji_and_nothing_at_all_are_known() {
        for text in [
            "",
            "  \n",
            "\u{200b}",
            "\u{fffc}",
            "👍",
            "👍🏽",
            "👎",
            "❤️",
            "😀 🎉!",
            "👨\u{200d}👩\u{200d}👧",
            "🇫🇷",
            ":)",
            "<3 !",
            "Liked “Votre rendez-vous du mar. 1 déc.”",
            "Loved “Atelier : rappel, OUI pour confirmer, NON pour annuler”",
            "Emphasized \"STOP au 36111\"",
            "Laughed at “See you”",
            "Disliked “Reply NO to cancel”",
            "Questioned “He said “no” to me”",
            "Liked “a message that is cut",
            "Reacted 😂 to “Reply YES”",
            "\u{200a}👍\u{200b} to “\u{200a}Reply YES\u{200a}”",
            "👍 à « Répondez OUI »",
            "Removed a heart from “Reply YES”",
            "Liked an image",
            "Removed a like from an image",
            "A aimé « … NON … »",
            "A aimé «\u{a0}Répondez OUI pour confirmer\u{a0}»",
            "A adoré « Votre rendez-vous »",
            "N’a pas aimé « rappel »",
            "A ri de « rappel »",
            "A mis l’accent sur « rappel »",
            "A réagi avec 😂 à « rappel »",
            "A retiré un cœur de « rappel »",
            "A aimé une photo",
        ] {
            assert!(is_reaction(text), "{text:?}");
        }
    }

    #[test]
    fn what_somebody_says_is_no_reaction() {
        for text in [
            "?",
            "?!",
            "👍?",
            "oui 👍",
            "1",
            "1️⃣",
            "...",
            "Liked it, thanks",
            "J’ai aimé",
            "Loved “the cut” but the colour is wrong",
            "A aimé « la coupe » ? Moi non",
            "Que veut dire « OUI »",
            "C’est quoi \"NON\" ?",
            "Merci 😀",
            "une photo",
            "Removed",
            "Removed “x”",
        ] {
            assert!(!is_reaction(text), "{text:?}");
        }
    }
}
