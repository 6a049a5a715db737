//! Paths, methods, ids and queries.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::world::{World, request};

#[actix_web::test]
async fn paths_methods_ids_and_queries_that_are_not_ours_are_problems_too() {
    let world = World::new().await;
    let long = format!("/v1/businesses/{}", "x".repeat(129));
    let none = "/v1/notifications/0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3d";
    let table: Vec<(Method, &str, u16, &str)> = vec![
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
        (Method::GET, "/v1/notifications?limit=101", 422, "invalid_query"),
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
