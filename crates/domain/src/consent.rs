//! What people decided, with its proof (GDPR art. 7), and the chain that shows whether a proof was touched afterwards.
//!
//! The decisions of a person are numbered from 1, and each carries the hash of the one before and its own: SHA-256 over the previous
//! hash and everything that was recorded. Whoever has the records can work the hashes out again ([`hash`]).

use std::fmt::Write as _;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use crate::category::Category;
use crate::channel::Channel;
use crate::ids::{BusinessId, IdError, KindName, PersonId};

/// What a person allows or forbids. The most specific decision holds: the kind's own, else that of its category.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// Everything of purpose `marketing`.
    Marketing,
    /// Every kind of a category, [`Category::Marketing`] apart: that is [`Topic::Marketing`].
    Category(Category),
    /// One kind.
    Kind(KindName),
}

impl From<Category> for Topic {
    fn from(category: Category) -> Self {
        match category {
            Category::Marketing => Self::Marketing,
            Category::Appointments
            | Category::Reminders
            | Category::Payments
            | Category::Messages
            | Category::Reports
            | Category::Platform => Self::Category(category),
        }
    }
}

/// As stored, and as hashed.
impl std::fmt::Display for Topic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Marketing => f.write_str("marketing"),
            Self::Category(category) => write!(f, "category:{category}"),
            Self::Kind(kind) => write!(f, "kind:{kind}"),
        }
    }
}

/// A text that is no topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is no topic: marketing, category:<name> or kind:<name>")]
pub struct TopicError;

impl FromStr for Topic {
    type Err = TopicError;

    fn from_str(text: &str) -> Result<Self, TopicError> {
        match text.split_once(':') {
            Some(("kind", kind)) => kind.parse().map(Self::Kind).map_err(|_: IdError| TopicError),
            Some(("category", name)) => name.parse::<Category>().map(Self::from).map_err(|_| TopicError),
            None if text == "marketing" => Ok(Self::Marketing),
            Some(_) | None => Err(TopicError),
        }
    }
}

/// A decision of a person, with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Who decided.
    pub person: PersonId,
    /// Towards whom; `None` is towards everybody.
    pub business: Option<BusinessId>,
    /// About what.
    pub topic: Topic,
    /// By which channel.
    pub channel: Channel,
    /// Yes or no.
    pub granted: bool,
    /// Where it came from: `booking_form`, `unsubscribe_link` …
    pub source: String,
    /// The version of the wording that was shown.
    pub wording: Option<String>,
    /// The internet address that the person decided from, where it is known. Personal: gone once the person is erased.
    pub ip: Option<std::net::IpAddr>,
    /// When; kept to the millisecond.
    pub at: DateTime<Utc>,
}

/// A place in a person's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The place, from 1.
    pub seq: u64,
    /// The hash of the one before; [`BEGIN`] for the first.
    pub previous_hash: String,
    /// Its own.
    pub hash: String,
    /// A keyed hash of the internet address, which stands for it in the chain: it outlives an erasure, and nobody can guess from it.
    pub ip_hash: Option<String>,
}

/// A decision as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What was decided.
    pub consent: Consent,
    /// Its place in the chain; `None` for one that is older than the chain.
    pub link: Option<Link>,
}

/// What stands before the first hash.
pub const BEGIN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Whether the decisions of a person are as they were recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// They are.
    Intact,
    /// The one at this place was changed, removed or put in afterwards; what comes later proves nothing.
    BrokenAt(u64),
}

impl std::fmt::Display for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Intact => f.write_str("intact"),
            Self::BrokenAt(seq) => write!(f, "broken at {seq}"),
        }
    }
}

/// A decision that holds: the newest about its topic, towards its business, by its channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Towards whom; `None` is towards everybody.
    pub business: Option<BusinessId>,
    /// About what.
    pub topic: Topic,
    /// By which channel.
    pub channel: Channel,
    /// Yes or no.
    pub allowed: bool,
}

/// The link of a decision that comes after another.
pub fn link(after: Option<&Link>, consent: &Consent, ip_hash: Option<String>) -> Link {
    let previous_hash = after.map_or_else(|| BEGIN.to_owned(), |link| link.hash.clone());
    let seq = after.map_or(1, |link| link.seq + 1);
    let hash = hash(&previous_hash, seq, consent, ip_hash.as_deref());
    Link { seq, previous_hash, hash, ip_hash }
}

/// SHA-256, in hexadecimal digits, over the previous hash and what was recorded: each field as its length in bytes, a colon, its text
/// and a comma, an absent one as `-,`; in the order below. Lengths, so that no text can pass for two fields.
pub fn hash(previous_hash: &str, seq: u64, consent: &Consent, ip_hash: Option<&str>) -> String {
    let (topic, seq) = (consent.topic.to_string(), seq.to_string());
    let at = consent.at.timestamp_millis().to_string();
    let fields = [
        Some(previous_hash),
        Some(&seq),
        Some(consent.person.as_str()),
        consent.business.as_ref().map(BusinessId::as_str),
        Some(&topic),
        Some(consent.channel.as_str()),
        Some(if consent.granted { "true" } else { "false" }),
        Some(&consent.source),
        consent.wording.as_deref(),
        Some(&at),
        ip_hash,
    ];
    let canonical: String = fields
        .into_iter()
        .map(|field| field.map_or_else(|| "-,".to_owned(), |text| format!("{}:{text},", text.len())))
        .collect();
    hex(&Sha256::digest(canonical))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a text cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}

/// Whether the decisions of a person, in any order, are as they were recorded. What holds is compared too: without it nobody could tell
/// that the newest records were taken away.
pub fn check(records: &[Recorded], holding: &[Holding]) -> Chain {
    let mut chained: Vec<(&Consent, &Link)> =
        records.iter().filter_map(|one| Some((&one.consent, one.link.as_ref()?))).collect();
    chained.sort_by_key(|(_, link)| link.seq);
    let (mut previous, mut expected) = (BEGIN, 1);
    for (consent, link) in &chained {
        let worked_out = hash(previous, expected, consent, link.ip_hash.as_deref());
        if link.seq != expected || link.previous_hash != previous || link.hash != worked_out {
            return Chain::BrokenAt(expected);
        }
        (previous, expected) = (&link.hash, expected + 1);
    }
    // Older than the chain, then the chain: the order in which they were made.
    let older = records.iter().filter(|one| one.link.is_none()).map(|one| &one.consent);
    let in_order: Vec<&Consent> = older.chain(chained.iter().map(|(consent, _)| *consent)).collect();
    let is_proved = |holds: &Holding| {
        let newest = in_order.iter().rev().find(|one| {
            one.business == holds.business && one.topic == holds.topic && one.channel == holds.channel
        });
        newest.is_some_and(|newest| newest.granted == holds.allowed)
    };
    if holding.iter().all(is_proved) { Chain::Intact } else { Chain::BrokenAt(expected) }
}

#[cfg(test)]
#[path = "consent_tests.rs"]
mod tests;
