//! The API document is good for what people do with it: a linter finds nothing, and clients that are made from it compile and publish.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;

use crate::app::{App, Database, World};

/// What the scripts end with where a tool is not installed.
const NOT_INSTALLED: i32 = 77;
/// Usually 10 to 20 s.
const PATIENCE: Duration = Duration::from_mins(4);

/// Runs a script with the API document, and answers what it prints; `None` where its tool is not installed.
async fn run(script: &str, world: &World, app: Option<&App>) -> Option<String> {
    let document = world.folder.path().join("openapi.json");
    std::fs::write(&document, world.ask(&["openapi"]).await).expect("a file");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts").join(script);
    let mut command = Command::new(script);
    command.arg(&document).current_dir(world.folder.path()).kill_on_drop(true);
    if let Some(app) = app {
        command.env("CARILLON_URL", &app.url).env("CARILLON_KEY", &app.key);
    }
    let output = tokio::time::timeout(PATIENCE, command.output()).await.expect("it ends").expect("it starts");
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.code() == Some(NOT_INSTALLED) {
        println!("left out: {}", errors.trim());
        return None;
    }
    assert!(output.status.success(), "{said}\n{errors}");
    Some(said.into_owned() + &errors)
}

/// Publishes an event by a client, and looks for it at the server.
async fn publish(script: &str) {
    let world = World::new(Database::Sqlite).await;
    let app = world.start().await;
    let Some(said) = run(script, &world, Some(&app)).await else { return };
    let line = said.lines().find(|line| line.starts_with('{')).unwrap_or_else(|| panic!("no answer: {said}"));
    let answer: Value = serde_json::from_str(line).expect("JSON");
    let event = app.get(&format!("/v1/events/{}", answer["event_id"].as_str().expect("an id"))).await;
    assert_eq!(event["type"], "appointment.booked");
    assert_eq!(event["data"]["appointment"]["service"], "Coupe");
    assert!(answer["kinds"].as_u64().is_some_and(|kinds| kinds > 30), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_linter_finds_nothing_in_the_specification() {
    let world = World::new(Database::Sqlite).await;
    let Some(said) = run("redocly", &world, None).await else { return };
    assert!(said.contains("is valid") && !said.contains("You have"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typescript_client_made_from_the_specification_compiles_and_publishes_an_event() {
    publish("typescript-client").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_python_client_made_from_the_specification_compiles_and_publishes_an_event() {
    publish("python-client").await;
}
