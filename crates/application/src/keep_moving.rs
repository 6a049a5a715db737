//! What keeps messages moving: the planner queues what is due, the sweeper finds what stands still.

use carillon_ports::StoreError;
use carillon_ports::ready::Ready;
use carillon_ports::store::Share;
use chrono::TimeDelta;

use crate::Ports;

/// How many messages move in one statement.
const AT_ONCE: u32 = 500;
/// How long a queued message may stand still before the sweeper takes it for lost.
const QUIET: TimeDelta = TimeDelta::seconds(5);

/// How long the answers behind idempotency keys are kept; 24 h are promised.
const ANSWERS_KEPT: TimeDelta = TimeDelta::days(2);
/// How long spans of caps are kept: the longest is a day.
const SPANS_KEPT: TimeDelta = TimeDelta::days(2);
/// How long it is kept which notifications were counted against a cap: twice the span of the caps that count them.
const COUNTED_KEPT: TimeDelta = TimeDelta::hours(2);
/// How many ids of a share on the queues are enough to do.
const ENOUGH: u64 = 2_000;

/// Keeps messages moving.
#[derive(Clone)]
pub struct KeepMoving {
    ports: Ports,
}

impl KeepMoving {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Queues everything whose time has come, and answers how long it is until the next one is due.
    pub async fn queue_due(&self) -> Result<Option<TimeDelta>, StoreError> {
        loop {
            let ready = self.ports.store.queue_due(self.ports.clock.now(), AT_ONCE).await?;
            let was_full = ready.len() >= AT_ONCE as usize;
            self.announce(&ready).await;
            if !was_full {
                let next = self.ports.store.find_next_due().await?;
                return Ok(next.map(|next| (next - self.ports.clock.now()).max(TimeDelta::zero())));
            }
        }
    }

    /// Puts back on the queue what should move and does not, and says how many that were. At the start of a process nothing can be
    /// on an in-process queue, so `at_start` takes everything that was there before.
    ///
    /// A queue that has enough to do is left alone: a backlog is rewritten as it is worked off, not as a whole every few seconds. BULK
    /// is looked at by itself, so that a hundred thousand of it keep nothing urgent from being found.
    pub async fn sweep(&self, at_start: bool) -> Result<usize, StoreError> {
        let quiet = if at_start { TimeDelta::zero() } else { QUIET };
        let mut swept = 0;
        for share in Share::ALL {
            swept += self.sweep_share(share, quiet).await?;
        }
        Ok(swept)
    }

    async fn sweep_share(&self, share: Share, quiet: TimeDelta) -> Result<usize, StoreError> {
        let started = self.ports.clock.now();
        let mut swept = 0;
        while self.ports.queues.depth(share).await < ENOUGH {
            // `started` stays: what a round touched is newer than it looks for, so the rounds end.
            let stranded = self.ports.store.list_stranded(share, started, quiet, AT_ONCE).await?;
            self.announce(&stranded).await;
            swept += stranded.len();
            if stranded.len() < AT_ONCE as usize {
                break;
            }
        }
        Ok(swept)
    }

    /// Forgets answers that nobody will ask for again: idempotency keys are kept for two days.
    pub async fn tidy(&self) -> Result<u64, StoreError> {
        let now = self.ports.clock.now();
        self.ports.caps.forget_spans(now - SPANS_KEPT).await?;
        self.ports.caps.forget_counted(now - COUNTED_KEPT).await?;
        self.ports.store.forget_answers(now - ANSWERS_KEPT).await
    }

    async fn announce(&self, ready: &[Ready]) {
        if let Err(error) = self.ports.queues.push(ready).await {
            tracing::warn!(%error, "the ready queue is away; the sweeper will find what is due");
        }
    }
}
