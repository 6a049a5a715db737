//! What an operator looks at and mends: dead letters, backlog, audit trail.

use carillon_domain::ids::MessageId;
use carillon_domain::{Channel, Class, Permission, Principal, Reach, Status};
pub use carillon_ports::operations::{
    AuditFilter, AuditLine, Backlog, DeadLetter, DeadLetterFilter, TimeCursor,
};
use carillon_ports::ready::Ready;
use carillon_ports::store::Changed;
use chrono::TimeDelta;

use crate::notifications::LONGEST_PAGE;
use crate::{Ports, Refusal, accept, access};

/// How many dead letters change in one call.
const MOST_AT_ONCE: u32 = 1_000;

/// What one channel has to do in one class, with how long the oldest of it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// What the database says.
    pub backlog: Backlog,
    /// How many ids are on the ready queue; `None` where it cannot be reached, and for a business: ids are not counted by business.
    pub ready: Option<u64>,
    /// How long the oldest message that is queued or being sent has been due.
    pub oldest: Option<TimeDelta>,
}

/// Looks at what there is to do, and mends what was given up.
#[derive(Clone)]
pub struct Operate {
    ports: Ports,
}

impl Operate {
    /// Wires the use cases.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// A page of what was given up, newest first.
    pub async fn dead_letters(
        &self,
        caller: &Principal,
        filter: &DeadLetterFilter,
        after: Option<TimeCursor>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, Refusal> {
        access::require(&self.ports, caller, Permission::OperationsRead).await?;
        let limit = limit.clamp(1, LONGEST_PAGE);
        Ok(self.ports.operations.list_dead_letters(filter, &caller.reach, after, limit).await?)
    }

    /// Queues a message that was given up again; answers where it stands.
    pub async fn retry(&self, caller: &Principal, id: MessageId) -> Result<Status, Refusal> {
        access::require(&self.ports, caller, Permission::OperationsWrite).await?;
        let now = self.ports.clock.now();
        let changed = self.ports.operations.retry_dead_letter(id, &caller.reach, now).await?;
        let ready = self.changed(caller, id, "dead_letter.retried", changed).await?;
        accept::announce(&self.ports, &ready).await;
        Ok(Status::Queued)
    }

    /// Puts a message that was given up away; answers where it stands.
    pub async fn discard(&self, caller: &Principal, id: MessageId) -> Result<Status, Refusal> {
        access::require(&self.ports, caller, Permission::OperationsWrite).await?;
        let now = self.ports.clock.now();
        let changed = self.ports.operations.discard_dead_letter(id, &caller.reach, now).await?;
        self.changed(caller, id, "dead_letter.discarded", changed).await?;
        Ok(Status::Cancelled)
    }

    /// Queues those that fit again, the oldest first, at most a thousand in one call; answers how many, and whether there may be more.
    pub async fn retry_all(
        &self,
        caller: &Principal,
        filter: &DeadLetterFilter,
    ) -> Result<(usize, bool), Refusal> {
        access::require(&self.ports, caller, Permission::OperationsWrite).await?;
        let now = self.ports.clock.now();
        let ready =
            self.ports.operations.retry_dead_letters(filter, &caller.reach, MOST_AT_ONCE, now).await?;
        self.changed_all(caller, "dead_letters.retried", filter, ready.len()).await;
        accept::announce(&self.ports, &ready).await;
        Ok((ready.len(), ready.len() >= MOST_AT_ONCE as usize))
    }

    /// Puts those that fit away, likewise.
    pub async fn discard_all(
        &self,
        caller: &Principal,
        filter: &DeadLetterFilter,
    ) -> Result<(usize, bool), Refusal> {
        access::require(&self.ports, caller, Permission::OperationsWrite).await?;
        let now = self.ports.clock.now();
        let discarded =
            self.ports.operations.discard_dead_letters(filter, &caller.reach, MOST_AT_ONCE, now).await?;
        self.changed_all(caller, "dead_letters.discarded", filter, discarded).await;
        Ok((discarded, discarded >= MOST_AT_ONCE as usize))
    }

    async fn changed_all(&self, caller: &Principal, action: &str, filter: &DeadLetterFilter, count: usize) {
        let business = match &caller.reach {
            Reach::Business(business) => Some(business.clone()),
            Reach::Platform | Reach::Person(_) => filter.business.clone(),
        };
        access::note(&self.ports, &caller.name(), action, business, &format!("{count} messages")).await;
    }

    /// Every channel and class, with what there is to do.
    pub async fn queues(&self, caller: &Principal) -> Result<Vec<Queue>, Refusal> {
        access::require(&self.ports, caller, Permission::OperationsRead).await?;
        look(&self.ports, &caller.reach).await
    }

    /// A page of the audit trail, newest first.
    pub async fn audit(
        &self,
        caller: &Principal,
        filter: &AuditFilter,
        after: Option<TimeCursor>,
        limit: u32,
    ) -> Result<Vec<AuditLine>, Refusal> {
        access::require(&self.ports, caller, Permission::AuditRead).await?;
        let limit = limit.clamp(1, LONGEST_PAGE);
        Ok(self.ports.operations.list_audit(filter, &caller.reach, after, limit).await?)
    }

    async fn changed(
        &self,
        caller: &Principal,
        id: MessageId,
        action: &str,
        changed: Changed,
    ) -> Result<Vec<Ready>, Refusal> {
        match changed {
            Changed::Unknown => Err(Refusal::NotFound { what: "dead letter" }),
            Changed::TooLate(states) => Err(Refusal::TooLate(states)),
            Changed::Done(ready) => {
                let business = ready.iter().find_map(|ready| ready.business.clone());
                access::note(&self.ports, &caller.name(), action, business, &id.to_string()).await;
                Ok(ready)
            }
        }
    }
}

/// Every channel and class within reach, with what there is to do.
pub(crate) async fn look(ports: &Ports, reach: &Reach) -> Result<Vec<Queue>, Refusal> {
    let backlog = ports.operations.list_backlog(reach).await?;
    let now = ports.clock.now();
    let mut queues = Vec::new();
    for channel in Channel::ALL.iter().copied() {
        let depths = match reach {
            Reach::Platform => ports.queues.of(channel).depths().await.ok(),
            Reach::Business(_) | Reach::Person(_) => None,
        };
        for class in Class::ALL.iter().copied() {
            let known = backlog.iter().find(|one| one.channel == channel && one.class == class);
            let backlog = known.copied().unwrap_or_else(|| Backlog::nothing(channel, class));
            let ready = depths.as_ref().map(|depths| depth(depths, class));
            let oldest = backlog.oldest_due_at.map(|due_at| (now - due_at).max(TimeDelta::zero()));
            queues.push(Queue { backlog, ready, oldest });
        }
    }
    Ok(queues)
}

fn depth(depths: &[(Class, u64)], class: Class) -> u64 {
    depths.iter().filter(|(of, _)| *of == class).map(|(_, count)| count).sum()
}
