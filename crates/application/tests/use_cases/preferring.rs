//! What people choose holds, is proved, and never silences what cannot wait.

use std::collections::BTreeMap;

use carillon_application::preferences::{Change, Overview, Wish};
use carillon_application::recipients::{Chain, Recipients};
use carillon_application::unsubscribe::{Unsubscribe, UnsubscribeLink};
use carillon_application::{Preferences, Refusal};
use carillon_domain::access::Credential;
use carillon_domain::business::QuietHours;
use carillon_domain::choices::{Digest, Rhythm};
use carillon_domain::{
    Actor, Category, Channel, Person, PersonId, Principal, Purpose, Reach, Reason, Role, Status, Topic,
};
use carillon_testkit::build::{client, id, now};
use serde_json::{Value, json};

use crate::world::{World, business, cancellation, platform};

pub(crate) async fn world() -> World {
    let world = World::new().await;
    let directory = &world.ports.directory;
    directory.put_person(&client("camille"), now()).await.expect("a person");
    directory.put_business(&carillon_testkit::build::business("salon"), now()).await.expect("a business");
    world
}

pub(crate) fn no(topic: impl Into<Topic>, channel: Channel) -> Wish {
    Wish { pointer: format!("/{channel}"), topic: topic.into(), channel, allowed: false, is_shown: false }
}

pub(crate) fn change(wishes: Vec<Wish>) -> Change {
    let ip = "192.0.2.7".parse().ok();
    Change { wishes, source: "account".to_owned(), wording: Some("v2".to_owned()), ip, ..Change::default() }
}

pub(crate) async fn put(world: &World, change: Change) -> Result<Overview, Refusal> {
    Preferences::new(&world.ports).change(&platform(), &id("camille"), None, change).await
}

pub(crate) async fn records(world: &World) -> Vec<(Topic, Channel, bool)> {
    let list = world.ports.directory.list_consents(&id("camille")).await.expect("a list");
    list.into_iter().map(|one| (one.consent.topic, one.consent.channel, one.consent.granted)).collect()
}

fn pointers(refused: Result<Overview, Refusal>) -> Vec<String> {
    match refused {
        Err(Refusal::Input { code: "invalid_preferences", problems }) => {
            problems.into_iter().map(|problem| problem.pointer).collect()
        }
        other => panic!("unexpected: {other:?}"),
    }
}

fn payment() -> Value {
    json!({
        "client": {"id": "camille", "name": "Camille Laurent", "email": "camille@example.com"},
        "payment": {"id": "p-1", "amount": 4500, "currency": "EUR"}
    })
}

#[tokio::test]
async fn what_a_person_turned_off_does_not_leave_and_why_is_kept() {
    let world = world().await;
    let after = put(&world, change(vec![no(Category::Payments, Channel::Email)])).await.expect("kept");
    let cell = after.matrix.cell(Category::Payments, Channel::Email).expect("a cell");
    assert!(!cell.allowed && cell.changeable);
    let report = world.publish("payment.received", payment()).await;
    world.drain().await;
    let states = world.states(&report, "client.payment_confirmed").await;
    assert_eq!(states[0], (Channel::Email, Status::Suppressed, Some(Reason::Unsubscribed)));
    assert_eq!(states[1].1, Status::Sent, "the other channel goes on: {states:?}");
    let dossier = Recipients::new(&world.ports).export(&platform(), &id("camille")).await.expect("all of it");
    let proof = &dossier.consents[0].consent;
    assert_eq!((proof.source.as_str(), proof.wording.as_deref()), ("account", Some("v2")));
    assert_eq!((proof.ip, proof.at), ("192.0.2.7".parse().ok(), now()));
    assert_eq!(dossier.chain, Chain::Intact);
}

#[tokio::test]
async fn turning_off_marketing_holds_back_no_cancelled_appointment() {
    let world = world().await;
    let marketing =
        [Channel::Email, Channel::Sms, Channel::InApp].map(|channel| no(Topic::Marketing, channel));
    put(&world, change(marketing.into())).await.expect("kept");
    let report = world.publish("appointment.cancelled", cancellation()).await;
    world.drain().await;
    let states = world.states(&report, "client.appointment_cancelled").await;
    assert!(states.iter().all(|(_, status, _)| *status == Status::Sent), "{states:?}");
}

#[tokio::test]
async fn only_what_is_new_is_recorded_and_nothing_of_what_is_refused() {
    let world = world().await;
    let off = || change(vec![no(Category::Reminders, Channel::Sms)]);
    put(&world, off()).await.expect("kept");
    put(&world, off()).await.expect("the same again");
    let as_it_is = Wish { allowed: true, ..no(Category::Appointments, Channel::Email) };
    put(&world, change(vec![as_it_is])).await.expect("nothing to do");
    let reminders = Topic::Category(Category::Reminders);
    assert_eq!(records(&world).await, [(reminders, Channel::Sms, false)]);
    let mixed =
        vec![no(Category::Payments, Channel::Email), no(Topic::Kind(id("client.nothing")), Channel::Sms)];
    assert_eq!(pointers(put(&world, change(mixed)).await), ["/sms"]);
    assert_eq!(records(&world).await.len(), 1);
}

#[tokio::test]
async fn the_last_way_to_hear_of_something_critical_cannot_be_turned_off() {
    let world = world().await;
    let cancelled = || Topic::Kind(id("client.appointment_cancelled"));
    let all = vec![no(Category::Appointments, Channel::Email), no(Category::Appointments, Channel::InApp)];
    assert_eq!(pointers(put(&world, change(all)).await), ["/in_app"]);
    put(&world, change(vec![no(Category::Appointments, Channel::InApp)])).await.expect("e-mail is left");
    assert_eq!(pointers(put(&world, change(vec![no(cancelled(), Channel::Email)])).await), ["/email"]);

    let link = UnsubscribeLink {
        person: id("camille"),
        business: Some(id("salon")),
        kind: id("client.appointment_cancelled"),
    };
    let token = link.url(&*world.ports.vault, "").replace("/u/", "");
    let unsubscribe = Unsubscribe::new(&world.ports);
    assert!(unsubscribe.show(&token).await.expect("an offer").is_last_way);
    assert!(unsubscribe.act(&token, None).await.expect("an answer").is_last_way);
    assert_eq!(records(&world).await.len(), 1);
}

#[tokio::test]
async fn a_link_that_is_followed_twice_is_recorded_once() {
    let world = world().await;
    let link = UnsubscribeLink { person: id("camille"), business: None, kind: id("client.review_request") };
    let token = link.url(&*world.ports.vault, "").replace("/u/", "");
    for _ in 0..2 {
        Unsubscribe::new(&world.ports).act(&token, None).await.expect("done");
    }
    assert_eq!(records(&world).await, [(Topic::Marketing, Channel::Email, false)]);
}

#[tokio::test]
async fn what_cannot_be_followed_is_refused_at_its_place() {
    let world = world().await;
    let hours = |from: &str, to: &str| {
        let hours = QuietHours { from: from.to_owned(), to: to.to_owned() };
        Change { quiet_hours: Some(Some(hours)), ..change(vec![]) }
    };
    assert_eq!(pointers(put(&world, hours("25:00", "08:00")).await), ["/quiet_hours/from"]);
    let gathered = Digest { every: Rhythm::Hourly, at: None };
    let digest = BTreeMap::from([(Category::Reminders, gathered)]);
    let reminders = Change { digest, ..change(vec![]) };
    assert_eq!(pointers(put(&world, reminders).await), ["/digest/reminders"]);
    let unsent = Wish { allowed: true, ..no(Category::Payments, Channel::Sms) };
    assert_eq!(pointers(put(&world, change(vec![unsent])).await), ["/sms"]);
    let source = Change { source: "a\nb".to_owned(), ..change(vec![]) };
    assert_eq!(pointers(put(&world, source).await), ["/source"]);
    let kept = put(&world, hours("21:00", "08:00")).await.expect("kept");
    assert!(kept.person.choices.quiet().is_some());
    let none = Change { quiet_hours: Some(None), ..change(vec![]) };
    assert_eq!(put(&world, none).await.expect("kept").person.choices.quiet_hours, None);
}

#[tokio::test]
async fn people_decide_for_themselves_and_support_for_clients_alone() {
    let world = world().await;
    let person = |name: &str, actor, role| Person { actor, role, ..client(name) };
    for (name, role) in [("sam", Role::Support), ("olga", Role::Owner)] {
        let one = person(name, Actor::BusinessUser, Some(role));
        world.ports.directory.put_person(&one, now()).await.expect("a person");
    }
    world.ports.directory.put_person(&client("zoe"), now()).await.expect("a person");
    let user = |name: &str, actor, role| Principal {
        credential: Credential::User { person: id(name), actor, role },
        reach: if role.is_some() { Reach::Business(id("salon")) } else { Reach::Person(id(name)) },
    };
    let (sam, camille) =
        (user("sam", Actor::BusinessUser, Some(Role::Support)), user("camille", Actor::EndClient, None));
    let preferences = Preferences::new(&world.ports);
    let off = || change(vec![no(Category::Payments, Channel::Email)]);
    let of = async |caller: &Principal, name: &str| {
        let person: PersonId = id(name);
        preferences.change(caller, &person, None, off()).await.map(drop)
    };
    assert_eq!(of(&camille, "camille").await, Ok(()));
    assert!(matches!(of(&camille, "zoe").await, Err(Refusal::Forbidden(_))));
    assert_eq!(of(&sam, "zoe").await, Ok(()));
    assert_eq!(of(&sam, "sam").await, Ok(()), "their own they may");
    assert!(matches!(of(&sam, "olga").await, Err(Refusal::Forbidden(_))));
    assert_eq!(of(&business("other"), "zoe").await, Err(Refusal::NotFound { what: "recipient" }));
    let elsewhere = preferences.show(&business("salon"), &id("zoe"), Some(id("other"))).await;
    assert_eq!(elsewhere.err(), Some(Refusal::NotFound { what: "business" }));
}

/// A stored message knows the name of its kind and nothing else of it: so the name must say as much as the kind does.
#[tokio::test]
async fn the_category_of_every_kind_of_the_catalogue_follows_from_its_name() {
    let world = World::new().await;
    for kind in world.ports.catalogue.kinds() {
        let expected = match (kind.purpose, kind.actor, kind.reminder) {
            (Purpose::Marketing, _, _) => Some(Category::Marketing),
            (Purpose::Service, Actor::PlatformAdmin, _) => Some(Category::Platform),
            (Purpose::Service, Actor::BusinessUser | Actor::EndClient, Some(_)) => Some(Category::Reminders),
            (Purpose::Service, Actor::BusinessUser | Actor::EndClient, None) => None,
        };
        let found = Category::of(kind);
        assert!(expected.is_none_or(|expected| expected == found), "{}: {found}", kind.name);
        let is_special = matches!(found, Category::Marketing | Category::Platform);
        assert!(!is_special || expected == Some(found), "{}: {found}", kind.name);
    }
}
