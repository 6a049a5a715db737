//! Why a message was not sent, or not yet: the stored reason codes.

use serde::{Deserialize, Serialize};

use crate::channel::named;

/// A name that is none of the known ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is none of: {known}")]
pub struct UnknownName {
    /// The names that would have been understood.
    pub known: &'static str,
}

/// Why a message was not sent. Stored with it and shown by the API; never silently nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The person has no e-mail address or phone number for this channel.
    NoAddress,
    /// The business turned this channel off, or has not turned on an optional one.
    ChannelOff,
    /// The request named channels, and this one was not among them.
    ChannelNotRequested,
    /// The kind's own condition for this channel does not hold (a cancellation more than 24 h ahead needs no SMS).
    ConditionUnmet,
    /// There is no text of this kind for this channel.
    NoTemplate,
    /// Marketing without the person's consent.
    NoConsent,
    /// The person unsubscribed.
    Unsubscribed,
    /// The address bounced, complained or was stopped earlier.
    AddressSuppressed,
    /// The address does not exist, or takes no messages of this sort: it was tried, and said so.
    Bounced,
    /// The person called a message spam.
    Complained,
    /// The provider took it and could not deliver it.
    Undelivered,
    /// The person was erased on request.
    Erased,
    /// The appointment was changed after this was planned.
    Superseded,
    /// The rules of the business changed: this reminder is none of them any more.
    RuleChanged,
    /// Booked so late that the confirmation says all that this reminder would.
    Folded,
    /// Booked too late for this reminder.
    LateBooking,
    /// Somebody cancelled it.
    CancelledByRequest,
    /// It failed for good, and somebody put it away.
    Discarded,
    /// Too late to be of use.
    TooLate,
    /// The text could not be made from the data.
    RenderFailed,
    /// The provider refused it for good.
    Rejected,
    /// Every try failed.
    TriesExhausted,
    /// A try failed and the next one is planned.
    Retrying,
    /// The provider asked us to come back later.
    Throttled,
    /// The recipient's server refuses it for now (greylisting, a full mailbox): repeated until it is of no more use, then given up.
    Deferred,
    /// The call may or may not have reached the provider.
    OutcomeUnknown,
    /// The provider does not know our credentials; waits until they are mended.
    Credential,
    /// No provider of this channel is asked at the moment: they fail, or are paused. Waits until one is.
    ProviderDown,
    /// The number lies in a country that the business does not write to.
    CountryNotServed,
    /// Marketing waits for the hours in which the law of the country allows it.
    MarketingHours,
    /// The person wants to be left alone at this hour; it waits.
    QuietHours,
    /// The person or the business wants a list instead; it waits for the next one.
    Digest,
    /// The person, the number or the business has had enough for now; it waits for a list.
    Capped,
    /// It became a line of a list.
    InDigest,
    /// The business's budget for text messages does not allow it; another channel stands in where there is one.
    OverBudget,
    /// What is stored of it cannot be read back.
    Unreadable,
    /// The event announces a past appointment, or happened too long ago to be announced.
    PastAppointment,
    /// The event changes nothing that the recipient can see.
    Unchanged,
    /// The event asked that nothing be told (`silent: true`).
    Silent,
    /// The address given for this channel cannot be used.
    InvalidAddress,
    /// The phone number cannot receive text messages: it is not a mobile number.
    NumberNotMobile,
}
named!(Reason {
    NoAddress => "no_address",
    ChannelOff => "channel_off",
    ChannelNotRequested => "channel_not_requested",
    ConditionUnmet => "condition_unmet",
    NoTemplate => "no_template",
    NoConsent => "no_consent",
    Unsubscribed => "unsubscribed",
    AddressSuppressed => "address_suppressed",
    Bounced => "bounced",
    Complained => "complained",
    Undelivered => "undelivered",
    Erased => "erased",
    Superseded => "superseded",
    RuleChanged => "rule_changed",
    Folded => "folded",
    LateBooking => "late_booking",
    CancelledByRequest => "cancelled_by_request",
    Discarded => "discarded",
    TooLate => "too_late",
    RenderFailed => "render_failed",
    Rejected => "rejected",
    TriesExhausted => "tries_exhausted",
    Retrying => "retrying",
    Throttled => "throttled",
    Deferred => "deferred",
    OutcomeUnknown => "outcome_unknown",
    Credential => "credential",
    ProviderDown => "provider_down",
    CountryNotServed => "country_not_served",
    MarketingHours => "marketing_hours",
    QuietHours => "quiet_hours",
    Digest => "digest",
    Capped => "capped",
    InDigest => "in_digest",
    OverBudget => "over_budget",
    Unreadable => "unreadable",
    PastAppointment => "past_appointment",
    Unchanged => "unchanged",
    Silent => "silent",
    InvalidAddress => "invalid_address",
    NumberNotMobile => "number_not_mobile",
});
