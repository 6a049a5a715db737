//! What keeps messages moving: the planner queues what is due, the sweeper finds what stands still.

use carillon_ports::StoreError;
use carillon_ports::ready::Ready;
use chrono::{DateTime, TimeDelta, Utc};

use crate::Ports;

/// How many messages move in one statement.
const AT_ONCE: u32 = 500;
/// How long a queued message may stand still before the sweeper takes it for lost.
const QUIET: TimeDelta = TimeDelta::seconds(5);

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

    /// Queues everything whose time has come, and answers when the next one is due.
    pub async fn queue_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        loop {
            let ready = self.ports.store.queue_due(self.ports.clock.now(), AT_ONCE).await?;
            let was_full = ready.len() >= AT_ONCE as usize;
            self.announce(&ready).await;
            if !was_full {
                return self.ports.store.find_next_due().await;
            }
        }
    }

    /// Puts back on the queue what should move and does not, and says how many that were. At the start of a process nothing can be
    /// on an in-process queue, so `at_start` takes everything.
    pub async fn sweep(&self, at_start: bool) -> Result<usize, StoreError> {
        let quiet = if at_start { TimeDelta::zero() } else { QUIET };
        let started = self.ports.clock.now();
        let mut swept = 0;
        loop {
            // `started` stays: what a round touched is newer, so rounds end even when nobody takes the work.
            let stranded = self.ports.store.list_stranded(started, quiet, AT_ONCE).await?;
            self.announce(&stranded).await;
            swept += stranded.len();
            if stranded.len() < AT_ONCE as usize || quiet.is_zero() && stranded.is_empty() {
                return Ok(swept);
            }
        }
    }

    async fn announce(&self, ready: &[Ready]) {
        if let Err(error) = self.ports.queues.push(ready).await {
            tracing::warn!(%error, "the ready queue is away; the sweeper will find what is due");
        }
    }
}
