//! What the platform tells its own administrators about a business is nothing that the business sees, changes or pays for.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::bodies::{client, user};
use crate::world::{Reply, World, request};

/// Events about a business that its people must not hear of.
fn affairs() -> [(&'static str, Value); 3] {
    let subscription = json!({"plan": "Pro", "amount": 4900, "currency": "EUR"});
    [
        ("fraud.detected", json!({"fraud": {"summary": "14 payments by one card"}})),
        ("quota.exceeded", json!({"quota": {"name": "SMS", "limit": 500, "used": 512}})),
        ("subscription.payment_failed", json!({"subscription": subscription})),
    ]
}

/// What the platform was told.
struct Told {
    event: String,
    notification: String,
    message: String,
}

/// A salon with an owner, an administrator of the platform, and the credentials of the salon.
async fn salon(world: &World) -> Vec<(&'static str, String)> {
    world.put("/v1/businesses/salon", &json!({"name": "Atelier Lumière"})).await.expect(201);
    world.put("/v1/recipients/helene", &user("salon", "owner")).await.expect(201);
    let admin = json!({"actor": "platform_admin", "name": "Ada", "email": "ada@example.com", "phone": "+33612345678"});
    world.put("/v1/recipients/ada", &admin).await.expect(201);
    vec![("key", world.business_key("salon").await), ("owner", world.token("helene").await)]
}

async fn tell(world: &World, name: &str, data: &Value) -> Told {
    let body = json!({"type": name, "business_id": "salon", "data": data});
    let report = world.post("/v1/events", &body).await.expect(202).json();
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    Told {
        event: text(&report["event_id"]),
        notification: text(&report["notifications"][0]["id"]),
        message: text(&report["notifications"][0]["messages"][0]["id"]),
    }
}

async fn ask(world: &World, credential: &str, method: Method, path: &str) -> Reply {
    world.send(request(method, path, Some(credential))).await
}

#[actix_web::test]
async fn a_business_neither_finds_nor_changes_what_the_platform_tells_about_it() {
    let world = World::new().await;
    let credentials = salon(&world).await;
    for (name, data) in affairs() {
        let told = tell(&world, name, &data).await;
        let Told { event, notification, message } = &told;
        let table = [
            (Method::GET, format!("/v1/events/{event}")),
            (Method::GET, format!("/v1/notifications/{notification}")),
            (Method::POST, format!("/v1/notifications/{notification}/cancel")),
            (Method::POST, format!("/v1/notifications/{notification}/retry")),
            (Method::POST, format!("/v1/dead-letters/{message}/retry")),
            (Method::POST, format!("/v1/dead-letters/{message}/discard")),
        ];
        for (who, credential) in &credentials {
            for (method, path) in &table {
                let reply = ask(&world, credential, method.clone(), path).await;
                let is_hidden = reply.status == 404 || (*who == "owner" && reply.status == 403);
                assert!(is_hidden, "{name} {who} {method} {path}: {} {}", reply.status, reply.text);
            }
        }
        let record = world.get(&format!("/v1/notifications/{notification}")).await.expect(200).json();
        for whole in record["messages"].as_array().expect("messages") {
            assert_eq!(whole["status"], "queued", "{name}: {whole}");
        }
    }
}

#[actix_web::test]
async fn no_list_of_a_business_counts_what_the_platform_tells_about_it() {
    let world = World::new().await;
    let credentials = salon(&world).await;
    for (name, data) in affairs() {
        tell(&world, name, &data).await;
    }
    for (who, credential) in &credentials {
        for path in [
            "/v1/notifications",
            "/v1/notifications?business_id=salon",
            "/v1/notifications?recipient_id=ada",
            "/v1/notifications?kind=platform.fraud_detected",
            "/v1/dead-letters",
            "/v1/costs?business_id=salon",
        ] {
            let reply = ask(&world, credential, Method::GET, path).await;
            if *who == "owner" && reply.status == 403 {
                continue;
            }
            assert_eq!(reply.status, 200, "{who} {path}: {}", reply.text);
            assert_eq!(
                reply.json()["items"].as_array().map(Vec::len),
                Some(0),
                "{who} {path}: {}",
                reply.text
            );
        }
        for path in ["/v1/queues", "/v1/stats", "/v1/stats?business_id=salon", "/v1/audit"] {
            let reply = ask(&world, credential, Method::GET, path).await;
            let text = reply.text.clone();
            assert!(!text.contains("platform.") && !text.contains("fraud"), "{who} {path}: {text}");
            let body = if reply.status == 200 { reply.json() } else { Value::Null };
            let counted = |list: &str, field: &str| -> u64 {
                body[list].as_array().into_iter().flatten().filter_map(|one| one[field].as_u64()).sum()
            };
            assert_eq!(
                (counted("items", "queued"), counted("channels", "messages")),
                (0, 0),
                "{who} {path}: {text}"
            );
        }
    }
    let inbox = ask(&world, &credentials[1].1, Method::GET, "/v1/inbox").await.expect(200).json();
    assert_eq!(inbox["items"], json!([]));
}

#[actix_web::test]
async fn settings_and_the_end_of_a_business_silence_nothing_that_the_platform_tells_about_it() {
    let world = World::new().await;
    salon(&world).await;
    let settings = json!({"channels": {"off": ["email", "sms", "in_app"]}, "sms": {"countries": ["BE"], "monthly_budget": "0"}});
    world.put("/v1/businesses/salon/settings", &settings).await.expect(200);
    let told = tell(&world, "fraud.detected", &affairs()[0].1).await;
    world.send(request(Method::DELETE, "/v1/businesses/salon", Some(&world.platform))).await.expect(204);
    let record = world.get(&format!("/v1/notifications/{}", told.notification)).await.expect(200).json();
    let messages = record["messages"].as_array().expect("messages");
    assert_eq!(messages.len(), 3);
    for whole in messages {
        assert_eq!(whole["status"], "queued", "{whole}");
    }
}

#[actix_web::test]
async fn the_platform_reads_which_business_it_is_about() {
    let world = World::new().await;
    salon(&world).await;
    let told = tell(&world, "fraud.detected", &affairs()[0].1).await;
    let event = world.get(&format!("/v1/events/{}", told.event)).await.expect(200).json();
    assert_eq!(event["business_id"], Value::Null);
    assert_eq!(event["data"]["business"], json!({"id": "salon", "name": "Atelier Lumière"}));
    assert_eq!(event["notifications"][0]["kind"], "platform.fraud_detected");
}

#[actix_web::test]
async fn what_is_asked_for_by_hand_or_in_bulk_belongs_to_the_platform_too() {
    let world = World::new().await;
    let credentials = salon(&world).await;
    let body = json!({
        "kind": "platform.fraud_detected", "business_id": "salon", "recipient_id": "ada", "data": affairs()[0].1
    });
    let one = world.post("/v1/notifications", &body).await.expect(202).json();
    let body = json!({
        "kind": "platform.fraud_detected", "business_id": "salon", "recipients": ["ada"], "data": affairs()[0].1
    });
    let many = world.post("/v1/notifications/bulk", &body).await.expect(202).json();
    let (one, many) = (one["id"].as_str().expect("an id"), many["batch_id"].as_str().expect("an id"));
    for (who, credential) in &credentials {
        for (method, path) in [
            (Method::GET, format!("/v1/notifications/{one}")),
            (Method::GET, format!("/v1/batches/{many}")),
            (Method::POST, format!("/v1/batches/{many}/cancel")),
        ] {
            let reply = ask(&world, credential, method.clone(), &path).await;
            assert_eq!(reply.status, 404, "{who} {method} {path}: {}", reply.text);
        }
        let found = ask(&world, credential, Method::GET, "/v1/notifications").await.expect(200).json();
        assert_eq!(found["items"], json!([]), "{who}");
    }
}

#[actix_web::test]
async fn a_business_is_shown_only_the_kinds_and_events_that_it_may_use() {
    let world = World::new().await;
    let mut credentials = salon(&world).await;
    world.put("/v1/recipients/camille", &client("salon")).await.expect(201);
    credentials.push(("client", world.token("camille").await));
    for (who, credential) in &credentials {
        let kinds = ask(&world, credential, Method::GET, "/v1/kinds").await.expect(200);
        assert!(kinds.text.contains("client.appointment_confirmed"), "{who}");
        for kind in kinds.json()["items"].as_array().expect("kinds") {
            assert_ne!(kind["actor"], "platform_admin", "{who}: {}", kind["kind"]);
        }
    }
    let all = world.get("/v1/kinds").await.expect(200);
    let admin = ask(&world, &world.token("ada").await, Method::GET, "/v1/kinds").await.expect(200);
    for kinds in [all, admin] {
        assert!(kinds.text.contains("\"platform.fraud_detected\""));
    }

    let key = &credentials[0].1;
    let unknown = json!({"type": "fraud.detected", "business_id": "salon", "data": {}});
    let refused = world.send_json(key, Method::POST, "/v1/events", &unknown).await.expect(422);
    assert!(refused.text.contains("appointment.booked"), "{}", refused.text);
    for hidden in ["quota.exceeded", "system.alert", "fraud.detected,", "subscription.payment_failed"] {
        assert!(!refused.text.contains(hidden), "{hidden}: {}", refused.text);
    }
    let settings = json!({"channels": {"kinds": {"platform.fraud_detected": []}}, "digests": {"platform.quota_exceeded": {"every": "day"}}});
    let refused =
        world.send_json(key, Method::PUT, "/v1/businesses/salon/settings", &settings).await.expect(422);
    assert_eq!(refused.text.matches("is not a kind of the catalogue").count(), 2, "{}", refused.text);
    let preferences =
        json!({"kinds": [{"kind": "platform.fraud_detected", "channel": "email", "allowed": false}]});
    let refused = world
        .send_json(key, Method::PUT, "/v1/recipients/camille/preferences", &preferences)
        .await
        .expect(422);
    assert!(refused.text.contains("is not a kind of the catalogue"), "{}", refused.text);
}
