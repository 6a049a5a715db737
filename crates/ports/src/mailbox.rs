//! Messages that are kept for the eye instead of being sent: what the development mailbox shows.

use std::time::Duration;

use async_trait::async_trait;
use carillon_domain::Channel;
use chrono::{DateTime, Utc};

use crate::content::Content;
use crate::email::Attachment;
use crate::provider::Try;

/// A message as it would have left. It is personal: it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its number in the mailbox; rises by one.
    pub seq: u64,
    /// When it would have left.
    pub at: DateTime<Utc>,
    /// Which try of which message.
    pub id: Try,
    /// E-mail or SMS.
    pub channel: Channel,
    /// Who it is from: `Name <address>`; an SMS's sender is the provider's affair.
    pub from: Option<String>,
    /// Who it is for: `Name <address>`, or a number.
    pub to: String,
    /// An e-mail's other header fields, by name.
    pub headers: Vec<(&'static str, String)>,
    /// What it says.
    pub content: Content,
    /// The files that would have gone with it.
    pub attachments: Vec<Attachment>,
}

/// Shows what was kept. It is for development only, so everything in it is readable to whoever may see it.
#[async_trait]
pub trait Letterbox: Send + Sync {
    /// The newest first.
    fn list_letters(&self, limit: usize) -> Vec<Letter>;

    /// One of them.
    fn find_letter(&self, seq: u64) -> Option<Letter>;

    /// Throws all away; the numbers go on rising.
    fn clear_letters(&self);

    /// Those after `after`, oldest first; if there are none, waits for one until `wait` is over and then answers an empty list. MUST
    /// NOT miss one that is still kept, and may be given up at any moment.
    async fn next_letters(&self, after: u64, wait: Duration) -> Vec<Letter>;
}
