//! Settings changed in part, and what a whole change resets.

use actix_web::http::Method;
use actix_web::http::header::{CONTENT_TYPE, IF_MATCH};
use serde_json::{Value, json};

use crate::world::{Reply, World, request, with_body};

const PATH: &str = "/v1/businesses/barber/settings";

async fn london() -> World {
    let world = World::new().await;
    let settings = json!({"locale": "en", "timezone": "Europe/London", "sender": {"name": "The Barber", "reply_to": "hi@barber.example"}});
    let business = json!({"name": "Barber", "settings": settings});
    world.put("/v1/businesses/barber", &business).await.expect(201);
    world
}

async fn patch(world: &World, patch: &Value, if_match: Option<&str>) -> Reply {
    let sent = with_body(request(Method::PATCH, PATH, Some(&world.platform)), patch.to_string())
        .insert_header((CONTENT_TYPE, "application/merge-patch+json"));
    let sent = match if_match {
        Some(revision) => sent.insert_header((IF_MATCH, revision)),
        None => sent,
    };
    world.send(sent).await
}

#[actix_web::test]
async fn a_part_of_the_settings_is_changed_and_the_rest_stays() {
    let world = london().await;
    let before = world.get(PATH).await.expect(200).json();
    let change = json!({"quiet_hours": {"from": "21:00", "to": "08:00"}, "sender": {"name": null}});
    let after = patch(&world, &change, None).await.expect(200).json();
    let mut expected = before;
    expected["quiet_hours"] = change["quiet_hours"].clone();
    expected["sender"]["name"] = Value::Null;
    assert_eq!(after, expected);
    assert_eq!(world.get(PATH).await.expect(200).json(), expected);
    let back = patch(&world, &json!({"timezone": null}), None).await.expect(200).json();
    assert_eq!((&back["timezone"], &back["locale"]), (&json!("Europe/Paris"), &json!("en")));
    let plain = world.send_json(&world.platform, Method::PATCH, PATH, &json!({"locale": "fr"})).await;
    assert_eq!(plain.expect(200).json()["locale"], "fr");
}

#[actix_web::test]
async fn a_change_holds_only_for_the_revision_that_it_names() {
    let world = london().await;
    let etag = world.get(PATH).await.expect(200).header("etag").to_owned();
    let changed = patch(&world, &json!({"locale": "fr"}), Some(&etag)).await.expect(200);
    let newer = changed.header("etag").to_owned();
    assert_ne!(newer, etag);
    assert_eq!(world.get(PATH).await.header("etag"), newer);
    let late = patch(&world, &json!({"locale": "en"}), Some(&etag)).await.expect(412);
    assert_eq!(late.problem(), "revision_differs");
    assert_eq!(world.get(PATH).await.expect(200).json()["locale"], "fr");
    patch(&world, &json!({"locale": "en"}), Some("*")).await.expect(200);
    let nonsense = patch(&world, &json!({"locale": "en"}), Some("etag")).await.expect(422);
    assert_eq!(nonsense.problem(), "invalid_if_match");
    let put = with_body(request(Method::PUT, PATH, Some(&world.platform)), "{}");
    world.send(put.insert_header((IF_MATCH, newer))).await.expect(412);
}

#[actix_web::test]
async fn a_wrong_part_is_refused_by_its_place_and_changes_nothing() {
    let world = london().await;
    let before = world.get(PATH).await.expect(200).json();
    let table = [
        (json!({"timezone": "Mars/Base"}), "/timezone"),
        (json!({"quiet_hours": {"from": "21:00"}}), "/quiet_hours/to"),
        (json!({"brand": {"color": "red"}}), "/brand/color"),
        (json!({"colour": "#0f6e66"}), "/colour"),
        (json!({"reminders": []}), "/reminders"),
        (json!([]), ""),
    ];
    for (change, pointer) in table {
        let refused = patch(&world, &change, None).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{change}: {refused}");
    }
    assert_eq!(world.get(PATH).await.expect(200).json(), before);
    let other = world.business_key("salon").await;
    world.send_json(&other, Method::PATCH, PATH, &json!({"locale": "fr"})).await.expect(404);
}

#[actix_web::test]
async fn what_stands_beside_the_name_of_a_business_changes_only_itself() {
    let world = london().await;
    let chosen = json!({"quiet_hours": {"from": "21:00", "to": "08:00"}, "caps": {"person_per_hour": 5}});
    let before = patch(&world, &chosen, None).await.expect(200);
    let mut expected = before.json();
    for (beside, value) in [("locale", "fr"), ("timezone", "Europe/Paris")] {
        let put = world.put("/v1/businesses/barber", &json!({"name": "Le Barbier", beside: value})).await;
        let put = put.expect(200).json();
        expected[beside] = json!(value);
        assert_eq!((&put["settings"], &put["warnings"]), (&expected, &Value::Null));
    }
    let after = world.get(PATH).await.expect(200);
    assert_eq!(after.json(), expected);
    assert_ne!(after.header("etag"), before.header("etag"));
    let newest = after.header("etag").to_owned();
    patch(&world, &json!({"locale": "en"}), Some(before.header("etag"))).await.expect(412);
    patch(&world, &json!({"locale": "en"}), Some(&newest)).await.expect(200);
}

#[actix_web::test]
async fn what_stands_beside_the_name_comes_before_the_settings_and_is_refused_by_its_own_place() {
    let world = london().await;
    let both =
        json!({"name": "Barber", "locale": "fr", "settings": {"locale": "en", "timezone": "Europe/London"}});
    let put = world.put("/v1/businesses/barber", &both).await.expect(200).json();
    assert_eq!(put["settings"]["locale"], "fr");
    let places: Vec<&Value> =
        put["warnings"].as_array().expect("warnings").iter().map(|warning| &warning["pointer"]).collect();
    assert_eq!(places, ["/settings/sender"]);
    for (name, wrong) in [("locale", "not a language"), ("timezone", "Mars/Base")] {
        let refused = world.put("/v1/businesses/barber", &json!({"name": "Barber", name: wrong})).await;
        assert_eq!(refused.expect(422).json()["errors"][0]["pointer"], format!("/{name}"));
    }
}

#[actix_web::test]
async fn what_a_whole_change_resets_is_said() {
    let world = london().await;
    let reminders = json!({"reminders": {"enabled": false, "rules": []}});
    let put = world.put(PATH, &reminders).await.expect(200).json();
    let places: Vec<&Value> =
        put["warnings"].as_array().expect("warnings").iter().map(|warning| &warning["pointer"]).collect();
    assert_eq!(places, ["/locale", "/sender", "/timezone"]);
    let again = world.put(PATH, &reminders).await.expect(200).json();
    assert_eq!(again["warnings"], Value::Null);
    let whole = json!({"name": "Barber", "settings": {"locale": "en"}});
    let business = world.put("/v1/businesses/barber", &whole).await.expect(200).json();
    assert_eq!(business["warnings"][0]["pointer"], "/settings/reminders");
}
