//! In which order ids leave. A plain value: no lock, no clock, no `await`.

use std::collections::{BTreeMap, HashSet};

use carillon_domain::Class;
use carillon_domain::ids::MessageId;
use carillon_ports::ready::{Pace, Ready};
use chrono::{DateTime, Utc};

use crate::gate::{Arrived, Gates};
use crate::lane::Lane;

/// Everything that waits. Adding and taking an id cost `O(log n)` at most.
#[derive(Debug)]
pub struct Lanes {
    held: HashSet<MessageId>,
    /// What may leave now. `Class` is ordered by urgency, so the first lane that is not empty is served.
    by_class: BTreeMap<Class, Lane>,
    /// What its batch's pace still holds back.
    gates: Gates,
    depths: BTreeMap<Class, u64>,
    arrivals: u64,
}

impl Lanes {
    /// Nothing waits.
    pub fn new() -> Self {
        Self {
            held: HashSet::new(),
            by_class: Class::ALL.iter().map(|class| (*class, Lane::default())).collect(),
            gates: Gates::default(),
            depths: Class::ALL.iter().map(|class| (*class, 0)).collect(),
            arrivals: 0,
        }
    }

    /// Adds an id; `false` when it is held already, and then nothing changes.
    pub fn add(&mut self, ready: Ready, now: DateTime<Utc>) -> bool {
        if !self.held.insert(ready.message) {
            return false;
        }
        self.arrivals += 1;
        *self.depths.entry(ready.class).or_default() += 1;
        let out = match paced(&ready) {
            Some(pace) => self.gates.add(pace, (self.arrivals, ready), now),
            None => Some((self.arrivals, ready)),
        };
        self.bring_out(out);
        true
    }

    /// Takes up to `max` of what may leave by now: the most urgent first, each business in its turn.
    pub fn take(&mut self, max: usize, now: DateTime<Utc>) -> Vec<Ready> {
        let opened = self.gates.open(now);
        self.bring_out(opened);
        let mut taken = Vec::new();
        while taken.len() < max
            && let Some(ready) = self.by_class.values_mut().find_map(Lane::take)
        {
            self.held.remove(&ready.message);
            if let Some(depth) = self.depths.get_mut(&ready.class) {
                *depth -= 1;
            }
            let next = paced(&ready).and_then(|pace| self.gates.left(pace.batch, now));
            self.bring_out(next);
            taken.push(ready);
        }
        taken
    }

    /// Whether something may leave at once.
    pub fn any_ready(&self) -> bool {
        self.by_class.values().any(|lane| !lane.is_empty())
    }

    /// When the next id that its batch's pace holds back may leave; `None` while there is no such id.
    pub fn next_release(&self) -> Option<DateTime<Utc>> {
        self.gates.next_opening()
    }

    /// How many wait, by class; those that a pace holds back are counted.
    pub fn depths(&self) -> Vec<(Class, u64)> {
        self.depths.iter().map(|(class, depth)| (*class, *depth)).collect()
    }

    fn bring_out(&mut self, out: impl IntoIterator<Item = Arrived>) {
        for (arrival, ready) in out {
            self.by_class.entry(ready.class).or_default().add(arrival, ready);
        }
    }
}

impl Default for Lanes {
    fn default() -> Self {
        Self::new()
    }
}

/// The pace that an id must keep, if it must keep one.
fn paced(ready: &Ready) -> Option<Pace> {
    ready.pace.filter(|pace| pace.per_minute > 0)
}

#[cfg(test)]
mod tests;
