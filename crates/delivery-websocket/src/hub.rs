//! Who sits where: every connection of this process, by person.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use carillon_application::live::{Change, Heard, News};
use carillon_application::measure;
use carillon_domain::PersonId;

use crate::ending::Ending;
use crate::seat::{Seat, Waiting};

type Seats = HashMap<PersonId, Vec<Arc<Seat>>>;

/// Every connection of this process. Its lock is held for moments, never across a wait.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    seats: Mutex<Seats>,
}

/// A seat for as long as the connection lives.
#[derive(Debug)]
pub(crate) struct Taken<'a> {
    hub: &'a Hub,
    person: PersonId,
    seat: Arc<Seat>,
}

impl Hub {
    /// A seat for a connection of this person, or `None` when they have `most` already.
    pub(crate) fn take_seat(&self, person: &PersonId, most: usize) -> Option<Taken<'_>> {
        let mut seats = self.lock();
        let theirs = seats.entry(person.clone()).or_default();
        if theirs.len() >= most {
            return None;
        }
        let seat = Arc::new(Seat::default());
        theirs.push(seat.clone());
        measure::websocket_client_came();
        Some(Taken { hub: self, person: person.clone(), seat })
    }

    /// How many connections there are.
    pub(crate) fn clients(&self) -> usize {
        self.lock().values().map(Vec::len).sum()
    }

    /// Everybody who is connected.
    pub(crate) fn people(&self) -> Vec<PersonId> {
        self.lock().keys().cloned().collect()
    }

    /// Passes on what the feed says.
    pub(crate) fn hear(&self, heard: Heard) {
        match heard {
            Heard::Gap => self.all_look(),
            Heard::News(News { person, change }) => match change {
                Change::Arrived => self.ring(&person, || Waiting { look: true, ..Waiting::default() }),
                Change::Read { seqs } => {
                    self.ring(&person, || Waiting { read: seqs.clone(), ..Waiting::default() });
                }
                Change::Archived { seqs } => {
                    self.ring(&person, || Waiting { archived: seqs.clone(), ..Waiting::default() });
                }
                Change::Seen { .. } => {
                    self.ring(&person, || Waiting { recount: true, ..Waiting::default() });
                }
                Change::Dismissed => self.dismiss(&person),
            },
        }
    }

    /// Something may have been missed: everybody looks into the store.
    pub(crate) fn all_look(&self) {
        for seat in self.lock().values().flatten() {
            seat.ring(Waiting { look: true, recount: true, ..Waiting::default() });
        }
    }

    /// Those connections of a person look that are not as far as this.
    pub(crate) fn look_up_to(&self, person: &PersonId, newest: i64) {
        for seat in self.of(person).iter().filter(|seat| seat.cursor() < newest) {
            seat.ring(Waiting { look: true, ..Waiting::default() });
        }
    }

    /// A person's connections end.
    pub(crate) fn dismiss(&self, person: &PersonId) {
        for seat in self.of(person) {
            seat.end(Ending::Token);
        }
    }

    fn ring(&self, person: &PersonId, waiting: impl Fn() -> Waiting) {
        for seat in self.of(person) {
            seat.ring(waiting());
        }
    }

    fn of(&self, person: &PersonId) -> Vec<Arc<Seat>> {
        self.lock().get(person).cloned().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken<'_> {
    /// Whose it is.
    pub(crate) fn person(&self) -> &PersonId {
        &self.person
    }
}

impl std::ops::Deref for Taken<'_> {
    type Target = Seat;

    fn deref(&self) -> &Seat {
        &self.seat
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        measure::websocket_client_left();
        let mut seats = self.hub.lock();
        if let Some(theirs) = seats.get_mut(&self.person) {
            theirs.retain(|seat| !Arc::ptr_eq(seat, &self.seat));
            if theirs.is_empty() {
                seats.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str) -> PersonId {
        id.parse().unwrap()
    }

    #[test]
    fn a_seat_is_free_again_when_its_connection_ends() {
        let hub = Hub::default();
        let first = hub.take_seat(&person("a"), 2).unwrap();
        let second = hub.take_seat(&person("a"), 2).unwrap();
        assert!(hub.take_seat(&person("a"), 2).is_none());
        assert!(hub.take_seat(&person("b"), 2).is_some(), "others are not in the way");
        drop(first);
        assert_eq!(hub.clients(), 1);
        assert!(hub.take_seat(&person("a"), 2).is_some());
        drop(second);
        assert_eq!((hub.clients(), hub.people().len()), (0, 0));
    }

    #[test]
    fn news_reach_the_connections_of_their_person_alone() {
        let hub = Hub::default();
        let (mine, other) =
            (hub.take_seat(&person("a"), 9).unwrap(), hub.take_seat(&person("b"), 9).unwrap());
        hub.hear(Heard::News(News { person: person("a"), change: Change::Arrived }));
        hub.hear(Heard::News(News { person: person("a"), change: Change::Read { seqs: vec![3] } }));
        let waiting = mine.take();
        assert!(waiting.look);
        assert_eq!(waiting.read, [3]);
        assert!(!other.take().look);
        hub.hear(Heard::Gap);
        assert!(other.take().recount);
    }

    #[test]
    fn only_who_is_behind_looks() {
        let hub = Hub::default();
        let (ahead, behind) =
            (hub.take_seat(&person("a"), 9).unwrap(), hub.take_seat(&person("a"), 9).unwrap());
        ahead.set_cursor(5);
        behind.set_cursor(4);
        hub.look_up_to(&person("a"), 5);
        assert!((ahead.take().look, behind.take().look) == (false, true));
    }
}
