//! What STOP and START mean for marketing: STOP withdraws, and START gives again what STOP had withdrawn, nothing more.

use std::collections::BTreeMap;

use carillon_domain::ids::PersonId;
use carillon_domain::{BusinessId, Channel};
use carillon_ports::directory::{Consent, Topic};
use carillon_ports::texting::Permit;
use chrono::{DateTime, Utc};

/// Where a consent that STOP withdrew comes from.
pub(super) const STOPPED: &str = "sms_stop";
/// Where a consent that START gives again comes from.
pub(super) const STARTED: &str = "sms_start";

/// The decisions that follow for a person out of all that they decided before, oldest first: towards a business, or each of them. STOP to
/// a business is a decision even where there was none before.
pub(super) fn follow(
    permit: Permit,
    person: &PersonId,
    before: &[Consent],
    towards: Option<&BusinessId>,
    at: DateTime<Utc>,
) -> Vec<Consent> {
    let mut decided: BTreeMap<Option<&BusinessId>, Vec<&Consent>> = BTreeMap::new();
    if towards.is_some() {
        decided.insert(towards, Vec::new());
    }
    for one in before.iter().filter(|one| one.topic == Topic::Marketing && one.channel == Channel::Sms) {
        decided.entry(one.business.as_ref()).or_default().push(one);
    }
    let is_meant = |business: Option<&BusinessId>| towards.is_none() || business == towards;
    let is_changed = |decisions: &[&Consent]| match permit {
        Permit::Withdrawn => decisions.last().is_none_or(|last| last.granted),
        Permit::Given => was_stopped(decisions),
    };
    let changed = decided.into_iter().filter(|(business, before)| is_meant(*business) && is_changed(before));
    changed
        .map(|(business, _)| Consent {
            person: person.clone(),
            business: business.cloned(),
            topic: Topic::Marketing,
            channel: Channel::Sms,
            granted: permit == Permit::Given,
            source: if permit == Permit::Given { STARTED } else { STOPPED }.to_owned(),
            wording: None,
            ip: None,
            at,
        })
        .collect()
}

/// Whether the last decision is a STOP that took back what had been agreed to.
fn was_stopped(decisions: &[&Consent]) -> bool {
    match decisions {
        [.., before, last] => before.granted && !last.granted && last.source == STOPPED,
        [_] | [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carillon_testkit::build::{id, now};

    fn consent(business: &str, granted: bool, source: &str) -> Consent {
        Consent {
            person: id("camille"),
            business: Some(id(business)),
            topic: Topic::Marketing,
            channel: Channel::Sms,
            granted,
            source: source.to_owned(),
            wording: None,
            ip: None,
            at: now(),
        }
    }

    fn follows(
        permit: Permit,
        before: &[Consent],
        towards: Option<&str>,
    ) -> Vec<(Option<String>, bool, String)> {
        let towards: Option<BusinessId> = towards.map(id);
        let follow = follow(permit, &id("camille"), before, towards.as_ref(), now());
        follow
            .into_iter()
            .map(|one| (one.business.map(|id| id.to_string()), one.granted, one.source))
            .collect()
    }

    #[test]
    fn stop_withdraws_what_was_agreed_and_start_gives_that_alone_again() {
        let agreed = [consent("salon", true, "booking_form"), consent("other", true, "booking_form")];
        let stopped = |business: &str| (Some(business.to_owned()), false, STOPPED.to_owned());
        assert_eq!(follows(Permit::Withdrawn, &agreed, Some("salon")), [stopped("salon")]);
        assert_eq!(follows(Permit::Withdrawn, &agreed, None), [stopped("other"), stopped("salon")]);
        assert_eq!(
            follows(Permit::Withdrawn, &[], Some("salon")),
            [stopped("salon")],
            "a decision all the same"
        );
        assert_eq!(follows(Permit::Withdrawn, &[], None), []);
        let then: Vec<_> = agreed.into_iter().chain([consent("salon", false, STOPPED)]).collect();
        let started = (Some("salon".to_owned()), true, STARTED.to_owned());
        assert_eq!(follows(Permit::Given, &then, Some("salon")), std::slice::from_ref(&started));
        assert_eq!(follows(Permit::Given, &then, None), [started]);
        assert_eq!(follows(Permit::Withdrawn, &then, Some("salon")), [], "already");
        let by_hand = [consent("salon", true, "booking_form"), consent("salon", false, "preferences")];
        assert_eq!(follows(Permit::Given, &by_hand, Some("salon")), [], "not what STOP withdrew");
        assert_eq!(follows(Permit::Given, &[consent("salon", false, STOPPED)], Some("salon")), []);
        let email = [Consent { channel: Channel::Email, ..consent("salon", true, "booking_form") }];
        assert_eq!(follows(Permit::Withdrawn, &email, None), []);
    }
}
