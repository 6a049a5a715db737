//! A person's own in-app notifications.

use carillon_domain::{PersonId, Principal};
use carillon_ports::StoreError;
pub use carillon_ports::inbox::{InboxCounts, InboxItem};
use carillon_ports::live::Change;

use crate::access::require_person;
use crate::{Ports, Refusal, live};

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
        let person = require_person(caller)?;
        let read = mark_read(&self.ports, person, &[seq]).await?;
        self.require_item(person, seq, &read).await
    }

    /// Puts one away.
    pub async fn archive(&self, caller: &Principal, seq: i64) -> Result<(), Refusal> {
        let person = require_person(caller)?;
        let archived = self.ports.inbox.archive_inbox(person, &[seq], self.ports.clock.now()).await?;
        live::changed(&self.ports, person, &archived, |seqs| Change::Archived { seqs }).await;
        self.require_item(person, seq, &archived).await
    }

    /// Marks all as read, and says how many that were.
    pub async fn read_all(&self, caller: &Principal) -> Result<usize, Refusal> {
        let person = require_person(caller)?;
        let read = self.ports.inbox.read_all_inbox(person, self.ports.clock.now()).await?;
        live::changed(&self.ports, person, &read, |seqs| Change::Read { seqs }).await;
        Ok(read.len())
    }

    /// What was changed is there; of what was not, the store knows.
    async fn require_item(&self, person: &PersonId, seq: i64, changed: &[i64]) -> Result<(), Refusal> {
        if changed.is_empty() && !self.ports.inbox.has_inbox_item(person, seq).await? {
            return Err(Refusal::NotFound { what: "inbox item" });
        }
        Ok(())
    }
}

/// Marks items as read, tells the person's other connections, and answers those that were not read yet.
pub(crate) async fn mark_read(
    ports: &Ports,
    person: &PersonId,
    seqs: &[i64],
) -> Result<Vec<i64>, StoreError> {
    let read = ports.inbox.read_inbox(person, seqs, ports.clock.now()).await?;
    live::changed(ports, person, &read, |seqs| Change::Read { seqs }).await;
    Ok(read)
}
