//! Which text of a business stands for a built-in one, looked up once in a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use carillon_domain::{BusinessId, Channel, KindName, Locale, OwnText};
use carillon_ports::business_texts::TextVersion;
use chrono::{DateTime, TimeDelta, Utc};

use crate::Ports;

/// How long a look holds: so long a worker of another process than the one that saved a text may use the text of before.
const HOLDS: TimeDelta = TimeDelta::seconds(5);
/// How many businesses are remembered at most.
const MOST: usize = 10_000;

/// When the texts were looked up, after how many changes in this process, and what they were.
type Known = (DateTime<Utc>, u64, Arc<[TextVersion]>);

/// The texts of businesses, as of a moment ago.
#[derive(Clone)]
pub(crate) struct TextLookup {
    ports: Ports,
    known: Arc<Mutex<HashMap<BusinessId, Known>>>,
}

/// A text of a business, with the language that it is written in.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    /// What it says.
    pub(crate) text: OwnText,
    /// In which language.
    pub(crate) locale: Locale,
    /// Which version.
    pub(crate) version: u32,
}

impl TextLookup {
    pub(crate) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), known: Arc::default() }
    }

    /// The text of a business for a kind, channel and reader; `None` where the built-in one holds. A look that fails takes what was known.
    pub(crate) async fn find(
        &self,
        business: &BusinessId,
        kind: &KindName,
        channel: Channel,
        locale: &Locale,
    ) -> Option<Chosen> {
        choose(&self.texts(business).await, kind, channel, locale)
    }

    async fn texts(&self, business: &BusinessId) -> Arc<[TextVersion]> {
        let now = self.ports.clock.now();
        // Before the look: what changes during it is looked up once more.
        let changes = self.ports.text_changes.count();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(business).cloned();
        if let Some((at, before, texts)) = &known
            && *before == changes
            && *at <= now
            && now - *at < HOLDS
        {
            return texts.clone();
        }
        match self.ports.business_texts.list_texts(business).await {
            Ok(texts) => {
                let texts: Arc<[TextVersion]> = texts.into();
                let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                if all.len() >= MOST {
                    all.clear();
                }
                all.insert(business.clone(), (now, changes, texts.clone()));
                texts
            }
            Err(error) => {
                tracing::warn!(%error, business.id = %business, "the texts of a business could not be looked up");
                known.map_or_else(|| Arc::from([]), |(_, _, texts)| texts)
            }
        }
    }
}

/// The text in the reader's language, else in the language without its region. A reader of another language gets the built-in text of theirs:
/// better than the business's words in a language that they may not read.
pub(crate) fn choose(
    texts: &[TextVersion],
    kind: &KindName,
    channel: Channel,
    locale: &Locale,
) -> Option<Chosen> {
    let of_kind = || texts.iter().filter(|one| one.name.kind == *kind && one.name.channel == channel);
    [locale.as_str(), locale.language()].into_iter().find_map(|wanted| {
        let found = of_kind().find(|one| one.name.locale.as_str() == wanted)?;
        Some(Chosen { text: found.text.clone()?, locale: found.name.locale.clone(), version: found.version })
    })
}
