//! Data keys that were read lately, still wrapped, so that what follows a moment later needs no statement to find them again.
//!
//! Only a hint: a key may have been destroyed since. Whoever stores something that must be readable checks in the same statement that
//! the key still stands.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most that are remembered: about 2 MB.
const REMEMBERED: usize = 8_192;

/// Wrapped data keys by owner.
#[derive(Default)]
pub(crate) struct SeenKeys(Mutex<HashMap<String, Vec<u8>>>);

impl SeenKeys {
    /// Remembers a key.
    pub(crate) fn note(&self, owner: &str, wrapped: &[u8]) {
        let mut seen = self.lock();
        if seen.len() >= REMEMBERED {
            seen.clear();
        }
        seen.insert(owner.to_owned(), wrapped.to_vec());
    }

    /// The key of an owner, if it was seen.
    pub(crate) fn find(&self, owner: &str) -> Option<Vec<u8>> {
        self.lock().get(owner).cloned()
    }

    /// Forgets keys that turned out to be others.
    pub(crate) fn forget(&self, owners: &BTreeSet<String>) {
        let mut seen = self.lock();
        for owner in owners {
            seen.remove(owner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for SeenKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}
