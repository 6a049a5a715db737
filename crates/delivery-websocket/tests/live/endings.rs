//! How a connection ends, and the code that says so.

use std::time::Duration;

use carillon_testkit::build::{client, now};
use carillon_testkit::websocket::{LiveClient, Opening};
use chrono::TimeDelta;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame};

use crate::world::{SocketLimits, World, limits, sign, token_until};

async fn open(world: &World) -> LiveClient {
    LiveClient::open(&world.url, &Opening::default()).await.expect("a connection")
}

#[actix_web::test]
async fn a_token_that_does_not_hold_lets_nobody_in() {
    let world = World::new().await;
    world.put(&client("gone")).await;
    world.ports.directory.erase_person(&"gone".parse().expect("an id"), now()).await.expect("erased");
    let hour = now() + TimeDelta::hours(1);
    let tokens = [
        String::new(),
        "x".to_owned(),
        token_until("camille", now()),
        sign(b"another secret of thirty-two bytes", "camille", hour),
        world.token("gone"),
        world.token("nobody"),
    ];
    for token in tokens {
        assert_eq!(LiveClient::greet(&world.url, &token, None).await.closed().await, 4401, "{token}");
    }
    assert_eq!(world.live.clients(), 0);
}

#[actix_web::test]
async fn a_connection_ends_when_its_token_does() {
    let world = World::new().await;
    let (mut tab, _) = world.join("camille", None).await;
    world.clock.advance(TimeDelta::milliseconds(3_599_999));
    tab.say(&json!({"op": "ping"})).await;
    tab.expect("pong").await;
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(tab.closed().await, 4401);
    world.until_clients(0).await;
}

#[actix_web::test]
async fn only_a_token_of_the_same_person_renews_a_connection() {
    let world = World::new().await;
    world.put(&client("marc")).await;
    for token in [world.token("marc"), token_until("camille", now()), "x".to_owned()] {
        let (mut tab, _) = world.join("camille", None).await;
        tab.say(&json!({"op": "renew", "token": token})).await;
        assert_eq!(tab.closed().await, 4401);
    }
}

#[actix_web::test]
async fn whoever_is_erased_is_disconnected_everywhere() {
    let world = World::new().await;
    world.put(&client("marc")).await;
    let (mut one, _) = world.join("camille", None).await;
    let (mut other, _) = world.join("camille", None).await;
    let (mut marc, _) = world.join("marc", None).await;
    world.request_as_platform("DELETE", "/v1/recipients/camille", "").await;
    assert_eq!((one.closed().await, other.closed().await), (4401, 4401));
    marc.say(&json!({"op": "ping"})).await;
    marc.expect("pong").await;
}

#[actix_web::test]
async fn whoever_is_erased_without_news_is_found_out() {
    let often = Duration::from_millis(100);
    let world = World::with(SocketLimits { ping: often, ..limits() }, |_| {}).await;
    world.feed.silence();
    let (mut tab, _) = world.join("camille", None).await;
    world.request_as_platform("DELETE", "/v1/recipients/camille", "").await;
    assert_eq!(tab.closed().await, 4401);
}

#[actix_web::test]
async fn whoever_is_something_else_now_needs_another_token() {
    let world = World::new().await;
    let (mut tab, _) = world.join("camille", None).await;
    let body = json!({"actor": "end_client", "business_id": "salon", "name": "Camille Girard"}).to_string();
    world.request_as_platform("PUT", "/v1/recipients/camille", &body).await;
    tab.say(&json!({"op": "ping"})).await;
    tab.expect("pong").await;
    let body = json!({"actor": "business_user", "role": "staff", "business_id": "salon", "name": "Camille"});
    world.request_as_platform("PUT", "/v1/recipients/camille", &body.to_string()).await;
    assert_eq!(tab.closed().await, 4401);
    let token = world.token("camille");
    assert_eq!(LiveClient::greet(&world.url, &token, None).await.closed().await, 4401);
}

#[actix_web::test]
async fn a_greeting_must_come_in_time() {
    let soon = Duration::from_millis(50);
    let world = World::with(SocketLimits { greeting: soon, ..limits() }, |_| {}).await;
    assert_eq!(open(&world).await.closed().await, 4408);
}

#[actix_web::test]
async fn the_first_frame_must_be_a_greeting() {
    let world = World::new().await;
    let frames = ["{", "{}", r#"{"op":"ping"}"#, r#"{"op":"hello"}"#, r#"{"op":"hello","token":1}"#];
    for frame in frames {
        let mut tab = open(&world).await;
        tab.send(Message::text(frame)).await;
        assert_eq!(tab.closed().await, 1008, "{frame}");
    }
}

fn part(opcode: Data, text: Vec<u8>, is_last: bool) -> Message {
    Message::Frame(Frame::message(text, OpCode::Data(opcode), is_last))
}

#[actix_web::test]
async fn what_is_wrong_with_the_frames_themselves_ends_the_connection() {
    let world = World::new().await;
    let table: [(&str, Vec<Message>, u16); 5] = [
        ("bytes", vec![Message::binary(vec![1, 2])], 1003),
        ("not UTF-8", vec![part(Data::Text, vec![0xc3, 0x28], true)], 1007),
        ("too long", vec![Message::text("x".repeat(16 * 1024 + 1))], 1009),
        (
            "too long in parts",
            vec![part(Data::Text, vec![b'x'; 10_000], false), part(Data::Continue, vec![b'x'; 10_000], true)],
            1009,
        ),
        ("a part of nothing", vec![part(Data::Continue, vec![b'x'], true)], 1002),
    ];
    for (what, frames, code) in table {
        let (mut tab, _) = world.join("camille", None).await;
        for frame in frames {
            tab.send(frame).await;
        }
        assert_eq!(tab.closed().await, code, "{what}");
    }
    let (mut tab, _) = world.join("camille", None).await;
    tab.send(part(Data::Text, br#"{"op":"#.to_vec(), false)).await;
    tab.send(part(Data::Continue, br#""ping"}"#.to_vec(), true)).await;
    tab.expect("pong").await;
}

#[actix_web::test]
async fn a_person_has_ten_connections_and_no_more() {
    let world = World::new().await;
    world.put(&client("marc")).await;
    let mut tabs = Vec::new();
    for _ in 0..10 {
        tabs.push(world.join("camille", None).await.0);
    }
    let token = world.token("camille");
    assert_eq!(LiveClient::greet(&world.url, &token, None).await.closed().await, 4429);
    world.join("marc", None).await;
    let mut first = tabs.remove(0);
    first.send(Message::Close(Some(CloseFrame { code: 1000.into(), reason: "".into() }))).await;
    assert_eq!(first.closed().await, 1000);
    drop(tabs.remove(0));
    world.until_clients(8).await;
    world.join("camille", None).await;
}

#[actix_web::test]
async fn whoever_sends_too_much_is_cut_off() {
    let world = World::new().await;
    let (mut tab, _) = world.join("camille", None).await;
    for _ in 0..60 {
        tab.say(&json!({"op": "ping"})).await;
    }
    assert_eq!(tab.closed().await, 4429);
}

#[actix_web::test]
async fn whoever_answers_no_ping_is_given_up() {
    let (ping, silence) = (Duration::from_millis(100), Duration::from_millis(600));
    let world = World::with(SocketLimits { ping, silence, ..limits() }, |_| {}).await;
    let (mut answering, _) = world.join("camille", None).await;
    let (silent, _) = world.join("camille", None).await;
    let listening = async {
        while world.live.clients() == 2 {
            drop(tokio::time::timeout(Duration::from_millis(20), answering.hear()).await);
        }
    };
    tokio::time::timeout(Duration::from_secs(30), listening).await.expect("one is given up");
    assert_eq!(world.live.clients(), 1);
    let mut silent = silent;
    assert_eq!(silent.closed().await, 1011);
    answering.say(&json!({"op": "ping"})).await;
    answering.expect("pong").await;
}

#[actix_web::test]
async fn a_process_that_stops_sends_everybody_elsewhere() {
    let world = World::new().await;
    let (mut tab, _) = world.join("camille", None).await;
    let mut stranger = open(&world).await;
    stranger.ping().await;
    world.stop.cancel();
    assert_eq!((tab.closed().await, stranger.closed().await), (1012, 1012));
    let token = world.token("camille");
    assert_eq!(LiveClient::greet(&world.url, &token, None).await.closed().await, 1012);
}
