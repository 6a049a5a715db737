//! Who may open a connection at all.

use carillon_testkit::websocket::{LiveClient, Opening};

use std::time::Duration;

use crate::world::{ORIGIN, SocketLimits, World, exchange, limits};

#[actix_web::test]
async fn a_page_may_connect_from_its_exact_origin_only() {
    let world = World::new().await;
    let table = [
        (None, Ok(())),
        (Some(ORIGIN), Ok(())),
        (Some("null"), Err(403)),
        (Some("http://app.example.com"), Err(403)),
        (Some("https://app.example.com:444"), Err(403)),
        (Some("https://evil.example"), Err(403)),
        (Some(""), Err(403)),
    ];
    for (origin, expected) in table {
        let opening = Opening { origin, ..Opening::default() };
        let opened = LiveClient::open(&world.url, &opening).await;
        assert_eq!(opened.map(drop), expected, "{origin:?}");
    }
}

const UPGRADE: &str =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

#[actix_web::test]
async fn what_is_no_websocket_is_told_so() {
    let world = World::new().await;
    let table = [
        ("GET /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned(), "426", "upgrade_required"),
        (
            format!("GET /v1/ws HTTP/1.1\r\nHost: x\r\n{UPGRADE}Sec-WebSocket-Version: 8\r\n\r\n"),
            "426",
            "upgrade_required",
        ),
        (
            "POST /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_owned(),
            "405",
            "method_not_allowed",
        ),
        (
            format!(
                "GET /v1/ws HTTP/1.1\r\nHost: x\r\n{UPGRADE}Sec-WebSocket-Version: 13\r\nOrigin: {ORIGIN}\r\n\
                 Origin: {ORIGIN}\r\nConnection: close\r\n\r\n"
            ),
            "403",
            "origin_not_allowed",
        ),
    ];
    for (request, status, code) in table {
        let answer = exchange(&world.url, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        assert!(answer.contains("content-type: application/problem+json"), "{answer}");
        assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{answer}");
    }
}

#[actix_web::test]
async fn compression_is_never_agreed_to() {
    let world = World::with(SocketLimits { greeting: Duration::ZERO, ..limits() }, |_| {}).await;
    let request = format!(
        "GET /v1/ws HTTP/1.1\r\nHost: x\r\n{UPGRADE}Sec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    );
    let answer = exchange(&world.url, &request).await.to_lowercase();
    assert!(answer.starts_with("http/1.1 101 "), "{answer}");
    assert!(!answer.contains("sec-websocket-extensions"), "{answer}");
}
