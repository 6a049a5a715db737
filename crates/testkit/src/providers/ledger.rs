//! Who called when, with which message: what a fake keeps of every request, however many there are.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::providers::http::Received;

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// Which message of ours it carried.
    pub message_id: Option<String>,
    /// Which attempt of it.
    pub attempt: Option<String>,
    /// When it had been read.
    pub at: Instant,
    /// Whether the provider took the message.
    pub taken: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    calls: Mutex<(Vec<Call>, usize)>,
    held: AtomicUsize,
}

/// A call that is not answered yet.
pub(crate) struct Held<'a>(&'a AtomicUsize);

impl Ledger {
    /// Notes a call, and says how many were taken so far, this one included.
    pub(crate) fn enter(&self, request: &Received) -> usize {
        let (message_id, attempt) = (request.message_id.clone(), request.attempt.clone());
        let mut calls = self.lock();
        calls.0.push(Call { message_id, attempt, at: Instant::now(), taken: request.taken });
        calls.1 += usize::from(request.taken);
        calls.1
    }

    /// Counts a call as held until this is dropped.
    pub(crate) fn hold(&self) -> Held<'_> {
        self.held.fetch_add(1, Ordering::SeqCst);
        Held(&self.held)
    }

    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::SeqCst)
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.lock().0.clone()
    }

    pub(crate) fn times_taken(&self) -> BTreeMap<String, usize> {
        let mut times = BTreeMap::new();
        for call in self.lock().0.iter().filter(|call| call.taken) {
            *times.entry(call.message_id.clone().unwrap_or_default()).or_insert(0) += 1;
        }
        times
    }

    fn lock(&self) -> MutexGuard<'_, (Vec<Call>, usize)> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
