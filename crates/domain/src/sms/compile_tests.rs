use proptest::prelude::*;

use super::*;
use crate::sms::Alphabet;

const STRICT: SmsOptions = SmsOptions { allow_letters: false };
const FREE: SmsOptions = SmsOptions { allow_letters: true };

#[test]
fn signs_that_only_look_different_are_replaced_when_the_text_then_fits_the_cheap_alphabet() {
    let table = [
        ("l’heure\u{202f}:\u{a0}14h", "l'heure : 14h"),
        ("“Bonjour” – c‘est … prévu", "\"Bonjour\" - c'est ... prévu"),
        ("«\u{a0}Éclat\u{a0}» et « Léa »", "\"Éclat\" et \" Léa \""),
        ("zéro\u{200b}largeur\u{feff}", "zérolargeur"),
        ("client·e·s, 2\u{a0}×\u{a0}30\u{2009}min", "client.e.s, 2 x 30 min"),
        ("tab\tet puce • oﬃce", "tab et puce - office"),
        // An accent after its letter is the same letter: é is in GSM-7.
        ("e\u{301}te\u{301}", "été"),
        ("Salon N° 5, 3° étage, n°12", "Salon No 5, 3o étage, no12"),
        ("Bassin à 30 °C, 12 m², № 4 → ½ h ±5 min ★", "Bassin à 30 C, 12 m2, No 4 -> 1/2 h +/-5 min *"),
        ("Soin Éclat™ ®", "Soin Éclat(TM) (R)"),
        ("déjà, à l'heure €", "déjà, à l'heure €"),
        ("", ""),
    ];
    for (text, expected) in table {
        let compiled = compile(text, &STRICT);
        assert_eq!((compiled.text.as_str(), compiled.cost.alphabet), (expected, Alphabet::Gsm7), "{text:?}");
        assert_eq!(plain(text), expected);
    }
}

#[test]
fn nothing_is_replaced_in_a_text_that_stays_in_the_dear_alphabet() {
    // The joiners of a family, an apostrophe beside a letter or an emoji that nothing stands for.
    for text in ["👨\u{200d}👩\u{200d}👧 c’est…", "l’été à Łódź 🎉", "می\u{200c}خواهم", "fête d’été"]
    {
        let compiled = compile(text, &STRICT);
        assert_eq!((compiled.text.as_str(), compiled.cost), (text, compiled.as_written), "{text}");
    }
}

#[test]
fn letters_change_only_where_the_business_allows_it_and_a_segment_is_saved() {
    let long =
        "Votre fête d’anniversaire chez Cœur & Crème, rappelez-nous dès que vous êtes prêts pour l’été.";
    let strict = compile(long, &STRICT);
    assert_eq!((strict.text.as_str(), strict.cost.segments), (long, 2));
    assert_eq!(strict.with_letters.unwrap().segments, 1, "what it would cost is told all the same");

    let free = compile(long, &FREE);
    assert_eq!(
        free.text,
        "Votre fete d'anniversaire chez Coeur & Crème, rappelez-nous dès que vous etes prets pour l'été."
    );
    assert_eq!((free.cost.segments, free.cost.alphabet), (1, Alphabet::Gsm7));

    let short = compile("Bonne fête", &FREE);
    assert_eq!((short.text.as_str(), short.cost.segments), ("Bonne fête", 1), "one segment either way");
    let hopeless = compile(&"fête 🎉 ".repeat(20), &FREE);
    assert_eq!((hopeless.text, hopeless.with_letters), ("fête 🎉 ".repeat(20), None));
}

#[test]
fn a_text_never_grows_into_another_segment() {
    let dots = "…".repeat(60);
    assert_eq!((plain(&dots), cost(&"...".repeat(60)).segments), (dots, 2));
}

#[test]
fn each_offending_character_is_named_with_its_place_and_what_can_stand_for_it() {
    let found: Vec<_> = compile("é’ê 🎉 o\u{302}œ", &STRICT).offending;
    let rows: Vec<_> = found
        .iter()
        .map(|o| (o.character, o.bytes.clone(), o.position, o.substitute, o.changes_letters))
        .collect();
    assert_eq!(
        rows,
        [
            ('’', 2..5, 1, Some("'"), false),
            ('ê', 5..7, 2, Some("e"), true),
            ('🎉', 8..12, 4, None, false),
            ('ô', 13..16, 6, Some("o"), true),
            ('œ', 16..18, 8, Some("oe"), true),
        ]
    );
    let unknown_to_unicode = compile("q\u{301}", &STRICT).offending;
    assert_eq!((unknown_to_unicode[0].position, unknown_to_unicode[0].substitute), (1, Some("")));
}

fn texts() -> impl Strategy<Value = String> {
    let parts = prop_oneof![
        8 => "[a-zA-Z0-9 éèàùç,.!]{1,30}",
        3 => "[’“”«»–—…\u{a0}\u{202f}\u{2009}\u{200b}\u{200d}œŒêâîôûëïçÇ€|^~\u{301}\u{302}]{1,6}",
        1 => "\\PC{1,8}",
        1 => any::<String>(),
    ];
    prop::collection::vec(parts, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn a_text_never_costs_more_than_as_written_and_is_finished_after_one_pass(
        text in texts(), allow_letters in any::<bool>()
    ) {
        let options = SmsOptions { allow_letters };
        let compiled = compile(&text, &options);
        prop_assert_eq!(compiled.as_written, cost(&text));
        prop_assert_eq!(compiled.cost, cost(&compiled.text));
        prop_assert!(compiled.cost.segments <= compiled.as_written.segments);
        prop_assert_eq!(&compile(&compiled.text, &options).text, &compiled.text);
        prop_assert_eq!(compiled.offending.is_empty(), compiled.as_written.alphabet == Alphabet::Gsm7);
        if compiled.text != text {
            prop_assert_eq!(compiled.cost.alphabet, Alphabet::Gsm7);
        }
        for found in &compiled.offending {
            prop_assert_eq!(text[..found.bytes.start].chars().count(), found.position);
        }
    }

    #[test]
    fn a_business_that_forbids_it_has_no_letter_changed(text in texts()) {
        // Signs that are written with letters which they are not, unlike the ligatures of type (NFKD).
        prop_assume!(!text.contains(['°', '℃', '℉', '®', '©']));
        let letters = |text: &str| -> String { text.nfkd().filter(|c| c.is_alphabetic()).collect() };
        // × is another such sign.
        prop_assert_eq!(
            letters(&compile(&text, &STRICT).text).replace('x', ""),
            letters(&text).replace('x', "")
        );
    }
}
