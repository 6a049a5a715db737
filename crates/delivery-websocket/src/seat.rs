//! A seat: what the hub wants a socket to know, waiting until the socket looks. Flags and numbers that join, never a queue that grows.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use crate::ending::Ending;

/// A socket that has so many numbers waiting for it reads nothing any more.
const MOST_WAITING: usize = 10_000;

/// What a socket has not looked at yet.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    /// There may be items after the cursor.
    pub(crate) look: bool,
    /// The counts may have changed.
    pub(crate) recount: bool,
    /// These were read.
    pub(crate) read: Vec<i64>,
    /// These were put away.
    pub(crate) archived: Vec<i64>,
}

impl Waiting {
    /// Adds what waited elsewhere.
    pub(crate) fn join(&mut self, other: Self) {
        let Self { look, recount, read, archived } = other;
        self.look |= look;
        self.recount |= recount;
        self.read.extend(read);
        self.archived.extend(archived);
    }
}

/// A socket's place in the hub.
#[derive(Debug)]
pub(crate) struct Seat {
    waiting: Mutex<Waiting>,
    bell: Notify,
    cursor: AtomicI64,
    ending: watch::Sender<Option<Ending>>,
}

impl Default for Seat {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            bell: Notify::new(),
            cursor: AtomicI64::new(0),
            ending: watch::Sender::new(None),
        }
    }
}

impl Seat {
    /// Adds to what waits, and wakes the socket.
    pub(crate) fn ring(&self, news: Waiting) {
        let too_many = {
            let mut waiting = self.lock();
            waiting.join(news);
            waiting.read.len() + waiting.archived.len() > MOST_WAITING
        };
        if too_many {
            self.end(Ending::SlowReader);
        }
        self.bell.notify_one();
    }

    /// Waits until something waits.
    pub(crate) async fn rung(&self) {
        self.bell.notified().await;
    }

    /// Takes all that waits.
    pub(crate) fn take(&self) -> Waiting {
        std::mem::take(&mut *self.lock())
    }

    /// The last item that was sent.
    pub(crate) fn cursor(&self) -> i64 {
        self.cursor.load(Ordering::Acquire)
    }

    /// Notes the last item that was sent.
    pub(crate) fn set_cursor(&self, cursor: i64) {
        self.cursor.store(cursor, Ordering::Release);
    }

    /// Ends the connection, whatever its socket does just now.
    pub(crate) fn end(&self, ending: Ending) {
        self.ending.send_if_modified(|first| first.is_none() && first.replace(ending).is_none());
    }

    /// Waits until the connection is ended from outside.
    pub(crate) async fn ended(&self) -> Ending {
        let mut ending = self.ending.subscribe();
        match ending.wait_for(Option::is_some).await {
            Ok(ending) => ending.unwrap_or(Ending::Gone),
            // The sender lives as long as this seat.
            Err(_) => Ending::Gone,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_waits_joins_and_is_taken_once() {
        let seat = Seat::default();
        for seq in 1..=100 {
            seat.ring(Waiting { look: true, read: vec![seq], ..Waiting::default() });
        }
        seat.rung().await;
        let waiting = seat.take();
        assert!(waiting.look && !waiting.recount);
        assert_eq!(waiting.read.len(), 100);
        assert!(!seat.take().look);
    }

    #[tokio::test]
    async fn whoever_lets_too_much_wait_is_a_slow_reader() {
        let seat = Seat::default();
        let half: Vec<i64> = (0..6_000).collect();
        seat.ring(Waiting { read: half.clone(), ..Waiting::default() });
        seat.ring(Waiting { archived: half, ..Waiting::default() });
        assert_eq!(seat.ended().await, Ending::SlowReader);
    }

    #[tokio::test]
    async fn the_first_ending_holds() {
        let seat = Seat::default();
        seat.end(Ending::Token);
        seat.end(Ending::SlowReader);
        assert_eq!(seat.ended().await, Ending::Token);
    }
}
