//! The catalogue as running.

use carillon_application::kinds::KindRecord;
use carillon_domain::kind::Audience;
use carillon_domain::{Actor, Channel, Class, KindName, Purpose, Value};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::names::{ActorName, AudienceName, ChannelName, ClassName, PurposeName};

/// An entry of the catalogue.
#[derive(Serialize, ToSchema)]
#[schema(as = Kind)]
pub(crate) struct KindBody {
    /// Its name.
    #[schema(value_type = String, example = "client.appointment_confirmed")]
    kind: KindName,
    /// One line of English.
    #[schema(example = "The appointment is confirmed")]
    description: String,
    /// Who hears it.
    #[schema(value_type = ActorName)]
    actor: Actor,
    /// How they are found.
    #[schema(value_type = AudienceName)]
    audience: Audience,
    /// The events that cause it; none for a kind that is only sent by hand or by the calendar.
    #[schema(example = json!(["appointment.booked"]))]
    events: Vec<String>,
    /// Its channels.
    #[schema(value_type = Vec<ChannelName>)]
    channels: Vec<Channel>,
    /// Those of its channels that are off until a business turns them on.
    #[schema(value_type = Vec<ChannelName>)]
    optional_channels: Vec<Channel>,
    /// How urgent it is.
    #[schema(value_type = ClassName)]
    class: Class,
    /// What it is for.
    #[schema(value_type = PurposeName)]
    purpose: Purpose,
    /// The JSON Schema of its data.
    #[schema(value_type = Object)]
    schema: serde_json::Value,
    /// Data that fits, people included.
    #[schema(value_type = Object)]
    sample: Value,
}

impl From<KindRecord> for KindBody {
    fn from(record: KindRecord) -> Self {
        let kind = record.kind;
        let mut events: Vec<String> = kind.triggers.into_iter().map(|trigger| trigger.event).collect();
        events.sort();
        events.dedup();
        Self {
            kind: kind.name,
            description: kind.description,
            actor: kind.actor,
            audience: kind.audience,
            events,
            channels: kind.channels.iter().map(|rule| rule.channel).collect(),
            optional_channels: kind
                .channels
                .iter()
                .filter(|rule| rule.opt_in)
                .map(|rule| rule.channel)
                .collect(),
            class: kind.class,
            purpose: kind.purpose,
            schema: serde_json::from_str(&record.schema).unwrap_or_default(),
            sample: record.sample,
        }
    }
}
