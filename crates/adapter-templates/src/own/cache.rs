//! Compiled texts by their digest, so that nothing is compiled for each message. Two generations: what is in use moves on to the
//! young one, and what nobody asked for is dropped with the old one. So the memory is bounded, whoever saves how many texts.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use carillon_domain::OwnText;
use sha2::{Digest, Sha256};

use crate::own::compile::Compiled;

/// Texts of one generation.
const MOST_TEXTS: usize = 500;
/// What the texts of one generation may weigh together, in bytes as written. Compiled, a text takes about ten times its length.
const MOST_WEIGHT: usize = 1024 * 1024;

type Key = [u8; 32];

/// Compiled texts, shared by all threads.
#[derive(Default)]
pub(crate) struct Cache(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<Key, (Arc<Compiled>, usize)>,
    old: HashMap<Key, (Arc<Compiled>, usize)>,
    /// Of the young ones.
    weight: usize,
}

impl Cache {
    /// The compiled form of a text, made if it is not here. What cannot be compiled is not kept.
    pub(crate) fn get_or_make<E>(
        &self,
        text: &OwnText,
        compile: impl FnOnce() -> Result<Compiled, E>,
    ) -> Result<Arc<Compiled>, E> {
        let key = key(text);
        if let Some(found) = self.lock().find(&key) {
            return Ok(found);
        }
        // Outside of the lock: two threads may compile the same text once each, and none waits.
        let made = Arc::new(compile()?);
        self.lock().put(key, Arc::clone(&made), weight(text));
        Ok(made)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Generations> {
        // A poisoned lock is harmless: a generation is swapped whole, and an entry is put whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn find(&mut self, key: &Key) -> Option<Arc<Compiled>> {
        if let Some((found, _)) = self.young.get(key) {
            return Some(Arc::clone(found));
        }
        let (found, weight) = self.old.remove(key)?;
        self.put(*key, Arc::clone(&found), weight);
        Some(found)
    }

    fn put(&mut self, key: Key, compiled: Arc<Compiled>, weight: usize) {
        if self.young.len() == MOST_TEXTS || self.weight + weight > MOST_WEIGHT {
            self.old = mem::take(&mut self.young);
            self.weight = 0;
        }
        if self.young.insert(key, (compiled, weight)).is_none() {
            self.weight += weight;
        }
    }
}

fn weight(text: &OwnText) -> usize {
    text.parts().iter().map(|(_, source)| source.len()).sum()
}

/// Each part with its length before it, so that no two texts read the same.
fn key(text: &OwnText) -> Key {
    let mut digest = Sha256::new();
    digest.update(text.channel().as_str());
    for (_, source) in text.parts() {
        digest.update(source.len().to_be_bytes());
        digest.update(source);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::own::compile::compile;

    fn sms(text: String) -> OwnText {
        OwnText::Sms { text }
    }

    fn get(cache: &Cache, text: &OwnText) -> bool {
        let mut made = false;
        let found = cache.get_or_make(text, || {
            made = true;
            Ok::<_, Infallible>(compile(text).unwrap())
        });
        assert!(found.is_ok());
        made
    }

    #[test]
    fn a_text_is_compiled_once_and_as_long_as_it_is_used_never_again() {
        let cache = Cache::default();
        let used = sms("in use".to_owned());
        assert!(get(&cache, &used));
        for other in 0..3 * MOST_TEXTS {
            assert!(get(&cache, &sms(format!("other {other}"))));
            assert!(other % 100 != 0 || !get(&cache, &used));
        }
    }

    #[test]
    fn however_many_texts_there_are_only_so_many_and_so_much_is_kept() {
        let cache = Cache::default();
        for other in 0..3 * MOST_TEXTS {
            get(&cache, &sms(format!("other {other}")));
        }
        for other in 0..150 {
            get(&cache, &sms(format!("{other} {}", "x".repeat(16_000))));
        }
        let kept = cache.lock();
        assert!(kept.young.len() <= MOST_TEXTS && kept.old.len() <= MOST_TEXTS);
        let heavy = kept.young.values().chain(kept.old.values()).map(|(_, weight)| weight).sum::<usize>();
        assert!(heavy <= 2 * MOST_WEIGHT, "{heavy}");
    }

    #[test]
    fn texts_that_read_alike_when_joined_are_different_texts() {
        let email = |subject: &str, body: &str| OwnText::Email { subject: subject.into(), body: body.into() };
        assert_ne!(key(&email("ab", "c")), key(&email("a", "bc")));
        let inbox = OwnText::InApp { title: "ab".to_owned(), body: "c".to_owned() };
        assert_ne!(key(&email("ab", "c")), key(&inbox));
    }
}
