//! How full the queues are, and who is asked to come again later: what is accepted must be kept, so too much is not accepted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use carillon_domain::{Channel, Class};
use carillon_ports::ready::Ready;

use crate::{Ports, Refusal};

/// How long whoever is turned away is asked to wait: what lies before them takes at least that long.
const COME_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// The most messages that may wait on the ready queues, by class. The more urgent, the later it is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// CRITICAL.
    pub critical: u64,
    /// IMMEDIATE.
    pub immediate: u64,
    /// SCHEDULED.
    pub scheduled: u64,
    /// BULK.
    pub bulk: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { critical: 1_000_000, immediate: 500_000, scheduled: 500_000, bulk: 2_000_000 }
    }
}

impl Bounds {
    const fn of(self, class: Class) -> u64 {
        match class {
            Class::Critical => self.critical,
            Class::Immediate => self.immediate,
            Class::Scheduled => self.scheduled,
            Class::Bulk => self.bulk,
        }
    }
}

/// What this process knows of how full the queues are: as of the last look, and what it has added since.
#[derive(Debug, Default)]
pub struct Load {
    bounds: Bounds,
    waiting: [AtomicU64; Class::ALL.len()],
}

impl Load {
    /// Nothing waits yet, and this much may.
    pub fn within(bounds: Bounds) -> Self {
        Self { bounds, ..Self::default() }
    }

    /// Admits what is due at once, or says when to come again. A class whose queue is full is turned away as a whole.
    pub(crate) fn admit(&self, ready: &[Ready]) -> Result<(), Refusal> {
        for class in Class::ALL.iter().copied() {
            let more = ready.iter().filter(|one| one.class == class).count() as u64;
            if more > 0 && self.waiting(class).load(Ordering::Relaxed) + more > self.bounds.of(class) {
                return Err(Refusal::Busy { class, wait: COME_AGAIN_AFTER });
            }
        }
        Ok(())
    }

    /// Notes what was added.
    pub(crate) fn add(&self, ready: &[Ready]) {
        for one in ready {
            self.waiting(one.class).fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Looks at the queues anew. One that cannot be reached holds nobody up: the last look stands.
    pub async fn look(&self, ports: &Ports) {
        let mut waiting = [0; Class::ALL.len()];
        for channel in Channel::ALL {
            let Ok(depths) = ports.queues.of(*channel).depths().await else { return };
            for (class, depth) in depths {
                waiting[index(class)] += depth;
            }
        }
        for (known, seen) in self.waiting.iter().zip(waiting) {
            known.store(seen, Ordering::Relaxed);
        }
    }

    fn waiting(&self, class: Class) -> &AtomicU64 {
        &self.waiting[index(class)]
    }
}

fn index(class: Class) -> usize {
    Class::ALL.iter().position(|one| *one == class).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(class: Class) -> Ready {
        Ready {
            message: "00000000-0000-7000-8000-000000000000".parse().expect("an id"),
            class,
            business: None,
            channel: Channel::Email,
            pace: None,
        }
    }

    #[test]
    fn a_full_queue_turns_its_own_class_away_and_no_other() {
        let load = Load::within(Bounds { immediate: 2, bulk: 0, ..Bounds::default() });
        let two = [ready(Class::Immediate), ready(Class::Immediate)];
        assert_eq!(load.admit(&two), Ok(()));
        load.add(&two);
        assert!(matches!(load.admit(&two[..1]), Err(Refusal::Busy { class: Class::Immediate, .. })));
        assert!(matches!(load.admit(&[ready(Class::Bulk)]), Err(Refusal::Busy { class: Class::Bulk, .. })));
        assert_eq!(load.admit(&[ready(Class::Critical)]), Ok(()));
        assert_eq!(load.admit(&[]), Ok(()));
    }
}
