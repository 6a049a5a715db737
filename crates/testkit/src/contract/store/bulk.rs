//! Bulk requests: whole or not at all, once, followed and called off.

use carillon_domain::ids::BatchId;
use carillon_domain::message::TryEnd;
use carillon_domain::{Channel, Class, Event, Person, Reach, Reason, Status, Value};
use carillon_ports::batches::{BatchProgress, BulkAcceptance};
use carillon_ports::ids::Ids;
use carillon_ports::ready::Pace;
use carillon_ports::store::{Accepted, Batch, IdempotencyKey, Share};
use chrono::TimeDelta;

use super::{Stores, message_ids};
use crate::build::{Accepting, client, id, now};

/// So many people of the salon, each with one e-mail of a batch; the last has data of its own.
fn bulk(stores: &Stores, people: usize, per_minute: u32) -> BulkAcceptance {
    let batch = Batch { id: stores.ids.batch(now()), per_minute };
    let names: Vec<String> = (0..people).map(|number| format!("client-{number}")).collect();
    let mut accepting = Accepting::event(&*stores.ids);
    for name in &names {
        accepting = accepting.message_for(name, Channel::Email, Class::Bulk, now());
    }
    let mut acceptance = accepting
        .with(|acceptance| {
            acceptance.event.parts.clear();
            acceptance.people = names.iter().map(|name| client(name)).collect();
            acceptance.batch = Some(batch);
            for notification in &mut acceptance.notifications {
                notification.batch = Some(batch.id);
            }
        })
        .done();
    let last = acceptance.notifications.last_mut().expect("somebody");
    let own = Event {
        id: stores.ids.event(now()),
        data: Value::Map([("note".to_owned(), Value::from("my own word"))].into()),
        parts: [("client".to_owned(), last.recipient.clone())].into(),
        ..acceptance.event.clone()
    };
    last.event = own.id;
    BulkAcceptance { acceptance, own_events: vec![own] }
}

async fn accept(stores: &Stores, bulk: BulkAcceptance) -> BatchId {
    let id = bulk.acceptance.batch.expect("a batch").id;
    assert_eq!(stores.batches.append_bulk(bulk).await, Ok(Accepted::Stored));
    id
}

async fn progress(stores: &Stores, id: BatchId) -> BatchProgress {
    stores.batches.find_batch(id, &Reach::Platform).await.expect("a look").expect("a batch")
}

/// Each with the data they share, or with their own; and the pace comes back with what is found later.
pub async fn a_bulk_request_is_accepted_whole_and_can_be_claimed(stores: Stores) {
    let bulk = bulk(&stores, 700, 600);
    let ids = message_ids(&bulk.acceptance);
    let batch = accept(&stores, bulk).await;
    let claimed = stores.claim(&ids[698..], now()).await;
    let notes: Vec<_> = claimed
        .iter()
        .map(|claimed| {
            let event = claimed.event.as_ref().expect("data");
            (
                claimed.notification.recipient.to_string(),
                event.data.text_at("note").unwrap_or_default().to_owned(),
            )
        })
        .collect();
    for expected in [("client-698", "a private word"), ("client-699", "my own word")] {
        assert!(notes.contains(&(expected.0.to_owned(), expected.1.to_owned())), "{notes:?}");
    }
    let later = now() + TimeDelta::seconds(6);
    let stranded =
        stores.store.list_stranded(Share::Bulk, later, TimeDelta::seconds(5), 1000).await.expect("a sweep");
    assert_eq!(stranded.len(), 698);
    assert!(stranded.iter().all(|ready| ready.pace == Some(Pace { batch, per_minute: 600 })));
    let progress = progress(&stores, batch).await;
    assert_eq!((progress.created_at, progress.business), (now(), Some(id("salon"))));
    assert_eq!(progress.batch, Batch { id: batch, per_minute: 600 });
}

/// And another body under the same key writes nothing.
pub async fn a_repeated_bulk_request_is_answered_and_not_accepted_again(stores: Stores) {
    let keyed = |fingerprint: &str| {
        let mut bulk = bulk(&stores, 3, 0);
        bulk.acceptance.idempotency = Some(IdempotencyKey {
            owner: "key:test".to_owned(),
            key: "k-1".to_owned(),
            fingerprint: fingerprint.to_owned(),
            answer: bulk.acceptance.event.id.to_string(),
        });
        bulk
    };
    let first = keyed("one");
    let (answer, batch) = (first.acceptance.event.id.to_string(), accept(&stores, first).await);
    assert_eq!(stores.batches.append_bulk(keyed("one")).await, Ok(Accepted::Replayed { answer }));
    let other = keyed("other");
    let unknown = other.acceptance.batch.expect("a batch").id;
    assert_eq!(stores.batches.append_bulk(other).await, Ok(Accepted::KeyReused));
    assert_eq!(progress(&stores, batch).await.counts, [(Status::Queued, 3)]);
    assert_eq!(stores.batches.find_batch(unknown, &Reach::Platform).await, Ok(None));
}

/// One person of another business makes all of it a contradiction.
pub async fn a_bulk_request_that_contradicts_writes_nothing(stores: Stores) {
    let stranger = Person { business: Some(id("other")), ..client("client-1") };
    stores.directory.put_person(&stranger, now()).await.expect("stored");
    let bulk = bulk(&stores, 3, 0);
    let batch = bulk.acceptance.batch.expect("a batch").id;
    assert!(stores.batches.append_bulk(bulk).await.is_err());
    assert_eq!(stores.batches.find_batch(batch, &Reach::Platform).await, Ok(None));
}

/// However many bulk messages stand still too, or are with a worker that died.
pub async fn what_is_urgent_is_found_apart_from_bulk(stores: Stores) {
    let bulk = bulk(&stores, 3, 0);
    let bulk_ids = message_ids(&bulk.acceptance);
    accept(&stores, bulk).await;
    let urgent =
        Accepting::event(&*stores.ids).message(Channel::Sms, now()).message(Channel::Sms, now()).done();
    let urgent_ids = message_ids(&urgent);
    stores.accept(urgent).await;
    stores.claim(&[bulk_ids[0], urgent_ids[0]], now()).await;
    let later = now() + TimeDelta::seconds(31);
    for (share, mut expected) in [(Share::Urgent, urgent_ids), (Share::Bulk, bulk_ids)] {
        let found =
            stores.store.list_stranded(share, later, TimeDelta::seconds(5), 10).await.expect("a sweep");
        let mut found: Vec<_> = found.into_iter().map(|ready| ready.message).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{share:?}");
    }
}

/// By state, until nothing of it may leave any more.
pub async fn a_batch_is_followed_until_its_last_message_has_left(stores: Stores) {
    let bulk = bulk(&stores, 3, 0);
    let ids = message_ids(&bulk.acceptance);
    let batch = accept(&stores, bulk).await;
    let mut claimed = stores.claim(&ids, now()).await;
    let (last, later) = (claimed.remove(0), now() + TimeDelta::seconds(9));
    for claimed in &claimed {
        stores.record(claimed, &TryEnd::Accepted, None, now()).await;
    }
    let open = progress(&stores, batch).await;
    assert_eq!((open.counts, open.finished_at), (vec![(Status::Sending, 1), (Status::Sent, 2)], None));
    stores.record(&last, &TryEnd::Rejected, None, later).await;
    let done = progress(&stores, batch).await;
    assert_eq!((done.counts, done.finished_at), (vec![(Status::Failed, 1), (Status::Sent, 2)], Some(later)));
}

/// What is with a worker leaves, what failed stays failed, and there is nothing to call off twice.
pub async fn what_waits_in_a_batch_is_called_off(stores: Stores) {
    let bulk = bulk(&stores, 4, 0);
    let ids = message_ids(&bulk.acceptance);
    let last = bulk.acceptance.notifications[3].id;
    let batch = accept(&stores, bulk).await;
    let claimed = stores.claim(&ids[..2], now()).await;
    stores.record(&claimed[0], &TryEnd::Rejected, None, now()).await;
    let later = now() + TimeDelta::seconds(1);
    let cancel = |reach: Reach| {
        let batches = stores.batches.clone();
        async move { batches.cancel_batch(batch, &reach, later).await }
    };
    assert_eq!(cancel(Reach::Business(id("other"))).await, Ok(None));
    assert_eq!(cancel(Reach::Business(id("salon"))).await, Ok(Some(2)));
    assert_eq!(cancel(Reach::Platform).await, Ok(Some(0)));
    let counts = progress(&stores, batch).await.counts;
    assert_eq!(counts, [(Status::Cancelled, 2), (Status::Failed, 1), (Status::Sending, 1)]);
    let record =
        stores.history.find_notification(last, &Reach::Platform).await.expect("a look").expect("one");
    assert_eq!(record.messages[0].message.reason, Some(Reason::CancelledByRequest));
    assert!(stores.claim(&ids[2..], later).await.is_empty());
}

/// Neither by its id nor to call it off.
pub async fn nobody_sees_a_batch_of_another(stores: Stores) {
    let batch = accept(&stores, bulk(&stores, 1, 0)).await;
    for (reach, sees) in [
        (Reach::Platform, true),
        (Reach::Business(id("salon")), true),
        (Reach::Business(id("other")), false),
        (Reach::Person(id("client-0")), false),
    ] {
        let found = stores.batches.find_batch(batch, &reach).await.expect("a look");
        assert_eq!(found.is_some(), sees, "{reach:?}");
    }
}

/// Thousands of rows at once and a single event: both are there.
pub async fn bulk_requests_and_single_events_are_accepted_side_by_side(stores: Stores) {
    let bulks: Vec<_> = (0..4).map(|_| (stores.batches.clone(), bulk(&stores, 50, 0))).collect();
    let bulks: Vec<_> = bulks
        .into_iter()
        .map(|(batches, bulk)| tokio::spawn(async move { batches.append_bulk(bulk).await }))
        .collect();
    for _ in 0..20 {
        stores.accept(Accepting::event(&*stores.ids).message(Channel::Sms, now()).done()).await;
    }
    for bulk in bulks {
        assert_eq!(bulk.await.expect("no panic"), Ok(Accepted::Stored));
    }
}
