//! The pace of bulk batches.

use std::collections::BTreeSet;
use std::sync::Arc;

use carillon_domain::Class;
use carillon_ports::{Clock, ReadyQueue};
use chrono::TimeDelta;

use super::{Bench, PATIENCE};

/// Sixty a minute are one at once and then one a second, in order.
pub async fn a_batch_leaves_at_its_pace(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    let all = bench.paced(6, "salon", bench.batch(), 60);
    bench.push(&all).await;
    for expected in &all {
        assert_eq!(bench.pop(10).await, std::slice::from_ref(expected));
        bench.clock.advance(TimeDelta::milliseconds(990));
        assert_eq!(bench.pop(10).await, []);
        bench.clock.advance(TimeDelta::milliseconds(10));
    }
}

/// However often it is asked, a minute sees the pace and at most one second's worth more.
pub async fn a_fast_batch_keeps_its_pace_over_a_minute(
    make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>,
) {
    let bench = Bench::new(make).await;
    bench.push(&bench.paced(1_000, "salon", bench.batch(), 600)).await;
    let mut left = bench.pop(1_000).await.len();
    assert!((1..=10).contains(&left), "{left} left at once");
    for _ in 0..240 {
        bench.clock.advance(TimeDelta::milliseconds(250));
        left += bench.pop(1_000).await.len();
    }
    assert!((600..=610).contains(&left), "{left} left in a minute");
}

/// Zero means no pace.
pub async fn a_pace_of_zero_is_as_fast_as_it_goes(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    let all = bench.paced(500, "salon", bench.batch(), 0);
    bench.push(&all).await;
    assert_eq!(bench.pop(1_000).await, all);
}

/// Time in which nobody popped does not become a burst.
pub async fn an_idle_batch_saves_nothing_up(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    bench.push(&bench.paced(100, "salon", bench.batch(), 60)).await;
    assert_eq!(bench.pop(100).await.len(), 1);
    bench.clock.advance(TimeDelta::hours(1));
    assert_eq!(bench.pop(100).await.len(), 1);
    assert_eq!(bench.pop(100).await.len(), 0);
}

/// Neither the next piece of a batch nor a message that is tried again starts the pace anew.
pub async fn a_batch_that_arrives_in_pieces_keeps_one_pace(
    make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>,
) {
    let bench = Bench::new(make).await;
    let batch = bench.batch();
    let first = bench.paced(1, "salon", batch, 60);
    bench.push(&first).await;
    assert_eq!(bench.pop(10).await, first);

    bench.push(&bench.paced(1, "salon", batch, 60)).await;
    bench.push(&first).await;
    assert_eq!(bench.pop(10).await, []);
    bench.clock.advance(TimeDelta::seconds(1));
    assert_eq!(bench.pop(10).await.len(), 1);
    assert_eq!(bench.pop(10).await, []);
}

/// While a batch waits for its pace, everything else leaves: of its own business too.
pub async fn a_paced_batch_holds_nobody_else_up(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    bench.push(&bench.paced(100, "salon", bench.batch(), 1)).await;
    assert_eq!(bench.pop(100).await.len(), 1);

    let mut others = bench.many(3, Class::Bulk, "salon");
    others.extend(bench.many(3, Class::Bulk, "other"));
    bench.push(&others).await;
    let left: BTreeSet<_> = bench.pop(100).await.into_iter().map(|ready| ready.message).collect();
    assert_eq!(left, others.into_iter().map(|ready| ready.message).collect());
}

/// The pace belongs to the batch, not to the business.
pub async fn each_batch_has_its_own_pace(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    let (slow, fast) = (bench.batch(), bench.batch());
    bench.push(&bench.paced(10, "salon", slow, 6)).await;
    bench.push(&bench.paced(10, "salon", fast, 60)).await;
    let mut left = bench.pop(20).await;
    for _ in 0..9 {
        bench.clock.advance(TimeDelta::seconds(1));
        left.extend(bench.pop(20).await);
    }
    let of = |batch| left.iter().filter(|ready| ready.pace.is_some_and(|pace| pace.batch == batch)).count();
    assert_eq!((of(slow), of(fast)), (1, 10));
}

/// Whoever waits while only paced work is there is woken by the clock, and by a batch that may leave sooner.
pub async fn pop_wakes_when_paced_work_may_leave(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) {
    let bench = Bench::new(make).await;
    let slow = bench.paced(2, "salon", bench.batch(), 1);
    let sooner = bench.paced(2, "other", bench.batch(), 6);
    bench.push(&slow).await;
    assert_eq!(bench.pop(2).await, slow[..1]);
    let (got, mut gets) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..3 {
        let (queue, got) = (Arc::clone(&bench.queue), got.clone());
        tokio::spawn(async move { got.send(queue.pop(1, PATIENCE).await.expect("the queue answers")) });
    }
    tokio::task::yield_now().await;

    bench.push(&sooner).await;
    assert_eq!(gets.recv().await.as_deref(), Some(&sooner[..1]));
    bench.clock.advance(TimeDelta::seconds(10));
    assert_eq!(gets.recv().await.as_deref(), Some(&sooner[1..]));
    bench.clock.advance(TimeDelta::seconds(50));
    assert_eq!(gets.recv().await.as_deref(), Some(&slow[1..]));
}
