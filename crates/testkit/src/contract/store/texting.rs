//! What becomes of texts that people send.

use carillon_domain::message::TryEnd;
use carillon_domain::{Channel, PhoneNumber, Purpose, Reach};
use carillon_ports::StoreError;
use carillon_ports::directory::{Consent, StandingQuery, Topic};
use carillon_ports::keys::AuditEntry;
use carillon_ports::operations::AuditFilter;
use carillon_ports::receipts::{InboundSms, OptOut};
use carillon_ports::texting::{Choice, Correspondence, Permit, Question, Reply, Settlement, Since, TextName};
use chrono::{DateTime, TimeDelta, Utc};

use super::{Stores, message_ids};
use crate::build::{self, Accepting, client, id, now};

const NUMBER: &str = "+33612345678";

fn number() -> PhoneNumber {
    PhoneNumber::parse(NUMBER).expect("a number")
}

fn name(sid: &str) -> TextName {
    TextName { provider: "test".to_owned(), provider_id: sid.to_owned() }
}

fn seconds(seconds: i64) -> DateTime<Utc> {
    now() + TimeDelta::seconds(seconds)
}

/// A settlement of which nothing follows, by the client to the salon.
fn settlement(sid: &str, at: DateTime<Utc>) -> Settlement {
    Settlement {
        name: name(sid),
        person: Some(id("camille")),
        business: Some(id("salon")),
        appointment: None,
        answer: None,
        question: None,
        permit: None,
        consents: Vec::new(),
        pass_on: false,
        audit: Vec::new(),
        at,
    }
}

fn consent(granted: bool) -> Consent {
    Consent {
        person: id("camille"),
        business: Some(id("salon")),
        topic: Topic::Marketing,
        channel: Channel::Sms,
        granted,
        source: "sms_stop".to_owned(),
        wording: None,
        ip: None,
        at: now(),
    }
}

impl Stores {
    async fn keep_text(&self, sid: &str, text: &str, at: DateTime<Utc>) {
        let sms = InboundSms {
            provider: "test",
            provider_id: sid.to_owned(),
            from: NUMBER.to_owned(),
            sender: Some(number()),
            text: text.to_owned(),
            opt_out: None,
            at,
        };
        self.receipts.keep_inbound(vec![sms]).await.expect("kept");
    }

    async fn settle(&self, settlement: Settlement) -> Result<(), StoreError> {
        self.texts.settle(settlement).await
    }

    async fn correspondence(&self) -> Correspondence {
        let long_ago = now() - TimeDelta::days(90);
        let since = Since { sent: long_ago, asked: long_ago, answered: long_ago };
        self.texts.find_correspondence(&number(), since).await.expect("a look")
    }

    async fn is_stopped(&self, business: &str) -> bool {
        let query = StandingQuery {
            person: id("camille"),
            business: Some(id(business)),
            kind: id("client.payment_confirmed"),
            purpose: Purpose::Service,
            channel: Channel::Sms,
            at: now(),
        };
        self.directory.list_standings(&[query]).await.expect("a look")[0].suppressed
    }

    async fn waiting(&self, at: DateTime<Utc>) -> Vec<String> {
        let waiting = self.texts.list_waiting(at, 10).await.expect("a look");
        waiting.into_iter().map(|one| one.text.expect("readable")).collect()
    }
}

/// The first settlement stands, whoever comes second.
pub async fn a_text_is_settled_once_and_keeps_its_answer(stores: Stores) {
    assert_eq!(stores.texts.find_text(&name("SM1")).await, Ok(None));
    stores.keep_text("SM1", "oui", now()).await;
    let kept = stores.texts.find_text(&name("SM1")).await.expect("a look").expect("one");
    assert_eq!((kept.text.as_str(), &kept.sender, kept.opt_out), ("oui", &Some(number()), None));
    assert!(kept.settled.is_none() && kept.at == now());
    let answered = |text: &str| Settlement { answer: Some(text.to_owned()), ..settlement("SM1", now()) };
    let calls: Vec<_> = (0..4)
        .map(|one| {
            let (stores, answer) = (stores.clone(), answered(&format!("answer {one}")));
            tokio::spawn(async move { stores.settle(answer).await })
        })
        .collect();
    let mut first = None;
    for (one, call) in calls.into_iter().enumerate() {
        match call.await.expect("no panic") {
            Ok(()) => assert_eq!(first.replace(one), None, "one alone"),
            Err(error) => assert_eq!(error, StoreError::Overtaken),
        }
    }
    let kept = stores.texts.find_text(&name("SM1")).await.expect("a look").expect("one");
    let expected = first.map(|one| format!("answer {one}"));
    assert_eq!(kept.settled.expect("settled").answer, expected);
    assert_eq!(stores.settle(settlement("unknown", now())).await, Err(StoreError::Overtaken));
}

/// Those that nobody settled, and what the provider understood.
pub async fn a_text_that_was_only_kept_is_found(stores: Stores) {
    stores.keep_text("SM2", "oui", seconds(2)).await;
    stores.keep_text("SM1", "oui", now()).await;
    let unsettled = async |before| stores.texts.list_unsettled(before, 10).await.expect("a look");
    assert_eq!(unsettled(now()).await, []);
    assert_eq!(unsettled(seconds(3)).await, [name("SM1"), name("SM2")]);
    stores.settle(settlement("SM1", seconds(3))).await.expect("settled");
    assert_eq!(unsettled(seconds(3)).await, [name("SM2")]);
    let help = InboundSms {
        provider: "test",
        provider_id: "SM3".to_owned(),
        from: "36111".to_owned(),
        sender: None,
        text: String::new(),
        opt_out: Some(OptOut::Help),
        at: now(),
    };
    stores.receipts.keep_inbound(vec![help]).await.expect("kept");
    let kept = stores.texts.find_text(&name("SM3")).await.expect("a look").expect("one");
    assert_eq!((kept.sender, kept.opt_out), (None, Some(OptOut::Help)));
}

/// Who has the number, what left for it, what was asked and answered.
pub async fn what_passed_with_a_number_is_found(stores: Stores) {
    let booking = build::booking(build::appointment("a-1"), 1);
    let reminder = Accepting::event(&*stores.ids).message(Channel::Sms, now()).fenced_by(booking).done();
    let ids = message_ids(&reminder);
    stores.accept(reminder).await;
    assert_eq!(stores.correspondence().await.sent, [], "nothing has left");
    let claimed = stores.claim(&ids, now()).await.remove(0);
    stores.record(&claimed, &TryEnd::Accepted, None, seconds(1)).await;
    let email = Accepting::event(&*stores.ids).message(Channel::Email, now()).done();
    let ids = message_ids(&email);
    stores.accept(email).await;
    let claimed = stores.claim(&ids, now()).await.remove(0);
    stores.record(&claimed, &TryEnd::Accepted, None, seconds(2)).await;
    let found = stores.correspondence().await;
    assert_eq!(found.people, [client("camille")]);
    assert_eq!(found.sent.len(), 1, "by SMS alone");
    assert_eq!((&found.sent[0].appointment, found.sent[0].at), (&Some((id("a-1"), 1)), seconds(1)));
    assert_eq!((&found.sent[0].business, &found.sent[0].person), (&Some(id("salon")), &id("camille")));
    assert!(found.question.is_none() && found.answered == 0 && found.stopped.is_empty());

    let choices =
        vec![Choice { appointment: id("a-1"), timing: 1 }, Choice { appointment: id("a-2"), timing: 7 }];
    let question = Question { reply: Reply::No, business: id("salon"), choices, at: seconds(5) };
    stores.keep_text("SM1", "non", seconds(4)).await;
    let asked = Settlement {
        answer: Some("which?".to_owned()),
        question: Some(question.clone()),
        ..settlement("SM1", seconds(5))
    };
    stores.settle(asked).await.expect("settled");
    let found = stores.correspondence().await;
    assert_eq!((found.question, found.answered), (Some(question), 1));
    let later = Since { sent: seconds(2), asked: seconds(6), answered: seconds(6) };
    let found = stores.texts.find_correspondence(&number(), later).await.expect("a look");
    assert!(found.sent.is_empty() && found.question.is_none() && found.answered == 0);
    let other = PhoneNumber::parse("+33612345679").expect("a number");
    assert!(stores.texts.find_correspondence(&other, later).await.expect("a look").people.is_empty());
}

/// For one business or for all, with the consent and the trail, and START lifts it.
pub async fn a_stop_is_settled_whole_and_start_lifts_it(stores: Stores) {
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    stores.keep_text("SM1", "stop", now()).await;
    let entry = AuditEntry {
        at: now(),
        actor: "texts".to_owned(),
        action: "sms.stopped".to_owned(),
        business: Some(id("salon")),
        target: "camille".to_owned(),
    };
    let stop = Settlement {
        permit: Some(Permit::Withdrawn),
        consents: vec![consent(false)],
        audit: vec![entry],
        ..settlement("SM1", now())
    };
    stores.settle(stop.clone()).await.expect("settled");
    assert!(stores.is_stopped("salon").await && !stores.is_stopped("other").await);
    assert_eq!(stores.correspondence().await.stopped, [Some(id("salon"))]);
    let kept = stores.directory.list_consents(&id("camille")).await.expect("a list");
    assert_eq!(kept.into_iter().map(|one| one.consent).collect::<Vec<_>>(), [consent(false)]);
    assert_eq!(stores.settle(stop).await, Err(StoreError::Overtaken));
    assert_eq!(stores.directory.list_consents(&id("camille")).await.map(|all| all.len()), Ok(1));
    let filter = AuditFilter { action: Some("sms.stopped".to_owned()), ..AuditFilter::default() };
    let trail = stores.operations.list_audit(&filter, &Reach::Platform, None, 10).await.expect("a trail");
    assert_eq!(trail.len(), 1);

    stores.keep_text("SM2", "stop", now()).await;
    let everybody =
        Settlement { business: None, permit: Some(Permit::Withdrawn), ..settlement("SM2", now()) };
    stores.settle(everybody).await.expect("settled");
    assert!(stores.is_stopped("other").await);
    stores.keep_text("SM3", "start", now()).await;
    stores
        .settle(Settlement { permit: Some(Permit::Given), ..settlement("SM3", now()) })
        .await
        .expect("settled");
    assert!(!stores.is_stopped("salon").await && !stores.is_stopped("other").await);
}

/// In one commit, and neither without the other.
pub async fn a_text_is_settled_with_its_event_or_not_at_all(stores: Stores) {
    stores.keep_text("SM1", "oui", now()).await;
    let confirming = || {
        let settles = Settlement { answer: Some("confirmed".to_owned()), ..settlement("SM1", now()) };
        Accepting::event(&*stores.ids)
            .message(Channel::Email, now())
            .with(|acceptance| acceptance.settles = Some(Box::new(settles)))
            .done()
    };
    let (first, second) = (confirming(), confirming());
    let event = second.event.id;
    stores.accept(first).await;
    assert_eq!(stores.store.append(second).await, Err(StoreError::Overtaken));
    let found = stores.history.find_event(event, &Reach::Platform).await.expect("a look");
    assert!(found.is_none(), "nothing of it was written");
    let kept = stores.texts.find_text(&name("SM1")).await.expect("a look").expect("one");
    assert_eq!(kept.settled.expect("settled").answer.as_deref(), Some("confirmed"));
}

/// Once each, and a number's next ones a minute later.
pub async fn a_text_for_staff_is_passed_on_once_and_the_next_a_minute_later(stores: Stores) {
    let for_staff =
        |sid: &str, at| Settlement { pass_on: true, appointment: Some(id("a-1")), ..settlement(sid, at) };
    stores.keep_text("SM1", "first", now()).await;
    stores.settle(for_staff("SM1", now())).await.expect("settled");
    let waiting = stores.texts.list_waiting(now(), 10).await.expect("a look");
    let one = &waiting[0];
    assert_eq!((one.name.clone(), one.text.as_deref()), (name("SM1"), Some("first")));
    assert_eq!((&one.person, &one.business), (&id("camille"), &id("salon")));
    assert_eq!((&one.appointment, one.at), (&Some(id("a-1")), now()));
    let telling = |names: &[&str], at| {
        let names = names.iter().map(|sid| name(sid)).collect();
        Accepting::event(&*stores.ids)
            .with(|acceptance| {
                acceptance.passes_on = names;
                acceptance.event.accepted_at = at;
            })
            .done()
    };
    stores.accept(telling(&["SM1"], now())).await;
    assert_eq!(stores.store.append(telling(&["SM1"], now())).await, Err(StoreError::Overtaken));
    for (sid, text, at) in [("SM2", "second", 10), ("SM3", "third", 20)] {
        stores.keep_text(sid, text, seconds(at)).await;
        stores.settle(for_staff(sid, seconds(at))).await.expect("settled");
    }
    assert_eq!(stores.waiting(seconds(59)).await, Vec::<String>::new());
    assert_eq!(stores.waiting(seconds(60)).await, ["second", "third"]);
    stores.accept(telling(&["SM2", "SM3"], seconds(61))).await;
    stores.keep_text("SM4", "fourth", seconds(62)).await;
    stores.settle(for_staff("SM4", seconds(62))).await.expect("settled");
    assert_eq!(stores.waiting(seconds(120)).await, Vec::<String>::new());
    assert_eq!(stores.waiting(seconds(121)).await, ["fourth"]);
    stores.texts.drop_waiting(&[name("SM4")], seconds(121)).await.expect("dropped");
    assert_eq!(stores.waiting(seconds(999)).await, Vec::<String>::new());
}

/// Also what came from a number that they have no more.
pub async fn what_an_erased_person_wrote_from_an_older_number_is_gone_too(stores: Stores) {
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    stores.keep_text("SM1", "oui", now()).await;
    stores.settle(settlement("SM1", now())).await.expect("settled");
    let moved =
        carillon_domain::Person { phone: PhoneNumber::parse("+33612345679").ok(), ..client("camille") };
    stores.directory.put_person(&moved, now()).await.expect("another number");
    stores.directory.erase_person(&id("camille"), now()).await.expect("erased");
    assert_eq!(stores.texts.find_text(&name("SM1")).await, Ok(None));
}
