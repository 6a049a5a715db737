//! What people and programs write in events is understood as it is meant.

use serde_json::{Value, json};

use crate::world::World;

fn booking(change: impl FnOnce(&mut Value)) -> Value {
    let mut event = json!({
        "type": "appointment.booked", "business_id": "salon-1",
        "data": {
            "business": {"name": "Salon", "locale": "fr", "timezone": "Europe/Paris"},
            "appointment": {"id": "a-1", "client_id": "alix", "service": "Coupe", "status": "confirmed", "starts_at": "2026-12-15T19:00:00+01:00"},
            "client": {"id": "alix", "name": "Alix Roux", "email": "alix@example.com"}
        }
    });
    change(&mut event["data"]);
    event
}

#[actix_web::test]
async fn an_empty_optional_field_of_an_event_is_as_if_left_out() {
    let world = World::new().await;
    for empty in [Value::Null, json!("")] {
        let event = booking(|data| {
            for name in ["phone", "locale", "timezone", "role"] {
                data["client"][name] = empty.clone();
            }
            for name in ["location", "timezone", "ends_at", "practitioner_id"] {
                data["appointment"][name] = empty.clone();
            }
        });
        let answer = world.post("/v1/events", &event).await.expect(202).json();
        assert_eq!(answer["warnings"], Value::Null, "{answer}");
    }
    let client = world.get("/v1/recipients/alix").await.expect(200).json();
    assert_eq!((&client["phone"], &client["locale"]), (&Value::Null, &Value::Null));
}

#[actix_web::test]
async fn numbers_addresses_zones_and_times_are_understood() {
    let world = World::new().await;
    let table = [
        ("client/phone", "06 12 34 56 78", "/v1/recipients/alix", "phone", "+33612345678"),
        ("client/phone", "0033612345678", "/v1/recipients/alix", "phone", "+33612345678"),
        ("client/phone", "tel:+33612345678", "/v1/recipients/alix", "phone", "+33612345678"),
        ("client/phone", "\u{202d}+33 6 12 34 56 78\u{202c}", "/v1/recipients/alix", "phone", "+33612345678"),
        ("client/phone", "＋３３６１２３４５６７８", "/v1/recipients/alix", "phone", "+33612345678"),
        (
            "client/email",
            "accueil@société.example",
            "/v1/recipients/alix",
            "email",
            "accueil@société.example",
        ),
        ("client/email", "zoé@exemple.fr", "/v1/recipients/alix", "email", "zoé@exemple.fr"),
        ("client/email", "用户@例子.广告", "/v1/recipients/alix", "email", "用户@例子.广告"),
        ("client/timezone", "america/new_york", "/v1/recipients/alix", "timezone", "America/New_York"),
        ("appointment/timezone", "Romance Standard Time", "/v1/appointments/a-1", "timezone", "Europe/Paris"),
        (
            "appointment/starts_at",
            "2026-12-15T20:00+01:00",
            "/v1/appointments/a-1",
            "starts_at",
            "2026-12-15T19:00:00Z",
        ),
        (
            "appointment/starts_at",
            "2026-12-15T21:00:00+0100",
            "/v1/appointments/a-1",
            "starts_at",
            "2026-12-15T20:00:00Z",
        ),
        (
            "appointment/location",
            "Cabinet Roux\r\n12 rue X\r\n75011 Paris",
            "/v1/appointments/a-1",
            "location",
            "Cabinet Roux\n12 rue X\n75011 Paris",
        ),
    ];
    for (place, written, path, field, expected) in table {
        let event = booking(|data| {
            let (part, name) = place.split_once('/').expect("a place");
            data[part][name] = json!(written);
        });
        let answer = world.post("/v1/events", &event).await.expect(202).json();
        assert_eq!(answer["warnings"], Value::Null, "{written}: {answer}");
        assert_eq!(world.get(path).await.expect(200).json()[field], expected, "{written}");
    }
}

#[actix_web::test]
async fn a_number_is_dialled_in_the_country_of_the_business_wherever_people_come_with_a_request() {
    let world = World::new().await;
    let swiss = json!({"name": "Salon", "locale": "fr", "timezone": "Europe/Zurich"});
    let made = world.put("/v1/businesses/salon-1", &swiss).await.expect(201).json();
    assert_eq!(made["settings"]["timezone"], "Europe/Zurich");
    let person =
        json!({"actor": "end_client", "business_id": "salon-1", "name": "Alix", "phone": "078 123 45 67"});
    let put = world.put("/v1/recipients/alix", &person).await.expect(201).json();
    assert_eq!(put["phone"], "+41781234567");
    let appointment = json!({"id": "a-1", "service": "Coupe", "starts_at": "2026-12-15T19:00+0100"});
    let notify = json!({
        "kind": "client.service_changed", "business_id": "salon-1", "data": {"appointment": appointment},
        "recipient": {"id": "zoe", "name": "Zoé", "phone": "078 123 45 68", "actor": "end_client"}
    });
    world.post("/v1/notifications", &notify).await.expect(202);
    assert_eq!(world.get("/v1/recipients/zoe").await.expect(200).json()["phone"], "+41781234568");
    let bulk = json!({
        "kind": "client.service_changed", "business_id": "salon-1", "data": {"appointment": appointment},
        "recipients": [{"id": "max", "name": "Max", "phone": "078 123 45 69", "email": ""}]
    });
    world.post("/v1/notifications/bulk", &bulk).await.expect(202);
    assert_eq!(world.get("/v1/recipients/max").await.expect(200).json()["phone"], "+41781234569");
}

#[actix_web::test]
async fn actor_and_role_beside_a_person_must_agree() {
    let world = World::new().await;
    let with = |actor: &str, role: Option<&str>| {
        booking(|data| {
            data["practitioner"] = json!({"id": "ines", "name": "Inès", "actor": actor, "role": role});
        })
    };
    world.post("/v1/events", &with("business_user", Some("staff"))).await.expect(202);
    for (actor, role, pointer) in [
        ("end_client", None, "/data/practitioner/actor"),
        ("business_user", Some("owner"), "/data/practitioner/role"),
    ] {
        let refused = world.post("/v1/events", &with(actor, role)).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
}

#[actix_web::test]
async fn a_business_that_comes_with_an_event_may_bring_all_its_settings() {
    let world = World::new().await;
    let event = booking(|data| {
        data["business"] = json!({"name": "Barber", "locale": "en", "settings": {"timezone": "Europe/London", "quiet_hours": {"from": "21:00", "to": "08:00"}}});
    });
    world.post("/v1/events", &event).await.expect(202);
    let settings = world.get("/v1/businesses/salon-1/settings").await.expect(200).json();
    assert_eq!(
        (&settings["locale"], &settings["timezone"], &settings["quiet_hours"]["from"]),
        (&json!("en"), &json!("Europe/London"), &json!("21:00"))
    );
    let other = World::new().await;
    let wrong = booking(|data| data["business"]["settings"] = json!({"brand": {"color": "red"}}));
    let refused = other.post("/v1/events", &wrong).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/data/business/settings/brand/color");
}

#[actix_web::test]
async fn a_business_that_comes_with_an_event_takes_the_fields_that_put_takes() {
    let world = World::new().await;
    let settings = json!({"quiet_hours": null, "reports": {"daily_at": "07:15", "weekly_at": null}, "brand": {"color": ""}});
    let bodies = [
        json!({"name": "Salon", "locale": "en", "timezone": "Europe/London"}),
        json!({"name": "Salon", "locale": "en", "timezone": "Romance Standard Time", "settings": settings}),
        json!({"name": "Salon", "locale": "", "timezone": null, "settings": settings}),
        json!({"name": "Salon", "locale": "fr", "settings": {"locale": "en", "timezone": "europe/london"}}),
    ];
    for (number, body) in bodies.iter().enumerate() {
        let [put, with_event] = ["put", "event"].map(|way| format!("{way}-{number}"));
        let mut event = booking(|data| data["business"] = body.clone());
        event["business_id"] = json!(with_event);
        event["data"]["client"]["id"] = json!(with_event);
        event["data"]["appointment"]["id"] = json!(with_event);
        event["data"]["appointment"]["client_id"] = json!(with_event);
        world.put(&format!("/v1/businesses/{put}"), body).await.expect(201);
        world.post("/v1/events", &event).await.expect(202);
        let [put, with_event] = [put, with_event].map(|id| format!("/v1/businesses/{id}/settings"));
        let expected = world.get(&put).await.expect(200).json();
        assert_eq!(world.get(&with_event).await.expect(200).json(), expected, "{body}");
    }
    let other = World::new().await;
    for unknown in
        [json!({"name": "Salon", "colour": "red"}), json!({"name": "Salon", "settings": {"colour": "red"}})]
    {
        let event = booking(|data| data["business"] = unknown.clone());
        other.post("/v1/events", &event).await.expect(422);
        other.put("/v1/businesses/salon-1", &unknown).await.expect(422);
    }
}

#[actix_web::test]
async fn what_cannot_be_a_name_is_refused() {
    let world = World::new().await;
    for name in ["\u{200b}\u{2060}", "https://evil.example/gagnez maintenant", "www.evil.example"] {
        let event = booking(|data| data["client"]["name"] = json!(name));
        let refused = world.post("/v1/events", &event).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], "/data/client/name", "{name:?}");
        let person = json!({"actor": "end_client", "name": name});
        world.put("/v1/recipients/alix", &person).await.expect(422);
    }
}

#[actix_web::test]
async fn hourly_and_daily_have_one_vocabulary() {
    let world = World::new().await;
    world.put("/v1/businesses/salon-1", &json!({"name": "Salon"})).await.expect(201);
    for (written, answered) in
        [("hour", "hourly"), ("hourly", "hourly"), ("day", "daily"), ("daily", "daily")]
    {
        let at = (answered == "daily").then_some("18:00");
        let settings = json!({"digests": {"staff.client_message": {"every": written, "at": at}}});
        let put = world.put("/v1/businesses/salon-1/settings", &settings).await.expect(200).json();
        assert_eq!(put["digests"]["staff.client_message"]["every"], answered);
        world
            .put(
                "/v1/recipients/alix",
                &json!({"actor": "end_client", "business_id": "salon-1", "name": "Alix"}),
            )
            .await;
        let wish = json!({"digest": {"messages": {"every": written, "at": at}}});
        let put = world.put("/v1/recipients/alix/preferences", &wish).await.expect(200).json();
        assert_eq!(put["digest"]["messages"]["every"], answered);
    }
}
