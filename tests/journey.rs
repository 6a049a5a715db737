//! One request goes all the way.

use std::time::Duration;

use carillon_testkit::providers::{Behaviour, FakeSmtp, Prism};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::{Database, World, until};
use crate::on_both_databases;
use crate::requests::{cancellation, event, payment};

on_both_databases! {
    one_request_with_inline_people_reaches_everybody,
    a_reminder_of_a_moved_appointment_is_called_off,
    an_email_that_sendgrid_cannot_take_goes_by_smtp,
    what_is_stopped_with_sigterm_is_finished_or_kept,
}

#[tokio::test]
async fn a_connection_opened_ahead_of_its_first_request_is_kept_as_long_as_one_between_two() {
    let app = World::new(Database::Sqlite).await.start().await;
    let host = app.url.trim_start_matches("http://");
    let mut connection = TcpStream::connect(host).await.expect("a connection");
    // Longer than servers usually wait for a first request.
    tokio::time::sleep(Duration::from_secs(7)).await;
    let request = format!("GET /health/live HTTP/1.1\r\nHost: {host}\r\n\r\n");
    connection.write_all(request.as_bytes()).await.expect("it is open");
    let mut answer = [0; 15];
    connection.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
}

async fn one_request_with_inline_people_reaches_everybody(database: Database) {
    let world = World::new(database).await;
    let app = world.start().await;
    let report = app.post("/v1/events", &cancellation(1)).await;
    until("e-mail and SMS arrive", || async {
        world.sendgrid.unique_messages() == 1 && world.twilio.unique_messages() == 1
    })
    .await;

    let email = &world.sendgrid.received()[0].body;
    assert_eq!(email["personalizations"][0]["to"][0]["email"], "camille.1@example.com");
    assert!(email["subject"].as_str().expect("a subject").contains("annul"), "{}", email["subject"]);
    assert_eq!(email["headers"]["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    let sms = &world.twilio.received()[0].body;
    assert_eq!(sms["To"], "+33612345678");
    assert!(sms["Body"].as_str().expect("a text").starts_with("Atelier Lumière"), "{}", sms["Body"]);

    let id = report["notifications"][0]["id"].as_str().expect("an id");
    until("the timeline says so", || async {
        statuses(&app.get(&format!("/v1/notifications/{id}")).await) == ["sent"; 3]
    })
    .await;
    let timeline = app.get(&format!("/v1/notifications/{id}")).await;
    assert_eq!(timeline["messages"][0]["attempts"][0]["provider"], "sendgrid");

    let token = app.post("/v1/tokens", &json!({"recipient_id": "client-1", "ttl_s": 60})).await;
    let token = token["token"].as_str().expect("a token");
    let inbox: Value = app.send_as(token, Method::GET, "/v1/inbox", None).await.json().await.expect("JSON");
    assert_eq!(
        (&inbox["items"][0]["seq"], &inbox["items"][0]["kind"]),
        (&json!(1), &json!("client.appointment_cancelled"))
    );
}

fn statuses(notification: &Value) -> Vec<&str> {
    notification["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .filter_map(|message| message["status"].as_str())
        .collect()
}

async fn a_reminder_of_a_moved_appointment_is_called_off(database: Database) {
    let world = World::new(database).await;
    let app = world.start().await;
    let booked = app.post("/v1/events", &event("appointment.booked", 1, 72, "confirmed")).await;
    app.post("/v1/events", &event("appointment.rescheduled", 1, 96, "confirmed")).await;
    let reminders = |report: &Value| -> Vec<String> {
        let notifications = report["notifications"].as_array().expect("notifications");
        let reminders = notifications
            .iter()
            .filter(|one| one["kind"].as_str().is_some_and(|kind| kind.contains("reminder")));
        reminders.map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
    };
    let old = reminders(&booked);
    assert_eq!(old.len(), 3);
    for id in old {
        let record = app.get(&format!("/v1/notifications/{id}")).await;
        assert!(
            record["messages"]
                .as_array()
                .expect("messages")
                .iter()
                .all(|message| message["status"] != "scheduled"),
            "{record}"
        );
        assert!(
            record["messages"]
                .as_array()
                .expect("messages")
                .iter()
                .any(|message| message["reason"] == "superseded")
        );
    }
}

async fn an_email_that_sendgrid_cannot_take_goes_by_smtp(database: Database) {
    let mut world = World::new(database).await;
    let smtp = FakeSmtp::start().await;
    world.set("SMTP_URL", &smtp.url());
    world.sendgrid.behave(Behaviour::status(503));
    let app = world.start().await;
    app.post("/v1/events", &payment(1)).await;
    until("both e-mails arrive by SMTP", || async { smtp.messages().len() == 2 }).await;
    assert_eq!(world.sendgrid.unique_messages(), 0);
}

async fn what_is_stopped_with_sigterm_is_finished_or_kept(database: Database) {
    let world = World::new(database).await;
    let mut app = world.start().await;
    for number in 0..50 {
        app.post("/v1/events", &payment(number)).await;
    }
    let key = app.key.clone();
    assert!(app.stop().await.success());
    let _again = world.start_with(&key).await;
    until("all e-mails arrive", || async { world.sendgrid.unique_messages() == 100 }).await;
    assert!(world.sendgrid.times_taken().values().all(|times| *times == 1), "none twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_fits_the_providers_own_documents() {
    let mut world = World::new(Database::Sqlite).await;
    let tmp = env!("CARGO_TARGET_TMPDIR");
    let (mail, messages) = ("tsg_mail_v3.json", "twilio_api_v2010.messages.json");
    let (sendgrid, twilio) = match (
        Prism::in_front_of(&world.sendgrid.url(), mail, tmp).await,
        Prism::in_front_of(&world.twilio.url(), messages, tmp).await,
    ) {
        (Ok(sendgrid), Ok(twilio)) => (sendgrid, twilio),
        (Err(why), _) | (_, Err(why)) => return println!("left out: {why}"),
    };
    world.set("SENDGRID_BASE_URL", sendgrid.url());
    world.set("TWILIO_BASE_URL", twilio.url());
    let app = world.start().await;
    for number in 0..100 {
        let mut body = cancellation(number);
        let names = ["Zoë \"Zo\" O'Neil", "李小龍", "Anne-Marie, née Dupré", "Camille 🌸", "Ørjan Åse"];
        body["data"]["client"]["name"] = json!(names[number % names.len()]);
        body["data"]["client"]["locale"] = json!(if number % 2 == 0 { "fr" } else { "en" });
        app.post("/v1/events", &body).await;
    }
    until("all arrive", || async {
        world.sendgrid.unique_messages() == 100 && world.twilio.unique_messages() == 100
    })
    .await;
    assert_eq!((sendgrid.violations(), twilio.violations()), (vec![], vec![]));
}
