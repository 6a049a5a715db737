//! What the unsubscribe page says, in the languages it speaks.

use carillon_application::unsubscribe::Offer;
use carillon_domain::{Purpose, french};

use crate::kind_names;

/// The page in one language.
pub(crate) struct Words {
    pub(crate) language: &'static str,
    pub(crate) title: &'static str,
    pub(crate) question: String,
    /// Whose address it is about, masked; empty where that is not known.
    pub(crate) address: String,
    pub(crate) button: &'static str,
    pub(crate) unless: &'static str,
    pub(crate) done_title: &'static str,
    pub(crate) done: String,
    pub(crate) stays_title: &'static str,
    pub(crate) stays: String,
    /// The link to the preference page, once something was decided.
    pub(crate) choose: &'static str,
    /// The same while nothing is.
    pub(crate) choose_instead: &'static str,
}

/// The page's words for an offer: French for French readers, English for all others.
pub(crate) fn of(offer: &Offer) -> Words {
    let from = offer.sender.as_str();
    let address = offer.address.as_deref();
    let kind = kind_names::of(&offer.kind, &offer.language);
    match offer.language.as_str() {
        "fr" => in_french(from, offer.kind.purpose, kind, address),
        _ => in_english(from, offer.kind.purpose, kind, address),
    }
}

fn in_french(from: &str, purpose: Purpose, kind: &str, address: Option<&str>) -> Words {
    let of_them = french::de(from);
    let (question, done) = match purpose {
        Purpose::Marketing => (
            format!("Ne plus recevoir d’e-mails commerciaux de la part {of_them} ?"),
            format!("Vous ne recevrez plus d’e-mails commerciaux de la part {of_them}."),
        ),
        Purpose::Service => (
            format!("Ne plus recevoir les e-mails « {kind} » de la part {of_them} ?"),
            format!("Vous ne recevrez plus les e-mails « {kind} » de la part {of_them}."),
        ),
    };
    Words {
        language: "fr",
        title: "Se désabonner",
        question,
        address: address.map(|address| format!("Adresse concernée : {address}")).unwrap_or_default(),
        button: "Me désabonner",
        unless: "Si ce n’est pas ce que vous vouliez, fermez simplement cette page : rien ne change.",
        done_title: "C’est fait",
        done,
        stays_title: "Ces e-mails restent nécessaires",
        stays: format!(
            "C’est le dernier moyen de vous prévenir de ce qui ne peut pas attendre, comme un rendez-vous annulé. {from} \
             continue donc de vous les envoyer."
        ),
        choose: "Choisir ce que vous recevez",
        choose_instead: "Choisir plutôt ce que vous recevez",
    }
}

fn in_english(from: &str, purpose: Purpose, kind: &str, address: Option<&str>) -> Words {
    let (question, done) = match purpose {
        Purpose::Marketing => (
            format!("Stop receiving marketing e-mails from {from}?"),
            format!("You will receive no more marketing e-mails from {from}."),
        ),
        Purpose::Service => (
            format!("Stop receiving “{kind}” e-mails from {from}?"),
            format!("You will receive no more “{kind}” e-mails from {from}."),
        ),
    };
    Words {
        language: "en",
        title: "Unsubscribe",
        question,
        address: address.map(|address| format!("Address: {address}")).unwrap_or_default(),
        button: "Unsubscribe me",
        unless: "If this is not what you wanted, simply close this page: nothing changes.",
        done_title: "You are unsubscribed",
        done,
        stays_title: "These e-mails are still needed",
        stays: format!(
            "They are the last way to tell you what cannot wait, such as a cancelled appointment, so {from} keeps sending them."
        ),
        choose: "Choose what you receive",
        choose_instead: "Choose what you receive instead",
    }
}
