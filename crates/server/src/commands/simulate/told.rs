//! What would leave.

use std::collections::BTreeMap;

use carillon_domain::Channel;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// What became of a simulation.
#[derive(Debug, Default)]
pub(crate) struct Played {
    /// Messages that left, by time.
    pub(crate) left: Vec<Told>,
    /// Reminders that did not, by the time of their rule, with the rule and the reason as their text.
    pub(crate) left_out: Vec<Told>,
}

/// A message of the simulation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Told {
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// By what.
    pub(crate) channel: &'static str,
    /// To whom.
    pub(crate) name: String,
    /// Which kind.
    pub(crate) kind: String,
    /// The subject, the title, or the whole SMS; of a reminder that was left out, why.
    pub(crate) text: String,
}

impl Told {
    /// One line of the list.
    pub(crate) fn line(&self, zone: Tz) -> String {
        let at = self.at.with_timezone(&zone).format("%a %Y-%m-%d %H:%M");
        format!("{at}  {:<6}  {:<20}  {:<30}  {}", self.channel, self.name, self.kind, self.text)
    }
}

/// What is only in the second list (`+`) and only in the first one (`-`), by time.
pub(crate) fn difference<'a>(first: &'a [Told], second: &'a [Told]) -> Vec<(char, &'a Told)> {
    let gone = first.iter().filter(|one| !second.contains(one)).map(|one| ('-', one));
    let new = second.iter().filter(|one| !first.contains(one)).map(|one| ('+', one));
    let mut changes: Vec<_> = gone.chain(new).collect();
    changes.sort_by(|a, b| (a.1, a.0).cmp(&(b.1, b.0)));
    changes
}

/// How many by which channel.
pub(crate) fn summary(told: &[Told]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in told {
        *counts.entry(one.channel).or_default() += 1;
    }
    let of = |channel: Channel| counts.get(label(channel)).copied().unwrap_or_default();
    format!(
        "{} e-mails, {} SMS, {} in-app notifications",
        of(Channel::Email),
        of(Channel::Sms),
        of(Channel::InApp)
    )
}

/// How a channel is called in the list.
pub(crate) const fn label(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "e-mail",
        Channel::Sms => "SMS",
        Channel::InApp => "in-app",
    }
}
