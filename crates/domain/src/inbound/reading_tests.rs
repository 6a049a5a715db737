use proptest::prelude::*;

use super::*;
use crate::inbound::lexicon::ORDINARY_WORDS;

/// What is meant, as the tables have it: one word for what is clear, candidates with a plus between them and a question mark, or other.
fn told(understood: &Understood) -> String {
    let name = |meaning: &Meaning| format!("{meaning:?}").to_lowercase();
    match understood {
        Understood::Clear(meaning) => name(meaning),
        Understood::Unclear { candidates } => {
            format!("{}?", candidates.iter().map(name).collect::<Vec<_>>().join("+"))
        }
        Understood::Reaction => "reaction".to_owned(),
        Understood::Other => "other".to_owned(),
    }
}

/// What is meant, and texts that mean it, apart by strokes.
const TABLE: &[(&str, &str)] = &[
    // The words of providers, and those that they miss in French.
    (
        "stop",
        "STOP|stop|Stop.|STOPALL|UNSUBSCRIBE|CANCEL|END|QUIT|REVOKE|OPTOUT|OPT OUT|opt-out|ARRET|ARRÊT|ARRETE",
    ),
    (
        "stop",
        "ARRETT|Arrêter|arrêtez|DESINSCRIRE|Désinscription|DÉSABONNER|désabonnement|me désabonner|stopper",
    ),
    (
        "stop",
        "STOP SMS|STOP PUB|STOP 36111|STOP36111|stop aux sms|S.T.O.P|S T O P|« STOP »|\u{200b}STOP\u{feff}|STOP!!! 😡",
    ),
    // Whatever follows, and after a greeting.
    (
        "stop",
        "STOP merci|stop ne m'envoyez plus rien|STOP oui|Stop, je confirme|Bonjour, stop|svp STOP|stop stop stop",
    ),
    ("stop", "STOP - je ne souhaite plus recevoir vos offres, cordialement, Camille|Merci STOP"),
    (
        "stop",
        "arrêtez les sms|Merci d'arrêter|arrêtez de m'envoyer des messages|je ne veux plus de sms|plus de pub svp",
    ),
    (
        "stop",
        "Je ne souhaite plus recevoir vos messages|please unsubscribe me|no more texts please|quit please",
    ),
    // Slips.
    ("stop", "SOTP|STPO|STIP|STTOP|STOOOP|stopp|unsuscribe|desaboner|desabonnner|ARET|aretez|cancell"),
    (
        "start",
        "START|unstop|UNSTOP!|Reprendre|reprendre les sms|opt in|OPT-IN|resubscribe|strat|starrt|réabonner",
    ),
    ("help", "HELP|help!|INFO|infos|AIDE|aide ?|Aidez-moi svp|j'ai besoin d'aide|hlep|Hellp|INFO 36111"),
    (
        "yes",
        "OUI|oui|Oui !|oui merci|OUIII|ouiii 😊|YES|yes please|Yep|OK|ok?|O.K.|okay|Ok merci beaucoup|CONFIRME|je confirme",
    ),
    (
        "yes",
        "Je confirme mon rdv|confirmé|I confirm|oui je confirme|Oui, c'est bon pour moi|D'accord|daccord|d’accord merci",
    ),
    (
        "yes",
        "ça marche|pas de problème|Pas de souci, merci|no problem|bien sûr|Oui pour demain|O|Y|oui 👍|👍🏽 ok|ouui|confrime",
    ),
    ("yes", "oui oui|Bonjour oui|Parfait, merci|c'est parfait|Je serai là|I'll be there|confirmee|comfirme"),
    (
        "no",
        "NON|non|Non merci|NO|no thanks|Non, désolée|nope|N|ANNULER|Annulé|annulez svp|annuler mon rdv|Annulez mon rendez-vous",
    ),
    ("no", "non non|NOOO|👎 non|Je ne peux pas venir|Non, je ne pourrai pas venir"),
    ("no", "I can’t make it|anuler|annluer|Bonjour, je ne viendrai pas|annulation"),
    // Two readings.
    (
        "yes+no?",
        "oui non|oui ou non|pas d'accord|je ne confirme pas|not ok|ok, annulez|n'annulez pas|Oui, annuler mon rdv",
    ),
    ("no+yes?", "non oui|no, yes|annuler oui"),
    ("no+stop?", "non stop|cancel my appointment|no stop|arrêter mon rdv"),
    ("yes+stop?", "oui stop|ok quit"),
    ("stop+start?", "nstop"),
    ("stop+help?", "arrêt aide"),
    // Said in passing.
    (
        "stop?",
        "arrêt de bus|End of the day|Je ne veux plus rien recevoir de chez vous STOP|quit smoking|arrêtez ce bruit",
    ),
    ("stop?", "comment se désabonner|Merci de procéder à mon désabonnement immédiat de cette liste"),
    (
        "yes?",
        "oui mais plus tard|ok 14h|Oui je serai un peu en retard, merci de m'attendre|yes, can I bring my dog?",
    ),
    (
        "no?",
        "Non je préfère mardi|non plutôt mardi prochain si possible à la même heure|no idea|annuler celui de mardi",
    ),
    ("help?", "info tarifs|aide ménagère|help with parking"),
    ("start?", "reprendre un créneau|start time?"),
    // Reactions, emoji and nothing at all, whatever they quote.
    (
        "reaction",
        "|   |😀|👍|👍🏽|👎|❌|✅|👍👎|Liked “Votre rendez-vous …”|Loved “Reply STOP”|A aimé « … NON … »|A adoré « OUI »",
    ),
    // None of all these.
    (
        "other",
        "?!|1|Merci|Merci beaucoup !|Bonjour|Je serai en retard de dix minutes|Quel est le prix ?|à demain",
    ),
    (
        "other",
        "ne pas arrêter|n'arrêtez pas|don't stop|Do not stop|arrêtez pas|ne me désabonnez pas|sans arrêt|never quit",
    ),
    (
        "other",
        "J'ai vu que le salon est ouvert ce samedi, est-ce que le parking est ok pour une grande voiture ?",
    ),
    ("other", "Je voulais savoir si vous pouvez annuler la promotion que j'ai vue sur votre site"),
    (
        "other",
        "shop|step|nuit|bonne nuit|huit|suite|cancer|into|j'aime|star|annuel|noon|hello|quite|note|stp|svp|pas|ne",
    ),
    ("other", "日本語|привет|مرحبا|https://example.com/stopover|STOPOVER|nonstop|infusion|okapi|ouistiti"),
];

#[test]
fn what_people_answer_is_understood_as_they_mean_it() {
    let mut rows = 0;
    let mut misread = Vec::new();
    for (meant, texts) in TABLE {
        for text in texts.split('|') {
            rows += 1;
            let understood = told(&understand(text));
            if understood != *meant {
                misread.push(format!("{text:?} is {understood}, not {meant}"));
            }
        }
    }
    assert!(misread.is_empty(), "{misread:#?}");
    assert!(rows >= 120, "{rows}");
}

#[test]
fn no_word_is_turned_into_another_meaning_by_one_slip() {
    let letters = 'a'..='z';
    for (saying, meaning) in sayings().filter(|(saying, _)| saying.len() >= 4 && !saying.contains(' ')) {
        for at in 0..saying.len() {
            for letter in letters.clone() {
                let slip = format!("{}{letter}{}", &saying[..at], &saying[at + 1..]);
                let is_a_saying = sayings().any(|(other, _)| other == slip);
                let understood = understand(&slip);
                let fits = match &understood {
                    Understood::Clear(found) => *found == meaning || is_a_saying,
                    Understood::Unclear { candidates } => candidates.contains(&meaning),
                    Understood::Reaction => false,
                    Understood::Other => ORDINARY_WORDS.contains(&slip),
                };
                assert!(fits, "{saying} → {slip} → {understood:?}");
            }
        }
    }
}

/// Sentences of words that matter and some that do not.
fn sentences() -> impl Strategy<Value = Vec<String>> {
    let known: Vec<&str> = TABLE.iter().flat_map(|(_, texts)| texts.split('|')).collect();
    let some_words = prop::collection::vec(prop::sample::select(known), 1..4)
        .prop_map(|texts| texts.iter().flat_map(|text| words(text)).collect::<Vec<_>>());
    let any_words = prop::collection::vec("[a-z]{1,9}", 1..6);
    prop_oneof![3 => some_words, 1 => any_words].prop_filter("has words", |words| !words.is_empty())
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_candidates_are_never_empty(text in any::<String>(), more in "[STOPNIstopni'’. é]{0,40}") {
        for text in [text.clone(), more.clone(), format!("{more}{text}")] {
            if let Understood::Unclear { candidates } = understand(&text) {
                prop_assert!(!candidates.is_empty());
                let unique: std::collections::HashSet<_> = candidates.iter().collect();
                prop_assert_eq!(unique.len(), candidates.len());
            }
        }
    }

    #[test]
    fn case_accents_punctuation_and_emoji_change_nothing(
        words in sentences(),
        choices in prop::collection::vec((any::<bool>(), 0..8_usize, 0..8_usize), 1..80),
    ) {
        let accents = ["", "", "", "\u{301}", "\u{302}", "\u{327}", "\u{200b}", "\u{ad}"];
        let gaps = [" ", ", ", " - ", "! ", "\n", " 🎉 ", "… ", "’"];
        let mut choice = choices.iter().cycle();
        let mut decorated = String::from("« ");
        for word in &words {
            for letter in word.chars() {
                let (upper, accent, _) = choice.next().unwrap();
                decorated.extend(if *upper { letter.to_uppercase().collect::<Vec<_>>() } else { vec![letter] });
                decorated.push_str(if letter.is_ascii_alphabetic() { accents[*accent] } else { "" });
            }
            decorated.push_str(gaps[choice.next().unwrap().2]);
        }
        decorated.push_str(" ».");
        prop_assert_eq!(understand(&decorated), understand(&words.join(" ")), "{}", decorated);
    }

    #[test]
    fn a_text_that_begins_with_stop_is_an_opt_out_whatever_follows(rest in any::<String>(), greeting in "(Bonjour |svp )?") {
        prop_assert_eq!(understand(&format!("{greeting}STOP {rest}")), Understood::Clear(Meaning::Stop));
    }
}
