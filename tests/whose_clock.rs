//! A time is told by the clock of the place, and every way of looking at it tells the same one.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::app::{Database, World, until};
use crate::on_both_databases;
use crate::requests::appointment;

on_both_databases! {
    texts_calendar_file_api_and_dry_run_tell_one_time,
}

/// What a clock in a zone shows at a time.
fn clock(zone: &str, at: &str, format: &str) -> String {
    let shown = Command::new("date")
        .env("TZ", zone)
        .env("LC_ALL", "C")
        .args(["-d", at, &format!("+{format}")])
        .output();
    String::from_utf8(shown.expect("date starts").stdout).expect("text").trim().to_owned()
}

/// People in four zones, and an appointment at a place in one of them.
fn booking(number: usize, zone: Option<&str>) -> Value {
    let mut appointment = appointment(number, 72, "confirmed");
    match zone {
        Some(zone) => appointment["timezone"] = json!(zone),
        None => drop(appointment.as_object_mut().expect("a map").remove("timezone")),
    }
    let person = |id: &str, zone: &str| json!({"id": format!("{id}-{number}"), "name": "Camille Laurent", "email": format!("{id}.{number}@example.com"), "locale": "fr", "timezone": zone});
    json!({
        "type": "appointment.booked", "business_id": format!("salon-{number}"),
        "data": {
            "business": {"name": "Atelier", "locale": "fr", "timezone": "Europe/Paris"},
            "client": person("client", "America/New_York"), "practitioner": person("staff", "Asia/Tokyo"),
            "owner": person("owner", "America/Los_Angeles"), "appointment": appointment
        }
    })
}

/// Every text in an answer, with who would read it.
fn texts(trial: &Value) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for notification in trial["notifications"].as_array().expect("notifications") {
        for message in notification["messages"].as_array().expect("messages") {
            if message["content"].is_object() {
                let reader = notification["recipient_id"].as_str().expect("an id").to_owned();
                texts.push((reader, message["content"].to_string()));
            }
        }
    }
    texts
}

async fn texts_calendar_file_api_and_dry_run_tell_one_time(database: Database) {
    let world = World::new(database).await;
    let app = world.start().await;
    let places = [
        (1, None, "Europe/Paris", "heure de Paris"),
        (2, Some("Europe/London"), "Europe/London", "heure de Londres"),
    ];
    for (number, zone, place, named) in places {
        let event = booking(number, zone);
        let starts_at = event["data"]["appointment"]["starts_at"].as_str().expect("a time").to_owned();
        let told = clock(place, &starts_at, "%H:%M");
        let others: Vec<String> =
            ["America/New_York", "Asia/Tokyo", "America/Los_Angeles", "Europe/Paris", "UTC"]
                .iter()
                .map(|zone| clock(zone, &starts_at, "%H:%M"))
                .filter(|shown| *shown != told)
                .collect();
        let check = |text: &str| {
            assert!(text.contains(&told), "{told} is missing in {text}");
            assert!(!others.iter().any(|other| text.contains(other)), "{others:?}: {text}");
        };

        let trial = app.post("/v1/events/dry-run", &event).await;
        let tried = texts(&trial);
        for reader in ["client", "staff", "owner"] {
            let of_reader: Vec<_> =
                tried.iter().filter(|(id, _)| *id == format!("{reader}-{number}")).collect();
            assert!(!of_reader.is_empty(), "{reader} hears nothing: {trial}");
            for (_, text) in of_reader {
                check(text);
            }
        }
        assert!(tried.iter().any(|(_, text)| text.contains(named)), "{named}: {tried:?}");

        let before = world.sendgrid.unique_messages();
        let report = app.post("/v1/events", &event).await;
        until("three e-mails arrive", || async { world.sendgrid.unique_messages() == before + 3 }).await;
        for email in world.sendgrid.received().iter().skip(before) {
            let text = email.body["content"][0]["value"].as_str().expect("a text");
            check(&format!("{} {text}", email.body["subject"]));
            let to = email.body["personalizations"][0]["to"][0]["email"].as_str().expect("an address");
            if to.starts_with("client") {
                let file = email.body["attachments"][0]["content"].as_str().expect("a calendar file");
                let file = String::from_utf8(STANDARD.decode(file).expect("base64")).expect("text");
                let start = format!("DTSTART;TZID={place}:{}", clock(place, &starts_at, "%Y%m%dT%H%M%S"));
                assert!(file.replace("\r\n ", "").contains(&start), "{start}: {file}");
            }
        }

        let path = format!("/v1/appointments/a-{number}?business_id=salon-{number}");
        let shown = app.get(&path).await;
        assert_eq!(shown["local_start"], clock(place, &starts_at, "%Y-%m-%dT%H:%M:%S"));
        assert_eq!(shown["timezone"], place);
        for notification in report["notifications"].as_array().expect("notifications") {
            let id = notification["id"].as_str().expect("an id");
            let timeline = app.get(&format!("/v1/notifications/{id}")).await;
            for message in timeline["messages"].as_array().expect("messages") {
                if message["content"].is_object() {
                    check(&message["content"].to_string());
                }
            }
        }
    }
}

/// A visit in Lyon of a client in New York, and one by video that has a zone of its own.
const WEEKS: &str = r#"{
  "business": {"id": "salon", "name": "Atelier", "settings": {"timezone": "Europe/Paris", "locale": "fr"}},
  "people": [
    {"id": "camille", "name": "Camille Laurent", "email": "camille@example.com", "phone": "+33612345678", "timezone": "America/New_York"},
    {"id": "ines", "name": "Inès Moreau", "role": "staff", "email": "ines@example.com", "timezone": "Asia/Tokyo"},
    {"id": "helene", "name": "Hélène Girard", "role": "owner", "email": "helene@example.com", "timezone": "America/Los_Angeles"}
  ],
  "appointments": [
    {"at": "2026-12-01T10:00:00+01:00", "appointment": {"id": "a-1", "client_ids": ["camille"], "practitioner_id": "ines", "service": "Coupe",
     "status": "confirmed", "starts_at": "2026-12-04T14:30:00+01:00", "location": "12 rue des Lilas, Lyon"}},
    {"at": "2026-12-02T10:00:00+01:00", "appointment": {"id": "a-2", "client_ids": ["camille"], "practitioner_id": "ines", "service": "Visio",
     "status": "confirmed", "starts_at": "2026-12-08T14:30:00+01:00", "timezone": "Asia/Kolkata"}}
  ]
}"#;

#[tokio::test]
async fn a_simulation_tells_the_same_time() {
    let world = World::new(Database::Sqlite).await;
    let weeks = world.folder.path().join("weeks.json");
    std::fs::write(&weeks, WEEKS).expect("written");
    let weeks = weeks.display().to_string();
    let played = world
        .ask(&["simulate", "--from", "2026-12-01", "--to", "2026-12-09", "--appointments", &weeks])
        .await;
    let with_hour: Vec<&str> = played.lines().filter(|line| line.contains("  SMS ")).collect();
    assert!(with_hour.iter().any(|line| line.contains("14:30")), "{played}");
    for wrong in ["08:30", "22:30", "05:30"] {
        assert!(!played.contains(wrong), "{wrong}: {played}");
    }
    assert!(played.lines().any(|line| line.contains("  SMS ") && line.contains("19:00")), "{played}");
}
