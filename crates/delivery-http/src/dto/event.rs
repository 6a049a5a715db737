//! Events.

use std::collections::BTreeMap;

use carillon_application::accept::Repeatable;
use carillon_application::subject::parse_time;
use carillon_application::{Publish, Refusal};
use carillon_domain::{BusinessId, Event, EventId, PersonId, Value};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::dto::notification::NotificationBody;
use crate::dto::reading::Reading;
use crate::dto::timestamp::Timestamp;
use crate::query::{FromQuery, Pairs};
use crate::world::NotificationRecord;

/// What happened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "type": "appointment.booked",
    "business_id": "salon-1",
    "data": {
        "appointment": {
            "id": "apt-1",
            "starts_at": "2026-12-03T14:30:00+01:00",
            "service": "Coupe",
            "client_id": "client-77"
        },
        "client": {"id": "client-77", "name": "Camille Martin", "email": "camille@example.com", "locale": "fr"}
    }
}))]
pub(crate) struct EventBody {
    /// The event's name; GET /v1/kinds lists which kinds listen to which.
    #[serde(rename = "type")]
    #[schema(example = "appointment.booked")]
    name: String,
    /// The business it happened in; left out for events of the platform itself.
    #[schema(example = "salon-1")]
    business_id: Option<String>,
    /// When it happened (RFC 3339 with offset); now where absent.
    #[schema(format = DateTime, example = "2026-12-01T09:00:00+01:00")]
    occurred_at: Option<String>,
    /// Stores and plans everything as usual, reminders included, and sends nothing about the event itself: its messages are `suppressed`
    /// with the reason `silent`. For back-fills.
    #[serde(default)]
    silent: Option<bool>,
    /// Its data, as the schemas of its kinds ask. People may come with it (`client`, `practitioner`, `owner`, `support`): they are
    /// stored as by PUT.
    #[schema(value_type = Object, example = json!({"appointment": {"id": "apt-1", "starts_at": "2026-12-03T14:30:00+01:00"}}))]
    data: Value,
}

impl EventBody {
    /// The command. Its `type` is checked against the catalogue by the use case.
    pub(crate) fn publish(self, repeatable: Option<Repeatable>) -> Result<Publish, Refusal> {
        let mut reading = Reading::new("invalid_data");
        let business = reading.optional("/business_id", self.business_id.as_deref(), str::parse);
        let occurred_at = reading.optional("/occurred_at", self.occurred_at.as_deref(), parse_time);
        reading.finish(Some(Publish {
            name: self.name,
            business,
            occurred_at,
            data: self.data,
            silent: self.silent.unwrap_or_default(),
            repeatable,
        }))
    }
}

/// How an event is taken.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventChoice {
    /// Refuses the event (422) when somebody who comes with it has an address that nothing can be sent to, instead of leaving out the
    /// messages for that address.
    #[param(default = false)]
    strict: Option<bool>,
}

impl EventChoice {
    /// Whether an unusable address refuses the event.
    pub(crate) fn is_strict(&self) -> bool {
        self.strict.unwrap_or_default()
    }
}

impl FromQuery for EventChoice {
    fn read(query: &mut Pairs) -> Self {
        let strict = query.take_as("strict", |text| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err("must be true or false".to_owned()),
        });
        Self { strict }
    }
}

/// An event and all that came of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventDetail {
    /// The event.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3d")]
    event_id: EventId,
    /// Its name; `notification.requested` for a notification that was asked for by hand.
    #[serde(rename = "type")]
    #[schema(example = "appointment.booked")]
    name: String,
    /// The business it happened in; null for events of the platform itself.
    #[schema(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// When it happened.
    occurred_at: Timestamp,
    /// When it was accepted.
    accepted_at: Timestamp,
    /// Its data without the people; null once the person it is about was erased.
    #[schema(value_type = Option<Object>)]
    data: Value,
    /// Who takes which part in it, by id.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"client": "client-77"}))]
    people: BTreeMap<String, PersonId>,
    /// What came of it, without tries and texts.
    notifications: Vec<NotificationBody>,
}

impl From<(Event, Vec<NotificationRecord>)> for EventDetail {
    fn from((event, records): (Event, Vec<NotificationRecord>)) -> Self {
        Self {
            event_id: event.id,
            name: event.name,
            business_id: event.business,
            occurred_at: event.occurred_at.into(),
            accepted_at: event.accepted_at.into(),
            data: event.data,
            people: event.parts,
            notifications: records.into_iter().map(NotificationBody::from).collect(),
        }
    }
}
