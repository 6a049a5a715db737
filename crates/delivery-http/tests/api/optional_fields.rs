//! What the service reads, its specification allows: each field of each body, left empty in every way.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::bodies::{cancellation, client};
use crate::components::check;
use crate::specification::document;
use crate::world::World;

/// A body that is accepted, with every field that can be empty.
struct Case {
    method: Method,
    path: &'static str,
    body: Value,
}

fn settings() -> Value {
    json!({
        "locale": "fr", "timezone": "Europe/Paris", "channels": {"off": ["sms"], "kinds": {}},
        "reminders": {"enabled": true, "rules": [{"before": "24h", "channels": ["email"], "kind": "client.reminder_24h", "note": {}}]},
        "late_booking": {"policy": "send", "spacing": "2h"}, "quiet_hours": {"from": "21:00", "to": "08:00"},
        "reports": {"daily_at": "07:30", "weekly_at": null, "agenda_at": "18:00"}, "sender": {"name": "Salon", "reply_to": null},
        "brand": {"color": "#0f6e66", "phone": "01 23 45 67 89", "address": "12 rue des Lilas"},
        "sms": {"monthly_budget": "50.00", "currency": "EUR", "countries": ["FR"], "letters": true},
        "caps": {"person_per_hour": 5, "phone_per_day": 4, "business_per_hour": 0},
        "digests": {"staff.client_message": {"every": "daily", "at": "08:00"}}
    })
}

fn cases() -> Vec<Case> {
    let case = |method: Method, path, body| Case { method, path, body };
    let mut person = client("salon");
    person["role"] = Value::Null;
    let appointment = json!({
        "business_id": "salon", "client_ids": ["camille"], "client_id": null, "practitioner_id": null, "service": "Coupe",
        "timezone": "Europe/Zurich", "location": "Salon", "starts_at": "2026-12-15T14:30:00+01:00",
        "ends_at": "2026-12-15T15:30:00+01:00", "status": "confirmed", "action_url": "https://salon.example/a/1"
    });
    let mut event = cancellation("salon", 1);
    event["silent"] = json!(false);
    event["data"]["appointment"]["location"] = json!("12 rue des Lilas");
    event["data"]["appointment"]["ends_at"] = json!("2026-12-01T15:30:00+01:00");
    event["data"]["client"]["actor"] = json!("end_client");
    vec![
        case(Method::PUT, "/v1/recipients/camille", person),
        case(Method::PUT, "/v1/appointments/a-1", appointment),
        case(
            Method::PUT,
            "/v1/businesses/salon",
            json!({"name": "Salon", "settings": settings(), "locale": "fr", "timezone": "Europe/Paris"}),
        ),
        case(Method::PUT, "/v1/businesses/salon/settings", settings()),
        case(Method::POST, "/v1/businesses/salon/settings/preview", settings()),
        case(Method::POST, "/v1/events/dry-run", event),
        case(
            Method::POST,
            "/v1/notifications",
            json!({
                "kind": "client.service_changed", "business_id": "salon", "recipient_id": null, "send_at": "2026-12-02T09:00:00+01:00",
                "recipient": {"id": "camille", "name": "Camille", "email": "camille@example.com", "phone": null, "locale": "fr",
                              "timezone": "Europe/Paris", "actor": "end_client", "role": null},
                "data": {"appointment": {"id": "a-2", "service": "Coupe", "starts_at": "2026-12-03T14:30:00+01:00"}}, "channels": ["email"]
            }),
        ),
    ]
}

/// The places of all fields of objects, at any depth.
fn places(at: &str, value: &Value, all: &mut Vec<String>) {
    for (name, inner) in value.as_object().into_iter().flatten() {
        let at = format!("{at}/{}", name.replace('/', "~1"));
        all.push(at.clone());
        places(&at, inner, all);
    }
    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
        places(&format!("{at}/{index}"), inner, all);
    }
}

/// The component of an operation's body.
fn component(document: &Value, method: &Method, path: &str) -> String {
    let listed = document["paths"].as_object().expect("paths").iter().find(|(listed, _)| {
        let (mut left, mut right) = (listed.split('/'), path.split('/'));
        listed.split('/').count() == path.split('/').count()
            && left.by_ref().zip(right.by_ref()).all(|(left, right)| left == right || left.starts_with('{'))
    });
    let operation = &listed.expect("a path").1[method.as_str().to_lowercase()];
    let at =
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str().expect("a body");
    at.rsplit('/').next().expect("a name").to_owned()
}

#[actix_web::test]
async fn whatever_is_read_is_allowed_by_the_specification() {
    let document = document();
    let world = World::new().await;
    world.put("/v1/businesses/salon", &json!({"name": "Salon"})).await.expect(201);
    world.put("/v1/recipients/camille", &client("salon")).await.expect(201);
    let mut wrong = Vec::new();
    let mut empty = 0;
    for Case { method, path, body } in cases() {
        let allowed = check(&document, &component(&document, &method, path));
        let first = world.send_json(&world.platform, method.clone(), path, &body).await;
        assert!(first.status < 300, "{path}: {}", first.text);
        let errors: Vec<String> = allowed.iter_errors(&body).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{path}: {errors:?}");
        let mut all = Vec::new();
        places("", &body, &mut all);
        for place in all {
            for value in [Value::Null, json!(""), json!("2026-12-01T08:30+0100"), json!({}), json!("\n")] {
                let mut body = body.clone();
                *body.pointer_mut(&place).expect("a place") = value.clone();
                let answer = world.send_json(&world.platform, method.clone(), path, &body).await;
                assert!(answer.status < 500, "{path} {place} {value}: {}", answer.text);
                // Blanks in place of a name of a list are not told apart from an empty text.
                let is_told = value != "\n" || allowed_as_text(&allowed, &body, &place);
                if answer.status < 300 && is_told && !allowed.is_valid(&body) {
                    wrong.push(format!("{method} {path} {place}: {value}"));
                }
                empty += usize::from(answer.status < 300);
            }
        }
    }
    assert!(empty > 100, "{empty}");
    assert!(wrong.is_empty(), "read, and not in the specification:\n{}", wrong.join("\n"));
}

/// Whether the specification allows other texts at a place, so that it is of texts in general.
fn allowed_as_text(allowed: &jsonschema::Validator, body: &Value, place: &str) -> bool {
    ["x", "https://x.example", "EUR", "2026-12-01T08:30:00+01:00"].iter().any(|text| {
        let mut body = body.clone();
        *body.pointer_mut(place).expect("a place") = json!(text);
        allowed.is_valid(&body)
    })
}
