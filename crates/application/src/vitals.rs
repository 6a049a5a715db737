//! How this process is: whether it is about to stop, and whether its worker gets anywhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use carillon_domain::{Class, Reach};
use chrono::TimeDelta;

use crate::{Ports, Refusal, operations};

/// A worker that has finished nothing for so long while something urgent was due for as long gets nowhere.
const STUCK_AFTER: TimeDelta = TimeDelta::seconds(45);

/// What the parts of a process tell of themselves.
#[derive(Debug)]
pub struct Vitals {
    is_stopping: AtomicBool,
    is_worker: bool,
    moved_at_ms: AtomicI64,
}

impl Vitals {
    /// Of a process that has just started, with or without a worker.
    pub fn new(ports: &Ports, is_worker: bool) -> Arc<Self> {
        Arc::new(Self {
            is_stopping: AtomicBool::new(false),
            is_worker,
            moved_at_ms: AtomicI64::new(ports.clock.now().timestamp_millis()),
        })
    }

    /// The process is about to stop: nobody should send it anything new.
    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Whether the process is about to stop.
    pub fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    /// The worker has finished a message.
    pub fn moved(&self, ports: &Ports) {
        self.moved_at_ms.store(ports.clock.now().timestamp_millis(), Ordering::Relaxed);
    }

    /// Refuses when the process should get no work: it stops, its store does not answer, or its worker gets nowhere.
    pub async fn check(&self, ports: &Ports) -> Result<(), Refusal> {
        if self.is_stopping() {
            return Err(Refusal::NotReady { why: "it is about to stop" });
        }
        ports.store.ping().await?;
        let moved_at = self.moved_at_ms.load(Ordering::Relaxed);
        let is_still = ports.clock.now().timestamp_millis() - moved_at > STUCK_AFTER.num_milliseconds();
        if self.is_worker && is_still && is_work_due(ports).await? {
            return Err(Refusal::NotReady {
                why: "work is due, and its worker has finished nothing for a while",
            });
        }
        Ok(())
    }
}

async fn is_work_due(ports: &Ports) -> Result<bool, Refusal> {
    let queues = operations::look(ports, &Reach::Platform).await?;
    let is_due = |queue: &operations::Queue| {
        queue.backlog.class != Class::Bulk && queue.oldest.is_some_and(|oldest| oldest > STUCK_AFTER)
    };
    Ok(queues.iter().any(is_due))
}
