//! The specification says what there is, and all of it.

use std::collections::BTreeSet;

use actix_web::http::Method;
use carillon_adapter_templates::Templates;
use carillon_application::event_types;
use carillon_delivery_http::{listed, openapi};
use serde_json::Value;

use crate::world::{World, request};

/// Answered by the way in that stands beside this one.
const WEBSOCKET: &str = "/v1/ws";

pub(crate) fn document() -> Value {
    openapi(&event_types::list(&Templates::embedded().expect("the catalogue")))
}

fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let mut all = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("an item") {
            all.push((method.to_uppercase(), path.clone(), operation));
        }
    }
    all
}

#[test]
fn every_route_is_in_the_document_and_every_path_of_the_document_is_a_route() {
    let document = document();
    let documented: BTreeSet<(String, String)> =
        operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
    let mut routed: BTreeSet<(String, String)> =
        listed().into_iter().map(|(method, path)| (method.to_string(), path)).collect();
    routed.insert(("GET".to_owned(), WEBSOCKET.to_owned()));
    assert_eq!(documented, routed);
}

#[actix_web::test]
async fn the_application_answers_exactly_the_documented_methods() {
    let world = World::new().await;
    let document = document();
    let paths = document["paths"].as_object().expect("paths");
    for (path, item) in paths.iter().filter(|(path, _)| *path != WEBSOCKET) {
        let example = path
            .replace("{seq}", "1")
            .replace("{message_id}", "x")
            .replace("{id}", "x")
            .replace("{token}", "x")
            .replace("{file}", "x");
        let reply = world.send(request(Method::TRACE, &example, None)).await.expect(405);
        let allowed: BTreeSet<String> = reply.header("allow").split(", ").map(str::to_lowercase).collect();
        let documented: BTreeSet<String> = item.as_object().expect("an item").keys().cloned().collect();
        assert_eq!(allowed, documented, "{path}");
    }
    let served = world.send(request(Method::GET, "/openapi.json", None)).await.expect(200);
    assert_eq!(served.json(), document);
}

#[test]
fn every_operation_parameter_and_answer_is_described() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let name = format!("{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{name}");
        assert!(ids.insert(operation["operationId"].as_str().expect("an id").to_owned()), "{name}");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{name}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(is_described(parameter), "{name}: {parameter}");
        }
        let steps = path.matches('{').count();
        let given = operation["parameters"].as_array().into_iter().flatten();
        assert_eq!(given.filter(|parameter| parameter["in"] == "path").count(), steps, "{name}");
        let answers = operation["responses"].as_object().expect("answers");
        for answer in answers.values() {
            assert!(is_described(answer) || answer["$ref"].is_string(), "{name}: {answer}");
        }
        if path.starts_with("/v1/") && path != WEBSOCKET {
            assert!(operation["security"][0]["bearer"].is_array(), "{name}");
            let mut expected = vec!["400", "401", "403", "404", "422", "429", "503"];
            if operation["requestBody"].is_object() {
                expected.extend(["408", "409", "413", "415"]);
            }
            for status in expected {
                assert!(answers.contains_key(status), "{name}: {status}");
            }
        }
    }
}

#[test]
fn every_field_is_described_and_every_reference_leads_somewhere() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    assert!(schemas.len() > 25);
    for (name, schema) in schemas {
        fields(name, schema);
    }
    references(&document, &document);
}

#[test]
fn every_problem_is_a_problem_and_says_how_long_to_wait() {
    let document = document();
    let shared = document["components"]["responses"].as_object().expect("answers");
    let mut problems: Vec<(String, &Value)> =
        shared.iter().map(|(name, answer)| (name.clone(), answer)).collect();
    for (method, path, operation) in operations(&document) {
        for (status, answer) in operation["responses"].as_object().expect("answers") {
            if status.as_str() >= "400"
                && !answer["$ref"].is_string()
                && !path.starts_with("/u/")
                && !path.starts_with("/p/")
            {
                problems.push((format!("{method} {path}: {status}"), answer));
            }
        }
    }
    for (name, answer) in problems {
        let schema = &answer["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(schema, "#/components/schemas/Problem", "{name}: {answer}");
    }
    for (name, header) in [
        ("TooManyRequests", "Retry-After"),
        ("Unavailable", "Retry-After"),
        ("Unauthorized", "WWW-Authenticate"),
    ] {
        assert!(is_described(&shared[name]["headers"][header]), "{name}");
    }
}

#[test]
fn the_server_is_named_and_every_operation_says_whether_it_is_open() {
    let document = document();
    assert_eq!(document["servers"][0]["url"], "/");
    let mut open = 0;
    for (method, path, operation) in operations(&document) {
        let security = operation["security"].as_array().unwrap_or_else(|| panic!("{method} {path}"));
        open += usize::from(security.is_empty());
        if ["/health/", "/webhooks/", "/u/", "/p/", "/docs", "/openapi.json"]
            .iter()
            .any(|start| path == "/" || path.starts_with(start))
        {
            assert!(security.is_empty(), "{method} {path}");
        }
    }
    assert!(open > 8, "{open}");
}

#[test]
fn the_example_of_a_problem_has_the_status_it_is_listed_under() {
    let document = document();
    for (method, path, operation) in operations(&document) {
        for (status, answer) in operation["responses"].as_object().expect("answers") {
            let answer = answer["$ref"].as_str().and_then(|at| document.pointer(&at[1..])).unwrap_or(answer);
            let content = &answer["content"]["application/problem+json"];
            if content.is_object() {
                assert_eq!(content["example"]["status"].to_string(), *status, "{method} {path}");
            }
        }
    }
}

#[test]
fn every_body_has_an_example_and_so_has_every_field() {
    let document = document();
    for (method, path, operation) in operations(&document) {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let Some(reference) = schema["$ref"].as_str() else { continue };
        let body = document.pointer(&reference[1..]).expect("it leads somewhere");
        assert!(
            has_example(body) || properties(body).all(|(_, field)| has_example(field)),
            "{method} {path}"
        );
    }
    let mut without = Vec::new();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    for (name, schema) in schemas.iter().filter(|(_, schema)| !has_example(schema)) {
        for (field, property) in properties(schema) {
            if !has_example(property) {
                without.push(format!("{name}.{field}: {property}"));
            }
        }
    }
    assert!(without.is_empty(), "without example:\n{}", without.join("\n"));
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

/// An example of its own, or one that follows from what it is: a list of such, an object of such, or one that takes anything.
fn has_example(field: &Value) -> bool {
    let parts = ["oneOf", "allOf", "anyOf"].into_iter().filter_map(|part| field[part].as_array()).flatten();
    ["example", "examples", "default", "enum", "$ref"].iter().any(|name| field.get(name).is_some())
        || is(field, "boolean")
        || parts.into_iter().any(has_example)
        || (field["items"].is_object() && has_example(&field["items"]))
        || (is(field, "object") && properties(field).all(|(_, inner)| has_example(inner)))
}

fn is(field: &Value, name: &str) -> bool {
    let kind = &field["type"];
    kind == name || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == name))
}

fn is_described(value: &Value) -> bool {
    value["description"].as_str().is_some_and(|text| !text.trim().is_empty())
}

fn fields(at: &str, schema: &Value) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        let refers = field["$ref"].is_string();
        let in_one_of = refers || field["oneOf"].as_array().is_some_and(|all| all.iter().any(is_described));
        // The tag of an enum names the variant, and the variant is described.
        let is_tag = (name == "type" || name == "channel") && field["enum"].is_array();
        assert!(is_described(field) || in_one_of || is_tag, "{at}: {field}");
        fields(&at, field);
    }
    for part in ["oneOf", "allOf", "anyOf"] {
        for inner in schema[part].as_array().into_iter().flatten() {
            fields(at, inner);
        }
    }
    if schema["items"].is_object() {
        fields(at, &schema["items"]);
    }
}

fn references(document: &Value, value: &Value) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                let pointer = reference.strip_prefix('#').expect("within the document");
                assert!(document.pointer(pointer).is_some(), "{reference}");
            }
            map.values().for_each(|inner| references(document, inner));
        }
        Value::Array(items) => items.iter().for_each(|inner| references(document, inner)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
