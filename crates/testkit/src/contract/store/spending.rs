//! Caps, lists and money.

use carillon_domain::message::TryEnd;
use carillon_domain::sms::Money;
use carillon_domain::verdict::Allowance;
use carillon_domain::{Channel, Class, MessageId, NotificationId, Reach, Reason, Status};
use carillon_ports::StoreError;
use carillon_ports::caps::{CapAsk, Counted};
use carillon_ports::costs::Spending;
use carillon_ports::store::MessageCost;
use chrono::TimeDelta;
use uuid::Uuid;

use super::{Stores, message_ids, outcome};
use crate::build::{Accepting, id, now};

fn ask(subject: &str, wanted: Allowance) -> CapAsk {
    let of = |class, count: u32| (0..count).map(move |_| Counted { class, once: None });
    let wanted = of(Class::Critical, wanted.critical)
        .chain(of(Class::Immediate, wanted.usual))
        .chain(of(Class::Bulk, wanted.bulk))
        .collect();
    CapAsk { subject: subject.to_owned(), span: TimeDelta::hours(1), allowance: Allowance::of(100), wanted }
}

/// Asks for notifications, by their numbers.
fn ask_once(subject: &str, cap: u32, notifications: &[u128]) -> CapAsk {
    let counted = |number: &u128| Counted {
        class: Class::Immediate,
        once: Some(NotificationId(Uuid::from_u128(*number))),
    };
    let wanted = notifications.iter().map(counted).collect();
    CapAsk { allowance: Allowance::of(cap), wanted, ..ask(subject, NOTHING) }
}

fn count(granted: &[bool]) -> usize {
    granted.iter().filter(|granted| **granted).count()
}

const NOTHING: Allowance = Allowance { critical: 0, usual: 0, bulk: 0 };

/// Over all who ask at once, for one subject and for several in one question.
pub async fn a_cap_is_exact_however_many_ask(stores: Stores) {
    let calls = (0..40).map(|_| {
        let caps = stores.caps.clone();
        tokio::spawn(async move {
            let wanted = Allowance { usual: 7, ..NOTHING };
            caps.take(&[ask("b", wanted), ask("a", wanted)], now()).await
        })
    });
    let mut granted = [0, 0];
    for call in futures_util::future::join_all(calls).await {
        for (sum, grant) in granted.iter_mut().zip(call.expect("no panic").expect("an answer")) {
            *sum += count(&grant.granted);
        }
    }
    assert_eq!(granted, [100, 100]);
}

/// Whichever of its messages asks first, together or one after the other, until the span is over.
pub async fn what_has_one_id_is_counted_once_within_a_span(stores: Stores) {
    let take = |ask: CapAsk, minutes: i64| {
        let (caps, at) = (stores.caps.clone(), now() + TimeDelta::minutes(minutes));
        async move { caps.take(&[ask], at).await.expect("an answer").remove(0).granted }
    };
    assert_eq!(take(ask_once("a", 2, &[1, 1]), 0).await, [true, true]);
    assert_eq!(take(ask_once("a", 2, &[1, 2, 3, 3]), 10).await, [true, true, false, false]);
    assert_eq!(
        take(ask_once("a", 2, &[3, 2, 1]), 20).await,
        [false, true, true],
        "what was refused was not counted"
    );
    assert_eq!(take(ask_once("b", 2, &[3]), 20).await, [true], "ids are those of one subject");
    assert_eq!(take(ask_once("a", 2, &[3, 1, 4]), 60).await, [true, true, false], "a new span");
    assert_eq!(take(ask_once("a", 2, &[2, 5]), 65).await, [true, false], "counted less than an hour ago");
    assert_eq!(take(ask_once("a", 2, &[2, 1]), 75).await, [false, true], "counted more than an hour ago");
    assert_eq!(stores.caps.forget_counted(now() + TimeDelta::minutes(30)).await, Ok(1));
    assert_eq!(stores.caps.forget_counted(now() + TimeDelta::hours(3)).await, Ok(2));
    assert_eq!(take(ask_once("a", 2, &[1]), 80).await, [false]);
}

/// Many workers, each with other messages of the same notifications in another order.
pub async fn what_has_one_id_is_counted_once_however_many_ask(stores: Stores) {
    let calls = (0..24_u128).map(|call| {
        let caps = stores.caps.clone();
        tokio::spawn(async move {
            let mut notifications: Vec<u128> = (0..150).collect();
            notifications.rotate_left(usize::try_from(call * 6).unwrap_or_default());
            let asks = [ask_once("b", 100, &notifications), ask_once("a", 20, &notifications)];
            (notifications, caps.take(&asks, now()).await)
        })
    });
    let mut left = [std::collections::BTreeSet::new(), std::collections::BTreeSet::new()];
    let mut messages = [0, 0];
    for call in futures_util::future::join_all(calls).await {
        let (notifications, answer) = call.expect("no panic");
        for (place, grant) in answer.expect("an answer").into_iter().enumerate() {
            messages[place] += count(&grant.granted);
            let granted = notifications.iter().zip(grant.granted).filter(|(_, granted)| *granted);
            left[place].extend(granted.map(|(number, _)| *number));
        }
    }
    assert_eq!([left[0].len(), left[1].len()], [100, 20], "as many notifications as the caps allow");
    assert!(messages[0] > 100 && messages[1] > 20, "their other messages take no room: {messages:?}");
}

/// What is refused is not counted.
pub async fn what_is_urgent_has_room_above_a_cap_and_a_span_ends(stores: Stores) {
    let take = |wanted: Allowance, minutes: i64| {
        let (caps, at) = (stores.caps.clone(), now() + TimeDelta::minutes(minutes));
        async move {
            let ask = ask("a", wanted);
            let grant = caps.take(std::slice::from_ref(&ask), at).await.expect("an answer").remove(0);
            let granted = ask.wanted.iter().zip(grant.granted).filter(|(_, granted)| *granted);
            let classes: Vec<Class> = granted.map(|(one, _)| one.class).collect();
            (Allowance::counting(&classes), grant.until)
        }
    };
    let first = take(Allowance { bulk: 200, ..NOTHING }, 0).await;
    assert_eq!(first, (Allowance { bulk: 80, ..NOTHING }, now() + TimeDelta::hours(1)));
    let all = Allowance { critical: 10, usual: 50, bulk: 50 };
    assert_eq!(take(all, 10).await.0, Allowance { critical: 10, usual: 10, bulk: 0 });
    assert_eq!(take(all, 20).await.0, Allowance { critical: 10, usual: 0, bulk: 0 });
    assert_eq!(take(all, 30).await.0, Allowance { critical: 10, usual: 0, bulk: 0 });
    assert_eq!(take(all, 40).await.0, Allowance { critical: 5, usual: 0, bulk: 0 });
    let later = take(all, 60).await;
    assert_eq!(later, (Allowance { critical: 10, usual: 50, bulk: 20 }, now() + TimeDelta::hours(2)));
    assert_eq!(stores.caps.forget_spans(now() + TimeDelta::hours(3)).await, Ok(1));
}

/// And what was given back can be spent again.
pub async fn a_budget_is_exact_however_many_spend(stores: Stores) {
    let spending =
        Spending { business: id("salon"), month: "2026-12".to_owned(), cost: 71_400, most: 100 * 71_400 };
    let calls = (0..200).map(|_| {
        let (costs, spending) = (stores.costs.clone(), spending.clone());
        tokio::spawn(async move { costs.spend(&spending).await })
    });
    let mut spent = 0;
    for call in futures_util::future::join_all(calls).await {
        spent += u32::from(call.expect("no panic").expect("an answer"));
    }
    assert_eq!(spent, 100);
    let reached = stores.costs.list_spent("2026-12").await.expect("a list");
    assert_eq!(reached.iter().map(|one| (one.spent, one.told)).collect::<Vec<_>>(), [(7_140_000, 0)]);
    assert_eq!(stores.costs.note_told(&id("salon"), "2026-12", 80).await, Ok(true));
    assert_eq!(stores.costs.note_told(&id("salon"), "2026-12", 80).await, Ok(false));
    stores.costs.give_back(&id("salon"), "2026-12", 71_400).await.expect("given back");
    assert_eq!(stores.costs.spend(&spending).await, Ok(true));
    assert_eq!(stores.costs.spend(&spending).await, Ok(false));
    assert_eq!(stores.costs.spend(&Spending { month: "2027-01".to_owned(), ..spending }).await, Ok(true));
    for month in ["2026-12", "2026-12", "2027-02"] {
        stores.costs.note_refused(&id("salon"), month, now()).await.expect("noted");
    }
    for (month, spent, was_refused) in
        [("2026-12", 7_140_000, true), ("2027-01", 71_400, false), ("2027-02", 0, true)]
    {
        let reached = stores.costs.list_spent(month).await.expect("a list");
        let seen: Vec<_> = reached.iter().map(|one| (one.spent, one.was_refused)).collect();
        assert_eq!(seen, [(spent, was_refused)], "{month}");
    }
}

/// As it was billed when it left.
pub async fn costs_are_counted_by_day_kind_and_country(stores: Stores) {
    let acceptance =
        Accepting::event(&*stores.ids).message(Channel::Sms, now()).message(Channel::Sms, now()).done();
    let ids = message_ids(&acceptance);
    let notification = acceptance.notifications[0].id;
    stores.accept(acceptance).await;
    for claimed in &stores.claim(&ids, now()).await {
        let cost = MessageCost {
            segments: 2,
            money: Money { currency: id("EUR"), micros: 142_800 },
            country: Some(id("FR")),
        };
        let outcome = carillon_ports::store::Outcome {
            cost: Some(cost),
            decided: Some("cap".to_owned()),
            ..outcome(claimed, &TryEnd::Accepted, None, now())
        };
        assert_eq!(stores.store.record(vec![outcome]).await, Ok(vec![true]));
    }
    let (since, until) = (now() - TimeDelta::hours(1), now() + TimeDelta::hours(1));
    let lines = stores.costs.list_costs(None, &Reach::Platform, since, until).await.expect("a list");
    let line = lines.first().expect("one line");
    assert_eq!((lines.len(), line.messages, line.segments, line.cost), (1, 2, 4, 285_600));
    assert_eq!((line.day, line.country, line.currency.as_str()), (now().date_naive(), Some(id("FR")), "EUR"));
    let others = stores.costs.list_costs(None, &Reach::Business(id("other")), since, until).await;
    assert_eq!(others, Ok(vec![]));
    let whole =
        stores.history.find_notification(notification, &Reach::Platform).await.expect("a look").expect("one");
    let message = &whole.messages[0];
    assert_eq!(message.cost.as_ref().map(|cost| (cost.segments, cost.money.micros)), Some((2, 142_800)));
    assert_eq!(message.attempts[0].decided.as_deref(), Some("cap"));
}

/// One that left by itself, or was called off, makes the whole list try again.
pub async fn a_folded_message_waits_for_its_list_and_ends_with_it(stores: Stores) {
    let acceptance =
        Accepting::event(&*stores.ids).message(Channel::Email, now()).message(Channel::Email, now()).done();
    let ids = message_ids(&acceptance);
    stores.accept(acceptance).await;
    let due = now() + TimeDelta::minutes(30);
    for claimed in &stores.claim(&ids, now()).await {
        let end = TryEnd::Fold { reason: Reason::Capped, until: due + TimeDelta::hours(1) };
        let outcome =
            carillon_ports::store::Outcome { folds_at: Some(due), ..outcome(claimed, &end, None, now()) };
        assert_eq!(stores.store.record(vec![outcome]).await, Ok(vec![true]));
    }
    assert_eq!(stores.digests.list_due(now(), 10, 10).await, Ok(vec![]));
    let lists = stores.digests.list_due(due, 10, 10).await.expect("a list");
    assert_eq!(
        lists.iter().map(|list| list.messages.clone()).collect::<Vec<_>>(),
        std::slice::from_ref(&ids)
    );
    let read = stores.digests.read_messages(&ids, due).await.expect("read");
    assert_eq!(read.iter().map(|one| one.message.status).collect::<Vec<_>>(), [Status::Scheduled; 2]);
    let list = Accepting::event(&*stores.ids).message(Channel::Email, due);
    let list = list.with(|acceptance| acceptance.folded.clone_from(&ids)).done();
    let again = list.clone();
    stores.accept(list).await;
    assert_eq!(stores.digests.list_due(due, 10, 10).await, Ok(vec![]));
    assert_eq!(stores.store.append(again).await.err(), Some(StoreError::Overtaken));
}

/// Where the notification has none by that channel yet.
pub async fn another_channel_stands_in_once(stores: Stores) {
    let acceptance = Accepting::event(&*stores.ids).message(Channel::Sms, now()).done();
    let ids = message_ids(&acceptance);
    stores.accept(acceptance).await;
    let new = || MessageId(carillon_ports::Ids::row(&*stores.ids, now()));
    let stand_in = stores.costs.substitute(ids[0], new(), Channel::Email, now()).await.expect("an answer");
    let stand_in = stand_in.expect("a message");
    assert_eq!(stand_in.channel, Channel::Email);
    assert_eq!(stores.costs.substitute(ids[0], new(), Channel::Email, now()).await, Ok(None));
    let claimed = stores.claim(&[stand_in.message], now()).await.remove(0);
    assert_eq!((claimed.message.channel, claimed.message.attempt), (Channel::Email, 1));
    assert!(claimed.recipient.is_some() && claimed.event.is_some());
}
