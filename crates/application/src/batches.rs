//! Following a bulk request, and calling it off.

use carillon_domain::ids::BatchId;
use carillon_domain::{Permission, Principal};
pub use carillon_ports::batches::BatchProgress;

use crate::{Ports, Refusal, access};

/// Follows bulk requests.
#[derive(Clone)]
pub struct FollowBatches {
    ports: Ports,
}

impl FollowBatches {
    /// Wires the use cases.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// How far a batch has come.
    pub async fn show(&self, caller: &Principal, id: BatchId) -> Result<BatchProgress, Refusal> {
        access::require(&self.ports, caller, Permission::NotificationsRead).await?;
        self.find(caller, id).await
    }

    /// Calls off what waits in a batch, and says how far it came.
    pub async fn cancel(&self, caller: &Principal, id: BatchId) -> Result<BatchProgress, Refusal> {
        access::require(&self.ports, caller, Permission::NotificationsWrite).await?;
        let cancelled = self.ports.batches.cancel_batch(id, &caller.reach, self.ports.clock.now()).await?;
        match cancelled {
            None => return Err(Refusal::NotFound { what: "batch" }),
            Some(0) => return Err(Refusal::NothingLeft { what: "batch" }),
            Some(_) => {}
        }
        let progress = self.find(caller, id).await?;
        let (actor, business) = (caller.name(), progress.business.clone());
        access::note(&self.ports, &actor, "batch.cancelled", business, &id.to_string()).await;
        Ok(progress)
    }

    async fn find(&self, caller: &Principal, id: BatchId) -> Result<BatchProgress, Refusal> {
        let found = self.ports.batches.find_batch(id, &caller.reach).await?;
        found.ok_or(Refusal::NotFound { what: "batch" })
    }
}
