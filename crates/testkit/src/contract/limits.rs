//! What [`Limits`] asks of every adapter. Run it with [`limits_contract!`](crate::limits_contract).
//!
//! Rates here are slow, so that an adapter which lets keys expire by the machine's time does not forget what the clock of the test
//! still knows.

#![expect(
    clippy::missing_panics_doc,
    reason = "a requirement panics where it is not met: that is what it is for"
)]

use std::sync::Arc;
use std::time::Duration;

use carillon_ports::limits::{Ask, Rate, Verdict};
use carillon_ports::{Clock, Limits};
use chrono::TimeDelta;

use crate::clock::ManualClock;

/// One every ten seconds, three at once.
const RATE: Rate = Rate { per_minute: 6, burst: 3 };
/// What lies between two of that rate.
const INTERVAL: Duration = Duration::from_secs(10);

/// Runs every requirement of the limits as a test of its own, each on fresh ones.
///
/// `$make` names an `async fn(Arc<dyn Clock>) -> [Arc<dyn Limits>; 2]`: the same limits as two processes have them. The calling crate
/// needs tokio with `macros` and `rt-multi-thread`.
#[macro_export]
macro_rules! limits_contract {
    ($make:path) => {
        $crate::limits_contract! { @each $make:
            a_burst_is_granted_at_once_and_no_more,
            what_must_wait_is_granted_after_that_long_and_not_before,
            an_ask_is_granted_whole_or_not_at_all,
            what_is_refused_is_not_counted,
            more_than_a_burst_is_never_granted,
            asks_of_one_call_are_decided_in_order,
            each_key_has_limits_of_its_own,
            any_text_is_a_key,
            over_an_hour_no_more_is_granted_than_the_rate_and_a_burst,
            idleness_saves_no_more_than_a_burst,
            none_is_always_granted,
            however_many_ask_at_once_a_burst_is_a_burst,
        }
    };
    (@each $make:path: $($requirement:ident),+ $(,)?) => {
        $(#[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $requirement() {
            $crate::contract::limits::$requirement($make).await;
        })+
    };
}

/// Fresh limits, and the clock that they go by.
struct Bench {
    limits: [Arc<dyn Limits>; 2],
    clock: Arc<ManualClock>,
}

impl Bench {
    async fn new(make: impl AsyncFn(Arc<dyn Clock>) -> [Arc<dyn Limits>; 2]) -> Self {
        let clock = Arc::new(ManualClock::default());
        let limits = make(Arc::clone(&clock) as Arc<dyn Clock>).await;
        Self { limits, clock }
    }

    async fn take(&self, key: &str, count: u32) -> Verdict {
        self.take_all(&[ask(key, count)]).await[0]
    }

    async fn take_all(&self, asks: &[Ask]) -> Vec<Verdict> {
        let verdicts = self.limits[0].take(asks).await.expect("the limits answer");
        assert_eq!(verdicts.len(), asks.len(), "each ask has its verdict");
        verdicts
    }

    fn advance(&self, span: Duration) {
        self.clock.advance(TimeDelta::from_std(span).expect("a short span"));
    }
}

fn ask(key: &str, count: u32) -> Ask {
    Ask { key: key.to_owned(), rate: RATE, count }
}

/// Three at once, the fourth waits for one interval.
pub async fn a_burst_is_granted_at_once_and_no_more(
    make: impl AsyncFn(Arc<dyn Clock>) -> [Arc<dyn Limits>; 2],
) {
    let bench = Bench::new(make).await;
    for _ in 0..3 {
        assert_eq!(bench.take("api:1", 1).await, Verdict::Granted);
    }
    assert_eq!(bench.take("api:1", 1).await, Verdict::Wait(INTERVAL));
}

/// `Wait` says exactly how long.
pub async fn what_must_wait_is_granted_after_that_long_and_not_before(
    make: impl AsyncFn(Arc<dyn Clock>) -> [Arc<dyn Limits>; 2],
) {
    let bench = Bench::new(make).await;
    assert_eq!(bench.take("api:1", 3).await, Verdict::Granted);
    assert_eq!(bench.take("api:1", 2).await, Verdict::Wait(2 * INTERVAL));
    let a_little = Duration::from_millis(1);
    bench.advance((2 * INTERVAL).saturating_sub(a_little));
    assert_eq!(bench.take("api:1", 2).await, Verdict::Wait(a_little));
    bench.advance(a_little);
    assert_eq!(bench.take("api:1", 2).await, Verdict::Granted);
    assert_eq!(bench.take("api:1", 1).await, Verdict::Wait(INTERVAL));
}

/// Two of three are left: an ask for three gets none of them.
pub async fn an_ask_is_granted_whole_or_not_at_all(
    make: impl AsyncFn(Arc<dyn Clock>) -> [Arc<dyn Limits>; 2],
) {
    let bench = Bench::new(make).await;
    assert_eq!(bench.take("api:1", 1).await, Verdict::Granted);
    assert_eq!(bench.take("api:1", 3).await, Verdict::Wait(INTERVAL));
    assert_eq!(bench.take("api:1", 2).await, Verdict::Granted);
}

/// Whoever asks in vain, however often, does not wait longer for it.
pub async fn what_is_refused_is_not_counted(make: impl AsyncFn(Arc<dyn Clock>) -> [Arc<dyn Limits>; 2]) {
    let bench = Bench::new(make).await;
    assert_eq!(bench.take("api:1", 3).await, Verdict::Granted);
    for _ in 0..20 {
        assert_eq!(bench.take("api:1", 1).await, Verdict::Wait(INTERVAL));
    }
    bench.advance(INTERVAL);
    assert_eq!(bench.take("api:1", 1).await, Verdict::Granted);
}

/// Not even after a long rest.
pub async fn more_than_a_burst_is_never_granted(make: impl AsyncFn(Arc<dyn Clock>) -> [Arc<dyn Limits>; 2]) {
    let bench = Bench::new(make).await;
    for _ in 0..3 {
        assert!(matches!(bench.take("api:1", 4).await, Verdict::Wait(_)));
        bench.advance(100 * INTERVAL);
    }
    assert_eq!(bench.take("api:1", 3).await, Verdict::Granted);
}

/// Several asks for one key share what there is, the first first; a small one may pass where a large one could not.
pub async fn asks_of_one_call_are_decided_in_order(
    make: impl AsyncFn(Arc<dyn Clock>) -> [Arc<dyn Limits>; 2],
) {
    let bench = Bench::new(make).await;
    let asks = [ask("api:1", 2), ask("api:2", 3), ask("api:1", 2), ask("api:1", 1), ask("api:2", 1)];
    let wait = Verdict::Wait(INTERVAL);
    let expected = [Verdict::Granted, Verdict::Granted, wait, Verdict::Granted, wait];
    assert_eq!(bench.take_all(&asks).await, expected);
    assert_eq!(bench.take_all(&[]).await, []);
}

/// One that is used up holds up no other; and rates differ.
pub async fn each_key_has_limits_of_its_own(make: impl AsyncFn(Arc<dyn Clock>) -> [Arc<dyn Limits>; 2]) {
    let bench = Bench::new(make).await;
    for number in 0..50 {
        assert_eq!(bench.take(&format!("api:{number}"), 3).await, Verdict::Granted);
    }
    let generous = Ask { rate: Rate { per_minute: 60, burst: 30 }, ..ask("sms:1", 30) };
    assert_eq!(bench.take_all(&[generous]).await, [Verdict::Granted]);
    assert_eq!(bench.take("api:7", 1).await, Verdict::Wait(INTERVAL));
}

/// Ids of the platform are in keys, and those are any text.
pub async fn any_text_is_a_key(make: impl AsyncFn(Arc<dyn Clock>) -> [Arc<dyn Limits>; 2]) {
    let bench = Bench::new(make).await;
    for key in ["", " ", "{1}:2", "}{", "ünïque \"1\"", "a:b:*?[x]"] {
        assert_eq!(bench.take(key, 3).await, Verdict::Granted, "{key}");
        assert_eq!(bench.take(key, 1).await, Verdict::Wait(INTERVAL), "{key}");
    }
}

/// Asked every second for an hour.
pub async fn over_an_hour_no_more_is_granted_than_the_rate_and_a_burst(
    make: impl AsyncFn(Arc<dyn Clock>) -> [Arc<dyn Limits>; 2],
) {
    let bench = Bench::new(make).await;
    let mut granted = 0;
    for _ in 0..3_600 {
        granted += u32::from(bench.take("api:1", 1).await == Verdict::Granted);
        bench.advance(Duration::from_secs(1));
    }
    assert!((360..=363).contains(&granted), "{granted} were granted");
}

/// A key that rests is as good as new, not better.
pub async fn idleness_saves_no_more_than_a_burst(make: impl AsyncFn(Arc<dyn Clock>) -> [Arc<dyn Limits>; 2]) {
    let bench = Bench::new(make).await;
    assert_eq!(bench.take("api:1", 1).await, Verdict::Granted);
    bench.advance(Duration::from_hours(24));
    assert_eq!(bench.take("api:1", 3).await, Verdict::Granted);
    assert_eq!(bench.take("api:1", 1).await, Verdict::Wait(INTERVAL));
}

/// Nothing is within every limit.
pub async fn none_is_always_granted(make: impl AsyncFn(Arc<dyn Clock>) -> [Arc<dyn Limits>; 2]) {
    let bench = Bench::new(make).await;
    assert_eq!(
        bench.take_all(&[ask("api:1", 0), ask("api:1", 3), ask("api:1", 0)]).await,
        [Verdict::Granted; 3]
    );
}

/// Many callers, in two processes.
pub async fn however_many_ask_at_once_a_burst_is_a_burst(
    make: impl AsyncFn(Arc<dyn Clock>) -> [Arc<dyn Limits>; 2],
) {
    let bench = Bench::new(make).await;
    let rate = Rate { per_minute: 1, burst: 100 };
    let callers: Vec<_> = (0..200)
        .map(|number| {
            let limits = Arc::clone(&bench.limits[number % 2]);
            let asks = [Ask { rate, ..ask("api:1", 1) }, Ask { rate, ..ask("api:2", 1) }];
            tokio::spawn(async move { limits.take(&asks).await.expect("the limits answer") })
        })
        .collect();
    let mut granted = [0; 2];
    for caller in callers {
        for (number, verdict) in caller.await.expect("it does not panic").into_iter().enumerate() {
            granted[number] += u32::from(verdict == Verdict::Granted);
        }
    }
    assert_eq!(granted, [100; 2]);
}
