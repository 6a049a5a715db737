//! Accepting: whole or not at all, once, and by revision.

use carillon_domain::Reach;
use carillon_domain::{Channel, Reason, Status};
use carillon_ports::history::{Filter, Page};
use carillon_ports::store::{Acceptance, Accepted, IdempotencyKey, Share};

use super::{Stores, message_ids};
use crate::build::{Accepting, appointment, booking, now};

fn keyed(acceptance: Acceptance, fingerprint: &str) -> Acceptance {
    let key = IdempotencyKey {
        owner: "key:test".to_owned(),
        key: "k-1".to_owned(),
        fingerprint: fingerprint.to_owned(),
        answer: format!("{{\"event\":\"{}\"}}", acceptance.event.id),
    };
    Acceptance { idempotency: Some(key), ..acceptance }
}

async fn count(stores: &Stores) -> usize {
    let page = Page { after: None, limit: 1000 };
    stores.history.list_notifications(&Filter::default(), &Reach::Platform, page).await.expect("a list").len()
}

/// What the worker needs comes with the claim.
pub async fn what_is_accepted_can_be_claimed_with_all_that_is_needed(stores: Stores) {
    let acceptance = Accepting::event(&*stores.ids).message(Channel::Email, now()).done();
    let ids = message_ids(&acceptance);
    stores.accept(acceptance).await;
    let claimed = stores.claim(&ids, now()).await.pop().expect("one");
    assert_eq!((claimed.message.attempt, claimed.message.status), (1, Status::Sending));
    assert_eq!(claimed.event.expect("data").data.text_at("note"), Some("a private word"));
    assert_eq!(claimed.recipient.expect("a person").name, "Camille Laurent");
    assert_eq!(claimed.business.expect("a business").name, "Atelier Lumière");
    assert!(claimed.people.contains_key("client") && claimed.booking.is_none());
}

/// Fifty posts with one key are one event; all get the same answer.
pub async fn one_key_is_one_acceptance_however_many_post_at_once(stores: Stores) {
    let posts = (0..50).map(|_| {
        let acceptance = keyed(Accepting::event(&*stores.ids).message(Channel::Email, now()).done(), "same");
        let store = stores.store.clone();
        tokio::spawn(async move {
            let own = acceptance.idempotency.as_ref().map(|key| key.answer.clone());
            (own, store.append(acceptance).await)
        })
    });
    let (mut first, mut replayed) = (Vec::new(), Vec::new());
    for post in posts.collect::<Vec<_>>() {
        match post.await.expect("no panic") {
            (own, Ok(Accepted::Stored)) => first.extend(own),
            (_, Ok(Accepted::Replayed { answer })) => replayed.push(answer),
            (_, other) => panic!("unexpected: {other:?}"),
        }
    }
    assert_eq!((first.len(), replayed.len(), count(&stores).await), (1, 49, 1));
    assert!(replayed.iter().all(|answer| *answer == first[0]));
}

/// The same key with another body writes nothing.
pub async fn a_key_with_another_body_is_refused_and_writes_nothing(stores: Stores) {
    let first = keyed(Accepting::event(&*stores.ids).message(Channel::Email, now()).done(), "one");
    let second = keyed(Accepting::event(&*stores.ids).message(Channel::Email, now()).done(), "other");
    stores.accept(first).await;
    assert_eq!(stores.store.append(second).await, Ok(Accepted::KeyReused));
    assert_eq!(count(&stores).await, 1);
}

/// When nobody will repeat the request any more.
pub async fn an_old_key_is_forgotten(stores: Stores) {
    stores.accept(keyed(Accepting::event(&*stores.ids).done(), "one")).await;
    let answer = || stores.store.find_answer("key:test", "k-1");
    assert_eq!(answer().await.expect("a look").map(|(fingerprint, _)| fingerprint).as_deref(), Some("one"));
    assert_eq!(stores.store.forget_answers(now()).await, Ok(0));
    assert_eq!(stores.store.forget_answers(now() + chrono::TimeDelta::milliseconds(1)).await, Ok(1));
    assert_eq!(answer().await, Ok(None));
}

/// Concurrent callers share transactions, and none is forgotten.
pub async fn many_acceptances_at_once_are_all_kept(stores: Stores) {
    let posts: Vec<_> = (0..200)
        .map(|_| {
            let (store, acceptance) =
                (stores.store.clone(), Accepting::event(&*stores.ids).message(Channel::Sms, now()).done());
            tokio::spawn(async move { store.append(acceptance).await })
        })
        .collect();
    for post in posts {
        assert_eq!(post.await.expect("no panic"), Ok(Accepted::Stored));
    }
    assert_eq!(count(&stores).await, 200);
}

/// A reminder of the old time never leaves.
pub async fn a_new_revision_calls_off_what_was_planned_for_the_old(stores: Stores) {
    let later = now() + chrono::TimeDelta::hours(1);
    let planned = Accepting::event(&*stores.ids)
        .message(Channel::Email, later)
        .fenced_by(booking(appointment("a-1"), 1))
        .done();
    let id = planned.notifications[0].id;
    stores.accept(planned).await;
    stores.accept(Accepting::event(&*stores.ids).fenced_by(booking(appointment("a-1"), 2)).done()).await;
    let record = stores.history.find_notification(id, &Reach::Platform).await.expect("a look").expect("one");
    assert_eq!(
        (record.messages[0].message.status, record.messages[0].message.reason),
        (Status::Cancelled, Some(Reason::Superseded))
    );
}

/// A message that a worker already claimed is stopped by the re-check.
pub async fn a_claim_of_an_old_revision_says_so(stores: Stores) {
    let planned = Accepting::event(&*stores.ids)
        .message(Channel::Email, now())
        .fenced_by(booking(appointment("a-1"), 1))
        .done();
    let ids = message_ids(&planned);
    stores.accept(planned).await;
    let fresh = stores.claim(&ids, now()).await;
    assert_eq!(fresh[0].booking.as_ref().map(|booking| booking.timing), Some(1));
    stores.accept(Accepting::event(&*stores.ids).fenced_by(booking(appointment("a-1"), 2)).done()).await;
    let later = now() + chrono::TimeDelta::minutes(5);
    stores
        .store
        .list_stranded(Share::Urgent, later, chrono::TimeDelta::seconds(5), 10)
        .await
        .expect("a sweep");
    let again = stores.claim(&ids, later).await;
    assert_eq!(again[0].booking.as_ref().map(|booking| booking.timing), Some(2));
}
