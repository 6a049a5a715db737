//! What a platform that is not in Paris says once, its businesses need not say.

use std::sync::Arc;

use actix_web::http::Method;
use carillon_application::Policy;
use carillon_domain::Platform;
use serde_json::{Value, json};

use crate::bodies::{cancellation, direct};
use crate::world::World;

/// A platform in London.
async fn london() -> World {
    let platform = Platform {
        name: "Bookwell".to_owned(),
        locale: "en-GB".parse().expect("a language"),
        timezone: chrono_tz::Europe::London,
    };
    World::with(|ports| ports.policy = Arc::new(Policy { platform, ..Policy::default() })).await
}

async fn spoken(world: &World, business: &str) -> (Value, Value) {
    let settings = world.get(&format!("/v1/businesses/{business}/settings")).await.expect(200).json();
    (settings["locale"].clone(), settings["timezone"].clone())
}

#[actix_web::test]
async fn whatever_leaves_out_language_and_zone_has_those_of_the_platform() {
    let world = london().await;
    let usual = (json!("en-GB"), json!("Europe/London"));
    let (business, settings) = ("/v1/businesses/barber", "/v1/businesses/barber/settings");
    for (method, path, body) in [
        (Method::PUT, business, json!({"name": "Barber"})),
        (
            Method::PUT,
            business,
            json!({"name": "Barber", "settings": {"quiet_hours": {"from": "21:00", "to": "08:00"}}}),
        ),
        (Method::PUT, settings, json!({})),
        (Method::PUT, settings, json!({"locale": null, "timezone": ""})),
        (Method::PATCH, settings, json!({"locale": null, "timezone": null})),
    ] {
        let reply = world.send_json(&world.platform, method.clone(), path, &body).await;
        assert!(reply.status < 300, "{}", reply.text);
        assert_eq!(spoken(&world, "barber").await, usual, "{method} {path} {body}");
        let other = json!({"locale": "fr", "timezone": "Europe/Paris"});
        world.put(settings, &other).await.expect(200);
        assert_eq!(
            spoken(&world, "barber").await,
            (json!("fr"), json!("Europe/Paris")),
            "what is said holds"
        );
    }
    // Of a business that comes with an event, what it says of itself holds, and the rest is the platform's.
    for (id, block, expected) in [
        ("one", json!({"name": "One"}), usual.clone()),
        ("two", json!({"name": "Two", "settings": {"brand": {"color": "#0f6e66"}}}), usual.clone()),
        ("three", json!({"name": "Three", "locale": "fr"}), (json!("fr"), json!("Europe/London"))),
        (
            "four",
            json!({"name": "Four", "settings": {"timezone": "Asia/Tokyo"}}),
            (json!("en-GB"), json!("Asia/Tokyo")),
        ),
    ] {
        let mut event = cancellation(id, 1);
        event["data"]["business"] = block;
        world.post("/v1/events", &event).await.expect(202);
        assert_eq!(spoken(&world, id).await, expected, "{id}");
    }
    world.post("/v1/notifications", &direct("five", 1)).await.expect(202);
    assert_eq!(spoken(&world, "five").await, usual, "a business that nothing is said of");
}
