//! The machine's clock, the database's, the demo's, which can be moved ahead, and the simulation's, which is only moved.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use carillon_ports::{Clock, MessageStore, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

/// How often the database's clock is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The longest that a look may take to be believed.
const LONGEST_LOOK: Duration = Duration::from_millis(200);

/// The machine's clock.
#[derive(Debug, Default)]
pub(crate) struct SystemClock;

/// The one place where the machine's time is read.
#[expect(clippy::disallowed_methods, reason = "this is the adapter that everybody else asks")]
fn machine_time() -> DateTime<Utc> {
    Utc::now()
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        machine_time()
    }

    async fn sleep(&self, span: TimeDelta) {
        tokio::time::sleep(span.to_std().unwrap_or_default()).await;
    }
}

/// The clock of a database that several machines share: its time decides on leases, so that machines whose clocks differ agree. Between
/// two looks it goes on by this machine's steady clock, which nobody sets.
#[derive(Debug)]
pub(crate) struct FollowedClock {
    /// A moment of the steady clock, and what the database showed then.
    anchor: RwLock<(Instant, DateTime<Utc>)>,
}

impl FollowedClock {
    /// This machine's time, until the database was looked at.
    pub(crate) fn new() -> Self {
        Self { anchor: RwLock::new((Instant::now(), machine_time())) }
    }

    /// Looks at the database's clock: what it showed half-way between asking and hearing. A look that took long says little and is left out.
    pub(crate) async fn look(&self, store: &dyn MessageStore) -> Result<(), StoreError> {
        let asked_at = Instant::now();
        let shown = store.read_clock().await?;
        let took = asked_at.elapsed();
        if let Some(shown) = shown.filter(|_| took < LONGEST_LOOK) {
            *self.anchor.write().unwrap_or_else(PoisonError::into_inner) = (asked_at + took / 2, shown);
        }
        Ok(())
    }
}

#[async_trait]
impl Clock for FollowedClock {
    fn now(&self) -> DateTime<Utc> {
        let (at, shown) = *self.anchor.read().unwrap_or_else(PoisonError::into_inner);
        shown + TimeDelta::from_std(at.elapsed()).unwrap_or_default()
    }

    async fn sleep(&self, span: TimeDelta) {
        tokio::time::sleep(span.to_std().unwrap_or_default()).await;
    }
}

/// Looks at the database's clock now and then, until stopped.
pub(crate) async fn follow(clock: Arc<FollowedClock>, store: Arc<dyn MessageStore>, stop: CancellationToken) {
    while tokio::time::timeout(LOOK_EVERY, stop.cancelled()).await.is_err() {
        if let Err(error) = clock.look(&*store).await {
            tracing::debug!(%error, "the database's clock could not be looked at; this machine's steady clock goes on");
        }
    }
}

/// A clock that shows what it is set to, and stands still in between.
#[derive(Debug)]
pub(crate) struct VirtualClock {
    shows_ms: AtomicI64,
}

impl VirtualClock {
    /// Shows this time.
    pub(crate) fn at(time: DateTime<Utc>) -> Self {
        Self { shows_ms: AtomicI64::new(time.timestamp_millis()) }
    }

    /// Moves on to a time, never back.
    pub(crate) fn set(&self, time: DateTime<Utc>) {
        self.shows_ms.fetch_max(time.timestamp_millis(), Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.shows_ms.load(Ordering::SeqCst)).unwrap_or_default()
    }

    /// Whoever waits lets the time pass.
    async fn sleep(&self, span: TimeDelta) {
        self.set(self.now() + span);
    }
}

/// The machine's clock, some time ahead: days pass by jumps, and in between it runs like any other, so that leases and time-outs
/// mean what they say.
#[derive(Debug, Default)]
pub(crate) struct JumpingClock {
    ahead_ms: AtomicI64,
}

impl JumpingClock {
    /// Jumps to a time, never back.
    pub(crate) fn jump_to(&self, time: DateTime<Utc>) {
        let ahead = (time - machine_time()).num_milliseconds();
        self.ahead_ms.fetch_max(ahead, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for JumpingClock {
    fn now(&self) -> DateTime<Utc> {
        machine_time() + TimeDelta::milliseconds(self.ahead_ms.load(Ordering::SeqCst))
    }

    async fn sleep(&self, span: TimeDelta) {
        let wake_at = self.now() + span;
        while self.now() < wake_at {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
