//! Events as a booking app sends them, one in two a payment, one in two a cancellation.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

/// The event of this number: two messages to providers each. A payment makes two e-mails, a cancellation an e-mail and an SMS; both also
/// make in-app items.
pub fn event(number: usize) -> Value {
    if number.is_multiple_of(2) { payment(number) } else { cancellation(number) }
}

/// The address of the client of the event of this number.
pub fn client_address(number: usize) -> String {
    format!("camille.{number}@example.com")
}

/// Businesses are small: nobody, an owner neither, is sent so much within an hour that the service would hold it back.
fn business(number: usize) -> String {
    format!("salon-{}", number / 40)
}

/// A number of their own, for a provider that is asked whether it has a text already tells by number and text. Below ten million all French
/// mobile numbers that begin with 61 are valid.
fn client_phone(number: usize) -> String {
    format!("+3361{:07}", number % 10_000_000)
}

/// The time of day.
#[expect(
    clippy::disallowed_methods,
    reason = "appointments must lie ahead of the real clock of the processes under test"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

fn payment(number: usize) -> Value {
    let mut data = everybody(number);
    data["payment"] = json!({"id": format!("p-{number}"), "amount": 4500, "currency": "EUR"});
    json!({"type": "payment.received", "business_id": business(number), "data": data})
}

/// By the business, and within the day: then an SMS goes too.
fn cancellation(number: usize) -> Value {
    let starts_at = (now() + TimeDelta::hours(5)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut data = everybody(number);
    data["appointment"] = json!({"id": format!("a-{number}"), "service": "Coupe et brushing", "starts_at": starts_at,
        "timezone": "Europe/Paris", "location": "12 rue des Lilas, Lyon", "status": "cancelled"});
    data["cancelled_by"] = json!("business");
    json!({"type": "appointment.cancelled", "business_id": business(number), "data": data})
}

fn everybody(number: usize) -> Value {
    let salon = business(number);
    json!({
        "business": {"name": "Atelier Lumière", "locale": "fr", "timezone": "Europe/Paris"},
        "client": {"id": format!("client-{number}"), "name": "Camille Laurent", "email": client_address(number),
                   "phone": client_phone(number), "locale": "fr", "timezone": "Europe/Paris"},
        "owner": {"id": format!("helene-{salon}"), "name": "Hélène Girard", "email": format!("helene.{salon}@example.com"),
                  "locale": "en"}
    })
}
