//! `Idempotency-Key`.

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::Value;

use crate::bodies::{cancellation, direct};
use crate::world::{Reply, World, request, with_body};

async fn post(world: &World, key: &str, path: &str, body: &Value) -> Reply {
    let asked = request(Method::POST, path, Some(&world.platform)).insert_header(("Idempotency-Key", key));
    world.send(with_body(asked, body.to_string())).await
}

async fn count(world: &World) -> usize {
    world.get("/v1/notifications?limit=100").await.json()["items"].as_array().expect("items").len()
}

#[actix_web::test]
async fn fifty_posts_at_once_with_one_key_make_one_event_and_one_answer() {
    let world = World::new().await;
    let body = cancellation("salon", 1);
    let replies = join_all((0..50).map(|_| post(&world, "once", "/v1/events", &body))).await;
    let first = replies[0].json();
    for reply in &replies {
        assert_eq!((reply.status, reply.json()), (202, first.clone()));
    }
    assert_eq!(count(&world).await, 1);
}

#[actix_web::test]
async fn a_key_stands_for_one_request_of_one_caller() {
    let world = World::new().await;
    let (one, two) = (direct("salon", 1), direct("salon", 2));
    let first = post(&world, "k", "/v1/notifications", &one).await.expect(202).json();
    assert_eq!(post(&world, "k", "/v1/notifications", &one).await.expect(202).json(), first);
    let other_body = post(&world, "k", "/v1/notifications", &two).await.expect(422);
    assert_eq!(other_body.problem(), "idempotency_key_reused");
    let other_path = post(&world, "k", "/v1/events", &cancellation("salon", 1)).await.expect(422);
    assert_eq!(other_path.problem(), "idempotency_key_reused");
    let own = world.business_key("salon").await;
    let asked =
        request(Method::POST, "/v1/notifications", Some(&own)).insert_header(("Idempotency-Key", "k"));
    world.send(with_body(asked, two.to_string())).await.expect(202);
    assert_eq!(count(&world).await, 2);
}

#[actix_web::test]
async fn a_key_has_1_to_255_visible_characters_and_comes_once() {
    let world = World::new().await;
    let body = cancellation("salon", 1);
    for key in ["", "with space", "é", "tab\there", &"k".repeat(256)] {
        let reply = post(&world, key, "/v1/events", &body).await.expect(422);
        assert_eq!(reply.problem(), "invalid_idempotency_key", "{key:?}");
    }
    let twice = request(Method::POST, "/v1/events", Some(&world.platform))
        .append_header(("Idempotency-Key", "a"))
        .append_header(("Idempotency-Key", "b"));
    world.send(with_body(twice, body.to_string())).await.expect(422);
    assert_eq!(count(&world).await, 0);
    post(&world, &"~".repeat(255), "/v1/events", &body).await.expect(202);
}
