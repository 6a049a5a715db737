//! Whatever is not signed by the provider gets 401, no reason, and leaves not a byte changed.

use carillon_testkit::providers::callbacks::sendgrid_event;
use carillon_testkit::providers::{SendGridSigner, SignedRequest, TwilioSigner};
use chrono::TimeDelta;

use crate::webhooks::{Left, PUBLIC_URL, TOKEN, signed_world, twilio};
use crate::world::World;

/// The same call without a header field.
fn without(call: &SignedRequest, name: &str) -> SignedRequest {
    let headers = call.headers.iter().filter(|(given, _)| given != name).cloned().collect();
    SignedRequest { headers, ..call.clone() }
}

/// The same call with another value of a header field.
fn with_header(call: &SignedRequest, name: &str, value: &str) -> SignedRequest {
    let mut other = without(call, name);
    other.headers.push((name.to_owned(), value.to_owned()));
    other
}

fn header<'a>(call: &'a SignedRequest, name: &str) -> &'a str {
    call.headers.iter().find(|(given, _)| given == name).map_or("", |(_, value)| value)
}

/// The same call with another text in its body.
fn with_text(call: &SignedRequest, from: &str, to: &str) -> SignedRequest {
    let text = String::from_utf8(call.body.clone()).expect("text");
    assert!(text.contains(from), "{text}");
    SignedRequest { body: text.replace(from, to).into_bytes(), ..call.clone() }
}

const SIGNATURE: &str = "X-Twilio-Email-Event-Webhook-Signature";
const TIMESTAMP: &str = "X-Twilio-Email-Event-Webhook-Timestamp";
const OF_TWILIO: &str = "X-Twilio-Signature";

fn forged_as_sendgrid(world: &World, left: &Left) -> Vec<(&'static str, SignedRequest)> {
    let (signer, now) = (SendGridSigner::default(), world.now());
    let delivered = [sendgrid_event(&left.email, 1, "delivered", "e-1", now)];
    let genuine = signer.events(&delivered, now);
    let another = signer.body(b"[]\r\n", now);
    let cut = SignedRequest { body: genuine.body.trim_ascii_end().to_vec(), ..genuine.clone() };
    let late = (now - TimeDelta::seconds(1)).timestamp().to_string();
    let mut twice = genuine.clone();
    twice.headers.push((SIGNATURE.to_owned(), header(&genuine, SIGNATURE).to_owned()));
    vec![
        ("no signature", without(&genuine, SIGNATURE)),
        ("no timestamp", without(&genuine, TIMESTAMP)),
        ("two signatures", twice),
        ("another's key", SendGridSigner::of(8).events(&delivered, now)),
        ("a changed byte", with_text(&genuine, "delivered", "deliverec")),
        ("a changed timestamp", with_header(&genuine, TIMESTAMP, &late)),
        ("the last line break cut off", cut),
        ("too old", signer.events(&delivered, now - TimeDelta::hours(25) - TimeDelta::seconds(1))),
        ("of the future", signer.events(&delivered, now + TimeDelta::seconds(301))),
        ("the signature of another body", with_header(&genuine, SIGNATURE, header(&another, SIGNATURE))),
        ("a signature that is none", with_header(&genuine, SIGNATURE, "bm9uZQ==")),
    ]
}

fn forged_as_twilio(left: &Left) -> Vec<(&'static str, SignedRequest)> {
    let genuine = twilio().state(&left.sms, 1, "SM1", "delivered", None);
    let stop = twilio().inbound("SM2", "STOP", Some("STOP"));
    let json = TwilioSigner::new(TOKEN, PUBLIC_URL).form(&genuine.target, &[]);
    let json = SignedRequest { body: b"{\"MessageStatus\":\"delivered\"}".to_vec(), ..json };
    let plain = with_header(&genuine, "content-type", "text/plain");
    let mut added = genuine.clone();
    added.body.extend_from_slice(b"&ErrorCode=30005");
    vec![
        ("no signature", without(&genuine, OF_TWILIO)),
        ("another token", TwilioSigner::new("x", PUBLIC_URL).state(&left.sms, 1, "SM1", "delivered", None)),
        (
            "for another host",
            TwilioSigner::new(TOKEN, "https://evil.example").state(&left.sms, 1, "SM1", "failed", None),
        ),
        (
            "for another message",
            SignedRequest { target: genuine.target.replace(&left.sms, &left.email), ..genuine.clone() },
        ),
        (
            "for another door",
            SignedRequest { target: "/webhooks/twilio/inbound".to_owned(), ..genuine.clone() },
        ),
        ("a changed parameter", with_text(&genuine, "MessageStatus=delivered", "MessageStatus=failed")),
        ("an added parameter", added),
        ("a parameter less", with_text(&stop, "&OptOutType=STOP", "")),
        ("JSON without its hash", with_header(&json, "content-type", "application/json")),
        ("a type that is not covered", plain),
        ("no type", without(&genuine, "content-type")),
        ("somebody's text", TwilioSigner::new("x", PUBLIC_URL).inbound("SM3", "STOP", Some("STOP"))),
    ]
}

#[actix_web::test]
async fn whatever_is_forged_gets_401_without_a_reason_and_changes_nothing() {
    let world = signed_world().await;
    let left = world.left(1).await;
    let forged = [forged_as_sendgrid(&world, &left), forged_as_twilio(&left)].concat();
    let (before, mut answers) = (world.stored(), Vec::new());
    for (how, call) in forged {
        let reply = world.call(&call).await;
        assert_eq!((reply.status, reply.problem().as_str()), (401, "invalid_signature"), "{how}");
        assert!(world.stored() == before, "{how}: something was written");
        answers.push(reply.text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "nobody is told what was wrong");
    let genuine = twilio().state(&left.sms, 1, "SM1", "delivered", None);
    world.call(&genuine).await.expect(204);
    assert!(world.stored() != before, "what is written is seen");
}

#[actix_web::test]
async fn without_a_key_nothing_is_believed() {
    let world = World::new().await;
    let left = world.left(1).await;
    let event = sendgrid_event(&left.email, 1, "delivered", "e-1", world.now());
    let calls = [
        SendGridSigner::default().events(&[event], world.now()),
        twilio().state(&left.sms, 1, "SM1", "delivered", None),
        twilio().inbound("SM2", "STOP", Some("STOP")),
    ];
    let before = world.stored();
    for call in calls {
        world.call(&call).await.expect(401);
    }
    assert!(world.stored() == before);
}

#[actix_web::test]
async fn the_headers_of_a_request_do_not_say_where_it_was_sent() {
    let world = signed_world().await;
    let left = world.left(1).await;
    let elsewhere =
        TwilioSigner::new(TOKEN, "https://evil.example").state(&left.sms, 1, "SM1", "failed", None);
    let names = ["Host", "X-Forwarded-Host", "Forwarded"];
    let values = ["evil.example", "evil.example", "host=evil.example;proto=https"];
    let mut call = elsewhere;
    call.headers.extend(names.iter().zip(values).map(|(name, value)| ((*name).to_owned(), value.to_owned())));
    world.call(&call).await.expect(401);
}
