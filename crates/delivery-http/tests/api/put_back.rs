//! Whatever GET answers can be PUT back, with generated values: nothing changes, and nothing is written.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use crate::bodies::client;
use crate::world::World;

/// How many values each resource is tried with.
const CASES: usize = 24;

type Json = BoxedStrategy<Value>;
type Field = (&'static str, BoxedStrategy<Option<Value>>);

/// The same values on each run.
fn cases(strategy: &Json) -> Vec<Value> {
    let mut runner = TestRunner::deterministic();
    (0..CASES).map(|_| strategy.new_tree(&mut runner).expect("a value").current()).collect()
}

fn among<T: Into<Value> + Clone + 'static>(values: &[T]) -> Json {
    let values: Vec<Value> = values.iter().cloned().map(Into::into).collect();
    prop::sample::select(values).boxed()
}

fn some(name: &'static str, value: Json) -> Field {
    (name, value.prop_map(Some).boxed())
}

/// A field that is left out, null, empty or given.
fn optional(name: &'static str, value: Json) -> Field {
    let empty = among(&[Value::Null, json!(""), json!("  ")]).prop_map(Some);
    (name, prop_oneof![1 => Just(None), 2 => empty, 5 => value.prop_map(Some)].boxed())
}

fn object(fields: Vec<Field>) -> Json {
    let named =
        |(name, value): Field| value.prop_map(move |value| value.map(|value| (name.to_owned(), value)));
    let fields: Vec<_> = fields.into_iter().map(named).collect();
    fields.prop_map(|fields| Value::Object(fields.into_iter().flatten().collect::<Map<_, _>>())).boxed()
}

fn list_of(values: &[Value]) -> Json {
    prop::sample::subsequence(values.to_vec(), 0..=values.len()).prop_map(Value::Array).boxed()
}

fn line() -> Json {
    "[A-Za-zéèçÎ][A-Za-zéèçÎ0-9'’&(), -]{0,30}[a-zé]".prop_map(Value::String).boxed()
}

fn email() -> Json {
    among(&["camille@example.com", "zoé@exemple.fr", "a.b+c@société.example", "用户@例子.广告"])
}

fn locale() -> Json {
    among(&["fr", "en", "fr-CH", "en-GB", "de-AT"])
}

fn zone() -> Json {
    among(&["Europe/Paris", "europe/london", "America/New_York", "Romance Standard Time", "Asia/Kolkata"])
}

fn hour() -> Json {
    (0..24_u32, 0..60_u32).prop_map(|(hour, minute)| json!(format!("{hour:02}:{minute:02}"))).boxed()
}

fn quiet_hours() -> Json {
    (0..12_u32, 13..24_u32)
        .prop_map(|(to, from)| json!({"from": format!("{from:02}:00"), "to": format!("{to:02}:30")}))
        .boxed()
}

fn rule(before: &'static str) -> Json {
    object(vec![
        some("before", Just(json!(before)).boxed()),
        some("channels", among(&[json!(["email"]), json!(["sms"]), json!(["email", "sms"])])),
        optional("kind", among(&["client.reminder_24h", "client.reminder_1h"])),
        optional("note", line().prop_map(|note| json!({"fr": note, "en-GB": "Come early."})).boxed()),
    ])
}

fn reminders() -> Json {
    let rules = (rule("24h"), rule("1 day before at 18:00"), rule("90m"), 0..=3_usize)
        .prop_map(|(a, b, c, count)| Value::Array(vec![a, b, c].into_iter().take(count).collect()));
    object(vec![
        optional("enabled", any::<bool>().prop_map(Value::Bool).boxed()),
        optional("rules", rules.boxed()),
    ])
}

fn digests() -> Json {
    let rule =
        || object(vec![some("every", among(&["hourly", "daily", "hour", "day"])), optional("at", hour())]);
    let kinds = (prop::option::of(rule()), prop::option::of(rule()));
    kinds
        .prop_map(|(one, other)| {
            let named = [("staff.client_message", one), ("client.payment_confirmed", other)];
            let given = named.into_iter().filter_map(|(kind, rule)| Some((kind.to_owned(), rule?)));
            Value::Object(given.collect())
        })
        .boxed()
}

fn settings() -> Json {
    let caps = || optional_count(&["person_per_hour", "phone_per_day", "business_per_hour"]);
    let channels = object(vec![
        optional("off", list_of(&[json!("sms"), json!("in_app")])),
        optional("kinds", among(&[json!({}), json!({"client.reminder_24h": ["email", "sms"]})])),
    ]);
    let late = object(vec![
        optional("policy", among(&["fold", "skip", "send"])),
        optional("spacing", among(&["0m", "30m", "2h"])),
    ]);
    let reports = ["daily_at", "weekly_at", "agenda_at"].map(|name| optional(name, hour()));
    let sender = object(vec![optional("name", line()), optional("reply_to", among(&["hi@société.example"]))]);
    let brand = object(vec![
        optional("color", among(&["#0f6e66", "#FFFFFF"])),
        optional("phone", among(&["01 23 45 67 89"])),
        optional("address", line()),
    ]);
    let sms = object(vec![
        optional("monthly_budget", among(&["50.00", "0", "12.345"])),
        optional("currency", among(&["EUR"])),
        optional("countries", list_of(&[json!("FR"), json!("BE"), json!("CH")])),
        optional("letters", any::<bool>().prop_map(Value::Bool).boxed()),
    ]);
    object(vec![
        optional("locale", locale()),
        optional("timezone", zone()),
        optional("reminders", reminders()),
        optional("late_booking", late),
        optional("quiet_hours", quiet_hours()),
        optional("reports", object(reports.into())),
        optional("channels", channels),
        optional("sender", sender),
        optional("brand", brand),
        optional("sms", sms),
        optional("caps", caps()),
        optional("digests", digests()),
    ])
}

fn optional_count(names: &[&'static str]) -> Json {
    object(names.iter().map(|name| optional(name, among(&[0, 1, 1_000_000]))).collect())
}

fn business() -> Json {
    object(vec![
        some("name", line()),
        optional("settings", settings()),
        optional("locale", locale()),
        optional("timezone", zone()),
    ])
}

fn person() -> Json {
    let of_actor = prop_oneof![
        Just((json!("end_client"), Value::Null)),
        among(&["owner", "staff", "support"]).prop_map(|role| (json!("business_user"), role)),
    ];
    let rest = object(vec![
        some("business_id", Just(json!("salon")).boxed()),
        some("name", line()),
        optional("email", email()),
        optional("phone", among(&["+33 6 12 34 56 78", "06 12 34 56 78", "tel:+41791234567"])),
        optional("locale", locale()),
        optional("timezone", zone()),
    ]);
    (of_actor, rest)
        .prop_map(|((actor, role), mut person)| {
            person["actor"] = actor;
            person["role"] = role;
            person
        })
        .boxed()
}

fn appointment() -> Json {
    object(vec![
        some("business_id", Just(json!("salon")).boxed()),
        some(
            "client_ids",
            among(&[json!(["camille"]), json!(["camille", "paul"]), json!(["paul", "camille", "paul"])]),
        ),
        some("service", line()),
        some(
            "starts_at",
            among(&["2026-12-15T14:30:00+01:00", "2026-12-15T14:30+0100", "2027-03-28T02:30:00Z"]),
        ),
        optional("ends_at", among(&["2027-03-28T15:30:00.5+01:00", "2027-04-01T00:00:00Z"])),
        optional("practitioner_id", among(&["ines"])),
        optional(
            "location",
            among(&["Salon\r\n12 rue des Lilas", "  Au fond \n\n de la cour  ", "https://visio.example/x"]),
        ),
        optional("timezone", zone()),
        optional("status", among(&["requested", "confirmed", "cancelled", "completed", "no_show"])),
        optional("action_url", among(&["https://salon.example/a/1?b=ç"])),
    ])
}

fn preferences() -> Json {
    let cell = |channel: &'static str| {
        any::<bool>().prop_map(move |allowed| json!({"channel": channel, "allowed": allowed}))
    };
    let category = |name: &'static str, channel: &'static str| {
        cell(channel).prop_map(move |cell| json!({"category": name, "channels": [cell]}))
    };
    let kind = any::<bool>().prop_map(
        |allowed| json!([{"kind": "client.payment_confirmed", "channel": "email", "allowed": allowed}]),
    );
    let categories = (category("reminders", "sms"), category("payments", "email"), 0..=2_usize)
        .prop_map(|(one, other, count)| Value::Array(vec![one, other].into_iter().take(count).collect()));
    let marketing = (cell("email"), cell("sms")).prop_map(|(email, sms)| json!([email, sms]));
    let digest = object(vec![some("every", Just(json!("daily")).boxed()), some("at", hour())]);
    let digest = prop_oneof![Just(json!({"every": "none"})), Just(json!({"every": "hourly"})), digest]
        .prop_map(|digest| json!({"messages": digest}));
    object(vec![
        some("categories", categories.boxed()),
        ("kinds", prop::option::of(kind).boxed()),
        ("marketing", prop::option::of(marketing).boxed()),
        ("quiet_hours", prop::option::of(prop_oneof![Just(Value::Null), quiet_hours()]).boxed()),
        ("digest", prop::option::of(digest).boxed()),
    ])
}

fn own_text() -> Json {
    let words = "[A-Za-zéèç ,.!?'’°€-]{0,40}[a-z]";
    words.prop_map(|words| json!({"channel": "sms", "text": format!("{words} {{{{ appointment.starts_at|time }}}}")})).boxed()
}

async fn world() -> World {
    let world = World::new().await;
    world.put("/v1/businesses/salon", &json!({"name": "Salon"})).await.expect(201);
    for id in ["camille", "paul"] {
        world.put(&format!("/v1/recipients/{id}"), &client("salon")).await.expect(201);
    }
    let ines = json!({"actor": "business_user", "role": "staff", "business_id": "salon", "name": "Inès"});
    world.put("/v1/recipients/ines", &ines).await.expect(201);
    world
}

/// Puts each value, then what GET answers of it: the same is there afterwards, also as `beside` shows it.
async fn check(path: &str, beside: Option<&str>, values: &Json) {
    let world = Box::pin(world()).await;
    for value in cases(values) {
        let first = world.put(path, &value).await;
        assert!(matches!(first.status, 200 | 201), "{value}: {}", first.text);
        let before = world.get(path).await.expect(200);
        let beside_before = match beside {
            Some(beside) => Some(world.get(beside).await.expect(200).json()),
            None => None,
        };
        let back = world.put(path, &before.json()).await;
        assert_eq!(back.status, 200, "{}: {}", before.text, back.text);
        assert!(!back.text.contains("was left out"), "{}", back.text);
        let after = world.get(path).await.expect(200);
        assert_eq!(after.json(), before.json(), "{value}");
        assert_eq!(after.header("etag"), before.header("etag"), "{value}");
        if let (Some(beside), Some(before)) = (beside, beside_before) {
            assert_eq!(world.get(beside).await.expect(200).json(), before, "{value}");
        }
    }
}

#[actix_web::test]
async fn settings_can_be_put_back() {
    check("/v1/businesses/salon/settings", None, &settings()).await;
}

#[actix_web::test]
async fn a_business_can_be_put_back() {
    check("/v1/businesses/salon", Some("/v1/businesses/salon/settings"), &business()).await;
}

#[actix_web::test]
async fn a_person_can_be_put_back() {
    check("/v1/recipients/alix", Some("/v1/recipients/alix/preferences"), &person()).await;
}

#[actix_web::test]
async fn an_appointment_can_be_put_back_at_the_same_revision() {
    check("/v1/appointments/a-1", None, &appointment()).await;
}

#[actix_web::test]
async fn preferences_can_be_put_back_without_a_decision() {
    let consents = "/v1/recipients/camille/consents";
    check("/v1/recipients/camille/preferences", Some(consents), &preferences()).await;
}

#[actix_web::test]
async fn an_own_text_can_be_put_back_without_a_new_version() {
    let path = "/v1/businesses/salon/templates/client.reminder_1h/sms/fr";
    check(path, Some(&format!("{path}/versions")), &own_text()).await;
}

#[actix_web::test]
async fn a_text_that_is_written_or_rolled_back_to_as_it_is_makes_no_version_and_another_one_does() {
    let world = world().await;
    let path = "/v1/businesses/salon/templates/client.reminder_1h/sms/fr";
    let text = |text: &str| json!({"channel": "sms", "text": text});
    let version =
        async |text: &Value| world.put(path, text).await.expect(200).json()["version"]["version"].clone();
    assert_eq!(version(&text("A")).await, 1);
    assert_eq!(version(&text("A")).await, 1);
    assert_eq!(version(&text("B")).await, 2);
    assert_eq!(version(&text("A")).await, 3);
    let back = async |to: u32| {
        let reply = world.post(&format!("{path}/rollback"), &json!({"version": to})).await.expect(200);
        reply.json()["version"]["version"].clone()
    };
    assert_eq!((back(3).await, back(1).await, back(2).await), (json!(3), json!(3), json!(4)));
    world.send_json(&world.platform, actix_web::http::Method::DELETE, path, &Value::Null).await.expect(204);
    assert_eq!(version(&text("B")).await, 6, "after the built-in one, the same text is a new version");
}
