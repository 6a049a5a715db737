//! One class: businesses take turns, and within one business the oldest leaves first.

use std::collections::{BTreeMap, HashMap, VecDeque};

use carillon_domain::ids::BusinessId;
use carillon_ports::ready::Ready;

/// Whose turn it is. The platform's own messages belong to no business and take their turn as `None`.
type Party = Option<BusinessId>;

/// What may leave now, of one class.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    /// Everybody with something waiting, once each; the front is served next.
    turns: VecDeque<Party>,
    /// What each waits with, by arrival. Never an empty map: who has nothing has no turn.
    waiting: HashMap<Party, BTreeMap<u64, Ready>>,
}

impl Lane {
    /// Adds what arrived as number `arrival`. A paced id comes late, when its batch may send, and keeps its number: within its
    /// business it stands where it would have stood without the pace.
    pub(crate) fn add(&mut self, arrival: u64, ready: Ready) {
        if let Some(line) = self.waiting.get_mut(&ready.business) {
            line.insert(arrival, ready);
            return;
        }
        let party = ready.business.clone();
        self.turns.push_back(party.clone());
        self.waiting.insert(party, BTreeMap::from([(arrival, ready)]));
    }

    /// Takes one from whoever is next; they go to the end of the turns if they have more.
    pub(crate) fn take(&mut self) -> Option<Ready> {
        let party = self.turns.pop_front()?;
        let line = self.waiting.get_mut(&party)?;
        let (_, ready) = line.pop_first()?;
        if line.is_empty() {
            self.waiting.remove(&party);
        } else {
            self.turns.push_back(party);
        }
        Some(ready)
    }

    /// Whether nothing may leave now.
    pub(crate) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }
}
