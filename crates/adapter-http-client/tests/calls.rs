//! What a call makes of a provider that misbehaves: the line between "certainly not sent" and "in doubt".

use std::net::TcpListener;
use std::time::{Duration, Instant};

use carillon_ports::SendError;
use carillon_provider_http::{Answer, Authorization, Limits, ProviderClient};
use carillon_testkit::providers::{Behaviour, FakeSendGrid};

fn client(url: &str) -> ProviderClient {
    let limits = Limits { connect: Duration::from_millis(500), total: Duration::from_millis(700) };
    ProviderClient::new(url, "/v3/mail/send", &Authorization::Bearer("SG.test".into()), limits).unwrap()
}

async fn call(fake: &FakeSendGrid, behaviour: Behaviour) -> Result<Answer, SendError> {
    fake.behave(behaviour);
    client(&fake.url()).post_json(&["camille@example.com"]).await
}

#[tokio::test]
async fn an_answer_is_handed_on_with_its_head_and_its_body() {
    let fake = FakeSendGrid::start().await;
    let answer = call(&fake, Behaviour::status(418).header("X-Odd", "yes").body("teapot")).await.unwrap();
    assert_eq!((answer.status, answer.header("x-odd"), &answer.body[..]), (418, Some("yes"), &b"teapot"[..]));
    let received = &fake.received()[0];
    assert_eq!(received.headers["authorization"], "Bearer SG.test");
    assert!(received.headers["user-agent"].starts_with("Carillon/"));
}

#[tokio::test]
async fn a_connection_that_ends_after_the_request_leaves_a_doubt() {
    let fake = FakeSendGrid::start().await;
    let lost = "the connection was lost before an answer";
    let closed = call(&fake, Behaviour::close()).await.unwrap_err();
    assert_eq!(closed, SendError::InDoubt(lost.to_owned()));
    let reset = call(&fake, Behaviour::reset()).await.unwrap_err();
    assert_eq!(reset, SendError::InDoubt(format!("{lost} (connection reset)")));
    // One request each: nothing below us repeated them.
    assert_eq!(fake.received().len(), 2);
}

#[tokio::test]
async fn silence_ends_at_the_deadline_and_leaves_a_doubt() {
    let fake = FakeSendGrid::start().await;
    let started = Instant::now();
    let error = call(&fake, Behaviour::hang()).await.unwrap_err();
    assert_eq!(error, SendError::InDoubt("no answer within the time-out".to_owned()));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn an_endless_body_is_cut_and_the_status_still_counts() {
    let fake = FakeSendGrid::start().await;
    let answer = call(&fake, Behaviour::endless_body(400)).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (400, 64 * 1024));
}

#[tokio::test]
async fn a_port_that_nobody_serves_is_certainly_not_sent() {
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let error = client(&format!("http://127.0.0.1:{port}")).post_json(&["x"]).await.unwrap_err();
    assert_eq!(error, SendError::Unavailable("no connection (connection refused)".to_owned()));
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_certainly_not_sent() {
    let error = client("http://provider.invalid").post_json(&["x"]).await.unwrap_err();
    assert!(matches!(error, SendError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_certainly_not_sent() {
    let fake = FakeSendGrid::start().await;
    let error = client(&fake.url().replace("http://", "https://")).post_json(&["x"]).await.unwrap_err();
    assert!(matches!(error, SendError::Unavailable(_)), "{error}");
    assert!(fake.received().is_empty());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (fake, other) = (FakeSendGrid::start().await, FakeSendGrid::start().await);
    let away = format!("{}/v3/mail/send", other.url());
    let answer = call(&fake, Behaviour::status(307).header("Location", &away)).await.unwrap();
    assert_eq!((answer.status, other.received().len()), (307, 0));
}
