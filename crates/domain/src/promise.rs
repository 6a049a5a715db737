//! What is promised of delivery and latency, and the arithmetic that says whether it is kept.

use chrono::TimeDelta;

use crate::channel::Channel;

/// From due to accepted by the provider, a message should take less than this, in milliseconds.
pub const IN_TIME: u64 = 5_000;

/// How long the receipt of a message that a provider took may take. Nearly all come within minutes; a message whose receipt is later than this
/// counts as one that did not arrive, until the receipt comes.
pub const RECEIPT_WITHIN: TimeDelta = TimeDelta::hours(1);

/// The share of messages that should arrive.
pub const fn delivery(channel: Channel) -> Option<f64> {
    match channel {
        Channel::Email => Some(0.98),
        Channel::Sms => Some(0.95),
        // Filed by the service itself: there is no receipt, and nothing to lose on the way.
        Channel::InApp => None,
    }
}

/// A share, from 0 to 1; `None` of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts of messages stay far below 2^52")]
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// How long things took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantiles {
    /// How many were measured.
    pub count: u64,
    /// Half of them took no longer than this, in milliseconds.
    pub p50: u64,
    /// 95 % of them.
    pub p95: u64,
    /// 99 % of them.
    pub p99: u64,
    /// The share that took less than [`IN_TIME`], from 0 to 1.
    pub in_time: f64,
}

/// The quantiles of so many milliseconds, so many times each (nearest rank); `None` where nothing was measured.
pub fn quantiles(mut measured: Vec<(u64, u64)>) -> Option<Quantiles> {
    measured.sort_unstable();
    let count: u64 = measured.iter().map(|(_, times)| times).sum();
    let fast: u64 = measured.iter().filter(|(millis, _)| *millis < IN_TIME).map(|(_, times)| times).sum();
    let at = |percent: u64| {
        let rank = (count * percent).div_ceil(100);
        let mut passed = 0;
        let found = measured.iter().find(|(_, times)| {
            passed += times;
            passed >= rank
        });
        found.map(|(millis, _)| *millis)
    };
    Some(Quantiles { count, p50: at(50)?, p95: at(95)?, p99: at(99)?, in_time: share(fast, count)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_nearest_rank() {
        assert_eq!(quantiles(vec![]), None);
        let one = quantiles(vec![(70, 1)]).unwrap();
        assert_eq!((one.p50, one.p95, one.p99, one.in_time), (70, 70, 70, 1.0));
        let hundred = quantiles((1..=100).rev().map(|n| (n * 100, 1)).collect()).unwrap();
        assert_eq!((hundred.count, hundred.p50, hundred.p95, hundred.p99), (100, 5_000, 9_500, 9_900));
        assert!((hundred.in_time - 0.49).abs() < 1e-9, "exactly five seconds is not under five seconds");
        let heavy = quantiles(vec![(10, 989), (9_000, 11)]).unwrap();
        assert_eq!((heavy.p50, heavy.p95, heavy.p99), (10, 10, 9_000));
    }

    #[test]
    fn a_share_of_nothing_is_nothing() {
        assert_eq!((share(0, 0), share(1, 4)), (None, Some(0.25)));
    }
}
