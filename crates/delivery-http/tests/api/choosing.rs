//! Preferences: by API, by the person's own token, and on the page that every e-mail leads to.

use actix_web::http::Method;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::test::TestRequest;
use carillon_application::preference_page::PreferenceLink;
use carillon_application::unsubscribe::UnsubscribeLink;
use serde_json::{Value, json};

use crate::bodies::{client, user};
use crate::world::{Reply, World, request, with_body};

const PATH: &str = "/v1/recipients/camille/preferences";

async fn world(locale: &str) -> World {
    let world = World::new().await;
    world.put("/v1/businesses/salon", &json!({"name": "Salon <b>Martin</b>"})).await.expect(201);
    let mut camille = client("salon");
    camille["locale"] = json!(locale);
    world.put("/v1/recipients/camille", &camille).await.expect(201);
    world
}

fn page(world: &World, person: &str) -> String {
    let link = PreferenceLink {
        person: person.parse().expect("an id"),
        business: Some("salon".parse().expect("an id")),
    };
    link.url(&*world.ports.vault, "")
}

async fn look(world: &World, path: &str) -> Reply {
    world.send(request(Method::GET, path, None)).await
}

async fn send(world: &World, path: &str, form: &str) -> Reply {
    let posted = request(Method::POST, path, None)
        .insert_header((CONTENT_TYPE, "application/x-www-form-urlencoded"))
        .peer_addr("192.0.2.7:4000".parse().expect("an address"));
    world.send(posted.set_payload(form.to_owned())).await
}

async fn consents(world: &World) -> Vec<Value> {
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
    assert_eq!(after["kinds"], change["kinds"]);
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

#[actix_web::test]
async fn the_page_is_in_the_readers_language_and_looking_changes_nothing() {
    let world = world("fr-CH").await;
    let reply = look(&world, &page(&world, "camille")).await.expect(200);
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(reply.header("x-robots-tag"), "noindex");
    assert!(reply.header("content-security-policy").starts_with("default-src 'none'"));
    for part in [
        "<html lang=\"fr\">",
        "Salon &#60;b&#62;Martin",
        "Rendez-vous",
        "J’accepte de recevoir",
        "Heures calmes",
    ] {
        assert!(reply.text.contains(part), "{part}: {}", reply.text);
    }
    assert!(!reply.text.contains("<b>") && !reply.text.contains("<script"), "{}", reply.text);
    assert_eq!(consents(&world).await, [] as [Value; 0]);
}

/// What a screen reader needs: a name for each control, one heading of the first order, a group for each set of boxes.
#[actix_web::test]
async fn every_control_of_the_page_has_a_name() {
    let world = world("en").await;
    let text = look(&world, &page(&world, "camille")).await.expect(200).text;
    assert_eq!((text.matches("<h1>").count(), text.matches("<main>").count()), (1, 1));
    assert_eq!(text.matches("<fieldset>").count(), text.matches("<legend>").count());
    assert!(text.matches("type=\"checkbox\"").count() > 5, "{text}");
    let labelled = text.matches("<label class=\"way\"><input type=\"checkbox\"").count();
    assert_eq!(text.matches("type=\"checkbox\"").count(), labelled, "each box stands in its label");
    let controls =
        text.split("<input type=\"time\" id=\"").chain(text.split("<select id=\"").skip(1)).skip(1);
    for control in controls {
        let id = control.split('"').next().unwrap_or_default();
        assert!(text.contains(&format!("<label for=\"{id}\">")), "{id}");
    }
    assert!(text.contains("<title>What you receive – Salon"), "{text}");
}

#[actix_web::test]
async fn the_form_saves_what_it_shows_and_says_so() {
    let world = world("en").await;
    let path = page(&world, "camille");
    let form = "shown=reminders.sms&shown=payments.email&on=payments.email&shown=marketing.email&on=marketing.email\
                &quiet_from=21%3A00&quiet_to=08%3A00";
    let reply = send(&world, &path, form).await.expect(200);
    assert!(reply.text.contains("role=\"status\"") && reply.text.contains("<title>Saved"), "{}", reply.text);
    assert!(reply.text.contains("value=\"21:00\""), "{}", reply.text);
    assert!(reply.text.contains("name=\"on\" value=\"marketing.email\" checked"), "{}", reply.text);
    assert!(reply.text.contains("name=\"on\" value=\"reminders.sms\"> Text message"), "{}", reply.text);
    let records = consents(&world).await;
    assert_eq!(records.len(), 2);
    assert_eq!((&records[0]["category"], &records[0]["granted"]), (&json!("reminders"), &json!(false)));
    assert_eq!((&records[1]["purpose"], &records[1]["granted"]), (&json!("marketing"), &json!(true)));
    for record in records {
        assert_eq!((&record["source"], &record["ip"]), (&json!("preference_page"), &json!("192.0.2.7")));
        assert_eq!(record["wording"], "preference_page/1");
    }
}

#[actix_web::test]
async fn a_form_that_silences_too_much_is_answered_with_the_reason() {
    let world = world("en").await;
    let path = page(&world, "camille");
    let form = "shown=appointments.email&shown=appointments.in_app&quiet_from=&quiet_to=";
    let reply = send(&world, &path, form).await.expect(422);
    assert!(
        reply.text.contains("role=\"alert\"") && reply.text.contains("<title>Not saved"),
        "{}",
        reply.text
    );
    assert_eq!(consents(&world).await, [] as [Value; 0]);
    send(&world, &path, "shown=appointments.email&quiet_from=&quiet_to=").await.expect(200);
    let locked = look(&world, &path).await.expect(200).text;
    assert!(locked.contains("checked disabled aria-describedby=\"last-appointments.in_app\""), "{locked}");
    assert_eq!(send(&world, &path, "shown=nonsense").await.expect(400).problem(), "malformed_form");
    let long = "x".repeat(70_000);
    assert_eq!(send(&world, &path, &long).await.expect(413).problem(), "body_too_large");
    send(&world, "/p/x", "").await.expect(404);
}

#[actix_web::test]
async fn what_was_turned_off_by_a_link_can_be_had_again_on_the_page() {
    let world = world("en").await;
    let link = UnsubscribeLink {
        person: "camille".parse().expect("an id"),
        business: Some("salon".parse().expect("an id")),
        kind: "client.payment_confirmed".parse().expect("a kind"),
    };
    let url = link.url(&*world.ports.vault, "");
    let asked = look(&world, &url).await.expect(200).text;
    let there = asked.split("href=\"..").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
    let done = send(&world, &url, "List-Unsubscribe=One-Click").await.expect(200).text;
    assert!(done.contains("Choose what you receive"), "{done}");
    let shown = look(&world, there).await.expect(200).text;
    assert!(shown.contains("name=\"again\" value=\"payments\""), "{shown}");
    let form = "shown=payments.email&on=payments.email&again=payments";
    let saved = send(&world, there, form).await.expect(200).text;
    assert!(!saved.contains("name=\"again\""), "{saved}");
    let records = consents(&world).await;
    assert_eq!(
        (&records[1]["kind"], &records[1]["granted"]),
        (&json!("client.payment_confirmed"), &json!(true))
    );
}

#[actix_web::test]
async fn who_works_there_may_have_things_gathered_and_sees_no_offers() {
    let world = world("en").await;
    let mut ines = user("salon", "owner");
    (ines["email"], ines["locale"]) = (json!("ines@example.com"), json!("en"));
    world.put("/v1/recipients/ines", &ines).await.expect(201);
    let path = page(&world, "ines");
    let text = look(&world, &path).await.expect(200).text;
    assert!(text.contains("name=\"digest.payments\"") && !text.contains("digest.reminders"), "{text}");
    assert!(
        !text.contains("marketing.") && !text.contains(".sms"),
        "no offers, and no way without a phone: {text}"
    );
    let saved = send(&world, &path, "digest.payments=daily-18%3A00").await.expect(200).text;
    assert!(saved.contains("<option value=\"daily-18:00\" selected>"), "{saved}");
}
