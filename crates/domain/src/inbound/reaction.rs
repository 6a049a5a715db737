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
    "a attribue la mention",
    "a ajoute un",
    "a ajoute une reaction",
    "s est interroge e sur",
    // Spanish, Italian, Portuguese and German: a phone writes in the language of its owner.
    "le gusto",
    "le gusta",
    "le encanto",
    "le encanta",
    "no le gusto",
    "no le gusta",
    "se rio de",
    "enfatizo",
    "destaco",
    "cuestiono",
    "reacciono con a",
    "ha messo",
    "ha adorato",
    "ha riso a",
    "ha riso di",
    "ha riso per",
    "ha evidenziato",
    "ha messo in dubbio",
    "ha reagito con a",
    "gostou de",
    "adorou",
    "amou",
    "nao gostou de",
    "riu de",
    "enfatizou",
    "destacou",
    "questionou",
    "reagiu com a",
    "gefallt",
    "gefallt nicht",
    "mag",
    "liebt",
    "lacht uber",
];
/// The same where a phone names no message: "A réagi avec 🔥".
const WITHOUT_A_MESSAGE: &[&str] = &[
    "reacted",
    "reacted with",
    "reacted to",
    "reacted with to",
    "a reagi",
    "a reagi avec",
    "a reagi a",
    "a reagi avec a",
];
/// What the same phones write when a reaction is taken back: "Removed a heart from", "A retiré un cœur de".
const TAKEN_BACK: &[&str] = &["removed", "a retire", "a supprime", "a enleve"];
/// The most words of taking a reaction back.
const MOST_WORDS_TAKEN_BACK: usize = 8;
/// What stands between an emoji and the message: "👍 to “…”", "👍 à « … »".
const AFTER_AN_EMOJI: &[&str] = &["", "to", "a", "sur", "from", "de"];
/// What stands for a message without words.
const ATTACHMENTS: &[&str] = &[
    "your message",
    "a message",
    "votre message",
    "ton message",
    "un message",
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
const SINGLE_OPENING: &[&str] = &[" '", " ‘"];
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
    match text.split_once(OPENING) {
        Some((before, quote)) => is_of_a_reaction(before) && ends_with_its_quote(quote),
        None => is_of_an_attachment(text) || is_of_no_message(text) || has_single_quotes(text),
    }
}

/// "A réagi avec 🔥".
fn is_of_no_message(text: &str) -> bool {
    text.chars().any(is_pictogram) && WITHOUT_A_MESSAGE.contains(&words(text).join(" ").as_str())
}

/// "Liked 'I'm fine'": the sign is an apostrophe as well, so the text has to end with it.
fn has_single_quotes(text: &str) -> bool {
    let before = SINGLE_OPENING.iter().find_map(|opening| text.split_once(opening)).map(|(before, _)| before);
    before.is_some_and(is_of_a_reaction) && text.ends_with(['\'', '’'])
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
            "❤️\u{200d}🔥",
            "🙏🏻🙏🏿",
            "👍🏽👍🏽 !",
            "Emphasized an image",
            "Emphasised “Atelier : rappel, OUI pour confirmer”",
            "Reacted 👍🏽 to “curly quotes…”",
            "Reacted ❤️ to your message",
            "Removed 😂 from \"Reply YES\"",
            "Removed an exclamation from “STOP”",
            "Liked 'I'm fine'",
            "Loved ‘Reply NO’",
            "A réagi ❤️ à « ok »",
            "A réagi avec ❤️ à « Répondez OUI »",
            "A réagi avec ❤️ à",
            "A réagi avec 🔥",
            "A réagi avec ❤️ à votre message",
            "a attribué la mention « Adore » à « Répondez OUI »",
            "A attribué la mention « J’aime » à « STOP pour ne plus en recevoir »",
            "A retiré la mention « Adore » de « ok »",
            "A retiré la réaction 😂 à « Répondez NON »",
            "a ajouté un « J'aime » à « rappel »",
            "S'est interrogé(e) sur « rappel »",
            "A souligné « RDV 18h »",
            "\u{200a}\u{200b}👍\u{200b} à \"\u{200a}Répondez OUI\u{200a}\"\u{200a}",
            "Le gustó “Répondez OUI”",
            "No le gustó “Répondez OUI”",
            "Ha messo “Mi piace” a “Répondez OUI”",
            "Gostou de “Répondez OUI”",
            "Não gostou de “Répondez OUI”",
            "Gefällt „Répondez OUI“",
            "Lacht über „rappel“",
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
            "Reacted well to \"your plan\"",
            "A réagi vite à « x »",
            "A réagi avec colère",
            "Liked 'it' but the colour is wrong",
            "J'ai réagi 😀",
            "votre message",
            "👍 à quelle heure ?",
            "👍 à demain",
            "Gefällt mir nicht, bitte anrufen",
            "Le rendez-vous « Coupe » ?",
        ] {
            assert!(!is_reaction(text), "{text:?}");
        }
    }
}
