//! Whatever GET answers can be PUT back as it is, and nothing changes by it.

use serde_json::{Value, json};

use crate::bodies::client;
use crate::world::World;

const TEXT: &str = "/v1/businesses/salon/templates/client.reminder_1h/sms/fr";

/// Everything that can be read and replaced.
const RESOURCES: [&str; 10] = [
    "/v1/businesses/salon",
    "/v1/businesses/bare",
    "/v1/businesses/salon/settings",
    "/v1/businesses/bare/settings",
    "/v1/recipients/camille",
    "/v1/recipients/ines",
    "/v1/recipients/camille/preferences",
    "/v1/recipients/ines/preferences",
    "/v1/appointments/a-1",
    TEXT,
];

/// A world in which every field of every resource is filled somewhere, and empty elsewhere.
async fn world() -> World {
    let world = World::new().await;
    let settings = json!({
        "locale": "fr-CH", "timezone": "Europe/Zurich", "channels": {"off": ["sms"], "kinds": {"client.reminder_24h": ["email"]}},
        "reminders": {"enabled": true, "rules": [{"before": "1 day before at 18:00", "channels": ["email"], "kind": "client.reminder_24h", "note": {"fr": "Venez tôt."}}]},
        "late_booking": {"policy": "send", "spacing": "2h"}, "quiet_hours": {"from": "21:00", "to": "08:00"},
        "reports": {"daily_at": "07:30", "weekly_at": null, "agenda_at": "18:00"}, "sender": {"name": "Salon", "reply_to": "salon@example.com"},
        "brand": {"color": "#0f6e66", "phone": "01 23 45 67 89", "address": "12 rue des Lilas"},
        "sms": {"monthly_budget": "50.00", "currency": "EUR", "countries": ["CH"], "letters": true},
        "caps": {"person_per_hour": 5, "phone_per_day": 4, "business_per_hour": 0},
        "digests": {"staff.client_message": {"every": "daily", "at": "08:00"}, "client.payment_confirmed": {"every": "hourly"}}
    });
    world.put("/v1/businesses/salon", &json!({"name": "Salon", "settings": settings})).await.expect(201);
    world.put("/v1/businesses/bare", &json!({"name": "Bare"})).await.expect(201);
    world.put("/v1/recipients/camille", &client("salon")).await.expect(201);
    let ines = json!({"actor": "business_user", "role": "staff", "business_id": "salon", "name": "Inès", "timezone": "Europe/Paris"});
    world.put("/v1/recipients/ines", &ines).await.expect(201);
    let wishes = json!({
        "categories": [{"category": "reminders", "channels": [{"channel": "sms", "allowed": false}]}],
        "kinds": [{"kind": "client.payment_confirmed", "channel": "email", "allowed": false}],
        "quiet_hours": {"from": "22:00", "to": "07:00"}, "digest": {"messages": {"every": "daily", "at": "18:00"}}
    });
    world.put("/v1/recipients/camille/preferences", &wishes).await.expect(200);
    let appointment = json!({
        "business_id": "salon", "client_ids": ["camille"], "practitioner_id": "ines", "service": "Coupe", "timezone": "Europe/Zurich",
        "location": "Salon\n12 rue des Lilas", "starts_at": "2026-12-15T14:30:00+01:00", "ends_at": "2026-12-15T15:30:00+01:00",
        "status": "confirmed", "action_url": "https://salon.example/a/1"
    });
    world.put("/v1/appointments/a-1", &appointment).await.expect(201);
    world
        .put(TEXT, &json!({"channel": "sms", "text": "A {{ appointment.starts_at|time }} !"}))
        .await
        .expect(200);
    world
}

#[actix_web::test]
async fn whatever_is_read_can_be_put_back_and_nothing_changes() {
    let world = Box::pin(world()).await;
    let consents = world.get("/v1/recipients/camille/consents").await.expect(200).json();
    for path in RESOURCES {
        let read = world.get(path).await.expect(200).json();
        world.put(path, &read).await.expect(200);
        assert_eq!(world.get(path).await.expect(200).json(), read, "{path}");
    }
    assert_eq!(world.get("/v1/recipients/camille/consents").await.expect(200).json(), consents);
}

#[actix_web::test]
async fn an_answer_to_put_can_be_put_back_too() {
    let world = Box::pin(world()).await;
    for path in [
        "/v1/businesses/salon",
        "/v1/businesses/salon/settings",
        "/v1/recipients/camille",
        "/v1/appointments/a-1",
    ] {
        let read = world.get(path).await.expect(200).json();
        let put = world.put(path, &read).await.expect(200).json();
        world.put(path, &put).await.expect(200);
    }
    let part = world.put("/v1/businesses/salon/settings", &json!({"locale": "fr"})).await.expect(200).json();
    assert!(part["warnings"].is_array(), "{part}");
    world.put("/v1/businesses/salon/settings", &part).await.expect(200);
}

#[actix_web::test]
async fn a_field_that_is_not_known_is_refused_in_every_resource() {
    let world = Box::pin(world()).await;
    for path in RESOURCES {
        let mut read = world.get(path).await.expect(200).json();
        read["colour"] = json!("#0f6e66");
        world.put(path, &read).await.expect(422);
    }
}

#[actix_web::test]
async fn an_optional_field_may_be_left_out_null_or_empty() {
    let world = Box::pin(world()).await;
    let full = [
        (
            "/v1/recipients/camille",
            json!({"actor": "end_client", "business_id": "salon", "name": "Camille"}),
            &["role", "email", "phone", "locale", "timezone"][..],
        ),
        (
            "/v1/appointments/a-1",
            json!({"business_id": "salon", "client_ids": ["camille"], "service": "Coupe", "starts_at": "2026-12-15T14:30+0100"}),
            &["client_id", "practitioner_id", "location", "ends_at", "timezone", "status", "action_url"],
        ),
        ("/v1/businesses/bare", json!({"name": "Bare"}), &["settings", "locale", "timezone"]),
        (
            "/v1/businesses/bare/settings",
            json!({}),
            &["locale", "timezone", "reminders", "quiet_hours", "brand", "sender", "sms", "caps", "digests"],
        ),
    ];
    for (path, least, optional) in full {
        world.put(path, &least).await.expect(200);
        let mut expected = world.get(path).await.expect(200).json();
        for empty in [Value::Null, json!(""), json!("  ")] {
            let mut body = least.clone();
            for name in optional {
                body[*name] = empty.clone();
            }
            world.put(path, &body).await.expect(200);
            let mut read = world.get(path).await.expect(200).json();
            for shown in [&mut read, &mut expected] {
                shown.as_object_mut().expect("an object").remove("revision");
            }
            assert_eq!(read, expected, "{path} {empty}");
        }
    }
}
