//! What an event announces is not sent where it is past, silent, or nothing new.

use carillon_application::report::EventReport;
use carillon_application::{ManageAppointments, Publish, PublishEvent};
use carillon_domain::person::Role;
use carillon_domain::{Actor, Channel, Person, Reason, Status};
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

/// Where the messages of a kind stand, with the reason.
async fn states_of(world: &World, report: &EventReport, kind: &str) -> Vec<(Status, Option<Reason>)> {
    let states = world.states(report, kind).await;
    let reached =
        states.into_iter().filter(|(channel, _, _)| *channel == Channel::Email || *channel == Channel::InApp);
    reached.map(|(_, status, reason)| (status, reason)).collect()
}

const TOLD: (Status, Option<Reason>) = (Status::Queued, None);
const UNCHANGED: (Status, Option<Reason>) = (Status::Suppressed, Some(Reason::Unchanged));

#[tokio::test]
async fn what_an_event_says_besides_the_appointment_is_news_once() {
    let world = World::new().await;
    let booked = appointment(48, "confirmed");
    world.publish("appointment.booked", booked.clone()).await;
    let ill = with(booked.clone(), "reason", json!("Inès est malade"));
    let moved_rooms = with(booked.clone(), "reason", json!("Changement de salle"));
    let was = |starts_at: &Value| with(booked.clone(), "previous", json!({"starts_at": starts_at}));
    let earlier = was(&json!((now() + TimeDelta::hours(40)).to_rfc3339()));
    let same_time = was(&booked["appointment"]["starts_at"]);
    for (what, data, expected) in [
        ("a reason", &ill, TOLD),
        ("the same reason", &ill, UNCHANGED),
        ("no reason", &booked, UNCHANGED),
        ("the same reason again", &ill, UNCHANGED),
        ("another reason", &moved_rooms, TOLD),
        ("the same time as before", &same_time, UNCHANGED),
        ("another time before", &earlier, TOLD),
        ("the same other time before", &earlier, UNCHANGED),
    ] {
        world.clock.advance(TimeDelta::minutes(1));
        let report = world.publish("appointment.rescheduled", data.clone()).await;
        for kind in
            ["client.appointment_rescheduled", "staff.schedule_changed", "owner.appointment_rescheduled"]
        {
            let states = states_of(&world, &report, kind).await;
            assert!(!states.is_empty(), "{what}: {kind}");
            assert!(states.iter().all(|state| *state == expected), "{what}: {kind}: {states:?}");
        }
    }
}

#[tokio::test]
async fn another_practitioner_without_an_id_is_announced() {
    let world = World::new().await;
    let mut data = appointment(48, "confirmed");
    data.as_object_mut().expect("a map").remove("practitioner");
    world.publish("appointment.booked", data.clone()).await;
    world.clock.advance(TimeDelta::minutes(1));
    let report = world.publish("appointment.practitioner_changed", data).await;
    let states = states_of(&world, &report, "client.practitioner_changed").await;
    assert!(!states.is_empty() && states.iter().all(|state| *state == TOLD), "{states:?}");
}

#[tokio::test]
async fn the_same_practitioner_is_not_announced_again() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(48, "confirmed")).await;
    world.clock.advance(TimeDelta::minutes(1));
    let report = world.publish("appointment.practitioner_changed", appointment(48, "confirmed")).await;
    assert_withheld(&report, Reason::Unchanged, "the same practitioner");
}

/// The sample of a kind, for everybody whom it can reach.
async fn sample(world: &World, kind: &str) -> Value {
    for (name, actor, role) in [
        ("ada", Actor::PlatformAdmin, None),
        ("sam", Actor::BusinessUser, Some(Role::Support)),
        ("hel", Actor::BusinessUser, Some(Role::Owner)),
    ] {
        let business = (actor != Actor::PlatformAdmin).then(|| build::id("salon"));
        let person = Person { actor, role, business, ..build::client(name) };
        world.ports.directory.put_person(&person, now()).await.expect("stored");
    }
    let sample = world.ports.catalogue.sample(&kind.parse().expect("a kind")).expect("a sample");
    serde_json::to_value(sample).expect("JSON")
}

#[tokio::test]
async fn each_kind_says_how_old_its_news_may_be() {
    const PAST: (Status, Option<Reason>) = (Status::Suppressed, Some(Reason::PastAppointment));
    let due = (Status::Scheduled, None);
    let day = 24;
    for (kind, event, hours_ago, expected) in [
        ("client.payment_confirmed", "payment.received", 3 * day, TOLD),
        ("client.payment_confirmed", "payment.received", 400 * day, PAST),
        ("owner.payment_received", "payment.received", 3 * day, TOLD),
        ("support.payment_problem", "payment.failed", 3 * day, TOLD),
        ("staff.client_no_show", "appointment.no_show", 3 * day, TOLD),
        ("client.review_request", "appointment.completed", 27, PAST),
        ("staff.shift_starting", "staff.shift_planned", 20 * day, due),
        ("platform.fraud_detected", "fraud.detected", 2 * day, TOLD),
        ("platform.fraud_detected", "fraud.detected", 365 * day, PAST),
        ("platform.business_registered", "business.registered", 2 * day, PAST),
        ("support.client_question", "client.question_asked", 2 * day, TOLD),
        ("client.appointment_cancelled", "appointment.cancelled", 25, TOLD),
        ("client.appointment_cancelled", "appointment.cancelled", 365 * day, PAST),
        ("client.appointment_confirmed", "appointment.confirmed", 25, PAST),
    ] {
        let world = World::new().await;
        let mut data = sample(&world, kind).await;
        for (thing, hours) in [("appointment", 48), ("shift", 48)] {
            if data.get(thing).is_some() {
                data[thing]["starts_at"] = json!((now() + TimeDelta::hours(hours)).to_rfc3339());
                data[thing].as_object_mut().expect("a map").remove("ends_at");
            }
        }
        let report = publish(&world, event, data, hours_ago, false).await;
        let states = states_of(&world, &report, kind).await;
        let consent = (Status::Suppressed, Some(Reason::NoConsent));
        let fits = states.iter().all(|state| *state == expected || *state == consent);
        assert!(!states.is_empty() && fits, "{kind} after {hours_ago} h: {states:?}");
    }
}

#[tokio::test]
async fn a_silent_event_leaves_out_no_reminder_that_is_still_to_come() {
    let world = World::new().await;
    // Less than the spacing of late bookings before the reminder of the day before.
    let mut data = appointment(25, "confirmed");
    data["appointment"]["starts_at"] = json!((now() + TimeDelta::minutes(24 * 60 + 30)).to_rfc3339());
    let report = publish(&world, "appointment.booked", data, 0, true).await;
    let reminders = world.states(&report, "client.reminder_24h").await;
    assert!(reminders.iter().any(|(_, status, _)| *status == Status::Scheduled), "{reminders:?}");
    let mut shift = sample(&world, "staff.shift_starting").await;
    shift["shift"]["starts_at"] = json!((now() + TimeDelta::hours(48)).to_rfc3339());
    shift["shift"].as_object_mut().expect("a map").remove("ends_at");
    let report = publish(&world, "staff.shift_planned", shift, 0, true).await;
    let states = states_of(&world, &report, "staff.shift_starting").await;
    assert_eq!(states, [(Status::Scheduled, None)]);
}

#[tokio::test]
async fn an_appointment_that_is_entered_after_it_began_gets_no_reminders() {
    let world = World::new().await;
    let report = publish(&world, "appointment.booked", appointment(-30, "confirmed"), 40, true).await;
    let reminders = report.notifications.iter().filter(|one| one.kind.as_str().contains("reminder"));
    assert_eq!(reminders.count(), 0);
}
