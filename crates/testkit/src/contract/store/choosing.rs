//! What people decide by topic and channel, the chain it stands in, and what they choose for themselves.

use std::collections::BTreeMap;

use carillon_domain::business::QuietHours;
use carillon_domain::choices::{Digest, Rhythm};
use carillon_domain::consent::{Chain, check};
use carillon_domain::{Category, Channel, Choices, Purpose};
use carillon_ports::StoreError;
use carillon_ports::directory::{Consent, PreferenceChange, Recorded, StandingQuery, Topic};

use super::Stores;
use crate::build::{Accepting, client, id, now};

fn consent(topic: Topic, channel: Channel, granted: bool) -> Consent {
    Consent {
        person: id("camille"),
        business: Some(id("salon")),
        topic,
        channel,
        granted,
        source: "preference_page".to_owned(),
        wording: None,
        ip: "192.0.2.7".parse().ok(),
        at: now(),
    }
}

fn change(decisions: Vec<Consent>, choices: Option<Choices>) -> PreferenceChange {
    PreferenceChange { person: id("camille"), decisions, choices, given: None, at: now() }
}

fn choices() -> Choices {
    let hours = QuietHours { from: "21:00".to_owned(), to: "08:00".to_owned() };
    let daily = Digest { every: Rhythm::Daily, at: Some("18:00".to_owned()) };
    Choices { quiet_hours: Some(hours), digest: BTreeMap::from([(Category::Messages, daily)]) }
}

async fn unsubscribed(stores: &Stores, kind: &str, channel: Channel) -> bool {
    let query = StandingQuery {
        person: id("camille"),
        business: Some(id("salon")),
        kind: id(kind),
        purpose: Purpose::Service,
        channel,
        at: now(),
    };
    stores.directory.list_standings(&[query]).await.expect("standings")[0].unsubscribed
}

async fn chain(stores: &Stores) -> (Vec<Recorded>, Chain) {
    let records = stores.directory.list_consents(&id("camille")).await.expect("a list");
    let holding = stores.directory.list_holding(&id("camille")).await.expect("a list");
    let chain = check(&records, &holding);
    (records, chain)
}

/// By the channel it was said of; and a decision on one kind goes before that on its category.
pub async fn a_category_is_turned_off_for_each_kind_of_it(stores: Stores) {
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    let reminders = consent(Topic::Category(Category::Reminders), Channel::Sms, false);
    stores.directory.add_consent(&reminders).await.expect("kept");
    assert!(unsubscribed(&stores, "client.reminder_1h", Channel::Sms).await);
    assert!(unsubscribed(&stores, "staff.appointment_reminder", Channel::Sms).await);
    assert!(!unsubscribed(&stores, "client.reminder_1h", Channel::Email).await);
    assert!(!unsubscribed(&stores, "client.appointment_cancelled", Channel::Sms).await);
    let but = consent(Topic::Kind(id("client.reminder_1h")), Channel::Sms, true);
    stores.directory.add_consent(&but).await.expect("kept");
    assert!(!unsubscribed(&stores, "client.reminder_1h", Channel::Sms).await);
    assert!(unsubscribed(&stores, "staff.appointment_reminder", Channel::Sms).await);
    let marketing = consent(Topic::Marketing, Channel::Email, false);
    stores.directory.add_consent(&marketing).await.expect("kept");
    assert!(!unsubscribed(&stores, "client.appointment_cancelled", Channel::Email).await);
}

/// Whole, in the order given, each linked to the one before.
pub async fn decisions_stand_in_a_chain(stores: Stores) {
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    let decisions = vec![
        consent(Topic::Marketing, Channel::Email, true),
        Consent { business: None, ..consent(Topic::Marketing, Channel::Email, false) },
        consent(Topic::Kind(id("client.payment_confirmed")), Channel::Email, false),
    ];
    let kept = stores.directory.change_preferences(&change(decisions.clone(), None)).await.expect("kept");
    let (records, chain) = chain(&stores).await;
    assert_eq!((&records, chain), (&kept, Chain::Intact));
    assert_eq!(records.iter().map(|one| one.consent.clone()).collect::<Vec<_>>(), decisions);
    let links: Vec<_> = records.iter().filter_map(|one| one.link.clone()).collect();
    assert_eq!(links.iter().map(|link| link.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(links[1].previous_hash, links[0].hash);
    let mut forged = records;
    forged[0].consent.granted = false;
    assert_eq!(check(&forged, &[]), Chain::BrokenAt(1));
    assert_eq!(stores.directory.list_consents(&id("nobody")).await, Ok(vec![]));
}

/// None is lost, and none stands beside another.
pub async fn decisions_at_once_stand_one_after_the_other(stores: Stores) {
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    let deciding = (0..12).map(|number| {
        let directory = stores.directory.clone();
        let one = consent(Topic::Marketing, Channel::Sms, number % 2 == 0);
        tokio::spawn(async move { directory.add_consent(&one).await.expect("kept") })
    });
    for one in deciding.collect::<Vec<_>>() {
        one.await.expect("it ends");
    }
    let (records, chain) = chain(&stores).await;
    let places = records.iter().filter_map(|one| one.link.as_ref()).map(|link| link.seq);
    assert_eq!(places.collect::<Vec<_>>(), (1..=12).collect::<Vec<_>>());
    assert_eq!(chain, Chain::Intact);
}

/// Two who turn off one of two ways each must not turn off both.
pub async fn what_was_worked_out_from_something_else_is_refused(stores: Stores) {
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    let by = |channel| consent(Topic::Category(Category::Reminders), channel, false);
    let worked_out = |channel| PreferenceChange { given: Some(vec![]), ..change(vec![by(channel)], None) };
    let at_once = [Channel::Email, Channel::Sms].map(|channel| {
        let (directory, change) = (stores.directory.clone(), worked_out(channel));
        tokio::spawn(async move { directory.change_preferences(&change).await })
    });
    let mut kept = 0;
    for one in at_once {
        match one.await.expect("it ends") {
            Ok(records) => kept += records.len(),
            Err(error) => assert!(matches!(error, StoreError::Conflict(_)), "{error}"),
        }
    }
    let (records, state) = chain(&stores).await;
    assert_eq!((kept, records.len(), state), (1, 1, Chain::Intact));
    let holding = stores.directory.list_holding(&id("camille")).await.expect("a list");
    let again = PreferenceChange { given: Some(holding), ..worked_out(Channel::InApp) };
    assert_eq!(stores.directory.change_preferences(&again).await.map(|kept| kept.len()), Ok(1));
}

/// As proof; where they decided from is gone, and the chain goes on when they come back.
pub async fn an_erased_persons_decisions_stay_without_an_internet_address(stores: Stores) {
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    let yes = consent(Topic::Marketing, Channel::Email, true);
    stores.directory.add_consent(&yes).await.expect("kept");
    let (before, _) = chain(&stores).await;
    assert_eq!(before[0].consent, yes);
    assert_eq!(stores.directory.erase_person(&id("camille"), now()).await, Ok(true));
    let (records, state) = chain(&stores).await;
    assert_eq!((records[0].consent.ip, &records[0].link, state), (None, &before[0].link, Chain::Intact));
    assert_eq!(stores.directory.list_holding(&id("camille")).await, Ok(vec![]));
    // A link of an old e-mail still works, and leaves no address.
    let no = consent(Topic::Marketing, Channel::Email, false);
    let kept = stores.directory.add_consent(&no).await.expect("kept").link.expect("a link");
    assert_eq!((kept.seq, kept.ip_hash), (2, None));
    stores.directory.put_person(&client("camille"), now()).await.expect("back again");
    let (records, state) = chain(&stores).await;
    assert_eq!((records.len(), records[1].consent.ip, state), (2, None, Chain::Intact));
}

/// They are the person's own: no event and no PUT of the person touches them.
pub async fn what_a_person_chose_stays_until_they_are_erased(stores: Stores) {
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    let chosen =
        async || stores.directory.find_people(&[id("camille")]).await.expect("people").remove(0).choices;
    assert_eq!(chosen().await, Choices::default());
    stores.directory.change_preferences(&change(vec![], Some(choices()))).await.expect("kept");
    assert_eq!(chosen().await, choices());
    stores.directory.put_person(&client("camille"), now()).await.expect("a person");
    stores.accept(Accepting::event(&*stores.ids).done()).await;
    let decision = consent(Topic::Marketing, Channel::Email, true);
    stores.directory.change_preferences(&change(vec![decision], None)).await.expect("kept");
    assert_eq!(chosen().await, choices());
    stores.directory.erase_person(&id("camille"), now()).await.expect("erased");
    stores.directory.put_person(&client("camille"), now()).await.expect("back again");
    assert_eq!(chosen().await, Choices::default());
}
