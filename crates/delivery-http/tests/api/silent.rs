//! An event with `silent: true` is stored and planned, and announces nothing.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::world::World;

fn booking(silent: &Value) -> Value {
    json!({
        "type": "appointment.booked", "business_id": "salon", "silent": silent,
        "data": {
            "appointment": {"id": "a-1", "service": "Coupe", "status": "confirmed", "starts_at": "2026-12-15T19:00:00+01:00"},
            "client": {"id": "alix", "name": "Alix Roux", "email": "alix@example.com", "phone": "+33612345678"},
            "practitioner": {"id": "ines", "name": "Inès Moreau", "email": "ines@example.com"},
            "owner": {"id": "helene", "name": "Hélène Girard", "email": "helene@example.com"}
        }
    })
}

/// Each message of an answer: recipient, kind, channel, state and reason.
fn messages(answer: &Value) -> BTreeSet<[String; 5]> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let notifications = answer["notifications"].as_array().expect("notifications");
    let of = |one: &Value| -> Vec<[String; 5]> {
        let (recipient, kind) = (text(&one["recipient_id"]), text(&one["kind"]));
        let messages = one["messages"].as_array().expect("messages").iter();
        messages
            .map(|message| {
                [
                    recipient.clone(),
                    kind.clone(),
                    text(&message["channel"]),
                    text(&message["status"]),
                    text(&message["reason"]),
                ]
            })
            .collect()
    };
    notifications.iter().flat_map(of).collect()
}

#[actix_web::test]
async fn a_silent_event_is_stored_and_its_announcements_say_that_it_was_silent() {
    let world = World::new().await;
    let tried = world.post("/v1/events/dry-run", &booking(&json!(true))).await.expect(200).json();
    let answer = world.post("/v1/events", &booking(&json!(true))).await.expect(202).json();
    let said = messages(&answer);
    assert_eq!(messages(&tried), said, "the dry run says the same");
    let (reminders, announced): (Vec<_>, Vec<_>) =
        said.iter().partition(|[_, kind, ..]| kind.contains("reminder"));
    for recipient in ["alix", "ines", "helene"] {
        assert!(announced.iter().any(|[one, ..]| one == recipient), "{recipient} has no row");
    }
    for message in announced {
        assert_eq!((message[3].as_str(), message[4].as_str()), ("suppressed", "silent"), "{message:?}");
    }
    assert!(reminders.iter().any(|message| message[3] == "scheduled"), "{reminders:?}");
    let event =
        world.get(&format!("/v1/events/{}", answer["event_id"].as_str().unwrap())).await.expect(200).json();
    assert_eq!(messages(&event), said, "the event shows what became of it");
    let first = answer["notifications"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["kind"] == "client.appointment_confirmed");
    let id = first.expect("a confirmation")["id"].as_str().unwrap();
    let timeline = world.get(&format!("/v1/notifications/{id}")).await.expect(200).json();
    for message in timeline["messages"].as_array().expect("messages") {
        assert_eq!(
            (&message["status"], &message["reason"]),
            (&json!("suppressed"), &json!("silent")),
            "{timeline}"
        );
    }
    world.get("/v1/appointments/a-1?business_id=salon").await.expect(200);
}

#[actix_web::test]
async fn an_event_is_loud_unless_it_says_true() {
    let world = World::new().await;
    let answer = world.post("/v1/events", &booking(&json!(false))).await.expect(202).json();
    assert!(messages(&answer).iter().all(|message| message[4] != "silent"), "{answer}");
    let refused = world.post("/v1/events", &booking(&json!("yes"))).await.expect(422).json();
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][0]["detail"]),
        (&json!("/silent"), &json!("must be true or false"))
    );
}
