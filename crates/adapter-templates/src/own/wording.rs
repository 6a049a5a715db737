//! What a text says that the law looks at: an offer in a message that needs no consent (ePrivacy directive, article 13; in France
//! article L34-5 of the CPCE), and a marketing SMS that does not say how to stop it.

use carillon_domain::own_text::ProblemCode as Code;

use crate::own::longest::is_outside;
use crate::own::tree::{Fault, Place};
use crate::tags::without_tags;

/// Words of offers in French and English, in lower case. A warning too many is read and passed over.
const OFFERS: [&str; 30] = [
    "promo",
    "promos",
    "promotion",
    "promotions",
    "promotionnel",
    "promotionnelle",
    "soldes",
    "offre",
    "offres",
    "offert",
    "offerte",
    "remise",
    "remises",
    "réduction",
    "réductions",
    "rabais",
    "bon plan",
    "vente privée",
    "ventes privées",
    "parrainage",
    "offer",
    "offers",
    "discount",
    "discounts",
    "coupon",
    "voucher",
    "special price",
    "black friday",
    "flash sale",
    "on sale",
];
/// Words that say how to stop messages.
const STOPS: [&str; 4] = ["stop", "unsubscribe", "désabonner", "désabonnement"];

/// Where a text looks like an offer.
pub(crate) fn offer(source: &str) -> Option<Fault> {
    let text = without_tags(source);
    let word =
        words(&text).find_map(|(at, rest)| OFFERS.iter().find(|offer| begins(rest, offer)).map(|_| at));
    let at = word.into_iter().chain(price_cut(&text)).min()?;
    let detail =
        "this reads like an offer; a service message may hold none, or it needs the consent of each reader";
    Some(Fault::new(Place::at(source, at), Code::LooksLikeMarketing, detail))
}

/// Where a marketing SMS ought to say how to stop it; `None` where it does.
pub(crate) fn no_opt_out(source: &str) -> Option<Fault> {
    let text = without_tags(source);
    let says = words(&text).any(|(_, rest)| STOPS.iter().any(|stop| begins(rest, stop)));
    let detail = "a marketing SMS says how to stop it, such as: STOP au 36111";
    (!says && !source.contains("unsubscribe_url")).then(|| Fault::new(Place::START, Code::NoOptOut, detail))
}

/// The first written character that is not in the SMS alphabet.
pub(crate) fn not_in_sms_alphabet(source: &str) -> Option<Fault> {
    let text = without_tags(source);
    let found = text.char_indices().find(|(_, c)| is_outside(*c));
    found.map(|(at, c)| {
        let detail =
            format!("`{c}` is not in the SMS alphabet: a segment has 70 characters with it instead of 160");
        Fault::new(Place::at(source, at), Code::NotInSmsAlphabet, detail)
    })
}

/// Each beginning of a word, with the text from there on.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut last = ' ';
    text.char_indices().filter_map(move |(at, c)| {
        let begins = c.is_alphabetic() && !last.is_alphanumeric();
        last = c;
        begins.then(|| (at, &text[at..]))
    })
}

/// Whether a text begins with this word or these words, in any case.
fn begins(text: &str, word: &str) -> bool {
    let mut rest = text.chars();
    word.chars().all(|wanted| rest.next().is_some_and(|c| c.to_lowercase().eq([wanted])))
        && rest.next().is_none_or(|c| !c.is_alphanumeric())
}

/// `-20 %`, `20% off`: a share that is taken off.
fn price_cut(text: &str) -> Option<usize> {
    text.match_indices('%').find_map(|(percent, _)| {
        let before = text[..percent].trim_end_matches([' ', '\u{a0}', '\u{202f}']);
        let number = before.trim_end_matches(|c: char| c.is_ascii_digit());
        let has_number = number.len() < before.len() && before.len() - number.len() <= 3;
        let signed = number.trim_end_matches(['-', '−', '–']);
        let is_cut = signed.len() < number.len() || begins(text[percent + 1..].trim_start(), "off");
        (has_number && is_cut).then_some(signed.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_found_in_what_is_written_and_not_in_names_or_parts_of_words() {
        for text in [
            "-20 % ce mois",
            "Get 15% off",
            "Code PROMO été",
            "Nos Soldes",
            "Un bon plan",
            "−30\u{a0}%",
            "A discount!",
        ] {
            assert!(offer(text).is_some(), "{text}");
        }
        for text in [
            "{{ promo }}",
            "{% if offre %}x{% endif %}",
            "Nous vous offrons un café",
            "100 % coton",
            "promontoire",
            "18-20 h",
        ] {
            assert_eq!(offer(text), None, "{text}");
        }
        assert_eq!(offer("a\nb é promo").unwrap().place, Place { line: 2, column: 5 });
    }

    #[test]
    fn a_marketing_sms_says_how_to_stop_it() {
        assert!(no_opt_out("Votre avis ?").is_some() && no_opt_out("Non-stopping").is_some());
        for text in ["Avis ? STOP au 36111", "{{ unsubscribe_url }}", "Reply Stop."] {
            assert_eq!(no_opt_out(text), None, "{text}");
        }
    }

    #[test]
    fn the_first_letter_that_makes_an_sms_dearer_is_shown() {
        assert_eq!(not_in_sms_alphabet("l’été {{ fête }} ça").unwrap().place.column, 18);
        assert_eq!(not_in_sms_alphabet("a `b` ô").unwrap().place.column, 7, "` leaves as '");
        assert_eq!(not_in_sms_alphabet("À bientôt".trim_start_matches('À').trim_end_matches("ôt")), None);
    }
}
