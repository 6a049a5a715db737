//! What an operator looks at: what was given up, what waits, and who did what.

use async_trait::async_trait;
use carillon_domain::ids::{BusinessId, KindName, MessageId, NotificationId, PersonId};
use carillon_domain::{Channel, Class, Reach, Reason};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::StoreError;
use crate::keys::AuditEntry;
use crate::ready::Ready;
use crate::store::Changed;

/// Which dead letters are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeadLetterFilter {
    /// Of this business.
    pub business: Option<BusinessId>,
    /// By this channel.
    pub channel: Option<Channel>,
    /// Of this kind.
    pub kind: Option<KindName>,
    /// Given up for this reason.
    pub reason: Option<Reason>,
}

/// A message that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The message.
    pub message: MessageId,
    /// What it is part of.
    pub notification: NotificationId,
    /// The tenant; `None` for the platform's own.
    pub business: Option<BusinessId>,
    /// What it says.
    pub kind: KindName,
    /// How it travels.
    pub channel: Channel,
    /// How urgent it is.
    pub class: Class,
    /// Who it is for.
    pub recipient: PersonId,
    /// Why it was given up.
    pub reason: Option<Reason>,
    /// Who was asked last.
    pub provider: Option<String>,
    /// What came of the last try, in words; nothing personal.
    pub detail: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was given up.
    pub failed_at: DateTime<Utc>,
}

/// Where a page of a list in order of time goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeCursor {
    /// The time of the last one before it.
    pub at: DateTime<Utc>,
    /// Its id: several may share a time.
    pub id: Uuid,
}

/// What one channel has to do in one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// The channel.
    pub channel: Channel,
    /// The class.
    pub class: Class,
    /// Waits for its time.
    pub waiting: u64,
    /// Due: on the ready queue, or on its way there.
    pub queued: u64,
    /// A worker has it.
    pub sending: u64,
    /// A call may have reached the provider.
    pub in_doubt: u64,
    /// In the dead letters.
    pub failed: u64,
    /// Since when the oldest of those that are queued or being sent is due.
    pub oldest_due_at: Option<DateTime<Utc>>,
}

impl Backlog {
    /// Nothing to do.
    pub const fn nothing(channel: Channel, class: Class) -> Self {
        Self {
            channel,
            class,
            waiting: 0,
            queued: 0,
            sending: 0,
            in_doubt: 0,
            failed: 0,
            oldest_due_at: None,
        }
    }
}

/// Which lines of the audit trail are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Concerning this business.
    pub business: Option<BusinessId>,
    /// By this actor: `key:<id>`, `user:<id>` or `cli`.
    pub actor: Option<String>,
    /// Of this action: `recipient.erased` …
    pub action: Option<String>,
    /// At or after.
    pub since: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
}

/// A line of the audit trail with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Ours.
    pub id: Uuid,
    /// What it says.
    pub entry: AuditEntry,
}

/// For operators. Every answer is bound by the caller's reach. Cold path: none of it may cost the hot path anything.
#[async_trait]
pub trait Operations: Send + Sync {
    /// A page of what was given up, newest first.
    async fn list_dead_letters(
        &self,
        filter: &DeadLetterFilter,
        reach: &Reach,
        after: Option<TimeCursor>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError>;

    /// Queues a message that was given up again, with a fresh count of tries.
    async fn retry_dead_letter(
        &self,
        id: MessageId,
        reach: &Reach,
        now: DateTime<Utc>,
    ) -> Result<Changed, StoreError>;

    /// Puts a message that was given up away: cancelled, and no longer listed. `Done` holds the message, which is not
    /// to be announced.
    async fn discard_dead_letter(
        &self,
        id: MessageId,
        reach: &Reach,
        now: DateTime<Utc>,
    ) -> Result<Changed, StoreError>;

    /// Queues up to `limit` of those that fit again, the oldest first; answers them.
    async fn retry_dead_letters(
        &self,
        filter: &DeadLetterFilter,
        reach: &Reach,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<Vec<Ready>, StoreError>;

    /// Puts up to `limit` of those that fit away, the oldest first; answers how many.
    async fn discard_dead_letters(
        &self,
        filter: &DeadLetterFilter,
        reach: &Reach,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError>;

    /// What there is to do, by channel and class; what nothing is to be done in may be left out. MUST be quick however many messages
    /// have left before.
    async fn list_backlog(&self, reach: &Reach) -> Result<Vec<Backlog>, StoreError>;

    /// A page of the audit trail, newest first.
    async fn list_audit(
        &self,
        filter: &AuditFilter,
        reach: &Reach,
        after: Option<TimeCursor>,
        limit: u32,
    ) -> Result<Vec<AuditLine>, StoreError>;
}
