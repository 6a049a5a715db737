//! How often something may be done: the generic cell rate algorithm. A plain value: no lock, no clock, no `await`.

use std::collections::HashMap;

use carillon_ports::limits::{Ask, Rate, Verdict};
use chrono::{DateTime, TimeDelta, Utc};

/// Below so many keys nobody looks for those that are back to nothing.
const FEW: usize = 1_024;

const MINUTE: u64 = 60_000_000_000;

/// What was granted of late, by key.
#[derive(Debug)]
pub struct Cells {
    /// When the next one of a key would be due if all had been evenly spaced (the "theoretical arrival time"). What lies in the past
    /// says nothing any more.
    even: HashMap<String, DateTime<Utc>>,
    /// With so many keys it is time to drop those that say nothing. Always twice what was left the last time, so that dropping
    /// costs each ask a constant, and memory stays within twice what is in use.
    tidy_at: usize,
}

impl Cells {
    /// Nothing was granted yet.
    pub fn new() -> Self {
        Self { even: HashMap::new(), tidy_at: FEW }
    }

    /// Decides on one ask, and counts it if it is granted.
    pub fn take(&mut self, ask: &Ask, now: DateTime<Utc>) -> Verdict {
        let interval = interval(ask.rate);
        let known = self.even.get(&ask.key).copied();
        let next = known.map_or(now, |even| even.max(now)) + interval * whole(ask.count);
        let ahead = next - now - interval * whole(ask.rate.burst.max(1));
        if ahead > TimeDelta::zero() {
            return Verdict::Wait(ahead.to_std().unwrap_or_default());
        }
        if next > now {
            self.even.insert(ask.key.clone(), next);
            self.tidy(now);
        }
        Verdict::Granted
    }

    /// How many keys are remembered.
    pub fn len(&self) -> usize {
        self.even.len()
    }

    /// Whether no key is remembered.
    pub fn is_empty(&self) -> bool {
        self.even.is_empty()
    }

    fn tidy(&mut self, now: DateTime<Utc>) {
        if self.even.len() >= self.tidy_at {
            self.even.retain(|_, even| *even > now);
            self.tidy_at = (self.even.len() * 2).max(FEW);
        }
    }
}

impl Default for Cells {
    fn default() -> Self {
        Self::new()
    }
}

/// Rounded up: never more than the rate.
fn interval(rate: Rate) -> TimeDelta {
    let nanos = MINUTE.div_ceil(u64::from(rate.per_minute.max(1)));
    TimeDelta::nanoseconds(i64::try_from(nanos).unwrap_or(i64::MAX))
}

fn whole(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_back_to_nothing_are_forgotten() {
        let mut cells = Cells::new();
        let mut now = DateTime::UNIX_EPOCH;
        for number in 0..100_000 {
            let rate = Rate { per_minute: 60, burst: 1 };
            assert_eq!(
                cells.take(&Ask { key: format!("api:{number}"), rate, count: 1 }, now),
                Verdict::Granted
            );
            now += TimeDelta::milliseconds(10);
        }
        assert!(cells.len() <= FEW, "{} keys for the hundred that say something", cells.len());
    }
}
