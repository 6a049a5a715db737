//! Formats of a language as a region writes them: the words are those of the language.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use carillon_domain::Locale;
use carillon_ports::catalogue::RenderRequest;

use crate::formats::Formats;
use crate::templates::Templates;
use crate::texts::Language;

/// How many regions are kept: people may name any.
const MOST: usize = 128;

/// The formats of the regions that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Regions(RwLock<BTreeMap<String, Arc<Formats>>>);

impl Templates {
    /// The formats for a reader of a language: those of their region where they name one.
    pub(crate) fn regional(&self, language: &Language, request: &RenderRequest<'_>) -> Arc<Formats> {
        let own = request.recipient.locale.as_ref();
        let of_business = || request.business.map(|business| &business.settings.locale);
        let reader = own.or_else(of_business);
        let mut named = [Some(request.locale), reader].into_iter().flatten();
        let wanted = named.find(|locale| is_region_of(language, locale));
        self.formats(language, wanted.unwrap_or(request.locale))
    }

    /// The formats of a region of a language; those of the language where it is no region of it.
    pub(crate) fn formats(&self, language: &Language, region: &Locale) -> Arc<Formats> {
        let is_other = is_region_of(language, region) && region.as_str() != language.words.locale;
        let found = is_other.then(|| self.regions.find(region)).flatten();
        found.unwrap_or_else(|| Arc::clone(&language.formats))
    }
}

fn is_region_of(language: &Language, locale: &Locale) -> bool {
    let has_region = locale.as_str() != locale.language();
    has_region && language.words.locale.split('-').next() == Some(locale.language())
}

impl Regions {
    fn find(&self, locale: &Locale) -> Option<Arc<Formats>> {
        // A poisoned lock is harmless: the map only ever gains whole entries.
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(locale.as_str()) {
            return Some(Arc::clone(known));
        }
        let made = Arc::new(Formats::new(locale.as_str()).ok()?);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST {
            known.insert(locale.as_str().to_owned(), Arc::clone(&made));
        }
        Some(made)
    }
}
