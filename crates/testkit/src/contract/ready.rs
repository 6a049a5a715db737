//! What [`ReadyQueue`] asks of every adapter. Run it with [`ready_queue_contract!`](crate::ready_queue_contract).
//!
//! Where the port leaves room, this suite decides: a batch may be ahead of its even pace by one second's worth of messages, but
//! at least by one; and an id that waits for its pace is counted in the depths.

#![expect(
    clippy::missing_panics_doc,
    reason = "a requirement panics where it is not met: that is what it is for"
)]

mod order;
mod pace;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use carillon_domain::ids::BatchId;
use carillon_domain::{Channel, Class};
use carillon_ports::ready::{Pace, Ready};
use carillon_ports::{Clock, Ids, ReadyQueue};

pub use order::*;
pub use pace::*;
pub use waiting::*;

use crate::clock::ManualClock;
use crate::ids::CountingIds;

/// Longer than anything here takes; reached only where a wake-up is lost.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs every requirement of the ready queue as a test of its own, each on a fresh queue.
///
/// `$make` names an `async fn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>`. The calling crate needs tokio with `macros` and
/// `rt-multi-thread`.
#[macro_export]
macro_rules! ready_queue_contract {
    ($make:path) => {
        $crate::ready_queue_contract! { @one_thread $make:
            critical_leaves_before_immediate_before_scheduled_before_bulk,
            an_urgent_id_overtakes_what_was_there_before_it,
            businesses_take_turns_within_a_class,
            turns_hold_over_many_small_pops,
            a_business_that_comes_later_does_not_wait_for_the_flood_of_another,
            the_platform_takes_its_turn_like_a_business,
            within_a_business_the_oldest_leaves_first,
            an_id_comes_out_as_it_went_in,
            an_id_is_held_at_most_once,
            an_id_that_was_handed_out_may_be_pushed_again,
            no_more_than_asked_for_is_handed_out,
            depths_count_what_waits_by_class,
            a_batch_leaves_at_its_pace,
            a_fast_batch_keeps_its_pace_over_a_minute,
            a_pace_of_zero_is_as_fast_as_it_goes,
            an_idle_batch_saves_nothing_up,
            a_batch_that_arrives_in_pieces_keeps_one_pace,
            a_paced_batch_holds_nobody_else_up,
            each_batch_has_its_own_pace,
            pop_wakes_when_paced_work_may_leave,
            an_empty_queue_answers_nothing_after_the_wait,
            a_waiting_pop_is_woken_by_a_push,
            one_push_wakes_as_many_as_it_feeds,
        }
        $crate::ready_queue_contract! { @many_threads $make:
            each_id_goes_to_one_caller,
            no_wake_up_is_lost,
        }
    };
    (@one_thread $make:path: $($requirement:ident),+ $(,)?) => {
        $(#[::tokio::test]
        async fn $requirement() {
            $crate::contract::ready::$requirement($make).await;
        })+
    };
    (@many_threads $make:path: $($requirement:ident),+ $(,)?) => {
        $(#[::tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $requirement() {
            $crate::contract::ready::$requirement($make).await;
        })+
    };
}

/// A fresh queue, and what is needed to fill it.
struct Bench {
    queue: Arc<dyn ReadyQueue>,
    clock: Arc<ManualClock>,
    ids: CountingIds,
}

impl Bench {
    async fn new(make: impl AsyncFn(Arc<dyn Clock>) -> Arc<dyn ReadyQueue>) -> Self {
        let clock = Arc::new(ManualClock::default());
        let queue = make(Arc::clone(&clock) as Arc<dyn Clock>).await;
        Self { queue, clock, ids: CountingIds::default() }
    }

    /// A message that is due; `""` is the platform's own.
    fn ready(&self, class: Class, business: &str) -> Ready {
        Ready {
            message: self.ids.message(self.clock.now()),
            class,
            business: (!business.is_empty()).then(|| business.parse().expect("a short name")),
            channel: Channel::Email,
            pace: None,
        }
    }

    fn many(&self, count: usize, class: Class, business: &str) -> Vec<Ready> {
        (0..count).map(|_| self.ready(class, business)).collect()
    }

    fn batch(&self) -> BatchId {
        self.ids.batch(self.clock.now())
    }

    fn paced(&self, count: usize, business: &str, batch: BatchId, per_minute: u32) -> Vec<Ready> {
        let pace = Some(Pace { batch, per_minute });
        self.many(count, Class::Bulk, business).into_iter().map(|ready| Ready { pace, ..ready }).collect()
    }

    async fn push(&self, ready: &[Ready]) {
        self.queue.push(ready).await.expect("the queue answers");
    }

    /// What can be had at once.
    async fn pop(&self, max: usize) -> Vec<Ready> {
        self.queue.pop(max, Duration::ZERO).await.expect("the queue answers")
    }
}
