//! A queue on a Redis of one's own, and what to put on it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use carillon_adapter_redis::{RedisQueue, RedisServer};
use carillon_domain::ids::MessageId;
use carillon_domain::{Channel, Class};
use carillon_ports::ready::{Pace, Ready};
use carillon_ports::{Clock, Ids};
use carillon_testkit::clock::ManualClock;
use carillon_testkit::ids::CountingIds;
use carillon_testkit::redis::PrivateRedis;

/// Longer than any of this takes; reached only where a wake-up is lost.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) fn queue(redis: &PrivateRedis) -> Arc<RedisQueue> {
    Arc::new(RedisQueue::new(&RedisServer::open(&redis.url()).unwrap(), Channel::Email))
}

pub(crate) fn ids(count: usize) -> Vec<Ready> {
    let (ids, clock) = (CountingIds::default(), ManualClock::default());
    let business = |number: usize| ["a", "b", "c"][number % 3].parse().ok();
    (0..count)
        .map(|number| Ready {
            message: ids.message(clock.now()),
            class: Class::Immediate,
            business: business(number),
            channel: Channel::Email,
            pace: None,
        })
        .collect()
}

pub(crate) fn paced(count: usize, per_minute: u32) -> Vec<Ready> {
    let pace = Some(Pace { batch: CountingIds::default().batch(ManualClock::default().now()), per_minute });
    ids(count).into_iter().map(|ready| Ready { class: Class::Bulk, business: None, pace, ..ready }).collect()
}

pub(crate) fn messages(ready: &[Ready]) -> HashSet<MessageId> {
    ready.iter().map(|ready| ready.message).collect()
}
