//! The ready queue of one process: [`Lanes`] behind a lock, and waiting without polling.

use std::future::pending;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use carillon_domain::Class;
use carillon_ports::ready::{QueueError, Ready};
use carillon_ports::{Clock, ReadyQueue};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

use crate::lanes::Lanes;

/// So many ids are added before the lock is let go: a push of 100,000 must not hold up whoever pops.
const CHUNK: usize = 1_000;

/// A ready queue in memory.
///
/// Waking: `notify_one` wakes one waiter for what may leave now, and whoever takes something and leaves more behind wakes the next
/// one; a waiter that gives up passes its wake-up on (tokio does that when the waiting future is dropped). What a pace holds back
/// is different: every waiter sleeps until the next release, so when that becomes earlier all of them are woken to look again.
pub struct MemoryQueue {
    clock: Arc<dyn Clock>,
    lanes: Mutex<Lanes>,
    changed: Notify,
}

impl MemoryQueue {
    /// An empty queue. The clock tells when paced work may leave.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, lanes: Mutex::new(Lanes::new()), changed: Notify::new() }
    }

    /// What can be taken now, and when there is more if that is nothing.
    fn take(&self, max: usize) -> (Vec<Ready>, Option<DateTime<Utc>>) {
        self.change(|lanes, now| {
            let taken = lanes.take(max, now);
            (taken, lanes.next_release())
        })
    }

    /// Changes the lanes and wakes whom it concerns.
    fn change<T>(&self, change: impl FnOnce(&mut Lanes, DateTime<Utc>) -> T) -> T {
        let now = self.clock.now();
        let mut lanes = self.lock();
        let before = lanes.next_release();
        let answer = change(&mut lanes, now);
        if lanes.any_ready() {
            self.changed.notify_one();
        }
        if lanes.next_release().is_some_and(|next| before.is_none_or(|before| next < before)) {
            self.changed.notify_waiters();
        }
        answer
    }

    async fn reach(&self, release: Option<DateTime<Utc>>) {
        let Some(at) = release else { return pending().await };
        let span = at - self.clock.now();
        self.clock.sleep(span.max(TimeDelta::zero())).await;
    }

    /// A panic elsewhere does not stop the queue: at worst it lost an id, and the sweeper brings that back.
    fn lock(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ReadyQueue for MemoryQueue {
    async fn push(&self, ready: &[Ready]) -> Result<(), QueueError> {
        for chunk in ready.chunks(CHUNK) {
            self.change(|lanes, now| {
                for ready in chunk {
                    lanes.add(ready.clone(), now);
                }
            });
        }
        Ok(())
    }

    async fn pop(&self, max: usize, wait: Duration) -> Result<Vec<Ready>, QueueError> {
        if max == 0 {
            return Ok(Vec::new());
        }
        let mut patience = pin!(tokio::time::sleep(wait));
        loop {
            // Made before the look, so that a change between the look and the wait is not missed.
            let changed = self.changed.notified();
            let (taken, release) = self.take(max);
            if !taken.is_empty() || wait.is_zero() {
                return Ok(taken);
            }
            tokio::select! {
                () = changed => {}
                () = self.reach(release) => {}
                () = &mut patience => return Ok(Vec::new()),
            }
        }
    }

    async fn depths(&self) -> Result<Vec<(Class, u64)>, QueueError> {
        Ok(self.lock().depths())
    }
}
