//! Words that stand in fields for names without being one.

/// What a word before a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Title {
    /// How somebody is addressed with the surname: it stays where the first name is not known.
    Address(&'static str),
    /// A word that belongs to the first name: `Sister Mary`, `Sir Elton`.
    Given,
}

/// The title that a word is, whatever its case and with or without its point.
pub(super) fn title(word: &str) -> Option<Title> {
    let lower = word.trim_end_matches('.').to_lowercase();
    let found = match lower.as_str() {
        "m" if word.ends_with('.') || word == "M" => Title::Address("M."),
        "mr" | "mister" => Title::Address("Mr"),
        "monsieur" => Title::Address("Monsieur"),
        "mme" | "mmes" => Title::Address("Mme"),
        "madame" => Title::Address("Madame"),
        "mlle" | "mademoiselle" => Title::Address("Mlle"),
        "mrs" => Title::Address("Mrs"),
        "ms" => Title::Address("Ms"),
        "miss" => Title::Address("Miss"),
        "mx" => Title::Address("Mx"),
        "dr" | "doctor" => Title::Address("Dr"),
        "docteur" | "docteure" => Title::Address("Docteur"),
        "pr" => Title::Address("Pr"),
        "prof" => Title::Address("Prof."),
        "professor" => Title::Address("Professor"),
        "professeur" | "professeure" => Title::Address("Professeur"),
        "me" if word.starts_with('M') => Title::Address("Me"),
        "maître" | "maitre" => Title::Address("Maître"),
        "herr" => Title::Address("Herr"),
        "frau" => Title::Address("Frau"),
        "sr" if word.starts_with('S') => Title::Address("Sr."),
        "sra" => Title::Address("Sra."),
        "sir" | "dame" | "lady" | "lord" | "sœur" | "soeur" | "frère" | "sister" | "brother" | "father" => {
            Title::Given
        }
        _ => return None,
    };
    Some(found)
}

/// Whether a word joins two people.
pub(super) fn joins(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "et" | "and" | "&" | "und" | "y" | "+")
}

/// Whether a word after a name is no part of it.
pub(super) fn is_suffix(word: &str) -> bool {
    let plain: String = word.chars().filter(|c| *c != '.').collect::<String>().to_lowercase();
    matches!(
        plain.as_str(),
        "jr" | "sr"
            | "junior"
            | "senior"
            | "phd"
            | "md"
            | "dds"
            | "esq"
            | "ii"
            | "iii"
            | "iv"
            | "mba"
            | "cpa"
    )
}

/// Whether a word begins a surname of several words.
pub(super) fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "de" | "du"
            | "des"
            | "d’"
            | "la"
            | "le"
            | "van"
            | "von"
            | "der"
            | "den"
            | "di"
            | "da"
            | "dos"
            | "el"
            | "al"
            | "ben"
            | "bin"
            | "ter"
            | "ten"
            | "zu"
    )
}

/// Whether a text is what programs and people write where they have no name.
pub(super) fn is_placeholder(name: &str) -> bool {
    matches!(
        name.to_lowercase().as_str(),
        "null"
            | "undefined"
            | "none"
            | "nil"
            | "nan"
            | "n/a"
            | "unknown"
            | "inconnu"
            | "inconnue"
            | "anonyme"
            | "anonymous"
            | "no name"
            | "sans nom"
            | "client"
            | "customer"
            | "guest"
            | "invité"
            | "test"
    )
}

/// Whether a word is the legal form of a company.
pub(super) fn is_legal_form(word: &str) -> bool {
    matches!(
        word.trim_end_matches('.'),
        "SARL"
            | "SAS"
            | "SASU"
            | "EURL"
            | "SCI"
            | "SA"
            | "Ltd"
            | "LTD"
            | "LLC"
            | "Inc"
            | "GmbH"
            | "PLC"
            | "plc"
    )
}
