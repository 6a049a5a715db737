//! The in-memory limits keep the contract of the port.

use std::sync::Arc;

use carillon_adapter_memory::MemoryLimits;
use carillon_ports::{Clock, Limits};

/// Limits of one process are not shared with another: both ends are the same.
async fn memory_limits(clock: Arc<dyn Clock>) -> [Arc<dyn Limits>; 2] {
    let limits: Arc<dyn Limits> = Arc::new(MemoryLimits::new(clock));
    [limits.clone(), limits]
}

carillon_testkit::limits_contract!(memory_limits);
