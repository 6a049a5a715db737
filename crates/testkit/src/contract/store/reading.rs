//! Search, inbox, keys: bound by reach, page by page.

use carillon_domain::{Channel, Permission, Reach, Status};
use carillon_ports::history::{Filter, Page};
use carillon_ports::keys::{ApiKey, AuditEntry};
use chrono::TimeDelta;

use super::Stores;
use crate::build::{Accepting, id, now};

const ALL: Page = Page { after: None, limit: 100 };

/// Neither by search, nor by id, nor by event.
pub async fn nobody_sees_what_belongs_to_another(stores: Stores) {
    let acceptance = Accepting::event(&*stores.ids).message(Channel::Email, now()).done();
    let (notification, event) = (acceptance.notifications[0].id, acceptance.event.id);
    stores.accept(acceptance).await;
    let table = [
        (Reach::Platform, true),
        (Reach::Business(id("salon")), true),
        (Reach::Business(id("other")), false),
        (Reach::Person(id("camille")), true),
        (Reach::Person(id("marc")), false),
    ];
    for (reach, sees) in table {
        let listed =
            stores.history.list_notifications(&Filter::default(), &reach, ALL).await.expect("a list");
        let found = stores.history.find_notification(notification, &reach).await.expect("a look");
        assert_eq!((listed.len(), found.is_some()), (usize::from(sees), sees), "{reach:?}");
        let seen = stores.history.find_event(event, &reach).await.expect("a look").is_some();
        assert_eq!(seen, sees && !matches!(reach, Reach::Person(_)), "{reach:?}");
    }
}

/// And nothing is left out between two pages.
pub async fn pages_are_newest_first_and_end(stores: Stores) {
    let mut expected = Vec::new();
    for _ in 0..7 {
        let acceptance = Accepting::event(&*stores.ids).message(Channel::Email, now()).done();
        expected.insert(0, acceptance.notifications[0].id);
        stores.accept(acceptance).await;
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = Page { after, limit: 3 };
        let records = stores
            .history
            .list_notifications(&Filter::default(), &Reach::Platform, page)
            .await
            .expect("a page");
        let Some(last) = records.last() else { break };
        after = Some(last.notification.id);
        found.extend(records.iter().map(|record| record.notification.id));
    }
    assert_eq!(found, expected);
}

/// Each by itself.
pub async fn each_filter_narrows_the_search(stores: Stores) {
    let later = now() + TimeDelta::hours(1);
    stores
        .accept(
            Accepting::event(&*stores.ids).message(Channel::Email, now()).message(Channel::Sms, later).done(),
        )
        .await;
    let table = [
        (Filter::default(), 2),
        (Filter { business: Some(id("salon")), ..Filter::default() }, 2),
        (Filter { business: Some(id("other")), ..Filter::default() }, 0),
        (Filter { recipient: Some(id("camille")), ..Filter::default() }, 2),
        (Filter { recipient: Some(id("marc")), ..Filter::default() }, 0),
        (Filter { kind: Some(id("client.payment_confirmed")), ..Filter::default() }, 2),
        (Filter { kind: Some(id("client.reminder_1h")), ..Filter::default() }, 0),
        (Filter { channel: Some(Channel::Sms), ..Filter::default() }, 1),
        (Filter { status: Some(Status::Scheduled), ..Filter::default() }, 1),
        (Filter { status: Some(Status::Scheduled), channel: Some(Channel::Email), ..Filter::default() }, 0),
        (Filter { since: Some(now()), ..Filter::default() }, 2),
        (Filter { until: Some(now()), ..Filter::default() }, 0),
    ];
    for (filter, expected) in table {
        let found = stores.history.list_notifications(&filter, &Reach::Platform, ALL).await.expect("a list");
        assert_eq!(found.len(), expected, "{filter:?}");
    }
}

/// Its secret is never stored, its end is.
pub async fn a_key_is_found_until_it_is_revoked(stores: Stores) {
    let key = ApiKey {
        id: "abc12345".to_owned(),
        hash: vec![1, 2, 3],
        name: "booking app".to_owned(),
        reach: Reach::Business(id("salon")),
        permissions: vec![Permission::EventsWrite, Permission::StatsRead],
        created_at: now(),
        revoked_at: None,
    };
    stores.keys.add_key(&key).await.expect("added");
    assert_eq!(stores.keys.find_key("abc12345").await, Ok(Some(key.clone())));
    assert_eq!(stores.keys.find_key("nobody").await, Ok(None));
    assert_eq!(stores.keys.revoke_key("abc12345", now()).await, Ok(true));
    assert_eq!(stores.keys.revoke_key("abc12345", now()).await, Ok(false));
    assert_eq!(stores.keys.list_keys().await, Ok(vec![ApiKey { revoked_at: Some(now()), ..key }]));
    let entry = AuditEntry {
        at: now(),
        actor: "cli".to_owned(),
        action: "key.revoked".to_owned(),
        business: None,
        target: "abc12345".to_owned(),
    };
    assert_eq!(stores.keys.audit(&[entry]).await, Ok(()));
}
