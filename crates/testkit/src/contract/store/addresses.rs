//! Addresses that receipts and their owners condemn, and absolve.

use carillon_domain::message::TryEnd;
use carillon_domain::receipt::{Said, Verdict};
use carillon_domain::{Channel, EmailAddress, Person, PhoneNumber, Purpose};
use carillon_ports::directory::StandingQuery;
use carillon_ports::receipts::{Address, InboundSms, Kept, NewReceipt, OptOut};

use super::Stores;
use super::receipts::receipt;
use crate::build::{client, id, now};

/// Whether an address of somebody is suppressed for a business.
async fn is_suppressed(stores: &Stores, person: &str, channel: Channel, business: &str) -> bool {
    let query = StandingQuery {
        person: id(person),
        business: Some(id(business)),
        kind: id("client.payment_confirmed"),
        purpose: Purpose::Service,
        channel,
    };
    stores.directory.list_standings(&[query]).await.expect("a look")[0].suppressed
}

fn email(text: &str) -> Address {
    Address::Email(EmailAddress::parse(text).expect("an address"))
}

fn elsewhere(person: &str) -> Person {
    Person { business: Some(id("other")), ..client(person) }
}

/// For everybody of the platform, whatever address the person has by now.
pub async fn a_dead_address_is_suppressed_as_it_was_tried(stores: Stores) {
    let claimed = stores.claimed_email().await;
    stores.record(&claimed, &TryEnd::Accepted, None, now()).await;
    stores.directory.put_person(&elsewhere("namesake"), now()).await.expect("a person");
    let corrected = Person { email: EmailAddress::parse("new@example.com").ok(), ..client("camille") };
    stores.directory.put_person(&corrected, now()).await.expect("corrected");
    let bounced = NewReceipt {
        verdict: Some((Verdict::Dead, email("Camille.Laurent@example.com"))),
        ..receipt(claimed.message.id, 1, Said::Bounced, "")
    };
    stores.keep(vec![bounced]).await;
    assert!(!is_suppressed(&stores, "namesake", Channel::Email, "other").await, "not before it is applied");
    stores.apply(now()).await;
    assert!(!is_suppressed(&stores, "camille", Channel::Email, "salon").await);
    assert!(is_suppressed(&stores, "namesake", Channel::Email, "other").await);
    assert!(!is_suppressed(&stores, "namesake", Channel::Sms, "other").await);
}

/// And not for the others.
pub async fn a_complaint_holds_for_the_business_that_was_complained_of(stores: Stores) {
    for (said, verdict) in
        [(Said::Complained, Verdict::Complained), (Said::Unsubscribed, Verdict::Unsubscribed)]
    {
        let claimed = stores.claimed_email().await;
        stores.record(&claimed, &TryEnd::Accepted, None, now()).await;
        let address = email("camille.laurent@example.com");
        let told =
            NewReceipt { verdict: Some((verdict, address)), ..receipt(claimed.message.id, 1, said, "") };
        stores.keep(vec![told]).await;
        stores.apply(now()).await;
        assert!(is_suppressed(&stores, "camille", Channel::Email, "salon").await);
        assert!(!is_suppressed(&stores, "camille", Channel::Email, "other").await);
    }
}

fn text(number: u32, opt_out: Option<OptOut>) -> InboundSms {
    InboundSms {
        provider: "test",
        provider_id: format!("SM{number}"),
        from: "+33612345678".to_owned(),
        sender: PhoneNumber::parse("+33612345678").ok(),
        text: "Stop, merci".to_owned(),
        opt_out,
        at: now(),
    }
}

/// For every business, once for each text, until the same number says start.
pub async fn who_texts_stop_is_left_alone_until_start(stores: Stores) {
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    let keep = async |text: InboundSms| stores.receipts.keep_inbound(vec![text]).await.expect("kept");
    let new = Kept { new: 1, repeated: 0 };
    let suppressed = async || is_suppressed(&stores, "camille", Channel::Sms, "salon").await;
    assert_eq!(keep(text(1, None)).await, new);
    assert_eq!(keep(text(2, Some(OptOut::Help))).await, new);
    assert!(!suppressed().await);
    assert_eq!(keep(text(3, Some(OptOut::Stop))).await, new);
    assert!(suppressed().await && is_suppressed(&stores, "camille", Channel::Sms, "other").await);
    assert!(!is_suppressed(&stores, "camille", Channel::Email, "salon").await);
    let why = carillon_domain::Reason::Rejected;
    let salon = id("salon");
    stores.store.suppress(&client("camille"), Channel::Sms, Some(&salon), why, now()).await.expect("noted");
    assert_eq!(keep(text(4, Some(OptOut::Start))).await, new);
    assert!(!suppressed().await, "whatever stood against it");
    assert_eq!(keep(text(3, Some(OptOut::Stop))).await, Kept { new: 0, repeated: 1 });
    assert!(!suppressed().await, "an old text that comes again changes nothing");
}

/// What they wrote goes with them: the same text is new afterwards.
pub async fn an_erased_persons_texts_are_gone(stores: Stores) {
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    let keep = async || stores.receipts.keep_inbound(vec![text(1, None)]).await.expect("kept");
    assert_eq!((keep().await.new, keep().await.new), (1, 0));
    stores.directory.erase_person(&id("camille"), now()).await.expect("erased");
    assert_eq!(keep().await.new, 1);
}
