//! SendGrid's events: a JSON array a call, verified, then read one by one.
//!
//! | event | what it says | the address |
//! |---|---|---|
//! | processed, deferred, delivered | the same | |
//! | bounce of a full mailbox (X.2.2, 552), or of type `bounce` with 4.X.X, 5.2.3, 5.3.X, 5.4.7, 5.7.X | blocked | rests |
//! | any other bounce of type `bounce` | bounced | dead |
//! | any other bounce (`blocked`) | blocked | stays good |
//! | dropped: Bounced Address, Invalid | dropped | dead |
//! | dropped: Spam Reporting Address | dropped | its owner complained |
//! | dropped: Unsubscribed Address | dropped | its owner unsubscribed |
//! | dropped for any other reason | dropped | stays good |
//! | open, with `sg_machine_open` | machine opened: no open | |
//! | open, click | the same | |
//! | spamreport | complained | its owner complained |
//! | unsubscribe, `group_unsubscribe` | unsubscribed | its owner unsubscribed |
//! | `group_resubscribe` | resubscribed | |
//! | anything else | passed over | |
//!
//! An event names its message by our own ids, else by SendGrid's (an asynchronous bounce has no others), else by its address.

use std::sync::Arc;

use carillon_domain::EmailAddress;
use carillon_domain::receipt::{Said, Verdict};
use carillon_ports::provider::Try;
use carillon_ports::receipts::{Address, Callback, Forged, NewReceipt, Opened};
use carillon_ports::{Clock, ReceiptSource};
use carillon_provider_http::provider_id;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::scrub::scrub;
use crate::signature::WebhookKeys;
use crate::softness;

/// Verifies and reads SendGrid's events.
pub struct SendGridEvents {
    keys: WebhookKeys,
    clock: Arc<dyn Clock>,
}

impl SendGridEvents {
    /// Believes what one of these keys signed.
    pub fn new(keys: WebhookKeys, clock: Arc<dyn Clock>) -> Self {
        Self { keys, clock }
    }
}

impl ReceiptSource for SendGridEvents {
    fn provider(&self) -> &'static str {
        "sendgrid"
    }

    fn open(&self, callback: &Callback) -> Result<Opened, Forged> {
        let now = self.clock.now();
        self.keys.verify(callback, now)?;
        Ok(read(&callback.body, now))
    }
}

/// Reads a whole call. It is signed, so it is SendGrid's: what cannot be read is counted, and never asked for again.
fn read(body: &[u8], now: DateTime<Utc>) -> Opened {
    let mut opened = Opened::default();
    let events = match serde_json::from_slice(body) {
        Ok(Value::Array(events)) => events,
        Ok(one @ Value::Object(_)) => vec![one],
        Ok(_) | Err(_) => {
            opened.unreadable = 1;
            return opened;
        }
    };
    for event in &events {
        match (event.is_object(), receipt(event, now)) {
            (_, Some(receipt)) => opened.receipts.push(receipt),
            (true, None) => opened.passed_over += 1,
            (false, None) => opened.unreadable += 1,
        }
    }
    opened
}

/// One event, if it is of a sort that we know and of a message of ours: other programs may send by the same account.
fn receipt(event: &Value, now: DateTime<Utc>) -> Option<NewReceipt> {
    let text = |name: &str| event.get(name).and_then(Value::as_str);
    let said = said(event)?;
    let message = text("message_id").and_then(|message| message.parse().ok());
    let of = message.map(|message| Try { message, attempt: attempt(event, said) });
    let at = event.get("timestamp").and_then(number).and_then(|time| DateTime::from_timestamp(time, 0));
    let at = at.filter(|at| (now - *at).abs() < TimeDelta::days(30)).unwrap_or(now);
    let address = text("email").and_then(|email| EmailAddress::parse(email).ok());
    let provider_id = text("sg_message_id").and_then(|id| provider_id(id.split('.').next()?));
    let verdict = verdict(event, said).zip(address.map(Address::Email));
    if of.is_none() && provider_id.is_none() && verdict.is_none() {
        return None;
    }
    Some(NewReceipt {
        provider: "sendgrid",
        event_id: event_id(event, of, provider_id.as_deref(), said, at)?,
        of,
        said,
        detail: detail(event),
        provider_id,
        verdict,
        at,
    })
}

/// Which try of ours; 0 where it does not say. A deferral counts SendGrid's own tries by that very name, which hides our number.
fn attempt(event: &Value, said: Said) -> u32 {
    let given = event.get("attempt").filter(|_| said != Said::Deferred).and_then(number);
    given.and_then(|attempt| u32::try_from(attempt).ok()).unwrap_or_default()
}

/// A whole number, also where it is written as a text.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn said(event: &Value) -> Option<Said> {
    let is = |name: &str, value: &str| event.get(name).and_then(Value::as_str) == Some(value);
    Some(match event.get("event")?.as_str()? {
        "processed" => Said::Processed,
        "deferred" => Said::Deferred,
        "delivered" => Said::Delivered,
        "bounce" if is("type", "bounce") && !softness::is_soft(event) => Said::Bounced,
        "bounce" => Said::Blocked,
        "dropped" => Said::Dropped,
        "open" if event.get("sg_machine_open").and_then(Value::as_bool) == Some(true) => Said::MachineOpened,
        "open" => Said::Opened,
        "click" => Said::Clicked,
        "spamreport" => Said::Complained,
        "unsubscribe" | "group_unsubscribe" => Said::Unsubscribed,
        "group_resubscribe" => Said::Resubscribed,
        _ => return None,
    })
}

fn verdict(event: &Value, said: Said) -> Option<Verdict> {
    match said {
        Said::Bounced => Some(Verdict::Dead),
        Said::Blocked if softness::lets_rest(event) => Some(Verdict::Resting),
        Said::Complained => Some(Verdict::Complained),
        Said::Unsubscribed => Some(Verdict::Unsubscribed),
        Said::Dropped => match event.get("reason")?.as_str()? {
            "Bounced Address" | "Invalid" => Some(Verdict::Dead),
            "Spam Reporting Address" => Some(Verdict::Complained),
            "Unsubscribed Address" => Some(Verdict::Unsubscribed),
            _ => None,
        },
        Said::Processed
        | Said::Sent
        | Said::Deferred
        | Said::Delivered
        | Said::Blocked
        | Said::Undelivered
        | Said::Failed
        | Said::Opened
        | Said::MachineOpened
        | Said::Clicked
        | Said::Resubscribed => None,
    }
}

/// SendGrid's id of the event; one made of what it says where it has none that could be one.
fn event_id(
    event: &Value,
    of: Option<Try>,
    provider_id: Option<&str>,
    said: Said,
    at: DateTime<Utc>,
) -> Option<String> {
    let given = event.get("sg_event_id").and_then(Value::as_str);
    let is_id = |id: &&str| (1..=200).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    if let Some(id) = given.filter(is_id) {
        return Some(id.to_owned());
    }
    let name = match of {
        Some(of) => format!("{}/{}", of.message, of.attempt),
        None => provider_id?.to_owned(),
    };
    Some(format!("{name}/{said}/{}", at.timestamp()))
}

/// Why it was not delivered: SendGrid's codes, its classification, and the receiving server's words without anything personal.
fn detail(event: &Value) -> Option<String> {
    let email = event.get("email").and_then(Value::as_str).unwrap_or_default();
    let not_delivered = ["bounce", "dropped", "deferred"];
    event.get("event").and_then(Value::as_str).filter(|name| not_delivered.contains(name))?;
    let words: Vec<String> = ["status", "bounce_classification", "reason", "response"]
        .iter()
        .filter_map(|name| event.get(name)?.as_str())
        .map(|text| scrub(text, email))
        .filter(|text| !text.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join("; "))
}

#[cfg(test)]
#[path = "receipts_tests.rs"]
mod tests;
