//! Appointments and their reminders.

use std::collections::BTreeMap;

use carillon_application::businesses::Businesses;
use carillon_application::replan::Repaired;
use carillon_application::{
    FollowClocks, ManageAppointments, Publish, PublishEvent, Refusal, ReplanReminders,
};
use carillon_domain::appointment::AppointmentStatus;
use carillon_domain::business::{LateBooking, LatePolicy, Reminders};
use carillon_domain::reminder::ReminderRule;
use carillon_domain::replan::Existing;
use carillon_domain::{Appointment, Booking, Channel, Reason, Settings, Status};
use carillon_ports::store::Acceptance;
use carillon_testkit::build::{self, now};
use chrono::TimeDelta;
use serde_json::json;

use crate::world::{World, appointment, business, platform};

fn input(hours: i64) -> Appointment {
    Appointment {
        id: build::id("a-1"),
        business: build::id("salon"),
        status: AppointmentStatus::Confirmed,
        starts_at: now() + TimeDelta::hours(hours),
        ends_at: None,
        timezone: None,
        service: "Coupe".to_owned(),
        location: None,
        clients: vec![build::id("camille")],
        practitioner: Some(build::id("ines")),
        url: None,
    }
}

/// The rule, channel, state and reason of each reminder of the appointment `a-1`.
async fn reminders(world: &World) -> Vec<(String, Channel, Status, Option<Reason>)> {
    let shown = ManageAppointments::new(&world.ports).show(&platform(), &build::id("a-1"), None).await;
    states(&shown.expect("an appointment").booked.reminders)
}

fn states(reminders: &[Existing]) -> Vec<(String, Channel, Status, Option<Reason>)> {
    let mut states: Vec<_> =
        reminders.iter().map(|one| (one.key.rule.clone(), one.key.channel, one.status, one.reason)).collect();
    states.sort_by(|a, b| (&a.0, a.1.as_str()).cmp(&(&b.0, b.1.as_str())));
    states
}

fn waiting(rule: &str, channel: Channel) -> (String, Channel, Status, Option<Reason>) {
    (rule.to_owned(), channel, Status::Scheduled, None)
}

/// What clients were told, by e-mail and SMS.
fn told(world: &World) -> Vec<String> {
    let emails = world.email.calls().into_iter().map(|email| email.text);
    emails.chain(world.sms.calls().into_iter().map(|sms| sms.text)).collect()
}

#[tokio::test]
async fn storing_an_appointment_plans_its_reminders_and_tells_nobody() {
    let world = World::new().await;
    world.publish("payment.received", json!({
        "client": {"id": "camille", "name": "Camille Laurent", "email": "camille@example.com", "phone": "+33612345678"},
        "practitioner": {"id": "ines", "name": "Inès Moreau", "email": "ines@example.com"},
        "payment": {"id": "p-1", "amount": 4500, "currency": "EUR"}
    })).await;
    world.drain().await;
    let before = told(&world).len();
    let manage = ManageAppointments::new(&world.ports);
    let (view, is_new) = manage.put(&platform(), input(48)).await.expect("stored");
    assert!(is_new);
    assert_eq!(
        states(&view.booked.reminders),
        [
            waiting("1h", Channel::Sms),
            waiting("24h", Channel::Email),
            waiting("staff.appointment_reminder", Channel::InApp),
            (
                "staff.appointment_reminder".to_owned(),
                Channel::Sms,
                Status::Suppressed,
                Some(Reason::ChannelOff)
            ),
        ]
    );
    let (again, is_new) = manage.put(&platform(), input(48)).await.expect("stored");
    assert_eq!((again.booked.booking.revision, is_new), (1, false), "the same again changes nothing");
    world.drain().await;
    assert_eq!(told(&world).len(), before);
    assert!(again.readiness[0].reached);
}

#[tokio::test]
async fn people_and_businesses_must_be_known() {
    let world = World::new().await;
    let manage = ManageAppointments::new(&world.ports);
    let unknown = manage.put(&platform(), input(48)).await;
    assert!(matches!(unknown, Err(Refusal::Input { code: "unknown_business", .. })), "{unknown:?}");
    world.publish("appointment.booked", appointment(48, "confirmed")).await;
    let stranger = Appointment { clients: vec![build::id("stranger")], ..input(48) };
    let unknown = manage.put(&platform(), stranger).await;
    assert!(matches!(unknown, Err(Refusal::Input { code: "invalid_data", .. })), "{unknown:?}");
    let other = manage.show(&business("other"), &build::id("a-1"), None).await;
    assert!(matches!(other, Err(Refusal::NotFound { .. })), "{other:?}");
}

#[tokio::test]
async fn a_moved_appointment_is_reminded_of_at_its_new_time_alone() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(48, "confirmed")).await;
    let manage = ManageAppointments::new(&world.ports);
    manage.put(&platform(), input(72)).await.expect("moved");
    world.later(TimeDelta::hours(47)).await;
    let texts = told(&world);
    assert!(texts.iter().all(|text| !text.contains("rappel")), "nothing for the old time: {texts:?}");
    world.later(TimeDelta::hours(1) + TimeDelta::seconds(1)).await;
    let email = world.email.calls().pop().expect("the day before");
    assert!(email.text.contains("09:00"), "the new time: {}", email.text);
    world.later(TimeDelta::hours(23)).await;
    assert!(world.sms.calls().pop().expect("the hour before").text.contains("09:00"));
}

#[tokio::test]
async fn what_a_reminder_says_is_what_is_agreed_when_it_leaves() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(48, "confirmed")).await;
    world.drain().await;
    let changed = Appointment { service: "Couleur".to_owned(), ..input(48) };
    ManageAppointments::new(&world.ports).put(&platform(), changed).await.expect("changed");
    world.later(TimeDelta::hours(24)).await;
    let email = world.email.calls().pop().expect("a reminder");
    assert!(email.text.contains("Couleur") && !email.text.contains("Coupe"), "{}", email.text);
}

#[tokio::test]
async fn a_change_of_hands_reminds_the_new_one_and_the_client_still_once() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(48, "confirmed")).await;
    let mut data = appointment(48, "confirmed");
    data["practitioner"] = json!({"id": "lea", "name": "Léa Petit", "email": "lea@example.com"});
    data["previous"] = json!({"practitioner_name": "Inès Moreau"});
    world.later(TimeDelta::hours(24)).await;
    world.publish("appointment.practitioner_changed", data).await;
    world.later(TimeDelta::hours(23)).await;
    let shown =
        ManageAppointments::new(&world.ports).show(&platform(), &build::id("a-1"), None).await.expect("one");
    let of = |person: &str| -> Vec<_> {
        let reminders = shown.booked.reminders.iter();
        reminders
            .filter(|one| {
                one.key.person.as_str() == person && one.key.channel != Channel::Sms
                    || person == "camille" && one.key.person.as_str() == person
            })
            .map(|one| (one.key.rule.as_str(), one.status))
            .collect()
    };
    assert_eq!(of("camille"), [("1h", Status::Sent), ("24h", Status::Sent)]);
    assert_eq!(of("ines"), [("staff.appointment_reminder", Status::Cancelled)]);
    assert_eq!(of("lea"), [("staff.appointment_reminder", Status::Sent)]);
}

#[tokio::test]
async fn cancelling_says_what_was_called_off_and_what_had_left() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(48, "confirmed")).await;
    world.later(TimeDelta::hours(25)).await;
    let manage = ManageAppointments::new(&world.ports);
    let view = manage.cancel(&platform(), &build::id("a-1"), None).await.expect("cancelled");
    let clients: Vec<_> =
        states(&view.booked.reminders).into_iter().filter(|one| !one.0.contains("staff")).collect();
    assert_eq!(
        clients,
        [
            ("1h".to_owned(), Channel::Sms, Status::Cancelled, Some(Reason::Superseded)),
            ("24h".to_owned(), Channel::Email, Status::Sent, None),
        ]
    );
    world.later(TimeDelta::hours(24)).await;
    assert!(world.sms.calls().is_empty());
    let twice = manage.cancel(&platform(), &build::id("a-1"), None).await.expect("it is cancelled");
    assert_eq!(twice.booked.booking.appointment.status, AppointmentStatus::Cancelled);
}

#[tokio::test]
async fn an_event_that_comes_late_undoes_nothing() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(48, "confirmed")).await;
    world.drain().await;
    world.clock.advance(TimeDelta::minutes(10));
    let mut cancelled = appointment(48, "cancelled");
    cancelled["cancelled_by"] = json!("client");
    world.publish("appointment.cancelled", cancelled).await;
    world.clock.advance(TimeDelta::minutes(1));
    let late = Publish {
        name: "appointment.rescheduled".to_owned(),
        business: Some(build::id("salon")),
        occurred_at: Some(now() + TimeDelta::minutes(5)),
        data: serde_json::from_value(appointment(50, "confirmed")).expect("data"),
        silent: false,
        repeatable: None,
    };
    let report = PublishEvent::new(&world.ports).run(&platform(), late).await.expect("accepted");
    let messages: Vec<_> = report.notifications.iter().flat_map(|one| &one.messages).collect();
    assert!(!messages.is_empty());
    for message in messages {
        assert_eq!((message.status, message.reason), (Status::Suppressed, Some(Reason::Superseded)));
    }
    let shown =
        ManageAppointments::new(&world.ports).show(&platform(), &build::id("a-1"), None).await.expect("one");
    assert_eq!(shown.booked.booking.appointment.status, AppointmentStatus::Cancelled);
}

#[tokio::test]
async fn what_waits_for_a_provider_is_dropped_once_it_is_no_longer_true() {
    let world = World::new().await;
    let report = world.publish("appointment.booked", appointment(48, "confirmed")).await;
    world.clock.advance(TimeDelta::minutes(1));
    ManageAppointments::new(&world.ports)
        .cancel(&platform(), &build::id("a-1"), None)
        .await
        .expect("cancelled");
    world.drain().await;
    let confirmation = world.states(&report, "client.appointment_confirmed").await;
    assert!(
        confirmation.iter().all(|(_, status, reason)| {
            (*status, *reason) == (Status::Cancelled, Some(Reason::Superseded))
        }),
        "{confirmation:?}"
    );
    assert!(world.email.calls().is_empty());
}

fn rules(rules: &[(&str, Channel)]) -> Settings {
    let rules = rules
        .iter()
        .map(|(before, channel)| ReminderRule {
            before: (*before).to_owned(),
            channels: vec![*channel],
            kind: None,
            note: BTreeMap::new(),
        })
        .collect();
    Settings { reminders: Reminders { enabled: true, rules }, ..Settings::default() }
}

#[tokio::test]
async fn new_rules_are_shown_first_and_then_followed_without_touching_what_is_right() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(96, "confirmed")).await;
    let businesses = Businesses::new(&world.ports);
    let wanted = || rules(&[("1h", Channel::Sms), ("2 days before at 18:00", Channel::Email)]);
    let salon = build::id("salon");
    let changes = businesses.preview_settings(&platform(), &salon, wanted()).await.expect("a preview");
    let [(_, difference)] = changes.appointments.as_slice() else { panic!("{changes:?}") };
    assert_eq!((difference.appear.len(), difference.vanish.len(), difference.moved.len()), (1, 1, 0));
    let before = reminders(&world).await;
    assert!(before.contains(&waiting("24h", Channel::Email)), "a preview changes nothing");
    world.put_settings(wanted()).await;
    let after = reminders(&world).await;
    assert!(after.contains(&waiting("1h", Channel::Sms)));
    assert!(after.contains(&waiting("2 days before at 18:00", Channel::Email)));
    assert!(after.contains(&(
        "24h".to_owned(),
        Channel::Email,
        Status::Cancelled,
        Some(Reason::RuleChanged)
    )));
    // And back again: what was called off by a rule comes back with it.
    world.put_settings(Settings::default()).await;
    let back = reminders(&world).await;
    assert!(back.contains(&waiting("24h", Channel::Email)), "{back:?}");
}

#[tokio::test]
async fn a_rule_carries_the_businesss_own_words_in_its_readers_language() {
    let world = World::new().await;
    let mut settings = rules(&[("24h", Channel::Email)]);
    let words = [("fr", "Venez les cheveux secs."), ("en", "Please come with dry hair.")];
    settings.reminders.rules[0].note =
        words.iter().map(|(locale, text)| (build::id(locale), (*text).to_owned())).collect();
    world.publish("appointment.booked", appointment(48, "confirmed")).await;
    world.put_settings(settings).await;
    world.later(TimeDelta::hours(24)).await;
    let email = world.email.calls().pop().expect("a reminder");
    assert!(email.text.contains("Venez les cheveux secs.") && email.html.contains("Venez les cheveux secs."));
}

#[tokio::test]
async fn what_was_booked_late_is_folded_and_what_is_off_is_not_planned() {
    let world = World::new().await;
    let report = world.publish("appointment.booked", appointment(2, "confirmed")).await;
    assert_eq!(
        world.states(&report, "client.reminder_24h").await,
        [(Channel::Email, Status::Suppressed, Some(Reason::Folded))]
    );
    let late = LateBooking { policy: LatePolicy::Skip, spacing: "2h".to_owned() };
    let skipping = Settings { late_booking: late, ..Settings::default() };
    world.put_settings(skipping).await;
    let mut data = appointment(3, "confirmed");
    data["appointment"]["id"] = json!("a-2");
    let report = world.publish("appointment.booked", data).await;
    assert_eq!(
        world.states(&report, "client.reminder_24h").await,
        [(Channel::Email, Status::Suppressed, Some(Reason::LateBooking))]
    );
}

/// Whether the client of `a-1` is reached, and what stands against it.
async fn readiness(world: &World) -> (bool, Vec<(Channel, Reason)>) {
    let shown = ManageAppointments::new(&world.ports).show(&platform(), &build::id("a-1"), None).await;
    let one = shown.expect("an appointment").readiness.remove(0);
    (one.reached, one.obstacles)
}

#[tokio::test]
async fn a_reminder_folded_into_the_confirmation_reaches_whom_the_confirmation_reaches() {
    let world = World::new().await;
    let soon = {
        let mut data = appointment(0, "confirmed");
        data["appointment"]["starts_at"] = json!((now() + TimeDelta::minutes(90)).to_rfc3339());
        data
    };
    world.publish("appointment.booked", soon.clone()).await;
    let folded = |rule: &str, channel| (rule.to_owned(), channel, Status::Suppressed, Some(Reason::Folded));
    let rows = reminders(&world).await;
    assert!(rows.contains(&folded("24h", Channel::Email)) && rows.contains(&folded("1h", Channel::Sms)));
    assert_eq!(readiness(&world).await, (true, vec![]), "the confirmation waits to leave");
    world.drain().await;
    assert_eq!(readiness(&world).await, (true, vec![]), "the confirmation has left");
    // Booked without an address: no confirmation said anything.
    let world = World::new().await;
    let mut silent = soon;
    silent["client"] = json!({"id": "camille", "name": "Camille Laurent"});
    world.publish("appointment.booked", silent).await;
    let (reached, obstacles) = readiness(&world).await;
    assert!(!reached);
    assert_eq!(obstacles, [(Channel::Email, Reason::NoAddress), (Channel::Sms, Reason::NoAddress)]);
}

#[tokio::test]
async fn a_rule_that_cannot_apply_leaves_a_row_with_its_reason() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(400, "confirmed")).await;
    world.put_settings(rules(&[("the same day at 08:00", Channel::Sms), ("24h", Channel::InApp)])).await;
    let mut early = appointment(0, "confirmed");
    early["appointment"]["starts_at"] = json!("2026-12-04T07:30:00+01:00");
    let report = world.publish("appointment.rescheduled", early).await;
    let rows = reminders(&world).await;
    for expected in [
        ("24h", Channel::InApp, Reason::NoTemplate),
        ("the same day at 08:00", Channel::Sms, Reason::TooLate),
    ] {
        let (rule, channel, reason) = expected;
        let row = (rule.to_owned(), channel, Status::Suppressed, Some(reason));
        assert!(rows.contains(&row), "{row:?} is missing in {rows:?}");
    }
    assert_eq!(
        readiness(&world).await,
        (false, vec![(Channel::Sms, Reason::TooLate), (Channel::InApp, Reason::NoTemplate)])
    );
    assert_eq!(
        world.states(&report, "client.reminder_1h").await,
        [(Channel::Sms, Status::Suppressed, Some(Reason::TooLate))],
        "the answer to the event says so too"
    );
    world.later(TimeDelta::days(4)).await;
    assert!(world.sms.calls().iter().all(|sms| !sms.text.contains("07:30")), "nothing is caught up with");
}

/// An appointment that was stored without a plan, by some path that forgot it.
async fn unplanned(world: &World, hours: i64) {
    world.publish("appointment.booked", appointment(400, "confirmed")).await;
    let shown =
        ManageAppointments::new(&world.ports).show(&platform(), &build::id("a-1"), None).await.expect("one");
    let Booking { appointment, .. } = shown.booked.booking;
    let starts_at = now() + TimeDelta::hours(hours);
    let forgotten = build::booking(Appointment { starts_at, ..appointment }, 2);
    let event = build::Accepting::event(&*world.ports.ids).done().event;
    let acceptance = Acceptance { booking: Some(forgotten), ..Acceptance::of(event) };
    world.ports.store.append(acceptance).await.expect("stored");
    assert_eq!(reminders(world).await, []);
}

#[tokio::test]
async fn the_safety_net_plans_what_no_path_planned() {
    let world = World::new().await;
    unplanned(&world, 48).await;
    let replan = ReplanReminders::new(&world.ports);
    assert_eq!(replan.plan_missing().await.expect("a look").appeared, 3);
    assert!(reminders(&world).await.contains(&waiting("24h", Channel::Email)));
    assert_eq!(replan.plan_missing().await, Ok(Repaired::default()), "once");
    assert_eq!(replan.compare_all().await, Ok(Repaired::default()), "and nothing differs");
}

#[tokio::test]
async fn a_reminder_that_was_forgotten_leaves_as_soon_as_it_is_found() {
    let world = World::new().await;
    unplanned(&world, 48).await;
    world.clock.advance(TimeDelta::hours(25));
    ReplanReminders::new(&world.ports).plan_missing().await.expect("a look");
    world.drain().await;
    assert_eq!(world.email.calls().iter().filter(|email| email.subject.contains("Rappel")).count(), 1);
}

#[tokio::test]
async fn after_an_outage_what_is_of_no_use_any_more_is_dropped() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(48, "confirmed")).await;
    world.drain().await;
    let before = world.email.calls().len();
    // Nothing ran for 43 hours: five hours before the start, a reminder of the day before helps nobody.
    world.later(TimeDelta::hours(43)).await;
    assert_eq!(world.email.calls().len(), before);
    let reminders = reminders(&world).await;
    assert!(reminders.contains(&("24h".to_owned(), Channel::Email, Status::Expired, Some(Reason::TooLate))));
    assert!(reminders.contains(&waiting("1h", Channel::Sms)));
}

#[tokio::test]
async fn appointments_follow_their_clocks_when_the_rules_of_a_zone_change() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(48, "confirmed")).await;
    let clocks = FollowClocks::new(&world.ports);
    assert_eq!(clocks.run("2026a").await, Ok(0), "the first time there is nothing to follow");
    // As if it had been agreed under other rules: the clocks show ten, and the instant was another.
    let shown =
        ManageAppointments::new(&world.ports).show(&platform(), &build::id("a-1"), None).await.expect("one");
    let booking = shown.booked.booking;
    let local_start = booking.local_start + TimeDelta::hours(1);
    let other = Booking { revision: booking.revision + 1, local_start, ..booking.clone() };
    let event = build::Accepting::event(&*world.ports.ids).done().event;
    world
        .ports
        .store
        .append(Acceptance { booking: Some(other), ..Acceptance::of(event) })
        .await
        .expect("stored");
    assert_eq!(clocks.run("2026a").await, Ok(0), "the same version");
    assert_eq!(clocks.run("2026b").await, Ok(1));
    let shown =
        ManageAppointments::new(&world.ports).show(&platform(), &build::id("a-1"), None).await.expect("one");
    let shifted = shown.booked.booking;
    assert_eq!(shifted.appointment.starts_at, booking.appointment.starts_at + TimeDelta::hours(1));
    assert_eq!(shifted.local_start, local_start);
    let due: Vec<_> = shown.booked.reminders.iter().filter(|one| one.key.rule == "24h").collect();
    assert_eq!(due[0].due_at, shifted.appointment.starts_at - TimeDelta::hours(24));
}
