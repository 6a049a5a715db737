//! Each route does what the contract says.

use actix_web::http::Method;
use carillon_ports::content::{Action, Content};
use carillon_ports::store::Outcome;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::bodies::{cancellation, cancellation_of, client, consent, direct, user};
use crate::world::{Reply, World, request, with_body};

fn first<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("{path}: {value}"))
}

#[actix_web::test]
async fn an_event_is_accepted_and_can_be_looked_up() {
    let world = World::new().await;
    let report = world.post("/v1/events", &cancellation("salon", 1)).await.expect(202).json();
    let message = &report["notifications"][0]["messages"][0];
    assert_eq!(report["notifications"][0]["kind"], "client.appointment_cancelled");
    assert_eq!(report["notifications"][0]["recipient_id"], "salon-client-1");
    assert_eq!(message["channel"], "email");
    assert_eq!(message["status"], "queued");
    assert_eq!(message.get("reason"), None);
    assert_eq!(message["due_at"], "2026-12-01T08:00:00.000Z");

    let path = format!("/v1/events/{}", first(&report, "/event_id"));
    let event = world.get(&path).await.expect(200).json();
    assert_eq!(event["type"], "appointment.cancelled");
    assert_eq!(event["occurred_at"], "2026-12-01T07:55:00.000Z");
    assert_eq!(event["accepted_at"], "2026-12-01T08:00:00.000Z");
    assert_eq!(event["people"], json!({"client": "salon-client-1"}));
    assert_eq!(event["data"]["appointment"]["service"], "Coupe et brushing");
    assert_eq!(event["data"].get("client"), None, "people are kept as people");
    assert_eq!(event["notifications"][0]["id"], report["notifications"][0]["id"]);
}

#[actix_web::test]
async fn a_notification_is_asked_for_shown_and_called_off_once() {
    let world = World::new().await;
    let report = world.post("/v1/notifications", &direct("salon", 1)).await.expect(202).json();
    let path = format!("/v1/notifications/{}", first(&report, "/id"));
    let shown = world.get(&path).await.expect(200).json();
    assert_eq!(shown["event_type"], "notification.requested");
    assert_eq!(shown["class"], "immediate");
    assert_eq!(shown["purpose"], "service");
    assert_eq!(shown["messages"][0]["status"], "scheduled");
    assert_eq!(shown["messages"][0]["due_at"], "2026-12-02T08:00:00.000Z");
    assert_eq!(shown["messages"][0]["attempts"], json!([]));
    assert_eq!(shown["messages"][0]["content"], Value::Null);

    let cancel = format!("{path}/cancel");
    let cancelled =
        world.send(request(Method::POST, &cancel, Some(&world.platform))).await.expect(200).json();
    assert_eq!(cancelled["messages"][0]["status"], "cancelled");
    assert_eq!(cancelled["messages"][0]["reason"], "cancelled_by_request");
    let again = world.send(request(Method::POST, &cancel, Some(&world.platform))).await.expect(409);
    assert_eq!(again.problem(), "too_late");
    assert_eq!(again.json()["messages"][0]["status"], "cancelled");
}

#[actix_web::test]
async fn what_was_sent_shows_its_timeline_and_what_failed_is_tried_again() {
    let world = World::new().await;
    let report = world.post("/v1/events", &cancellation("salon", 1)).await.expect(202).json();
    let id = first(&report, "/notifications/0/id").to_owned();
    fail_and_file(&world, &report).await;
    let shown = world.get(&format!("/v1/notifications/{id}")).await.expect(200).json();
    let email = &shown["messages"][0];
    assert_eq!((&email["status"], &email["reason"]), (&json!("failed"), &json!("rejected")));
    assert_eq!(email["attempts"][0]["number"], 1);
    assert_eq!(email["attempts"][0]["provider"], "sendgrid");
    assert_eq!(email["attempts"][0]["status"], "failed");
    assert_eq!(email["content"]["type"], "email");
    assert_eq!(email["content"]["subject"], "Annulé");

    let retry = format!("/v1/notifications/{id}/retry");
    let retried = world.send(request(Method::POST, &retry, Some(&world.platform))).await.expect(200).json();
    assert_eq!(retried["messages"][0]["status"], "queued");
    let again = world.send(request(Method::POST, &retry, Some(&world.platform))).await;
    assert_eq!(again.expect(409).problem(), "too_late");
}

/// Fails the e-mail of a report for good and delivers its in-app text, as the worker would.
async fn fail_and_file(world: &World, report: &Value) {
    let ids: Vec<_> = report["notifications"][0]["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .filter(|message| message["channel"] != "sms")
        .map(|message| first(message, "/id").parse().expect("an id"))
        .collect();
    let now = world.ports.clock.now();
    let claimed = world.ports.store.claim(&ids, TimeDelta::minutes(1), now).await.expect("claimed");
    assert_eq!(claimed.len(), 2);
    let outcomes = claimed
        .into_iter()
        .map(|claimed| {
            let is_email = claimed.message.channel == carillon_domain::Channel::Email;
            let end = if is_email {
                carillon_domain::message::TryEnd::Rejected
            } else {
                carillon_domain::message::TryEnd::Accepted
            };
            let content = if is_email {
                Content::Email {
                    subject: "Annulé".into(),
                    html: "<p>Annulé</p>".into(),
                    text: "Annulé".into(),
                }
            } else {
                let action = Action { label: "Voir".into(), url: "https://app.example.com".into() };
                Content::InApp { title: "Annulé".into(), body: "Coupe".into(), action: Some(action) }
            };
            Outcome {
                message: claimed.message.id,
                attempt: claimed.message.attempt,
                recipient: claimed.notification.recipient.clone(),
                after: claimed.message.after(&end, now),
                provider: is_email.then_some("sendgrid"),
                provider_id: None,
                detail: is_email.then(|| "refused (550)".to_owned()),
                content: Some(content),
                cost: None,
                decided: None,
                settles: None,
                folds_at: None,
                started_at: now,
                finished_at: now,
            }
        })
        .collect();
    assert_eq!(world.ports.store.record(outcomes).await.expect("recorded"), [true, true]);
}

#[actix_web::test]
async fn notifications_are_searched_and_paged_newest_first() {
    let world = World::new().await;
    for number in 1..=3 {
        world.post("/v1/notifications", &direct("salon", number)).await.expect(202);
        world.clock.advance(TimeDelta::seconds(1));
    }
    world.post("/v1/notifications", &direct("other", 9)).await.expect(202);
    let page = world.get("/v1/notifications?business_id=salon&limit=2").await.expect(200).json();
    let ids = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().expect("items").iter();
        items.map(|item| first(item, "/recipient_id").to_owned()).collect()
    };
    assert_eq!(ids(&page), ["salon-client-3", "salon-client-2"]);
    let next = first(&page, "/next");
    assert_eq!(next, page["items"][1]["id"]);
    let rest = world.get(&format!("/v1/notifications?business_id=salon&limit=2&after={next}")).await.json();
    assert_eq!((ids(&rest), &rest["next"]), (vec!["salon-client-1".to_owned()], &Value::Null));

    for (query, found) in [
        ("recipient_id=salon-client-2", 1),
        ("kind=client.service_changed&status=scheduled&channel=email", 4),
        ("status=sent", 0),
        ("channel=sms", 0),
        ("channel=in_app", 4),
        ("since=2026-12-01T09:00:02%2B01:00&business_id=salon", 1),
        ("until=2026-12-01T09:00:01+01:00", 1),
        ("limit=100", 4),
    ] {
        let page = world.get(&format!("/v1/notifications?{query}")).await.expect(200).json();
        assert_eq!(page["items"].as_array().expect("items").len(), found, "{query}: {page}");
    }
}

#[actix_web::test]
async fn a_business_is_made_changed_and_removed() {
    let world = World::new().await;
    let made = world.put("/v1/businesses/salon", &json!({"name": "Salon Martin"})).await.expect(201).json();
    assert_eq!(made["settings"]["timezone"], "Europe/Paris");
    assert_eq!(made["settings"]["reminders"]["rules"][0], json!({"before": "24h", "channels": ["email"]}));
    let settings = json!({
        "locale": "en", "timezone": "Europe/London", "channels": {"off": ["sms"], "kinds": {"client.reminder_24h": ["email"]}},
        "brand": {"color": "#0f6e66"}, "sender": {"reply_to": "bonjour@example.com"}
    });
    let replaced = world.put("/v1/businesses/salon/settings", &settings).await.expect(200).json();
    assert_eq!(replaced["channels"]["off"], json!(["sms"]));
    let renamed =
        world.put("/v1/businesses/salon", &json!({"name": "Salon Lumière"})).await.expect(200).json();
    assert_eq!((&renamed["name"], &renamed["settings"]), (&json!("Salon Lumière"), &replaced));
    assert_eq!(world.get("/v1/businesses/salon").await.expect(200).json(), renamed);
    assert_eq!(world.get("/v1/businesses/salon/settings").await.expect(200).json(), replaced);
    let delete = || request(Method::DELETE, "/v1/businesses/salon", Some(&world.platform));
    assert_eq!(world.send(delete()).await.expect(204).text, "");
    world.send(delete()).await.expect(404);
    world.get("/v1/businesses/salon").await.expect(404);
}

#[actix_web::test]
async fn a_person_is_stored_shown_exported_and_erased() {
    let world = World::new().await;
    world.put("/v1/businesses/salon", &json!({"name": "Salon"})).await.expect(201);
    let path = "/v1/recipients/salon-client-1";
    let made = world.put(path, &client("salon")).await.expect(201).json();
    assert_eq!(made["phone"], "+33612345678");
    assert_eq!(made["role"], Value::Null);
    world.put(path, &client("salon")).await.expect(200);
    let mut shown = made.clone();
    shown["suppressions"] = json!([]);
    assert_eq!(world.get(path).await.expect(200).json(), shown);

    let consents = format!("{path}/consents");
    let given = world.post(&consents, &consent("salon")).await.expect(201).json();
    assert_eq!((&given["purpose"], &given["at"]), (&json!("marketing"), &json!("2026-12-01T08:00:00.000Z")));
    let list = world.get(&consents).await.expect(200).json();
    assert_eq!(list, json!({"items": [given], "next": null}));

    world.post("/v1/events", &cancellation("salon", 1)).await.expect(202);
    let export = world.get(&format!("{path}/export")).await.expect(200).json();
    assert_eq!(export["recipient"], made);
    assert_eq!(export["consents"], list["items"]);
    assert_eq!(export["notifications"].as_array().expect("a list").len(), 1);
    assert_eq!(export["inbox"], json!([]));

    world.send(request(Method::DELETE, path, Some(&world.platform))).await.expect(204);
    world.get(path).await.expect(404);
}

#[actix_web::test]
async fn a_person_reads_and_tidies_the_inbox_by_token() {
    let world = World::new().await;
    for appointment in ["a-1", "a-2", "a-3"] {
        let cancelled = cancellation_of("salon", 1, appointment);
        let report = world.post("/v1/events", &cancelled).await.expect(202).json();
        fail_and_file(&world, &report).await;
    }
    let token = world.token("salon-client-1").await;
    let counts = world.get_as(&token, "/v1/inbox/counts").await.expect(200).json();
    assert_eq!(counts, json!({"unread": 3, "unseen": 3, "total": 3, "newest": 3}));
    let page = world.get_as(&token, "/v1/inbox?limit=2").await.expect(200).json();
    assert_eq!((&page["items"][0]["seq"], &page["next"]), (&json!(3), &json!("2")));
    assert_eq!(page["items"][0]["title"], "Annulé");
    assert_eq!(page["items"][0]["data"], json!({}));
    assert_eq!(page["items"][0]["actions"], json!([{"label": "Voir", "url": "https://app.example.com"}]));
    let rest = world.get_as(&token, "/v1/inbox?limit=2&after=2").await.expect(200).json();
    assert_eq!((&rest["items"][0]["seq"], &rest["next"]), (&json!(1), &Value::Null));

    let post = |path: &str| request(Method::POST, path, Some(&token));
    world.send(post("/v1/inbox/3/read")).await.expect(204);
    world.send(post("/v1/inbox/2/archive")).await.expect(204);
    assert_eq!(world.send(post("/v1/inbox/99/read")).await.expect(404).problem(), "not_found");
    assert_eq!(world.send(post("/v1/inbox/read-all")).await.expect(200).json(), json!({"read": 1}));
    let counts = world.get_as(&token, "/v1/inbox/counts").await.expect(200).json();
    assert_eq!(counts, json!({"unread": 0, "unseen": 0, "total": 2, "newest": 3}));
}

#[actix_web::test]
async fn the_catalogue_is_shown_to_any_credential() {
    let world = World::new().await;
    world.put("/v1/recipients/ines", &user("salon", "staff")).await.expect(201);
    let token = world.token("ines").await;
    let kinds = world.get_as(&token, "/v1/kinds").await.expect(200).json();
    let kinds = kinds["items"].as_array().expect("items");
    assert_eq!(kinds.len(), 32, "all but the platform's own");
    let confirmed =
        kinds.iter().find(|kind| kind["kind"] == "client.appointment_confirmed").expect("it is there");
    assert_eq!(confirmed["events"], json!(["appointment.booked", "appointment.confirmed"]));
    assert_eq!(confirmed["channels"], json!(["email", "in_app"]));
    assert_eq!(confirmed["audience"], "clients");
    assert!(confirmed["schema"]["properties"].is_object());
    assert!(confirmed["sample"]["appointment"].is_object());
}

#[actix_web::test]
async fn health_is_open_to_everybody() {
    let world = World::new().await;
    for path in ["/health/live", "/health/ready"] {
        let reply = world.send(request(Method::GET, path, None)).await.expect(200);
        assert_eq!(reply.json(), json!({"status": "ok"}));
    }
}

#[actix_web::test]
async fn every_answer_has_the_headers_that_keep_browsers_careful() {
    let world = World::new().await;
    let replies: Vec<Reply> = vec![
        world.get("/v1/kinds").await,
        world.get("/v1/nowhere").await,
        world.send(request(Method::PATCH, "/v1/events", None)).await,
        world.send(request(Method::GET, "/v1/kinds", None)).await,
        world.send(with_body(request(Method::POST, "/v1/events", Some(&world.platform)), "{")).await,
        world.send(request(Method::GET, "/health/live", None)).await,
        world.send(request(Method::GET, "/docs/", None)).await,
        world.send(request(Method::GET, "/u/x", None)).await,
    ];
    for reply in replies {
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert!(reply.header("content-security-policy").starts_with("default-src 'none'"));
        assert!(reply.headers.get("set-cookie").is_none());
    }
}
