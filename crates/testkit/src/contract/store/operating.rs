//! What an operator looks at: dead letters, backlog, figures, audit trail.

use carillon_domain::message::TryEnd;
use carillon_domain::receipt::Said;
use carillon_domain::{Channel, Class, Reach, Reason, Status};
use carillon_ports::keys::AuditEntry;
use carillon_ports::operations::{AuditFilter, Backlog, DeadLetter, DeadLetterFilter, TimeCursor};
use carillon_ports::statistics::{Tally, Waited, Window};
use carillon_ports::store::Changed;
use chrono::{DateTime, TimeDelta, Utc};

use super::receipts::receipt;
use super::{Stores, message_ids, outcome};
use crate::build::{Accepting, id, now};

/// Gives a message up, a while after it was accepted.
async fn give_up(stores: &Stores, channel: Channel, after: TimeDelta) -> carillon_domain::MessageId {
    let acceptance = Accepting::event(&*stores.ids).message(channel, now()).done();
    let ids = message_ids(&acceptance);
    stores.accept(acceptance).await;
    let claimed = stores.claim(&ids, now()).await.remove(0);
    let mut outcome = outcome(&claimed, &TryEnd::Rejected, None, now() + after);
    outcome.detail = Some("refused: 550".to_owned());
    assert_eq!(stores.store.record(vec![outcome]).await, Ok(vec![true]));
    ids[0]
}

async fn letters(stores: &Stores, filter: DeadLetterFilter, reach: Reach) -> Vec<DeadLetter> {
    stores.operations.list_dead_letters(&filter, &reach, None, 100).await.expect("a list")
}

/// With what an operator needs to know, and nothing twice between two pages.
pub async fn what_was_given_up_is_listed_newest_first(stores: Stores) {
    let mut expected = Vec::new();
    for second in [1, 2, 2, 2, 3] {
        expected.insert(0, give_up(&stores, Channel::Email, TimeDelta::seconds(second)).await);
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = stores
            .operations
            .list_dead_letters(&DeadLetterFilter::default(), &Reach::Platform, after, 2)
            .await
            .expect("a page");
        let Some(last) = page.last() else { break };
        after = Some(TimeCursor { at: last.failed_at, id: last.message.0 });
        found.extend(page);
    }
    assert_eq!(found.iter().map(|letter| letter.message).collect::<Vec<_>>(), expected);
    let newest = &found[0];
    assert_eq!((newest.reason, newest.attempts), (Some(Reason::Rejected), 1));
    assert_eq!((newest.provider.as_deref(), newest.detail.as_deref()), (Some("test"), Some("refused: 550")));
    assert_eq!((&newest.recipient, newest.business.as_ref()), (&id("camille"), Some(&id("salon"))));
    assert_eq!(newest.failed_at, now() + TimeDelta::seconds(3));
}

/// Each by itself, and never more than the caller sees.
pub async fn dead_letters_are_filtered_and_bound_by_reach(stores: Stores) {
    give_up(&stores, Channel::Email, TimeDelta::zero()).await;
    give_up(&stores, Channel::Sms, TimeDelta::zero()).await;
    let all = DeadLetterFilter::default;
    let table = [
        (all(), Reach::Platform, 2),
        (all(), Reach::Business(id("salon")), 2),
        (all(), Reach::Business(id("other")), 0),
        (all(), Reach::Person(id("camille")), 0),
        (DeadLetterFilter { business: Some(id("salon")), ..all() }, Reach::Platform, 2),
        (DeadLetterFilter { business: Some(id("other")), ..all() }, Reach::Platform, 0),
        (DeadLetterFilter { business: Some(id("salon")), ..all() }, Reach::Business(id("other")), 0),
        (DeadLetterFilter { channel: Some(Channel::Sms), ..all() }, Reach::Platform, 1),
        (DeadLetterFilter { kind: Some(id("client.payment_confirmed")), ..all() }, Reach::Platform, 2),
        (DeadLetterFilter { kind: Some(id("client.reminder_1h")), ..all() }, Reach::Platform, 0),
        (DeadLetterFilter { reason: Some(Reason::Rejected), ..all() }, Reach::Platform, 2),
        (DeadLetterFilter { reason: Some(Reason::TriesExhausted), ..all() }, Reach::Platform, 0),
    ];
    for (filter, reach, expected) in table {
        assert_eq!(
            letters(&stores, filter.clone(), reach.clone()).await.len(),
            expected,
            "{filter:?} {reach:?}"
        );
    }
}

/// With a fresh count of tries, once.
pub async fn a_dead_letter_can_be_tried_again(stores: Stores) {
    let message = give_up(&stores, Channel::Email, TimeDelta::zero()).await;
    let later = now() + TimeDelta::minutes(1);
    let retry = |reach: Reach| {
        let operations = stores.operations.clone();
        async move { operations.retry_dead_letter(message, &reach, later).await.expect("an answer") }
    };
    assert_eq!(retry(Reach::Business(id("other"))).await, Changed::Unknown);
    let Changed::Done(ready) = retry(Reach::Business(id("salon"))).await else { panic!("not queued") };
    assert_eq!((ready.len(), ready[0].message), (1, message));
    assert_eq!(retry(Reach::Platform).await, Changed::TooLate(vec![(message, Status::Queued)]));
    assert_eq!(letters(&stores, DeadLetterFilter::default(), Reach::Platform).await, []);
    let claimed = stores.claim(&[message], later).await.remove(0);
    assert_eq!((claimed.message.attempt, claimed.message.tries), (2, 0));
}

/// And is no longer listed.
pub async fn a_dead_letter_can_be_put_away(stores: Stores) {
    let message = give_up(&stores, Channel::Email, TimeDelta::zero()).await;
    let discard = |reach: Reach| {
        let operations = stores.operations.clone();
        async move { operations.discard_dead_letter(message, &reach, now()).await.expect("an answer") }
    };
    assert_eq!(discard(Reach::Business(id("other"))).await, Changed::Unknown);
    let Changed::Done(changed) = discard(Reach::Platform).await else { panic!("not put away") };
    assert_eq!((changed.len(), changed[0].business.as_ref()), (1, Some(&id("salon"))));
    assert_eq!(discard(Reach::Platform).await, Changed::TooLate(vec![(message, Status::Cancelled)]));
    assert_eq!(letters(&stores, DeadLetterFilter::default(), Reach::Platform).await, []);
    assert!(stores.claim(&[message], now()).await.is_empty());
}

/// By channel and class, bound by reach; what has ended is not counted.
pub async fn the_backlog_is_what_has_not_ended(stores: Stores) {
    let later = now() + TimeDelta::hours(1);
    give_up(&stores, Channel::Email, TimeDelta::zero()).await;
    let acceptance = Accepting::event(&*stores.ids)
        .message(Channel::Email, now())
        .message(Channel::Email, now() - TimeDelta::seconds(30))
        .message(Channel::Email, later)
        .message(Channel::Email, now())
        .message_for("camille", Channel::Sms, Class::Bulk, now())
        .done();
    let ids = message_ids(&acceptance);
    stores.accept(acceptance).await;
    let claimed = stores.claim(&[ids[0], ids[3]], now()).await;
    let sent = claimed.iter().find(|claimed| claimed.message.id == ids[3]).expect("claimed");
    stores.record(sent, &TryEnd::Accepted, None, now()).await;
    let list = |reach: Reach| {
        let operations = stores.operations.clone();
        async move {
            let mut backlog = operations.list_backlog(&reach).await.expect("a list");
            backlog.sort_by_key(|one| (one.channel, one.class));
            backlog
        }
    };
    let email = Backlog {
        waiting: 1,
        queued: 1,
        sending: 1,
        failed: 1,
        oldest_due_at: Some(now() - TimeDelta::seconds(30)),
        ..Backlog::nothing(Channel::Email, Class::Immediate)
    };
    let sms =
        Backlog { queued: 1, oldest_due_at: Some(now()), ..Backlog::nothing(Channel::Sms, Class::Bulk) };
    assert_eq!(list(Reach::Platform).await, [email, sms]);
    assert_eq!(list(Reach::Business(id("salon"))).await, [email, sms]);
    assert_eq!(list(Reach::Business(id("other"))).await, []);
}

fn window(business: Option<&str>, since: DateTime<Utc>, until: DateTime<Utc>) -> Window {
    Window { business: business.map(id), since, until }
}

/// Of one business or of all, from the window's first millisecond until before its last.
pub async fn outcomes_are_counted_within_the_window(stores: Stores) {
    give_up(&stores, Channel::Email, TimeDelta::zero()).await;
    let acceptance =
        Accepting::event(&*stores.ids).message(Channel::Sms, now()).message(Channel::Sms, now()).done();
    let ids = message_ids(&acceptance);
    stores.accept(acceptance).await;
    let claimed = stores.claim(&ids[..1], now()).await.remove(0);
    stores.record(&claimed, &TryEnd::Accepted, None, now() + TimeDelta::milliseconds(800)).await;
    let tally = |channel, status, provider: Option<&str>| Tally {
        channel,
        class: Class::Immediate,
        status,
        provider: provider.map(str::to_owned),
        messages: 1,
        recent: 0,
        bounced: 0,
        opened: 0,
        clicked: 0,
        complained: 0,
    };
    let expected = vec![
        tally(Channel::Email, Status::Failed, Some("test")),
        tally(Channel::Sms, Status::Queued, None),
        tally(Channel::Sms, Status::Sent, Some("test")),
    ];
    let (tick, hour) = (TimeDelta::milliseconds(1), TimeDelta::hours(1));
    let table = [
        (window(None, now(), now() + tick), true),
        (window(None, now() - hour, now()), false),
        (window(None, now() + tick, now() + hour), false),
        (window(Some("salon"), now(), now() + hour), true),
        (window(Some("salon"), now() - hour, now()), false),
        (window(Some("other"), now() - hour, now() + hour), false),
    ];
    for (window, is_counted) in table {
        let mut found = stores.statistics.tally(&window, now() + hour).await.expect("a tally");
        found.sort_by_key(|one| (one.channel, one.status.as_str()));
        assert_eq!(found, if is_counted { expected.clone() } else { vec![] }, "{window:?}");
        let waits = stores.statistics.list_waits(&window).await.expect("waits");
        let wait = Waited { channel: Channel::Sms, millis: 800, messages: 1 };
        assert_eq!(waits, if is_counted { vec![wait] } else { vec![] }, "{window:?}");
    }
}

/// By when a provider took them, whatever was said of them since.
pub async fn what_a_provider_took_lately_is_counted(stores: Stores) {
    for (minutes, said) in [(0, None), (0, Some(Said::Delivered)), (20, None), (20, None)] {
        let claimed = stores.claimed_email().await;
        stores.record(&claimed, &TryEnd::Accepted, None, now() + TimeDelta::minutes(minutes)).await;
        stores.keep(said.iter().map(|said| receipt(claimed.message.id, 1, *said, "")).collect()).await;
    }
    stores.apply(now()).await;
    for (minutes, recent) in [(0, 3), (20, 2), (21, 0)] {
        let window = window(None, now(), now() + TimeDelta::hours(1));
        let since = now() + TimeDelta::minutes(minutes);
        let found = stores.statistics.tally(&window, since).await.expect("a tally");
        let sent: u64 = found.iter().filter(|one| one.status == Status::Sent).map(|one| one.recent).sum();
        assert_eq!(sent, recent, "since {minutes} minutes");
    }
}

/// As far as providers report it: what a machine opened, nobody opened.
pub async fn what_people_do_with_messages_is_counted(stores: Stores) {
    let said: [&[Said]; 4] = [
        &[Said::Delivered, Said::Opened, Said::Clicked],
        &[Said::Delivered, Said::MachineOpened],
        &[Said::Delivered, Said::Opened, Said::Complained],
        &[Said::Bounced],
    ];
    for said in said {
        let claimed = stores.claimed_email().await;
        stores.record(&claimed, &TryEnd::Accepted, None, now()).await;
        stores.keep(said.iter().map(|said| receipt(claimed.message.id, 1, *said, "")).collect()).await;
    }
    stores.apply(now()).await;
    let found = stores.statistics.tally(&window(None, now(), now() + TimeDelta::hours(1)), now()).await;
    let mut found = found.expect("a tally");
    found.sort_by_key(|one| one.status.as_str());
    let counts: Vec<_> = found
        .iter()
        .map(|one| (one.status, one.messages, one.bounced, one.opened, one.clicked, one.complained))
        .collect();
    assert_eq!(counts, [(Status::Delivered, 3, 0, 2, 1, 1), (Status::Undelivered, 1, 1, 0, 0, 0)]);
}

/// From when it was first tried, though a retry moves the time it is due; BULK keeps its own pace and is left out.
pub async fn a_wait_is_measured_from_the_first_time_it_was_due(stores: Stores) {
    let acceptance = Accepting::event(&*stores.ids)
        .message(Channel::Email, now())
        .message_for("camille", Channel::Email, Class::Bulk, now())
        .done();
    let ids = message_ids(&acceptance);
    stores.accept(acceptance).await;
    let claimed = stores.claim(&ids, now()).await;
    for claimed in &claimed {
        let end = TryEnd::Retry { reason: Reason::Retrying, not_before: None };
        stores.record(claimed, &end, None, now()).await;
    }
    let later = now() + TimeDelta::milliseconds(3_600_500);
    stores.store.queue_due(later, 10).await.expect("queued");
    for claimed in &stores.claim(&ids, later).await {
        stores.record(claimed, &TryEnd::Accepted, None, later).await;
    }
    let window = window(None, now(), now() + TimeDelta::hours(1));
    let waits = stores.statistics.list_waits(&window).await.expect("waits");
    assert_eq!(waits, [Waited { channel: Channel::Email, millis: 3_600_000, messages: 1 }]);
}

/// By whom, what, and when; bound by reach, and nothing twice between two pages.
pub async fn the_audit_trail_is_read_newest_first(stores: Stores) {
    let line = |second: i64, actor: &str, action: &str, business: Option<&str>| AuditEntry {
        at: now() + TimeDelta::seconds(second),
        actor: actor.to_owned(),
        action: action.to_owned(),
        business: business.map(id),
        target: "t".to_owned(),
    };
    let entries = [
        line(0, "cli", "key.created", None),
        line(1, "key:a", "recipient.put", Some("salon")),
        line(1, "key:a", "recipient.put", Some("other")),
        line(2, "key:b", "recipient.erased", Some("salon")),
    ];
    stores.keys.audit(&entries).await.expect("written");
    let all = AuditFilter::default;
    let at = |second| Some(now() + TimeDelta::seconds(second));
    let table = [
        (all(), Reach::Platform, 4),
        (all(), Reach::Business(id("salon")), 2),
        (all(), Reach::Person(id("camille")), 0),
        (AuditFilter { business: Some(id("other")), ..all() }, Reach::Platform, 1),
        (AuditFilter { business: Some(id("other")), ..all() }, Reach::Business(id("salon")), 0),
        (AuditFilter { actor: Some("key:a".to_owned()), ..all() }, Reach::Platform, 2),
        (AuditFilter { action: Some("recipient.erased".to_owned()), ..all() }, Reach::Platform, 1),
        (AuditFilter { since: at(1), until: at(2), ..all() }, Reach::Platform, 2),
    ];
    for (filter, reach, expected) in table {
        let found = stores.operations.list_audit(&filter, &reach, None, 100).await.expect("a list");
        assert_eq!(found.len(), expected, "{filter:?} {reach:?}");
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = stores.operations.list_audit(&all(), &Reach::Platform, after, 3).await.expect("a page");
        let Some(last) = page.last() else { break };
        after = Some(TimeCursor { at: last.entry.at, id: last.id });
        found.extend(page.into_iter().map(|line| line.entry));
    }
    assert_eq!(found, entries.into_iter().rev().collect::<Vec<_>>());
}
