//! A person's own in-app notifications.

use carillon_domain::Principal;
pub use carillon_ports::inbox::{InboxCounts, InboxItem};

use crate::access::require_person;
use crate::{Ports, Refusal};

/// Reads and tidies a person's inbox.
#[derive(Clone)]
pub struct ReadInbox {
    ports: Ports,
}

impl ReadInbox {
    /// Wires the use cases.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// A page, newest first.
    pub async fn list(
        &self,
        caller: &Principal,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<InboxItem>, Refusal> {
        let person = require_person(caller)?;
        Ok(self
            .ports
            .inbox
            .list_inbox(person, before, limit.clamp(1, crate::notifications::LONGEST_PAGE))
            .await?)
    }

    /// How many there are.
    pub async fn counts(&self, caller: &Principal) -> Result<InboxCounts, Refusal> {
        Ok(self.ports.inbox.count_inbox(require_person(caller)?).await?)
    }

    /// Marks one as read.
    pub async fn read(&self, caller: &Principal, seq: i64) -> Result<(), Refusal> {
        let done = self.ports.inbox.read_inbox(require_person(caller)?, seq, self.ports.clock.now()).await?;
        if done { Ok(()) } else { Err(Refusal::NotFound { what: "inbox item" }) }
    }

    /// Puts one away.
    pub async fn archive(&self, caller: &Principal, seq: i64) -> Result<(), Refusal> {
        let done =
            self.ports.inbox.archive_inbox(require_person(caller)?, seq, self.ports.clock.now()).await?;
        if done { Ok(()) } else { Err(Refusal::NotFound { what: "inbox item" }) }
    }

    /// Marks all as read.
    pub async fn read_all(&self, caller: &Principal) -> Result<u64, Refusal> {
        Ok(self.ports.inbox.read_all_inbox(require_person(caller)?, self.ports.clock.now()).await?)
    }
}
