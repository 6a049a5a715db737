//! How many requests are answered at once: each holds memory, and past what the machine can do more only makes all of them slower.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// As many as are answered at once unless the configuration says otherwise: with bodies of 1 MiB at most, half a gigabyte.
const USUAL: usize = 512;

/// The requests that are being answered.
#[derive(Debug)]
pub(crate) struct Crowd {
    room: usize,
    now: AtomicUsize,
}

impl Default for Crowd {
    fn default() -> Self {
        Self::of(USUAL)
    }
}

/// A request's place; free again when dropped.
pub(crate) struct Place(Arc<Crowd>);

impl Crowd {
    /// Nobody yet, and room for so many.
    pub(crate) const fn of(room: usize) -> Self {
        Self { room, now: AtomicUsize::new(0) }
    }

    /// Takes a place; none when all are taken.
    pub(crate) fn enter(self: &Arc<Self>) -> Option<Place> {
        let place = Place(self.clone());
        (self.now.fetch_add(1, Ordering::Relaxed) < self.room).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_request_is_answered() {
        let crowd = Arc::new(Crowd::of(2));
        let (first, second) = (crowd.enter(), crowd.enter());
        assert!(first.is_some() && second.is_some() && crowd.enter().is_none());
        drop(first);
        assert!(crowd.enter().is_some());
    }
}
