//! The in-memory feed keeps the contract of the port, and what only this one promises.

use std::sync::Arc;

use carillon_adapter_memory::MemoryFeed;
use carillon_ports::LiveFeed;
use carillon_ports::live::{Change, Heard, News};

/// A feed of one process is not shared with another: both ends are the same.
async fn memory_feed() -> [Arc<dyn LiveFeed>; 2] {
    let feed: Arc<dyn LiveFeed> = Arc::new(MemoryFeed::default());
    [feed.clone(), feed]
}

carillon_testkit::live_feed_contract!(memory_feed);

#[tokio::test]
async fn a_listener_that_fell_behind_hears_of_a_gap_then_what_was_kept_then_the_end() {
    let feed = MemoryFeed::keeping(2);
    let mut listener = feed.listen().await.unwrap();
    let news: Vec<News> =
        (0..5).map(|seq| News { person: "camille".parse().unwrap(), change: Change::Seen { seq } }).collect();
    feed.tell(&news).await.unwrap();
    drop(feed);
    assert_eq!(listener.hear().await, Some(Heard::Gap));
    assert_eq!(listener.hear().await, Some(Heard::News(news[3].clone())));
    assert_eq!(listener.hear().await, Some(Heard::News(news[4].clone())));
    assert_eq!(listener.hear().await, None);
}
