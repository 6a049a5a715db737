//! What a provider can answer instead of taking a message, shaped by the decision it forces.

use carillon_domain::ids::MessageId;
use chrono::{DateTime, Utc};

/// A provider took the message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taken {
    /// The provider's own id of it, for receipts.
    pub provider_id: Option<String>,
}

/// Which try of which message a call is: travels outward, so that a receipt can settle a doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Try {
    /// The message.
    pub message: MessageId,
    /// Its attempt number.
    pub attempt: u32,
}

/// Why a provider did not take a message. The texts are codes and classes, never addresses or bodies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Refused for good: no other try, no other provider.
    #[error("refused ({code}): {detail}")]
    Rejected {
        /// The provider's code.
        code: String,
        /// In words.
        detail: String,
        /// The address itself is bad: it must not be tried again.
        bad_address: bool,
    },
    /// Certainly not sent, come back later.
    #[error("throttled: {detail}")]
    Throttled {
        /// When, if the provider said so.
        retry_at: Option<DateTime<Utc>>,
        /// In words.
        detail: String,
    },
    /// This recipient is refused for now (greylisting, a full or busy mailbox); certainly not sent. Says nothing of the provider and
    /// uses up no try: it is repeated with growing waits.
    #[error("deferred: {0}")]
    Deferred(String),
    /// Certainly not sent, or refused by a fault of the provider's: another try, or another provider.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// The call may have reached the provider: nobody else may be asked until that is settled.
    #[error("outcome unknown: {0}")]
    InDoubt(String),
    /// This provider cannot carry a message to such an address; certainly not sent, and it never will be by this one. Says nothing of the
    /// provider, and nothing of the address: another provider may take it.
    #[error("cannot take this address: {0}")]
    Unsupported(String),
    /// Our credentials or sender are not accepted, or the provider's API is not at the configured address: no message failed, another
    /// provider may be asked.
    #[error("set-up not accepted: {0}")]
    Credential(String),
}

impl SendError {
    /// Its name, for counting.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Rejected { .. } => "rejected",
            Self::Throttled { .. } => "throttled",
            Self::Deferred(_) => "deferred",
            Self::Unavailable(_) => "unavailable",
            Self::InDoubt(_) => "in_doubt",
            Self::Unsupported(_) => "unsupported",
            Self::Credential(_) => "credential",
        }
    }

    /// Whether another provider may be asked at once: only where this one certainly sent nothing.
    pub const fn moves_on(&self) -> bool {
        match self {
            Self::Unavailable(_)
            | Self::Credential(_)
            | Self::Throttled { .. }
            | Self::Deferred(_)
            | Self::Unsupported(_) => true,
            Self::Rejected { .. } | Self::InDoubt(_) => false,
        }
    }
}
