//! Whether a message leaves: the one function between an event and a message, asked when it is planned, dry-run, explained, and just before
//! the provider is called.
//!
//! The rules stand in the order in which they are asked, and the first that answers decides. Each looks at facts that somebody else has
//! gathered, so that all of them are plain values.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::channel::{Channel, Class, Purpose, named};
use crate::civil::Quiet;
use crate::decision::{self, Standing};
use crate::person::Person;
use crate::reason::{Reason, UnknownName};

/// What becomes of a message now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It leaves.
    Leave,
    /// It leaves later, whole.
    Later {
        /// When it is looked at again.
        at: DateTime<Utc>,
        /// Why.
        why: Reason,
    },
    /// It becomes a line of one message that lists several.
    Fold {
        /// When that message leaves.
        at: DateTime<Utc>,
        /// Why.
        why: Reason,
    },
    /// It never leaves.
    Stop(Reason),
}

/// All that the rules look at.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with a rule of its own")]
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// When.
    pub now: DateTime<Utc>,
    /// How urgent it is.
    pub class: Class,
    /// What it is for.
    pub purpose: Purpose,
    /// How it travels.
    pub channel: Channel,
    /// Who it is for.
    pub person: &'a Person,
    /// What stands against this channel of theirs.
    pub standing: &'a Standing,
    /// Whether what it says still holds.
    pub is_true: bool,
    /// After this it is of no use.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether it was held back by us for a better hour: then it is not too late by our own doing.
    pub was_postponed: bool,
    /// The hours in which the person wants to be left alone, by their own clock.
    pub quiet: Option<(Quiet, Tz)>,
    /// For marketing by SMS: when the law of the country next allows it.
    pub lawful_at: Option<DateTime<Utc>>,
    /// When the next list leaves, for a person or kind that wants lists.
    pub digest_at: Option<DateTime<Utc>>,
    /// Until when the person, number or business has had enough.
    pub capped_until: Option<DateTime<Utc>>,
    /// Whether the country of the number is one that the business writes to.
    pub is_country_served: bool,
    /// Whether there is money left for it.
    pub is_affordable: bool,
}

/// The rules, in the order in which they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The person is there, can be reached, wants it, and has agreed to it.
    Person,
    /// What it says still holds, and is still of use.
    Truth,
    /// The number lies in a country that the business writes to.
    Country,
    /// The law of the country allows marketing at this hour.
    MarketingHours,
    /// The person wants to be left alone at this hour.
    QuietHours,
    /// The person, or the business for this kind, wants a list instead.
    Digest,
    /// Enough is enough.
    Cap,
    /// There is money left.
    Budget,
}
named!(Rule {
    Person => "person", Truth => "truth", Country => "country", MarketingHours => "marketing_hours",
    QuietHours => "quiet_hours", Digest => "digest", Cap => "cap", Budget => "budget"
});

impl Rule {
    /// What the rule says; `None` lets the next one speak.
    pub fn ask(self, facts: &Facts<'_>) -> Option<Verdict> {
        match self {
            Self::Person => decision::objection(facts.purpose, facts.channel, facts.person, facts.standing)
                .map(Verdict::Stop),
            Self::Truth => {
                let deadline = facts.expires_at.filter(|_| !facts.was_postponed);
                decision::stale(facts.is_true, deadline, facts.now).map(Verdict::Stop)
            }
            Self::Country => (!facts.is_country_served).then_some(Verdict::Stop(Reason::CountryNotServed)),
            Self::MarketingHours => {
                let at = facts.lawful_at.filter(|at| *at > facts.now)?;
                Some(Verdict::Later { at, why: Reason::MarketingHours })
            }
            Self::QuietHours => facts.after_quiet().map(|at| Verdict::Later { at, why: Reason::QuietHours }),
            Self::Digest => {
                let at = facts.digest_at.filter(|at| facts.can_wait_until(*at))?;
                Some(Verdict::Fold { at, why: Reason::Digest })
            }
            Self::Cap => {
                let at = facts.capped_until?;
                let at = facts.expires_at.map_or(at, |deadline| at.min(deadline)).max(facts.now);
                Some(Verdict::Fold { at, why: Reason::Capped })
            }
            Self::Budget => (!facts.is_affordable).then_some(Verdict::Stop(Reason::OverBudget)),
        }
    }
}

impl Facts<'_> {
    /// When the quiet that holds now is over. Nobody is kept from what is critical, nor from what would be of no use by then.
    fn after_quiet(&self) -> Option<DateTime<Utc>> {
        let (quiet, zone) = self.quiet?;
        let at = quiet.not_before(self.now, zone);
        (at > self.now && self.channel != Channel::InApp && self.can_wait_until(at)).then_some(at)
    }

    fn can_wait_until(&self, at: DateTime<Utc>) -> bool {
        let is_useful_then = self.expires_at.is_none_or(|deadline| at <= deadline);
        self.class != Class::Critical && (is_useful_then || self.purpose == Purpose::Marketing)
    }
}

/// What becomes of a message now.
pub fn decide(facts: &Facts<'_>) -> Verdict {
    Rule::ALL.iter().find_map(|rule| rule.ask(facts)).unwrap_or(Verdict::Leave)
}

/// The same with what each rule said, up to the one that decided.
pub fn explain(facts: &Facts<'_>) -> Vec<(Rule, Option<Verdict>)> {
    let mut said = Vec::new();
    for rule in Rule::ALL.iter().copied() {
        let verdict = rule.ask(facts);
        said.push((rule, verdict));
        if verdict.is_some() {
            break;
        }
    }
    said
}

/// How much of each class a person, number or business gets within a span. What is urgent has room of its own above the cap, and
/// bulk stops below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Allowance {
    /// For CRITICAL.
    pub critical: u32,
    /// For IMMEDIATE and SCHEDULED.
    pub usual: u32,
    /// For BULK.
    pub bulk: u32,
}

impl Allowance {
    /// The allowance of a cap: CRITICAL has a quarter more, BULK a fifth less.
    pub const fn of(cap: u32) -> Self {
        Self { critical: cap.saturating_add(cap / 4), usual: cap, bulk: cap - cap / 5 }
    }

    /// How many there are of each class.
    pub fn counting(classes: &[Class]) -> Self {
        let mut counted = Self { critical: 0, usual: 0, bulk: 0 };
        for class in classes {
            let count = counted.of_class(*class);
            *count = count.saturating_add(1);
        }
        counted
    }

    /// Which of these have room where so many of each class are allowed: the first of each.
    pub fn admit(mut self, classes: &[Class]) -> Vec<bool> {
        let has_room = |class: &Class| {
            let left = self.of_class(*class);
            let has_room = *left > 0;
            *left = left.saturating_sub(1);
            has_room
        };
        classes.iter().map(has_room).collect()
    }

    const fn of_class(&mut self, class: Class) -> &mut u32 {
        match class {
            Class::Critical => &mut self.critical,
            Class::Immediate | Class::Scheduled => &mut self.usual,
            Class::Bulk => &mut self.bulk,
        }
    }
}

/// How long the list waits after its time at most before each of its messages leaves by itself: nothing is lost where no list is made.
pub const LIST_PATIENCE: TimeDelta = TimeDelta::hours(1);

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
