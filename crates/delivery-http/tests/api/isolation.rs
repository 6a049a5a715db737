//! What belongs to another business is not there.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::bodies::{cancellation, client, consent, direct};
use crate::world::{World, request};

#[actix_web::test]
async fn another_business_gets_404_for_everything_and_changes_nothing() {
    let world = World::new().await;
    world.put("/v1/businesses/other", &json!({"name": "Other"})).await.expect(201);
    let report = world.post("/v1/events", &cancellation("salon", 1)).await.expect(202).json();
    let later = world.post("/v1/notifications", &direct("salon", 1)).await.expect(202).json();
    let event = report["event_id"].as_str().expect("an id");
    let notification = later["id"].as_str().expect("an id");
    let stranger = world.business_key("other").await;

    let person = "/v1/recipients/salon-client-1";
    let business = "/v1/businesses/salon";
    let none = Value::Null;
    let table: Vec<(Method, String, Value)> = vec![
        (Method::GET, format!("/v1/events/{event}"), none.clone()),
        (Method::GET, format!("/v1/notifications/{notification}"), none.clone()),
        (Method::POST, format!("/v1/notifications/{notification}/cancel"), none.clone()),
        (Method::POST, format!("/v1/notifications/{notification}/retry"), none.clone()),
        (Method::GET, business.to_owned(), none.clone()),
        (Method::PUT, business.to_owned(), json!({"name": "Mine"})),
        (Method::DELETE, business.to_owned(), none.clone()),
        (Method::GET, format!("{business}/settings"), none.clone()),
        (Method::PUT, format!("{business}/settings"), json!({})),
        (Method::GET, person.to_owned(), none.clone()),
        (Method::PUT, person.to_owned(), client("other")),
        (Method::PUT, person.to_owned(), client("salon")),
        (Method::PUT, "/v1/recipients/new".to_owned(), client("salon")),
        (Method::DELETE, person.to_owned(), none.clone()),
        (Method::GET, format!("{person}/export"), none.clone()),
        (Method::GET, format!("{person}/consents"), none.clone()),
        (Method::POST, format!("{person}/consents"), consent("salon")),
        (Method::GET, format!("{person}/preferences"), none.clone()),
        (
            Method::PUT,
            format!("{person}/preferences"),
            json!({"quiet_hours": {"from": "21:00", "to": "08:00"}}),
        ),
        (Method::POST, "/v1/tokens".to_owned(), json!({"recipient_id": "salon-client-1", "ttl_s": 60})),
        (Method::POST, "/v1/events".to_owned(), cancellation("salon", 2)),
        (Method::POST, "/v1/notifications".to_owned(), direct("salon", 2)),
        (Method::DELETE, "/v1/businesses/other".to_owned(), none.clone()),
    ];
    let before = everything(&world).await;
    for (method, path, body) in table {
        let reply = if body.is_null() {
            world.send(request(method.clone(), &path, Some(&stranger))).await
        } else {
            world.send_json(&stranger, method.clone(), &path, &body).await
        };
        assert_eq!(
            (reply.status, reply.problem()),
            (404, "not_found".to_owned()),
            "{method} {path}: {}",
            reply.text
        );
    }
    let found = world.get_as(&stranger, "/v1/notifications?business_id=salon").await.expect(200).json();
    assert_eq!(found["items"], json!([]));
    let found =
        world.get_as(&stranger, "/v1/notifications?recipient_id=salon-client-1").await.expect(200).json();
    assert_eq!(found["items"], json!([]));
    assert_eq!(everything(&world).await, before, "nothing changed");
}

async fn everything(world: &World) -> Vec<Value> {
    let mut all = Vec::new();
    for path in [
        "/v1/notifications",
        "/v1/businesses/salon",
        "/v1/recipients/salon-client-1/export",
        "/v1/businesses/other",
    ] {
        all.push(world.get(path).await.expect(200).json());
    }
    all
}

#[actix_web::test]
async fn a_business_reaches_what_is_its_own() {
    let world = World::new().await;
    let own = world.business_key("salon").await;
    let report =
        world.send_json(&own, Method::POST, "/v1/events", &cancellation("salon", 1)).await.expect(202).json();
    let id = report["notifications"][0]["id"].as_str().expect("an id");
    for path in [
        format!("/v1/notifications/{id}"),
        "/v1/notifications".to_owned(),
        "/v1/businesses/salon".to_owned(),
        "/v1/recipients/salon-client-1".to_owned(),
    ] {
        world.get_as(&own, &path).await.expect(200);
    }
}
