//! Dead letters, queues, figures, audit trail, over HTTP.

use actix_web::http::Method;
use carillon_domain::message::TryEnd;
use carillon_domain::{MessageId, Permission, Reach};
use carillon_ports::store::Outcome;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::bodies::cancellation;
use crate::world::{World, request};

/// Accepts an event and ends the e-mail that comes of it, 750 ms later.
async fn ended(world: &World, business: &str, number: usize, end: &TryEnd) -> MessageId {
    let report = world.post("/v1/events", &cancellation(business, number)).await.expect(202).json();
    let messages = report["notifications"][0]["messages"].as_array().expect("messages");
    let email = messages.iter().find(|message| message["channel"] == "email").expect("an e-mail");
    let id = email["id"].as_str().expect("an id").parse().expect("an id");
    let now = world.ports.clock.now();
    let claimed =
        world.ports.store.claim(&[id], TimeDelta::minutes(1), now).await.expect("a claim").remove(0);
    let finished_at = now + TimeDelta::milliseconds(750);
    let outcome = Outcome {
        message: id,
        attempt: claimed.message.attempt,
        recipient: claimed.notification.recipient.clone(),
        after: claimed.message.after(end, finished_at),
        provider: Some("sendgrid"),
        provider_id: None,
        detail: Some("refused (550)".to_owned()),
        content: None,
        cost: None,
        decided: None,
        settles: None,
        folds_at: None,
        started_at: now,
        finished_at,
    };
    assert_eq!(world.ports.store.record(vec![outcome]).await, Ok(vec![true]));
    id
}

fn post(world: &World, path: &str) -> actix_web::test::TestRequest {
    request(Method::POST, path, Some(&world.platform))
}

#[actix_web::test]
async fn dead_letters_are_paged_and_filtered() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for number in 0..3 {
        ids.insert(0, ended(&world, "salon", number, &TryEnd::Rejected).await.to_string());
    }
    ended(&world, "other", 9, &TryEnd::Rejected).await;
    let page = world.get("/v1/dead-letters?business_id=salon&limit=2").await.expect(200).json();
    assert_eq!(
        (&page["items"][0]["message_id"], &page["items"][1]["message_id"]),
        (&json!(ids[0]), &json!(ids[1]))
    );
    let letter = &page["items"][0];
    assert_eq!((&letter["reason"], &letter["detail"]), (&json!("rejected"), &json!("refused (550)")));
    assert_eq!((&letter["channel"], &letter["class"]), (&json!("email"), &json!("critical")));
    assert_eq!((&letter["recipient_id"], &letter["attempts"]), (&json!("salon-client-2"), &json!(1)));
    assert_eq!(letter["failed_at"], "2026-12-01T08:00:00.750Z");
    let next = page["next"].as_str().expect("another page");
    let rest = world
        .get(&format!("/v1/dead-letters?business_id=salon&limit=2&after={next}"))
        .await
        .expect(200)
        .json();
    assert_eq!((&rest["items"][0]["message_id"], &rest["next"]), (&json!(ids[2]), &Value::Null));
    for (query, found) in [
        ("channel=email", 4),
        ("channel=sms", 0),
        ("reason=tries_exhausted", 0),
        ("kind=client.appointment_cancelled&reason=rejected", 4),
    ] {
        let page = world.get(&format!("/v1/dead-letters?{query}")).await.expect(200).json();
        assert_eq!(page["items"].as_array().map(Vec::len), Some(found), "{query}");
    }
    let own = world.business_key("other").await;
    let page = world.get_as(&own, "/v1/dead-letters").await.expect(200).json();
    assert_eq!(page["items"][0]["business_id"], "other");
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn a_broken_cursor_or_limit_is_refused() {
    let world = World::new().await;
    for path in ["/v1/dead-letters", "/v1/audit"] {
        for query in [
            "after=x",
            "after=1_2",
            "after=_",
            "after=99999999999999999_0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3f",
            "limit=0",
            "limit=x",
        ] {
            let reply = world.get(&format!("{path}?{query}")).await.expect(422);
            assert_eq!(reply.problem(), "invalid_query", "{path} {query}");
        }
    }
}

#[actix_web::test]
async fn a_dead_letter_is_tried_again_or_put_away_once() {
    let world = World::new().await;
    let (one, two) = (
        ended(&world, "salon", 1, &TryEnd::Rejected).await,
        ended(&world, "salon", 2, &TryEnd::Rejected).await,
    );
    for (id, verb, status) in [(one, "retry", "queued"), (two, "discard", "cancelled")] {
        let path = format!("/v1/dead-letters/{id}/{verb}");
        let stranger = request(Method::POST, &path, Some(&world.business_key("other").await));
        assert_eq!(world.send(stranger).await.expect(404).problem(), "not_found");
        let done = world.send(post(&world, &path)).await.expect(200).json();
        assert_eq!(done, json!({"message_id": id, "status": status}));
        let again = world.send(post(&world, &path)).await.expect(409);
        assert_eq!(again.problem(), "too_late");
        assert_eq!(again.json()["messages"], json!([{"id": id, "status": status}]));
    }
    assert_eq!(world.get("/v1/dead-letters").await.expect(200).json()["items"], json!([]));
    let unknown =
        world.send(post(&world, "/v1/dead-letters/0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3f/retry")).await;
    assert_eq!(unknown.expect(404).problem(), "not_found");
    assert_eq!(world.send(post(&world, "/v1/dead-letters/x/retry")).await.expect(404).problem(), "not_found");
    let audit = world.get("/v1/audit?action=dead_letter.discarded").await.expect(200).json();
    assert_eq!(audit["items"][0]["target"], json!(two));
    assert_eq!(audit["items"][0]["business_id"], "salon");
}

#[actix_web::test]
async fn the_queues_say_what_there_is_to_do() {
    let world = World::new().await;
    ended(&world, "salon", 1, &TryEnd::Rejected).await;
    world.clock.advance(TimeDelta::seconds(2));
    let queues = world.get("/v1/queues").await.expect(200).json();
    let lines = queues["items"].as_array().expect("items");
    assert_eq!((lines.len(), &queues["next"]), (12, &Value::Null));
    let find = |channel: &str| {
        lines.iter().find(|line| line["channel"] == channel && line["class"] == "critical").expect("a line")
    };
    assert_eq!((&find("email")["failed"], &find("email")["oldest_s"]), (&json!(1), &Value::Null));
    let sms = find("sms");
    assert_eq!((&sms["queued"], &sms["ready"], &sms["oldest_s"]), (&json!(1), &json!(1), &json!(2.0)));
}

#[actix_web::test]
async fn the_figures_hold_delivery_and_latency_against_the_promises() {
    let world = World::new().await;
    ended(&world, "salon", 1, &TryEnd::Accepted).await;
    ended(&world, "salon", 2, &TryEnd::Rejected).await;
    world.clock.advance(TimeDelta::seconds(2));
    let stats = world.get("/v1/stats?business_id=salon").await.expect(200).json();
    assert_eq!(
        (&stats["since"], &stats["until"]),
        (&json!("2026-11-30T08:00:02.000Z"), &json!("2026-12-01T08:00:02.000Z"))
    );
    let email = &stats["channels"][0];
    assert_eq!((&email["channel"], &email["messages"]), (&json!("email"), &json!(2)));
    assert_eq!((&email["by_status"]["sent"], &email["by_status"]["failed"]), (&json!(1), &json!(1)));
    assert_eq!(email["by_class"]["critical"], 2);
    assert_eq!((&email["delivery"]["rate"], &email["delivery"]["promise"]), (&Value::Null, &json!(0.98)));
    assert_eq!(email["delivery"]["kept"], Value::Null);
    let latency = json!({"messages": 1, "p50_s": 0.75, "p95_s": 0.75, "p99_s": 0.75, "under_5s": 1.0});
    assert_eq!(email["latency"], latency);
    assert_eq!(stats["channels"][1]["delivery"]["promise"], 0.95);

    let later = world.get("/v1/stats?since=2026-12-01T09:00:01%2B01:00").await.expect(200).json();
    assert_eq!(later["channels"][0]["messages"], 0);
    for query in [
        "since=2026-08-01T00:00:00Z",
        "since=2027-01-01T00:00:00Z",
        "since=yesterday",
        "until=2020-01-01",
        "since=0000-01-01T00:00:00Z&until=9999-12-31T23:59:59Z",
    ] {
        let reply = world.get(&format!("/v1/stats?{query}")).await.expect(422);
        assert_eq!(reply.problem(), "invalid_query", "{query}");
        let parameter = reply.json()["errors"][0]["parameter"].as_str().map(str::to_owned);
        assert!(matches!(parameter.as_deref(), Some("since" | "until")), "{}", reply.text);
    }
    let own = world.business_key("other").await;
    assert_eq!(world.get_as(&own, "/v1/stats?business_id=salon").await.expect(404).problem(), "not_found");
    assert_eq!(world.get_as(&own, "/v1/stats").await.expect(200).json()["channels"][0]["messages"], 0);
}

#[actix_web::test]
async fn the_audit_trail_is_paged_and_bound_by_reach() {
    let world = World::new().await;
    for business in ["salon", "other", "salon"] {
        world.put(&format!("/v1/businesses/{business}"), &json!({"name": "A"})).await;
        world.clock.advance(TimeDelta::seconds(1));
    }
    let page = world.get("/v1/audit?action=business.put&limit=2").await.expect(200).json();
    let targets = |page: &Value| {
        let items = page["items"].as_array().expect("items").iter();
        items.map(|line| line["target"].as_str().expect("a target").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(targets(&page), ["salon", "other"]);
    assert_eq!(page["items"][0]["at"], "2026-12-01T08:00:02.000Z");
    let next = page["next"].as_str().expect("another page");
    let rest =
        world.get(&format!("/v1/audit?action=business.put&limit=2&after={next}")).await.expect(200).json();
    assert_eq!((targets(&rest), &rest["next"]), (vec!["salon".to_owned()], &Value::Null));
    let own = world.business_key("other").await;
    let page = world.get_as(&own, "/v1/audit").await.expect(200).json();
    assert_eq!(targets(&page), ["other"]);
    let since = world
        .get("/v1/audit?action=business.put&since=2026-12-01T08:00:01Z&until=2026-12-01T08:00:02Z")
        .await;
    assert_eq!(targets(&since.expect(200).json()), ["other"]);
    assert_eq!(world.get("/v1/audit?actor=a%00b").await.expect(422).problem(), "invalid_query");
}

#[actix_web::test]
async fn each_needs_its_permission() {
    let world = World::new().await;
    let weak = world.key(Reach::Platform, vec![Permission::NotificationsRead]).await;
    for path in ["/v1/queues", "/v1/dead-letters", "/v1/stats", "/v1/audit"] {
        assert_eq!(world.get_as(&weak, path).await.expect(403).problem(), "forbidden");
    }
    let id = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3f";
    for path in [
        format!("/v1/dead-letters/{id}/retry"),
        format!("/v1/dead-letters/{id}/discard"),
        format!("/v1/batches/{id}/cancel"),
    ] {
        let reply = world.send(request(Method::POST, &path, Some(&weak))).await;
        assert_eq!(reply.expect(403).problem(), "forbidden", "{path}");
    }
}
