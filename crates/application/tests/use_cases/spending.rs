//! Enough is enough, and money runs out: nothing is lost by either.

use std::sync::Arc;

use carillon_application::accept::Repeatable;
use carillon_application::notify::To;
use carillon_application::{Notify, NotifyRecipient, Policy, SendDigests, WatchCosts};
use carillon_domain::{Channel, KindName, Reach, Reason, Status};
use carillon_ports::history::{Filter, Page};
use chrono::TimeDelta;
use serde_json::json;

use crate::world::{World, appointment, platform};

/// So many at once to one person; the cap is 100 an hour.
const SENT: usize = 1_000;

fn notify(kind: &str, number: usize, recipient: &str, channels: &[Channel]) -> Notify {
    let mut data = json!({
        "appointment": {"id": format!("a-{number}"), "starts_at": "2026-12-01T16:00:00+01:00", "service": format!("Coupe {number}")}
    });
    if kind == "client.appointment_cancelled" {
        data["cancelled_by"] = json!("business");
    }
    Notify {
        kind: kind.parse().expect("a kind"),
        business: Some("salon".parse().expect("an id")),
        to: To::Known(recipient.parse().expect("an id")),
        data: serde_json::from_value(data).expect("data"),
        channels: Some(channels.to_vec()),
        send_at: None,
        repeatable: None::<Repeatable>,
    }
}

async fn count(world: &World, kind: &str, status: Status) -> usize {
    let kind: KindName = kind.parse().expect("a kind");
    let filter =
        Filter { kind: Some(kind), status: Some(status), channel: Some(Channel::Email), ..Filter::default() };
    let (mut found, mut after) = (0, None);
    loop {
        let page = Page { after, limit: 100 };
        let records =
            world.ports.history.list_notifications(&filter, &Reach::Platform, page).await.expect("a page");
        let Some(last) = records.last() else { return found };
        after = Some(last.notification.id);
        found += records.len();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_at_once_the_cap_leaves_and_the_rest_comes_in_lists() {
    let mut world = World::new().await;
    world.ports.policy = Arc::default();
    let world = Arc::new(world);
    world.publish("appointment.booked", appointment(200, "confirmed")).await;
    world.drain().await;
    let before = world.email.calls().len();
    // Whoever has got something within the hour has room for less: the hour is over.
    world.later(TimeDelta::hours(2)).await;
    let mut calls = Vec::new();
    for part in 0..10 {
        let world = world.clone();
        calls.push(tokio::spawn(async move {
            let many = NotifyRecipient::new(&world.ports);
            for number in (part * SENT / 10)..((part + 1) * SENT / 10) {
                many.run(&platform(), notify("client.service_changed", number, "camille", &[Channel::Email]))
                    .await
                    .expect("accepted");
            }
        }));
    }
    for call in calls {
        call.await.expect("no panic");
    }
    world.drain().await;
    let left = world.email.calls().len() - before;
    assert_eq!(left, 100);
    assert_eq!(count(&world, "client.service_changed", Status::Scheduled).await, SENT - 100);

    world.clock.advance(TimeDelta::minutes(61));
    let lists = SendDigests::new(&world.ports);
    let mut made = 0;
    while let sent @ 1.. = lists.run().await.expect("made") {
        made += sent;
    }
    world.drain().await;
    // A list has 200 lines at most.
    assert_eq!(made, (SENT - 100).div_ceil(200));
    assert_eq!(count(&world, "client.digest", Status::Sent).await, made);
    assert_eq!(count(&world, "client.service_changed", Status::Suppressed).await, SENT - 100);
    let listed: usize = world
        .email
        .calls()
        .iter()
        .skip(before + left)
        .map(|email| email.text.matches("Coupe ").count().min(email.text.lines().count()))
        .sum();
    assert!(listed >= SENT - 100, "{listed} are listed");
}

#[tokio::test]
async fn a_notification_by_several_channels_counts_once_for_its_reader() {
    let mut world = World::new().await;
    world.ports.policy = Arc::new(Policy { person_per_hour: 3, phone_per_day: 0, ..Policy::default() });
    world.publish("appointment.booked", appointment(200, "confirmed")).await;
    world.drain().await;
    world.later(TimeDelta::hours(2)).await;
    let before = (world.email.calls().len(), world.sms.calls().len());
    let many = NotifyRecipient::new(&world.ports);
    // Each channel is claimed by itself: e-mails first, then text messages.
    for number in 0..4 {
        let notify =
            notify("client.appointment_cancelled", number, "camille", &[Channel::Email, Channel::Sms]);
        many.run(&platform(), notify).await.expect("accepted");
    }
    world.drain().await;
    let left = |world: &World| (world.email.calls().len() - before.0, world.sms.calls().len() - before.1);
    assert_eq!(left(&world), (3, 3), "three notifications, each by both channels");
    assert_eq!(count(&world, "client.appointment_cancelled", Status::Scheduled).await, 1);
    // The count goes by notifications also where one channel follows later.
    world.later(TimeDelta::hours(2)).await;
    let before = (world.email.calls().len(), world.sms.calls().len());
    for number in 10..13 {
        let notify = notify("client.appointment_cancelled", number, "camille", &[Channel::Email]);
        many.run(&platform(), notify).await.expect("accepted");
    }
    world.drain().await;
    let notify = notify("client.appointment_cancelled", 13, "camille", &[Channel::Sms]);
    many.run(&platform(), notify).await.expect("accepted");
    world.drain().await;
    let left = (world.email.calls().len() - before.0, world.sms.calls().len() - before.1);
    assert_eq!(left, (3, 0), "a fourth notification has no room by whatever channel");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_texts_those_that_the_budget_allows_leave_and_e_mails_stand_in_for_the_others() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(200, "confirmed")).await;
    world.drain().await;
    let (texts, emails) = (world.sms.calls().len(), world.email.calls().len());
    let mut business = world
        .ports
        .directory
        .find_business(&"salon".parse().expect("an id"))
        .await
        .expect("a look")
        .expect("one");
    business.settings.sms.monthly_budget = Some("7.14".parse().expect("a price"));
    business
        .settings
        .channels
        .kinds
        .insert("client.service_changed".parse().expect("a kind"), vec![Channel::Email, Channel::Sms]);
    let now = world.ports.clock.now();
    world.ports.directory.put_business(&business, now).await.expect("stored");
    for number in 0..200 {
        let mut person = carillon_testkit::build::client(&format!("client-{number}"));
        person.phone = carillon_domain::PhoneNumber::parse(&format!("+3361234{number:04}")).ok();
        world.ports.directory.put_person(&person, now).await.expect("stored");
        let notify = notify("client.appointment_cancelled", number, person.id.as_str(), &[Channel::Sms]);
        NotifyRecipient::new(&world.ports).run(&platform(), notify).await.expect("accepted");
    }
    world.drain().await;
    world.drain().await;
    assert_eq!(world.sms.calls().len() - texts, 100);
    assert_eq!(world.email.calls().len() - emails, 100);
    let month = now.format("%Y-%m").to_string();
    let spent = world.ports.costs.list_spent(&month).await.expect("a list");
    assert_eq!(spent.iter().map(|one| one.spent).collect::<Vec<_>>(), [7_140_000]);
    assert_eq!(WatchCosts::new(&world.ports).tell().await, Ok(1));
    assert_eq!(WatchCosts::new(&world.ports).tell().await, Ok(0));
    let filter =
        Filter { status: Some(Status::Suppressed), channel: Some(Channel::Sms), ..Filter::default() };
    let page = Page { after: None, limit: 100 };
    let stopped =
        world.ports.history.list_notifications(&filter, &Reach::Platform, page).await.expect("a page");
    let reasons: Vec<_> = stopped
        .iter()
        .flat_map(|record| &record.messages)
        .filter(|whole| whole.message.channel == Channel::Sms && whole.message.status == Status::Suppressed)
        .map(|whole| whole.message.reason)
        .collect();
    assert!(reasons.iter().all(|reason| *reason == Some(Reason::OverBudget)), "{reasons:?}");
}

/// A salon with half an euro a month for text messages, at 0.0714 each, that writes them where it is asked to.
async fn salon_with_half_an_euro(world: &World) {
    world.publish("appointment.booked", appointment(200, "confirmed")).await;
    world.drain().await;
    let id = "salon".parse().expect("an id");
    let mut salon = world.ports.directory.find_business(&id).await.expect("a look").expect("one");
    salon.settings.sms.monthly_budget = Some("0.50".parse().expect("a price"));
    world.ports.directory.put_business(&salon, world.ports.clock.now()).await.expect("stored");
}

/// Asks for a text message to another client of the salon.
async fn text(world: &World, kind: &str, number: usize) {
    let now = world.ports.clock.now();
    let mut person = carillon_testkit::build::client(&format!("client-{number}"));
    person.phone = carillon_domain::PhoneNumber::parse(&format!("+3361234{number:04}")).ok();
    world.ports.directory.put_person(&person, now).await.expect("stored");
    let notify = notify(kind, number, person.id.as_str(), &[Channel::Sms]);
    NotifyRecipient::new(&world.ports).run(&platform(), notify).await.expect("accepted");
    world.drain().await;
}

/// The subjects of what the owner was told of the budget since the last time.
async fn told_of_budget(world: &World) -> Vec<String> {
    let before = world.email.calls().len();
    WatchCosts::new(&world.ports).tell().await.expect("told");
    world.drain().await;
    let sent = world.email.calls().split_off(before).into_iter();
    sent.map(|email| email.subject.replace('\u{a0}', " "))
        .filter(|subject| subject.contains("budget"))
        .collect()
}

#[tokio::test]
async fn an_owner_hears_once_that_the_budget_runs_out_and_once_that_it_is_used_up() {
    let world = World::new().await;
    salon_with_half_an_euro(&world).await;
    let mut heard = Vec::new();
    for number in 0..10 {
        text(&world, "client.appointment_cancelled", number).await;
        for subject in told_of_budget(&world).await {
            heard.push((number + 1, subject));
        }
    }
    let expected = [
        (6, "Votre budget SMS est utilisé à 80 %".to_owned()),
        (8, "Votre budget SMS du mois est épuisé".to_owned()),
    ];
    assert_eq!(heard, expected);
    assert_eq!(world.sms.calls().len(), 7, "an eighth does not fit");
}

#[tokio::test]
async fn an_owner_hears_that_the_rest_is_kept_for_reminders() {
    let world = World::new().await;
    salon_with_half_an_euro(&world).await;
    let id = "salon".parse().expect("an id");
    let mut salon = world.ports.directory.find_business(&id).await.expect("a look").expect("one");
    // One text message, which the reminder of the booked appointment will need.
    salon.settings.sms.monthly_budget = Some("0.10".parse().expect("a price"));
    world.ports.directory.put_business(&salon, world.ports.clock.now()).await.expect("stored");
    for number in 0..2 {
        text(&world, "client.reminder_1h", number).await;
        let expected: &[&str] =
            if number == 0 { &["Votre budget SMS est gardé pour les rappels"] } else { &[] };
        assert_eq!(told_of_budget(&world).await, expected);
    }
    assert_eq!(world.sms.calls().len(), 0);
    text(&world, "client.appointment_cancelled", 2).await;
    text(&world, "client.appointment_cancelled", 3).await;
    assert_eq!(told_of_budget(&world).await, ["Votre budget SMS du mois est épuisé"]);
}

#[tokio::test]
async fn a_budget_that_pays_for_no_text_at_all_is_said_to_be_used_up() {
    let world = World::new().await;
    salon_with_half_an_euro(&world).await;
    let id = "salon".parse().expect("an id");
    let mut salon = world.ports.directory.find_business(&id).await.expect("a look").expect("one");
    salon.settings.sms.monthly_budget = Some("0.05".parse().expect("a price"));
    world.ports.directory.put_business(&salon, world.ports.clock.now()).await.expect("stored");
    text(&world, "client.appointment_cancelled", 1).await;
    assert_eq!(told_of_budget(&world).await, ["Votre budget SMS du mois est épuisé"]);
}
