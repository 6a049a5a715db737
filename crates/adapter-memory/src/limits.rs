//! The limits of one process: [`Cells`] behind a lock.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use carillon_ports::limits::{Ask, LimitError, Verdict};
use carillon_ports::{Clock, Limits};

use crate::cells::Cells;

/// Limits in memory.
pub struct MemoryLimits {
    clock: Arc<dyn Clock>,
    cells: Mutex<Cells>,
}

impl MemoryLimits {
    /// Nothing was granted yet. The clock tells when more may be.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, cells: Mutex::new(Cells::new()) }
    }
}

#[async_trait]
impl Limits for MemoryLimits {
    async fn take(&self, asks: &[Ask]) -> Result<Vec<Verdict>, LimitError> {
        let now = self.clock.now();
        // A panic elsewhere does not stop the limits: a cell is one number, whole or unchanged.
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(asks.iter().map(|ask| cells.take(ask, now)).collect())
    }
}
