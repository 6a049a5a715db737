//! Appointments and the preview of settings, by the API.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::world::{Reply, World, request};

fn person(actor: &str, role: Option<&str>) -> Value {
    json!({"actor": actor, "role": role, "business_id": "salon", "name": "Camille Laurent", "email": "c@example.com", "phone": "+33612345678"})
}

fn appointment(starts_at: &str) -> Value {
    json!({
        "business_id": "salon", "client_ids": ["camille"], "practitioner_id": "ines", "service": "Coupe",
        "starts_at": starts_at, "timezone": "Europe/Paris"
    })
}

/// Where an answer says that something is wrong.
fn pointers(reply: &Reply) -> Vec<Value> {
    let problem = reply.json();
    problem["errors"].as_array().expect("errors").iter().map(|error| error["pointer"].clone()).collect()
}

async fn salon() -> World {
    let world = World::new().await;
    world.put("/v1/businesses/salon", &json!({"name": "Salon"})).await.expect(201);
    world.put("/v1/recipients/camille", &person("end_client", None)).await.expect(201);
    world.put("/v1/recipients/ines", &person("business_user", Some("staff"))).await.expect(201);
    world
}

#[actix_web::test]
async fn an_appointment_is_stored_shown_with_its_reminders_and_cancelled() {
    let world = salon().await;
    let body = appointment("2026-12-05T14:30:00+01:00");
    let made = world.put("/v1/appointments/a-1", &body).await.expect(201).json();
    assert_eq!(
        (&made["revision"], &made["local_start"], &made["status"]),
        (&json!(1), &json!("2026-12-05T14:30:00"), &json!("confirmed"))
    );
    world.put("/v1/appointments/a-1", &body).await.expect(200);
    let shown = world.get("/v1/appointments/a-1").await.expect(200).json();
    let day_before = shown["reminders"]
        .as_array()
        .expect("reminders")
        .iter()
        .find(|one| one["rule"] == "24h")
        .expect("one")
        .clone();
    assert_eq!(
        (&day_before["due_at"], &day_before["status"]),
        (&json!("2026-12-04T13:30:00Z"), &json!("scheduled"))
    );
    assert_eq!(shown["readiness"], json!([{"client_id": "camille", "reached": true, "obstacles": []}]));
    let cancelled = world
        .send(request(Method::DELETE, "/v1/appointments/a-1", Some(&world.platform)))
        .await
        .expect(200)
        .json();
    assert_eq!((&cancelled["status"], &cancelled["revision"]), (&json!("cancelled"), &json!(2)));
    let states: Vec<&Value> =
        cancelled["reminders"].as_array().expect("reminders").iter().map(|one| &one["status"]).collect();
    assert!(!states.contains(&&json!("scheduled")), "{cancelled}");
}

#[actix_web::test]
async fn what_is_wrong_with_an_appointment_is_said_field_by_field() {
    let world = salon().await;
    let wrong = json!({
        "business_id": "salon", "client_ids": [], "service": "", "starts_at": "tomorrow", "ends_at": "2026-12-05", "timezone": "Mars/Base"
    });
    let reply = world.put("/v1/appointments/a-1", &wrong).await.expect(422);
    assert_eq!(reply.problem(), "invalid_appointment");
    assert_eq!(pointers(&reply), [json!("/starts_at"), json!("/ends_at"), json!("/timezone")]);
    let mut backwards = appointment("2026-12-05T14:30:00+01:00");
    backwards["ends_at"] = json!("2026-12-05T14:00:00+01:00");
    backwards["client_ids"] = json!([]);
    let reply = world.put("/v1/appointments/a-1", &backwards).await.expect(422);
    assert_eq!(pointers(&reply), [json!("/ends_at"), json!("/client_ids")]);
    world.get("/v1/appointments/a-1").await.expect(404);
}

#[actix_web::test]
async fn whoever_takes_part_may_look_and_nobody_else() {
    let world = salon().await;
    world.put("/v1/recipients/paul", &person("business_user", Some("staff"))).await.expect(201);
    world.put("/v1/appointments/a-1", &appointment("2026-12-05T14:30:00+01:00")).await.expect(201);
    for (who, status) in [("ines", 200), ("camille", 200), ("paul", 404)] {
        let token = world.token(who).await;
        world.get_as(&token, "/v1/appointments/a-1").await.expect(status);
    }
    let stranger = world.business_key("other").await;
    for method in [Method::GET, Method::DELETE] {
        world.send(request(method, "/v1/appointments/a-1", Some(&stranger))).await.expect(404);
    }
    world.get_as(&stranger, "/v1/appointments/a-1?business_id=salon").await.expect(404);
}

#[actix_web::test]
async fn the_same_id_in_two_businesses_needs_the_business() {
    let world = salon().await;
    world.put("/v1/businesses/other", &json!({"name": "Other"})).await.expect(201);
    world.put("/v1/appointments/a-1", &appointment("2026-12-05T14:30:00+01:00")).await.expect(201);
    let mut same = appointment("2026-12-06T14:30:00+01:00");
    same["business_id"] = json!("other");
    same.as_object_mut().expect("an object").remove("practitioner_id");
    world.put("/v1/appointments/a-1", &same).await.expect(201);
    let reply = world.get("/v1/appointments/a-1").await.expect(422);
    assert_eq!(reply.problem(), "ambiguous_appointment");
    let shown = world.get("/v1/appointments/a-1?business_id=other").await.expect(200).json();
    assert_eq!(shown["business_id"], "other");
}

#[actix_web::test]
async fn settings_are_previewed_and_what_cannot_be_followed_is_refused() {
    let world = salon().await;
    world.put("/v1/appointments/a-1", &appointment("2026-12-05T14:30:00+01:00")).await.expect(201);
    let settings =
        json!({"reminders": {"rules": [{"before": "1 day before at 18:00", "channels": ["email"]}]}});
    let preview = world.post("/v1/businesses/salon/settings/preview", &settings).await.expect(200).json();
    assert_eq!(
        (&preview["appointments"], &preview["appear"], &preview["vanish"], &preview["moved"]),
        (&json!(1), &json!(1), &json!(2), &json!(0))
    );
    assert_eq!(preview["changes"][0]["to"], "2026-12-04T17:00:00Z");
    let unchanged = world.get("/v1/businesses/salon/settings").await.expect(200).json();
    assert_eq!(unchanged["reminders"]["rules"][0]["before"], "24h");
    let wrong = json!({
        "reminders": {"rules": [{"before": "soon", "channels": ["email"]}, {"before": "1h", "channels": ["sms"], "kind": "client.payment_confirmed"}]},
        "quiet_hours": {"from": "25:00", "to": "08:00"}, "late_booking": {"spacing": "a while"}, "reports": {"daily_at": "noon"}
    });
    let reply = world.put("/v1/businesses/salon/settings", &wrong).await.expect(422);
    assert_eq!(
        pointers(&reply),
        [
            json!("/reminders/rules/0/before"),
            json!("/reminders/rules/1/kind"),
            json!("/late_booking/spacing"),
            json!("/quiet_hours/from"),
            json!("/reports/daily_at"),
        ]
    );
}
