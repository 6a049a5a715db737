//! The words: what people answer to text messages in French and English. All in small letters without accents, an apostrophe being a
//! space.
//!
//! The opt-out words are those that Twilio and AWS act upon by themselves, with the French ones that they miss.

use super::Meaning::{self, Help, No, Start, Stop, Yes};

/// Words apart by spaces.
pub(super) struct Words(&'static str);

impl Words {
    /// Whether a word is among them.
    pub(super) fn contains(&self, word: &str) -> bool {
        self.0.split(' ').any(|listed| listed == word)
    }
}

/// Words and expressions with what they say.
pub(super) fn sayings() -> impl Iterator<Item = (&'static str, Meaning)> {
    SAYINGS.iter().flat_map(|(meaning, sayings)| sayings.split('|').map(|saying| (saying, *meaning)))
}

/// Apart by strokes.
const SAYINGS: &[(Meaning, &str)] = &[
    (
        Stop,
        "stop|stopall|stopsms|stoppub|stopper|stoppez|unsubscribe|un subscribe|unsub|cancel|end|\
         quit|revoke|remove me|optout|opt out|arret|arrett|arrete|arreter|arretez|desinscrire|\
         des inscrire|desinscrivez|desinscription|desabonner|des abonner|desabonne|desabonnez|\
         desabonnement|ne plus recevoir|ne veux plus recevoir|ne souhaite plus recevoir|\
         ne veux plus de sms|ne veux plus de messages|plus de sms|plus de messages|plus de pub|\
         no more sms|no more texts|no more messages",
    ),
    (Start, "start|unstop|optin|opt in|subscribe|resubscribe|reprendre|reabonner|reinscrire"),
    (Help, "help|info|infos|aide|aidez|besoin d aide"),
    (
        Yes,
        "oui|ouais|yes|yep|yeah|yup|ok|okay|confirme|confirmer|confirmez|confirmed|confirm|valide|\
         daccord|d accord|parfait|entendu|volontiers|absolument|avec plaisir|bien sur|tout a fait|\
         ca marche|ca me va|c est bon|of course|pas de probleme|pas de problemes|pas de souci|\
         pas de soucis|sans probleme|sans souci|no problem|no worries|je serai la|j y serai|\
         i ll be there|i will be there",
    ),
    (
        No,
        "non|no|nope|nan|nah|annuler|annule|annulez|annulation|je ne peux pas venir|\
         je ne pourrai pas venir|je ne viendrai pas|je ne serai pas la|i can t make it|i can t come|\
         i won t be there",
    ),
];

/// One letter as an answer, if it is the whole of it.
pub(super) const LETTERS: &[(&str, Meaning)] = &[("o", Yes), ("y", Yes), ("n", No)];

/// Words that opt out of themselves at the start of a text, whatever follows. The others are ordinary words too: END, CANCEL, ARRÊT.
pub(super) const LEADING_STOPS: &[&str] = &[
    "stop",
    "stopall",
    "stopsms",
    "stoppub",
    "unsubscribe",
    "optout",
    "desinscrire",
    "desinscription",
    "desabonner",
    "desabonnement",
];

/// What turns a word next to it into its contrary.
pub(super) const NEGATIONS: Words = Words("ne n pas not dont don never jamais sans without");

/// What is said beside, and means nothing of itself.
pub(super) const COURTESIES: Words = Words(
    "merci mercis beaucoup thanks thank you thx ty please pls plz svp stp s il te vous plait \
     bonjour bonsoir salut coucou hello hi hey madame monsieur mme mr cordialement regards bonne \
     bon journee soiree a bientot sorry desole desolee je j ai i me m moi l le la les un une de des du d the it ce ca \
     cela c est pour for et and bien tres now maintenant",
);

/// The affair of a question about an appointment: may stand beside a yes or a no.
pub(super) const APPOINTMENT: Words =
    Words("rdv rendez rendezvous appointment booking reservation presence venue demain tomorrow seance");

/// Whose affair it is: may stand beside a yes or a no ("mon arrêt" is no opt-out).
pub(super) const POSSESSIVES: Words = Words("mon ma mes my");

/// The affair of an opt-out: may stand beside STOP, START and HELP.
pub(super) const MESSAGES: Words = Words(
    "sms texto textos text texts texting msg message messages pub pubs publicite publicites spam \
     newsletter notification notifications envoi envois envoyer sending send recevoir receiving all \
     tout tous toutes ces vos these this your from to nous",
);

/// Words of French and English one slip away from a saying: those of the sixty thousand most frequent of each language (as the Python
/// package wordfreq 3.1 counts) that are no form of the saying itself.
pub(super) const ORDINARY_WORDS: Words = Words(
    "abide acide agde aida aiden aids aile aime aimez aine aire aise alde amide annuel annular \
     arete aride arnett arrest aside atop aude avide barret barrett bide cancer chancel conform \
     conforme conformed conformer cope cuit dope entend entende entends etendu evoke fide fuit \
     garret garrett gide halide heap hela held heli hell helm helo hemp hide hope huit indo into \
     jarret jarrett jouais kelp laide leah lope meprendre mouais naan nape noce node noie nome none \
     noon nose note noue noye nuit optic opting option osais parait parlait partait pope ptin puit \
     quais quid quiet quil quilt quin quint quip quite quito quiz quot raccord raide rarete revoie \
     ride rope sart scop shop shopper side slop smart star starc stare stark starr stars starz stat \
     step stepper stomp stoop stow stuart stup sturt suit tart tide topper valise vide welp whelp \
     wide year yelp",
);
