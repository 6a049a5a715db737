//! The events that texts become, as the service publishes them.

use std::collections::HashSet;

use carillon_domain::ids::PersonId;
use carillon_domain::{Booking, BusinessId, Value};
use carillon_ports::texting::Reply;
use chrono::{DateTime, SecondsFormat, Utc};

use crate::{Ports, Publish, Refusal};

/// An event of an appointment, by what the client replied.
pub(super) async fn reply(
    ports: &Ports,
    reply: Reply,
    booking: &Booking,
    client: &PersonId,
) -> Result<Publish, Refusal> {
    let name = match reply {
        Reply::Yes => "appointment.confirmed",
        Reply::No => "appointment.cancellation_requested",
    };
    let mut data = about(ports, booking, client).await?;
    if reply == Reply::Yes {
        data.set("appointment.status", Value::from("confirmed"));
    }
    let mut publish = event(name, &booking.appointment.business, data);
    // Not before what is known of it, by whatever clock that was: it would be no news.
    publish.occurred_at = Some(ports.clock.now().max(booking.changed_at));
    Ok(publish)
}

/// A message for the support staff.
pub(super) fn question(
    business: &BusinessId,
    client: &PersonId,
    about: Option<Value>,
    text: String,
    at: DateTime<Utc>,
) -> Publish {
    let mut data = about.unwrap_or_else(|| by(client));
    data.set("question", Value::map());
    data.set("question.text", Value::Text(text));
    data.set("question.asked_at", time(at));
    event("client.question_asked", business, data)
}

/// A message for the practitioner of an appointment.
pub(super) fn message(business: &BusinessId, about: Value, text: String, at: DateTime<Utc>) -> Publish {
    let mut data = about;
    data.set("message", Value::map());
    data.set("message.text", Value::Text(text));
    data.set("message.received_at", time(at));
    event("message.received", business, data)
}

/// The data of an event about an appointment. Whoever was erased takes no part in it any more.
pub(super) async fn about(ports: &Ports, booking: &Booking, client: &PersonId) -> Result<Value, Refusal> {
    let appointment = &booking.appointment;
    let people: Vec<PersonId> =
        appointment.clients.iter().chain(&appointment.practitioner).chain([client]).cloned().collect();
    let known: HashSet<PersonId> =
        ports.directory.find_people(&people).await?.into_iter().map(|person| person.id).collect();
    let clients = appointment.clients.iter().filter(|id| known.contains(*id));
    let clients: Vec<Value> = clients.map(|id| Value::from(id.as_str())).collect();
    let mut data = appointment.data();
    data.set("client", Value::map());
    data.set("client.id", Value::from(client.as_str()));
    if !clients.is_empty() {
        data.set("appointment.client_ids", Value::List(clients));
    }
    if let Some(practitioner) = appointment.practitioner.as_ref().filter(|id| known.contains(*id)) {
        data.set("appointment.practitioner_id", Value::from(practitioner.as_str()));
    }
    Ok(data)
}

fn by(client: &PersonId) -> Value {
    let mut data = Value::map();
    data.set("client", Value::map());
    data.set("client.id", Value::from(client.as_str()));
    data
}

fn time(at: DateTime<Utc>) -> Value {
    Value::Text(at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

fn event(name: &str, business: &BusinessId, data: Value) -> Publish {
    Publish {
        name: name.to_owned(),
        business: Some(business.clone()),
        occurred_at: None,
        data,
        silent: false,
        repeatable: None,
    }
}
