//! The texts of a kind in one language, by the names under which the engine has them; and the words that all texts share.

use std::collections::BTreeMap;
use std::sync::Arc;

use carillon_domain::Actor;
use serde::{Deserialize, Serialize};

use crate::formats::Formats;

/// The names of the templates of one kind in one language.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts {
    /// The e-mail.
    pub(crate) email: Option<EmailTexts>,
    /// The text message.
    pub(crate) sms: Option<String>,
    /// The item of the inbox.
    pub(crate) inbox: Option<InboxTexts>,
}

/// The templates of an e-mail.
#[derive(Debug, Clone)]
pub(crate) struct EmailTexts {
    pub(crate) subject: String,
    pub(crate) html: String,
    pub(crate) text: String,
}

/// The templates of an item of the inbox.
#[derive(Debug, Clone)]
pub(crate) struct InboxTexts {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) action: Option<String>,
}

/// `inbox.toml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InboxFile {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) action: Option<String>,
}

/// `_layout/<locale>/strings.toml`: the words that all texts of a language share.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// The language itself.
    #[serde(skip_deserializing)]
    pub(crate) locale: String,
    /// What the link says that unsubscribes.
    pub(crate) unsubscribe: String,
    /// The same as a line of plain text, up to the address.
    pub(crate) unsubscribe_line: String,
    /// What the link says that leads to the preference page.
    pub(crate) preferences: String,
    /// The same as a line of plain text, up to the address.
    pub(crate) preferences_line: String,
    /// Marks before which a line does not break.
    #[serde(default)]
    pub(crate) no_break_before: String,
    /// Marks after which a line does not break.
    #[serde(default)]
    pub(crate) no_break_after: String,
    /// Why somebody hears of this.
    why: Why,
    /// What a person without a name is called.
    someone: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Why {
    platform_admin: String,
    business_user: String,
    end_client: String,
}

impl Words {
    /// Why an actor hears of this.
    pub(crate) fn why(&self, actor: Actor) -> &str {
        match actor {
            Actor::PlatformAdmin => &self.why.platform_admin,
            Actor::BusinessUser => &self.why.business_user,
            Actor::EndClient => &self.why.end_client,
        }
    }

    /// What somebody without a name is called in this part.
    pub(crate) fn someone(&self, part: &str) -> &str {
        self.someone.get(part).map_or("", String::as_str)
    }

    /// The parts that lack such a word.
    pub(crate) fn missing_parts(&self) -> impl Iterator<Item = &'static str> {
        ["recipient"]
            .into_iter()
            .chain(crate::context::PARTS)
            .filter(|part| !self.someone.contains_key(*part))
    }
}

/// A language: its words and its formats.
#[derive(Debug, Clone)]
pub(crate) struct Language {
    pub(crate) words: Words,
    pub(crate) formats: Arc<Formats>,
}
