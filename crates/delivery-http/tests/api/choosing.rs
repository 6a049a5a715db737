//! Preferences by API, and by the person's own token.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::bodies::client;
use crate::world::{World, request, with_body};

const PATH: &str = "/v1/recipients/camille/preferences";

pub(crate) async fn world(locale: &str) -> World {
    let world = World::new().await;
    world.put("/v1/businesses/salon", &json!({"name": "Salon <b>Martin</b>"})).await.expect(201);
    let mut camille = client("salon");
    camille["locale"] = json!(locale);
    world.put("/v1/recipients/camille", &camille).await.expect(201);
    world
}

pub(crate) async fn consents(world: &World) -> Vec<Value> {
    let list = world.get("/v1/recipients/camille/consents").await.expect(200).json();
    list["items"].as_array().expect("a list").clone()
}

fn cell<'a>(preferences: &'a Value, category: &str, channel: &str) -> &'a Value {
    let rows = preferences["categories"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["category"] == category).expect("the category");
    let cells = row["channels"].as_array().expect("cells");
    cells.iter().find(|cell| cell["channel"] == channel).expect("the channel")
}

#[actix_web::test]
async fn preferences_are_shown_whole_and_changed_by_what_is_named() {
    let world = world("fr").await;
    let before = world.get(PATH).await.expect(200).json();
    assert_eq!(before["business_id"], "salon");
    assert_eq!(
        cell(&before, "reminders", "sms"),
        &json!({"channel": "sms", "allowed": true, "changeable": true, "from": "default"})
    );
    assert_eq!(before["marketing"][0]["allowed"], false);
    assert_eq!(
        (&before["kinds"], &before["quiet_hours"], &before["digest"]),
        (&json!([]), &Value::Null, &json!({}))
    );
    let change = json!({
        "categories": [{"category": "reminders", "channels": [{"channel": "sms", "allowed": false}]}],
        "kinds": [{"kind": "client.payment_confirmed", "channel": "email", "allowed": false}],
        "marketing": [{"channel": "email", "allowed": true}],
        "quiet_hours": {"from": "21:00", "to": "08:00"},
        "digest": {"messages": {"every": "daily", "at": "18:00"}},
        "source": "account", "wording": "2026-05", "ip": "192.0.2.9"
    });
    let after = world.put(PATH, &change).await.expect(200).json();
    assert_eq!(
        cell(&after, "reminders", "sms"),
        &json!({"channel": "sms", "allowed": false, "changeable": true, "from": "person"})
    );
    let kind = json!({"kind": "client.payment_confirmed", "category": "payments", "channel": "email", "allowed": false});
    assert_eq!(after["kinds"], json!([kind]));
    assert_eq!(after["marketing"][0]["from"], "person");
    assert_eq!((&after["quiet_hours"], &after["digest"]), (&change["quiet_hours"], &change["digest"]));
    assert_eq!(world.get(PATH).await.expect(200).json(), after);
    assert_eq!(world.put(PATH, &json!({})).await.expect(200).json(), after);
    let cleared = world.put(PATH, &json!({"quiet_hours": null})).await.expect(200).json();
    assert_eq!((&cleared["quiet_hours"], &cleared["digest"]), (&Value::Null, &after["digest"]));
    let elsewhere = world.put("/v1/businesses/barber", &json!({"name": "Barber"})).await;
    elsewhere.expect(201);
    let there = world.get(&format!("{PATH}?business_id=barber")).await.expect(200).json();
    assert_eq!(
        (&there["business_id"], &cell(&there, "reminders", "sms")["allowed"]),
        (&json!("barber"), &json!(true))
    );
}

#[actix_web::test]
async fn a_decision_is_proved_by_a_chain_that_the_export_has_checked() {
    let world = world("fr").await;
    let change = json!({
        "marketing": [{"channel": "email", "allowed": true}, {"channel": "sms", "allowed": true}],
        "source": "account", "wording": "2026-05", "ip": "192.0.2.9"
    });
    world.put(PATH, &change).await.expect(200);
    world.put(PATH, &json!({"digest": {"payments": {"every": "hourly"}}})).await.expect(200);
    let records = consents(&world).await;
    assert_eq!((&records[0]["seq"], &records[1]["seq"]), (&json!(1), &json!(2)));
    assert_eq!(records[0]["previous_hash"], "0".repeat(64));
    assert_eq!(records[1]["previous_hash"], records[0]["hash"]);
    assert_eq!((&records[0]["ip"], &records[0]["wording"]), (&json!("192.0.2.9"), &json!("2026-05")));
    assert_eq!(records.len(), 2, "what is no decision on a channel is no record");
    let export = world.get("/v1/recipients/camille/export").await.expect(200).json();
    assert_eq!((&export["chain"], &export["consents"]), (&json!("intact"), &json!(records)));
    assert_eq!(export["digest"]["payments"]["every"], "hourly");
    assert!(!world.stored().windows(9).any(|window| window == b"192.0.2.9"), "an address is sealed");
}

#[actix_web::test]
async fn a_person_decides_by_their_own_token_and_from_where_is_known() {
    let world = world("fr").await;
    let token = world.token("camille").await;
    world.get_as(&token, PATH).await.expect(200);
    let body = json!({"marketing": [{"channel": "sms", "allowed": true}], "ip": "10.9.8.7"}).to_string();
    let asked = |request: TestRequest| request.peer_addr("203.0.113.5:4000".parse().expect("an address"));
    let put = asked(with_body(request(Method::PUT, PATH, Some(&token)), body));
    world.send(put).await.expect(200);
    assert_eq!(consents(&world).await[0]["ip"], "203.0.113.5");
    let body =
        json!({"purpose": "marketing", "channel": "sms", "granted": false, "source": "app"}).to_string();
    let post = with_body(request(Method::POST, "/v1/recipients/camille/consents", Some(&token)), body);
    world.send(asked(post)).await.expect(201);
    assert_eq!(consents(&world).await[1]["ip"], "203.0.113.5");
    world.put("/v1/recipients/zoe", &client("salon")).await.expect(201);
    world.get_as(&token, "/v1/recipients/zoe/preferences").await.expect(403);
}

#[actix_web::test]
async fn what_cannot_be_changed_is_named() {
    let world = world("fr").await;
    let off = |category: &str, channels: &[&str]| {
        let cells: Vec<Value> =
            channels.iter().map(|channel| json!({"channel": channel, "allowed": false})).collect();
        json!({"categories": [{"category": category, "channels": cells}]})
    };
    let table = [
        (off("appointments", &["email", "in_app"]), "/categories/0/channels/1", "invalid_preferences"),
        (off("fun", &["email"]), "/categories/0/category", "invalid_body"),
        (
            json!({"kinds": [{"kind": "client.none", "channel": "email", "allowed": false}]}),
            "/kinds/0",
            "invalid_preferences",
        ),
        (
            json!({"kinds": [{"kind": "", "channel": "email", "allowed": false}]}),
            "/kinds/0/kind",
            "invalid_preferences",
        ),
        (json!({"quiet_hours": {"from": "21:00", "to": "9"}}), "/quiet_hours/to", "invalid_preferences"),
        (json!({"digest": {"payments": {"every": "daily"}}}), "/digest/payments/at", "invalid_preferences"),
        (json!({"ip": "somewhere"}), "/ip", "invalid_preferences"),
        (json!({"purposes": {}}), "/purposes", "invalid_body"),
    ];
    for (body, pointer, code) in table {
        let reply = world.put(PATH, &body).await.expect(422);
        assert_eq!(reply.problem(), code, "{body}");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}");
    }
    assert_eq!(consents(&world).await, [] as [Value; 0]);
    world.get(&format!("{PATH}?business_id=nowhere")).await.expect(404);
    world.get(&format!("{PATH}?channel=email")).await.expect(422);
}
