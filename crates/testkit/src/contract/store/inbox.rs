//! The inbox: read, tidied, followed.

use carillon_domain::message::TryEnd;
use carillon_domain::{Channel, Class};
use carillon_ports::inbox::{InboxCounts, InboxPage};
use chrono::TimeDelta;

use super::{Stores, in_app, message_ids, outcome};
use crate::build::{Accepting, client, id, now};

impl Stores {
    /// Files so many texts in a person's inbox.
    async fn file(&self, person: &str, count: usize) {
        let mut accepting = Accepting::event(&*self.ids);
        for _ in 0..count {
            accepting = accepting.message_for(person, Channel::InApp, Class::Immediate, now());
        }
        let acceptance = accepting.done();
        let ids = message_ids(&acceptance);
        self.accept(acceptance).await;
        for claimed in self.claim(&ids, now()).await {
            assert!(self.record(&claimed, &TryEnd::Accepted, Some(in_app("hello")), now()).await);
        }
    }
}

fn numbers(page: &InboxPage) -> Vec<i64> {
    page.items.iter().map(|item| item.seq).collect()
}

/// Read once, put away, counted.
pub async fn an_inbox_is_read_and_tidied(stores: Stores) {
    stores.file("camille", 4).await;
    let (inbox, camille, later) = (&stores.inbox, id("camille"), now() + TimeDelta::hours(1));
    let counts = |unread, total| Ok(InboxCounts { unread, unseen: unread, total, newest: 4 });
    assert_eq!(inbox.count_inbox(&camille).await, counts(4, 4));
    assert_eq!(inbox.read_inbox(&camille, &[2], now()).await, Ok(vec![2]));
    assert_eq!(inbox.read_inbox(&camille, &[4, 2, 1, 9], later).await, Ok(vec![1, 4]));
    assert_eq!(inbox.read_inbox(&camille, &[], later).await, Ok(vec![]));
    assert_eq!(inbox.archive_inbox(&camille, &[4, 9], now()).await, Ok(vec![4]));
    assert_eq!(inbox.archive_inbox(&camille, &[4], later).await, Ok(vec![]));
    assert_eq!(inbox.count_inbox(&camille).await, counts(1, 3));
    let items = inbox.list_inbox(&camille, Some(4), 10).await.expect("a list");
    assert_eq!(
        items.iter().map(|item| (item.seq, item.read_at)).collect::<Vec<_>>(),
        [(3, None), (2, Some(now())), (1, Some(later))]
    );
    assert_eq!(inbox.read_all_inbox(&camille, now()).await, Ok(vec![3]));
    assert_eq!(inbox.read_all_inbox(&camille, now()).await, Ok(vec![]));
    for (seq, is_there) in [(4, true), (9, false)] {
        assert_eq!(inbox.has_inbox_item(&camille, seq).await, Ok(is_there));
    }
    assert_eq!(inbox.has_inbox_item(&id("marc"), 1).await, Ok(false));
    assert_eq!(inbox.read_inbox(&id("marc"), &[1], now()).await, Ok(vec![]));
    assert_eq!(inbox.count_inbox(&id("marc")).await, Ok(InboxCounts::default()));
}

/// However many read it at once.
pub async fn an_item_is_read_by_one(stores: Stores) {
    stores.file("camille", 20).await;
    let all: Vec<i64> = (1..=20).collect();
    let reading: Vec<_> = (0..6)
        .map(|_| {
            let (inbox, all) = (stores.inbox.clone(), all.clone());
            tokio::spawn(async move { inbox.read_inbox(&id("camille"), &all, now()).await })
        })
        .collect();
    let mut read = Vec::new();
    for reading in reading {
        read.extend(reading.await.expect("no panic").expect("a mark"));
    }
    read.sort_unstable();
    assert_eq!(read, all);
}

/// Page by page, oldest first, without what was put away.
pub async fn an_inbox_is_followed_from_a_cursor(stores: Stores) {
    stores.file("camille", 7).await;
    let (inbox, camille) = (&stores.inbox, id("camille"));
    inbox.archive_inbox(&camille, &[2, 7], now()).await.expect("put away");
    let page = inbox.list_inbox_after(&camille, 0, 3).await.expect("a page");
    assert_eq!((numbers(&page), page.next), (vec![1, 3, 4], Some(4)));
    let page = inbox.list_inbox_after(&camille, 4, 3).await.expect("a page");
    assert_eq!((numbers(&page), page.next), (vec![5, 6], None));
    for (person, after) in [("camille", 6), ("camille", 99), ("marc", 0)] {
        assert_eq!(inbox.list_inbox_after(&id(person), after, 3).await, Ok(InboxPage::default()));
    }
}

/// Who goes on from the last item seen misses none, also while many are filed at once.
pub async fn whoever_follows_an_inbox_misses_nothing(stores: Stores) {
    let mut accepting = Accepting::event(&*stores.ids);
    for _ in 0..60 {
        accepting = accepting.message(Channel::InApp, now());
    }
    let acceptance = accepting.done();
    let ids = message_ids(&acceptance);
    stores.accept(acceptance).await;
    let filing: Vec<_> = stores
        .claim(&ids, now())
        .await
        .into_iter()
        .map(|claimed| {
            let (store, outcome) =
                (stores.store.clone(), outcome(&claimed, &TryEnd::Accepted, Some(in_app("hello")), now()));
            tokio::spawn(async move { store.record(vec![outcome]).await })
        })
        .collect();
    let (mut seen, mut cursor) = (Vec::new(), 0);
    while seen.len() < 60 {
        let page = stores.inbox.list_inbox_after(&id("camille"), cursor, 7).await.expect("a page");
        seen.extend(numbers(&page));
        cursor = seen.last().copied().unwrap_or_default();
        assert_eq!(seen, (1..=cursor).collect::<Vec<_>>());
        tokio::task::yield_now().await;
    }
    for filed in filing {
        assert_eq!(filed.await.expect("no panic"), Ok(vec![true]));
    }
}

/// It rises only, and never beyond what there is.
pub async fn what_was_seen_stays_seen(stores: Stores) {
    let (inbox, camille) = (&stores.inbox, id("camille"));
    assert_eq!(inbox.see_inbox(&camille, 5).await, Ok(false));
    stores.file("camille", 4).await;
    let unseen = async || inbox.count_inbox(&camille).await.expect("a count").unseen;
    assert_eq!(unseen().await, 4);
    assert_eq!((inbox.see_inbox(&camille, 2).await, unseen().await), (Ok(true), 2));
    assert_eq!((inbox.see_inbox(&camille, 1).await, unseen().await), (Ok(false), 2));
    inbox.read_inbox(&camille, &[3], now()).await.expect("read");
    assert_eq!(unseen().await, 1, "what was read was seen");
    assert_eq!((inbox.see_inbox(&camille, 99).await, unseen().await), (Ok(true), 0));
    stores.file("camille", 1).await;
    assert_eq!(unseen().await, 1, "nothing was seen before it arrived");
}

/// Whoever was erased is left out, and so is who was never known.
pub async fn the_newest_item_of_each_is_known_at_once(stores: Stores) {
    for person in ["marc", "zoe"] {
        stores.directory.put_person(&client(person), now()).await.expect("a person");
    }
    stores.file("camille", 3).await;
    let mut people: Vec<_> = (0..1_200).map(|number| id(&format!("nobody-{number}"))).collect();
    people.extend(["camille", "marc", "zoe"].map(id));
    let newest = async || {
        let mut newest = stores.inbox.list_newest(&people).await.expect("numbers");
        newest.sort();
        newest
    };
    assert_eq!(newest().await, [(id("camille"), 3), (id("marc"), 0), (id("zoe"), 0)]);
    stores.directory.erase_person(&id("camille"), now()).await.expect("erased");
    assert_eq!(newest().await, [(id("marc"), 0), (id("zoe"), 0)]);
    assert_eq!(stores.inbox.list_newest(&[]).await, Ok(vec![]));
}
