//! Pages for people: the unsubscribe link and the specification.

use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE};
use carillon_application::unsubscribe::UnsubscribeLink;
use serde_json::json;

use crate::bodies::client;
use crate::world::{World, request};

fn path(world: &World, kind: &str) -> String {
    let link = UnsubscribeLink {
        person: "camille".parse().expect("an id"),
        business: Some("salon".parse().expect("an id")),
        kind: kind.parse().expect("a kind"),
    };
    link.url(&*world.ports.vault, "")
}

async fn world(locale: &str) -> World {
    let world = World::new().await;
    world.put("/v1/businesses/salon", &json!({"name": "Salon <b>Martin</b>"})).await.expect(201);
    let mut camille = client("salon");
    camille["locale"] = json!(locale);
    world.put("/v1/recipients/camille", &camille).await.expect(201);
    world
}

async fn decisions(world: &World) -> serde_json::Value {
    world.get("/v1/recipients/camille/consents").await.expect(200).json()["items"].clone()
}

#[actix_web::test]
async fn a_link_shows_a_page_in_the_readers_language_and_changes_nothing() {
    let world = world("fr-CH").await;
    let reply =
        world.send(request(Method::GET, &path(&world, "client.review_request"), None)).await.expect(200);
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(reply.header("x-robots-tag"), "noindex");
    for part in ["<html lang=\"fr\">", "<form method=\"post\">", "Me désabonner", "e-mails commerciaux"] {
        assert!(reply.text.contains(part), "{part}: {}", reply.text);
    }
    assert!(!reply.text.contains("<b>") && !reply.text.contains("<script"), "{}", reply.text);
    assert_eq!(decisions(&world).await, json!([]));
}

#[actix_web::test]
async fn the_page_names_the_kind_the_business_and_the_masked_address() {
    for (locale, kind, parts) in [
        (
            "fr",
            "client.reminder_24h",
            ["« Rappels la veille »", "de la part de Salon", "Adresse concernée : c***@"],
        ),
        ("en", "client.reminder_24h", ["“Reminders one day ahead”", "from Salon", "Address: c***@"]),
        ("en", "client.review_request", ["marketing e-mails", "from Salon", "Address: c***@"]),
    ] {
        let world = world(locale).await;
        for method in [Method::GET, Method::POST] {
            let reply = world.send(request(method, &path(&world, kind), None)).await.expect(200);
            for part in parts {
                assert!(reply.text.contains(part), "{part}: {}", reply.text);
            }
            assert!(!reply.text.contains("camille@"), "{}", reply.text);
        }
    }
}

#[actix_web::test]
async fn only_posting_unsubscribes_by_button_or_by_one_click() {
    let world = world("en").await;
    let marketing = path(&world, "client.review_request");
    let one_click = request(Method::POST, &marketing, None)
        .insert_header((CONTENT_TYPE, "application/x-www-form-urlencoded"))
        .set_payload("List-Unsubscribe=One-Click");
    let reply = world.send(one_click).await.expect(200);
    assert!(reply.text.contains("You are unsubscribed"), "{}", reply.text);
    let service = path(&world, "client.appointment_confirmed");
    world.send(request(Method::POST, &service, None)).await.expect(200);
    let decisions = decisions(&world).await;
    assert_eq!((&decisions[0]["purpose"], &decisions[0]["granted"]), (&json!("marketing"), &json!(false)));
    assert_eq!(decisions[0]["source"], "unsubscribe_link");
    assert_eq!(decisions[1]["kind"], "client.appointment_confirmed");
}

#[actix_web::test]
async fn an_unknown_link_gets_a_page_for_people_and_a_problem_for_programs() {
    let world = World::new().await;
    for path in ["/u/x", "/u/%FF"] {
        let reply = world.send(request(Method::POST, path, None)).await;
        assert!([404, 400].contains(&reply.status));
        reply.problem();
    }
    for path in ["/u/x", "/p/x"] {
        for (languages, language, title, way_on) in [
            ("fr-FR,fr;q=0.9,en;q=0.8", "<html lang=\"fr\">", "Ce lien n’est plus valable", "dernier e-mail"),
            ("en-GB,en;q=0.9", "<html lang=\"en\">", "This link is no longer valid", "latest e-mail"),
            ("", "<html lang=\"en\">", "This link is no longer valid", "latest e-mail"),
        ] {
            let asked = request(Method::GET, path, None)
                .insert_header((ACCEPT, "text/html,*/*;q=0.8"))
                .insert_header((ACCEPT_LANGUAGE, languages));
            let reply = world.send(asked).await.expect(404);
            assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
            for part in [language, title, way_on] {
                assert!(reply.text.contains(part), "{part}: {}", reply.text);
            }
        }
    }
}

#[actix_web::test]
async fn the_specification_can_be_read_and_tried_without_any_other_host() {
    let world = World::new().await;
    let reply = world.send(request(Method::GET, "/", None)).await.expect(302);
    assert_eq!(reply.header("location"), "/docs/");
    let reply = world.send(request(Method::GET, "/docs", None)).await.expect(308);
    assert_eq!(reply.header("location"), "/docs/");
    let index = world.send(request(Method::GET, "/docs/", None)).await.expect(200);
    assert!(index.header("content-type").starts_with("text/html"));
    assert!(index.header("content-security-policy").contains("script-src 'self';"));
    assert!(!index.text.contains("//cdn") && !index.text.contains("<script>"), "{}", index.text);
    let setup = world.send(request(Method::GET, "/docs/swagger-initializer.js", None)).await.expect(200);
    assert!(setup.text.contains("/openapi.json"), "{}", setup.text);
    let script = world.send(request(Method::GET, "/docs/swagger-ui-bundle.js", None)).await.expect(200);
    assert!(script.text.len() > 100_000);
    for path in ["/docs/../Cargo.toml", "/docs/..%2f..%2fetc%2fpasswd", "/docs/a/b"] {
        world.send(request(Method::GET, path, None)).await.expect(404);
    }
}
