//! An address that nothing can be sent to keeps nobody else from hearing.

use serde_json::{Value, json};

use crate::world::World;

fn booking(client: &Value, practitioner: &Value) -> Value {
    json!({
        "type": "appointment.booked", "business_id": "salon",
        "data": {
            "appointment": {"id": "a-1", "service": "Coupe", "status": "confirmed", "starts_at": "2026-12-15T19:00:00+01:00", "client_id": "alix"},
            "client": client, "practitioner": practitioner,
            "owner": {"id": "helene", "name": "Hélène Girard", "email": "helene@example.com"}
        }
    })
}

fn mixed() -> Value {
    booking(
        &json!({"id": "alix", "name": "Alix Roux", "email": "alix@example.com", "phone": "call me"}),
        &json!({"id": "ines", "name": "Inès Moreau", "email": "bad"}),
    )
}

/// Where something is reported.
fn pointers(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(|one| one["pointer"].as_str()).collect()
}

/// The state and the reason of what somebody would get.
fn message<'a>(answer: &'a Value, recipient: &str, channel: &str) -> Vec<(&'a str, &'a str)> {
    let notifications = answer["notifications"].as_array().expect("notifications");
    let own = notifications.iter().filter(|one| one["recipient_id"] == recipient);
    own.flat_map(|one| one["messages"].as_array().expect("messages"))
        .filter(|message| message["channel"] == channel)
        .map(|message| (message["status"].as_str().unwrap(), message["reason"].as_str().unwrap_or_default()))
        .collect()
}

#[actix_web::test]
async fn a_booking_with_bad_contacts_is_accepted_and_everybody_else_hears_of_it() {
    let world = World::new().await;
    let answer = world.post("/v1/events", &mixed()).await.expect(202).json();
    assert_eq!(pointers(&answer["warnings"]), ["/data/client/phone", "/data/practitioner/email"]);
    assert!(!answer.to_string().contains("call me"), "{answer}");
    assert_eq!(message(&answer, "ines", "email"), [("suppressed", "invalid_address")]);
    assert!(message(&answer, "alix", "email").contains(&("queued", "")), "{answer}");
    assert!(message(&answer, "helene", "email").contains(&("queued", "")), "{answer}");
    let client = world.get("/v1/recipients/alix").await.expect(200).json();
    assert_eq!((&client["email"], &client["phone"]), (&json!("alix@example.com"), &Value::Null));
    let shown = world.get(&format!("/v1/events/{}", answer["event_id"].as_str().unwrap())).await.expect(200);
    assert_eq!(message(&shown.json(), "ines", "email"), [("suppressed", "invalid_address")]);
    let tried = world.post("/v1/events/dry-run", &mixed()).await.expect(200).json();
    assert_eq!(tried["warnings"], answer["warnings"]);
}

#[actix_web::test]
async fn a_landline_is_stored_and_named_and_gets_no_text_message() {
    let world = World::new().await;
    for (phone, is_tried) in [
        ("+33140506070", false),
        ("+33 8 99 12 34 56", false),
        ("+33612345678", true),
        ("+12015550123", true),
    ] {
        let mut body = booking(
            &json!({"id": "alix", "name": "Alix Roux", "email": "alix@example.com", "phone": phone}),
            &json!({"id": "ines", "name": "Inès Moreau", "email": "ines@example.com"}),
        );
        let booked = world.post("/v1/events?strict=true", &body).await.expect(202).json();
        let warned = if is_tried { vec![] } else { vec!["/data/client/phone"] };
        assert_eq!(pointers(&booked["warnings"]), warned, "{phone}");
        let shown = world.get("/v1/appointments/a-1").await.expect(200).json();
        let obstacles = &shown["readiness"][0]["obstacles"];
        let expected =
            if is_tried { json!([]) } else { json!([{"channel": "sms", "reason": "number_not_mobile"}]) };
        assert_eq!(obstacles, &expected, "{phone}");
        body["type"] = json!("appointment.cancelled");
        body["data"]["appointment"]["status"] = json!("cancelled");
        body["data"]["cancelled_by"] = json!("business");
        let tried = world.post("/v1/events/dry-run", &body).await.expect(200).json();
        assert_eq!(pointers(&tried["warnings"]), warned, "{phone}");
        let stored = world.get("/v1/recipients/alix").await.expect(200).json();
        assert_eq!(stored["phone"], phone.replace(' ', ""));
    }
    let body = json!({
        "kind": "client.appointment_cancelled", "business_id": "salon", "channels": ["sms"],
        "recipient": {"id": "max", "name": "Max", "phone": "+33140506070"},
        "data": {"appointment": {"id": "a-9", "service": "Coupe", "starts_at": "2026-12-01T19:00:00+01:00"}, "cancelled_by": "business"}
    });
    let answer = world.post("/v1/notifications", &body).await.expect(202).json();
    let sms = answer["messages"].as_array().expect("messages").iter().find(|one| one["channel"] == "sms");
    let sms = sms.expect("an SMS");
    assert_eq!((&sms["status"], &sms["reason"]), (&json!("suppressed"), &json!("number_not_mobile")));
}

#[actix_web::test]
async fn an_address_that_was_good_before_stays_when_the_new_one_is_unusable() {
    let world = World::new().await;
    let good = json!({"id": "ines", "name": "Inès Moreau", "email": "ines@example.com"});
    let client = json!({"id": "alix", "name": "Alix Roux"});
    world.post("/v1/events", &booking(&client, &good)).await.expect(202);
    let bad = json!({"id": "ines", "name": "Inès Moreau", "email": "ines@"});
    let mut again = booking(&client, &bad);
    again["data"]["appointment"]["id"] = json!("a-2");
    let answer = world.post("/v1/events", &again).await.expect(202).json();
    assert_eq!(message(&answer, "ines", "email"), [("suppressed", "invalid_address")]);
    let known = world.get("/v1/recipients/ines").await.expect(200).json();
    assert_eq!(known["email"], "ines@example.com");
}

#[actix_web::test]
async fn whoever_wants_it_strict_gets_a_refusal_with_one_error_for_each_mistake() {
    let world = World::new().await;
    let refused = world.post("/v1/events?strict=true", &mixed()).await.expect(422).json();
    assert_eq!(pointers(&refused["errors"]), ["/data/client/phone", "/data/practitioner/email"]);
    world.get("/v1/recipients/alix").await.expect(404);
    let bad = booking(
        &json!({"id": "alix", "name": "Alix Roux", "email": "bad"}),
        &json!({"id": "ines", "name": "Inès"}),
    );
    let refused = world.post("/v1/events?strict=true", &bad).await.expect(422).json();
    assert_eq!(pointers(&refused["errors"]), ["/data/client/email"]);
    world.post("/v1/events?strict=false", &bad).await.expect(202);
    world.post("/v1/events?strict=perhaps", &bad).await.expect(422);
    world.post("/v1/events?verbose=true", &bad).await.expect(422);
}

#[actix_web::test]
async fn a_person_who_cannot_be_read_is_reported_once() {
    let world = World::new().await;
    let unnamed = booking(&json!({"id": "alix", "email": "bad"}), &json!({"id": "ines", "name": "Inès"}));
    let refused = world.post("/v1/events", &unnamed).await.expect(422).json();
    assert_eq!(pointers(&refused["errors"]), ["/data/client/name", "/data/client/email"]);
}
