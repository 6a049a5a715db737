//! A provider that fails, what becomes of messages meanwhile, and who hears of it.

use std::sync::Arc;

use carillon_application::alarm::RaiseAlarm;
use carillon_application::policy::Policy;
use carillon_application::{FollowProviders, OperateProviders, WatchService};
use carillon_domain::alarm::Alarm;
use carillon_domain::circuit::State;
use carillon_domain::{Channel, Class, Person, Reason, Status};
use carillon_ports::SendError;
use chrono::TimeDelta;

use crate::operating::reported;
use crate::world::{World, business, cancellation, cancellation_of, platform};

async fn with_admin() -> World {
    let world = World::new().await;
    let admin = Person {
        actor: carillon_domain::Actor::PlatformAdmin,
        business: None,
        ..carillon_testkit::build::client("admin")
    };
    world.ports.directory.put_person(&admin, world.ports.clock.now()).await.expect("stored");
    world
}

/// What admins were told, by kind.
async fn told(world: &World) -> Vec<String> {
    let admin = "admin".parse().expect("an id");
    let filter = carillon_ports::history::Filter { recipient: Some(admin), ..Default::default() };
    let page = carillon_ports::history::Page { after: None, limit: 100 };
    let reach = carillon_domain::Reach::Platform;
    let found = world.ports.history.list_notifications(&filter, &reach, page).await.expect("a page");
    found.iter().rev().map(|record| record.notification.kind.to_string()).collect()
}

#[tokio::test]
async fn refused_credentials_fail_no_message_and_an_operator_resumes_the_provider() {
    let world = with_admin().await;
    let senders = Arc::new(world.senders(vec![world.email.clone()]));
    let mut follow = FollowProviders::new(&world.ports, senders.clone());
    follow.run().await.expect("a look");
    world.email.next([Err(SendError::Credential("401".to_owned()))]);
    let report = world.publish("appointment.cancelled", cancellation()).await;
    world.drain_through(&senders).await;
    let states = world.states(&report, "client.appointment_cancelled").await;
    assert!(states.contains(&(Channel::Email, Status::Scheduled, Some(Reason::Credential))), "{states:?}");

    world.clock.advance(TimeDelta::seconds(5));
    follow.run().await.expect("a look");
    assert_eq!(told(&world).await, ["platform.critical_system_alert"]);
    let operate = OperateProviders::new(&world.ports);
    let listed = operate.list(&platform()).await.expect("a list");
    assert!(listed.iter().any(|one| one.name == "first" && one.state == State::Unauthorized), "{listed:?}");
    assert!(operate.list(&business("salon")).await.is_err(), "a business has no providers of its own");

    // The credentials are mended: nobody waits for the minute.
    operate.wish(&platform(), "first", false).await.expect("noted");
    follow.run().await.expect("a look");
    world.clock.advance(TimeDelta::seconds(60));
    world.drain_through(&senders).await;
    let states = world.states(&report, "client.appointment_cancelled").await;
    assert!(states.contains(&(Channel::Email, Status::Sent, None)), "{states:?}");
}

#[tokio::test]
async fn a_paused_provider_is_not_asked_and_what_waits_costs_no_try() {
    let world = with_admin().await;
    let senders = Arc::new(world.senders(vec![world.email.clone()]));
    let mut follow = FollowProviders::new(&world.ports, senders.clone());
    follow.run().await.expect("a look");
    let operate = OperateProviders::new(&world.ports);
    operate.wish(&platform(), "first", true).await.expect("noted");
    follow.run().await.expect("a look");
    let before = world.email.calls().len();
    let report = world.publish("appointment.cancelled", cancellation()).await;
    world.drain_through(&senders).await;
    assert_eq!(world.email.calls().len(), before);
    let states = world.states(&report, "client.appointment_cancelled").await;
    assert!(states.contains(&(Channel::Email, Status::Queued, None)), "{states:?}");
    operate.wish(&platform(), "first", false).await.expect("noted");
    follow.run().await.expect("a look");
    world.drain_through(&senders).await;
    world.drain_through(&senders).await;
    assert!(world.email.calls().len() > before);
    assert_eq!(told(&world).await, Vec::<String>::new(), "what an operator wishes is no alarm");
}

#[tokio::test]
async fn a_provider_that_fails_is_left_alone_and_the_next_one_stands_in() {
    let world = with_admin().await;
    let senders = Arc::new(world.senders(vec![world.email.clone(), world.backup.clone()]));
    let mut follow = FollowProviders::new(&world.ports, senders.clone());
    world.email.next((0..100).map(|_| Err(SendError::Unavailable("500".to_owned()))));
    for number in 0..10 {
        world.publish("appointment.cancelled", cancellation_of(&format!("a-{number}"))).await;
    }
    world.drain_through(&senders).await;
    assert_eq!(world.email.calls().len(), 5, "five failures open the circuit");
    assert!(world.backup.calls().len() >= 10);
    world.clock.advance(TimeDelta::seconds(4));
    follow.run().await.expect("a look");
    assert_eq!(told(&world).await, ["platform.health_degraded"], "another one stands in");
}

fn late(waiting: u64) -> Alarm {
    Alarm::QueueAge { channel: Channel::Email, class: Class::Critical, waiting, minutes: 3 }
}

#[tokio::test]
async fn an_alarm_is_told_once_and_once_that_it_is_over() {
    let world = with_admin().await;
    let alarm = RaiseAlarm::new(&world.ports);
    for _ in 0..5 {
        alarm.stands(&late(7)).await.expect("raised");
        world.clock.advance(TimeDelta::seconds(20));
    }
    assert_eq!(alarm.end_faded().await, Ok(0));
    assert_eq!(told(&world).await, ["platform.critical_system_alert"]);
    world.clock.advance(TimeDelta::seconds(60));
    assert_eq!((alarm.end_faded().await, alarm.end_faded().await), (Ok(1), Ok(0)));
    assert_eq!(told(&world).await, ["platform.critical_system_alert", "platform.system_recovered"]);
    alarm.stands(&late(9)).await.expect("raised");
    assert_eq!(told(&world).await.len(), 3);
}

#[tokio::test]
async fn text_messages_that_cost_too_much_are_an_alarm_until_they_no_longer_do() {
    let mut world = with_admin().await;
    world.publish("appointment.cancelled", cancellation()).await;
    world.drain().await;
    world.clock.advance(TimeDelta::seconds(1));
    let mut spending_at_most = |price: &str| {
        let spend_per_hour = Some(price.parse().expect("a price"));
        world.ports.policy = Arc::new(Policy { spend_per_hour, ..Policy::default() });
        WatchService::new(&world.ports)
    };
    let (easy, watch) = (spending_at_most("1"), spending_at_most("0.05"));
    easy.look_back().await.expect("counted");
    easy.look().await.expect("a look");
    assert_eq!(told(&world).await, Vec::<String>::new(), "one text message is not too dear");
    watch.look_back().await.expect("counted");
    for _ in 0..6 {
        watch.look().await.expect("a look");
        world.clock.advance(TimeDelta::seconds(20));
    }
    assert_eq!(told(&world).await, ["platform.quota_exceeded"], "it stands between two looks back");
    world.drain().await;
    world.clock.advance(TimeDelta::hours(1));
    watch.look_back().await.expect("counted");
    watch.look().await.expect("a look");
    assert_eq!(told(&world).await, ["platform.quota_exceeded", "platform.system_recovered"]);
}

#[tokio::test]
async fn work_that_stands_still_and_a_planner_that_is_silent_are_alarms() {
    let world = with_admin().await;
    let watch = WatchService::new(&world.ports);
    watch.planner_is_heard().await.expect("a look");
    watch.planner_is_alive().await.expect("noted");
    world.publish("appointment.cancelled", cancellation()).await;
    watch.look().await.expect("a look");
    assert_eq!(told(&world).await, Vec::<String>::new());
    world.clock.advance(TimeDelta::minutes(3));
    watch.look().await.expect("a look");
    watch.planner_is_heard().await.expect("a look");
    let names: Vec<String> =
        world.ports.alarms.list_standing().await.expect("a list").into_iter().map(|one| one.name).collect();
    assert!(names.contains(&"planner_silent".to_owned()), "{names:?}");
    assert!(names.contains(&"queue_age:email".to_owned()), "{names:?}");
}

/// The names of the alarms that stand after a look back.
async fn standing(world: &World, watch: &WatchService) -> Vec<String> {
    watch.look_back().await.expect("counted");
    watch.look_far_back().await.expect("counted");
    watch.look().await.expect("a look");
    let standing = world.ports.alarms.list_standing().await.expect("a list");
    // Nothing is delivered here, so the queues grow old.
    standing.into_iter().map(|one| one.name).filter(|name| !name.starts_with("queue_age")).collect()
}

#[tokio::test]
async fn fewer_messages_that_arrive_than_promised_are_an_alarm() {
    let world = with_admin().await;
    let watch = WatchService::new(&world.ports);
    reported(&world, "silent", &[(Status::Sent, 110)]).await;
    reported(&world, "telling", &[(Status::Delivered, 97), (Status::Undelivered, 2), (Status::Sent, 3)])
        .await;
    world.clock.advance(TimeDelta::seconds(2));
    assert_eq!(standing(&world, &watch).await, Vec::<String>::new(), "too few have had their chance");
    world.clock.advance(TimeDelta::minutes(61));
    assert_eq!(standing(&world, &watch).await, ["delivery_rate:email"], "97 of 102 arrived");
    assert!(told(&world).await.contains(&"platform.health_degraded".to_owned()));
    world.clock.advance(TimeDelta::hours(24));
    assert_eq!(standing(&world, &watch).await, Vec::<String>::new(), "it is over when the day is");
}

#[tokio::test]
async fn a_promise_that_is_kept_or_that_no_receipt_tells_of_is_no_alarm() {
    let world = with_admin().await;
    let watch = WatchService::new(&world.ports);
    reported(&world, "silent", &[(Status::Sent, 130)]).await;
    reported(&world, "telling", &[(Status::Delivered, 118), (Status::Undelivered, 2)]).await;
    world.clock.advance(TimeDelta::minutes(61));
    assert_eq!(standing(&world, &watch).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_provider_without_a_stand_in_is_told_of_by_every_channel() {
    let world = with_admin().await;
    let senders = Arc::new(world.senders(vec![world.email.clone()]));
    let mut follow = FollowProviders::new(&world.ports, senders.clone());
    world.email.next((0..100).map(|_| Err(SendError::Unavailable("500".to_owned()))));
    for number in 0..10 {
        world.publish("appointment.cancelled", cancellation_of(&format!("a-{number}"))).await;
    }
    world.drain_through(&senders).await;
    world.clock.advance(TimeDelta::seconds(4));
    follow.run().await.expect("a look");
    assert_eq!(told(&world).await, ["platform.critical_system_alert"]);
    let before = world.sms.calls().len();
    world.drain_through(&senders).await;
    assert!(world.sms.calls().len() > before, "where e-mails do not leave, it comes by SMS");
}
