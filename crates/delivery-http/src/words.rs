//! What the unsubscribe page says, in the languages it speaks.

use carillon_application::unsubscribe::Offer;
use carillon_domain::Purpose;

/// The page in one language.
pub(crate) struct Words {
    pub(crate) language: &'static str,
    pub(crate) title: &'static str,
    pub(crate) question: String,
    pub(crate) button: &'static str,
    pub(crate) unless: &'static str,
    pub(crate) done_title: &'static str,
    pub(crate) done: String,
}

/// The page's words for an offer: French for French readers, English for all others.
pub(crate) fn of(offer: &Offer) -> Words {
    let from = offer.business_name.as_deref().unwrap_or("Carillon");
    match offer.language.as_str() {
        "fr" => french(from, offer.kind.purpose),
        _ => english(from, offer.kind.purpose),
    }
}

fn french(from: &str, purpose: Purpose) -> Words {
    let (question, done) = match purpose {
        Purpose::Marketing => (
            format!("Ne plus recevoir d’e-mails commerciaux de la part de {from} ?"),
            format!("Vous ne recevrez plus d’e-mails commerciaux de la part de {from}."),
        ),
        Purpose::Service => (
            format!("Ne plus recevoir ce type d’e-mail de la part de {from} ?"),
            format!("Vous ne recevrez plus ce type d’e-mail de la part de {from}."),
        ),
    };
    Words {
        language: "fr",
        title: "Se désabonner",
        question,
        button: "Me désabonner",
        unless: "Si ce n’est pas ce que vous vouliez, fermez simplement cette page : rien ne change.",
        done_title: "C’est fait",
        done,
    }
}

fn english(from: &str, purpose: Purpose) -> Words {
    let (question, done) = match purpose {
        Purpose::Marketing => (
            format!("Stop receiving marketing e-mails from {from}?"),
            format!("You will receive no more marketing e-mails from {from}."),
        ),
        Purpose::Service => (
            format!("Stop receiving e-mails of this kind from {from}?"),
            format!("You will receive no more e-mails of this kind from {from}."),
        ),
    };
    Words {
        language: "en",
        title: "Unsubscribe",
        question,
        button: "Unsubscribe me",
        unless: "If this is not what you wanted, simply close this page: nothing changes.",
        done_title: "You are unsubscribed",
        done,
    }
}
