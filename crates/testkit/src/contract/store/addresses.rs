//! Addresses that receipts and their owners condemn, and absolve.

use carillon_domain::ids::MessageId;
use carillon_domain::message::TryEnd;
use carillon_domain::receipt::{Said, Verdict};
use carillon_domain::suppression::Against;
use carillon_domain::{BusinessId, Cause, Channel, EmailAddress, Person, PhoneNumber, Purpose, Status};
use carillon_ports::directory::{StandingQuery, Suppression};
use carillon_ports::receipts::{Address, InboundSms, Kept, NewReceipt, OptOut};
use carillon_ports::store::Outcome;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Stores;
use super::receipts::receipt;
use crate::build::{client, id, now};

/// Whether an address of somebody is suppressed for a business.
async fn is_suppressed(stores: &Stores, person: &str, channel: Channel, business: &str) -> bool {
    is_suppressed_at(stores, person, channel, business, now()).await
}

async fn is_suppressed_at(
    stores: &Stores,
    person: &str,
    channel: Channel,
    business: &str,
    at: DateTime<Utc>,
) -> bool {
    let query = StandingQuery {
        person: id(person),
        business: Some(id(business)),
        kind: id("client.payment_confirmed"),
        purpose: Purpose::Service,
        channel,
        at,
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

/// By the provider's own id of the message, else the last one that left for the address; and what fits none is passed over.
pub async fn a_receipt_without_our_ids_finds_its_message(stores: Stores) {
    let bounce = |provider_id: Option<&str>, event: &str| NewReceipt {
        of: None,
        provider_id: provider_id.map(str::to_owned),
        verdict: Some((Verdict::Dead, email("camille.laurent@example.com"))),
        event_id: event.to_owned(),
        ..receipt(MessageId(Uuid::nil()), 1, Said::Bounced, "")
    };
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    assert_eq!(stores.keep(vec![bounce(None, "e-0")]).await, Kept::default(), "nothing left for it");
    let (first, last) = (stores.claimed_email().await, stores.claimed_email().await);
    for (claimed, at) in [(&first, now()), (&last, now() + TimeDelta::minutes(1))] {
        let outcome = super::outcome(claimed, &TryEnd::Accepted, None, at);
        let provider_id = Some(format!("p-{}", claimed.message.id));
        stores.store.record(vec![Outcome { provider_id, ..outcome }]).await.expect("a record");
    }
    let id = format!("p-{}", first.message.id);
    assert_eq!(stores.keep(vec![bounce(Some(&id), "e-1")]).await.new, 1);
    let complaint = NewReceipt {
        verdict: Some((Verdict::Complained, email("camille.laurent@example.com"))),
        ..bounce(Some("another-programs"), "e-2")
    };
    assert_eq!(stores.keep(vec![complaint]).await, Kept::default(), "of another program's mail");
    stores.apply(now() + TimeDelta::minutes(2)).await;
    let statuses =
        async || [stores.status(first.notification.id).await, stores.status(last.notification.id).await];
    assert_eq!(statuses().await, [Status::Undelivered, Status::Sent]);
    assert!(is_suppressed(&stores, "camille", Channel::Email, "salon").await);
    assert_eq!(stores.keep(vec![bounce(None, "e-3")]).await.new, 1);
    stores.apply(now() + TimeDelta::minutes(2)).await;
    assert_eq!(statuses().await, [Status::Undelivered, Status::Undelivered]);
}

/// For a time that grows with each soft bounce that follows; a hard one holds for good.
pub async fn an_address_that_takes_nothing_for_now_rests(stores: Stores) {
    let claimed = stores.claimed_email().await;
    stores.record(&claimed, &TryEnd::Accepted, None, now()).await;
    let bounce = async |verdict, at: DateTime<Utc>| {
        let told = NewReceipt {
            verdict: Some((verdict, email("camille.laurent@example.com"))),
            at,
            ..receipt(claimed.message.id, 1, Said::Blocked, &at.to_rfc3339())
        };
        stores.keep(vec![told]).await;
        stores.apply(at).await;
    };
    let rests = async |at| is_suppressed_at(&stores, "camille", Channel::Email, "salon", at).await;
    bounce(Verdict::Resting, now()).await;
    assert!(rests(now() + TimeDelta::hours(3)).await && !rests(now() + TimeDelta::hours(5)).await);
    let second = now() + TimeDelta::hours(5);
    bounce(Verdict::Resting, second).await;
    assert!(rests(second + TimeDelta::hours(23)).await && !rests(second + TimeDelta::hours(25)).await);
    bounce(Verdict::Dead, second + TimeDelta::hours(1)).await;
    bounce(Verdict::Resting, second + TimeDelta::days(2)).await;
    assert!(rests(second + TimeDelta::days(400)).await, "for good");
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
    let why = Cause::Rejected;
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

/// With cause, dates and business; what is lifted is gone, for the cause that was seen and the address that the person has.
pub async fn what_stands_against_addresses_is_listed_and_lifted(stores: Stores) {
    let (camille, salon) = (client("camille"), id("salon"));
    stores.directory.put_person(&camille, now()).await.expect("a person");
    let note = async |channel, business, cause, at| {
        stores.store.suppress(&camille, channel, business, cause, at).await.expect("noted");
    };
    let list = async || stores.directory.list_suppressions(&camille).await.expect("a list");
    assert_eq!(list().await, []);
    let later = now() + TimeDelta::hours(1);
    note(Channel::Email, Some(&salon), Cause::Complained, later).await;
    note(Channel::Email, None, Cause::Bounced, now()).await;
    note(Channel::Sms, None, Cause::Unsubscribed, later + TimeDelta::hours(1)).await;
    let stands = |channel, business: Option<&BusinessId>, cause, since| Suppression {
        channel,
        business: business.cloned(),
        cause,
        since,
        until: None,
    };
    let bounce = stands(Channel::Email, None, Cause::Bounced, now());
    let complaint = stands(Channel::Email, Some(&salon), Cause::Complained, later);
    let stop = stands(Channel::Sms, None, Cause::Unsubscribed, later + TimeDelta::hours(1));
    assert_eq!(list().await, [bounce.clone(), complaint.clone(), stop.clone()]);

    let take_away = async |these: &[Suppression]| {
        stores.directory.lift_suppressions(&camille, these).await.expect("lifted");
    };
    take_away(&[]).await;
    take_away(&[Suppression { cause: Cause::Rejected, ..bounce.clone() }]).await;
    take_away(&[Suppression { channel: Channel::Sms, ..bounce.clone() }]).await;
    assert_eq!(list().await, [bounce.clone(), complaint.clone(), stop.clone()], "only what was seen");
    take_away(&[bounce, stop]).await;
    assert_eq!(list().await, [complaint]);
    assert!(!is_suppressed(&stores, "camille", Channel::Sms, "other").await);
    let corrected = Person { email: EmailAddress::parse("new@example.com").ok(), ..camille.clone() };
    assert_eq!(stores.directory.list_suppressions(&corrected).await.expect("a list"), []);
}

/// By [`Against::gives_way_to`], in whatever way a cause is noted.
pub async fn what_stands_against_an_address_gives_way_by_one_rule(stores: Stores) {
    let (camille, salon) = (client("camille"), id("salon"));
    stores.directory.put_person(&camille, now()).await.expect("a person");
    for known in Cause::ALL {
        for newer in Cause::ALL {
            for cause in [*known, *newer] {
                let noted = stores.store.suppress(&camille, Channel::Email, Some(&salon), cause, now()).await;
                noted.expect("noted");
            }
            let stands = stores.directory.list_suppressions(&camille).await.expect("a list");
            let [known, newer] = [*known, *newer].map(|cause| Against { cause, rests: false });
            let expected = if known.gives_way_to(newer) { newer } else { known };
            assert_eq!(stands.iter().map(|one| one.cause).collect::<Vec<_>>(), [expected.cause]);
            stores.directory.lift_suppressions(&camille, &stands).await.expect("lifted");
        }
    }
}

/// Lifting a bounce must not lift a stop with it.
pub async fn a_stop_outlasts_a_bounce_of_the_same_number(stores: Stores) {
    let camille = client("camille");
    stores.directory.put_person(&camille, now()).await.expect("a person");
    stores.receipts.keep_inbound(vec![text(1, Some(OptOut::Stop))]).await.expect("kept");
    stores.store.suppress(&camille, Channel::Sms, None, Cause::Bounced, now()).await.expect("noted");
    let stands = stores.directory.list_suppressions(&camille).await.expect("a list");
    assert_eq!(stands.iter().map(|one| one.cause).collect::<Vec<_>>(), [Cause::Unsubscribed]);
}
