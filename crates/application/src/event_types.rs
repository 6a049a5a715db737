//! The types of events that platforms publish, from the kinds that listen to them.

use std::collections::BTreeMap;

use carillon_domain::kind::Trigger;
use carillon_domain::{Actor, Kind, Value};
use carillon_ports::Catalogue;

/// A type of event with the schema of its data.
#[derive(Debug, Clone)]
pub struct EventType {
    /// Its name, such as `appointment.booked`.
    pub name: String,
    /// What the kinds that listen to it do, each in one line of English.
    pub causes: Vec<String>,
    /// Whether it happens in a business, which the event must then name.
    pub needs_business: bool,
    /// JSON Schema of its data, as JSON text.
    pub schema: String,
    /// Data that fits, people included.
    pub sample: Value,
}

/// All types of events, by name.
pub fn list(catalogue: &dyn Catalogue) -> Vec<EventType> {
    catalogue.events().into_iter().filter_map(|event| event_type(catalogue, event)).collect()
}

fn event_type(catalogue: &dyn Catalogue, event: &str) -> Option<EventType> {
    let triggered = catalogue.triggered_by(event);
    let mut kinds: Vec<&Kind> = triggered.iter().map(|(kind, _)| *kind).collect();
    kinds.dedup_by_key(|kind| &kind.name);
    let mut sample = BTreeMap::new();
    for kind in &kinds {
        if let Some(Value::Map(items)) = catalogue.sample(&kind.name) {
            for (name, value) in items {
                sample.entry(name).or_insert(value);
            }
        }
    }
    Some(EventType {
        name: event.to_owned(),
        causes: kinds.iter().map(|kind| format!("`{}`: {}", kind.name, kind.description)).collect(),
        needs_business: needs_business(&triggered),
        schema: catalogue.event_schema(event)?,
        sample: Value::Map(sample),
    })
}

/// Whether an event that causes these kinds must name a business.
pub(crate) fn needs_business(triggered: &[(&Kind, &Trigger)]) -> bool {
    triggered.iter().any(|(kind, _)| kind.actor != Actor::PlatformAdmin)
}
