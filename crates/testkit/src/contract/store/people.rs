//! People, what they agreed to, and how they are forgotten.

use carillon_domain::decision::Standing;
use carillon_domain::message::TryEnd;
use carillon_domain::{Actor, Cause, Channel, Class, Purpose, Reach, Reason, Role, Value};
use carillon_ports::StoreError;
use carillon_ports::content::Content;
use carillon_ports::directory::{Consent, StandingQuery, Topic};

use super::{Stores, in_app, message_ids};
use crate::build::{Accepting, business, client, id, now};

fn query(person: &str, purpose: Purpose, channel: Channel) -> StandingQuery {
    StandingQuery {
        person: id(person),
        business: Some(id("salon")),
        kind: id("client.review_request"),
        purpose,
        channel,
        at: now(),
    }
}

async fn standing(stores: &Stores, query: StandingQuery) -> Standing {
    stores.directory.list_standings(&[query]).await.expect("standings").remove(0)
}

/// Whole, by id, by business and role.
pub async fn a_person_is_read_back_as_stored(stores: Stores) {
    let mut owner = client("helene");
    (owner.actor, owner.role) = (Actor::BusinessUser, Some(Role::Owner));
    (owner.locale, owner.timezone) = ("fr-CH".parse().ok(), "Europe/Zurich".parse().ok());
    assert_eq!(stores.directory.put_person(&owner, now()).await, Ok(true));
    assert_eq!(stores.directory.put_person(&owner, now()).await, Ok(false));
    assert_eq!(stores.directory.find_people(&[id("helene"), id("nobody")]).await, Ok(vec![owner.clone()]));
    let owners =
        stores.directory.list_people(Some(&id("salon")), Actor::BusinessUser, Some(Role::Owner)).await;
    assert_eq!(owners, Ok(vec![owner.clone()]));
    assert_eq!(stores.directory.list_people(Some(&id("other")), Actor::BusinessUser, None).await, Ok(vec![]));
    assert_eq!(stores.directory.find_person(&id("helene"), &Reach::Business(id("other"))).await, Ok(None));
    assert!(stores.directory.put_business(&business("salon"), now()).await.expect("new"));
    assert_eq!(stores.directory.find_business(&id("salon")).await, Ok(Some(business("salon"))));
}

/// The key is destroyed: what is left cannot be opened by anybody.
pub async fn an_erased_person_is_gone_and_so_is_what_they_were_sent(stores: Stores) {
    let later = now() + chrono::TimeDelta::hours(1);
    let acceptance = Accepting::event(&*stores.ids)
        .message(Channel::Email, now())
        .message(Channel::InApp, now())
        .message(Channel::Sms, later)
        .done();
    let (ids, event) = (message_ids(&acceptance), acceptance.event.id);
    let notifications: Vec<_> = acceptance.notifications.iter().map(|notification| notification.id).collect();
    stores.accept(acceptance).await;
    for claimed in stores.claim(&ids, now()).await {
        let content = if claimed.message.channel == Channel::InApp {
            in_app("hello")
        } else {
            Content::Sms { text: "hello".to_owned() }
        };
        assert!(stores.record(&claimed, &TryEnd::Accepted, Some(content), now()).await);
    }
    assert_eq!(stores.directory.erase_person(&id("camille"), now()).await, Ok(true));
    assert_eq!(stores.directory.erase_person(&id("camille"), now()).await, Ok(false));
    assert_eq!(stores.directory.find_people(&[id("camille")]).await, Ok(vec![]));
    let (event, _) = stores.history.find_event(event, &Reach::Platform).await.expect("a look").expect("one");
    assert_eq!(event.data, Value::Null);
    let sent = stores
        .history
        .find_notification(notifications[0], &Reach::Platform)
        .await
        .expect("a look")
        .expect("one");
    assert_eq!(sent.messages[0].content, None);
    let waiting = stores
        .history
        .find_notification(notifications[2], &Reach::Platform)
        .await
        .expect("a look")
        .expect("one");
    assert_eq!(waiting.messages[0].message.reason, Some(Reason::Erased));
    assert_eq!(stores.inbox.list_inbox(&id("camille"), None, 10).await, Ok(vec![]));
    assert!(standing(&stores, query("camille", Purpose::Service, Channel::Email)).await.erased);
}

/// There is a new key: what the old one sealed stays closed, and holds up nothing.
pub async fn a_person_who_comes_back_breaks_nothing_of_before(stores: Stores) {
    stores.directory.put_person(&client("marc"), now()).await.expect("a person");
    let acceptance = Accepting::event(&*stores.ids)
        .message(Channel::Email, now())
        .message_for("marc", Channel::InApp, Class::Immediate, now())
        .done();
    let (ids, event) = (message_ids(&acceptance), acceptance.event.id);
    let notification = acceptance.notifications[0].id;
    stores.accept(acceptance).await;
    let claimed = stores.claim(&ids[..1], now()).await.remove(0);
    assert!(
        stores
            .record(&claimed, &TryEnd::Accepted, Some(Content::Sms { text: "hello".to_owned() }), now())
            .await
    );
    assert_eq!(stores.directory.erase_person(&id("camille"), now()).await, Ok(true));
    assert_eq!(stores.directory.put_person(&client("camille"), now()).await, Ok(true));

    let (event, _) = stores.history.find_event(event, &Reach::Platform).await.expect("a look").expect("one");
    assert_eq!(event.data, Value::Null);
    let record =
        stores.history.find_notification(notification, &Reach::Platform).await.expect("a look").expect("one");
    assert_eq!(record.messages[0].content, None);
    let claimed = stores.claim(&ids, now()).await;
    assert_eq!((claimed.len(), claimed[0].event.is_none()), (1, true));
}

/// The check before the commit can be overtaken; this one cannot.
pub async fn nobody_takes_over_a_person_of_another_business(stores: Stores) {
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    let thief = carillon_domain::Person { business: Some(id("other")), ..client("camille") };
    assert!(matches!(stores.directory.put_person(&thief, now()).await, Err(StoreError::Conflict(_))));
    let acceptance = Accepting::event(&*stores.ids).with(|acceptance| acceptance.people = vec![thief]).done();
    assert!(matches!(stores.store.append(acceptance).await, Err(StoreError::Conflict(_))));
    assert_eq!(stores.directory.find_people(&[id("camille")]).await, Ok(vec![client("camille")]));
}

/// And one towards this business has the last word where it allows.
pub async fn a_decision_towards_everybody_holds_towards_each(stores: Stores) {
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    let ask = || query("camille", Purpose::Marketing, Channel::Email);
    let decision = |granted, business| Consent {
        person: id("camille"),
        business,
        topic: Topic::Marketing,
        channel: Channel::Email,
        granted,
        source: "account".to_owned(),
        wording: None,
        ip: None,
        at: now(),
    };
    stores.directory.add_consent(&decision(true, None)).await.expect("kept");
    assert!(standing(&stores, ask()).await.consented);
    stores.directory.add_consent(&decision(false, Some(id("salon")))).await.expect("kept");
    assert!(!standing(&stores, ask()).await.consented && standing(&stores, ask()).await.unsubscribed);
    stores.directory.add_consent(&decision(true, Some(id("salon")))).await.expect("kept");
    stores.directory.add_consent(&decision(false, None)).await.expect("kept");
    assert!(standing(&stores, ask()).await.unsubscribed);
}

/// The last one holds; all are kept.
pub async fn decisions_hold_and_are_kept_as_proof(stores: Stores) {
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    let ask = || query("camille", Purpose::Marketing, Channel::Email);
    assert_eq!(standing(&stores, ask()).await, Standing::default());
    let decision = |granted, topic| Consent {
        person: id("camille"),
        business: Some(id("salon")),
        topic,
        channel: Channel::Email,
        granted,
        source: "booking_form".to_owned(),
        wording: Some("v1".to_owned()),
        ip: None,
        at: now(),
    };
    let yes = decision(true, Topic::Marketing);
    stores.directory.add_consent(&yes).await.expect("kept");
    assert!(standing(&stores, ask()).await.consented);
    let no = decision(false, Topic::Marketing);
    stores.directory.add_consent(&no).await.expect("kept");
    let withdrawn = standing(&stores, ask()).await;
    assert!(withdrawn.unsubscribed && !withdrawn.consented);
    assert!(!standing(&stores, query("camille", Purpose::Service, Channel::Email)).await.unsubscribed);
    let kind = decision(false, Topic::Kind(id("client.review_request")));
    stores.directory.add_consent(&kind).await.expect("kept");
    assert!(standing(&stores, query("camille", Purpose::Service, Channel::Email)).await.unsubscribed);
    let kept = stores.directory.list_consents(&id("camille")).await.expect("a list");
    assert_eq!(kept.into_iter().map(|one| one.consent).collect::<Vec<_>>(), [yes, no, kind]);
}

/// By keyed hash: it outlives the person, and holds for another person with the same address.
pub async fn a_suppressed_address_stays_suppressed_for_whoever_has_it(stores: Stores) {
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    let salon = id("salon");
    stores
        .store
        .suppress(&client("camille"), Channel::Email, Some(&salon), Cause::Rejected, now())
        .await
        .expect("noted");
    assert!(standing(&stores, query("camille", Purpose::Service, Channel::Email)).await.suppressed);
    assert!(!standing(&stores, query("camille", Purpose::Service, Channel::Sms)).await.suppressed);
    stores.directory.erase_person(&id("camille"), now()).await.expect("erased");
    stores.directory.put_person(&client("camille-again"), now()).await.expect("a person");
    assert!(standing(&stores, query("camille-again", Purpose::Service, Channel::Email)).await.suppressed);
}
