//! Providers call: what they sign is kept and applied, whatever it is.

use std::sync::Arc;

use actix_web::http::Method;
use async_trait::async_trait;
use carillon_adapter_sendgrid::{SendGridEvents, WebhookKeys};
use carillon_adapter_twilio::{TwilioInbound, TwilioStates};
use carillon_application::{ApplyReceipts, Doors};
use carillon_domain::MessageId;
use carillon_domain::message::TryEnd;
use carillon_ports::receipts::{Applied, InboundSms, Kept, NewReceipt};
use carillon_ports::store::Outcome;
use carillon_ports::{ReceiptStore, StoreError};
use carillon_testkit::providers::callbacks::sendgrid_event;
use carillon_testkit::providers::{SendGridSigner, SignedRequest, TwilioSigner};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::bodies::{cancellation, cancellation_of};
use crate::world::{Reply, World, request};

pub(crate) const TOKEN: &str = "the account's token";
pub(crate) const PUBLIC_URL: &str = "https://carillon.example";

/// A world whose doors are open to the tests' own keys.
pub(crate) async fn signed_world() -> World {
    World::with(|ports| {
        let (old, new) = (SendGridSigner::of(9).public_key(), SendGridSigner::default().public_key());
        let keys = WebhookKeys::parse(&format!("{old},{new}")).expect("keys");
        ports.doors = Doors {
            sendgrid: Some(Arc::new(SendGridEvents::new(keys, ports.clock.clone()))),
            twilio_states: Some(Arc::new(TwilioStates::new(&TOKEN.into(), PUBLIC_URL, ports.clock.clone()))),
            twilio_inbound: Some(Arc::new(TwilioInbound::new(
                &TOKEN.into(),
                PUBLIC_URL,
                ports.clock.clone(),
            ))),
        };
    })
    .await
}

pub(crate) fn twilio() -> TwilioSigner {
    TwilioSigner::new(TOKEN, PUBLIC_URL)
}

/// Messages that left: an e-mail and a text message of one notification.
pub(crate) struct Left {
    notification: String,
    pub(crate) email: String,
    pub(crate) sms: String,
}

impl World {
    /// Sends a provider's call.
    pub(crate) async fn call(&self, signed: &SignedRequest) -> Reply {
        let mut call = request(Method::POST, &signed.target, None);
        for (name, value) in &signed.headers {
            call = call.append_header((name.as_str(), value.as_str()));
        }
        self.send(call.set_payload(signed.body.clone())).await
    }

    /// Has the number-th appointment cancelled, and its messages taken by the providers.
    pub(crate) async fn left(&self, number: usize) -> Left {
        let report = self.post("/v1/events", &cancellation("salon", number)).await.expect(202).json();
        let notification = &report["notifications"][0];
        let id = |channel: &str| {
            let messages = notification["messages"].as_array().expect("messages");
            let message = messages.iter().find(|message| message["channel"] == channel).expect("one");
            message["id"].as_str().expect("an id").to_owned()
        };
        let left = Left {
            notification: notification["id"].as_str().expect("an id").to_owned(),
            email: id("email"),
            sms: id("sms"),
        };
        self.take(&[&left.email, &left.sms]).await;
        left
    }

    async fn take(&self, ids: &[&str]) {
        let ids: Vec<MessageId> = ids.iter().map(|id| id.parse().expect("an id")).collect();
        let now = self.ports.clock.now();
        let claimed = self.ports.store.claim(&ids, TimeDelta::seconds(30), now).await.expect("a claim");
        let outcomes = claimed.iter().map(|claimed| Outcome {
            message: claimed.message.id,
            attempt: 1,
            recipient: claimed.notification.recipient.clone(),
            after: claimed.message.after(&TryEnd::Accepted, now),
            provider: Some(if claimed.message.id == ids[0] { "sendgrid" } else { "twilio" }),
            provider_id: None,
            detail: None,
            content: None,
            cost: None,
            decided: None,
            settles: None,
            folds_at: None,
            started_at: now,
            finished_at: now,
        });
        self.ports.store.record(outcomes.collect()).await.expect("recorded");
    }

    pub(crate) async fn apply(&self) -> Applied {
        ApplyReceipts::new(&self.ports).run().await.expect("applied")
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.ports.clock.now()
    }

    /// One message of a notification.
    async fn shown(&self, left: &Left, channel: &str) -> Value {
        let shown = self.get(&format!("/v1/notifications/{}", left.notification)).await.expect(200).json();
        let messages = shown["messages"].as_array().expect("messages");
        messages.iter().find(|message| message["channel"] == channel).expect("one").clone()
    }

    async fn events(&self, events: &[Value]) -> Reply {
        self.call(&SendGridSigner::default().events(events, self.now())).await
    }
}

#[actix_web::test]
async fn what_a_provider_says_stands_in_the_timeline() {
    let world = signed_world().await;
    let (left, now) = (world.left(1).await, world.now());
    let mut bounce = sendgrid_event(&left.email, 1, "bounce", "e-2", now + TimeDelta::seconds(2));
    bounce["type"] = json!("bounce");
    bounce["reason"] = json!("550 5.1.1 <camille.laurent@example.com>: unknown");
    let events = [bounce, sendgrid_event(&left.email, 1, "delivered", "e-1", now + TimeDelta::seconds(1))];
    let reply = world.events(&events).await.expect(204);
    assert_eq!(reply.text, "");
    let sid = "SM00000000000000000000000000000001";
    world.call(&twilio().state(&left.sms, 1, sid, "sent", None)).await.expect(204);
    world.call(&twilio().state(&left.sms, 1, sid, "delivered", None)).await.expect(204);
    assert_eq!(world.apply().await.applied, 4);
    let email = world.shown(&left, "email").await;
    assert_eq!((&email["status"], &email["reason"]), (&json!("undelivered"), &json!("bounced")));
    let told = |message: &Value| -> Vec<String> {
        let receipts = message["receipts"].as_array().expect("receipts");
        receipts.iter().map(|one| one["what"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(told(&email), ["delivered", "bounced"]);
    let expected = json!({
        "at": "2026-12-01T08:00:02.000Z", "what": "bounced", "detail": "550 5.1.1 … unknown", "provider": "sendgrid", "attempt": 1
    });
    assert_eq!(email["receipts"][1], expected);
    let sms = world.shown(&left, "sms").await;
    assert_eq!((&sms["status"], &sms["provider_id"]), (&json!("delivered"), &json!(sid)));
    assert_eq!(told(&sms), ["sent", "delivered"]);
}

#[actix_web::test]
async fn a_replay_is_taken_and_changes_nothing() {
    let world = signed_world().await;
    let left = world.left(1).await;
    let delivered = SendGridSigner::default()
        .events(&[sendgrid_event(&left.email, 1, "delivered", "e-1", world.now())], world.now());
    let sent = twilio().state(&left.sms, 1, "SM1", "delivered", None);
    let stop = twilio().inbound("SM2", "STOP", Some("STOP"));
    for call in [&delivered, &sent] {
        world.call(call).await.expect(204);
    }
    world.call(&stop).await.expect(200);
    assert_eq!(world.apply().await.applied, 2);
    let before = world.shown(&left, "email").await;
    world.clock.advance(TimeDelta::hours(24));
    for call in [&delivered, &sent, &delivered, &sent] {
        world.call(call).await.expect(204);
    }
    world.call(&stop).await.expect(200);
    assert_eq!(world.apply().await, Applied::default());
    assert_eq!(world.shown(&left, "email").await, before);
}

#[actix_web::test]
async fn whatever_is_signed_is_taken_however_odd() {
    let world = signed_world().await;
    let left = world.left(1).await;
    let signer = SendGridSigner::default();
    let odd = ["", "nonsense", "7", "[", "[null,7,\"x\",{}]", "{\"event\":\"test_event\"}"];
    for body in odd {
        world.call(&signer.body(body.as_bytes(), world.now())).await.expect(204);
    }
    let elsewhere = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3d";
    let events = [
        sendgrid_event(&left.email, 1, "account_status_change", "e-1", world.now()),
        sendgrid_event("not ours", 1, "delivered", "e-2", world.now()),
        sendgrid_event(elsewhere, 1, "delivered", "e-3", world.now()),
    ];
    world.events(&events).await.expect(204);
    world.call(&twilio().state(elsewhere, 1, "SM1", "delivered", None)).await.expect(204);
    world.call(&twilio().state(&left.sms, 1, "SM1", "a new state", None)).await.expect(204);
    world.call(&twilio().form("/webhooks/twilio/status", &[("MessageSid", "SM1")])).await.expect(204);
    world.call(&twilio().form("/webhooks/twilio/inbound", &[])).await.expect(200);
    assert_eq!(world.apply().await, Applied { unmatched: 2, ..Applied::default() });
    assert_eq!(world.shown(&left, "email").await["status"], "sent");
}

#[actix_web::test]
async fn a_bounced_address_and_a_number_that_said_stop_are_left_alone() {
    let world = signed_world().await;
    let left = world.left(1).await;
    let mut bounce = sendgrid_event(&left.email, 1, "bounce", "e-1", world.now());
    bounce["type"] = json!("bounce");
    world.events(&[bounce]).await.expect(204);
    let stopped = world.call(&twilio().inbound("SM1", "Stop", Some("STOP"))).await.expect(200);
    assert_eq!((stopped.text.as_str(), stopped.header("content-type")), ("<Response/>", "text/xml"));
    world.apply().await;
    let reasons = async |appointment: &str| {
        let cancelled = cancellation_of("salon", 1, appointment);
        let report = world.post("/v1/events", &cancelled).await.expect(202).json();
        let messages = report["notifications"][0]["messages"].as_array().expect("messages").clone();
        let reason = |channel: &str| {
            let of_channel = messages.iter().find(|message| message["channel"] == channel).expect("one");
            of_channel["reason"].as_str().unwrap_or_default().to_owned()
        };
        (reason("email"), reason("sms"))
    };
    let suppressed = || "address_suppressed".to_owned();
    assert_eq!(reasons("a-2").await, (suppressed(), suppressed()));
    world.call(&twilio().inbound("SM2", "Start", Some("START"))).await.expect(200);
    assert_eq!(reasons("a-3").await, (suppressed(), String::new()));
}

#[actix_web::test]
async fn whoever_texts_back_is_answered_and_the_same_text_gets_the_same_answer() {
    let world = signed_world().await;
    world.left(1).await;
    let business = json!({"name": "Ciseaux & <Co>"});
    world.put("/v1/businesses/salon", &business).await;
    let help = twilio().inbound("SM1", "aide svp", None);
    let answer = world.call(&help).await.expect(200);
    let expected = concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Response><Message>Ciseaux &amp; &lt;Co&gt; : ce numéro envoie des SMS "#,
        "sur vos rendez-vous. Pour ne plus en recevoir : STOP.</Message></Response>"
    );
    assert_eq!((answer.text.as_str(), answer.header("content-type")), (expected, "text/xml"));
    world.clock.advance(TimeDelta::days(2));
    assert_eq!(world.call(&help).await.expect(200).text, expected);
    let message = world.call(&twilio().inbound("SM2", "Bonjour, avez-vous un parking ?", None)).await;
    assert_eq!(message.expect(200).text, "<Response/>");
}

#[actix_web::test]
async fn a_stop_that_the_provider_did_not_see_holds_for_the_business_alone() {
    let world = signed_world().await;
    world.left(1).await;
    let stopped = world.call(&twilio().inbound("SM1", "Stop svp", None)).await.expect(200);
    assert!(stopped.text.contains("vous ne recevrez plus de SMS"), "{}", stopped.text);
    let reason = async |business: &str, appointment: &str| {
        let cancelled = cancellation_of(business, 1, appointment);
        let report = world.post("/v1/events", &cancelled).await.expect(202).json();
        let messages = report["notifications"][0]["messages"].as_array().expect("messages").clone();
        let sms = messages.iter().find(|message| message["channel"] == "sms").expect("one");
        sms["reason"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(reason("salon", "a-2").await, "address_suppressed");
    // The second time the person is known, and so is what stands against the number.
    assert_eq!((reason("other", "a-3").await, reason("other", "a-4").await), (String::new(), String::new()));
}

#[actix_web::test]
async fn a_call_that_is_too_long_is_refused_before_its_signature_is_looked_at() {
    let world = signed_world().await;
    let signer = SendGridSigner::default();
    let long = signer.body(&vec![b' '; 2 * 1_048_576 + 1], world.now());
    assert_eq!(world.call(&long).await.expect(413).problem(), "body_too_large");
    let full = signer.body(&vec![b' '; 2 * 1_048_576], world.now());
    world.call(&full).await.expect(204);
}

/// A store that cannot be reached.
struct Away;

#[async_trait]
impl ReceiptStore for Away {
    async fn keep(&self, _: Vec<NewReceipt>, _: DateTime<Utc>) -> Result<Kept, StoreError> {
        Err(StoreError::Unavailable("away".to_owned()))
    }

    async fn keep_inbound(&self, _: Vec<InboundSms>) -> Result<Kept, StoreError> {
        Err(StoreError::Unavailable("away".to_owned()))
    }

    async fn apply(&self, _: DateTime<Utc>, _: u32) -> Result<Applied, StoreError> {
        Err(StoreError::Unavailable("away".to_owned()))
    }

    async fn wait_for_receipts(&self, _: std::time::Duration) {}
}

#[actix_web::test]
async fn while_the_database_is_away_a_provider_is_asked_to_repeat_and_a_forger_is_not() {
    let doors = signed_world().await.ports.doors;
    let world = World::with(|ports| {
        ports.doors = doors;
        ports.receipts = Arc::new(Away);
    })
    .await;
    let genuine = twilio().state("0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3d", 1, "SM1", "delivered", None);
    assert_eq!(world.call(&genuine).await.expect(503).header("retry-after"), "2");
    let forged = TwilioSigner::new("another token", PUBLIC_URL).inbound("SM1", "STOP", Some("STOP"));
    world.call(&forged).await.expect(401);
}
