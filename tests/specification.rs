//! The running service is what its specification says: Schemathesis makes requests out of it, and looks at every answer.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::app::{App, Database, World};
use crate::requests::{cancellation, everybody};

/// What `scripts/schemathesis` ends with where it is not installed.
const NOT_INSTALLED: i32 = 77;
/// Usually 20 s.
const PATIENCE: Duration = Duration::from_mins(4);

fn text<'a>(answer: &'a Value, pointer: &str) -> &'a str {
    answer.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}: {answer}"))
}

/// Things to ask for, so that more than 404 is answered: an event with all that comes of it, a batch, a person.
async fn things(app: &App) -> Vec<(&'static str, String)> {
    let event = app.post("/v1/events", &cancellation(1)).await;
    let bulk = json!({
        "kind": "client.service_changed", "business_id": "salon", "recipients": ["client-1", "nobody"],
        "data": {"appointment": {"id": "a-1", "service": "Coupe", "starts_at": "2050-01-01T10:00:00Z"}}
    });
    let batch = app.post("/v1/notifications/bulk", &bulk).await;
    let person = everybody(1)["client"]["id"].clone();
    let token = app.post("/v1/tokens", &json!({"recipient_id": person, "ttl_s": 3600})).await;
    vec![
        ("CARILLON_KEY", app.key.clone()),
        ("CARILLON_TOKEN", text(&token, "/token").to_owned()),
        ("CARILLON_EVENT", text(&event, "/event_id").to_owned()),
        ("CARILLON_NOTIFICATION", text(&event, "/notifications/0/id").to_owned()),
        ("CARILLON_BATCH", text(&batch, "/batch_id").to_owned()),
        ("CARILLON_BUSINESS", "salon".to_owned()),
        ("CARILLON_PERSON", person.as_str().expect("an id").to_owned()),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schemathesis_finds_no_answer_that_the_specification_does_not_allow() {
    let mut world = World::new(Database::Sqlite).await;
    // A person asks as often as it likes here.
    world.set("CARILLON_RATE_LIMIT_PERSON", "0");
    let app = world.start().await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/schemathesis");
    let run = Command::new(script)
        .arg(&app.url)
        .envs(things(&app).await)
        .current_dir(world.folder.path())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE, run).await.expect("it ends").expect("it starts");
    if output.status.code() == Some(NOT_INSTALLED) {
        return println!("left out: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(report.contains("Test cases:"), "it asked: {report}");
}
