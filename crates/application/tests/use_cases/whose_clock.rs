//! The zone that is stored with an appointment holds for every text on it, whoever sends which data.

use carillon_application::TryEvent;
use carillon_application::mailbox::Content;
use carillon_application::notify::To;
use carillon_application::templates::{Look, ManageTexts, TextName};
use carillon_application::{Bulk, Notify, NotifyMany, NotifyRecipient, Publish};
use carillon_domain::Channel;
use serde_json::{Value, json};

use crate::world::{World, platform};

/// An appointment in Tokyo with a business in Paris, at 14:30 in Paris and 22:30 in Tokyo.
fn appointment(zone: Option<&str>) -> Value {
    let mut appointment = json!({
        "id": "a-1", "client_ids": ["camille"], "service": "Visio", "starts_at": "2026-12-15T14:30:00+01:00"
    });
    if let Some(zone) = zone {
        appointment["timezone"] = json!(zone);
    }
    appointment
}

fn data(zone: Option<&str>) -> Value {
    json!({
        "business": {"name": "Salon", "locale": "fr", "timezone": "Europe/Paris"},
        "client": {"id": "camille", "name": "Camille Laurent", "email": "camille@example.com"},
        "appointment": appointment(zone)
    })
}

async fn world() -> World {
    let world = World::new().await;
    world.publish("appointment.booked", data(Some("Asia/Tokyo"))).await;
    let support = carillon_domain::Person {
        actor: carillon_domain::Actor::BusinessUser,
        role: Some(carillon_domain::Role::Support),
        email: carillon_domain::EmailAddress::parse("support@example.com").ok(),
        ..carillon_testkit::build::client("noe")
    };
    world.ports.directory.put_person(&support, carillon_testkit::build::now()).await.expect("a person");
    world.drain().await;
    world
}

fn assert_in_tokyo(text: &str) {
    assert!(text.contains("22:30") && !text.contains("14:30"), "{text}");
}

fn text_of(content: &Content) -> String {
    match content {
        Content::Email { subject, text, .. } => format!("{subject}\n{text}"),
        Content::Sms { text } => text.clone(),
        Content::InApp { title, body, .. } => format!("{title}\n{body}"),
    }
}

#[tokio::test]
async fn an_event_that_changes_no_appointment_is_told_by_its_stored_zone_as_the_dry_run_says() {
    let world = world().await;
    let publish = || Publish {
        name: "appointment.cancellation_requested".to_owned(),
        business: Some("salon".parse().expect("an id")),
        occurred_at: None,
        data: serde_json::from_value(data(None)).expect("data"),
        silent: false,
        repeatable: None,
    };
    let trial = TryEvent::new(&world.ports).run(&platform(), publish()).await.expect("a trial");
    let tried: Vec<String> =
        trial.messages.iter().filter_map(|one| one.content.as_ref()).map(text_of).collect();
    assert!(!tried.is_empty(), "{trial:?}");
    for text in &tried {
        assert_in_tokyo(text);
    }
    let sent_before = world.email.calls().len();
    world.publish("appointment.cancellation_requested", data(None)).await;
    world.drain().await;
    let sent = world.email.calls().split_off(sent_before);
    assert_eq!(sent.len(), 1);
    assert_in_tokyo(&format!("{}\n{}", sent[0].subject, sent[0].text));
}

#[tokio::test]
async fn a_dry_run_of_a_change_without_a_zone_shows_the_stored_one() {
    let world = world().await;
    for (name, service) in [("appointment.completed", "Visio"), ("appointment.service_changed", "Couleur")] {
        let mut data = data(None);
        data["appointment"]["service"] = json!(service);
        if name == "appointment.service_changed" {
            data["previous"] = json!({"service": "Visio"});
        }
        let publish = Publish {
            name: name.to_owned(),
            business: Some("salon".parse().expect("an id")),
            occurred_at: None,
            data: serde_json::from_value(data).expect("data"),
            silent: false,
            repeatable: None,
        };
        let trial = TryEvent::new(&world.ports).run(&platform(), publish).await.expect("a trial");
        for content in trial.messages.iter().filter_map(|one| one.content.as_ref()) {
            let text = text_of(content);
            assert!(!text.contains("14:30"), "{name}: {text}");
        }
    }
}

#[tokio::test]
async fn a_change_that_came_late_is_tried_with_the_appointment_that_is_known() {
    let world = world().await;
    let mut late = data(None);
    late["appointment"]["status"] = json!("confirmed");
    late["previous"] = json!({"service": "Coupe"});
    let publish = Publish {
        name: "appointment.service_changed".to_owned(),
        business: Some("salon".parse().expect("an id")),
        occurred_at: Some(carillon_testkit::build::now() - chrono::TimeDelta::hours(1)),
        data: serde_json::from_value(late).expect("data"),
        silent: false,
        repeatable: None,
    };
    let trial = TryEvent::new(&world.ports).run(&platform(), publish).await.expect("a trial");
    for content in trial.messages.iter().filter_map(|one| one.content.as_ref()) {
        assert_in_tokyo(&text_of(content));
    }
}

#[tokio::test]
async fn a_notification_asked_for_by_hand_and_a_preview_follow_the_stored_zone() {
    let world = world().await;
    let before = world.email.calls().len();
    let told = || {
        serde_json::from_value(json!({"appointment": appointment(None), "previous": {"service": "Coupe"}}))
    };
    let kind = || "client.service_changed".parse().expect("a kind");
    let notify = Notify {
        kind: kind(),
        business: Some("salon".parse().expect("an id")),
        to: To::Known("camille".parse().expect("an id")),
        data: told().expect("data"),
        channels: Some(vec![Channel::Email]),
        send_at: None,
        repeatable: None,
    };
    NotifyRecipient::new(&world.ports).run(&platform(), notify).await.expect("accepted");
    let recipients = [
        json!({"id": "camille"}),
        json!({"id": "camille-2", "name": "C", "email": "c2@example.com", "data": {"appointment": appointment(None), "previous": {"service": "Coupe"}}}),
    ];
    let bulk = Bulk {
        kind: kind(),
        business: Some("salon".parse().expect("an id")),
        recipients: recipients.into_iter().map(|one| serde_json::from_value(one).expect("data")).collect(),
        data: told().expect("data"),
        channels: Some(vec![Channel::Email]),
        per_minute: 0,
        repeatable: None,
    };
    NotifyMany::new(&world.ports).run(&platform(), bulk).await.expect("accepted");
    world.drain().await;
    let sent = world.email.calls().split_off(before);
    assert_eq!(sent.len(), 3);
    for email in sent {
        assert_in_tokyo(&format!("{}\n{}", email.subject, email.text));
    }
    let look = Look {
        name: TextName {
            business: "salon".parse().expect("an id"),
            kind: kind(),
            channel: Channel::Email,
            locale: "fr".parse().expect("a language"),
        },
        text: None,
        data: told().ok(),
        recipient: None,
    };
    let preview = ManageTexts::new(&world.ports).preview(&platform(), look).await.expect("a preview");
    assert_in_tokyo(&text_of(&preview.content.expect("a text")));
}
