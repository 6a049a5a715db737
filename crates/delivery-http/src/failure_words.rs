//! What the page for links that lead nowhere says, in the languages it speaks.

/// The page in one language.
pub(crate) struct Words {
    pub(crate) language: &'static str,
    pub(crate) title: &'static str,
    pub(crate) what: &'static str,
    /// What its reader can do now.
    pub(crate) way_on: &'static str,
    /// The label of a link that tries once more; empty where that is of no use.
    pub(crate) again: &'static str,
}

/// The words for a link that is not known, or for a moment of trouble, in the language that a browser asks for.
pub(crate) fn of(is_unknown: bool, accept_language: &str) -> &'static Words {
    match (is_unknown, prefers_french(accept_language)) {
        (true, true) => &UNKNOWN_FR,
        (true, false) => &UNKNOWN_EN,
        (false, true) => &TROUBLE_FR,
        (false, false) => &TROUBLE_EN,
    }
}

/// Whether a header of accepted languages asks for French before English.
fn prefers_french(accept_language: &str) -> bool {
    let weight = |wanted: &str| {
        accept_language
            .split(',')
            .filter_map(|item| {
                let (tag, parameters) = item.split_once(';').unwrap_or((item, ""));
                let language = tag.trim().split('-').next()?.to_ascii_lowercase();
                let weight =
                    parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.parse::<f32>().ok())?;
                (language == wanted).then_some(weight)
            })
            .fold(0.0, f32::max)
    };
    weight("fr") > weight("en")
}

static UNKNOWN_FR: Words = Words {
    language: "fr",
    title: "Ce lien n’est plus valable",
    what: "Il est incomplet, ou trop ancien. Rien n’a été modifié.",
    way_on: "Ouvrez le dernier e-mail que vous avez reçu et utilisez le lien qui se trouve tout en bas. Si le problème persiste, répondez à cet e-mail : l’établissement qui vous a écrit peut modifier vos préférences.",
    again: "",
};

static UNKNOWN_EN: Words = Words {
    language: "en",
    title: "This link is no longer valid",
    what: "It is incomplete or too old. Nothing was changed.",
    way_on: "Open the latest e-mail you received and use the link at the very bottom. If that does not help, reply to that e-mail: the business that wrote to you can change your preferences.",
    again: "",
};

static TROUBLE_FR: Words = Words {
    language: "fr",
    title: "Un instant, s’il vous plaît",
    what: "Le service ne répond pas pour le moment.",
    way_on: "Réessayez dans un instant : le faire deux fois est sans conséquence.",
    again: "Réessayer",
};

static TROUBLE_EN: Words = Words {
    language: "en",
    title: "One moment, please",
    what: "The service is not answering right now.",
    way_on: "Please try again in a moment: doing it twice does no harm.",
    again: "Try again",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_that_the_browser_likes_better() {
        for (header, french) in [
            ("fr", true),
            ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", true),
            ("en-GB,en;q=0.9,fr;q=0.8", false),
            ("de-DE,de;q=0.9,fr;q=0.3", true),
            ("de", false),
            ("", false),
            ("fr;q=x", false),
        ] {
            assert_eq!(prefers_french(header), french, "{header}");
        }
    }
}
