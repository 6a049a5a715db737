//! Who may come in, and how far.

use actix_web::http::Method;
use carillon_domain::{Permission, Reach};
use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::bodies::{cancellation, client, user};
use crate::world::{SECRET, World, request, with_body};

/// 2026-12-01 09:00 UTC: an hour ahead of the clock.
const LATER: i64 = 1_796_115_600;

fn sign(algorithm: Algorithm, secret: &[u8], claims: &Value) -> String {
    encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret)).expect("a token")
}

fn claims() -> Value {
    json!({"iss": "carillon", "sub": "camille", "actor": "end_client", "exp": LATER})
}

fn changed(change: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in change.as_object().expect("a map") {
        match value {
            Value::Null => drop(claims.as_object_mut().expect("a map").remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

#[actix_web::test]
async fn whoever_has_no_valid_credential_hears_nothing_but_that() {
    let world = World::new().await;
    let unsigned = format!(
        "eyJhbGciOiJub25lIn0.{}.",
        sign(Algorithm::HS256, SECRET, &claims()).split('.').nth(1).expect("a payload")
    );
    let mut last_changed = world.platform.clone();
    let last = if last_changed.pop() == Some('0') { '1' } else { '0' };
    last_changed.push(last);
    let credentials = [
        String::new(),
        "x".to_owned(),
        "ck_live_".to_owned(),
        last_changed,
        world.platform.to_uppercase(),
        unsigned,
        sign(Algorithm::HS512, SECRET, &claims()),
        sign(Algorithm::HS256, b"another secret of thirty-two bytes", &claims()),
        sign(Algorithm::HS256, SECRET, &changed(&json!({"iss": "somebody"}))),
        sign(Algorithm::HS256, SECRET, &changed(&json!({"iss": null}))),
        sign(Algorithm::HS256, SECRET, &changed(&json!({"sub": null}))),
        sign(Algorithm::HS256, SECRET, &changed(&json!({"exp": null}))),
        sign(Algorithm::HS256, SECRET, &changed(&json!({"exp": "later"}))),
        sign(Algorithm::HS256, SECRET, &changed(&json!({"exp": LATER - 3_600}))),
        sign(Algorithm::HS256, SECRET, &changed(&json!({"exp": i64::MAX}))),
        sign(Algorithm::HS256, SECRET, &changed(&json!({"actor": "god"}))),
        sign(Algorithm::HS256, SECRET, &changed(&json!({"actor": null}))),
    ];
    for credential in credentials {
        let reply = world.get_as(&credential, "/v1/inbox/counts").await.expect(401);
        assert_eq!(reply.problem(), "invalid_credentials", "{credential}");
        assert_eq!(reply.header("www-authenticate"), "Bearer");
    }
    let token = sign(Algorithm::HS256, SECRET, &claims());
    world.get_as(&token, "/v1/inbox/counts").await.expect(200);
    for header in [format!("Basic {token}"), token.clone(), format!("Bearer{token}"), "Bearer".to_owned()] {
        let asked = request(Method::GET, "/v1/inbox/counts", None).insert_header(("Authorization", header));
        world.send(asked).await.expect(401);
    }
    let asked = request(Method::GET, "/v1/inbox/counts", None);
    world.send(asked.insert_header(("Authorization", format!("bearer {token}")))).await.expect(200);
    let twice = request(Method::GET, "/v1/inbox/counts", Some(&token));
    world.send(twice.append_header(("Authorization", format!("Bearer {token}")))).await.expect(401);
}

#[actix_web::test]
async fn a_token_ends_when_our_clock_says_so() {
    let world = World::new().await;
    world.put("/v1/recipients/camille", &client("salon")).await.expect(201);
    let body = json!({"recipient_id": "camille", "ttl_s": 60});
    let issued = world.post("/v1/tokens", &body).await.expect(200).json();
    assert_eq!(issued["expires_at"], "2026-12-01T08:01:00.000Z");
    let token = issued["token"].as_str().expect("a token");
    world.clock.advance(TimeDelta::milliseconds(59_999));
    world.get_as(token, "/v1/inbox/counts").await.expect(200);
    world.clock.advance(TimeDelta::milliseconds(1));
    world.get_as(token, "/v1/inbox/counts").await.expect(401);
}

#[actix_web::test]
async fn a_credential_is_asked_for_before_the_body_is_looked_at() {
    let world = World::new().await;
    let reply = world.send(with_body(request(Method::POST, "/v1/events", None), "{")).await;
    assert_eq!(reply.expect(401).problem(), "invalid_credentials");
}

#[actix_web::test]
async fn a_missing_permission_is_named() {
    let world = World::new().await;
    let key = world.key(Reach::Platform, vec![Permission::NotificationsRead]).await;
    let reply =
        world.send_json(&key, Method::POST, "/v1/events", &cancellation("salon", 1)).await.expect(403);
    assert_eq!(reply.problem(), "forbidden");
    assert_eq!(reply.json()["detail"], "This needs the permission events:write.");
    world.get_as(&key, "/v1/notifications").await.expect(200);
    let inbox = world.get_as(&key, "/v1/inbox").await.expect(403);
    assert_eq!(inbox.problem(), "user_token_required");
}

#[actix_web::test]
async fn people_reach_what_their_role_allows() {
    let world = World::new().await;
    for (id, body) in [
        ("olga", user("salon", "owner")),
        ("sam", user("salon", "support")),
        ("ines", user("salon", "staff")),
        ("camille", client("salon")),
        ("zoe", client("salon")),
        ("admin", json!({"actor": "platform_admin", "name": "Ada"})),
    ] {
        world.put(&format!("/v1/recipients/{id}"), &body).await.expect(201);
    }
    world.put("/v1/businesses/salon", &json!({"name": "Salon"})).await.expect(201);
    let table = [
        ("olga", "/v1/businesses/salon/settings", 200),
        ("olga", "/v1/recipients/camille/export", 200),
        ("sam", "/v1/notifications", 200),
        ("sam", "/v1/recipients/camille", 200),
        ("sam", "/v1/businesses/salon/settings", 403),
        ("ines", "/v1/inbox", 200),
        ("ines", "/v1/notifications", 403),
        ("ines", "/v1/recipients/camille", 403),
        ("camille", "/v1/inbox", 200),
        ("camille", "/v1/recipients/camille", 200),
        ("camille", "/v1/recipients/camille/export", 200),
        ("camille", "/v1/recipients/camille/consents", 200),
        ("camille", "/v1/recipients/camille/preferences", 200),
        ("camille", "/v1/recipients/zoe", 403),
        ("ines", "/v1/recipients/camille/preferences", 403),
        ("sam", "/v1/recipients/camille/preferences", 200),
        ("admin", "/v1/notifications", 200),
        ("admin", "/v1/businesses/salon", 403),
    ];
    for (who, path, status) in table {
        let token = world.token(who).await;
        let reply = world.get_as(&token, path).await;
        assert_eq!(reply.status, status, "{who} {path}: {}", reply.text);
    }
}
