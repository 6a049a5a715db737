//! What comes back from providers: verified, read, kept, and only then applied.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use carillon_domain::receipt::{Said, Verdict};
use carillon_domain::{EmailAddress, PhoneNumber};
use chrono::{DateTime, Utc};

use crate::error::StoreError;
use crate::provider::Try;

/// A request that says it comes from a provider, as it arrived. No `Debug`: it holds people's addresses.
#[derive(Clone)]
pub struct Callback {
    /// Path and query, byte for byte: a signature may cover them.
    pub target: String,
    /// The header fields in any order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

impl Callback {
    /// The value of a header field that is there exactly once: of two signatures, nobody could say which was meant.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter().filter(|(given, _)| given == name);
        let (Some((_, value)), None) = (all.next(), all.next()) else { return None };
        Some(value)
    }
}

/// Why a callback is not believed. For the log and for metrics; whoever sent it is told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Forged {
    /// There is nothing to verify it with.
    #[error("no key is configured to verify it with")]
    NotConfigured,
    /// The signature, or what belongs to it, is missing or there twice.
    #[error("it is not signed")]
    Unsigned,
    /// The signature cannot be read.
    #[error("its signature cannot be read")]
    Unreadable,
    /// Its time is too long ago, or ahead.
    #[error("its time is too long ago or ahead")]
    Untimely,
    /// A body of this type is not covered by the signature.
    #[error("its signature does not cover a body of this type")]
    Uncovered,
    /// The signature is not that of this content by any of our keys.
    #[error("its signature does not hold")]
    Wrong,
}

/// An address that a provider speaks of. Prints masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// E-mail.
    Email(EmailAddress),
    /// SMS.
    Phone(PhoneNumber),
}

/// A receipt on its way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReceipt {
    /// Who says so.
    pub provider: &'static str,
    /// The provider's own id of what it says: the same again is the same receipt.
    pub event_id: String,
    /// Of which try of ours, where it carries our own ids; attempt 0 where it does not say which. Else the provider's id names the message,
    /// or the address of the verdict.
    pub of: Option<Try>,
    /// What it says.
    pub said: Said,
    /// Code and class in words; nothing personal.
    pub detail: Option<String>,
    /// The provider's own id of the message.
    pub provider_id: Option<String>,
    /// What it says of the address that was tried.
    pub verdict: Option<(Verdict, Address)>,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// What the sender of a text message asks for, as the provider understood it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOut {
    /// No more of it.
    Stop,
    /// It may come again.
    Start,
    /// Who this is.
    Help,
}

/// A text message that somebody sent us. It is personal: `Debug` shows its size only.
#[derive(Clone, PartialEq, Eq)]
pub struct InboundSms {
    /// Who brings it.
    pub provider: &'static str,
    /// The provider's own id of it.
    pub provider_id: String,
    /// Who sent it, as the provider writes it.
    pub from: String,
    /// The same, where it is a phone number.
    pub sender: Option<PhoneNumber>,
    /// What it says.
    pub text: String,
    /// What the provider understood, and has answered already.
    pub opt_out: Option<OptOut>,
    /// When it came.
    pub at: DateTime<Utc>,
}

impl fmt::Debug for InboundSms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InboundSms({} bytes, {:?})", self.text.len(), self.opt_out)
    }
}

/// What a verified callback holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opened {
    /// What it says of messages of ours.
    pub receipts: Vec<NewReceipt>,
    /// What people sent us.
    pub inbound: Vec<InboundSms>,
    /// How many of its events are not for us: of a sort that we do not know, or of somebody else's messages.
    pub passed_over: usize,
    /// How many of its events cannot be read.
    pub unreadable: usize,
}

/// Where a provider's callbacks come in.
pub trait ReceiptSource: Send + Sync {
    /// The provider's name, as metrics and timelines show it.
    fn provider(&self) -> &'static str;

    /// Verifies a callback and reads it.
    ///
    /// MUST verify the signature over the raw bytes before anything of them is parsed, in constant time where a secret is compared;
    /// MUST refuse what the signature does not cover; and MUST read whatever is signed, however odd, without failing: providers add
    /// events and fields without notice.
    fn open(&self, callback: &Callback) -> Result<Opened, Forged>;
}

/// What became of receipts that were to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kept {
    /// Not known before.
    pub new: usize,
    /// Known already.
    pub repeated: usize,
}

/// What became of receipts that were to be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Applied {
    /// Took their effect, if only as a line of the timeline.
    pub applied: usize,
    /// Beat our own record of the try, and wait for it.
    pub waiting: usize,
    /// Speak of a message that is not stored here, and were dropped.
    pub unmatched: usize,
}

/// Keeps what providers say, and applies it.
#[async_trait]
pub trait ReceiptStore: Send + Sync {
    /// Keeps receipts, each once, and passes over those whose message cannot be found, however often and from however many callers it comes. MUST be durable when it answers, and MUST NOT
    /// store an address readably.
    async fn keep(&self, receipts: Vec<NewReceipt>, now: DateTime<Utc>) -> Result<Kept, StoreError>;

    /// Keeps text messages that people sent, sealed, each once. In the same step one that the provider took for a stop suppresses its
    /// sender's number for all of the platform (the number it was sent to is shared), and one that it took for a start lifts every
    /// suppression of it. What else follows is settled afterwards ([`crate::InboundTexts`]).
    async fn keep_inbound(&self, texts: Vec<InboundSms>) -> Result<Kept, StoreError>;

    /// Applies up to `limit` kept receipts whose time has come, in one transaction; several processes share the work.
    ///
    /// MUST derive a message's state from all that is known of it ([`carillon_domain::receipt::settled`]), so that no order matters;
    /// MUST leave a receipt waiting while a worker is still about to record a try of its message, which ends with that worker's lease;
    /// and MUST suppress, in the same transaction, the very address of which the receipt speaks.
    async fn apply(&self, now: DateTime<Utc>, limit: u32) -> Result<Applied, StoreError>;

    /// Waits until this process has kept something new, at most `longest`. Other processes find it by looking.
    async fn wait_for_receipts(&self, longest: Duration);
}
