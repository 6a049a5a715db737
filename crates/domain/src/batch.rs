//! Bulk requests: many recipients at once.

use serde::{Deserialize, Serialize};

use crate::channel::named;
use crate::reason::UnknownName;

/// The most recipients of one bulk request.
pub const MOST_RECIPIENTS: usize = 1_000;

/// The highest rate that a bulk request may ask for, in messages a minute.
pub const HIGHEST_RATE: u32 = 100_000;

/// Why one recipient of a bulk request was refused; the others are not concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecipientRefusal {
    /// Neither an id nor a person, or an address that is none.
    InvalidRecipient,
    /// Nobody of that id is in the caller's reach.
    UnknownRecipient,
    /// The kind is for somebody else.
    WrongActor,
    /// The same person came before in this request.
    DuplicateRecipient,
    /// The recipient's data does not fit the kind.
    InvalidData,
}
named!(RecipientRefusal {
    InvalidRecipient => "invalid_recipient",
    UnknownRecipient => "unknown_recipient",
    WrongActor => "wrong_actor",
    DuplicateRecipient => "duplicate_recipient",
    InvalidData => "invalid_data",
});
