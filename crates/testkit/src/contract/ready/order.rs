//! Order, turns, and holding each id once.

use std::collections::BTreeSet;
use std::sync::Arc;

use carillon_domain::{Channel, Class};
use carillon_ports::ready::Ready;
use carillon_ports::{Clock, ReadyQueue};

use super::Bench;

/// The order of classes holds, whatever the order of arrival.
pub async fn critical_leaves_before_immediate_before_scheduled_before_bulk(
    make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>,
) {
    let bench = Bench::new(make).await;
    for class in [Class::Bulk, Class::Immediate, Class::Critical, Class::Scheduled] {
        bench.push(&bench.many(2, class, "salon")).await;
    }
    let classes: Vec<Class> = bench.pop(8).await.iter().map(|ready| ready.class).collect();
    let expected: Vec<Class> = Class::ALL.iter().flat_map(|class| [*class, *class]).collect();
    assert_eq!(classes, expected);
}

/// Order is decided at each pop, not at the push.
pub async fn an_urgent_id_overtakes_what_was_there_before_it(
    make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>,
) {
    let bench = Bench::new(make).await;
    bench.push(&bench.many(50, Class::Bulk, "salon")).await;
    assert_eq!(bench.pop(10).await.len(), 10);
    let urgent = bench.ready(Class::Critical, "salon");
    bench.push(std::slice::from_ref(&urgent)).await;
    assert_eq!(bench.pop(1).await, [urgent]);
}

/// While three businesses wait, each is served once in any three.
pub async fn businesses_take_turns_within_a_class(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    for business in ["a", "b", "c"] {
        bench.push(&bench.many(5, Class::Immediate, business)).await;
    }
    assert_each_is_served_once_in_any(3, &bench.pop(15).await);
}

/// The turn does not start anew with each pop.
pub async fn turns_hold_over_many_small_pops(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    for business in ["a", "b", "c"] {
        bench.push(&bench.many(4, Class::Immediate, business)).await;
    }
    let mut left = Vec::new();
    for max in [1, 2, 1, 1, 2, 1, 1, 1, 2] {
        left.extend(bench.pop(max).await);
    }
    assert_each_is_served_once_in_any(3, &left);
}

/// A newcomer is served within one round.
pub async fn a_business_that_comes_later_does_not_wait_for_the_flood_of_another(
    make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>,
) {
    let bench = Bench::new(make).await;
    bench.push(&bench.many(5_000, Class::Bulk, "flood")).await;
    assert_eq!(bench.pop(10).await.len(), 10);
    let newcomer = bench.ready(Class::Bulk, "small");
    bench.push(std::slice::from_ref(&newcomer)).await;
    assert!(bench.pop(2).await.contains(&newcomer));
}

/// Messages without a business are one more party.
pub async fn the_platform_takes_its_turn_like_a_business(
    make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>,
) {
    let bench = Bench::new(make).await;
    for business in ["", "a"] {
        bench.push(&bench.many(4, Class::Scheduled, business)).await;
    }
    assert_each_is_served_once_in_any(2, &bench.pop(8).await);
}

/// First in, first out, over several pushes.
pub async fn within_a_business_the_oldest_leaves_first(
    make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>,
) {
    let bench = Bench::new(make).await;
    let all = bench.many(9, Class::Immediate, "salon");
    for part in all.chunks(3) {
        bench.push(part).await;
    }
    assert_eq!(bench.pop(9).await, all);
}

/// All that was said of a message comes back with it.
pub async fn an_id_comes_out_as_it_went_in(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    let mut all = vec![
        bench.ready(Class::Critical, ""),
        Ready { channel: Channel::Sms, ..bench.ready(Class::Immediate, "a business: \"ünïque\", {1}") },
        Ready { channel: Channel::InApp, ..bench.ready(Class::Scheduled, "null") },
    ];
    all.extend(bench.paced(1, "salon", bench.batch(), 30));
    all.extend(bench.paced(1, "other", bench.batch(), 0));
    bench.push(&all).await;
    let by_id = |mut list: Vec<Ready>| {
        list.sort_by_key(|ready| ready.message);
        list
    };
    assert_eq!(by_id(bench.pop(9).await), by_id(all));
}

/// Pushing again what waits changes nothing.
pub async fn an_id_is_held_at_most_once(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    let mut all = bench.many(3, Class::Immediate, "salon");
    let paced = bench.paced(2, "salon", bench.batch(), 60);
    all.extend(paced.clone());
    bench.push(&[all.clone(), all.clone()].concat()).await;
    bench.push(&all).await;
    let mut left = bench.pop(20).await;
    bench.clock.advance(chrono::TimeDelta::hours(1));
    left.extend(bench.pop(20).await);
    bench.clock.advance(chrono::TimeDelta::hours(1));
    left.extend(bench.pop(20).await);
    assert_eq!(left, all);
}

/// A second try of the same message goes through the queue again.
pub async fn an_id_that_was_handed_out_may_be_pushed_again(
    make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>,
) {
    let bench = Bench::new(make).await;
    let again = bench.many(1, Class::Immediate, "salon");
    for _ in 0..3 {
        bench.push(&again).await;
        assert_eq!(bench.pop(5).await, again);
        assert_eq!(bench.pop(5).await, []);
    }
}

/// `max` is a limit, and none is no id.
pub async fn no_more_than_asked_for_is_handed_out(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    bench.push(&bench.many(7, Class::Immediate, "salon")).await;
    for (max, handed_out) in [(0, 0), (3, 3), (10, 4), (10, 0)] {
        assert_eq!(bench.pop(max).await.len(), handed_out, "of a pop of {max}");
    }
}

/// Every class is listed, in order, and what waits for its pace counts.
pub async fn depths_count_what_waits_by_class(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    let depths = async || bench.queue.depths().await.expect("the queue answers");
    let none: Vec<_> = Class::ALL.iter().map(|class| (*class, 0)).collect();
    assert_eq!(depths().await, none);

    bench.push(&bench.many(3, Class::Critical, "a")).await;
    bench.push(&bench.many(2, Class::Scheduled, "b")).await;
    bench.push(&bench.paced(5, "a", bench.batch(), 1)).await;
    let of = |critical, scheduled, bulk| {
        [
            (Class::Critical, critical),
            (Class::Immediate, 0),
            (Class::Scheduled, scheduled),
            (Class::Bulk, bulk),
        ]
    };
    assert_eq!(depths().await, of(3, 2, 5));
    assert_eq!(bench.pop(4).await.len(), 4);
    assert_eq!(depths().await, of(0, 1, 5));
    assert_eq!(bench.pop(4).await.len(), 2);
    assert_eq!(depths().await, of(0, 0, 4));
}

fn assert_each_is_served_once_in_any(parties: usize, left: &[Ready]) {
    assert!(left.len() >= parties, "too few left: {}", left.len());
    for window in left.windows(parties) {
        let served: BTreeSet<_> = window.iter().map(|ready| &ready.business).collect();
        assert_eq!(served.len(), parties, "somebody was served twice in a round: {window:?}");
    }
}
