//! Tests of the chain: whatever is done to a record is found, at its place.

use crate::category::Category;
use crate::channel::Channel;
use crate::consent::{BEGIN, Chain, Consent, Holding, Recorded, Topic, check, hash, link};

fn consent(topic: Topic, granted: bool) -> Consent {
    Consent {
        person: "camille".parse().unwrap(),
        business: "salon".parse().ok(),
        topic,
        channel: Channel::Email,
        granted,
        source: "booking_form".to_owned(),
        wording: Some("2026-05".to_owned()),
        ip: "192.0.2.7".parse().ok(),
        at: chrono::DateTime::from_timestamp_millis(1_796_112_000_123).unwrap(),
    }
}

fn chain() -> Vec<Recorded> {
    let decisions = [
        consent(Topic::Marketing, true),
        consent(Topic::Category(Category::Reminders), false),
        consent(Topic::Kind("client.payment_confirmed".parse().unwrap()), false),
        consent(Topic::Marketing, false),
    ];
    let mut records: Vec<Recorded> = Vec::new();
    for consent in decisions {
        let before = records.last().and_then(|last| last.link.clone());
        let link = link(before.as_ref(), &consent, Some("keyed".to_owned()));
        records.push(Recorded { consent, link: Some(link) });
    }
    records
}

fn holding() -> Vec<Holding> {
    chain()[1..]
        .iter()
        .map(|one| Holding {
            business: one.consent.business.clone(),
            topic: one.consent.topic.clone(),
            channel: one.consent.channel,
            allowed: one.consent.granted,
        })
        .collect()
}

#[test]
fn an_untouched_chain_is_intact_in_whatever_order_it_is_read() {
    let mut records = chain();
    assert_eq!(check(&records, &holding()), Chain::Intact);
    records.reverse();
    assert_eq!(check(&records, &holding()), Chain::Intact);
    assert_eq!(check(&[], &[]), Chain::Intact);
}

#[test]
fn every_field_is_under_the_hash() {
    let changes: [fn(&mut Recorded); 12] = [
        |one| one.consent.person = "zoe".parse().unwrap(),
        |one| one.consent.business = None,
        |one| one.consent.topic = Topic::Category(Category::Payments),
        |one| one.consent.channel = Channel::Sms,
        |one| one.consent.granted = !one.consent.granted,
        |one| one.consent.source.push('!'),
        |one| one.consent.wording = None,
        |one| one.consent.at += chrono::TimeDelta::milliseconds(1),
        |one| one.link.as_mut().unwrap().ip_hash = None,
        |one| one.link.as_mut().unwrap().previous_hash = BEGIN.replace('0', "1"),
        |one| one.link.as_mut().unwrap().hash = BEGIN.to_owned(),
        // Taken out of the chain altogether.
        |one| one.link = None,
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut records = chain();
        change(&mut records[1]);
        assert_eq!(check(&records, &holding()), Chain::BrokenAt(2), "change {number}");
    }
}

#[test]
fn what_is_removed_or_put_in_is_found_at_its_place() {
    for place in 0..4 {
        let mut records = chain();
        records.remove(place);
        let seq = u64::try_from(place).unwrap() + 1;
        assert_eq!(check(&records, &holding()), Chain::BrokenAt(seq), "without the one at {place}");
    }
    let mut records = chain();
    let forged = consent(Topic::Marketing, true);
    let place = link(records[1].link.as_ref(), &forged, None);
    records.insert(2, Recorded { consent: forged, link: Some(place) });
    assert_eq!(check(&records, &holding()), Chain::BrokenAt(4));
}

#[test]
fn a_decision_that_holds_without_a_record_breaks_the_chain_at_its_end() {
    let mut holding = holding();
    holding.last_mut().unwrap().allowed = true;
    assert_eq!(check(&chain(), &holding), Chain::BrokenAt(5));
}

#[test]
fn records_older_than_the_chain_prove_what_holds_and_break_nothing() {
    let older = Recorded { consent: consent(Topic::Category(Category::Messages), false), link: None };
    let holds = Holding {
        business: older.consent.business.clone(),
        topic: older.consent.topic.clone(),
        channel: Channel::Email,
        allowed: false,
    };
    let records: Vec<_> = chain().into_iter().chain([older]).collect();
    assert_eq!(check(&records, &[holds]), Chain::Intact);
}

/// Worked out by hand with `printf … | sha256sum`: whoever has an export can do the same.
#[test]
fn the_hash_can_be_worked_out_by_anybody() {
    let one = Consent { wording: None, ..consent(Topic::Marketing, true) };
    assert_eq!(
        hash(BEGIN, 1, &one, None),
        "38a49e7a277bde0eb6d87304235d506b56d931767d97e80c1f2021085564f14e"
    );
}

#[test]
fn a_topic_is_read_back_as_written() {
    for text in ["marketing", "category:reminders", "kind:client.payment_confirmed"] {
        assert_eq!(text.parse::<Topic>().unwrap().to_string(), text);
    }
    assert_eq!("category:marketing".parse(), Ok(Topic::Marketing));
    for text in ["", "category:", "category:fun", "kind:", "people:x", "Marketing"] {
        assert!(text.parse::<Topic>().is_err(), "{text:?}");
    }
}
