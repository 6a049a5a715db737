//! The specification says what there is, and all of it.

use std::collections::BTreeSet;

use actix_web::http::Method;
use carillon_delivery_http::{listed, openapi};
use serde_json::Value;

use crate::world::{World, request};

fn document() -> Value {
    serde_json::to_value(openapi()).expect("JSON")
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
    let routed: BTreeSet<(String, String)> =
        listed().into_iter().map(|(method, path)| (method.to_string(), path)).collect();
    assert_eq!(documented, routed);
}

#[actix_web::test]
async fn the_application_answers_exactly_the_documented_methods() {
    let world = World::new().await;
    let document = document();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let example =
            path.replace("{seq}", "1").replace("{id}", "x").replace("{token}", "x").replace("{file}", "x");
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
        if path.starts_with("/v1/") {
            assert!(operation["security"][0]["bearer"].is_array(), "{name}");
            for status in ["401", "403", "404", "422", "503"] {
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

fn is_described(value: &Value) -> bool {
    value["description"].as_str().is_some_and(|text| !text.trim().is_empty())
}

fn fields(at: &str, schema: &Value) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        let in_one_of = field["oneOf"].as_array().is_some_and(|all| all.iter().any(is_described));
        // The tag of an enum names the variant, and the variant is described.
        let is_tag = name == "type" && field["enum"].is_array();
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
