//! What stands against the addresses of a person: who sees it, who lifts it.

use actix_web::http::Method;
use carillon_domain::{Cause, Channel, Permission, Person, Reach};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::bodies::client;
use crate::world::{Reply, World, request};

const PATH: &str = "/v1/recipients/camille/suppressions";

/// A client of the salon whose e-mail address bounced for all, who called a message of the salon spam, and who texted STOP.
async fn world() -> World {
    let world = World::new().await;
    for business in ["salon", "other"] {
        world.put(&format!("/v1/businesses/{business}"), &json!({"name": business})).await.expect(201);
    }
    world.put("/v1/recipients/camille", &client("salon")).await.expect(201);
    let camille = camille(&world).await;
    let salon = "salon".parse().expect("an id");
    let now = carillon_testkit::build::now();
    for (channel, business, cause, minutes) in [
        (Channel::Email, None, Cause::Bounced, 0),
        (Channel::Email, Some(&salon), Cause::Complained, 1),
        (Channel::Sms, None, Cause::Unsubscribed, 2),
    ] {
        let at = now + TimeDelta::minutes(minutes);
        world.ports.store.suppress(&camille, channel, business, cause, at).await.expect("noted");
    }
    world
}

async fn camille(world: &World) -> Person {
    let id = "camille".parse().expect("an id");
    world.ports.directory.find_people(&[id]).await.expect("a look").remove(0)
}

async fn lift(world: &World, credential: &str, query: &str) -> Reply {
    world.send(request(Method::DELETE, &format!("{PATH}{query}"), Some(credential))).await
}

/// The causes in a list of an answer.
fn causes(answer: &Value, list: &str) -> Vec<String> {
    let items = answer[list].as_array().expect("a list");
    items.iter().map(|item| item["cause"].as_str().expect("a cause").to_owned()).collect()
}

#[actix_web::test]
async fn what_stands_there_is_shown_masked_with_cause_and_date_wherever_a_person_is_shown() {
    let world = world().await;
    let own = world.business_key("salon").await;
    let listed = world.get_as(&own, PATH).await.expect(200).json();
    let row = |channel: &str, address: &str, business: Option<&str>, cause: &str, since: &str, can: bool| {
        json!({
            "channel": channel, "address": address, "business_id": business, "cause": cause, "since": since, "until": null,
            "can_be_lifted": can
        })
    };
    let expected = json!([
        row("email", "c***@example.com", None, "bounced", "2026-12-01T08:00:00.000Z", true),
        row("email", "c***@example.com", Some("salon"), "complained", "2026-12-01T08:01:00.000Z", false),
        row("sms", "+33******78", None, "unsubscribed", "2026-12-01T08:02:00.000Z", false),
    ]);
    assert_eq!(listed["items"], expected);
    assert_eq!(world.get_as(&own, "/v1/recipients/camille").await.json()["suppressions"], expected);
    assert_eq!(world.get_as(&own, "/v1/recipients/camille/export").await.json()["suppressions"], expected);
}

#[actix_web::test]
async fn a_business_lifts_a_bounce_and_never_the_word_of_a_person() {
    let world = world().await;
    let own = world.business_key("salon").await;
    let lifted = lift(&world, &own, "").await.expect(200).json();
    assert_eq!(
        (causes(&lifted, "lifted"), causes(&lifted, "kept")),
        (vec!["bounced".to_owned()], vec!["complained".to_owned(), "unsubscribed".to_owned()])
    );
    let left = world.get_as(&own, PATH).await.expect(200).json();
    assert_eq!(causes(&left, "items"), ["complained", "unsubscribed"]);
    let again = lift(&world, &own, "").await.expect(200).json();
    assert_eq!((causes(&again, "lifted").len(), causes(&again, "kept").len()), (0, 2));
    let platform = lift(&world, &world.platform, "").await.expect(200).json();
    assert_eq!(causes(&platform, "lifted"), Vec::<String>::new(), "nor does the platform");
    let audit = world.get("/v1/audit?limit=100").await.expect(200).json();
    let liftings: Vec<&Value> = audit["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|item| item["action"].as_str().is_some_and(|action| action.starts_with("suppression.")))
        .collect();
    let [lifting] = liftings[..] else { panic!("{audit}") };
    assert_eq!(
        (&lifting["action"], &lifting["target"]),
        (&json!("suppression.lifted:email:bounced"), &json!("camille"))
    );
    assert!(lifting["actor"].as_str().is_some_and(|actor| actor.starts_with("key:")), "{lifting}");
}

#[actix_web::test]
async fn a_person_takes_back_what_the_person_said() {
    let world = world().await;
    let own = world.token("camille").await;
    let one = lift(&world, &own, "?channel=sms").await.expect(200).json();
    assert_eq!(causes(&one, "lifted"), ["unsubscribed"]);
    let rest = lift(&world, &own, "").await.expect(200).json();
    assert_eq!((causes(&rest, "lifted").len(), causes(&rest, "kept").len()), (2, 0));
    assert_eq!(world.get_as(&own, PATH).await.expect(200).json(), json!({"items": []}));
}

#[actix_web::test]
async fn who_may_not_manage_a_person_sees_and_lifts_nothing() {
    let world = world().await;
    let reach = || Reach::Business("salon".parse().expect("an id"));
    let reader = world.key(reach(), vec![Permission::NotificationsRead]).await;
    world.put("/v1/recipients/paul", &client("salon")).await.expect(201);
    let another_person = world.token("paul").await;
    let table = [
        (world.business_key("other").await, 404, "not_found"),
        (reader, 403, "forbidden"),
        (another_person, 403, "forbidden"),
        ("nonsense".to_owned(), 401, "invalid_credentials"),
    ];
    for (credential, status, code) in table {
        for method in [Method::GET, Method::DELETE] {
            let reply = world.send(request(method.clone(), PATH, Some(&credential))).await;
            assert_eq!((reply.status, reply.problem().as_str()), (status, code), "{method} {}", reply.text);
        }
    }
    assert_eq!(causes(&world.get(PATH).await.json(), "items").len(), 3);
    lift(&world, &world.platform, "?channel=fax").await.expect(422);
    let unknown = request(Method::DELETE, "/v1/recipients/nobody/suppressions", Some(&world.platform));
    world.send(unknown).await.expect(404);
}

#[actix_web::test]
async fn a_business_does_not_see_what_stands_for_another_one() {
    let world = world().await;
    let camille = camille(&world).await;
    let other = "other".parse().expect("an id");
    let noted = world.ports.store.suppress(
        &camille,
        Channel::Email,
        Some(&other),
        Cause::Rejected,
        carillon_testkit::build::now(),
    );
    noted.await.expect("noted");
    let own = world.business_key("salon").await;
    assert_eq!(causes(&world.get_as(&own, PATH).await.json(), "items").len(), 3);
    lift(&world, &own, "").await.expect(200);
    assert_eq!(causes(&world.get(PATH).await.json(), "items"), ["rejected", "complained", "unsubscribed"]);
}
