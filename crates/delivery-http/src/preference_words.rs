//! What the preference page says, in the languages it speaks.

use carillon_domain::{Actor, Category};

/// The page in one language. `{from}`, `{count}` and `{at}` are filled in.
pub(crate) struct Words {
    pub(crate) language: &'static str,
    pub(crate) title: &'static str,
    pub(crate) intro: &'static str,
    /// Before the addresses that the choices are about.
    pub(crate) reached_at: &'static str,
    pub(crate) email: &'static str,
    pub(crate) sms: &'static str,
    pub(crate) in_app: &'static str,
    pub(crate) last_way: &'static str,
    pub(crate) one_off: &'static str,
    pub(crate) more_off: &'static str,
    pub(crate) again: &'static str,
    pub(crate) rhythm: &'static str,
    pub(crate) at_once: &'static str,
    pub(crate) hourly: &'static str,
    pub(crate) daily: &'static str,
    pub(crate) quiet: &'static str,
    pub(crate) quiet_hint: &'static str,
    pub(crate) quiet_from: &'static str,
    pub(crate) quiet_to: &'static str,
    pub(crate) button: &'static str,
    pub(crate) saved_title: &'static str,
    pub(crate) saved: &'static str,
    pub(crate) not_saved_title: &'static str,
    pub(crate) needs_a_way: &'static str,
    pub(crate) no_quiet: &'static str,
    pub(crate) stale: &'static str,
    category: fn(Category, Actor) -> (&'static str, &'static str),
}

impl Words {
    /// The title of a category, and what is in it for somebody like the reader.
    pub(crate) fn category(&self, category: Category, reader: Actor) -> (&'static str, &'static str) {
        (self.category)(category, reader)
    }
}

/// French for French readers, English for all others.
pub(crate) fn of(language: &str) -> &'static Words {
    match language {
        "fr" => &FRENCH,
        _ => &ENGLISH,
    }
}

static FRENCH: Words = Words {
    language: "fr",
    title: "Ce que vous recevez",
    intro: "Choisissez par quels moyens nous pouvons vous prévenir. Rien ne change tant que vous n’enregistrez pas.",
    reached_at: "Vos coordonnées : ",
    email: "E-mail",
    sms: "SMS",
    in_app: "Dans l’application",
    last_way: "Ce moyen reste actif : c’est le dernier par lequel ce qui ne peut pas attendre vous parvient.",
    one_off: "Un type de message de cette rubrique est désactivé à part.",
    more_off: "{count} types de messages de cette rubrique sont désactivés à part.",
    again: "Les recevoir à nouveau",
    rhythm: "Quand les recevoir",
    at_once: "Tout de suite",
    hourly: "Groupés, une fois par heure",
    daily: "Groupés, une fois par jour à {at}",
    quiet: "Heures calmes",
    quiet_hint: "À ces heures, seul ce qui ne peut pas attendre vous parvient. Laissez les deux champs vides pour ne pas en avoir.",
    quiet_from: "De",
    quiet_to: "à",
    button: "Enregistrer",
    saved_title: "Enregistré",
    saved: "C’est enregistré. Voici ce que vous recevez désormais.",
    not_saved_title: "Pas enregistré",
    needs_a_way: "Rien n’a été enregistré : gardez l’e-mail ou l’application pour ce qui ne peut pas attendre, comme un rendez-vous annulé.",
    no_quiet: "Rien n’a été enregistré : indiquez deux heures différentes, comme 21:00 et 08:00, ou aucune.",
    stale: "Rien n’a été enregistré : la page avait changé entre-temps. Vérifiez vos choix et enregistrez à nouveau.",
    category: |category, reader| match category {
        Category::Appointments => (
            "Rendez-vous",
            match reader {
                Actor::EndClient => "Confirmations, changements et annulations de vos rendez-vous.",
                Actor::BusinessUser | Actor::PlatformAdmin => "Réservations, changements et annulations.",
            },
        ),
        Category::Reminders => ("Rappels", "Un rappel peu avant l’heure."),
        Category::Payments => ("Paiements", "Paiements, reçus et abonnements."),
        Category::Messages => ("Messages", "Messages et questions qui vous sont adressés."),
        Category::Reports => ("Bilans", "Rapports d’activité et agenda du lendemain."),
        Category::Platform => ("Plateforme", "Ce que la plateforme signale à ceux qui l’administrent."),
        Category::Marketing => (
            "Offres et avis",
            "J’accepte que {from} m’envoie des offres, des nouveautés et des demandes d’avis par les moyens cochés. \
             Je peux changer d’avis à tout moment, ici ou par le lien de chaque message.",
        ),
    },
};

static ENGLISH: Words = Words {
    language: "en",
    title: "What you receive",
    intro: "Choose how we may reach you. Nothing changes until you save.",
    reached_at: "We reach you at: ",
    email: "E-mail",
    sms: "Text message",
    in_app: "In the app",
    last_way: "This one stays on: it is the last way by which what cannot wait reaches you.",
    one_off: "One kind of message here is turned off by itself.",
    more_off: "{count} kinds of message here are turned off by themselves.",
    again: "Receive them again",
    rhythm: "When to receive them",
    at_once: "At once",
    hourly: "Together, once an hour",
    daily: "Together, once a day at {at}",
    quiet: "Quiet hours",
    quiet_hint: "In these hours only what cannot wait reaches you. Leave both empty to have none.",
    quiet_from: "From",
    quiet_to: "to",
    button: "Save",
    saved_title: "Saved",
    saved: "Saved. This is what you receive from now on.",
    not_saved_title: "Not saved",
    needs_a_way: "Nothing was saved: keep e-mail or the app for what cannot wait, such as a cancelled appointment.",
    no_quiet: "Nothing was saved: give two different times, such as 21:00 and 08:00, or none.",
    stale: "Nothing was saved: the page had changed meanwhile. Check your choices and save again.",
    category: |category, reader| match category {
        Category::Appointments => (
            "Appointments",
            match reader {
                Actor::EndClient => "Confirmations, changes and cancellations of your appointments.",
                Actor::BusinessUser | Actor::PlatformAdmin => "Bookings, changes and cancellations.",
            },
        ),
        Category::Reminders => ("Reminders", "A reminder shortly before the time."),
        Category::Payments => ("Payments", "Payments, receipts and subscriptions."),
        Category::Messages => ("Messages", "Messages and questions addressed to you."),
        Category::Reports => ("Reports", "Activity reports and the agenda of the next day."),
        Category::Platform => ("Platform", "What the platform tells those who run it."),
        Category::Marketing => (
            "Offers and reviews",
            "I agree to receive offers, news and requests for reviews from {from} by the means ticked. \
             I can change my mind at any time, here or by the link in every message.",
        ),
    },
};
