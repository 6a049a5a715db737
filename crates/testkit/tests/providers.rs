//! The fake providers do as they are told, and keep account of it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use carillon_testkit::providers::{Behaviour, FakeSendGrid};

/// Sends an e-mail for this address, and gives the connection.
fn send(fake: &FakeSendGrid, address: &str) -> TcpStream {
    let body = format!(
        r#"{{"personalizations":[{{"to":[{{"email":"{address}"}}],"custom_args":{{"message_id":"m-{address}","attempt":"1"}}}}]}}"#
    );
    let mut stream = TcpStream::connect(fake.url().trim_start_matches("http://")).unwrap();
    let length = body.len();
    write!(stream, "POST /v3/mail/send HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    stream
}

/// The status of the answer.
fn status(mut stream: TcpStream) -> u16 {
    let mut head = [0; 12];
    stream.read_exact(&mut head).unwrap();
    String::from_utf8_lossy(&head[9..]).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behaviours_come_in_turn_after_those_for_the_next_and_exceptions_before_all() {
    let fake = FakeSendGrid::start_for_many().await;
    fake.behave_in_turn([Behaviour::status(500), Behaviour::accept()]);
    fake.next([Behaviour::status(503)]);
    fake.except(|request| {
        let address = request.body["personalizations"][0]["to"][0]["email"].as_str()?;
        address.starts_with("refused").then(|| Behaviour::status(400))
    });
    let statuses =
        ["refused", "a", "b", "c", "d", "refused", "e"].map(|address| status(send(&fake, address)));
    assert_eq!(statuses, [400, 503, 500, 202, 500, 400, 202]);
    let taken: Vec<bool> = fake.calls().iter().map(|call| call.taken).collect();
    assert_eq!(taken, [false, false, false, true, false, false, true]);
    assert_eq!(fake.calls()[3].message_id.as_deref(), Some("m-c"));
    assert!(fake.received().is_empty(), "bodies are not kept");
    assert_eq!((fake.unique_messages(), fake.held()), (2, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_not_answered_is_held_until_the_caller_goes() {
    let fake = FakeSendGrid::start_for_many().await;
    fake.behave(Behaviour::hang());
    let call = send(&fake, "a");
    until(|| fake.held() == 1);
    call.shutdown(Shutdown::Both).unwrap();
    until(|| fake.held() == 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trickle_has_its_status_at_once_and_a_body_byte_by_byte() {
    let fake = FakeSendGrid::start_for_many().await;
    fake.behave(Behaviour::trickle(202, Duration::from_millis(1)).but_takes_it());
    let mut call = send(&fake, "a");
    let mut some = [0; 300];
    call.read_exact(&mut some).unwrap();
    let text = String::from_utf8_lossy(&some);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 202"), "{head}");
    // Chunks of one byte each.
    assert!(body.starts_with("1\r\nx\r\n1\r\nx\r\n"), "{body:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_random_latency_lies_between_its_bounds() {
    let fake = FakeSendGrid::start().await;
    fake.behave(Behaviour::accept().after_between(Duration::from_millis(20), Duration::from_millis(40)));
    let started = Instant::now();
    assert_eq!(status(send(&fake, "a")), 202);
    assert!(started.elapsed() >= Duration::from_millis(20));
    assert_eq!(fake.received().len(), 1);
}

/// The fake works beside this, so there is nothing to wait for but its account.
fn until(holds: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < patience, "it does not come true");
        std::thread::sleep(Duration::from_millis(5));
    }
}
