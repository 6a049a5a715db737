//! The preference page that every e-mail leads to.

use actix_web::http::Method;
use actix_web::http::header::CONTENT_TYPE;
use carillon_application::preference_page::PreferenceLink;
use carillon_application::unsubscribe::UnsubscribeLink;
use serde_json::{Value, json};

use crate::bodies::user;
use crate::choosing::{consents, world};
use crate::world::{Reply, World, request};

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
        "J’accepte que Salon",
        "Heures calmes",
        "Vos coordonnées : c***@",
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
                &shown=marketing.sms&quiet_from=21%3A00&quiet_to=08%3A00";
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
    assert_eq!(shown.matches("name=\"again\"").count(), 1, "and only where it was: {shown}");
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
