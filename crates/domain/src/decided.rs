//! What decisions mean: which of them holds, and what follows for one kind.

use crate::category::Category;
use crate::channel::{Channel, Purpose};
use crate::consent::{Holding, Topic};
use crate::ids::{BusinessId, KindName};

/// What decisions mean for one kind by one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The person does not want it.
    pub unsubscribed: bool,
    /// The person agreed to marketing by this channel.
    pub consented: bool,
}

/// The verdict on a kind, by what was decided on each topic (towards this business, else towards everybody).
///
/// A service message: the decision on the kind holds, else the one on its category, else it comes; nothing said of marketing touches it.
/// Marketing: it comes only by consent, and no decision on one kind goes past a refusal of marketing as a whole.
pub fn verdict(kind: &KindName, purpose: Purpose, decided: impl Fn(&Topic) -> Option<bool>) -> Verdict {
    let (of_kind, marketing) = (decided(&Topic::Kind(kind.clone())), decided(&Topic::Marketing));
    let unsubscribed = match purpose {
        Purpose::Marketing => of_kind == Some(false) || marketing == Some(false),
        Purpose::Service => {
            let of_category = || decided(&Category::named(kind, purpose).into());
            of_kind.or_else(|| Category::governs(kind).then(of_category).flatten()) == Some(false)
        }
    };
    Verdict { unsubscribed, consented: marketing == Some(true) }
}

/// What was decided on a topic: towards this business, else towards everybody.
pub fn decided(
    holding: &[Holding],
    business: Option<&BusinessId>,
    topic: &Topic,
    channel: Channel,
) -> Option<bool> {
    let towards = |whom: Option<&BusinessId>| {
        let mut these = holding.iter().filter(|one| one.topic == *topic && one.channel == channel);
        these.find(|one| one.business.as_ref() == whom).map(|one| one.allowed)
    };
    towards(business).or_else(|| business.and_then(|_| towards(None)))
}

/// Puts a decision among those that hold. Towards the same business, about the same, by the same channel, it takes the place of an
/// earlier one; and who refuses towards everybody takes back what they had allowed to single businesses, while a later exception holds.
pub fn add(holding: &mut Vec<Holding>, new: Holding) {
    let refuses_all = new.business.is_none() && !new.allowed;
    holding.retain(|one| {
        let is_same_matter = one.topic == new.topic && one.channel == new.channel;
        !(is_same_matter && (one.business == new.business || (refuses_all && one.allowed)))
    });
    holding.push(new);
}

#[cfg(test)]
#[path = "decided_tests.rs"]
mod tests;
