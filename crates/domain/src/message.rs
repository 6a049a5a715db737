//! One channel of one notification, and the states it goes through.
//!
//! `scheduled → queued → sending → sent → delivered`, and the ends. Nobody assigns a status: a [`Message`] is made by
//! [`Message::planned`] or [`Message::suppressed`], and every later change is the answer of [`Message::after`] or
//! [`Status::may_become`].

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::channel::{Channel, Class, named};
use crate::ids::{MessageId, NotificationId};
use crate::reason::{Reason, UnknownName};
use crate::retry;

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits in the database for its time.
    Scheduled,
    /// Due: on the ready queue, or on its way there.
    Queued,
    /// A worker has it.
    Sending,
    /// A provider accepted it.
    Sent,
    /// A receipt said it arrived.
    Delivered,
    /// A receipt said it did not.
    Undelivered,
    /// Given up: in the dead letters.
    Failed,
    /// Called off.
    Cancelled,
    /// Past its usefulness.
    Expired,
    /// Never to be sent, for its reason.
    Suppressed,
    /// A call may have reached the provider; settled by a receipt or by the next try.
    InDoubt,
}
named!(Status {
    Scheduled => "scheduled", Queued => "queued", Sending => "sending", Sent => "sent", Delivered => "delivered",
    Undelivered => "undelivered", Failed => "failed", Cancelled => "cancelled", Expired => "expired",
    Suppressed => "suppressed", InDoubt => "in_doubt"
});

impl Status {
    /// Whether a change from one state to the other is allowed.
    pub const fn may_become(self, next: Status) -> bool {
        match self {
            // What a try left open, or failed to tell, a receipt may still tell.
            Self::Scheduled | Self::Queued | Self::Sending | Self::InDoubt | Self::Failed
                if next.is_receipted() =>
            {
                true
            }
            Self::Scheduled => {
                matches!(next, Self::Queued | Self::Cancelled | Self::Expired | Self::Suppressed)
            }
            Self::Queued => {
                matches!(next, Self::Sending | Self::Cancelled | Self::Expired | Self::Suppressed)
            }
            Self::Sending => matches!(
                next,
                Self::Scheduled
                    | Self::Queued
                    | Self::Failed
                    | Self::InDoubt
                    | Self::Cancelled
                    | Self::Expired
                    | Self::Suppressed
            ),
            Self::InDoubt => matches!(next, Self::Queued | Self::Failed | Self::Cancelled),
            Self::Failed => matches!(next, Self::Queued | Self::Cancelled),
            // Which of the three it is follows from all that providers have said; more of it may correct it, and none leads back.
            Self::Sent | Self::Delivered | Self::Undelivered => next.is_receipted(),
            Self::Cancelled | Self::Expired | Self::Suppressed => false,
        }
    }

    /// Whether receipts decide on it: a provider had the message.
    const fn is_receipted(self) -> bool {
        match self {
            Self::Sent | Self::Delivered | Self::Undelivered => true,
            Self::Scheduled
            | Self::Queued
            | Self::Sending
            | Self::Failed
            | Self::Cancelled
            | Self::Expired
            | Self::Suppressed
            | Self::InDoubt => false,
        }
    }

    /// Whether the message may still leave by itself: it waits, it moves, or nobody knows whether it left.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Scheduled | Self::Queued | Self::Sending | Self::InDoubt => true,
            Self::Sent
            | Self::Delivered
            | Self::Undelivered
            | Self::Failed
            | Self::Cancelled
            | Self::Expired
            | Self::Suppressed => false,
        }
    }

    /// Whether the recipient was sent the message, or may still be.
    pub const fn informs(self) -> bool {
        self.is_open() || matches!(self, Self::Sent | Self::Delivered)
    }

    /// Whether somebody can still call the message off.
    pub const fn can_be_cancelled(self) -> bool {
        self.may_become(Self::Cancelled) && !matches!(self, Self::Sending)
    }
}

/// After so many attempts, being asked to come back later counts as a failed try: most of a day, at ten minutes each.
const MOST_THROTTLED: u32 = 100;

/// One channel of one notification: the unit that is queued, tried, paid for and receipted.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Ours; travels to the provider.
    pub id: MessageId,
    /// What it is part of.
    pub notification: NotificationId,
    /// How it travels.
    pub channel: Channel,
    /// How urgent it is.
    pub class: Class,
    /// Where it stands.
    pub status: Status,
    /// Why it was not sent, or not yet.
    pub reason: Option<Reason>,
    /// When it should leave.
    pub due_at: DateTime<Utc>,
    /// After this it is of no use.
    pub expires_at: Option<DateTime<Utc>>,
    /// How often it was claimed: the fence against a late worker. The first try is attempt 1.
    pub attempt: u32,
    /// How many tries were used up; a refusal that was nobody's fault does not count.
    pub tries: u32,
}

/// How one try ended, in the words of the decision it forces.
#[derive(Debug, Clone, PartialEq)]
pub enum TryEnd {
    /// A provider has it.
    Accepted,
    /// Refused for good.
    Rejected,
    /// Failed for now; a provider may have said when to come back.
    Retry {
        /// Why.
        reason: Reason,
        /// The earliest time for the next try.
        not_before: Option<DateTime<Utc>>,
    },
    /// Held up by something that is not the message's fault (credentials): waits without using up a try.
    Hold {
        /// Why.
        reason: Reason,
        /// When to look again.
        until: DateTime<Utc>,
    },
    /// It becomes a line of a list.
    Fold {
        /// Why.
        reason: Reason,
        /// When it leaves by itself, should no list be made.
        until: DateTime<Utc>,
    },
    /// The call may have reached the provider.
    InDoubt,
    /// Must not be sent after all.
    Dropped(Reason),
}

/// Where a message stands after a try.
#[derive(Debug, Clone, PartialEq)]
pub struct AfterTry {
    /// The new state.
    pub status: Status,
    /// Why, unless it was sent.
    pub reason: Option<Reason>,
    /// When the next try is due, where there is one.
    pub due_at: Option<DateTime<Utc>>,
    /// Tries used up so far.
    pub tries: u32,
}

impl Message {
    /// A new message that leaves at `due_at`.
    pub fn planned(
        id: MessageId,
        notification: NotificationId,
        channel: Channel,
        class: Class,
        due_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Self {
        let status = if due_at > now { Status::Scheduled } else { Status::Queued };
        Self {
            id,
            notification,
            channel,
            class,
            status,
            reason: None,
            due_at,
            expires_at: None,
            attempt: 0,
            tries: 0,
        }
    }

    /// The same message, of no use after `deadline`.
    #[must_use]
    pub fn useful_until(self, deadline: Option<DateTime<Utc>>) -> Self {
        Self { expires_at: deadline, ..self }
    }

    /// A channel that is left out, and why.
    #[must_use]
    pub fn suppressed(self, reason: Reason) -> Self {
        Self { status: Status::Suppressed, reason: Some(reason), ..self }
    }

    /// Where the message stands after a try. The last failure goes to the dead letters.
    pub fn after(&self, end: &TryEnd, now: DateTime<Utc>) -> AfterTry {
        let tries = self.tries + 1;
        let last = tries >= self.class.tries();
        let done = |status, reason| AfterTry { status, reason, due_at: None, tries };
        match end {
            TryEnd::Accepted => done(Status::Sent, None),
            TryEnd::Rejected => done(Status::Failed, Some(Reason::Rejected)),
            // Asked to come back later is nobody's failure: it uses up no try, within reason.
            TryEnd::Retry { reason: Reason::Throttled, not_before } if self.attempt < MOST_THROTTLED => {
                AfterTry {
                    status: Status::Scheduled,
                    reason: Some(Reason::Throttled),
                    due_at: Some(retry::next_try(self.class, self.attempt, self.id, *not_before, now)),
                    tries: self.tries,
                }
            }
            TryEnd::Retry { reason: Reason::Deferred, .. } => self.after_deferral(now),
            TryEnd::Retry { .. } if last => done(Status::Failed, Some(Reason::TriesExhausted)),
            TryEnd::Retry { reason, not_before } => {
                let due_at = retry::next_try(self.class, tries, self.id, *not_before, now);
                AfterTry { status: Status::Scheduled, reason: Some(*reason), due_at: Some(due_at), tries }
            }
            TryEnd::Hold { reason, until } | TryEnd::Fold { reason, until } => AfterTry {
                status: Status::Scheduled,
                reason: Some(*reason),
                due_at: Some(*until),
                tries: self.tries,
            },
            TryEnd::InDoubt => AfterTry {
                status: Status::InDoubt,
                reason: Some(Reason::OutcomeUnknown),
                due_at: Some(now + retry::doubt_wait(self.channel)),
                tries,
            },
            TryEnd::Dropped(reason) => done(end_of(*reason), Some(*reason)),
        }
    }

    /// A temporary refusal of the recipient uses up no try until patience ends: it is repeated until the message is of no more use.
    fn after_deferral(&self, now: DateTime<Utc>) -> AfterTry {
        let tries = if retry::is_patient(self.attempt) { self.tries } else { self.tries + 1 };
        let next = retry::next_after_deferral(self.attempt, self.id, self.expires_at, now)
            .filter(|_| tries < self.class.tries());
        let status = if next.is_some() { Status::Scheduled } else { Status::Failed };
        AfterTry { status, reason: Some(Reason::Deferred), due_at: next, tries }
    }

    /// Whether another try is left for a message whose last outcome is unknown.
    pub fn may_try_again(&self) -> bool {
        self.tries < self.class.tries()
    }
}

/// The final state that goes with a reason not to send.
pub const fn end_of(reason: Reason) -> Status {
    match reason {
        Reason::Superseded
        | Reason::RuleChanged
        | Reason::CancelledByRequest
        | Reason::Discarded
        | Reason::Erased => Status::Cancelled,
        Reason::TooLate => Status::Expired,
        Reason::Bounced | Reason::Undelivered => Status::Undelivered,
        Reason::RenderFailed
        | Reason::Rejected
        | Reason::TriesExhausted
        | Reason::Deferred
        | Reason::Unreadable
        | Reason::Credential => Status::Failed,
        Reason::NoAddress
        | Reason::Folded
        | Reason::LateBooking
        | Reason::ChannelOff
        | Reason::ChannelNotRequested
        | Reason::ConditionUnmet
        | Reason::NoTemplate
        | Reason::NoConsent
        | Reason::Unsubscribed
        | Reason::AddressSuppressed
        | Reason::Complained
        | Reason::Retrying
        | Reason::Throttled
        | Reason::ProviderDown
        | Reason::CountryNotServed
        | Reason::MarketingHours
        | Reason::QuietHours
        | Reason::Digest
        | Reason::Capped
        | Reason::InDigest
        | Reason::OverBudget
        | Reason::OutcomeUnknown
        | Reason::PastAppointment
        | Reason::Unchanged
        | Reason::Silent
        | Reason::InvalidAddress
        | Reason::NumberNotMobile => Status::Suppressed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn message(class: Class, tries: u32) -> Message {
        let mut message = Message::planned(
            MessageId(Uuid::from_u128(7)),
            NotificationId(Uuid::nil()),
            Channel::Email,
            class,
            now(),
            now(),
        );
        message.tries = tries;
        message
    }

    #[test]
    fn what_is_due_later_waits_in_the_database() {
        let later = now() + TimeDelta::hours(1);
        let planned = Message::planned(
            MessageId(Uuid::nil()),
            NotificationId(Uuid::nil()),
            Channel::Sms,
            Class::Scheduled,
            later,
            now(),
        );
        assert_eq!(planned.status, Status::Scheduled);
        assert_eq!(message(Class::Immediate, 0).status, Status::Queued);
    }

    #[test]
    fn the_last_failed_try_goes_to_the_dead_letters() {
        let failure = TryEnd::Retry { reason: Reason::Retrying, not_before: None };
        for (class, tries) in
            [(Class::Critical, 5), (Class::Immediate, 3), (Class::Scheduled, 3), (Class::Bulk, 3)]
        {
            assert_eq!(message(class, tries - 2).after(&failure, now()).status, Status::Scheduled);
            let last = message(class, tries - 1).after(&failure, now());
            assert_eq!((last.status, last.reason), (Status::Failed, Some(Reason::TriesExhausted)));
        }
    }

    #[test]
    fn to_be_asked_to_come_back_later_uses_up_no_try_within_reason() {
        let throttled = TryEnd::Retry { reason: Reason::Throttled, not_before: None };
        let mut last = message(Class::Immediate, 2);
        last.attempt = 99;
        assert_eq!(
            (last.after(&throttled, now()).status, last.after(&throttled, now()).tries),
            (Status::Scheduled, 2)
        );
        last.attempt = 100;
        assert_eq!(last.after(&throttled, now()).status, Status::Failed);
    }

    #[test]
    fn a_temporary_refusal_of_the_recipient_uses_up_no_try_whatever_the_class() {
        let deferred = TryEnd::Retry { reason: Reason::Deferred, not_before: None };
        for class in [Class::Critical, Class::Immediate, Class::Scheduled, Class::Bulk] {
            let mut last = message(class, class.tries() - 1);
            for attempt in [1, 10, 59] {
                last.attempt = attempt;
                let after = last.after(&deferred, now());
                assert_eq!(
                    (after.status, after.reason, after.tries),
                    (Status::Scheduled, Some(Reason::Deferred), class.tries() - 1)
                );
                assert!(after.due_at.is_some_and(|at| at >= now() + TimeDelta::minutes(1)));
            }
            last.attempt = 60;
            let after = last.after(&deferred, now());
            assert_eq!((after.status, after.reason), (Status::Failed, Some(Reason::Deferred)));
        }
    }

    #[test]
    fn a_temporary_refusal_ends_in_the_dead_letters_once_the_message_is_of_no_more_use() {
        let deferred = TryEnd::Retry { reason: Reason::Deferred, not_before: None };
        let ending = |minutes| {
            let until = Some(now() + TimeDelta::minutes(minutes));
            message(Class::Immediate, 0).useful_until(until).after(&deferred, now())
        };
        assert_eq!(ending(90).status, Status::Scheduled);
        assert_eq!((ending(1).status, ending(1).reason), (Status::Failed, Some(Reason::Deferred)));
    }

    #[test]
    fn a_hold_uses_up_no_try() {
        let until = now() + TimeDelta::minutes(1);
        let held =
            message(Class::Immediate, 2).after(&TryEnd::Hold { reason: Reason::Credential, until }, now());
        assert_eq!((held.status, held.due_at, held.tries), (Status::Scheduled, Some(until), 2));
    }

    proptest! {
        #[test]
        fn every_outcome_of_a_try_is_a_change_that_sending_allows(end in 0..6_usize, tries in 0..9_u32, reason in 0..Reason::ALL.len()) {
            let reason = Reason::ALL[reason];
            let end = match end {
                0 => TryEnd::Accepted,
                1 => TryEnd::Rejected,
                2 => TryEnd::Retry { reason, not_before: None },
                3 => TryEnd::Hold { reason, until: now() },
                4 => TryEnd::InDoubt,
                _ => TryEnd::Dropped(reason),
            };
            let after = message(Class::Immediate, tries).after(&end, now());
            prop_assert!(Status::Sending.may_become(after.status));
            prop_assert_eq!(after.reason.is_none(), after.status == Status::Sent);
        }
    }
}
