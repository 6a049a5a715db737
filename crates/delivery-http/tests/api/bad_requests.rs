//! Whatever is sent, the answer says what to change, and never repeats it.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::bodies::{cancellation, client, consent, direct};
use crate::world::World;

/// A valid body with a value put at a pointer; `Null` takes the member out.
fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = body.pointer_mut(parent).expect("a parent");
    match (parent, value) {
        (Value::Object(map), Value::Null) => drop(map.remove(name)),
        (parent, value) => parent[name] = value,
    }
    body
}

#[actix_web::test]
async fn input_that_must_be_changed_is_pointed_at() {
    let world = World::new().await;
    world.put("/v1/businesses/salon", &json!({"name": "Salon"})).await.expect(201);
    world.put("/v1/recipients/camille", &client("salon")).await.expect(201);
    let event = |pointer: &str, value: Value| with(cancellation("salon", 1), pointer, value);
    let notify = |pointer: &str, value: Value| with(direct("salon", 1), pointer, value);
    let person = |pointer: &str, value: Value| with(client("salon"), pointer, value);
    let agreed = |pointer: &str, value: Value| with(consent("salon"), pointer, value);
    let (events, notifications) = ("/v1/events", "/v1/notifications");
    let (people, consents) = ("/v1/recipients/p", "/v1/recipients/camille/consents");
    let table: Vec<(Method, &str, Value, &str, &str)> = vec![
        (Method::POST, events, json!([]), "", "invalid_body"),
        (Method::POST, events, json!(["payment.received", "salon", null, {}]), "", "invalid_body"),
        (Method::PUT, "/v1/businesses/b", json!({"name": "B", "settings": []}), "/settings", "invalid_body"),
        (Method::POST, events, json!("secret-value"), "", "invalid_body"),
        (Method::POST, events, event("/type", Value::Null), "/type", "invalid_body"),
        (Method::POST, events, event("/type", json!(7)), "/type", "invalid_body"),
        (Method::POST, events, event("/type", json!("secret-value")), "/type", "unknown_event_type"),
        (Method::POST, events, event("/data", Value::Null), "/data", "invalid_body"),
        (Method::POST, events, event("/data", json!("secret-value")), "/data", "invalid_data"),
        (Method::POST, events, event("/tenant", json!("secret-value")), "/tenant", "invalid_body"),
        (Method::POST, events, event("/business_id", json!(7)), "/business_id", "invalid_body"),
        (Method::POST, events, event("/business_id", json!("")), "/business_id", "invalid_data"),
        (Method::POST, events, event("/business_id", json!("x".repeat(129))), "/business_id", "invalid_data"),
        (Method::POST, events, event("/business_id", Value::Null), "/business_id", "invalid_data"),
        (Method::POST, events, event("/occurred_at", json!("2026-12-01")), "/occurred_at", "invalid_data"),
        (
            Method::POST,
            events,
            event("/occurred_at", json!("2027-12-01T00:00:00Z")),
            "/occurred_at",
            "invalid_data",
        ),
        (
            Method::POST,
            events,
            event("/data/appointment/starts_at", Value::Null),
            "/data/appointment/starts_at",
            "invalid_data",
        ),
        (
            Method::POST,
            events,
            event("/data/appointment/secret-name", json!(1)),
            "/data/appointment/secret-name",
            "invalid_data",
        ),
        (
            Method::POST,
            events,
            event("/data/client/timezone", json!("secret-value")),
            "/data/client/timezone",
            "invalid_data",
        ),
        (
            Method::POST,
            events,
            event("/data/client/locale", json!("secret-value")),
            "/data/client/locale",
            "invalid_data",
        ),
        (Method::POST, notifications, notify("/kind", json!("secret-value")), "/kind", "unknown_kind"),
        (Method::POST, notifications, notify("/kind", json!("")), "/kind", "invalid_data"),
        (Method::POST, notifications, notify("/recipient", Value::Null), "/recipient_id", "invalid_data"),
        (Method::POST, notifications, notify("/recipient_id", json!("p")), "/recipient_id", "invalid_data"),
        (Method::POST, notifications, notify("/recipient/id", Value::Null), "/recipient/id", "invalid_body"),
        (
            Method::POST,
            notifications,
            notify("/recipient/email", json!("a@b\r\nBcc: c@d.fr")),
            "/recipient/email",
            "invalid_data",
        ),
        (
            Method::POST,
            notifications,
            notify("/recipient/vip", json!(true)),
            "/recipient/vip",
            "invalid_body",
        ),
        (Method::POST, notifications, notify("/channels", json!(["fax"])), "/channels/0", "invalid_body"),
        (Method::POST, notifications, notify("/channels", json!([])), "/channels", "invalid_data"),
        (Method::POST, notifications, notify("/send_at", json!("tomorrow")), "/send_at", "invalid_data"),
        (
            Method::POST,
            notifications,
            notify("/send_at", json!("2099-01-01T00:00:00Z")),
            "/send_at",
            "invalid_data",
        ),
        (Method::PUT, people, person("/actor", json!("secret-value")), "/actor", "invalid_body"),
        (Method::PUT, people, person("/email", json!("secret-value")), "/email", "invalid_recipient"),
        (Method::PUT, people, person("/phone", json!("secret-value")), "/phone", "invalid_recipient"),
        (Method::PUT, people, person("/locale", json!("secret-value")), "/locale", "invalid_recipient"),
        (Method::PUT, people, person("/timezone", json!("secret-value")), "/timezone", "invalid_recipient"),
        (Method::PUT, people, person("/name", json!("")), "/name", "invalid_recipient"),
        (Method::PUT, people, person("/name", json!("a\u{202e}b")), "/name", "invalid_recipient"),
        (Method::PUT, people, person("/role", json!("owner")), "/role", "invalid_recipient"),
        (Method::PUT, "/v1/businesses/b", json!({}), "/name", "invalid_body"),
        (Method::PUT, "/v1/businesses/b", json!({"name": "x".repeat(201)}), "/name", "invalid_business"),
        (
            Method::PUT,
            "/v1/businesses/b",
            json!({"name": "B", "settings": {"timezone": "secret-value"}}),
            "/settings/timezone",
            "invalid_body",
        ),
        (Method::PUT, "/v1/businesses/salon/settings", json!({"timezone": 5}), "/timezone", "invalid_body"),
        (
            Method::PUT,
            "/v1/businesses/salon/settings",
            json!({"locale": "secret-value"}),
            "/locale",
            "invalid_body",
        ),
        (
            Method::PUT,
            "/v1/businesses/salon/settings",
            json!({"brand": {"color": "secret-value"}}),
            "/brand/color",
            "invalid_settings",
        ),
        (
            Method::PUT,
            "/v1/businesses/salon/settings",
            json!({"reminders": {"rules": [{"before": "soon", "channels": ["sms"]}]}}),
            "/reminders/rules/0/before",
            "invalid_settings",
        ),
        (Method::POST, consents, agreed("/purpose", json!("service")), "/purpose", "invalid_consent"),
        (Method::POST, consents, agreed("/source", json!("")), "/source", "invalid_consent"),
        (Method::POST, consents, agreed("/wording", json!("a\u{0}b")), "/wording", "invalid_consent"),
        (Method::POST, consents, agreed("/granted", json!("yes")), "/granted", "invalid_body"),
        (
            Method::POST,
            "/v1/tokens",
            json!({"recipient_id": "camille", "ttl_s": 0}),
            "/ttl_s",
            "invalid_token_request",
        ),
        (
            Method::POST,
            "/v1/tokens",
            json!({"recipient_id": "camille", "ttl_s": 86_401}),
            "/ttl_s",
            "invalid_token_request",
        ),
        (
            Method::POST,
            "/v1/tokens",
            json!({"recipient_id": "camille", "ttl_s": -1}),
            "/ttl_s",
            "invalid_body",
        ),
        (
            Method::POST,
            "/v1/tokens",
            json!({"recipient_id": "camille", "ttl_s": 1.5}),
            "/ttl_s",
            "invalid_body",
        ),
        (
            Method::POST,
            "/v1/tokens",
            json!({"recipient_id": "", "ttl_s": 60}),
            "/recipient_id",
            "invalid_token_request",
        ),
    ];
    for (method, path, body, pointer, code) in table {
        let reply = world.send_json(&world.platform, method, path, &body).await;
        assert_eq!((reply.status, reply.problem().as_str()), (422, code), "{path} {body}: {}", reply.text);
        let problem = reply.json();
        let pointers: Vec<&str> = problem["errors"]
            .as_array()
            .expect("errors")
            .iter()
            .filter_map(|error| error["pointer"].as_str())
            .collect();
        assert!(pointers.contains(&pointer), "{pointer}: {problem}");
        assert!(!reply.text.contains("secret-value"), "{problem}");
    }
}

#[actix_web::test]
async fn several_mistakes_are_answered_at_once() {
    let world = World::new().await;
    let body = json!({"actor": "end_client", "name": "Camille", "email": "x", "phone": "y", "timezone": "z"});
    let problem = world.put("/v1/recipients/p", &body).await.expect(422).json();
    assert_eq!(problem["errors"].as_array().expect("errors").len(), 3, "{problem}");
}
