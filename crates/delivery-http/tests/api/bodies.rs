//! Bodies as a booking app sends them.

use serde_json::{Value, json};

/// A cancellation by the business within the day: e-mail, SMS and in-app to the client.
/// The same client's cancellation of another appointment.
pub(crate) fn cancellation_of(business: &str, client: usize, appointment: &str) -> Value {
    let mut body = cancellation(business, client);
    body["data"]["appointment"]["id"] = json!(appointment);
    body
}

pub(crate) fn cancellation(business: &str, number: usize) -> Value {
    json!({
        "type": "appointment.cancelled",
        "business_id": business,
        "occurred_at": "2026-12-01T08:55:00+01:00",
        "data": {
            "business": {"name": "Atelier Lumière", "locale": "fr", "timezone": "Europe/Paris"},
            "client": {
                "id": format!("{business}-client-{number}"), "name": "Camille Laurent", "email": "camille.laurent@example.com",
                "phone": "+33612345678", "locale": "fr", "timezone": "Europe/Paris"
            },
            "appointment": {
                "id": format!("{business}-appointment-{number}"), "service": "Coupe et brushing",
                "starts_at": "2026-12-01T14:30:00+01:00", "timezone": "Europe/Paris", "status": "cancelled"
            },
            "cancelled_by": "business"
        }
    })
}

/// One kind to one recipient, who comes along.
pub(crate) fn direct(business: &str, number: usize) -> Value {
    json!({
        "kind": "client.service_changed",
        "business_id": business,
        "recipient": {"id": format!("{business}-client-{number}"), "name": "Camille Laurent", "email": "camille.laurent@example.com"},
        "data": {
            "appointment": {
                "id": format!("{business}-appointment-{number}"), "service": "Coupe", "starts_at": "2026-12-03T14:30:00+01:00"
            },
            "previous": {"service": "Couleur"}
        },
        "channels": ["email", "in_app"],
        "send_at": "2026-12-02T09:00:00+01:00"
    })
}

/// A client, as PUT takes one.
pub(crate) fn client(business: &str) -> Value {
    json!({
        "actor": "end_client", "business_id": business, "name": "Camille Laurent", "email": "camille.laurent@example.com",
        "phone": "+33 6 12 34 56 78", "locale": "fr", "timezone": "Europe/Paris"
    })
}

/// A business user, as PUT takes one.
pub(crate) fn user(business: &str, role: &str) -> Value {
    json!({"actor": "business_user", "role": role, "business_id": business, "name": "Inès Moreau"})
}

/// A consent to marketing by e-mail.
pub(crate) fn consent(business: &str) -> Value {
    json!({
        "business_id": business, "purpose": "marketing", "channel": "email", "granted": true, "source": "booking_form",
        "wording": "2026-05"
    })
}
