//! How many requests are answered at once: each holds memory, and past what the database can do more only makes all of them slower, until
//! none is answered in time and each comes back at once. So the room shrinks when requests are not answered in time, and grows again while
//! they are (additive increase, multiplicative decrease: RFC 5681 §3.1, for requests instead of packets).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// As many as are answered at once unless the configuration says otherwise: with bodies of 1 MiB at most, half a gigabyte.
const USUAL: usize = 512;
/// The least room: as many as the database has connections for.
const LEAST: usize = 16;
/// So many good answers make room for one more request.
const GOOD_FOR_ONE: usize = 8;

/// The requests that are being answered.
#[derive(Debug)]
pub(crate) struct Crowd {
    most: usize,
    room: AtomicUsize,
    now: AtomicUsize,
    good: AtomicUsize,
    /// How many late answers are still to come from requests that were let in before the room shrank.
    late_before: AtomicUsize,
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
    pub(crate) const fn of(most: usize) -> Self {
        Self {
            most,
            room: AtomicUsize::new(most),
            now: AtomicUsize::new(0),
            good: AtomicUsize::new(0),
            late_before: AtomicUsize::new(0),
        }
    }

    /// Takes a place; none when all are taken.
    pub(crate) fn enter(self: &Arc<Self>) -> Option<Place> {
        let place = Place(self.clone());
        (self.now.fetch_add(1, Ordering::Relaxed) < self.room.load(Ordering::Relaxed)).then_some(place)
    }

    /// Notes whether a request was answered in time.
    pub(crate) fn note(&self, in_time: bool) {
        if in_time {
            if self.good.fetch_add(1, Ordering::Relaxed) % GOOD_FOR_ONE == GOOD_FOR_ONE - 1 {
                let grown = |room: usize| (room < self.most).then_some(room + 1);
                self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown).ok();
            }
            return;
        }
        // Those that were in when the room shrank say nothing of the room there is now.
        let fewer = |late: usize| late.checked_sub(1);
        if self.late_before.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer).is_ok() {
            return;
        }
        let shrunk = |room: usize| Some((room / 2).max(LEAST.min(self.most)));
        self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, shrunk).ok();
        self.late_before.store(self.now.load(Ordering::Relaxed).saturating_sub(1), Ordering::Relaxed);
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

    fn room(crowd: &Arc<Crowd>) -> usize {
        let mut places = Vec::new();
        while let Some(place) = crowd.enter() {
            places.push(place);
        }
        places.len()
    }

    #[test]
    fn a_place_is_free_again_when_its_request_is_answered() {
        let crowd = Arc::new(Crowd::of(2));
        let (first, second) = (crowd.enter(), crowd.enter());
        assert!(first.is_some() && second.is_some() && crowd.enter().is_none());
        drop(first);
        assert!(crowd.enter().is_some());
    }

    #[test]
    fn the_room_shrinks_once_for_all_that_were_late_together_and_grows_again() {
        let crowd = Arc::new(Crowd::of(100));
        let late: Vec<Place> = (0..50).filter_map(|_| crowd.enter()).collect();
        for place in late {
            crowd.note(false);
            drop(place);
        }
        assert_eq!(room(&crowd), 50);
        for _ in 0..80 {
            crowd.note(true);
        }
        assert_eq!(room(&crowd), 60);
        for _ in 0..10 {
            crowd.note(false);
        }
        assert_eq!(room(&crowd), 16);
    }
}
