//! The conversation with a relay that is told how to behave.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use carillon_adapter_smtp::{Smtp, SmtpConfig};
use carillon_domain::EmailAddress;
use carillon_ports::EmailSender;
use carillon_ports::provider::SendError;
use carillon_testkit::clock::ManualClock;
use carillon_testkit::providers::{FakeSmtp, SmtpReply, SmtpStep, samples};

fn sender(url: &str) -> Smtp {
    let mut config = SmtpConfig::new(url.into());
    config.total = Duration::from_millis(500);
    Smtp::new(&config, Arc::new(ManualClock::default())).unwrap()
}

#[tokio::test]
async fn an_email_arrives_whole_with_its_envelope() {
    let fake = FakeSmtp::start().await;
    let mut email = samples::email(7);
    email.text = ".\r\n..two dots\r\nBonjour é".to_owned();
    let taken = sender(&fake.url()).send(&email).await.unwrap();
    let id = "00000000-0000-0000-0000-000000000007.1@carillon.example";
    assert_eq!(taken.provider_id.as_deref(), Some(id));
    let message = &fake.messages()[0];
    assert_eq!(message.from, "bonjour@carillon.example");
    assert_eq!(message.to, ["camille@example.com"]);
    assert!(message.text.contains(&format!("Message-ID: <{id}>\r\n")));
    assert!(message.text.contains("\r\n.\r\n..two dots\r\nBonjour =C3=A9"), "{}", message.text);
    assert!(message.text.contains("Content-Type: text/html"));
}

#[tokio::test]
async fn the_password_is_told_and_one_connection_serves_several_emails() {
    let fake = FakeSmtp::start().await;
    let sender = sender(&fake.url_with("user", "p%40ss"));
    for email in samples::varied_emails(20) {
        sender.send(&email).await.unwrap();
    }
    assert_eq!((fake.messages().len(), fake.connections()), (20, 1));
    // base64 of "\0user\0p@ss"
    let told: Vec<String> = fake.commands().into_iter().filter(|line| line.starts_with("AUTH")).collect();
    assert_eq!(told, ["AUTH PLAIN AHVzZXIAcEBzcw=="]);
}

#[tokio::test]
async fn each_refusal_is_told_apart_by_its_step() {
    let name = |error: SendError| match error {
        SendError::Rejected { bad_address: true, .. } => "bad address",
        SendError::Rejected { bad_address: false, .. } => "rejected",
        SendError::Throttled { .. } => "throttled",
        SendError::Deferred(_) => "deferred",
        SendError::Unavailable(_) => "unavailable",
        SendError::InDoubt(_) => "in doubt",
        SendError::Unsupported(_) => "unsupported",
        SendError::Credential(_) => "credential",
    };
    let line = SmtpReply::line;
    let table = [
        (SmtpStep::Connect, line("554 no service for you"), "credential"),
        (SmtpStep::Connect, line("HTTP/1.1 400 Bad Request"), "unavailable"),
        (SmtpStep::Connect, SmtpReply::Close, "unavailable"),
        (SmtpStep::Connect, SmtpReply::Hang, "unavailable"),
        (SmtpStep::Ehlo, line("250 fake.example"), "credential"),
        (SmtpStep::Auth, line("535 5.7.8 wrong password"), "credential"),
        (SmtpStep::Auth, line("454 4.7.0 later"), "throttled"),
        (SmtpStep::Mail, line("550 5.7.1 sender refused"), "credential"),
        (SmtpStep::Mail, line("421 4.3.0 too busy"), "throttled"),
        (SmtpStep::Rcpt, line("550 5.1.1 <camille@example.com> unknown"), "bad address"),
        (SmtpStep::Rcpt, line("550-5.1.1 <camille@example.com>\r\n550 5.1.1 unknown"), "bad address"),
        (SmtpStep::Rcpt, line("550 5.7.1 camille@example.com: policy"), "rejected"),
        (SmtpStep::Rcpt, line("451 4.7.1 greylisted"), "deferred"),
        (SmtpStep::Rcpt, SmtpReply::Close, "unavailable"),
        (SmtpStep::Data, SmtpReply::Hang, "unavailable"),
        (SmtpStep::Dot, line("451 4.3.0 try again"), "throttled"),
        (SmtpStep::Dot, line("554 5.7.1 spam"), "rejected"),
        (SmtpStep::Dot, line("garbage"), "in doubt"),
        (SmtpStep::Dot, SmtpReply::Close, "in doubt"),
        (SmtpStep::Dot, SmtpReply::Hang, "in doubt"),
    ];
    for (step, reply, expected) in table {
        let fake = FakeSmtp::start().await;
        fake.behave(step, reply.clone());
        let error = sender(&fake.url_with("user", "pass")).send(&samples::email(1)).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("camille"), "{error:?}");
        assert_eq!(name(error), expected, "{step:?} {reply:?}");
    }
}

#[tokio::test]
async fn letters_beyond_ascii_in_an_address_are_for_servers_that_offer_smtputf8() {
    for address in ["zoé@exemple.fr", "用户@例子.广告", "संपर्क@example.com"] {
        let mut email = samples::email(1);
        email.to.address = EmailAddress::parse(address).unwrap();
        let plain = FakeSmtp::start().await;
        let to_plain = sender(&plain.url());
        for _ in 0..2 {
            let error = to_plain.send(&email).await.unwrap_err();
            assert!(matches!(error, SendError::Unsupported(_)), "{error:?}");
            assert!(!error.to_string().contains(address));
        }
        to_plain.send(&samples::email(2)).await.unwrap();
        assert_eq!((plain.messages().len(), plain.connections()), (1, 1));

        let fake = FakeSmtp::start().await;
        fake.offer_smtputf8();
        sender(&fake.url()).send(&email).await.unwrap();
        let message = &fake.messages()[0];
        let on_the_wire = email.to.address.expose();
        assert_eq!(message.to, [on_the_wire]);
        assert!(message.text.contains(&format!("<{on_the_wire}>")), "{}", message.text);
        let from = fake.commands().into_iter().find(|line| line.starts_with("MAIL")).unwrap();
        assert_eq!(from, "MAIL FROM:<bonjour@carillon.example> SMTPUTF8 BODY=8BITMIME");
    }
}

#[tokio::test]
async fn an_international_domain_needs_nothing_of_a_server() {
    let fake = FakeSmtp::start().await;
    let mut email = samples::email(1);
    email.to.address = EmailAddress::parse("accueil@société.example").unwrap();
    sender(&fake.url()).send(&email).await.unwrap();
    assert_eq!(fake.messages()[0].to, ["accueil@xn--socit-esab.example"]);
    assert!(fake.commands().contains(&"MAIL FROM:<bonjour@carillon.example>".to_owned()));
}

#[tokio::test]
async fn a_port_that_nobody_serves_is_certainly_not_sent() {
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let error = sender(&format!("smtp://127.0.0.1:{port}")).send(&samples::email(1)).await.unwrap_err();
    assert_eq!(error, SendError::Unavailable("connect: connection refused".to_owned()));
}

#[tokio::test]
async fn a_server_without_starttls_hears_no_password_when_tls_is_required() {
    let fake = FakeSmtp::start().await;
    let url = format!("{}?tls=required", fake.url_with("user", "pass"));
    let error = sender(&url).send(&samples::email(1)).await.unwrap_err();
    assert!(matches!(error, SendError::Credential(_)), "{error:?}");
    assert!(!fake.commands().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
}

#[tokio::test]
async fn a_connection_that_was_closed_while_it_rested_is_replaced_without_a_failure() {
    for reply in [SmtpReply::Close, SmtpReply::line("421 4.4.2 idle too long")] {
        let fake = FakeSmtp::start().await;
        let sender = sender(&fake.url());
        sender.send(&samples::email(1)).await.unwrap();
        fake.next(SmtpStep::Mail, reply);
        sender.send(&samples::email(2)).await.unwrap();
        assert_eq!((fake.messages().len(), fake.connections()), (2, 2));
    }
}

#[tokio::test]
async fn a_refused_recipient_does_not_spoil_the_next_email() {
    let fake = FakeSmtp::start().await;
    let sender = sender(&fake.url());
    fake.next(SmtpStep::Rcpt, SmtpReply::line("550 5.1.1 unknown"));
    assert!(sender.send(&samples::email(1)).await.is_err());
    sender.send(&samples::email(2)).await.unwrap();
    assert_eq!(fake.messages().len(), 1);
}

#[tokio::test]
async fn no_more_connections_are_opened_than_allowed() {
    let fake = FakeSmtp::start().await;
    let mut config = SmtpConfig::new(fake.url().into());
    config.connections = 2;
    let sender = Arc::new(Smtp::new(&config, Arc::new(ManualClock::default())).unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for email in samples::varied_emails(30) {
        let sender = Arc::clone(&sender);
        tasks.spawn(async move { sender.send(&email).await });
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    assert_eq!(fake.messages().len(), 30);
    assert!(fake.connections() <= 2, "{}", fake.connections());
}
