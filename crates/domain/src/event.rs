//! What happened, as a business app told us.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::ids::{BusinessId, EventId, PersonId};
use crate::value::Value;

/// What a person is in an event: the names that texts use for them.
pub type Part = String;

/// A business event.
#[derive(Debug, Clone)]
pub struct Event {
    /// Ours.
    pub id: EventId,
    /// `appointment.booked`, or [`DIRECT`] for a notification that was asked for by hand.
    pub name: String,
    /// The tenant; `None` for events of the platform itself.
    pub business: Option<BusinessId>,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// When it was accepted.
    pub accepted_at: DateTime<Utc>,
    /// Its data, without the people: those are stored as people and looked up when a text is made.
    pub data: Value,
    /// Who takes which part in it: `client`, `practitioner`, `owner` …
    pub parts: BTreeMap<Part, PersonId>,
}

/// The name of the event behind a notification that was asked for by hand.
pub const DIRECT: &str = "notification.requested";

impl Event {
    /// Whose personal data this is: its key seals the data, and erasing that person makes it unreadable.
    pub fn subject(&self) -> Option<&PersonId> {
        ["client", "recipient", "practitioner", "owner", "support"]
            .iter()
            .find_map(|part| self.parts.get(*part))
    }
}
