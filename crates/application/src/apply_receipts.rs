//! What providers said takes effect: on messages, on addresses, on the figures.
//!
//! What if we crash? A transaction applies some receipts whole or not at all, and what is not applied waits in the database.

use std::time::Duration;

use carillon_ports::StoreError;
use carillon_ports::receipts::Applied;

use crate::Ports;

/// How many receipts one transaction applies.
const AT_ONCE: u32 = 500;

/// Applies what was kept.
#[derive(Clone)]
pub struct ApplyReceipts {
    ports: Ports,
}

impl ApplyReceipts {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Applies all whose time has come, and says what became of them.
    pub async fn run(&self) -> Result<Applied, StoreError> {
        let mut all = Applied::default();
        loop {
            let some = self.ports.receipts.apply(self.ports.clock.now(), AT_ONCE).await?;
            all.applied += some.applied;
            all.waiting += some.waiting;
            all.unmatched += some.unmatched;
            if some.applied + some.waiting + some.unmatched < AT_ONCE as usize {
                return Ok(all);
            }
        }
    }

    /// Waits until there is something new, at most `longest`.
    pub async fn wait(&self, longest: Duration) {
        self.ports.receipts.wait_for_receipts(longest).await;
    }
}
