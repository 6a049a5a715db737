//! The one path through the database: accept, claim, record, and what keeps it moving.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use carillon_domain::country::Country;
use carillon_domain::decision::Standing;
use carillon_domain::event::Part;
use carillon_domain::ids::{BatchId, MessageId, NotificationId, PersonId};
use carillon_domain::message::AfterTry;
use carillon_domain::sms::Money;
use carillon_domain::{
    Booking, Business, BusinessId, Cause, Class, Event, Message, Notification, Person, Reach, Status,
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::content::Content;
use crate::error::StoreError;
use crate::keys::AuditEntry;
use crate::ready::Ready;
use crate::texting::{Settlement, TextName};

/// What one accepted request commits: whole, or not at all.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// What happened.
    pub event: Event,
    /// People to store, as by PUT.
    pub people: Vec<Person>,
    /// A business to register if it is not known yet.
    pub business: Option<Business>,
    /// The appointment as it is from now on, one revision after that which it was worked out from; [`StoreError::Overtaken`] if that is no
    /// longer the newest. Reminders of an older timing are called off.
    pub booking: Option<Booking>,
    /// Reminders of the present timing to call off, unless they are leaving already.
    pub vanish: Vec<MessageId>,
    /// Reminders that ended too late and that this tells of; [`StoreError::Overtaken`] if somebody was told already.
    pub tells_of: Vec<MessageId>,
    /// Messages that become lines of the list that this is; [`StoreError::Overtaken`] if one does not wait for it any more.
    pub folded: Vec<MessageId>,
    /// The text of a person that this settles; [`StoreError::Overtaken`] if it is settled already.
    pub settles: Option<Box<Settlement>>,
    /// Texts that this passes on to staff; [`StoreError::Overtaken`] if one was passed on already.
    pub passes_on: Vec<TextName>,
    /// The bulk request.
    pub batch: Option<Batch>,
    /// One kind for one recipient each.
    pub notifications: Vec<Notification>,
    /// One channel of one notification each.
    pub messages: Vec<Message>,
    /// The caller's key for repeating the request safely.
    pub idempotency: Option<IdempotencyKey>,
    /// For the audit trail.
    pub audit: Vec<AuditEntry>,
}

impl Acceptance {
    /// An event of which nothing comes.
    pub fn of(event: Event) -> Self {
        Self {
            event,
            people: Vec::new(),
            business: None,
            booking: None,
            vanish: Vec::new(),
            tells_of: Vec::new(),
            folded: Vec::new(),
            settles: None,
            passes_on: Vec::new(),
            batch: None,
            notifications: Vec::new(),
            messages: Vec::new(),
            idempotency: None,
            audit: Vec::new(),
        }
    }
}

/// A bulk request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch {
    /// Ours.
    pub id: BatchId,
    /// Messages a minute; 0 is as fast as it goes.
    pub per_minute: u32,
}

/// A caller's `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Who used it: keys of different callers never meet.
    pub owner: String,
    /// The key as given.
    pub key: String,
    /// A hash of the request's path and body.
    pub fingerprint: String,
    /// The answer to give again. Ids and states only, nothing personal.
    pub answer: String,
}

/// What became of an acceptance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// Committed.
    Stored,
    /// The same request came before: nothing was written; this was its answer.
    Replayed {
        /// The first answer.
        answer: String,
    },
    /// The key came before with another body: nothing was written.
    KeyReused,
}

/// A message that a worker has claimed, with all that is needed to send it.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The message, its attempt number already raised and committed.
    pub message: Message,
    /// What it is part of.
    pub notification: Notification,
    /// What caused it. `None` when its data can no longer be opened: the person it is about was erased.
    pub event: Option<Arc<Event>>,
    /// Who it is for. `None` when erased.
    pub recipient: Option<Person>,
    /// Who takes which part in the event, as they are now.
    pub people: BTreeMap<Part, Person>,
    /// The tenant.
    pub business: Option<Arc<Business>>,
    /// What stands against this channel of this person now.
    pub standing: Standing,
    /// The appointment that it speaks of, as it is now.
    pub booking: Option<Arc<Booking>>,
    /// Until when nobody else takes it.
    pub lease_until: DateTime<Utc>,
}

/// What a text message costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageCost {
    /// How many segments are billed.
    pub segments: usize,
    /// What they cost together.
    pub money: Money,
    /// Where the number lies.
    pub country: Option<Country>,
}

/// How a try ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Which message.
    pub message: MessageId,
    /// Which attempt: an outcome of any but the newest attempt changes nothing.
    pub attempt: u32,
    /// Who it is for: the key that seals the content.
    pub recipient: PersonId,
    /// Where the message stands now.
    pub after: AfterTry,
    /// Who was asked, where somebody was.
    pub provider: Option<&'static str>,
    /// The provider's own id.
    pub provider_id: Option<String>,
    /// The provider's code and class in words; nothing personal.
    pub detail: Option<String>,
    /// What was sent: kept sealed as proof; filed in the inbox when it is an in-app text.
    pub content: Option<Content>,
    /// What it costs, for a text message.
    pub cost: Option<MessageCost>,
    /// Why it left, or not, where that was not for the plainest of reasons; nothing personal.
    pub decided: Option<String>,
    /// When the provider is to be asked what it really cost, and which month's budget that changes.
    pub settles: Option<(DateTime<Utc>, String)>,
    /// When the list leaves of which it becomes a line.
    pub folds_at: Option<DateTime<Utc>>,
    /// When the try began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
}

/// Which messages a sweep looks for. A bulk request that takes hours must not keep anything else from being found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Everything but BULK.
    Urgent,
    /// BULK.
    Bulk,
}

impl Share {
    /// Both, the more urgent one first.
    pub const ALL: [Self; 2] = [Self::Urgent, Self::Bulk];

    /// Where a class belongs.
    pub const fn of(class: Class) -> Self {
        match class {
            Class::Critical | Class::Immediate | Class::Scheduled => Self::Urgent,
            Class::Bulk => Self::Bulk,
        }
    }
}

/// What became of a wish to call something off or to try it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// Done, for at least one message.
    Done(Vec<Ready>),
    /// No message of it can be changed any more; these are their states.
    TooLate(Vec<(MessageId, Status)>),
    /// There is no such notification in the caller's reach.
    Unknown,
}

/// The hot path. Takes batches; an adapter SHOULD coalesce concurrent calls into shared transactions.
#[async_trait]
pub trait MessageStore: Send + Sync {
    /// Commits an acceptance. MUST be durable when it answers, and MUST write nothing of it when the idempotency key was used before,
    /// however many calls with the same key run at once.
    async fn append(&self, acceptance: Acceptance) -> Result<Accepted, StoreError>;

    /// The fingerprint and answer of the request that used an idempotency key, if any did.
    async fn find_answer(&self, owner: &str, key: &str) -> Result<Option<(String, String)>, StoreError>;

    /// Claims those of the messages that are queued and due: raises their attempt, sets their lease, and commits both before it
    /// answers. MUST hand each message to one caller. A message that cannot be read back MUST end as failed (`unreadable`) without
    /// holding up the others.
    async fn claim(
        &self,
        ids: &[MessageId],
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Vec<Claimed>, StoreError>;

    /// Records how tries ended, in the order given; `false` for one whose attempt is no longer the newest, or whose message is no
    /// longer being sent: that one changes nothing.
    async fn record(&self, outcomes: Vec<Outcome>) -> Result<Vec<bool>, StoreError>;

    /// Queues up to `limit` messages whose time has come and answers them, most urgent first.
    async fn queue_due(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Ready>, StoreError>;

    /// When the next message that waits is due.
    async fn find_next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Finds up to `limit` messages of a share that should move and do not: queued and untouched for `quiet`, or claimed by a worker
    /// whose lease ran out. The latter are queued again.
    async fn list_stranded(
        &self,
        share: Share,
        now: DateTime<Utc>,
        quiet: TimeDelta,
        limit: u32,
    ) -> Result<Vec<Ready>, StoreError>;

    /// Calls off what has not left yet.
    async fn cancel(
        &self,
        id: NotificationId,
        reach: &Reach,
        now: DateTime<Utc>,
    ) -> Result<Changed, StoreError>;

    /// Queues the failed messages of a notification again, with a fresh count of tries.
    async fn retry(
        &self,
        id: NotificationId,
        reach: &Reach,
        now: DateTime<Utc>,
    ) -> Result<Changed, StoreError>;

    /// Notes that the address `person` has here must not be used again: the address that was tried, which may have been corrected
    /// since. `business: None` is for all of the platform. What stands there already MUST stay unless it gives way
    /// ([`carillon_domain::suppression::Against::gives_way_to`]).
    async fn suppress(
        &self,
        person: &Person,
        channel: carillon_domain::Channel,
        business: Option<&BusinessId>,
        why: Cause,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Forgets the idempotency keys used before a time, and says how many that were.
    async fn forget_answers(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;

    /// The time on the store's own machine, which decides on leases wherever several machines share it; `None` where it has none but
    /// this process's.
    async fn read_clock(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Whether the store answers.
    async fn ping(&self) -> Result<(), StoreError>;
}
