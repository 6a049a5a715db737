//! Request bodies as a booking app sends them.

use serde_json::{Value, json};

/// Everybody that an appointment event can bring along.
pub(crate) fn everybody(number: usize) -> Value {
    json!({
        "business": {"name": "Atelier Lumière", "locale": "fr", "timezone": "Europe/Paris"},
        "client": {"id": format!("client-{number}"), "name": "Camille Laurent", "email": format!("camille.{number}@example.com"),
                   "phone": "+33612345678", "locale": "fr", "timezone": "Europe/Paris"},
        "practitioner": {"id": "ines", "name": "Inès Moreau", "email": "ines@example.com", "phone": "+33623456789"},
        "owner": {"id": "helene", "name": "Hélène Girard", "email": "helene@example.com", "locale": "en"}
    })
}

/// An appointment some hours from now.
pub(crate) fn appointment(number: usize, hours: u64, status: &str) -> Value {
    let now = std::process::Command::new("date")
        .args(["-u", "-d", &format!("+{hours} hours"), "+%Y-%m-%dT%H:%M:%SZ"])
        .output();
    let starts_at = String::from_utf8(now.expect("date starts").stdout).expect("text").trim().to_owned();
    json!({"id": format!("a-{number}"), "service": "Coupe et brushing", "starts_at": starts_at, "timezone": "Europe/Paris",
           "location": "12 rue des Lilas, Lyon", "status": status})
}

/// An appointment event with everybody inline.
pub(crate) fn event(kind: &str, number: usize, hours: u64, status: &str) -> Value {
    let mut data = everybody(number);
    data["appointment"] = appointment(number, hours, status);
    json!({"type": kind, "business_id": "salon", "data": data})
}

/// A cancellation by the business within the day: e-mail, SMS and in-app to the client.
/// By the business, without a practitioner, who would hear of it too.
pub(crate) fn cancellation(number: usize) -> Value {
    let mut body = event("appointment.cancelled", number, 5, "cancelled");
    body["data"].as_object_mut().expect("a map").remove("practitioner");
    body["data"]["cancelled_by"] = json!("business");
    body
}

/// A payment: e-mail and in-app to client and owner.
pub(crate) fn payment(number: usize) -> Value {
    let mut data = everybody(number);
    data.as_object_mut().expect("a map").remove("practitioner");
    data["payment"] = json!({"id": format!("p-{number}"), "amount": 4500, "currency": "EUR"});
    json!({"type": "payment.received", "business_id": "salon", "data": data})
}
