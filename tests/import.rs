//! `carillon import`: a file of past and future events comes in, once, and announces nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::app::{App, Database, World, until};
use crate::requests::{appointment, everybody, payment};

/// Lines of a file, enough for several windows.
const MANY: usize = 1_200;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn write(world: &World, name: &str, lines: &[String]) -> PathBuf {
    let path = world.folder.path().join(name);
    std::fs::write(&path, lines.join("\n")).expect("written");
    path
}

/// A booking whose appointment starts some hours from now, or started that long ago.
fn booking(number: usize, starts_at: &Value) -> Value {
    let mut data = everybody(number);
    data["appointment"] = json!({"id": format!("a-{number}"), "service": "Coupe", "status": "confirmed",
        "starts_at": starts_at, "timezone": "Europe/Paris"});
    json!({"type": "appointment.booked", "business_id": "salon", "occurred_at": "2024-01-08T10:00:00+01:00", "data": data})
}

fn cancelled(booking: &Value) -> Value {
    let mut event = booking.clone();
    event["type"] = json!("appointment.cancelled");
    event["occurred_at"] = json!("2024-02-08T10:00:00+01:00");
    event["data"]["appointment"]["status"] = json!("cancelled");
    event["data"]["cancelled_by"] = json!("business");
    event
}

/// A history: bookings of the past and of the next days, every third one called off later, and payments.
fn history() -> Vec<String> {
    let ahead = appointment(0, 72, "confirmed")["starts_at"].clone();
    let past = json!("2024-03-04T14:30:00+01:00");
    let mut lines = Vec::new();
    let mut number = 0;
    while lines.len() < MANY {
        number += 1;
        let booked = booking(number, if number % 2 == 0 { &ahead } else { &past });
        lines.push(booked.to_string());
        if number % 3 == 0 {
            lines.push(cancelled(&booked).to_string());
        }
        if number % 5 == 0 {
            lines.push(payment(number).to_string());
        }
    }
    lines
}

/// How often each recipient has a notification of each kind in each state; reports and agendas, which come by the calendar, left out.
async fn what_there_is(app: &App) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let page = app.get(&format!("/v1/notifications?limit=100{cursor}")).await;
        for one in page["items"].as_array().expect("items") {
            let kind = one["kind"].as_str().expect("a kind");
            if kind.contains("report") || kind.contains("agenda") {
                continue;
            }
            let states: Vec<String> = one["messages"]
                .as_array()
                .expect("messages")
                .iter()
                .map(|message| format!("{} {} {}", message["channel"], message["status"], message["reason"]))
                .collect();
            let name = format!("{} {} {states:?}", one["recipient_id"], one["kind"]);
            *counts.entry(name).or_default() += 1;
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&after={next}"),
            None => return counts,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_is_killed_and_run_again_loses_and_doubles_nothing() {
    let lines = history();
    let whole = World::new(Database::Sqlite).await;
    let file = write(&whole, "history.jsonl", &lines).display().to_string();
    let printed = whole.ask(&["import", &file]).await;
    assert!(printed.contains(" imported, 0 already in, 0 refused"), "{printed}");
    let expected = what_there_is(&whole.start().await).await;
    assert!(expected.len() > MANY, "{} notifications", expected.len());

    let world = World::new(Database::Sqlite).await;
    let app = world.start().await;
    let mut import = world.spawn(&["import", "-"]);
    let mut input = import.stdin.take().expect("its input");
    let most = lines[..1_000].join("\n");
    input.write_all(most.as_bytes()).await.expect("written");
    until("the import is at work", || async {
        !app.get("/v1/notifications?limit=1").await["items"].as_array().expect("items").is_empty()
    })
    .await;
    import.kill().await.expect("it dies");
    let file = write(&world, "history.jsonl", &lines).display().to_string();
    let resumed = world.ask(&["import", &file]).await;
    let known = count_before(&resumed, " already in");
    let imported = count_before(&resumed, " imported");
    assert!(known > 0 && imported > 0, "killed in the middle: {resumed}");
    assert_eq!(known + imported, lines.len(), "{resumed}");
    assert_eq!(what_there_is(&app).await, expected);
    let again = world.ask(&["import", &file]).await;
    assert_eq!(count_before(&again, " already in"), lines.len(), "{again}");
    for name in what_there_is(&app).await.keys() {
        assert!(
            !name.contains("\\\"sent\\\"") && !name.contains("queued"),
            "nobody hears of the past: {name}"
        );
    }
}

fn count_before(summary: &str, word: &str) -> usize {
    let before = summary.split(word).next().expect("a text");
    let digits: String = before.rsplit([' ', ':']).next().expect("a number").replace(',', "");
    digits.parse().unwrap_or_else(|_| panic!("no number before {word:?} in {summary}"))
}

#[tokio::test]
async fn reminders_of_imported_appointments_are_planned_and_nothing_else_leaves() {
    let world = World::new(Database::Sqlite).await;
    let ahead = appointment(0, 72, "confirmed")["starts_at"].clone();
    let past = json!("2024-03-04T14:30:00+01:00");
    let lines = [booking(1, &ahead).to_string(), String::new(), booking(2, &past).to_string()];
    let file = write(&world, "history.jsonl", &lines).display().to_string();
    let printed = world.ask(&["import", &file]).await;
    assert!(printed.starts_with("2 events: 2 imported, 0 already in, 0 refused"), "{printed}");
    assert!(!printed.contains('\u{1b}') && !printed.contains('\r'), "no progress in a pipe: {printed:?}");
    let app = world.start().await;
    let shown = app.get("/v1/appointments/a-1?business_id=salon").await;
    let reminders = shown["reminders"].as_array().expect("reminders");
    assert!(reminders.iter().any(|one| one["status"] == "scheduled"), "{shown}");
    let shown = app.get("/v1/appointments/a-2?business_id=salon").await;
    assert_eq!(shown["reminders"], json!([]), "{shown}");
    for (name, _) in what_there_is(&app).await {
        let is_quiet = name.contains("reminder") || name.contains("\\\"silent\\\"");
        assert!(is_quiet && !name.contains("queued"), "{name}");
    }
}

#[tokio::test]
async fn a_line_that_says_so_or_the_option_announces_an_event() {
    let world = World::new(Database::Sqlite).await;
    let app = world.start().await;
    let mut loud = payment(1);
    loud["silent"] = json!(false);
    let file = write(&world, "loud.jsonl", &[loud.to_string(), payment(2).to_string()]).display().to_string();
    world.ask(&["import", &file]).await;
    until("the loud line leaves", || async { world.sendgrid.unique_messages() >= 2 }).await;
    let file = write(&world, "more.jsonl", &[payment(3).to_string()]).display().to_string();
    world.ask(&["import", "--announce", &file]).await;
    until("the option announces", || async { world.sendgrid.unique_messages() >= 4 }).await;
    let quiet = app.get("/v1/notifications?recipient_id=client-2").await;
    assert!(quiet.to_string().contains("\"silent\""), "{quiet}");
}

#[tokio::test]
async fn bad_lines_are_named_and_good_ones_are_kept() {
    let world = World::new(Database::Sqlite).await;
    let mut nameless = payment(2);
    nameless["data"]["client"]["name"] = json!("");
    let mut numbered = payment(3);
    numbered["id"] = json!("p-3");
    let mut other = payment(4);
    other["id"] = json!("p-3");
    let mut unreachable = payment(5);
    unreachable["data"]["client"]["email"] = json!("bad");
    let lines = [
        payment(1).to_string(),
        "{\"type\": ".to_owned(),
        nameless.to_string(),
        r#"{"type": "payment.refunded", "business_id": "salon", "data": {}}"#.to_owned(),
        numbered.to_string(),
        other.to_string(),
        unreachable.to_string(),
        payment(1).to_string(),
        r#"{"business_id": "salon", "data": {}, "colour": "red"}"#.to_owned(),
    ];
    let file = write(&world, "mixed.jsonl", &lines).display().to_string();
    let output = world.run(&["import", &file]).await;
    assert_eq!(output.status.code(), Some(1), "a line was refused");
    let said = text(&output.stderr);
    for expected in [
        ":2: is not JSON: see column 8",
        ":3: /data/client/name: is required for a person who is not known yet",
        ":4: /type: is not an event of the catalogue",
        ":6: its key stands for another event already",
        ":7: warning: /data/client/email: ",
        ":9: /colour: is not known here",
    ] {
        assert!(said.contains(&format!("{file}{expected}")), "{expected:?} is missing in:\n{said}");
    }
    let named =
        said.lines().filter_map(|line| line.strip_prefix(&file)?.split(':').nth(1)?.parse::<u64>().ok());
    assert!(named.is_sorted(), "in the order of the file:\n{said}");
    let summary = text(&output.stdout);
    assert_eq!(summary.trim(), "9 events: 3 imported (1 with warnings), 1 already in, 5 refused");
    let corrected = write(&world, "mixed.jsonl", &lines[..1]).display().to_string();
    assert_eq!(world.run(&["import", &corrected]).await.status.code(), Some(0));
}

#[tokio::test]
async fn messages_about_lines_are_bounded_and_what_is_no_file_of_lines_is_named() {
    let world = World::new(Database::Sqlite).await;
    let bad: Vec<String> = (0..1_500).map(|_| "{}".to_owned()).collect();
    let file = write(&world, "bad.jsonl", &bad).display().to_string();
    let output = world.run(&["import", &file]).await;
    let said = text(&output.stderr);
    assert!(said.lines().count() < 1_010 && said.contains("500 more messages"), "{}", said.lines().count());
    assert!(text(&output.stdout).contains("1,500 refused"));
    let list = write(&world, "list.json", &["[".to_owned(), payment(1).to_string(), "]".to_owned()]);
    for (file, hint) in [
        (list.display().to_string(), "jq -c"),
        (world.folder.path().display().to_string(), "is a folder"),
        ("missing.jsonl".to_owned(), "missing.jsonl"),
    ] {
        let output = world.run(&["import", &file]).await;
        assert_eq!(output.status.code(), Some(1), "{file}");
        assert!(text(&output.stderr).contains(hint), "{hint:?} is missing in {}", text(&output.stderr));
    }
}
