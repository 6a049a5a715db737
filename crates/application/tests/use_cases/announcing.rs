//! What an event announces is not sent where it is past, silent, or nothing new.

use carillon_application::report::EventReport;
use carillon_application::{ManageAppointments, Publish, PublishEvent};
use carillon_domain::person::Role;
use carillon_domain::{Actor, Person, Reason, Status};
use carillon_testkit::build::{self, now};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::world::{World, appointment, platform};

/// The messages that an event made at once, reminders left out: all suppressed for one reason.
fn assert_withheld(report: &EventReport, reason: Reason, what: &str) {
    let announced = report.notifications.iter().filter(|one| !one.kind.as_str().contains("reminder"));
    let messages: Vec<_> = announced.flat_map(|one| &one.messages).collect();
    assert!(!messages.is_empty(), "{what}: no message says why nothing is sent");
    for message in messages {
        assert_eq!((message.status, message.reason), (Status::Suppressed, Some(reason)), "{what}");
    }
}

fn with(mut data: Value, field: &str, value: Value) -> Value {
    data[field] = value;
    data
}

async fn publish(world: &World, name: &str, data: Value, hours_ago: i64, silent: bool) -> EventReport {
    let publish = Publish {
        name: name.to_owned(),
        business: Some(build::id("salon")),
        occurred_at: Some(now() - TimeDelta::hours(hours_ago)),
        data: serde_json::from_value(data).expect("data"),
        silent,
        repeatable: None,
    };
    PublishEvent::new(&world.ports).run(&platform(), publish).await.expect("accepted")
}

#[tokio::test]
async fn an_appointment_that_has_begun_is_announced_to_nobody() {
    for (event, status) in [
        ("appointment.booked", "confirmed"),
        ("appointment.booked", "requested"),
        ("appointment.requested", "requested"),
        ("appointment.confirmed", "confirmed"),
        ("appointment.rescheduled", "confirmed"),
        ("appointment.cancelled", "cancelled"),
        ("appointment.cancellation_requested", "confirmed"),
        ("appointment.service_changed", "confirmed"),
        ("appointment.practitioner_changed", "confirmed"),
    ] {
        let world = World::new().await;
        let support =
            Person { actor: Actor::BusinessUser, role: Some(Role::Support), ..build::client("sam") };
        world.ports.directory.put_person(&support, now()).await.expect("stored");
        let mut data = appointment(-1, status);
        if event == "appointment.cancelled" {
            data["cancelled_by"] = json!("business");
        }
        let report = world.publish(event, data).await;
        assert_withheld(&report, Reason::PastAppointment, event);
        world.drain().await;
        assert!(world.email.calls().is_empty(), "{event}");
        assert!(world.sms.calls().is_empty(), "{event}");
    }
}

#[tokio::test]
async fn what_is_meant_for_after_an_appointment_is_sent() {
    let world = World::new().await;
    let report = world.publish("appointment.no_show", appointment(-1, "no_show")).await;
    assert!(!world.states(&report, "staff.client_no_show").await.is_empty());
    for (_, status, _) in world.states(&report, "staff.client_no_show").await {
        assert_eq!(status, Status::Queued);
    }
}

#[tokio::test]
async fn an_event_of_last_month_announces_nothing_but_what_is_critical() {
    let world = World::new().await;
    let report = publish(&world, "appointment.booked", appointment(48, "confirmed"), 30 * 24, false).await;
    assert_withheld(&report, Reason::PastAppointment, "booked a month ago");
    let cancelled = with(appointment(48, "cancelled"), "cancelled_by", json!("business"));
    let report = publish(&world, "appointment.cancelled", cancelled, 25, false).await;
    let states = world.states(&report, "client.appointment_cancelled").await;
    assert!(states.iter().any(|(_, status, _)| *status == Status::Queued), "{states:?}");
}

#[tokio::test]
async fn a_silent_event_plans_reminders_and_tells_nobody() {
    let world = World::new().await;
    let report = publish(&world, "appointment.booked", appointment(48, "confirmed"), 0, true).await;
    assert_withheld(&report, Reason::Silent, "silent");
    let reminders = world.states(&report, "client.reminder_24h").await;
    assert!(reminders.iter().any(|(_, status, _)| *status == Status::Scheduled), "{reminders:?}");
    let loud = world.publish("appointment.booked", appointment(48, "confirmed")).await;
    let states = world.states(&loud, "client.appointment_confirmed").await;
    assert!(states.iter().any(|(_, status, _)| *status == Status::Queued), "never told before: {states:?}");
}

#[tokio::test]
async fn what_changes_nothing_that_people_see_is_not_told_again() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(48, "confirmed")).await;
    let again = appointment(48, "confirmed");
    let linked = with(again.clone(), "action_url", json!("https://salon.example/a/1"));
    for (event, data) in [
        ("appointment.booked", again.clone()),
        ("appointment.confirmed", again.clone()),
        ("appointment.rescheduled", again.clone()),
        ("appointment.rescheduled", linked.clone()),
        ("appointment.rescheduled", linked),
    ] {
        world.clock.advance(TimeDelta::minutes(1));
        let report = world.publish(event, data).await;
        assert_withheld(&report, Reason::Unchanged, event);
    }
    world.clock.advance(TimeDelta::minutes(1));
    let moved = world.publish("appointment.rescheduled", appointment(50, "confirmed")).await;
    let states = world.states(&moved, "client.appointment_rescheduled").await;
    assert!(states.iter().any(|(_, status, _)| *status == Status::Queued), "{states:?}");
}

#[tokio::test]
async fn what_was_stored_without_an_event_is_announced_by_the_first_one() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(48, "confirmed")).await;
    let manage = ManageAppointments::new(&world.ports);
    let shown = manage.show(&platform(), &build::id("a-1"), None).await.expect("one").booked.booking;
    let moved = carillon_domain::Appointment {
        starts_at: shown.appointment.starts_at + TimeDelta::hours(2),
        ..shown.appointment
    };
    world.clock.advance(TimeDelta::minutes(1));
    manage.put(&platform(), moved).await.expect("stored");
    world.clock.advance(TimeDelta::minutes(1));
    let report = world.publish("appointment.rescheduled", appointment(50, "confirmed")).await;
    let states = world.states(&report, "client.appointment_rescheduled").await;
    assert!(states.iter().any(|(_, status, _)| *status == Status::Queued), "{states:?}");
}
