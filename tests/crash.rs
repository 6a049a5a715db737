//! `kill -9` at any moment: every accepted message arrives.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use carillon_testkit::providers::Behaviour;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::app::{App, Database, World, until};
use crate::on_both_databases;
use crate::requests::{cancellation, payment};

on_both_databases! {
    every_accepted_message_arrives_whenever_the_process_dies,
}

/// 290 payments make 4 messages each, 280 cancellations 3: 2,000 in all.
const PAYMENTS: usize = 290;
const CANCELLATIONS: usize = 280;

/// A client that repeats a request with its key until it is answered, as booking apps should.
struct Client {
    http: reqwest::Client,
    url: Mutex<String>,
    key: String,
    next: AtomicUsize,
    accepted: Mutex<Vec<Value>>,
}

impl Client {
    async fn post_all(self: Arc<Self>) {
        loop {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            let body = match number {
                0..PAYMENTS => payment(number),
                PAYMENTS.. if number < PAYMENTS + CANCELLATIONS => cancellation(number),
                _ => return,
            };
            let report = self.post(number, &body).await;
            self.accepted.lock().await.push(report);
        }
    }

    async fn post(&self, number: usize, body: &Value) -> Value {
        loop {
            let url = format!("{}/v1/events", self.url.lock().await);
            let request = self
                .http
                .post(url)
                .bearer_auth(&self.key)
                .header("Idempotency-Key", format!("key-{number}"))
                .json(body);
            if let Ok(response) = request.send().await
                && response.status() == 202
                && let Ok(report) = response.json().await
            {
                return report;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn every_accepted_message_arrives_whenever_the_process_dies(database: Database) {
    let world = World::new(database).await;
    world.sendgrid.behave(Behaviour::accept().after(Duration::from_millis(20)));
    let mut app = world.start().await;
    let client = Arc::new(Client {
        http: crate::app::client(),
        url: Mutex::new(app.url.clone()),
        key: app.key.clone(),
        next: AtomicUsize::new(0),
        accepted: Mutex::default(),
    });
    let posting: Vec<_> = (0..8).map(|_| tokio::spawn(client.clone().post_all())).collect();
    for arrived in [40, 250, 500] {
        until("some e-mails arrive", || async { world.sendgrid.unique_messages() >= arrived }).await;
        app.kill().await;
        app = world.start_with(&client.key).await;
        *client.url.lock().await = app.url.clone();
    }
    for post in posting {
        post.await.expect("no panic");
    }
    let accepted = client.accepted.lock().await.clone();
    assert_eq!(accepted.len(), PAYMENTS + CANCELLATIONS);
    assert_eq!(expected(&accepted, &["email", "sms", "in_app"]).len(), 2_000);
    let (emails, texts) = (expected(&accepted, &["email"]), expected(&accepted, &["sms"]));
    until("every accepted message arrives", || async {
        let (sendgrid, twilio) = (world.sendgrid.times_taken(), world.twilio.times_taken());
        emails.iter().all(|id| sendgrid.contains_key(id)) && texts.iter().all(|id| twilio.contains_key(id))
    })
    .await;
    until("nothing is left to do", || async { is_done(&app).await }).await;
    let repeated: usize = world.sendgrid.times_taken().values().map(|times| times - 1).sum();
    println!(
        "{} e-mails and {} SMS arrived; {repeated} e-mails twice, in flight when the process died",
        emails.len(),
        texts.len()
    );
    assert!(repeated <= 3 * 256, "only what was in flight can be repeated");
}

/// The messages that were to be sent, by what the answers said.
fn expected(reports: &[Value], channels: &[&str]) -> BTreeSet<String> {
    let notifications = reports.iter().filter_map(|report| report["notifications"].as_array()).flatten();
    let messages = notifications.filter_map(|notification| notification["messages"].as_array()).flatten();
    messages
        .filter(|message| {
            message["status"] == "queued" && channels.iter().any(|channel| message["channel"] == *channel)
        })
        .filter_map(|message| message["id"].as_str().map(str::to_owned))
        .collect()
}

async fn is_done(app: &App) -> bool {
    for status in ["queued", "sending", "scheduled", "in_doubt", "failed"] {
        let page = app.get(&format!("/v1/notifications?status={status}&limit=1")).await;
        if !page["items"].as_array().is_some_and(Vec::is_empty) {
            return false;
        }
    }
    true
}
