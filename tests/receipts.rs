//! What providers say afterwards, over real HTTP.

use carillon_testkit::clock::machine_time;
use carillon_testkit::providers::callbacks::sendgrid_event;
use carillon_testkit::providers::{Behaviour, FakeTwilio, SendGridSigner, SignedRequest, TwilioSigner};
use serde_json::Value;

use crate::app::{App, Database, World, until};
use crate::on_both_databases;
use crate::requests::{cancellation, event, payment};

on_both_databases! {
    what_a_provider_says_shows_in_the_timeline,
    a_receipt_settles_a_doubt_and_nothing_is_sent_twice,
    a_client_confirms_by_text_and_stops_one_business_alone,
}

/// The token and the address of the environment in `app.rs`.
fn twilio() -> TwilioSigner {
    TwilioSigner::new("token", "https://carillon.example.com")
}

async fn world(database: Database) -> World {
    let mut world = World::new(database).await;
    world.set("SENDGRID_WEBHOOK_PUBLIC_KEYS", &SendGridSigner::default().public_key());
    world
}

/// Sends a provider's call and answers its status.
async fn call(app: &App, signed: SignedRequest) -> u16 {
    send(app, signed).await.status().as_u16()
}

/// A text message comes in from the client; answers what Twilio is to send back.
async fn text(app: &App, sid: &str, text: &str) -> String {
    let answer = send(app, twilio().inbound(sid, text, None)).await;
    assert_eq!(answer.status().as_u16(), 200);
    answer.text().await.expect("text")
}

async fn send(app: &App, signed: SignedRequest) -> reqwest::Response {
    let mut request = app.client.post(format!("{}{}", app.url, signed.target)).body(signed.body);
    for (name, value) in signed.headers {
        request = request.header(name, value);
    }
    request.send().await.expect("an answer")
}

fn of_channel<'a>(notification: &'a Value, channel: &str) -> &'a Value {
    let messages = notification["messages"].as_array().expect("messages");
    messages.iter().find(|message| message["channel"] == channel).expect("one")
}

async fn what_a_provider_says_shows_in_the_timeline(database: Database) {
    let world = world(database).await;
    let app = world.start().await;
    let report = app.post("/v1/events", &cancellation(1)).await;
    until("e-mail and SMS arrive", || async {
        world.sendgrid.unique_messages() == 1 && world.twilio.unique_messages() == 1
    })
    .await;
    let path = format!("/v1/notifications/{}", report["notifications"][0]["id"].as_str().expect("an id"));
    let email = world.sendgrid.received()[0].message_id.clone().expect("our id");
    let delivered = [sendgrid_event(&email, 1, "delivered", "e-1", machine_time())];
    let genuine = SendGridSigner::default().events(&delivered, machine_time());
    let forged = SendGridSigner::of(8).events(&delivered, machine_time());
    assert_eq!(call(&app, forged).await, 401);
    assert_eq!(call(&app, genuine.clone()).await, 204);
    assert_eq!(call(&app, genuine).await, 204);
    // Twilio calls the address that came with the message, byte for byte.
    let sent = &world.twilio.received()[0];
    let callback = sent.body["StatusCallback"].as_str().expect("an address");
    let target = callback.strip_prefix("https://carillon.example.com").expect("our address");
    let sid = FakeTwilio::sid(1);
    let fields = [("MessageSid", sid.as_str()), ("MessageStatus", "delivered"), ("To", "+33612345678")];
    assert_eq!(call(&app, twilio().form(target, &fields)).await, 204);
    until("both are delivered", || async {
        let shown = app.get(&path).await;
        ["email", "sms"].iter().all(|channel| of_channel(&shown, channel)["status"] == "delivered")
    })
    .await;
    let shown = app.get(&path).await;
    for (channel, provider) in [("email", "sendgrid"), ("sms", "twilio")] {
        let receipts = of_channel(&shown, channel)["receipts"].as_array().expect("receipts");
        assert_eq!(receipts.len(), 1);
        assert_eq!((&receipts[0]["what"], &receipts[0]["provider"]), (&"delivered".into(), &provider.into()));
    }
}

async fn a_receipt_settles_a_doubt_and_nothing_is_sent_twice(database: Database) {
    let world = world(database).await;
    world.sendgrid.next([Behaviour::close().but_takes_it()]);
    let app = world.start().await;
    app.post("/v1/events", &payment(1)).await;
    let search = "/v1/notifications?status=in_doubt";
    let count = async |path: &str| app.get(path).await["items"].as_array().expect("items").len();
    until("one is in doubt", || async { count(search).await == 1 }).await;
    let doubtful = world.sendgrid.received()[0].message_id.clone().expect("our id");
    let events = [sendgrid_event(&doubtful, 1, "processed", "e-1", machine_time())];
    assert_eq!(call(&app, SendGridSigner::default().events(&events, machine_time())).await, 204);
    until("it is sent", || async { count(search).await == 0 }).await;
    assert_eq!(count("/v1/notifications?status=queued").await, 0);
    assert!(world.sendgrid.times_taken().values().all(|times| *times == 1), "none twice");
}

/// The path of the one notification of an event that goes by SMS.
fn by_sms(report: &Value) -> String {
    let goes_by_sms = |notification: &&Value| {
        let messages = notification["messages"].as_array().expect("messages");
        messages.iter().any(|message| message["channel"] == "sms")
    };
    let all = report["notifications"].as_array().expect("notifications");
    let one = all.iter().find(goes_by_sms).expect("one by SMS");
    format!("/v1/notifications/{}", one["id"].as_str().expect("an id"))
}

async fn a_client_confirms_by_text_and_stops_one_business_alone(database: Database) {
    let world = world(database).await;
    let app = world.start().await;
    let status = async |path: &str| of_channel(&app.get(path).await, "sms")["status"].clone();
    let told = app.post("/v1/events", &event("appointment.rescheduled", 1, 5, "requested")).await;
    until("the client is told by SMS", || async { status(&by_sms(&told)).await == "sent" }).await;
    let appointment = "/v1/appointments/a-1?business_id=salon";
    assert_eq!(app.get(appointment).await["status"], "requested");
    let answer = text(&app, "SM1", "Oui, merci !").await;
    assert!(answer.contains("est confirmé."), "{answer}");
    assert_eq!(text(&app, "SM1", "Oui, merci !").await, answer);
    assert_eq!(app.get(appointment).await["status"], "confirmed");

    assert!(text(&app, "SM2", "STOP").await.contains("vous ne recevrez plus de SMS"));
    let kept_back = app.post("/v1/events", &cancellation(2)).await;
    until("the business writes no more", || async { status(&by_sms(&kept_back)).await == "suppressed" })
        .await;
    let shown = app.get(&by_sms(&kept_back)).await;
    assert_eq!(of_channel(&shown, "sms")["reason"], "address_suppressed");
    let mut elsewhere = cancellation(3);
    elsewhere["business_id"] = "other".into();
    for part in ["practitioner", "owner"] {
        elsewhere["data"].as_object_mut().expect("a map").remove(part);
    }
    let leaves = app.post("/v1/events", &elsewhere).await;
    until("another business writes", || async { status(&by_sms(&leaves)).await == "sent" }).await;
    assert_eq!(world.twilio.unique_messages(), 2);
}
