//! Text messages.

use async_trait::async_trait;
use carillon_domain::PhoneNumber;
use chrono::{DateTime, Utc};

use crate::provider::{SendError, Taken, Try};

/// A text message on its way out.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingSms {
    /// Which try of which message.
    pub id: Try,
    /// Who it is for.
    pub to: PhoneNumber,
    /// The whole text.
    pub text: String,
}

/// What a text message cost, as its provider says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The currency (ISO 4217).
    pub currency: String,
    /// Millionths of its unit.
    pub micros: u64,
    /// How many segments were billed.
    pub segments: u32,
}

/// Sends text messages.
#[async_trait]
pub trait SmsSender: Send + Sync {
    /// The provider's name, as metrics and timelines show it.
    fn provider(&self) -> &'static str;

    /// Asks whether the provider accepts our credentials, by a call that sends nothing. One that cannot be asked says yes.
    async fn check(&self) -> Result<(), SendError> {
        Ok(())
    }

    /// Sends one text message. MUST answer within the call's time-out, MUST carry the try's id outward, and MUST answer
    /// [`SendError::InDoubt`] whenever the provider may have it.
    async fn send(&self, sms: &OutgoingSms) -> Result<Taken, SendError>;

    /// What the provider says that a text cost, by its own id of it; `None` where it does not know yet, or cannot be asked.
    async fn price(&self, provider_id: &str) -> Result<Option<Price>, SendError> {
        let _ = provider_id;
        Ok(None)
    }

    /// Asks the provider whether it was given this text for this number since a time, where nobody knows what became of a call. `None`
    /// where it says no, or cannot be asked.
    async fn find(&self, sms: &OutgoingSms, since: DateTime<Utc>) -> Result<Option<Taken>, SendError> {
        let (_, _) = (sms, since);
        Ok(None)
    }
}
