//! How often texts of businesses were changed in this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts changes of businesses' texts, so that what was looked up before one is looked up again: a text holds from the answer on in the
/// process that answered. Other processes take it up when their look is too old.
#[derive(Debug, Clone, Default)]
pub struct TextChanges(Arc<AtomicU64>);

impl TextChanges {
    /// How many there were.
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Notes one, after it was committed.
    pub(crate) fn note(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}
