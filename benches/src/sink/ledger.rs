//! What arrived.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::wire::Provider;

/// What arrived since the last reset.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// By message: how often, and when first.
    arrivals: HashMap<Uuid, (u32, u64)>,
    /// Counts every message, for ids; never reset.
    number: u64,
    duplicates: u64,
    samples: [Vec<u8>; 2],
    /// Requests that no provider would take, or that carry no message id.
    pub(super) refused: u64,
    /// Connections that were opened.
    pub(super) connections: u64,
    /// How long each answer of a provider takes.
    pub(super) latency: Duration,
}

impl Ledger {
    /// Enters a message that arrived at `now` (microseconds), and answers its number.
    pub(super) fn take(&mut self, id: Uuid, now: u64, provider: Provider, body: &[u8]) -> u64 {
        let (times, _) = self.arrivals.entry(id).or_insert((0, now));
        *times += 1;
        if *times > 1 {
            self.duplicates += 1;
        }
        let sample = &mut self.samples[provider as usize];
        if sample.is_empty() {
            body.clone_into(sample);
        }
        self.number += 1;
        self.number
    }

    pub(super) fn counts(&self) -> Value {
        json!({
            "unique": self.arrivals.len(), "duplicates": self.duplicates, "refused": self.refused,
            "connections": self.connections
        })
    }

    /// A line for each message: its id, how often it came, when it first came.
    pub(super) fn dump(&self) -> String {
        let line = |(id, (times, first)): (&Uuid, &(u32, u64))| format!("{id} {times} {first}");
        self.arrivals.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// The first body that a provider was sent.
    pub(super) fn sample(&self, provider: Provider) -> String {
        String::from_utf8_lossy(&self.samples[provider as usize]).into_owned()
    }

    /// Forgets arrivals and counts; not the samples, the latency and the running number.
    pub(super) fn reset(&mut self) {
        self.arrivals.clear();
        (self.duplicates, self.refused, self.connections) = (0, 0, 0);
    }
}
