//! When a failed try is repeated.

use chrono::{DateTime, TimeDelta, Utc};

use crate::channel::{Channel, Class};
use crate::ids::MessageId;

/// The first wait; each further one is four times as long. What is critical has five tries and begins early; with three tries, a
/// later beginning outlives more outages.
const fn first_wait(class: Class) -> TimeDelta {
    match class {
        Class::Critical => TimeDelta::seconds(2),
        Class::Immediate | Class::Scheduled | Class::Bulk => TimeDelta::seconds(15),
    }
}
/// The longest wait of our own making.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(10);
/// The longest that a provider's `Retry-After` can hold a message back.
const LONGEST_ASKED: TimeDelta = TimeDelta::hours(1);

/// When try number `tries + 1` is due: exponential, with up to a quarter of jitter, and not before the provider asked
/// (clamped to an hour, so that a nonsense header cannot bury a message).
///
/// The jitter comes from the random bits of the message's own id, so that equal failures spread and a test can repeat them.
pub fn next_try(
    class: Class,
    tries: u32,
    id: MessageId,
    not_before: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    let exponent = tries.saturating_sub(1).min(8);
    let wait = (first_wait(class) * 4_i32.pow(exponent)).min(LONGEST_WAIT);
    let [.., high, low] = id.0.into_bytes();
    let jitter = wait * i32::from(u16::from_be_bytes([high, low])) / (4 * i32::from(u16::MAX));
    let own = now + wait + jitter;
    not_before.map_or(own, |asked| own.max(asked.min(now + LONGEST_ASKED)))
}

/// How long a message in doubt waits for a receipt before it is tried again.
pub const fn doubt_wait(channel: Channel) -> TimeDelta {
    match channel {
        Channel::Email | Channel::InApp => TimeDelta::seconds(30),
        Channel::Sms => TimeDelta::seconds(120),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn wait(tries: u32, id: u128, asked: Option<i64>) -> i64 {
        let asked = asked.map(|seconds| now() + TimeDelta::seconds(seconds));
        (next_try(Class::Critical, tries, MessageId(Uuid::from_u128(id)), asked, now()) - now())
            .num_milliseconds()
    }

    #[test]
    fn waits_grow_fourfold_up_to_a_bound_and_spread_by_a_quarter() {
        assert_eq!(
            [wait(1, 0, None), wait(2, 0, None), wait(3, 0, None), wait(4, 0, None)],
            [2_000, 8_000, 32_000, 128_000]
        );
        assert_eq!((wait(60, 0, None), wait(60, 0xFFFF, None)), (600_000, 750_000));
        assert_eq!(wait(1, 0xFFFF, None), 2_500);
    }

    #[test]
    fn with_fewer_tries_the_first_wait_is_longer() {
        let next = next_try(Class::Immediate, 1, MessageId(Uuid::from_u128(0)), None, now());
        assert_eq!(next - now(), TimeDelta::seconds(15));
    }

    #[test]
    fn the_providers_wish_is_honoured_within_an_hour() {
        assert_eq!(wait(1, 0, Some(60)), 60_000);
        assert_eq!(wait(1, 0, Some(-60)), 2_000);
        assert_eq!(wait(1, 0, Some(i64::from(i32::MAX))), 3_600_000);
    }
}
