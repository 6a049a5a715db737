//! Tests of what decisions mean.

use crate::category::Category;
use crate::channel::{Channel, Purpose};
use crate::consent::{Holding, Topic};
use crate::decided::{Verdict, add, decided, verdict};

fn holds(topic: Topic, channel: Channel, allowed: bool) -> Holding {
    Holding { business: "salon".parse().ok(), topic, channel, allowed }
}

#[test]
fn the_most_specific_decision_holds() {
    let kind = "client.payment_confirmed".parse().unwrap();
    let (of_kind, of_category) =
        (Topic::Kind("client.payment_confirmed".parse().unwrap()), Topic::Category(Category::Payments));
    let cases = [
        (vec![], false),
        (vec![(&of_category, false)], true),
        (vec![(&of_category, false), (&of_kind, true)], false),
        (vec![(&of_category, true), (&of_kind, false)], true),
        // What is said of marketing never holds back a service message.
        (vec![(&Topic::Marketing, false)], false),
    ];
    for (said, unsubscribed) in cases {
        let found = verdict(&kind, Purpose::Service, |topic| {
            said.iter().find(|(said, _)| *said == topic).map(|(_, allowed)| *allowed)
        });
        assert_eq!(found.unsubscribed, unsubscribed, "{said:?}");
    }
}

#[test]
fn a_list_of_what_was_wanted_is_held_back_by_nothing_but_its_own_name() {
    let list = "client.digest".parse().unwrap();
    let no_to = |refused: Topic| {
        verdict(&list, Purpose::Service, |topic| (*topic == refused).then_some(false)).unsubscribed
    };
    assert!(!no_to(Topic::Category(Category::Reports)) && !no_to(Topic::Category(Category::Appointments)));
    assert!(no_to(Topic::Kind(list.clone())));
}

#[test]
fn no_decision_on_one_kind_goes_past_a_refusal_of_marketing() {
    let kind = "client.review_request".parse().unwrap();
    let table = [
        (None, None, Verdict { unsubscribed: false, consented: false }),
        (None, Some(true), Verdict { unsubscribed: false, consented: true }),
        (Some(false), Some(true), Verdict { unsubscribed: true, consented: true }),
        (Some(true), Some(false), Verdict { unsubscribed: true, consented: false }),
        (Some(true), None, Verdict { unsubscribed: false, consented: false }),
    ];
    for (of_kind, marketing, expected) in table {
        let found = verdict(&kind, Purpose::Marketing, |topic| match topic {
            Topic::Kind(_) => of_kind,
            Topic::Marketing => marketing,
            Topic::Category(_) => None,
        });
        assert_eq!(found, expected, "{of_kind:?} {marketing:?}");
    }
}

#[test]
fn a_decision_towards_a_business_is_over_one_towards_everybody_unless_that_refused_later() {
    let everybody = |allowed| Holding { business: None, ..holds(Topic::Marketing, Channel::Sms, allowed) };
    let salon = "salon".parse().ok();
    let said = |holding: &[Holding]| decided(holding, salon.as_ref(), &Topic::Marketing, Channel::Sms);
    let mut holding = vec![];
    add(&mut holding, everybody(false));
    assert_eq!(said(&holding), Some(false));
    add(&mut holding, holds(Topic::Marketing, Channel::Sms, true));
    assert_eq!(said(&holding), Some(true));
    add(&mut holding, everybody(true));
    assert_eq!(holding.len(), 2);
    add(&mut holding, everybody(false));
    assert_eq!((said(&holding), holding.len()), (Some(false), 1));
    add(&mut holding, holds(Topic::Marketing, Channel::Sms, false));
    add(&mut holding, everybody(true));
    assert_eq!(said(&holding), Some(false), "a yes to everybody takes nothing back");
}
