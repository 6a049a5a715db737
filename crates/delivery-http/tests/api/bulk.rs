//! One kind to many people, over HTTP.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::world::{Reply, World, request, with_body};

fn bulk(business: &str, recipients: &Value) -> Value {
    json!({
        "kind": "client.service_changed",
        "business_id": business,
        "recipients": recipients,
        "data": {"appointment": {"id": "apt-1", "service": "Coupe", "starts_at": "2026-12-03T14:30:00+01:00"}},
        "channels": ["email"],
        "rate_per_minute": 600
    })
}

fn people(count: usize) -> Value {
    let person = |number: usize| {
        json!({
            "id": format!("client-{number}"), "name": "Camille Laurent-Dubois de la Tour", "locale": "fr", "timezone": "Europe/Paris",
            "email": format!("camille.laurent.dubois.{number}@mail.example.com"), "phone": "+33612345678",
            "data": {
                "previous": {"service": "Coupe, brushing et couleur ".repeat(6)}, "reason": "Votre coiffeuse est en congé ".repeat(5),
                "appointment": {
                    "id": format!("appointment-{number}"), "service": "Coupe, brushing et couleur ".repeat(6),
                    "starts_at": "2026-12-03T14:30:00+01:00", "location": "12 rue des Lilas, Lyon"
                }
            }
        })
    };
    (0..count).map(person).collect()
}

async fn accepted(world: &World, body: &Value) -> Value {
    world.post("/v1/notifications/bulk", body).await.expect(202).json()
}

fn post(world: &World, path: &str) -> actix_web::test::TestRequest {
    request(Method::POST, path, Some(&world.platform))
}

#[actix_web::test]
async fn a_thousand_recipients_with_data_of_their_own_fit_into_one_request() {
    let world = World::new().await;
    let mut body = bulk("salon", &people(1_000));
    let length = body.to_string().len();
    assert!((700_000..1_048_576).contains(&length), "{length}");
    body["kind"] = json!("client.dance");
    let read = world.post("/v1/notifications/bulk", &body).await.expect(422);
    assert_eq!(read.problem(), "unknown_kind", "all of it was read");
    let report = accepted(&world, &bulk("salon", &people(100))).await;
    assert_eq!((&report["accepted"], &report["refused"]), (&json!(100), &json!([])));
    assert_eq!(report["messages"].as_array().map(Vec::len), Some(100));
    let too_many = world.post("/v1/notifications/bulk", &bulk("salon", &people(1_500))).await.expect(413);
    assert_eq!(too_many.problem(), "body_too_large");
}

#[actix_web::test]
async fn a_batch_is_accepted_followed_and_called_off() {
    let world = World::new().await;
    let recipients = json!([
        {"id": "camille", "name": "Camille Laurent", "email": "camille@example.com"},
        "nobody",
        {"id": "marc", "name": "Marc Petit", "email": "marc@example.com"}
    ]);
    let report = accepted(&world, &bulk("salon", &recipients)).await;
    assert_eq!(report["refused"], json!([{"index": 1, "code": "unknown_recipient"}]));
    assert_eq!((&report["accepted"], report["messages"].as_array().map(Vec::len)), (&json!(2), Some(2)));

    let path = format!("/v1/batches/{}", report["batch_id"].as_str().expect("an id"));
    let batch = world.get(&path).await.expect(200).json();
    assert_eq!(batch["id"], report["batch_id"]);
    assert_eq!(
        (&batch["business_id"], &batch["rate_per_minute"], &batch["total"]),
        (&json!("salon"), &json!(600), &json!(2))
    );
    assert_eq!((&batch["counts"]["queued"], &batch["counts"]["sent"]), (&json!(2), &json!(0)));
    assert_eq!(batch["finished_at"], Value::Null);

    let cancel = format!("{path}/cancel");
    let cancelled = world.send(post(&world, &cancel)).await.expect(200).json();
    assert_eq!((&cancelled["counts"]["cancelled"], &cancelled["counts"]["queued"]), (&json!(2), &json!(0)));
    assert_eq!(cancelled["finished_at"], "2026-12-01T08:00:00.000Z");
    assert_eq!(world.send(post(&world, &cancel)).await.expect(409).problem(), "too_late");

    let message = report["messages"][1].as_str().expect("an id");
    let found = world.get("/v1/notifications?recipient_id=marc").await.expect(200).json();
    assert_eq!(
        (&found["items"][0]["messages"][0]["id"], &found["items"][0]["class"]),
        (&json!(message), &json!("bulk"))
    );
}

#[actix_web::test]
async fn another_business_gets_404_for_a_batch() {
    let world = World::new().await;
    let report = accepted(&world, &bulk("salon", &people(1))).await;
    let stranger = world.business_key("other").await;
    let path = format!("/v1/batches/{}", report["batch_id"].as_str().expect("an id"));
    assert_eq!(world.get_as(&stranger, &path).await.expect(404).problem(), "not_found");
    let cancel = request(Method::POST, &format!("{path}/cancel"), Some(&stranger));
    assert_eq!(world.send(cancel).await.expect(404).problem(), "not_found");
    let bulk =
        world.send_json(&stranger, Method::POST, "/v1/notifications/bulk", &bulk("salon", &people(1))).await;
    assert_eq!(bulk.expect(404).problem(), "not_found");
    assert_eq!(world.get("/v1/batches/x").await.expect(404).problem(), "not_found");
    assert_eq!(world.get(&path).await.expect(200).json()["counts"]["queued"], 1);
}

#[actix_web::test]
async fn what_is_wrong_with_the_request_is_pointed_at() {
    let world = World::new().await;
    let with = |pointer: &str, value: Value| {
        let mut body = bulk("salon", &people(1));
        body[pointer] = value;
        body
    };
    let table = [
        (with("recipients", json!([])), "/recipients", "invalid_data"),
        (with("recipients", json!("client-1")), "/recipients", "invalid_body"),
        (
            with("recipients", (0..1_001).map(|n| json!(n.to_string())).collect()),
            "/recipients",
            "invalid_data",
        ),
        (with("rate_per_minute", json!(-1)), "/rate_per_minute", "invalid_body"),
        (with("rate_per_minute", json!(100_001)), "/rate_per_minute", "invalid_data"),
        (with("channels", json!(["sms"])), "/channels/0", "invalid_data"),
        (with("kind", json!("client.dance")), "/kind", "unknown_kind"),
        (with("send_at", json!("2026-12-03T14:30:00+01:00")), "/send_at", "invalid_body"),
    ];
    for (body, pointer, code) in table {
        let reply = world.post("/v1/notifications/bulk", &body).await;
        assert_eq!((reply.status, reply.problem().as_str()), (422, code), "{}", reply.text);
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{}", reply.text);
    }
}

#[actix_web::test]
async fn a_repeated_bulk_request_is_answered_and_not_accepted_again() {
    let world = World::new().await;
    let send = async |body: Value| -> Reply {
        let asked = post(&world, "/v1/notifications/bulk").insert_header(("Idempotency-Key", "once"));
        world.send(with_body(asked, body.to_string())).await
    };
    let first = send(bulk("salon", &people(3))).await.expect(202).json();
    assert_eq!(send(bulk("salon", &people(3))).await.expect(202).json(), first);
    assert_eq!(send(bulk("salon", &people(2))).await.expect(422).problem(), "idempotency_key_reused");
    let found = world.get("/v1/notifications?limit=100").await.expect(200).json();
    assert_eq!(found["items"].as_array().map(Vec::len), Some(3));
}
