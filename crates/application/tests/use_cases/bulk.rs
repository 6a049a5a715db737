//! One kind to many people.

use std::time::Duration;

use carillon_application::batches::FollowBatches;
use carillon_application::notify_many::BulkReport;
use carillon_application::{Bulk, KeepMoving, NotifyMany, Refusal};
use carillon_domain::batch::RecipientRefusal;
use carillon_domain::{Channel, Class, Principal, Status};
use carillon_ports::ready::{Pace, Ready};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::world::{World, business, cancellation, platform};

fn bulk(recipients: Value, data: Value) -> Bulk {
    Bulk {
        kind: "client.service_changed".parse().expect("a kind"),
        business: Some("salon".parse().expect("an id")),
        recipients: serde_json::from_value(recipients).expect("recipients"),
        data: serde_json::from_value(data).expect("data"),
        channels: Some(vec![Channel::Email]),
        per_minute: 0,
        repeatable: None,
    }
}

fn changed() -> Value {
    let starts_at = carillon_testkit::build::now() + TimeDelta::days(2);
    json!({"appointment": {"id": "a-1", "service": "Coupe", "starts_at": starts_at.to_rfc3339()}})
}

fn people(count: usize) -> Value {
    let person = |number: usize| json!({"id": format!("client-{number}"), "name": "Camille Laurent", "email": format!("c{number}@example.com")});
    (0..count).map(person).collect()
}

async fn run(world: &World, bulk: Bulk) -> Result<BulkReport, Refusal> {
    NotifyMany::new(&world.ports).run(&platform(), bulk).await
}

#[tokio::test]
async fn each_recipient_gets_a_bulk_message_that_keeps_the_batches_pace() {
    let world = World::new().await;
    let report = run(&world, Bulk { per_minute: 120, ..bulk(people(3), changed()) }).await.expect("accepted");
    assert_eq!((report.accepted, report.refused.len(), report.messages.len()), (3, 0, 3));
    let popped = world.ports.queues.email.pop(10, Duration::ZERO).await.expect("a queue");
    let pace = Some(Pace { batch: report.batch_id, per_minute: 120 });
    let popped: Vec<_> = popped.iter().map(|ready| (ready.message, ready.class, ready.pace)).collect();
    assert_eq!(
        popped,
        [(report.messages[0], Class::Bulk, pace), (report.messages[1], Class::Bulk, pace)],
        "one second's worth"
    );
}

#[tokio::test]
async fn a_bulk_request_delays_no_urgent_message_of_another_business() {
    let world = World::new().await;
    run(&world, bulk(people(1_000), changed())).await.expect("accepted");
    let urgent = world.try_publish(&platform(), "appointment.cancelled", Some("other"), cancellation()).await;
    let urgent = urgent.expect("accepted").notifications.remove(0);
    let email = urgent.messages.iter().find(|message| message.channel == Channel::Email).expect("an e-mail");
    let first = world.ports.queues.email.pop(1, Duration::ZERO).await.expect("a queue").remove(0);
    assert_eq!((first.message, first.class), (email.id, Class::Critical));
}

#[tokio::test]
async fn a_backlog_of_bulk_keeps_no_urgent_message_from_being_found() {
    let world = World::new().await;
    let queue = &world.ports.queues.email;
    world.publish("appointment.cancelled", cancellation()).await;
    let lost = queue.pop(10, Duration::ZERO).await.expect("a queue");
    assert_eq!(lost.len(), 1);
    let now = world.ports.clock.now();
    let backlog: Vec<Ready> = (0..3_000)
        .map(|_| Ready {
            message: world.ports.ids.message(now),
            class: Class::Bulk,
            business: None,
            channel: Channel::Email,
            pace: Some(Pace { batch: world.ports.ids.batch(now), per_minute: 1 }),
        })
        .collect();
    queue.push(&backlog).await.expect("a queue");
    world.clock.advance(TimeDelta::seconds(6));
    KeepMoving::new(&world.ports).sweep(false).await.expect("a sweep");
    assert_eq!(queue.pop(1, Duration::ZERO).await.expect("a queue"), lost);
}

#[tokio::test]
async fn a_recipient_that_is_wrong_fails_no_other() {
    let world = World::new().await;
    world.publish("appointment.booked", crate::world::appointment(72, "confirmed")).await;
    let other = Bulk { business: Some("other".parse().expect("an id")), ..bulk(people(1), changed()) };
    run(&world, other).await.expect("accepted");
    let recipients = json!([
        "camille",
        "nobody",
        {"id": "new", "name": "Marc Petit", "email": "marc@example.com"},
        {"id": "new", "name": "Marc Petit", "email": "marc@example.com"},
        "ines",
        {"id": "bad", "name": "Marc Petit", "email": "not an address"},
        {"id": "nameless", "email": "x@example.com"},
        {"id": "odd", "name": "Marc Petit", "vip": true},
        {"name": "Marc Petit"},
        "",
        7,
        null,
        {"id": "own", "name": "Marc Petit", "data": {"previous": 3}},
        {"id": "own-2", "name": "Marc Petit", "data": {"client": {"id": "x"}}},
        {"id": "own-3", "name": "Marc Petit", "data": []},
        {"id": "last", "name": "Zoé Roux", "email": "zoe@example.com", "phone": null}
    ]);
    let mine = business("salon");
    let report =
        NotifyMany::new(&world.ports).run(&mine, bulk(recipients, changed())).await.expect("accepted");
    let refused: Vec<_> = report.refused.iter().map(|refused| (refused.index, refused.code)).collect();
    let expected = [
        (1, RecipientRefusal::UnknownRecipient),
        (3, RecipientRefusal::DuplicateRecipient),
        (4, RecipientRefusal::WrongActor),
        (5, RecipientRefusal::InvalidRecipient),
        (6, RecipientRefusal::InvalidRecipient),
        (7, RecipientRefusal::InvalidRecipient),
        (8, RecipientRefusal::InvalidRecipient),
        (9, RecipientRefusal::InvalidRecipient),
        (10, RecipientRefusal::InvalidRecipient),
        (11, RecipientRefusal::InvalidRecipient),
        (12, RecipientRefusal::InvalidData),
        (13, RecipientRefusal::InvalidData),
        (14, RecipientRefusal::InvalidData),
    ];
    assert_eq!(refused, expected);
    assert_eq!((report.accepted, report.messages.len()), (3, 3));
    let stolen = json!(["client-0", {"id": "client-0", "name": "Camille", "email": "thief@example.com"}]);
    let report = NotifyMany::new(&world.ports).run(&mine, bulk(stolen, changed())).await.expect("accepted");
    assert_eq!(
        report.refused[0].code,
        RecipientRefusal::UnknownRecipient,
        "as if nobody of that id were there"
    );
    assert_eq!((report.accepted, report.refused.len()), (0, 2));
}

#[tokio::test]
async fn each_reads_the_shared_data_with_their_own_over_it() {
    let world = World::new().await;
    let recipients = json!([
        {"id": "camille", "name": "Camille Laurent", "email": "camille@example.com"},
        {"id": "marc", "name": "Marc Petit", "email": "marc@example.com", "data": {"previous": {"service": "Couleur"}}}
    ]);
    run(&world, bulk(recipients, changed())).await.expect("accepted");
    world.drain().await;
    let sent = world.email.calls();
    let text = |address: &str| {
        let one = sent.iter().find(|email| email.to.address.expose() == address).expect("an e-mail");
        one.text.clone()
    };
    assert!(
        text("camille@example.com").contains("Camille") && !text("camille@example.com").contains("Couleur")
    );
    assert!(text("marc@example.com").contains("Marc") && text("marc@example.com").contains("Couleur"));
}

#[tokio::test]
async fn data_that_fits_nobody_is_the_requests_mistake() {
    let world = World::new().await;
    let pointers = |answer: Result<BulkReport, Refusal>| match answer {
        Err(Refusal::Input { problems, .. }) => {
            problems.into_iter().map(|problem| problem.pointer).collect::<Vec<_>>()
        }
        other => panic!("unexpected: {other:?}"),
    };
    let table = [
        (bulk(people(1), json!({})), "/data/appointment"),
        (bulk(json!([]), changed()), "/recipients"),
        (bulk(people(1_001), changed()), "/recipients"),
        (Bulk { per_minute: 100_001, ..bulk(people(1), changed()) }, "/rate_per_minute"),
        (Bulk { channels: Some(vec![Channel::Sms]), ..bulk(people(1), changed()) }, "/channels/0"),
        (Bulk { channels: Some(vec![]), ..bulk(people(1), changed()) }, "/channels"),
        (Bulk { business: None, ..bulk(people(1), changed()) }, "/business_id"),
        (Bulk { kind: "client.dance".parse().expect("a name"), ..bulk(people(1), changed()) }, "/kind"),
    ];
    for (bulk, pointer) in table {
        assert_eq!(pointers(run(&world, bulk).await), [pointer]);
    }
    let own = json!([
        {"id": "a", "name": "A", "data": changed()},
        {"id": "b", "name": "B"}
    ]);
    let report = run(&world, bulk(own, json!({}))).await.expect("accepted");
    assert_eq!((report.accepted, report.refused[0].index), (1, 1), "it fits one of them");
}

#[tokio::test]
async fn a_batch_is_followed_and_called_off_once() {
    let world = World::new().await;
    let report = run(&world, bulk(people(3), changed())).await.expect("accepted");
    let follow = FollowBatches::new(&world.ports);
    let show = async |who: &Principal| follow.show(who, report.batch_id).await;
    let progress = show(&business("salon")).await.expect("a batch");
    assert_eq!(progress.counts, [(Status::Queued, 3)]);
    assert_eq!(show(&business("other")).await, Err(Refusal::NotFound { what: "batch" }));
    let other = follow.cancel(&business("other"), report.batch_id).await;
    assert_eq!(other, Err(Refusal::NotFound { what: "batch" }));
    let cancelled = follow.cancel(&platform(), report.batch_id).await.expect("called off");
    assert_eq!(cancelled.counts, [(Status::Cancelled, 3)]);
    assert!(cancelled.finished_at.is_some());
    let again = follow.cancel(&platform(), report.batch_id).await;
    assert_eq!(again, Err(Refusal::NothingLeft { what: "batch" }));
    world.drain().await;
    assert_eq!(world.email.calls().len(), 0);
}
