//! What stands before a provider: its circuit, and a share of calls of its own, so that one that hangs holds up no other.

use std::sync::{Arc, Mutex, PoisonError};

use carillon_domain::Channel;
use carillon_domain::circuit::{CallEnd, Circuit, Leave, State};
use carillon_ports::Clock;
use carillon_ports::provider::{SendError, Taken};
use chrono::{DateTime, Utc};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use crate::measure;

/// One provider of one channel, as this process sees it.
pub struct Gate {
    /// The provider's name.
    pub provider: &'static str,
    /// The channel.
    pub channel: Channel,
    circuit: Mutex<Circuit>,
    slots: Semaphore,
    changed: Notify,
    clock: Arc<dyn Clock>,
}

/// The leave to call the provider once. Dropped unused, it leaves room for the next.
pub(crate) struct Pass<'a> {
    gate: &'a Gate,
    leave: Option<Leave>,
    _slot: SemaphorePermit<'a>,
}

impl Gate {
    /// An open gate with room for so many calls at once.
    pub(crate) fn new(
        provider: &'static str,
        channel: Channel,
        slots: usize,
        clock: Arc<dyn Clock>,
    ) -> Arc<Self> {
        let circuit = Mutex::new(Circuit::new(clock.now()));
        let gate =
            Self { provider, channel, circuit, slots: Semaphore::new(slots), changed: Notify::new(), clock };
        measure::provider_is(provider, State::Closed);
        Arc::new(gate)
    }

    /// Waits for leave to call; `Err` says when to come again.
    pub(crate) async fn enter(&self) -> Result<Pass<'_>, DateTime<Utc>> {
        loop {
            let changed = self.changed.notified();
            // Looked at before waiting for a slot: whoever hangs may hold them all.
            self.with(
                |circuit, now| if circuit.room(1, now) == 0 { circuit.ask(now).map(drop) } else { Ok(()) },
            )?;
            let slot = tokio::select! {
                slot = self.slots.acquire() => slot,
                () = changed => continue,
            };
            // Never closed.
            let Ok(slot) = slot else { return Err(self.clock.now()) };
            let leave = self.with(Circuit::ask)?;
            return Ok(Pass { gate: self, leave: Some(leave), _slot: slot });
        }
    }

    /// How many calls it would let through now, of at most so many.
    pub(crate) fn room(&self, most: usize) -> usize {
        self.with(|circuit, now| circuit.room(most, now))
    }

    /// What its circuit is, and since when.
    pub fn state(&self) -> (State, DateTime<Utc>) {
        self.with(|circuit, _| circuit.state())
    }

    /// An operator wants the provider not to be asked.
    pub fn pause(&self) {
        self.change(Circuit::pause);
    }

    /// An operator wants the provider to be asked again.
    pub fn resume(&self) {
        self.change(Circuit::resume);
    }

    fn change(&self, change: impl FnOnce(&mut Circuit, DateTime<Utc>)) {
        let (before, after) = self.with(|circuit, now| {
            let before = circuit.state().0;
            change(circuit, now);
            (before, circuit.state().0)
        });
        if before != after {
            tracing::warn!(provider = self.provider, channel = %self.channel, %before, %after, "a provider's circuit changed");
            measure::provider_is(self.provider, after);
            self.changed.notify_waiters();
        }
    }

    fn with<T>(&self, look: impl FnOnce(&mut Circuit, DateTime<Utc>) -> T) -> T {
        let now = self.clock.now();
        look(&mut self.circuit.lock().unwrap_or_else(PoisonError::into_inner), now)
    }
}

impl Pass<'_> {
    /// Notes what the provider answered, where that tells something of it; otherwise the leave is for the next.
    pub(crate) fn settle(mut self, answer: &Result<Taken, SendError>) {
        let Some(end) = end(answer) else { return };
        let Some(leave) = self.leave.take() else { return };
        self.gate.change(|circuit, now| circuit.note(leave, end, now));
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if let Some(leave) = self.leave.take() {
            self.gate.with(|circuit, _| circuit.give_back(leave));
        }
    }
}

/// What an answer tells of the provider, whatever it means for the message; `None` where that is nothing.
fn end(answer: &Result<Taken, SendError>) -> Option<CallEnd> {
    Some(match answer {
        Ok(_) | Err(SendError::Rejected { .. } | SendError::Deferred(_)) => CallEnd::Answered,
        Err(SendError::Throttled { retry_at, .. }) => CallEnd::Throttled(*retry_at),
        Err(SendError::Unavailable(_) | SendError::InDoubt(_)) => CallEnd::Failed,
        Err(SendError::Credential(_)) => CallEnd::Unauthorized,
        Err(SendError::Unsupported(_)) => return None,
    })
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate")
            .field("provider", &self.provider)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}
