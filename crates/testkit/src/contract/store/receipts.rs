//! What providers say afterwards.

use carillon_domain::ids::{MessageId, NotificationId};
use carillon_domain::message::TryEnd;
use carillon_domain::receipt::Said;
use carillon_domain::{Channel, Class, Reach, Reason, Status};
use carillon_ports::history::MessageRecord;
use carillon_ports::provider::Try;
use carillon_ports::receipts::{Applied, Kept, NewReceipt};
use carillon_ports::store::{Claimed, Share};
use chrono::{DateTime, TimeDelta, Utc};

use super::{Stores, message_ids};
use crate::build::{Accepting, id, now};

/// Something the provider `test` says of a try. `event` tells it from others.
pub(super) fn receipt(message: MessageId, attempt: u32, said: Said, event: &str) -> NewReceipt {
    NewReceipt {
        provider: "test",
        event_id: format!("{message}/{attempt}/{said}/{event}"),
        of: Some(Try { message, attempt }),
        said,
        detail: None,
        provider_id: Some("p-1".to_owned()),
        verdict: None,
        at: now() + TimeDelta::seconds(1),
    }
}

impl Stores {
    pub(super) async fn keep(&self, receipts: Vec<NewReceipt>) -> Kept {
        self.receipts.keep(receipts, now()).await.expect("kept")
    }

    /// Applies all that is due at a time.
    pub(super) async fn apply(&self, at: DateTime<Utc>) -> Applied {
        let mut all = Applied::default();
        loop {
            let one = self.receipts.apply(at, 500).await.expect("applied");
            if one.applied + one.unmatched == 0 {
                return Applied { waiting: all.waiting.max(one.waiting), ..all };
            }
            all.applied += one.applied;
            all.waiting += one.waiting;
            all.unmatched += one.unmatched;
        }
    }

    /// An e-mail that a worker has claimed.
    pub(super) async fn claimed_email(&self) -> Claimed {
        let acceptance = Accepting::event(&*self.ids).message(Channel::Email, now()).done();
        let ids = message_ids(&acceptance);
        self.accept(acceptance).await;
        self.claim(&ids, now()).await.remove(0)
    }

    pub(super) async fn status(&self, notification: NotificationId) -> Status {
        self.message(notification).await.message.status
    }

    /// The message of a notification that has one.
    async fn message(&self, notification: NotificationId) -> MessageRecord {
        let found = self.history.find_notification(notification, &Reach::Platform).await;
        found.expect("a look").expect("one").messages.remove(0)
    }
}

/// However often it comes, from however many callers at once; and the timeline tells it once.
pub async fn a_receipt_that_comes_again_is_applied_once(stores: Stores) {
    let claimed = stores.claimed_email().await;
    stores.record(&claimed, &TryEnd::Accepted, None, now()).await;
    let delivered =
        NewReceipt { detail: Some("250".to_owned()), ..receipt(claimed.message.id, 1, Said::Delivered, "") };
    let calls = (0..8).map(|_| {
        let (stores, twice) = (stores.clone(), vec![delivered.clone(), delivered.clone()]);
        tokio::spawn(async move { stores.keep(twice).await })
    });
    let calls: Vec<_> = calls.collect();
    let (mut new, mut repeated) = (0, 0);
    for call in calls {
        let kept = call.await.expect("no panic");
        new += kept.new;
        repeated += kept.repeated;
    }
    assert_eq!((new, repeated), (1, 15));
    assert_eq!(stores.apply(now()).await, Applied { applied: 1, ..Applied::default() });
    assert_eq!(stores.keep(vec![delivered]).await, Kept { new: 0, repeated: 1 });
    assert_eq!(stores.apply(now()).await, Applied::default());
    let whole = stores.message(claimed.notification.id).await;
    assert_eq!((whole.message.status, whole.sent_at), (Status::Delivered, Some(now())));
    assert_eq!(whole.receipts.len(), 1);
    let told = &whole.receipts[0];
    assert_eq!((told.said, told.attempt, told.provider.as_str()), (Said::Delivered, 1, "test"));
    assert_eq!((told.detail.as_deref(), told.at), (Some("250"), now() + TimeDelta::seconds(1)));
}

/// It waits for the record, and neither undoes the other.
pub async fn a_receipt_that_beats_our_own_record_is_applied_after_it(stores: Stores) {
    let claimed = stores.claimed_email().await;
    stores.keep(vec![receipt(claimed.message.id, 1, Said::Delivered, "")]).await;
    assert_eq!(stores.apply(now()).await, Applied { waiting: 1, ..Applied::default() });
    assert_eq!(stores.apply(now()).await, Applied::default(), "not at once again");
    assert!(stores.record(&claimed, &TryEnd::Accepted, None, now()).await);
    assert_eq!(stores.message(claimed.notification.id).await.message.status, Status::Sent);
    let soon = now() + TimeDelta::seconds(1);
    assert_eq!(stores.apply(soon).await, Applied { applied: 1, ..Applied::default() });
    let whole = stores.message(claimed.notification.id).await;
    assert_eq!((whole.message.status, whole.provider_id.as_deref()), (Status::Delivered, Some("p-1")));
    assert_eq!((whole.message.reason, whole.attempts.len()), (None, 1));
}

/// From the moment that it is kept, before it is applied.
pub async fn a_receipt_settles_a_doubt_before_anything_is_sent_again(stores: Stores) {
    let claimed = stores.claimed_email().await;
    stores.record(&claimed, &TryEnd::InDoubt, None, now()).await;
    let due = stores.store.find_next_due().await.expect("a look").expect("a time");
    stores.keep(vec![receipt(claimed.message.id, 1, Said::Processed, "")]).await;
    assert!(stores.store.queue_due(due, 10).await.expect("none").is_empty());
    assert_eq!(stores.store.find_next_due().await, Ok(None));
    assert_eq!(stores.apply(due).await.applied, 1);
    assert!(stores.store.queue_due(due, 10).await.expect("none").is_empty());
    assert!(stores.claim(&[claimed.message.id], due).await.is_empty());
    let whole = stores.message(claimed.notification.id).await;
    assert_eq!((whole.message.status, whole.message.reason), (Status::Sent, None));
    assert_eq!(whole.sent_at, Some(now() + TimeDelta::seconds(1)));
}

/// Once its lease has run out; the sweeper leaves it alone until then.
pub async fn a_receipt_settles_the_try_of_a_worker_that_died(stores: Stores) {
    let claimed = stores.claimed_email().await;
    stores.keep(vec![receipt(claimed.message.id, 1, Said::Bounced, "")]).await;
    assert_eq!(stores.apply(now()).await.waiting, 1);
    let after = now() + TimeDelta::seconds(31);
    assert!(
        stores
            .store
            .list_stranded(Share::Urgent, after, TimeDelta::zero(), 10)
            .await
            .expect("none")
            .is_empty()
    );
    assert_eq!(stores.apply(after).await.applied, 1);
    assert!(
        stores
            .store
            .list_stranded(Share::Urgent, after, TimeDelta::zero(), 10)
            .await
            .expect("none")
            .is_empty()
    );
    assert!(stores.claim(&[claimed.message.id], after).await.is_empty());
    let whole = stores.message(claimed.notification.id).await;
    assert_eq!((whole.message.status, whole.message.reason), (Status::Undelivered, Some(Reason::Bounced)));
    assert_eq!((whole.provider.as_deref(), whole.provider_id.as_deref()), (Some("test"), Some("p-1")));
}

/// The person has it: it is not sent once more.
pub async fn a_receipt_of_an_older_try_calls_the_next_one_off(stores: Stores) {
    let claimed = stores.claimed_email().await;
    let retry = TryEnd::Retry { reason: Reason::Retrying, not_before: None };
    stores.record(&claimed, &retry, None, now()).await;
    let due = stores.store.find_next_due().await.expect("a look").expect("a time");
    stores.store.queue_due(due, 10).await.expect("one");
    let again = stores.claim(&[claimed.message.id], due).await.remove(0);
    stores.record(&again, &retry, None, due).await;
    stores.keep(vec![receipt(claimed.message.id, 1, Said::Delivered, "")]).await;
    assert_eq!(stores.apply(due).await.applied, 1);
    assert_eq!(stores.message(claimed.notification.id).await.message.status, Status::Delivered);
    assert!(stores.store.queue_due(due + TimeDelta::days(1), 10).await.expect("none").is_empty());
}

/// What is called off stays so, and the timeline tells what came of an earlier try.
pub async fn a_receipt_does_not_bring_back_what_was_called_off(stores: Stores) {
    let claimed = stores.claimed_email().await;
    stores.record(&claimed, &TryEnd::InDoubt, None, now()).await;
    let (notification, reach) = (claimed.notification.id, Reach::Business(id("salon")));
    stores.store.cancel(notification, &reach, now()).await.expect("called off");
    stores.keep(vec![receipt(claimed.message.id, 1, Said::Delivered, "")]).await;
    assert_eq!(stores.apply(now()).await.applied, 1);
    let whole = stores.message(notification).await;
    assert_eq!(whole.message.status, Status::Cancelled);
    assert_eq!((whole.message.reason, whole.receipts.len()), (Some(Reason::CancelledByRequest), 1));
}

/// It may be another environment's, on the same account.
pub async fn a_receipt_of_an_unknown_message_is_dropped(stores: Stores) {
    let unknown = receipt(MessageId(uuid::Uuid::from_u128(7)), 1, Said::Delivered, "");
    let claimed = stores.claimed_email().await;
    stores.record(&claimed, &TryEnd::Accepted, None, now()).await;
    stores.keep(vec![unknown, receipt(claimed.message.id, 1, Said::Delivered, "")]).await;
    assert_eq!(stores.apply(now()).await, Applied { applied: 1, unmatched: 1, waiting: 0 });
    assert_eq!(stores.message(claimed.notification.id).await.message.status, Status::Delivered);
}

/// What comes of a message when these things are said of its one try, in any order and number.
const STORIES: &[(&[Said], Status, Option<Reason>)] = &[
    (&[Said::Processed], Status::Sent, None),
    (&[Said::Processed, Said::Deferred, Said::Deferred], Status::Sent, None),
    (&[Said::Processed, Said::Delivered, Said::MachineOpened], Status::Delivered, None),
    (
        &[Said::Processed, Said::Deferred, Said::Delivered, Said::Opened, Said::Clicked],
        Status::Delivered,
        None,
    ),
    (&[Said::Processed, Said::Delivered, Said::Complained, Said::Unsubscribed], Status::Delivered, None),
    (&[Said::Processed, Said::Delivered, Said::Bounced], Status::Undelivered, Some(Reason::Bounced)),
    (&[Said::Processed, Said::Deferred, Said::Blocked], Status::Undelivered, Some(Reason::Undelivered)),
    (&[Said::Processed, Said::Dropped], Status::Undelivered, Some(Reason::Undelivered)),
    (&[Said::Processed, Said::Sent, Said::Undelivered], Status::Undelivered, Some(Reason::Undelivered)),
    (&[Said::Processed, Said::Sent, Said::Undelivered, Said::Delivered], Status::Delivered, None),
];

/// A thousand messages, each with its story told in an order of its own, in parts, some of it twice, and applied by two at once.
pub async fn any_order_of_receipts_ends_in_the_right_state(stores: Stores) {
    let mut accepting = Accepting::event(&*stores.ids);
    for _ in 0..1_000 {
        accepting = accepting.message_for("camille", Channel::Email, Class::Immediate, now());
    }
    let acceptance = accepting.done();
    let ids = message_ids(&acceptance);
    let notifications: Vec<_> = acceptance.notifications.iter().map(|one| one.id).collect();
    stores.accept(acceptance).await;
    record_some(&stores, &ids).await;
    let mut told: Vec<NewReceipt> = Vec::new();
    for (index, message) in ids.iter().enumerate() {
        let (said, _, _) = STORIES[index % STORIES.len()];
        for (step, said) in said.iter().enumerate() {
            let one = receipt(*message, 1, *said, &step.to_string());
            let times = if (index + step) % 3 == 0 { 2 } else { 1 };
            told.extend(std::iter::repeat_n(one, times));
        }
    }
    shuffle(&mut told);
    for (index, part) in told.chunks(97).enumerate() {
        stores.keep(part.to_vec()).await;
        if index % 3 == 0 {
            let (one, other) = (stores.clone(), stores.clone());
            let both = [
                tokio::spawn(async move { one.apply(now()).await }),
                tokio::spawn(async move { other.apply(now()).await }),
            ];
            for process in both {
                process.await.expect("no panic");
            }
        }
    }
    stores.apply(now() + TimeDelta::seconds(31)).await;
    for (index, notification) in notifications.into_iter().enumerate() {
        let (said, status, reason) = STORIES[index % STORIES.len()];
        let whole = stores.message(notification).await;
        assert_eq!((whole.message.status, whole.message.reason), (status, reason), "{said:?}");
        assert_eq!(whole.receipts.len(), said.len());
    }
}

/// Claims them all: most tries are recorded as taken, some are in doubt, and of some the worker dies.
async fn record_some(stores: &Stores, ids: &[MessageId]) {
    for (index, claimed) in stores.claim(ids, now()).await.iter().enumerate() {
        match index % 7 {
            0 => {}
            1 => drop(stores.record(claimed, &TryEnd::InDoubt, None, now()).await),
            _ => drop(stores.record(claimed, &TryEnd::Accepted, None, now()).await),
        }
    }
}

/// The same disorder each time (xorshift).
fn shuffle<T>(items: &mut [T]) {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for index in (1..items.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let other = usize::try_from(state % (index as u64 + 1)).expect("an index");
        items.swap(index, other);
    }
}
