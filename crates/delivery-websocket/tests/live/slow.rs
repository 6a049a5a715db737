//! A reader who is too slow.

use std::time::Duration;

use carillon_testkit::websocket::{Heard, LiveClient, Opening};
use serde_json::json;

use crate::world::{SocketLimits, World, limits};

#[actix_web::test]
async fn a_reader_who_takes_nothing_is_cut_off_and_resumes_where_they_were() {
    const COUNT: usize = 600;
    let reading = Duration::from_millis(300);
    let world = World::with(SocketLimits { reading, ..limits() }, |_| {}).await;
    // Far more than all buffers on the way can hold.
    world.file_text("camille", COUNT, &"long ".repeat(2_400)).await;
    let opening = Opening { buffer: Some(4_096), ..Opening::default() };
    let mut slow = LiveClient::open(&world.url, &opening).await.expect("a connection");
    slow.say(&json!({"op": "hello", "token": world.token("camille"), "cursor": null})).await;
    world.until_clients(1).await;
    // Nobody reads.
    world.until_clients(0).await;
    let mut seen = Vec::new();
    loop {
        match slow.hear().await {
            Heard::Frame(frame) => seen.extend(frame["seq"].as_i64()),
            Heard::Closed(code) => {
                assert_eq!(code, 1013);
                break;
            }
            Heard::Lost => panic!("lost without a word"),
        }
    }
    assert!(!seen.is_empty() && seen.len() < COUNT, "{} of them", seen.len());
    let (mut again, _) = world.join("camille", seen.last().copied()).await;
    seen.extend(again.notifications(COUNT - seen.len()).await);
    assert_eq!(seen, (1..=i64::try_from(COUNT).expect("a number")).collect::<Vec<_>>());
}
