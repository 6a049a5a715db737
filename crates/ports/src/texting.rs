//! Text messages that people send us, from the moment that they are kept until they are settled, and passed on where staff must read them.

use std::fmt;

use async_trait::async_trait;
use carillon_domain::ids::{AppointmentId, BusinessId, PersonId};
use carillon_domain::{Person, PhoneNumber};
use chrono::{DateTime, Utc};

use crate::directory::Consent;
use crate::error::StoreError;
use crate::keys::AuditEntry;
use crate::receipts::OptOut;

/// A text's name over all providers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextName {
    /// Who brought it.
    pub provider: String,
    /// The provider's own id of it.
    pub provider_id: String,
}

/// A text as it was kept. It is personal: `Debug` shows its size only.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptText {
    /// Who sent it; `None` where that is no phone number.
    pub sender: Option<PhoneNumber>,
    /// What it says.
    pub text: String,
    /// What the provider understood, and has answered already.
    pub opt_out: Option<OptOut>,
    /// When it came.
    pub at: DateTime<Utc>,
    /// What became of it; `None` while that is open.
    pub settled: Option<Settled>,
}

impl fmt::Debug for KeptText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeptText({} bytes, {:?})", self.text.len(), self.opt_out)
    }
}

/// What became of a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Settled {
    /// What its sender is answered, each time that the provider asks; `None` for nothing.
    pub answer: Option<String>,
}

/// What a person says to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reply {
    /// Agreed.
    Yes,
    /// Not agreed.
    No,
}

/// An appointment that a person may choose by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Which.
    pub appointment: AppointmentId,
    /// The timing that was named: when it has changed since, the choice was of something else.
    pub timing: i64,
}

/// A question that was asked back. Its numbers are kept with it, so that they mean the same when the answer comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What the person had said, without saying of what.
    pub reply: Reply,
    /// Of which business.
    pub business: BusinessId,
    /// The choices, from number 1.
    pub choices: Vec<Choice>,
    /// When it was asked.
    pub at: DateTime<Utc>,
}

/// A text message of ours that reached a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentText {
    /// Who it was for.
    pub person: PersonId,
    /// The tenant; `None` for the platform itself.
    pub business: Option<BusinessId>,
    /// The appointment it speaks of, with the revision of it.
    pub appointment: Option<(AppointmentId, i64)>,
    /// When a provider took it.
    pub at: DateTime<Utc>,
}

/// What passed between us and a phone number.
#[derive(Debug, Clone, Default)]
pub struct Correspondence {
    /// Who has this number now.
    pub people: Vec<Person>,
    /// What we sent there, newest first.
    pub sent: Vec<SentText>,
    /// The question that was asked last.
    pub question: Option<Question>,
    /// Which businesses must not write there; the platform itself stands for all of them.
    pub stopped: Vec<Option<BusinessId>>,
    /// How many texts were answered lately.
    pub answered: u64,
}

/// Which part of a correspondence is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// What was sent from then on.
    pub sent: DateTime<Utc>,
    /// What was asked from then on.
    pub asked: DateTime<Utc>,
    /// Answers count from then on.
    pub answered: DateTime<Utc>,
}

/// Whether a number may be written to from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// By this business no more; by nobody, where no business is known.
    Withdrawn,
    /// By this business again, whatever stood against it.
    Given,
}

/// What becomes of a text: committed whole, and once.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// Which text.
    pub name: TextName,
    /// Who wrote, as far as we know.
    pub person: Option<PersonId>,
    /// Whom they answered.
    pub business: Option<BusinessId>,
    /// Of which appointment they spoke.
    pub appointment: Option<AppointmentId>,
    /// What they are answered. Personal: it is sealed.
    pub answer: Option<String>,
    /// What they are asked back.
    pub question: Option<Question>,
    /// What it means for the number, where it means something.
    pub permit: Option<Permit>,
    /// What it means for marketing.
    pub consents: Vec<Consent>,
    /// Whether the business's staff must read it.
    pub pass_on: bool,
    /// For the audit trail.
    pub audit: Vec<AuditEntry>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A text that staff must read.
#[derive(Clone, PartialEq, Eq)]
pub struct WaitingText {
    /// Which.
    pub name: TextName,
    /// Who wrote.
    pub person: PersonId,
    /// To whom.
    pub business: BusinessId,
    /// Of which appointment, where that is known.
    pub appointment: Option<AppointmentId>,
    /// What it says; `None` when it cannot be read back.
    pub text: Option<String>,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// Texts after they are kept. [`crate::ReceiptStore::keep_inbound`] keeps them.
#[async_trait]
pub trait InboundTexts: Send + Sync {
    /// One text.
    async fn find_text(&self, name: &TextName) -> Result<Option<KeptText>, StoreError>;

    /// What passed between us and a number. MUST look it up by keyed hash.
    async fn find_correspondence(
        &self,
        with: &PhoneNumber,
        since: Since,
    ) -> Result<Correspondence, StoreError>;

    /// Settles a text that causes no event; [`crate::MessageStore::append`] settles one that does. MUST commit all of it or nothing, and
    /// answer [`StoreError::Overtaken`], with nothing written, when it is settled already: then its first answer stands.
    async fn settle(&self, settlement: Settlement) -> Result<(), StoreError>;

    /// Texts that were kept before a time and are not settled, oldest first: whoever kept them died before that.
    async fn list_unsettled(&self, before: DateTime<Utc>, limit: u32) -> Result<Vec<TextName>, StoreError>;

    /// Texts that staff must read, oldest first. Those of one number wait until a minute after the last ones that were passed on.
    async fn list_waiting(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<WaitingText>, StoreError>;

    /// Notes that nobody can be told of these. [`crate::MessageStore::append`] notes those that somebody is told of.
    async fn drop_waiting(&self, names: &[TextName], now: DateTime<Utc>) -> Result<(), StoreError>;
}
