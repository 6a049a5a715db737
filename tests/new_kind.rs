//! A new kind is a folder: no Rust.

use std::fs;

use serde_json::json;

use crate::app::{Database, World, until};
use crate::on_both_databases;

on_both_databases! {
    a_kind_added_as_a_folder_is_routed_rendered_and_sent,
}

const KIND: &str = r##"
description = "Tells the client that a waiting-list place came free."
actor = "end_client"
audience = "clients"
class = "immediate"
purpose = "service"

[[on]]
event = "waitlist.place_free"
when = "place.hours_left > 2"

[channels.email]
[channels.sms]
[channels.in_app]

[schema]
required = ["place"]
[schema.properties]
client = { "$ref" = "#/$defs/person" }
[schema.properties.place]
type = "object"
required = ["service", "hours_left"]
properties = { service = { type = "string" }, hours_left = { type = "integer" } }

[sample]
place = { service = "Coupe", hours_left = 5 }
"##;

async fn a_kind_added_as_a_folder_is_routed_rendered_and_sent(database: Database) {
    let mut world = World::new(database).await;
    let texts = world.folder.path().join("texts");
    let kind = texts.join("client.place_free");
    fs::create_dir_all(kind.join("en")).expect("a folder");
    for (file, text) in [
        ("kind.toml", KIND),
        ("en/email.subject", "A place for {{ place.service }} is free"),
        (
            "en/email.mjml",
            "<mj-text>Hello {{ recipient.first_name }}, there is a place for {{ place.service }}.</mj-text>",
        ),
        ("en/email.txt", "Hello {{ recipient.first_name }}, there is a place for {{ place.service }}."),
        ("en/sms", "{{ business.name }}: a place for {{ place.service }} is free."),
        ("en/inbox.toml", "title = \"A place is free\"\nbody = \"{{ place.service }}\""),
    ] {
        fs::write(kind.join(file), text).expect("a file");
    }
    world.set("CARILLON_TEMPLATES", &texts.display().to_string());
    let app = world.start().await;
    let client = json!({"id": "c-1", "name": "Ada <b>Lovelace</b>", "email": "ada@example.com", "phone": "+33612345678"});
    let event = |hours: i64| {
        json!({"type": "waitlist.place_free", "business_id": "salon",
               "data": {"client": client, "place": {"service": "a <cut>", "hours_left": hours}}})
    };
    let report = app.post("/v1/events", &event(1)).await;
    assert_eq!(report["notifications"], json!([]), "the condition does not hold");
    app.post("/v1/events", &event(5)).await;
    until("e-mail and SMS arrive", || async {
        world.sendgrid.unique_messages() == 1 && world.twilio.unique_messages() == 1
    })
    .await;
    let email = world.sendgrid.received()[0].body.clone();
    assert_eq!(email["subject"], "A place for a <cut> is free");
    let html = email["content"][1]["value"].as_str().expect("HTML").to_owned();
    assert!(html.contains("a &lt;cut&gt;") && !html.contains("<cut>"));
    assert_eq!(world.twilio.received()[0].body["Body"], "salon: a place for a <cut> is free.");
}
