//! E-mail.

use std::fmt;

use async_trait::async_trait;
use carillon_domain::EmailAddress;

use crate::provider::{SendError, Taken, Try};

/// An address with the name to show beside it. The name holds no control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// What is shown.
    pub name: String,
    /// Where it goes.
    pub address: EmailAddress,
}

/// A file that goes with an e-mail. It is personal: `Debug` shows its name, type and size only.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What it is called, ending included. Holds no control characters and no quotation marks.
    pub file_name: String,
    /// Its media type with parameters, such as `text/calendar; charset=utf-8; method=REQUEST` (RFC 2045 §5.1).
    pub media_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attachment({} {} {} bytes)", self.file_name, self.media_type, self.bytes.len())
    }
}

/// An e-mail on its way out.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingEmail {
    /// Which try of which message.
    pub id: Try,
    /// Who it is from.
    pub from: Mailbox,
    /// Where answers go.
    pub reply_to: Option<EmailAddress>,
    /// Who it is for.
    pub to: Mailbox,
    /// One line.
    pub subject: String,
    /// The HTML part.
    pub html: String,
    /// The plain-text part.
    pub text: String,
    /// Where one click unsubscribes (RFC 8058).
    pub unsubscribe_url: String,
    /// What goes with it, as a rule nothing.
    pub attachments: Vec<Attachment>,
}

impl OutgoingEmail {
    /// Refuses an address with a local part beyond ASCII: for providers that cannot carry one.
    pub fn require_ascii(&self) -> Result<(), SendError> {
        if self.to.address.is_ascii() {
            return Ok(());
        }
        Err(SendError::Unsupported(
            "letters beyond ASCII before the @, which this provider does not carry".to_owned(),
        ))
    }
}

/// Sends e-mail.
#[async_trait]
pub trait EmailSender: Send + Sync {
    /// The provider's name, as metrics and timelines show it.
    fn provider(&self) -> &'static str;

    /// Asks whether the provider accepts our credentials, by a call that sends nothing. One that cannot be asked says yes.
    async fn check(&self) -> Result<(), SendError> {
        Ok(())
    }

    /// Sends one e-mail. MUST answer within the call's time-out, MUST carry the try's id outward with the e-mail, MUST add
    /// `List-Unsubscribe` and `List-Unsubscribe-Post`, MUST send each attachment with every byte and under its type, MUST answer
    /// [`SendError::InDoubt`] whenever the provider may have it, and [`SendError::Unsupported`] for an address that the provider cannot
    /// carry.
    async fn send(&self, email: &OutgoingEmail) -> Result<Taken, SendError>;
}
