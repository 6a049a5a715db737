//! What must be changed is said, and nothing is done.

use carillon_application::notify::To;
use carillon_application::recipients::Recipients;
use carillon_application::{Notify, NotifyRecipient, Refusal};
use carillon_domain::access::Credential;
use carillon_domain::{Actor, BusinessId, Permission, Person, Principal, Reach, Role};
use carillon_ports::history::{Filter, Page};
use serde_json::{Value, json};

use crate::world::{World, appointment, business, cancellation, platform};

async fn pointers(world: &World, name: &str, business: Option<&str>, data: Value) -> Vec<String> {
    match world.try_publish(&platform(), name, business, data).await {
        Err(Refusal::Input { problems, .. }) => problems.into_iter().map(|problem| problem.pointer).collect(),
        other => panic!("unexpected: {other:?}"),
    }
}

#[tokio::test]
async fn each_mistake_has_a_pointer() {
    let world = World::new().await;
    let with = |change: fn(&mut Value)| {
        let mut data = cancellation();
        change(&mut data);
        data
    };
    let table = [
        ("appointment.danced", Some("salon"), cancellation(), "/type"),
        ("appointment.cancelled", None, cancellation(), "/business_id"),
        (
            "appointment.cancelled",
            Some("salon"),
            with(|data| data["appointment"]["starts_at"] = json!("soon")),
            "/data/appointment/starts_at",
        ),
        (
            "appointment.cancelled",
            Some("salon"),
            with(|data| data["appointment"]["starts_at"] = json!("9999-01-01T00:00:00Z")),
            "/data/appointment/starts_at",
        ),
        (
            "appointment.cancelled",
            Some("salon"),
            with(|data| data["client"]["timezone"] = json!("Mars/Base")),
            "/data/client/timezone",
        ),
        (
            "appointment.cancelled",
            Some("salon"),
            with(|data| data["client"]["name"] = json!("a\r\nBcc: x@y.fr")),
            "/data/client/name",
        ),
        (
            "appointment.cancelled",
            Some("salon"),
            with(|data| data["client"]["timezone"] = json!("Mars/Olympus")),
            "/data/client/timezone",
        ),
    ];
    for (name, business, data, expected) in table {
        let found = pointers(&world, name, business, data).await;
        assert!(found.iter().any(|pointer| pointer == expected), "{expected}: {found:?}");
    }
    let page = Page { after: None, limit: 10 };
    assert!(
        world
            .ports
            .history
            .list_notifications(&Filter::default(), &Reach::Platform, page)
            .await
            .expect("a list")
            .is_empty()
    );
}

#[tokio::test]
async fn a_person_nobody_knows_must_come_along() {
    let world = World::new().await;
    let mut data = appointment(72, "confirmed");
    data.as_object_mut().expect("a map").remove("client");
    data["appointment"]["client_ids"] = json!(["stranger"]);
    assert_eq!(
        pointers(&world, "appointment.booked", Some("salon"), data).await,
        ["/data/appointment/client_ids"]
    );
    let mut data = appointment(72, "confirmed");
    data["client"] = json!({"id": "stranger"});
    assert_eq!(pointers(&world, "appointment.booked", Some("salon"), data).await, ["/data/client/name"]);
}

#[tokio::test]
async fn a_business_reaches_neither_another_business_nor_its_people() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(72, "confirmed")).await;
    let refused = world
        .try_publish(&business("other"), "appointment.booked", Some("salon"), appointment(72, "confirmed"))
        .await;
    assert_eq!(refused, Err(Refusal::NotFound { what: "business" }));
    let stolen = world
        .try_publish(&business("other"), "appointment.booked", Some("other"), appointment(72, "confirmed"))
        .await;
    assert!(matches!(stolen, Err(Refusal::Input { .. })), "{stolen:?}");
}

#[tokio::test]
async fn only_the_platform_speaks_to_its_admins() {
    let world = World::new().await;
    let data = json!({"fraud": {"summary": "x"}});
    let refused = world.try_publish(&business("salon"), "fraud.detected", Some("salon"), data.clone()).await;
    assert!(matches!(refused, Err(Refusal::Input { code: "unknown_event_type", .. })), "{refused:?}");
    let notify = Notify {
        kind: "platform.fraud_detected".parse().expect("a name"),
        business: Some("salon".parse().expect("an id")),
        to: To::Inline(
            serde_json::from_value(json!({"id": "x", "name": "x", "email": "me@evil.example"}))
                .expect("data"),
        ),
        data: serde_json::from_value(data).expect("data"),
        channels: None,
        send_at: None,
        repeatable: None,
    };
    let refused = NotifyRecipient::new(&world.ports).run(&business("salon"), notify).await;
    assert!(matches!(refused, Err(Refusal::Input { code: "unknown_kind", .. })), "{refused:?}");
    let admins = world.ports.directory.list_people(None, Actor::PlatformAdmin, None).await.expect("a list");
    assert!(admins.is_empty());
}

#[tokio::test]
async fn support_manages_clients_and_raises_nobody() {
    let world = World::new().await;
    let salon: BusinessId = "salon".parse().expect("an id");
    let credential = Credential::User {
        person: "sam".parse().expect("an id"),
        actor: Actor::BusinessUser,
        role: Some(Role::Support),
    };
    let sam = Principal { credential, reach: Reach::Business(salon.clone()) };
    let client = carillon_testkit::build::client("camille");
    let owner = Person {
        actor: Actor::BusinessUser,
        role: Some(Role::Owner),
        ..carillon_testkit::build::client("sam")
    };
    let recipients = Recipients::new(&world.ports);
    assert_eq!(recipients.put(&sam, client).await, Ok(true));
    assert_eq!(
        recipients.put(&sam, owner.clone()).await,
        Err(Refusal::Forbidden(Permission::RecipientsWrite))
    );
    assert_eq!(recipients.put(&business("salon"), owner).await, Ok(true));
    let erased = recipients.erase(&sam, &"sam".parse().expect("an id")).await;
    assert_eq!(erased, Err(Refusal::Forbidden(Permission::RecipientsWrite)));
}
