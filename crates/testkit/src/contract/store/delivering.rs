//! Claiming, recording, and what keeps messages moving.

use carillon_domain::message::TryEnd;
use carillon_domain::{Channel, Class, Reach, Reason, Status};
use carillon_ports::Ids;
use carillon_ports::content::Content;
use carillon_ports::store::{Changed, Share};
use chrono::TimeDelta;

use super::{Stores, in_app, message_ids, outcome};
use crate::build::{Accepting, client, id, now};

/// However many ask for it.
pub async fn each_message_is_claimed_by_one(stores: Stores) {
    let mut accepting = Accepting::event(&*stores.ids);
    for _ in 0..40 {
        accepting = accepting.message(Channel::Email, now());
    }
    let acceptance = accepting.done();
    let ids = message_ids(&acceptance);
    stores.accept(acceptance).await;
    let claims: Vec<_> = (0..8)
        .map(|_| {
            let (store, ids) = (stores.store.clone(), ids.clone());
            tokio::spawn(async move { store.claim(&ids, TimeDelta::seconds(30), now()).await })
        })
        .collect();
    let mut claimed = Vec::new();
    for claim in claims {
        claimed.extend(
            claim.await.expect("no panic").expect("a claim").into_iter().map(|claimed| claimed.message.id),
        );
    }
    claimed.sort();
    let mut expected = ids;
    expected.sort();
    assert_eq!(claimed, expected);
}

/// Each of the others is whole all the same.
pub async fn what_a_message_refers_to_and_is_not_stored_is_missing_from_its_claim(stores: Stores) {
    let whole = Accepting::event(&*stores.ids).message(Channel::Email, now()).done();
    let mut lost =
        Accepting::event(&*stores.ids).message_for("nobody", Channel::Email, Class::Immediate, now()).done();
    lost.notifications[0].business = Some(id("nowhere"));
    lost.notifications[0].event = stores.ids.event(now());
    let ids = [message_ids(&whole), message_ids(&lost)].concat();
    stores.accept(whole).await;
    stores.accept(lost).await;
    let claimed = stores.claim(&ids, now()).await;
    let whole = claimed.iter().find(|one| one.message.id == ids[0]).expect("claimed");
    assert_eq!(whole.recipient, Some(client("camille")));
    assert!(whole.event.is_some() && whole.business.is_some() && whole.people.len() == 1, "{whole:?}");
    let lost = claimed.iter().find(|one| one.message.id == ids[1]).expect("claimed");
    assert_eq!(lost.notification.recipient, id("nobody"));
    assert!(lost.recipient.is_none() && lost.event.is_none() && lost.business.is_none(), "{lost:?}");
    assert!(lost.people.is_empty(), "{lost:?}");
}

/// The attempt's number is the fence.
pub async fn a_late_outcome_changes_nothing(stores: Stores) {
    let acceptance = Accepting::event(&*stores.ids).message(Channel::Email, now()).done();
    let (ids, notification) = (message_ids(&acceptance), acceptance.notifications[0].id);
    stores.accept(acceptance).await;
    let slow = stores.claim(&ids, now()).await.remove(0);
    let later = now() + TimeDelta::minutes(2);
    stores.store.list_stranded(Share::Urgent, later, TimeDelta::seconds(5), 10).await.expect("a sweep");
    let quick = stores.claim(&ids, later).await.remove(0);
    assert_eq!((slow.message.attempt, quick.message.attempt), (1, 2));
    assert!(stores.record(&quick, &TryEnd::Accepted, None, later).await);
    assert!(!stores.record(&slow, &TryEnd::Rejected, None, later).await);
    let record =
        stores.history.find_notification(notification, &Reach::Platform).await.expect("a look").expect("one");
    assert_eq!((record.messages[0].message.status, record.messages[0].attempts.len()), (Status::Sent, 1));
}

/// With the provider, its id, and the text that was sent.
pub async fn the_outcome_of_a_try_is_what_the_timeline_shows(stores: Stores) {
    let acceptance = Accepting::event(&*stores.ids).message(Channel::Sms, now()).done();
    let (ids, notification) = (message_ids(&acceptance), acceptance.notifications[0].id);
    stores.accept(acceptance).await;
    let claimed = stores.claim(&ids, now()).await.remove(0);
    let content = Content::Sms { text: "Bonjour".to_owned() };
    assert!(stores.record(&claimed, &TryEnd::Accepted, Some(content.clone()), now()).await);
    let record =
        stores.history.find_notification(notification, &Reach::Platform).await.expect("a look").expect("one");
    let message = &record.messages[0];
    assert_eq!((message.provider.as_deref(), message.provider_id.as_deref()), (Some("test"), Some("p-1")));
    assert_eq!((message.sent_at, message.content.as_ref()), (Some(now()), Some(&content)));
    assert_eq!((message.attempts[0].number, message.attempts[0].status), (1, Status::Sent));
}

/// Until its time, then it is queued with its tries counted.
pub async fn a_failed_try_waits_and_is_queued_when_due(stores: Stores) {
    let acceptance = Accepting::event(&*stores.ids).message(Channel::Email, now()).done();
    let ids = message_ids(&acceptance);
    stores.accept(acceptance).await;
    let claimed = stores.claim(&ids, now()).await.remove(0);
    stores.record(&claimed, &TryEnd::Retry { reason: Reason::Retrying, not_before: None }, None, now()).await;
    assert!(stores.claim(&ids, now()).await.is_empty());
    let due = stores.store.find_next_due().await.expect("a look").expect("a time");
    assert!(stores.store.queue_due(due - TimeDelta::milliseconds(1), 10).await.expect("none").is_empty());
    assert_eq!(stores.store.queue_due(due, 10).await.expect("one").len(), 1);
    let again = stores.claim(&ids, due).await.remove(0);
    assert_eq!((again.message.attempt, again.message.tries), (2, 1));
}

/// Urgent work first, each message once.
pub async fn what_is_due_later_is_not_queued_before(stores: Stores) {
    let (soon, later) = (now() + TimeDelta::minutes(1), now() + TimeDelta::hours(1));
    let acceptance = Accepting::event(&*stores.ids)
        .message_for("camille", Channel::Email, Class::Scheduled, soon)
        .message_for("camille", Channel::Email, Class::Critical, soon)
        .message_for("camille", Channel::Email, Class::Scheduled, later)
        .done();
    stores.accept(acceptance).await;
    assert_eq!(stores.store.find_next_due().await, Ok(Some(soon)));
    let queued = stores.store.queue_due(soon, 10).await.expect("two");
    assert_eq!(
        queued.iter().map(|ready| ready.class).collect::<Vec<_>>(),
        [Class::Critical, Class::Scheduled]
    );
    assert!(stores.store.queue_due(soon, 10).await.expect("none").is_empty());
    assert_eq!(stores.store.find_next_due().await, Ok(Some(later)));
}

/// When its lease runs out, not before.
pub async fn a_message_whose_worker_died_is_found(stores: Stores) {
    let acceptance = Accepting::event(&*stores.ids).message(Channel::Email, now()).done();
    let ids = message_ids(&acceptance);
    stores.accept(acceptance).await;
    stores.claim(&ids, now()).await;
    let within = now() + TimeDelta::seconds(29);
    assert!(
        stores
            .store
            .list_stranded(Share::Urgent, within, TimeDelta::zero(), 10)
            .await
            .expect("none")
            .is_empty()
    );
    let after = now() + TimeDelta::seconds(31);
    assert_eq!(
        stores.store.list_stranded(Share::Urgent, after, TimeDelta::seconds(5), 10).await.expect("one").len(),
        1
    );
    assert_eq!(stores.claim(&ids, after).await.len(), 1);
}

/// A sweep touches what it finds, so that the next one looks at others.
pub async fn a_queued_message_that_stands_still_is_found_once(stores: Stores) {
    stores
        .accept(
            Accepting::event(&*stores.ids).message(Channel::Email, now()).message(Channel::Sms, now()).done(),
        )
        .await;
    let quiet = TimeDelta::seconds(5);
    assert!(
        stores
            .store
            .list_stranded(Share::Urgent, now() + TimeDelta::seconds(4), quiet, 10)
            .await
            .expect("none")
            .is_empty()
    );
    let later = now() + TimeDelta::seconds(6);
    assert_eq!(stores.store.list_stranded(Share::Urgent, later, quiet, 10).await.expect("two").len(), 2);
    assert!(stores.store.list_stranded(Share::Urgent, later, quiet, 10).await.expect("none").is_empty());
}

/// Also when many arrive at once.
pub async fn in_app_texts_are_numbered_without_gaps(stores: Stores) {
    stores.directory.put_person(&client("marc"), now()).await.expect("a person");
    let mut accepting = Accepting::event(&*stores.ids);
    for index in 0..60 {
        let person = if index % 3 == 0 { "marc" } else { "camille" };
        accepting = accepting.message_for(person, Channel::InApp, Class::Immediate, now());
    }
    let acceptance = accepting.done();
    let ids = message_ids(&acceptance);
    stores.accept(acceptance).await;
    let records: Vec<_> = stores
        .claim(&ids, now())
        .await
        .into_iter()
        .map(|claimed| {
            let (store, outcome) =
                (stores.store.clone(), outcome(&claimed, &TryEnd::Accepted, Some(in_app("hello")), now()));
            tokio::spawn(async move { store.record(vec![outcome]).await })
        })
        .collect();
    for record in records {
        assert_eq!(record.await.expect("no panic"), Ok(vec![true]));
    }
    for (person, expected) in [("camille", 40), ("marc", 20)] {
        let items = stores.inbox.list_inbox(&id(person), None, 100).await.expect("a list");
        let numbers: Vec<i64> = items.iter().map(|item| item.seq).collect();
        assert_eq!(numbers, (1..=expected).rev().collect::<Vec<_>>(), "{person}");
    }
}

/// And says where it stands.
pub async fn what_has_left_cannot_be_called_off(stores: Stores) {
    let acceptance =
        Accepting::event(&*stores.ids).message(Channel::Email, now()).message(Channel::Sms, now()).done();
    let (ids, first, second) =
        (message_ids(&acceptance), acceptance.notifications[0].id, acceptance.notifications[1].id);
    stores.accept(acceptance).await;
    let claimed = stores.claim(&ids[..1], now()).await.remove(0);
    stores.record(&claimed, &TryEnd::Accepted, None, now()).await;
    let reach = Reach::Business(id("salon"));
    assert_eq!(
        stores.store.cancel(first, &reach, now()).await,
        Ok(Changed::TooLate(vec![(ids[0], Status::Sent)]))
    );
    assert!(matches!(stores.store.cancel(second, &reach, now()).await, Ok(Changed::Done(_))));
    assert_eq!(stores.store.cancel(second, &Reach::Business(id("other")), now()).await, Ok(Changed::Unknown));
    assert!(stores.claim(&ids, now()).await.is_empty());
}

/// With a fresh count of tries.
pub async fn what_failed_can_be_tried_again(stores: Stores) {
    let acceptance = Accepting::event(&*stores.ids).message(Channel::Email, now()).done();
    let (ids, notification) = (message_ids(&acceptance), acceptance.notifications[0].id);
    stores.accept(acceptance).await;
    let claimed = stores.claim(&ids, now()).await.remove(0);
    stores.record(&claimed, &TryEnd::Rejected, None, now()).await;
    assert!(
        matches!(stores.store.retry(notification, &Reach::Platform, now()).await, Ok(Changed::Done(ready)) if ready.len() == 1)
    );
    let again = stores.claim(&ids, now()).await.remove(0);
    assert_eq!((again.message.attempt, again.message.tries), (2, 0));
}
