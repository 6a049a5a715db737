//! One row of the table: what a fault did.

use std::time::Duration;

use serde_json::{Value, json};

/// What a fault did.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Its name.
    pub fault: String,
    /// Messages to providers that answers of 202 promised.
    pub accepted: usize,
    /// Of these, those that a provider took.
    pub arrived: usize,
    /// Of these, those that no provider took, or that are not known to be sent.
    pub lost: usize,
    /// How often a provider took a message again.
    pub duplicated: usize,
    /// How often it might have: calls that were cut off, and calls in doubt.
    pub allowed: usize,
    /// From the end of the fault until all that was accepted before had arrived.
    pub recovery: Option<Duration>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
    /// Bounds that were broken.
    pub broken: Vec<String>,
}

impl Row {
    /// An empty row.
    pub fn named(fault: &str) -> Self {
        Self { fault: fault.to_owned(), ..Self::default() }
    }

    /// A fault that could not be tried to its end.
    pub fn unfinished(fault: &str, error: &anyhow::Error) -> Self {
        Self { broken: vec![format!("{error:#}")], ..Self::named(fault) }
    }

    /// Whether every bound was kept.
    pub fn holds(&self) -> bool {
        self.broken.is_empty()
    }

    /// Breaks the row unless the count is nought.
    pub fn must_be_nought(&mut self, count: usize, what: &str) {
        self.must(count == 0, || format!("{count} {what}"));
    }

    /// Breaks the row unless the bound is kept.
    pub fn must(&mut self, is_kept: bool, what: impl FnOnce() -> String) {
        if !is_kept {
            self.broken.push(what());
        }
    }

    /// The same for machines; times in seconds.
    pub fn json(&self) -> Value {
        json!({
            "fault": self.fault, "accepted": self.accepted, "arrived": self.arrived, "lost": self.lost,
            "duplicated": self.duplicated, "allowed_duplicates": self.allowed,
            "recovery_s": self.recovery.map(|time| time.as_secs_f64()), "ok": self.holds(), "notes": self.notes,
            "broken": self.broken,
        })
    }
}
