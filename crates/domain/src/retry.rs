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
    let own = now + wait + jitter(wait, id);
    not_before.map_or(own, |asked| own.max(asked.min(now + LONGEST_ASKED)))
}

/// The first wait after a temporary refusal of the recipient. Greylisting usually lasts for one to fifteen minutes.
const FIRST_DEFERRAL: TimeDelta = TimeDelta::minutes(1);
/// The longest wait after a temporary refusal: RFC 5321 §4.5.4.1 recommends at least half an hour between tries.
const LONGEST_DEFERRAL: TimeDelta = TimeDelta::minutes(30);
/// The last try comes so long before a message is of no more use.
const LAST_CHANCE: TimeDelta = TimeDelta::minutes(1);
/// After so many attempts a temporary refusal counts as a failed try: 1, 2, 4, 8 and 16 minutes, then half an hour each, which is more
/// than a day.
const MOST_DEFERRALS: u32 = 60;

/// Whether attempt number `attempt` still uses up no try when it meets a temporary refusal.
pub const fn is_patient(attempt: u32) -> bool {
    attempt < MOST_DEFERRALS
}

/// When a message whose recipient is refused for now is tried again; `None` when it will be of no more use by then.
///
/// The waits double from a minute up to half an hour, with up to a quarter of jitter. The last one is cut so that one more try fits in
/// before `expires_at`.
pub fn next_after_deferral(
    attempt: u32,
    id: MessageId,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let wait = (FIRST_DEFERRAL * 2_i32.pow(attempt.saturating_sub(1).min(5))).min(LONGEST_DEFERRAL);
    let at = now + wait + jitter(wait, id);
    match expires_at.map(|deadline| deadline - LAST_CHANCE) {
        Some(last_chance) if last_chance <= now => None,
        Some(last_chance) => Some(at.min(last_chance)),
        None => Some(at),
    }
}

/// Up to a quarter of a wait, by the random bits of the message's own id.
fn jitter(wait: TimeDelta, id: MessageId) -> TimeDelta {
    let [.., high, low] = id.0.into_bytes();
    wait * i32::from(u16::from_be_bytes([high, low])) / (4 * i32::from(u16::MAX))
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
    fn a_temporary_refusal_is_repeated_with_growing_waits_for_more_than_a_day() {
        let (id, mut at, mut waits) = (MessageId(Uuid::from_u128(0)), now(), Vec::new());
        for attempt in (1..).take_while(|attempt| is_patient(*attempt)) {
            let next = next_after_deferral(attempt, id, None, at).expect("no deadline");
            waits.push((next - at).num_minutes());
            at = next;
        }
        assert_eq!(waits[..7], [1, 2, 4, 8, 16, 30, 30]);
        assert!(at - now() >= TimeDelta::hours(24), "{}", at - now());
        let spread = next_after_deferral(1, MessageId(Uuid::from_u128(0xFFFF)), None, now());
        assert_eq!(spread, Some(now() + TimeDelta::seconds(75)));
    }

    #[test]
    fn a_last_try_fits_in_before_the_message_is_of_no_more_use() {
        let next = |minutes| {
            let expires_at = Some(now() + TimeDelta::minutes(minutes));
            next_after_deferral(6, MessageId(Uuid::from_u128(0)), expires_at, now())
                .map(|at| (at - now()).num_minutes())
        };
        assert_eq!(
            (next(60), next(20), next(2), next(1), next(-5)),
            (Some(30), Some(19), Some(1), None, None)
        );
    }

    #[test]
    fn the_providers_wish_is_honoured_within_an_hour() {
        assert_eq!(wait(1, 0, Some(60)), 60_000);
        assert_eq!(wait(1, 0, Some(-60)), 2_000);
        assert_eq!(wait(1, 0, Some(i64::from(i32::MAX))), 3_600_000);
    }
}
