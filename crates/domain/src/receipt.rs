//! What providers say afterwards of a message they took, and what follows from it.
//!
//! Receipts come in any order, more than once, late, and of older tries too. So nothing follows from one of them alone: where a
//! message stands is a function of all that is known of its tries ([`settled`]), and the order in which it became known cannot
//! matter.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::channel::named;
use crate::message::Status;
use crate::reason::{Reason, UnknownName};
use crate::suppression::Cause;

/// What a provider says of one try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// The provider has it and will try.
    Processed,
    /// Handed on to the carrier.
    Sent,
    /// Not taken by the receiving side for now; the provider goes on trying.
    Deferred,
    /// It arrived.
    Delivered,
    /// Returned for good: there is no such address.
    Bounced,
    /// Returned this time; the address is good.
    Blocked,
    /// The provider did not hand it on, by a rule of its own.
    Dropped,
    /// The carrier could not deliver it.
    Undelivered,
    /// The provider could not send it.
    Failed,
    /// A person opened it.
    Opened,
    /// A machine fetched its pictures, on behalf of a person who may never look (Apple Mail Privacy Protection): no open.
    MachineOpened,
    /// A person followed a link.
    Clicked,
    /// The person called it spam.
    Complained,
    /// The person unsubscribed at the provider.
    Unsubscribed,
    /// The person took that back.
    Resubscribed,
}
named!(Said {
    Processed => "processed", Sent => "sent", Deferred => "deferred", Delivered => "delivered", Bounced => "bounced",
    Blocked => "blocked", Dropped => "dropped", Undelivered => "undelivered", Failed => "failed", Opened => "opened",
    MachineOpened => "machine_opened", Clicked => "clicked", Complained => "complained", Unsubscribed => "unsubscribed",
    Resubscribed => "resubscribed"
});

/// What one try by one provider came to. The order is the rank: of two things that are said of it, the higher one holds.
///
/// - What arrived outranks what was lost: a carrier reports a message as undelivered when its own time is over, and the handset's
///   confirmation is the better witness.
/// - What was returned outranks what arrived: the receiving server took it ("delivered") and sent it back later, which SendGrid
///   reports as a bounce after the delivery ("asynchronous bounce").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// A provider has it.
    Taken,
    /// It went no further than the provider or the carrier.
    Lost,
    /// It is where it should be.
    Arrived,
    /// It was sent back.
    Returned,
}

impl Said {
    /// What it says of the try. Whatever a person does with a message shows that it arrived, should the receipt that said so be lost.
    /// A deferral says nothing new: the provider had the message before, and has it still.
    pub const fn fate(self) -> Option<Fate> {
        Some(match self {
            Self::Deferred => return None,
            Self::Processed | Self::Sent => Fate::Taken,
            Self::Dropped | Self::Undelivered | Self::Failed => Fate::Lost,
            Self::Delivered
            | Self::Opened
            | Self::MachineOpened
            | Self::Clicked
            | Self::Complained
            | Self::Unsubscribed
            | Self::Resubscribed => Fate::Arrived,
            Self::Bounced | Self::Blocked => Fate::Returned,
        })
    }
}

/// What a receipt says of the address that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It does not exist, or takes no such messages: nobody of the platform must try it again.
    Dead,
    /// It accepts no messages at present, as a full mailbox: no business tries it for a time that grows.
    Resting,
    /// Its owner called a message of this business spam.
    Complained,
    /// Its owner wants no more e-mail of this business.
    Unsubscribed,
    /// Its owner told our number to stop. The businesses share the number, and the carrier stops all of them.
    Stopped,
}
named!(Verdict { Dead => "dead", Resting => "resting", Complained => "complained", Unsubscribed => "unsubscribed", Stopped => "stopped" });

impl Verdict {
    /// Why the address is suppressed.
    pub const fn cause(self) -> Cause {
        match self {
            Self::Dead => Cause::Bounced,
            Self::Resting => Cause::Undelivered,
            Self::Complained => Cause::Complained,
            Self::Unsubscribed | Self::Stopped => Cause::Unsubscribed,
        }
    }

    /// Whether it holds for every business, and not just for the one whose message it was.
    pub const fn is_for_all(self) -> bool {
        match self {
            Self::Dead | Self::Resting | Self::Stopped => true,
            Self::Complained | Self::Unsubscribed => false,
        }
    }
}

/// How long an address rests after the first, second … soft bounce in a row; the last holds for all further ones.
const RESTS: [TimeDelta; 5] =
    [TimeDelta::hours(4), TimeDelta::days(1), TimeDelta::days(3), TimeDelta::days(7), TimeDelta::days(30)];
/// After so long without a soft bounce the count begins anew.
const FORGOTTEN: TimeDelta = TimeDelta::days(30);

/// How long an address rests, and for the how manyth time in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// Soft bounces in a row.
    pub times: u32,
    /// When the address may be tried again.
    pub until: DateTime<Utc>,
}

impl Rest {
    /// The rest after a soft bounce at a time. One that comes while the address rests speaks of a message that left before: it
    /// lengthens nothing.
    pub fn after(before: Option<Rest>, at: DateTime<Utc>) -> Rest {
        match before {
            Some(rest) if at <= rest.until => rest,
            Some(rest) if at - rest.until < FORGOTTEN => Self::number(rest.times + 1, at),
            Some(_) | None => Self::number(1, at),
        }
    }

    fn number(times: u32, at: DateTime<Utc>) -> Rest {
        let index = (times.max(1) as usize - 1).min(RESTS.len() - 1);
        Rest { times, until: at + RESTS[index] }
    }
}

/// One thing that is known of a message: a receipt, or our own record that a provider took it ([`Said::Processed`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<'a> {
    /// Which try; 0 where the provider does not tell.
    pub attempt: u32,
    /// By whom. With two providers in one try, what the one lost the other may have.
    pub provider: &'a str,
    /// What.
    pub said: Said,
    /// When that was.
    pub at: DateTime<Utc>,
}

/// What follows for a message from all that is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// [`Status::Sent`], [`Status::Delivered`] or [`Status::Undelivered`].
    pub status: Status,
    /// Why, where it did not arrive.
    pub reason: Option<Reason>,
    /// Since when a provider had it.
    pub taken_at: DateTime<Utc>,
    /// When it arrived, unless it was returned.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When a person first opened it.
    pub opened_at: Option<DateTime<Utc>>,
    /// When a person first followed a link.
    pub clicked_at: Option<DateTime<Utc>>,
    /// When the person called it spam.
    pub complained_at: Option<DateTime<Utc>>,
}

/// What follows from all that is known; `None` when nothing is. It arrived if any try did; a provider has it while any try is open;
/// else it did not arrive.
pub fn settled(known: &[Known<'_>]) -> Option<Settled> {
    let known = &with_tries(known)[..];
    let tries = tries(known);
    let taken_at = known.iter().filter(|one| one.said.fate().is_some()).map(|one| one.at).min()?;
    let any = |fate| tries.values().any(|of_try| *of_try == fate);
    let (status, reason) = if any(Fate::Arrived) {
        (Status::Delivered, None)
    } else if any(Fate::Taken) {
        (Status::Sent, None)
    } else if known.iter().any(|one| one.said == Said::Bounced) {
        (Status::Undelivered, Some(Reason::Bounced))
    } else {
        (Status::Undelivered, Some(Reason::Undelivered))
    };
    let has_arrived = |one: &&Known<'_>| {
        one.said.fate() == Some(Fate::Arrived)
            && tries.get(&(one.attempt, one.provider)) == Some(&Fate::Arrived)
    };
    let first = |said: Said| known.iter().filter(|one| one.said == said).map(|one| one.at).min();
    Some(Settled {
        status,
        reason,
        taken_at,
        delivered_at: known.iter().filter(has_arrived).map(|one| one.at).min(),
        opened_at: first(Said::Opened),
        clicked_at: first(Said::Clicked),
        complained_at: first(Said::Complained),
    })
}

/// The same, with what says nothing of the try counted to the last one that is known of that provider.
fn with_tries<'a>(known: &[Known<'a>]) -> Vec<Known<'a>> {
    let last = |provider: &str| {
        known.iter().filter(|one| one.provider == provider).map(|one| one.attempt).max().unwrap_or_default()
    };
    let named = |one: &Known<'a>| match one.attempt {
        0 => Known { attempt: last(one.provider), ..*one },
        _ => *one,
    };
    known.iter().map(named).collect()
}

/// What each try by each provider came to.
fn tries<'a>(known: &[Known<'a>]) -> BTreeMap<(u32, &'a str), Fate> {
    let mut tries = BTreeMap::new();
    for one in known {
        if let Some(fate) = one.said.fate() {
            let highest = tries.entry((one.attempt, one.provider)).or_insert(fate);
            *highest = fate.max(*highest);
        }
    }
    tries
}

impl Settled {
    /// Where a message in this state stands now. Whoever called it off, or found it of no use any more, has had the last word: it
    /// stays what it is, and its timeline shows what came of an earlier try.
    pub fn status_after(&self, status: Status) -> Status {
        if status.may_become(self.status) { self.status } else { status }
    }
}

#[cfg(test)]
#[path = "receipt_tests.rs"]
mod tests;
