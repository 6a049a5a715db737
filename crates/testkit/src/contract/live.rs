//! What [`LiveFeed`] asks of every adapter. Run it with [`live_feed_contract!`](crate::live_feed_contract).

#![expect(
    clippy::missing_panics_doc,
    reason = "a requirement panics where it is not met: that is what it is for"
)]

use std::sync::Arc;
use std::time::Duration;

use carillon_ports::LiveFeed;
use carillon_ports::live::{Change, Heard, Listener, News};
use tokio::time::timeout;

/// Longer than anything here takes; reached only where something is lost.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs every requirement of the live feed as a test of its own, each on a fresh feed.
///
/// `$make` names an `async fn() -> [Arc<dyn LiveFeed>; 2]`: the same feed as two processes have it. The calling crate needs tokio with
/// `macros` and `rt-multi-thread`.
#[macro_export]
macro_rules! live_feed_contract {
    ($make:path) => {
        $crate::live_feed_contract! { @each $make:
            every_change_is_heard_as_it_was_told,
            every_listener_of_every_process_hears_everything,
            what_one_caller_tells_is_heard_in_that_order,
            what_many_callers_tell_is_heard_in_the_order_of_each,
            telling_nobody_is_no_failure,
            a_listener_that_went_away_holds_nobody_up,
            a_slow_listener_misses_nothing_without_being_told,
        }
    };
    (@each $make:path: $($requirement:ident),+ $(,)?) => {
        $(#[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $requirement() {
            $crate::contract::live::$requirement($make).await;
        })+
    };
}

fn news(person: &str, change: Change) -> News {
    News { person: person.parse().expect("a short id"), change }
}

fn seen(person: &str, seqs: impl IntoIterator<Item = i64>) -> Vec<News> {
    seqs.into_iter().map(|seq| news(person, Change::Seen { seq })).collect()
}

async fn tell(feed: &Arc<dyn LiveFeed>, news: &[News]) {
    feed.tell(news).await.expect("the feed answers");
}

async fn listen(feed: &Arc<dyn LiveFeed>) -> Box<dyn Listener> {
    feed.listen().await.expect("the feed answers")
}

async fn hear(listener: &mut Box<dyn Listener>) -> Heard {
    let heard = timeout(PATIENCE, listener.hear()).await.expect("something is heard in time");
    heard.expect("the feed is not closed")
}

async fn hear_news(listener: &mut Box<dyn Listener>, count: usize) -> Vec<News> {
    let mut all = Vec::new();
    while all.len() < count {
        match hear(listener).await {
            Heard::News(news) => all.push(news),
            Heard::Gap => panic!("nothing was missed after {all:?}"),
        }
    }
    all
}

/// Whoever it is about, and whatever changed.
pub async fn every_change_is_heard_as_it_was_told(make: impl AsyncFn() -> [Arc<dyn LiveFeed>; 2]) {
    let [teller, hearer] = make().await;
    let mut listener = listen(&hearer).await;
    let all = [
        news("camille", Change::Arrived),
        news("ünïque \"id\", {1}", Change::Read { seqs: vec![1, 2, i64::MAX] }),
        news("camille", Change::Read { seqs: vec![] }),
        news("null", Change::Archived { seqs: vec![7] }),
        news("7", Change::Seen { seq: 0 }),
        news("camille", Change::Dismissed),
    ];
    tell(&teller, &all).await;
    assert_eq!(hear_news(&mut listener, all.len()).await, all);
}

/// The teller's own process too.
pub async fn every_listener_of_every_process_hears_everything(
    make: impl AsyncFn() -> [Arc<dyn LiveFeed>; 2],
) {
    let feeds = make().await;
    let mut listeners = Vec::new();
    for number in 0..6 {
        listeners.push(listen(&feeds[number % 2]).await);
    }
    let [first, second] = [seen("camille", 0..3), seen("hugo", 0..3)];
    tell(&feeds[0], &first).await;
    tell(&feeds[1], &second).await;
    for listener in &mut listeners {
        assert_eq!(hear_news(listener, 6).await, [first.clone(), second.clone()].concat());
    }
}

/// Over one call and over many.
pub async fn what_one_caller_tells_is_heard_in_that_order(make: impl AsyncFn() -> [Arc<dyn LiveFeed>; 2]) {
    let [teller, hearer] = make().await;
    let mut listener = listen(&hearer).await;
    let all = seen("camille", 0..1_000);
    for part in all.chunks(7) {
        tell(&teller, part).await;
    }
    assert_eq!(hear_news(&mut listener, all.len()).await, all);
}

/// Callers that tell at the same time do not mix up what each of them says.
pub async fn what_many_callers_tell_is_heard_in_the_order_of_each(
    make: impl AsyncFn() -> [Arc<dyn LiveFeed>; 2],
) {
    let feeds = make().await;
    let mut listener = listen(&feeds[1]).await;
    let people: [&'static str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let callers: Vec<_> = (people.into_iter().zip(feeds.iter().cycle()))
        .map(|(person, feed)| {
            let feed = Arc::clone(feed);
            tokio::spawn(async move {
                for one in seen(person, 0..50) {
                    tell(&feed, &[one]).await;
                }
            })
        })
        .collect();
    let heard = hear_news(&mut listener, 50 * people.len()).await;
    for person in people {
        let of_person: Vec<News> =
            heard.iter().filter(|news| news.person.as_str() == person).cloned().collect();
        assert_eq!(of_person, seen(person, 0..50));
    }
    for caller in callers {
        caller.await.expect("it does not panic");
    }
}

/// Nor is telling nothing.
pub async fn telling_nobody_is_no_failure(make: impl AsyncFn() -> [Arc<dyn LiveFeed>; 2]) {
    let [teller, _] = make().await;
    assert_eq!(teller.tell(&seen("camille", [1])).await, Ok(()));
    assert_eq!(teller.tell(&[]).await, Ok(()));
}

/// A page that was closed.
pub async fn a_listener_that_went_away_holds_nobody_up(make: impl AsyncFn() -> [Arc<dyn LiveFeed>; 2]) {
    let [teller, hearer] = make().await;
    let (gone, mut stays) = (listen(&hearer).await, listen(&hearer).await);
    drop(gone);
    let all = seen("camille", 0..10);
    tell(&teller, &all).await;
    assert_eq!(hear_news(&mut stays, 10).await, all);
}

/// It may fall behind, and then it hears of a gap where something is missing; what it hears after that is complete again.
pub async fn a_slow_listener_misses_nothing_without_being_told(
    make: impl AsyncFn() -> [Arc<dyn LiveFeed>; 2],
) {
    const LAST: i64 = 30_000;
    let [teller, hearer] = make().await;
    let mut listener = listen(&hearer).await;
    let all = seen("camille", 0..=LAST);
    for part in all.chunks(1_000) {
        tell(&teller, part).await;
    }
    let (mut expected, mut gap) = (0, false);
    while expected <= LAST {
        match hear(&mut listener).await {
            Heard::Gap => gap = true,
            Heard::News(News { change: Change::Seen { seq }, .. }) => {
                assert!(seq == expected || (gap && seq > expected), "{seq} was heard instead of {expected}");
                (expected, gap) = (seq + 1, false);
            }
            Heard::News(other) => panic!("nobody told {other:?}"),
        }
    }
}
