//! Items: each once, in order, whatever becomes of the news.

use std::time::Duration;

use carillon_ports::live::{Change, Heard as Said, News};
use carillon_testkit::build::{client, id};
use carillon_testkit::websocket::{Heard, LiveClient, Opening};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::moody::moody_world;
use crate::world::{SocketLimits, World, limits, until};

fn arrived(person: &str) -> Said {
    Said::News(News { person: id(person), change: Change::Arrived })
}

#[actix_web::test]
async fn whoever_greets_hears_everything_later_than_their_cursor() {
    let world = World::new().await;
    world.file("camille", 4).await;
    for (cursor, start, expected) in [
        (None, 0, vec![1, 2, 3, 4]),
        (Some(0), 0, vec![1, 2, 3, 4]),
        (Some(2), 2, vec![3, 4]),
        (Some(4), 4, vec![]),
        (Some(-7), 0, vec![1, 2, 3, 4]),
        // The inbox is not the one that the client knew: its person was erased and came back.
        (Some(99), 0, vec![1, 2, 3, 4]),
    ] {
        let (mut tab, welcome) = world.join("camille", cursor).await;
        assert_eq!(
            welcome,
            json!({"op": "welcome", "cursor": start, "unread": 4, "unseen": 4, "total": 4, "newest": 4})
        );
        assert_eq!(tab.notifications(expected.len()).await, expected, "{cursor:?}");
        tab.say(&json!({"op": "ping"})).await;
        tab.expect("pong").await;
    }
}

#[actix_web::test]
async fn what_arrives_is_heard_with_the_new_counts() {
    let world = World::new().await;
    world.put(&client("marc")).await;
    let (mut tab, _) = world.join("camille", None).await;
    let (mut other, _) = world.join("marc", None).await;
    world.file("camille", 1).await;
    let notification = tab.expect("notification").await;
    assert_eq!((&notification["seq"], &notification["item"]["title"]), (&json!(1), &json!("title")));
    let counts = tab.expect("counts").await;
    assert_eq!(counts, json!({"op": "counts", "unread": 1, "unseen": 1, "total": 1, "newest": 1}));
    other.say(&json!({"op": "ping"})).await;
    other.expect("pong").await;
}

#[actix_web::test]
async fn an_item_is_the_same_by_websocket_and_by_http() {
    let world = World::new().await;
    world.file("camille", 2).await;
    let (mut tab, _) = world.join("camille", Some(1)).await;
    tab.expect("notification").await;
    tab.say(&json!({"op": "read", "seqs": [2]})).await;
    tab.expect("counts").await;
    let (mut tab, _) = world.join("camille", Some(1)).await;
    let by_websocket = tab.expect("notification").await;
    let token = world.token("camille");
    let by_http = world.request(&token, "GET", "/v1/inbox?limit=1", "").await;
    assert_eq!(by_websocket["item"], by_http["items"][0]);
    assert!(by_websocket["item"]["read_at"].is_string());
    let counts = world.request(&token, "GET", "/v1/inbox/counts", "").await;
    let (_, mut welcome) = world.join("camille", Some(2)).await;
    let welcome = welcome.as_object_mut().expect("a map");
    welcome.remove("op");
    welcome.remove("cursor");
    assert_eq!(Value::Object(welcome.clone()), counts);
}

#[actix_web::test]
async fn each_item_is_heard_once_and_in_order_while_many_arrive() {
    let world = World::new().await;
    world.file("camille", 120).await;
    let (mut tab, _) = world.join("camille", None).await;
    let filing = async {
        for _ in 0..40 {
            world.file("camille", 7).await;
        }
    };
    let (seqs, ()) = tokio::join!(tab.notifications(400), filing);
    assert_eq!(seqs, (1..=400).collect::<Vec<_>>());
}

#[actix_web::test]
async fn news_that_come_twice_late_or_too_early_change_nothing() {
    let world = World::new().await;
    let (mut tab, _) = world.join("camille", None).await;
    world.file("camille", 2).await;
    assert_eq!(tab.notifications(2).await, [1, 2]);
    tab.expect("counts").await;
    for _ in 0..3 {
        world.feed.say(&arrived("camille"));
    }
    // Read before it arrived, as far as the news go.
    world.feed.say(&Said::News(News { person: id("camille"), change: Change::Read { seqs: vec![3] } }));
    assert_eq!(tab.expect("read").await["seqs"], json!([3]));
    world.file("camille", 1).await;
    world.feed.say(&arrived("camille"));
    assert_eq!(tab.notifications(1).await, [3]);
    tab.expect("counts").await;
    tab.say(&json!({"op": "ping"})).await;
    tab.expect("pong").await;
}

#[actix_web::test]
async fn a_gap_in_the_news_is_filled_from_the_store() {
    let world = World::new().await;
    let (mut tab, _) = world.join("camille", None).await;
    world.feed.silence();
    world.file("camille", 3).await;
    world.feed.say(&Said::Gap);
    assert_eq!(tab.notifications(3).await, [1, 2, 3]);
    assert_eq!(tab.expect("counts").await["unread"], 3);
}

#[actix_web::test]
async fn a_feed_that_breaks_off_is_listened_to_again() {
    let world = World::new().await;
    let (mut tab, _) = world.join("camille", None).await;
    world.feed.break_off();
    world.file("camille", 1).await;
    assert_eq!(tab.notifications(1).await, [1]);
    tab.expect("counts").await;
    world.file("camille", 1).await;
    assert_eq!(tab.notifications(1).await, [2]);
}

#[actix_web::test]
async fn what_no_news_tell_of_is_found_by_looking_into_the_store() {
    let often = Duration::from_millis(100);
    let world = World::with(SocketLimits { ping: often, ..limits() }, |_| {}).await;
    world.feed.silence();
    let (mut tab, _) = world.join("camille", None).await;
    world.file("camille", 3).await;
    assert_eq!(tab.notifications(3).await, [1, 2, 3]);
}

#[actix_web::test]
async fn a_burst_costs_a_page_and_not_a_query_each() {
    let (world, inbox) = moody_world().await;
    inbox.let_follow(1);
    let (mut tab, _) = world.join("camille", None).await;
    until(|| inbox.followed() == 1).await;
    world.file("camille", 1).await;
    until(|| inbox.followed() == 2).await;
    for _ in 0..60 {
        world.file("camille", 1).await;
    }
    inbox.let_follow(100);
    assert_eq!(tab.notifications(61).await, (1..=61).collect::<Vec<_>>());
    assert_eq!(tab.expect("counts").await["unread"], 61);
    // The greeting's, the one that waited, and one for all that came meanwhile.
    assert!(inbox.followed() <= 3);
}

#[actix_web::test]
async fn what_arrives_while_the_database_is_away_is_heard_when_it_is_back() {
    let (world, inbox) = moody_world().await;
    inbox.let_follow(100);
    let (mut tab, _) = world.join("camille", None).await;
    inbox.go_away(true);
    world.file("camille", 2).await;
    tab.say(&json!({"op": "read", "seqs": [1]})).await;
    assert_eq!(tab.expect("error").await["code"], "unavailable");
    tab.say(&json!({"op": "seen", "seq": 1})).await;
    assert_eq!(tab.expect("error").await["code"], "unavailable");
    let token = world.token("camille");
    assert_eq!(LiveClient::greet(&world.url, &token, None).await.closed().await, 1013);
    inbox.go_away(false);
    assert_eq!(tab.notifications(2).await, [1, 2]);
    assert_eq!(tab.expect("counts").await["unread"], 2);
}

#[actix_web::test]
async fn a_token_renewed_in_time_keeps_the_connection() {
    let world = World::new().await;
    let (mut tab, _) = world.join("camille", None).await;
    for _ in 0..3 {
        world.clock.advance(TimeDelta::minutes(59));
        let token = world.token("camille");
        tab.say(&json!({"op": "renew", "token": token})).await;
        assert!(tab.expect("renewed").await["expires_at"].is_string());
    }
    world.file("camille", 1).await;
    assert_eq!(tab.notifications(1).await, [1]);
    world.clock.advance(TimeDelta::minutes(61));
    assert_eq!(tab.closed().await, 4401);
}

#[actix_web::test]
async fn a_frame_that_is_none_of_ours_is_answered_and_changes_nothing() {
    let world = World::new().await;
    world.file("camille", 1).await;
    let (mut tab, _) = world.join("camille", Some(1)).await;
    let too_many: Vec<i64> = (0..1_001).collect();
    let table = [
        ("{".to_owned(), "invalid_frame"),
        ("[]".to_owned(), "invalid_frame"),
        (json!({"op": "dance"}).to_string(), "invalid_frame"),
        (json!({"seqs": [1]}).to_string(), "invalid_frame"),
        (json!({"op": "read", "seqs": 1}).to_string(), "invalid_frame"),
        (json!({"op": "read", "seqs": ["1"]}).to_string(), "invalid_frame"),
        (json!({"op": "read", "seqs": [1], "all": true}).to_string(), "invalid_frame"),
        (json!({"op": "seen", "seq": 1.5}).to_string(), "invalid_frame"),
        (json!({"op": "hello", "token": world.token("camille")}).to_string(), "invalid_frame"),
        (json!({"op": "read", "seqs": too_many}).to_string(), "too_many_items"),
    ];
    for (text, code) in table {
        tab.send(Message::text(text.clone())).await;
        let error = tab.expect("error").await;
        assert_eq!(error["code"], code, "{text}");
        assert!(error["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
    }
    tab.say(&json!({"op": "read", "seqs": []})).await;
    assert_eq!(tab.expect("counts").await["unread"], 1);
    tab.say(&json!({"op": "read", "seqs": [77, -1]})).await;
    assert_eq!(tab.expect("counts").await["unread"], 1);
}

#[actix_web::test]
async fn a_ping_of_either_kind_is_answered_also_before_the_greeting() {
    let world = World::new().await;
    let mut tab = LiveClient::open(&world.url, &Opening::default()).await.expect("a connection");
    tab.ping().await;
    tab.say(&json!({"op": "hello", "token": world.token("camille"), "cursor": null})).await;
    tab.expect("welcome").await;
    tab.ping().await;
    tab.say(&json!({"op": "ping"})).await;
    assert_eq!(tab.hear().await, Heard::Frame(json!({"op": "pong"})));
}
