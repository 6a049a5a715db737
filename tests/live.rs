//! Live push: from an accepted event to an open page, whatever happens to the connection.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

use carillon_testkit::websocket::{Heard, LiveClient};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout, timeout_at};

use crate::app::{App, Database, World};
use crate::on_both_databases;
use crate::requests::payment;

on_both_databases! {
    an_accepted_event_is_heard_by_an_open_page,
    a_page_whose_connection_breaks_again_and_again_misses_nothing_and_sees_nothing_twice,
    a_server_that_stops_sends_its_pages_elsewhere,
}

/// A payment of the client whose page is open.
pub(crate) fn news_for_the_client(number: usize) -> Value {
    let mut body = payment(number);
    body["data"]["client"]["id"] = json!("client-1");
    body
}

/// Makes the client known, and answers a token for their page.
pub(crate) async fn token_of_the_client(app: &App) -> String {
    let client = json!({"actor": "end_client", "name": "Camille Laurent"});
    let put = app.send(reqwest::Method::PUT, "/v1/recipients/client-1", Some(&client)).await;
    assert!(put.status().is_success(), "{}", put.status());
    let token = app.post("/v1/tokens", &json!({"recipient_id": "client-1", "ttl_s": 3600})).await;
    token["token"].as_str().expect("a token").to_owned()
}

/// A page whose connection is cut at a random moment, each time to the next of these servers, and which goes on by its cursor; after
/// so many cuts it stays until it has seen `count` items. Answers every `seq` that it was sent.
pub(crate) async fn follow_through_cuts(
    servers: &[&str],
    token: &str,
    cuts: usize,
    count: usize,
) -> Vec<i64> {
    let (random, mut seen) = (RandomState::new(), Vec::new());
    let mut servers = servers.iter().cycle();
    for cut in 0..cuts {
        let server = servers.next().expect("a server");
        let until = Instant::now() + Duration::from_millis(random.hash_one(cut) % 120);
        let mut page = LiveClient::greet(server, token, seen.last().copied()).await;
        while let Ok(heard) = timeout_at(until, page.hear()).await {
            note(&mut seen, &heard);
        }
        // Dropped without a goodbye, in the middle of whatever comes.
    }
    let server = servers.next().expect("a server");
    let mut page = LiveClient::greet(server, token, seen.last().copied()).await;
    while seen.len() < count {
        note(&mut seen, &page.hear().await);
    }
    seen
}

fn note(seen: &mut Vec<i64>, heard: &Heard) {
    match heard {
        Heard::Frame(frame) if frame["op"] == "notification" => seen.extend(frame["seq"].as_i64()),
        Heard::Frame(frame) => assert_ne!(frame["op"], "error", "{frame}"),
        Heard::Closed(_) | Heard::Lost => panic!("the server hung up: {heard:?}"),
    }
}

async fn an_accepted_event_is_heard_by_an_open_page(database: Database) {
    let world = World::new(database).await;
    let app = world.start().await;
    let token = token_of_the_client(&app).await;
    let (mut page, welcome) = LiveClient::join(&app.url, &token, None).await;
    assert_eq!((&welcome["cursor"], &welcome["unread"]), (&json!(0), &json!(0)));
    app.post("/v1/events", &news_for_the_client(1)).await;
    // Far sooner than the page would be found behind by a look into the database.
    let notification = timeout(Duration::from_secs(15), page.expect("notification")).await.expect("by news");
    assert_eq!(notification["seq"], 1);
    assert_eq!(notification["item"]["kind"], "client.payment_confirmed");
    assert_eq!(page.expect("counts").await["unread"], 1);
    page.say(&json!({"op": "read", "seqs": [1]})).await;
    assert_eq!(page.expect("counts").await["unread"], 0);
    let inbox = app.send_as(&token, reqwest::Method::GET, "/v1/inbox", None).await;
    let inbox: Value = inbox.json().await.expect("JSON");
    assert!(inbox["items"][0]["read_at"].is_string());
}

async fn a_page_whose_connection_breaks_again_and_again_misses_nothing_and_sees_nothing_twice(
    database: Database,
) {
    const COUNT: usize = 80;
    let world = World::new(database).await;
    let app = world.start().await;
    let token = token_of_the_client(&app).await;
    let posting = async {
        for number in 0..COUNT {
            app.post("/v1/events", &news_for_the_client(number)).await;
        }
    };
    let servers = [app.url.as_str()];
    let (seen, ()) = tokio::join!(follow_through_cuts(&servers, &token, 20, COUNT), posting);
    assert_eq!(seen, (1..=i64::try_from(COUNT).expect("a number")).collect::<Vec<_>>());
}

async fn a_server_that_stops_sends_its_pages_elsewhere(database: Database) {
    let world = World::new(database).await;
    let mut app = world.start().await;
    let token = token_of_the_client(&app).await;
    let (mut page, _) = LiveClient::join(&app.url, &token, None).await;
    let started = Instant::now();
    let (code, status) = tokio::join!(page.closed(), app.stop());
    assert_eq!((code, status.success()), (1012, true));
    assert!(started.elapsed() < Duration::from_secs(15), "an open page holds nobody up");
}
