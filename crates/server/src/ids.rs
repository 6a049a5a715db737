//! New ids: UUID version 7 (RFC 9562) from the time given, a counter, and the machine's randomness.

use std::sync::{Mutex, PoisonError};

use carillon_ports::Ids;
use chrono::{DateTime, Utc};
use rand::RngCore;
use uuid::Uuid;

/// New ids. Within a process each is greater than the one before, also within a millisecond: the twelve bits after the time count
/// (RFC 9562 §6.2, method 1), so that what is made in order is listed in order.
#[derive(Debug, Default)]
pub(crate) struct RandomIds(Mutex<(u64, u16)>);

/// The highest count of a millisecond.
const FULL: u16 = 0x0fff;

impl RandomIds {
    fn next(&self, now: DateTime<Utc>) -> Uuid {
        let (millis, count) = self.tick(u64::try_from(now.timestamp_millis()).unwrap_or_default());
        let mut random = [0; 10];
        rand::rng().fill_bytes(&mut random[2..]);
        random[..2].copy_from_slice(&count.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// The next time and count. A clock that stands still or goes back counts on; a full millisecond borrows from the next.
    fn tick(&self, millis: u64) -> (u64, u16) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = match *last {
            (before, _) if millis > before => (millis, 0),
            (before, FULL) => (before + 1, 0),
            (before, count) => (before, count + 1),
        };
        *last
    }
}

impl Ids for RandomIds {
    fn row(&self, now: DateTime<Utc>) -> Uuid {
        self.next(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_within_a_millisecond_and_when_the_clock_goes_back() {
        let (ids, now) = (RandomIds::default(), DateTime::from_timestamp_millis(1_796_112_000_000).unwrap());
        let mut made: Vec<Uuid> = (0..10_000).map(|_| ids.next(now)).collect();
        made.push(ids.next(now - chrono::TimeDelta::hours(1)));
        assert!(made.is_sorted_by(|one, next| one < next));
        assert_eq!((made[0].get_version_num(), made[0].get_variant()), (7, uuid::Variant::RFC4122));
    }
}
