//! Whatever is sent, the answer says what to change, and never repeats it.

use actix_web::http::Method;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::bodies::{cancellation, client, consent, direct};
use crate::world::{World, request, with_body};

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
            event("/data/client/email", json!("secret-value")),
            "/data/client/email",
            "invalid_data",
        ),
        (
            Method::POST,
            events,
            event("/data/client/phone", json!("0612345678")),
            "/data/client/phone",
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

#[actix_web::test]
async fn what_is_not_json_is_refused_with_its_place() {
    let world = World::new().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_data = format!(
        r#"{{"type":"payment.received","business_id":"salon","data":{}{}}}"#,
        r#"{"a":"#.repeat(200),
        "}".repeat(200)
    );
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"{".to_vec(),
        b"{}x".to_vec(),
        b"nul".to_vec(),
        br#"{"type": "a",}"#.to_vec(),
        br#"{"unknown": 1, "type": }"#.to_vec(),
        b"{\"type\": \"\xff\xfe\"}".to_vec(),
        br#"{"type": "\ud800"}"#.to_vec(),
        br#"{"type": 1e999}"#.to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        deep.into_bytes(),
        deep_data.into_bytes(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let asked = with_body(request(Method::POST, "/v1/events", Some(&world.platform)), body);
        let reply = world.send(asked).await;
        assert_eq!(
            (reply.status, reply.problem().as_str()),
            (400, "malformed_json"),
            "{shown}: {}",
            reply.text
        );
        assert!(reply.json()["detail"].as_str().expect("a detail").contains("column"));
    }
    let depth_40 = format!(
        r#"{{"type":"payment.received","business_id":"s","data":{}1{}}}"#,
        r#"{"a":"#.repeat(40),
        "}".repeat(40)
    );
    let asked = with_body(request(Method::POST, "/v1/events", Some(&world.platform)), depth_40);
    let reply = world.send(asked).await.expect(422);
    assert_eq!(reply.json()["errors"][0]["pointer"], "/data");
}

#[actix_web::test]
async fn only_json_of_at_most_1_mib_is_read() {
    let world = World::new().await;
    let body = || cancellation("salon", 1).to_string();
    let post = || request(Method::POST, "/v1/events", Some(&world.platform));
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin1",
        "",
        "application/jsonx",
    ] {
        let reply =
            world.send(post().insert_header((CONTENT_TYPE, kind)).set_payload(body())).await.expect(415);
        assert_eq!(reply.problem(), "unsupported_media_type");
    }
    world.send(post().set_payload(body())).await.expect(415);
    world.send(with_body(post(), body()).insert_header((CONTENT_ENCODING, "gzip"))).await.expect(415);
    let asked = post().insert_header((CONTENT_TYPE, "Application/JSON; charset=UTF-8")).set_payload(body());
    world.send(asked).await.expect(202);

    let mut long = body();
    long.push_str(&" ".repeat(1_048_576 - long.len()));
    world.send(with_body(post(), long.clone())).await.expect(202);
    long.push(' ');
    let reply = world.send(with_body(post(), long)).await.expect(413);
    assert_eq!(reply.problem(), "body_too_large");
    let reply = world.send(with_body(post(), "{}").insert_header((CONTENT_LENGTH, "1048577"))).await;
    assert_eq!(reply.expect(413).problem(), "body_too_large");
}

#[actix_web::test]
async fn paths_methods_ids_and_queries_that_are_not_ours_are_problems_too() {
    let world = World::new().await;
    let long = format!("/v1/businesses/{}", "x".repeat(129));
    let none = "/v1/notifications/0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3d";
    let table: Vec<(Method, &str, u16, &str)> = vec![
        (Method::GET, "/", 404, "not_found"),
        (Method::GET, "/v1", 404, "not_found"),
        (Method::POST, "/v1/nowhere", 404, "not_found"),
        (Method::GET, "/v1/events/", 404, "not_found"),
        (Method::GET, "/v1/kinds/", 404, "not_found"),
        (Method::GET, "/docs/nothing.js", 404, "not_found"),
        (Method::GET, "/v1/events", 405, "method_not_allowed"),
        (Method::PATCH, "/v1/businesses/x", 405, "method_not_allowed"),
        (Method::OPTIONS, "/v1/notifications", 405, "method_not_allowed"),
        (Method::DELETE, "/health/live", 405, "method_not_allowed"),
        (Method::GET, "/v1/events/not-an-id", 404, "not_found"),
        (Method::GET, "/v1/notifications/1", 404, "not_found"),
        (Method::GET, none, 404, "not_found"),
        (Method::GET, &long, 422, "invalid_path"),
        (Method::GET, "/v1/recipients/a%0Ab", 422, "invalid_path"),
        (Method::GET, "/v1/recipients/%00", 422, "invalid_path"),
        (Method::GET, "/v1/recipients/%FF", 400, "malformed_path"),
        (Method::GET, "/v1/businesses/nobody", 404, "not_found"),
        (Method::GET, "/v1/notifications?limit=0", 422, "invalid_query"),
        (Method::GET, "/v1/notifications?limit=-1", 422, "invalid_query"),
        (Method::GET, "/v1/notifications?limit=ten", 422, "invalid_query"),
        (Method::GET, "/v1/notifications?limit=99999999999999999999", 422, "invalid_query"),
        (Method::GET, "/v1/notifications?limit=1&limit=2", 422, "invalid_query"),
        (Method::GET, "/v1/notifications?status=gone", 422, "invalid_query"),
        (Method::GET, "/v1/notifications?channel=fax", 422, "invalid_query"),
        (Method::GET, "/v1/notifications?since=yesterday", 422, "invalid_query"),
        (Method::GET, "/v1/notifications?after=x", 422, "invalid_query"),
        (Method::GET, "/v1/notifications?business_id=", 422, "invalid_query"),
        (Method::GET, "/v1/notifications?kind=%00", 422, "invalid_query"),
        (Method::GET, "/v1/notifications?sort=name", 422, "invalid_query"),
        (Method::GET, "/v1/notifications?recipient_id=%FF", 400, "malformed_query"),
        (Method::GET, "/v1/kinds?x", 422, "invalid_query"),
        (Method::GET, "/v1/kinds?actor=owner", 422, "invalid_query"),
    ];
    for (method, path, status, code) in table {
        let reply = world.send(request(method.clone(), path, Some(&world.platform))).await;
        assert_eq!(
            (reply.status, reply.problem().as_str()),
            (status, code),
            "{method} {path}: {}",
            reply.text
        );
    }
    let reply = world.send(request(Method::PATCH, "/v1/businesses/x", None)).await.expect(405);
    assert_eq!(reply.header("allow"), "GET, PUT, DELETE");
    let reply = world.get("/v1/notifications?limit=0&status=gone&sort=x").await.expect(422).json();
    let names: Vec<&Value> =
        reply["errors"].as_array().expect("errors").iter().map(|error| &error["parameter"]).collect();
    assert_eq!(names, ["status", "limit", "sort"]);
}

#[actix_web::test]
async fn an_id_may_hold_anything_that_is_no_control_character() {
    let world = World::new().await;
    let made = world
        .put("/v1/businesses/a%2Fb%20%2B%25%C3%A9%F0%9F%8C%B8", &json!({"name": "Salon"}))
        .await
        .expect(201);
    assert_eq!(made.json()["id"], "a/b +%é🌸");
    world.get("/v1/businesses/a%2Fb%20+%25%C3%A9%F0%9F%8C%B8").await.expect(200);
    world.get("/v1/businesses/a%2Fb").await.expect(404);
}
