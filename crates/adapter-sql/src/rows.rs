//! Rows to domain values and back.

use std::collections::BTreeMap;
use std::str::FromStr;

use carillon_domain::ids::{BatchId, EventId, MessageId, NotificationId, PersonId};
use carillon_domain::notification::Fence;
use carillon_domain::{Event, Message, Notification, Value};
use carillon_ports::content::{Action, Content};
use carillon_ports::ready::{Pace, Ready};
use carillon_ports::{StoreError, store::Batch};
use serde::{Deserialize, Serialize};

use crate::entity::{event, message, notification};
use crate::error::unreadable;
use crate::seal::{Keys, event_key, place};
use crate::sql::{millis, time};

/// Reads a stored name back into the domain.
pub(crate) fn parse<T: FromStr>(text: &str, what: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| unreadable(what))
}

pub(crate) fn parse_option<T: FromStr>(
    text: Option<impl AsRef<str>>,
    what: &str,
) -> Result<Option<T>, StoreError> {
    text.map(|text| parse(text.as_ref(), what)).transpose()
}

/// A stored count.
pub(crate) fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

pub(crate) fn notification_row(notification: &Notification, event_name: &str) -> notification::Model {
    notification::Model {
        id: notification.id.0,
        event_id: notification.event.0,
        event_name: event_name.to_owned(),
        business_id: notification.business.as_ref().map(ToString::to_string),
        kind: notification.kind.to_string(),
        recipient_id: notification.recipient.to_string(),
        class: notification.class.to_string(),
        purpose: notification.purpose.to_string(),
        batch_id: notification.batch.map(|batch| batch.0),
        appointment_id: notification.fence.as_ref().map(|fence| fence.appointment.to_string()),
        appointment_revision: notification.fence.as_ref().map(|fence| fence.revision),
        rule: notification.fence.as_ref().and_then(|fence| fence.rule.clone()),
        created_at: millis(notification.created_at),
    }
}

pub(crate) fn notification(row: &notification::Model) -> Result<Notification, StoreError> {
    Ok(Notification {
        id: NotificationId(row.id),
        event: EventId(row.event_id),
        business: parse_option(row.business_id.as_ref(), "a business id")?,
        kind: parse(&row.kind, "a kind")?,
        recipient: parse(&row.recipient_id, "a person's id")?,
        class: parse(&row.class, "a class")?,
        purpose: parse(&row.purpose, "a purpose")?,
        batch: row.batch_id.map(BatchId),
        fence: fence(row.appointment_id.as_deref(), row.appointment_revision, row.rule.as_deref())?,
        created_at: time(row.created_at),
    })
}

/// The row of a new message.
pub(crate) fn message_row(message: &Message, notification: &Notification) -> message::Model {
    let now = millis(notification.created_at);
    message::Model {
        id: message.id.0,
        notification_id: notification.id.0,
        event_id: notification.event.0,
        business_id: notification.business.as_ref().map(ToString::to_string),
        recipient_id: notification.recipient.to_string(),
        kind: notification.kind.to_string(),
        channel: message.channel.to_string(),
        class: message.class.to_string(),
        purpose: notification.purpose.to_string(),
        batch_id: notification.batch.map(|batch| batch.0),
        appointment_id: notification.fence.as_ref().map(|fence| fence.appointment.to_string()),
        appointment_revision: notification.fence.as_ref().map(|fence| fence.revision),
        rule: notification.fence.as_ref().and_then(|fence| fence.rule.clone()),
        status: message.status.to_string(),
        reason: message.reason.map(|reason| reason.to_string()),
        due_at: millis(message.due_at),
        expires_at: message.expires_at.map(millis),
        attempt: i64::from(message.attempt),
        tries: i64::from(message.tries),
        lease_until: None,
        provider: None,
        provider_id: None,
        content_sealed: None,
        created_at: now,
        updated_at: now,
        sent_at: None,
    }
}

pub(crate) fn message(row: &message::Model) -> Result<Message, StoreError> {
    Ok(Message {
        id: MessageId(row.id),
        notification: NotificationId(row.notification_id),
        channel: parse(&row.channel, "a channel")?,
        class: parse(&row.class, "a class")?,
        status: parse(&row.status, "a status")?,
        reason: parse_option(row.reason.as_ref(), "a reason")?,
        due_at: time(row.due_at),
        expires_at: row.expires_at.map(time),
        attempt: count(row.attempt),
        tries: count(row.tries),
    })
}

/// What the queue needs of a message row.
pub(crate) fn ready(row: &message::Model, batches: &[Batch]) -> Result<Ready, StoreError> {
    let pace = row.batch_id.and_then(|id| {
        batches
            .iter()
            .find(|batch| batch.id.0 == id)
            .map(|batch| Pace { batch: batch.id, per_minute: batch.per_minute })
    });
    Ok(Ready {
        message: MessageId(row.id),
        class: parse(&row.class, "a class")?,
        business: parse_option(row.business_id.as_ref(), "a business id")?,
        channel: parse(&row.channel, "a channel")?,
        pace,
    })
}

pub(crate) fn event_row(event: &Event, keys: &Keys<'_>) -> Result<event::Model, StoreError> {
    let (id, owner) = (event.id.to_string(), event_key(event));
    let json = serde_json::to_vec(&event.data).map_err(|_| unreadable("an event's data"))?;
    Ok(event::Model {
        id: event.id.0,
        name: event.name.clone(),
        business_id: event.business.as_ref().map(ToString::to_string),
        occurred_at: millis(event.occurred_at),
        accepted_at: millis(event.accepted_at),
        parts: serde_json::to_string(&event.parts).map_err(|_| unreadable("an event's people"))?,
        data_sealed: keys.seal(&owner, place("events", "data", &id), &json)?,
        key_owner: owner,
    })
}

/// An event read back; `None` when the person it is about was erased.
pub(crate) fn event(row: &event::Model, keys: &Keys<'_>) -> Result<Option<Event>, StoreError> {
    let id = EventId(row.id).to_string();
    let Some(json) = keys.open(&row.key_owner, place("events", "data", &id), &row.data_sealed)? else {
        return Ok(None);
    };
    let data = serde_json::from_slice(&json).map_err(|_| unreadable("an event's data"))?;
    event_with(row, data).map(Some)
}

/// An event read back with the data given.
pub(crate) fn event_with(row: &event::Model, data: Value) -> Result<Event, StoreError> {
    Ok(Event {
        id: EventId(row.id),
        name: row.name.clone(),
        business: parse_option(row.business_id.as_ref(), "a business id")?,
        occurred_at: time(row.occurred_at),
        accepted_at: time(row.accepted_at),
        data,
        parts: parts(row)?,
    })
}

/// Who takes which part in a stored event.
pub(crate) fn parts(row: &event::Model) -> Result<BTreeMap<String, PersonId>, StoreError> {
    serde_json::from_str(&row.parts).map_err(|_| unreadable("an event's people"))
}

/// What was sent, as it is kept: the HTML part is left out, for it can be made again from the text's version and the data.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kept {
    Email { subject: String, text: String },
    Sms { text: String },
    InApp { title: String, body: String, label: Option<String>, url: Option<String> },
}

pub(crate) fn keep(content: &Content) -> Result<Vec<u8>, StoreError> {
    let kept = match content {
        Content::Email { subject, text, .. } => Kept::Email { subject: subject.clone(), text: text.clone() },
        Content::Sms { text } => Kept::Sms { text: text.clone() },
        Content::InApp { title, body, action } => Kept::InApp {
            title: title.clone(),
            body: body.clone(),
            label: action.as_ref().map(|action| action.label.clone()),
            url: action.as_ref().map(|action| action.url.clone()),
        },
    };
    serde_json::to_vec(&kept).map_err(|_| unreadable("a text"))
}

pub(crate) fn kept(bytes: &[u8]) -> Result<Content, StoreError> {
    Ok(match serde_json::from_slice(bytes).map_err(|_| unreadable("a text"))? {
        Kept::Email { subject, text } => Content::Email { subject, html: String::new(), text },
        Kept::Sms { text } => Content::Sms { text },
        Kept::InApp { title, body, label, url } => {
            let action = label.zip(url).map(|(label, url)| Action { label, url });
            Content::InApp { title, body, action }
        }
    })
}

/// What a row takes for granted of an appointment.
pub(crate) fn fence(
    appointment: Option<&str>,
    revision: Option<i64>,
    rule: Option<&str>,
) -> Result<Option<Fence>, StoreError> {
    let (Some(appointment), Some(revision)) = (appointment, revision) else { return Ok(None) };
    let appointment = parse(appointment, "an appointment's id")?;
    Ok(Some(Fence { appointment, revision, rule: rule.map(str::to_owned) }))
}
