//! The port `Catalogue`.

use carillon_domain::ids::KindName;
use carillon_domain::kind::{Condition, Trigger};
use carillon_domain::{Channel, Kind, Value};
use carillon_ports::catalogue::{Catalogue, FieldError};
use chrono::{DateTime, Utc};

use crate::templates::Templates;

impl Catalogue for Templates {
    fn kinds(&self) -> Vec<&Kind> {
        self.entries.values().map(|entry| &entry.kind).collect()
    }

    fn find_kind(&self, name: &KindName) -> Option<&Kind> {
        self.entries.get(name).map(|entry| &entry.kind)
    }

    fn triggered_by(&self, event: &str) -> Vec<(&Kind, &Trigger)> {
        let triggers = self.events.get(event).into_iter().flat_map(|listeners| &listeners.triggers);
        triggers
            .filter_map(|(name, index)| {
                let kind = &self.entries.get(name)?.kind;
                Some((kind, kind.triggers.get(*index)?))
            })
            .collect()
    }

    fn events(&self) -> Vec<&str> {
        self.events.keys().map(String::as_str).collect()
    }

    fn check_event(&self, event: &str, data: &Value) -> Vec<FieldError> {
        self.events.get(event).map(|listeners| listeners.check.errors(data)).unwrap_or_default()
    }

    fn check_kind(&self, kind: &KindName, data: &Value) -> Vec<FieldError> {
        self.entries.get(kind).map(|entry| entry.check.errors(data)).unwrap_or_default()
    }

    fn holds(&self, condition: &Condition, data: &Value, now: DateTime<Utc>) -> bool {
        self.conditions.get(&condition.0).is_some_and(|compiled| compiled.holds(data, now))
    }

    fn has_text(&self, kind: &KindName, channel: Channel) -> bool {
        self.find_kind(kind).is_some_and(|kind| kind.channels.iter().any(|rule| rule.channel == channel))
    }

    fn event_schema(&self, event: &str) -> Option<String> {
        self.events.get(event).map(|listeners| listeners.document.clone())
    }

    fn schema(&self, kind: &KindName) -> Option<String> {
        self.entries.get(kind).map(|entry| entry.document.clone())
    }

    fn sample(&self, kind: &KindName) -> Option<Value> {
        self.entries.get(kind).map(|entry| entry.sample.clone())
    }
}
