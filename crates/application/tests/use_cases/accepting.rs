//! An event becomes notifications.

use carillon_application::recipients::{Decision, Recipients};
use carillon_application::report::EventReport;
use carillon_domain::business::{ChannelChoice, Reminders};
use carillon_domain::{Business, Channel, Reach, Reason, Settings, Status};
use chrono::TimeDelta;
use serde_json::json;

use crate::world::{World, appointment, cancellation, platform};

fn kinds(report: &EventReport) -> Vec<(String, String)> {
    let mut kinds: Vec<_> =
        report.notifications.iter().map(|one| (one.kind.to_string(), one.recipient_id.to_string())).collect();
    kinds.sort();
    kinds
}

async fn settle(world: &World, settings: Settings) {
    let salon =
        Business { id: "salon".parse().expect("an id"), name: "Atelier Lumière".to_owned(), settings };
    world.ports.directory.put_business(&salon, carillon_testkit::build::now()).await.expect("stored");
}

#[tokio::test]
async fn one_notification_a_person_and_kind_and_the_reminders_with_them() {
    let world = World::new().await;
    let report = world.publish("appointment.booked", appointment(72, "confirmed")).await;
    let expected = [
        ("client.appointment_confirmed", "camille"),
        ("client.reminder_1h", "camille"),
        ("client.reminder_24h", "camille"),
        ("owner.appointment_booked", "helene"),
        ("staff.appointment_assigned", "ines"),
        ("staff.appointment_reminder", "ines"),
    ];
    assert_eq!(kinds(&report), expected.map(|(kind, person)| (kind.to_owned(), person.to_owned())));
}

#[tokio::test]
async fn a_condition_decides_whether_a_kind_is_caused() {
    let world = World::new().await;
    let requested = world.publish("appointment.booked", appointment(72, "requested")).await;
    assert!(
        !kinds(&requested)
            .iter()
            .any(|(kind, _)| kind == "client.appointment_confirmed" || kind.contains("reminder"))
    );
    let cancelled = world.publish("appointment.cancelled", cancellation()).await;
    let expected = [("client.appointment_cancelled", "camille"), ("staff.appointment_cancelled", "ines")];
    assert_eq!(kinds(&cancelled), expected.map(|(kind, person)| (kind.to_owned(), person.to_owned())));
}

#[tokio::test]
async fn each_left_out_channel_says_why() {
    let world = World::new().await;
    let mut data = appointment(48, "cancelled");
    data["cancelled_by"] = json!("business");
    data["client"].as_object_mut().expect("a map").remove("email");
    let report = world.publish("appointment.cancelled", data).await;
    let states = world.states(&report, "client.appointment_cancelled").await;
    let expected = [
        (Channel::Email, Status::Suppressed, Some(Reason::NoAddress)),
        (Channel::Sms, Status::Suppressed, Some(Reason::ConditionUnmet)),
        (Channel::InApp, Status::Queued, None),
    ];
    assert_eq!(states, expected);
}

#[tokio::test]
async fn the_business_decides_which_channels_are_used() {
    let world = World::new().await;
    let kinds = [("client.reminder_24h".parse().expect("a name"), vec![Channel::Sms])].into();
    let channels = ChannelChoice { off: vec![Channel::InApp], kinds };
    settle(&world, Settings { channels, ..Settings::default() }).await;
    let report = world.publish("appointment.booked", appointment(72, "confirmed")).await;
    let confirmed = world.states(&report, "client.appointment_confirmed").await;
    assert!(confirmed.contains(&(Channel::InApp, Status::Suppressed, Some(Reason::ChannelOff))));
}

#[tokio::test]
async fn reminders_follow_the_rules_of_the_business() {
    let world = World::new().await;
    settle(
        &world,
        Settings { reminders: Reminders { enabled: false, rules: vec![] }, ..Settings::default() },
    )
    .await;
    let report = world.publish("appointment.booked", appointment(72, "confirmed")).await;
    assert!(!kinds(&report).iter().any(|(kind, _)| kind.starts_with("client.reminder")));
}

#[tokio::test]
async fn marketing_waits_for_consent_and_for_its_time() {
    let world = World::new().await;
    let refused = world.publish("appointment.completed", appointment(-1, "completed")).await;
    let states = world.states(&refused, "client.review_request").await;
    assert_eq!(states, [(Channel::Email, Status::Suppressed, Some(Reason::NoConsent))]);
    let salon = "salon".parse().expect("an id");
    let yes = Decision {
        business: Some(salon),
        channel: Channel::Email,
        granted: true,
        source: "form".to_owned(),
        wording: None,
        ip: None,
    };
    Recipients::new(&world.ports)
        .decide(&platform(), &"camille".parse().expect("an id"), yes)
        .await
        .expect("kept");
    let report = world.publish("appointment.completed", appointment(-1, "completed")).await;
    world.later(TimeDelta::minutes(119)).await;
    assert_eq!(world.email.calls().len(), 0);
    world.later(TimeDelta::minutes(2)).await;
    assert_eq!(world.states(&report, "client.review_request").await, [(Channel::Email, Status::Sent, None)]);
}

#[tokio::test]
async fn people_are_stored_as_people_and_not_in_the_event() {
    let world = World::new().await;
    let report = world.publish("appointment.booked", appointment(72, "confirmed")).await;
    let (event, _) = world
        .ports
        .history
        .find_event(report.event_id, &Reach::Platform)
        .await
        .expect("a look")
        .expect("one");
    assert!(event.data.at("client").is_none() && event.data.at("appointment").is_some());
    assert_eq!(event.parts["client"].as_str(), "camille");
    let people =
        world.ports.directory.find_people(&["camille".parse().expect("an id")]).await.expect("a look");
    assert_eq!(people[0].name, "Camille Laurent");
}

#[tokio::test]
async fn a_known_person_can_be_named_by_id_and_keeps_what_is_not_said_again() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(72, "confirmed")).await;
    let mut data = cancellation();
    data["client"] = json!({"id": "camille", "phone": "+33699999999"});
    for part in ["practitioner", "owner"] {
        data.as_object_mut().expect("a map").remove(part);
    }
    world.publish("appointment.cancelled", data).await;
    world.drain().await;
    let camille = world
        .ports
        .directory
        .find_people(&["camille".parse().expect("an id")])
        .await
        .expect("a look")
        .remove(0);
    assert_eq!(
        (camille.name.as_str(), camille.phone.expect("a phone").expose()),
        ("Camille Laurent", "+33699999999")
    );
    assert_eq!(camille.email.expect("an address").expose(), "camille@example.com");
}

#[tokio::test]
async fn a_booking_that_leaves_the_status_out_is_confirmed_to_everybody() {
    let world = World::new().await;
    let mut data = appointment(72, "confirmed");
    data["appointment"].as_object_mut().expect("a map").remove("status");
    let report = world.publish("appointment.booked", data).await;
    let kinds = kinds(&report);
    for kind in ["client.appointment_confirmed", "owner.appointment_booked", "staff.appointment_assigned"] {
        assert!(kinds.iter().any(|(found, _)| found == kind), "{kind} is missing in {kinds:?}");
    }
}

#[tokio::test]
async fn an_appointment_that_is_over_is_not_cancelled_to_the_client() {
    let world = World::new().await;
    let mut data = appointment(-24, "cancelled");
    data["cancelled_by"] = json!("business");
    let report = world.publish("appointment.cancelled", data).await;
    for (_, status, reason) in world.states(&report, "client.appointment_cancelled").await {
        assert_eq!((status, reason), (Status::Suppressed, Some(Reason::PastAppointment)));
    }
}
