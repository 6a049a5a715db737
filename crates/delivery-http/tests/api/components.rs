//! Every type of the specification has a name: generated clients have one type for one thing.

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use crate::specification::document;
use crate::world::World;

/// Checks values against a component of the specification.
pub(crate) fn check(document: &Value, name: &str) -> Validator {
    let schema =
        json!({"$ref": format!("#/components/schemas/{name}"), "components": document["components"]});
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    options.build(&schema).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The schemas within a value, and the value itself, each with its place.
fn schemas<'a>(at: &str, value: &'a Value, all: &mut Vec<(String, &'a Value)>) {
    all.push((at.to_owned(), value));
    if let Some(items) = value.as_object() {
        for (name, inner) in items {
            schemas(&format!("{at}/{name}"), inner, all);
        }
    }
    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
        schemas(&format!("{at}/{index}"), inner, all);
    }
}

#[test]
fn every_list_names_the_component_of_its_items() {
    let document = document();
    let components = document["components"]["schemas"].as_object().expect("schemas");
    let lists: Vec<_> =
        components.iter().filter(|(_, schema)| schema["properties"]["items"].is_object()).collect();
    assert!(lists.len() > 8, "{}", lists.len());
    for (name, schema) in lists {
        assert!(schema["properties"]["items"]["items"]["$ref"].is_string(), "{name}");
    }
}

#[test]
fn nothing_is_written_out_that_is_a_component() {
    let document = document();
    let components = document["components"]["schemas"].as_object().expect("schemas");
    let mut all = Vec::new();
    schemas("/paths", &document["paths"], &mut all);
    for (name, schema) in components {
        let mut within = Vec::new();
        schemas(name, schema, &mut within);
        all.extend(within.into_iter().filter(|(at, _)| at != name));
    }
    for (at, schema) in all.iter().filter(|(_, schema)| schema["properties"].is_object()) {
        let same = components.iter().find(|(_, component)| component == schema);
        assert!(same.is_none(), "{at} is {:?}", same.map(|(name, _)| name));
    }
    for (at, schema) in all.iter().filter(|(_, schema)| schema["type"] == "object") {
        let says = ["properties", "additionalProperties", "oneOf", "allOf"]
            .iter()
            .any(|name| schema.get(name).is_some());
        assert!(says, "{at} is an object of what?");
    }
}

#[actix_web::test]
async fn settings_are_answered_with_every_field_and_read_with_any() {
    let document = document();
    let world = World::new().await;
    world.put("/v1/businesses/salon", &json!({"name": "Salon"})).await.expect(201);
    let settings = world.get("/v1/businesses/salon/settings").await.expect(200).json();
    let answered = check(&document, "Settings");
    let errors: Vec<String> = answered.iter_errors(&settings).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert!(!answered.is_valid(&json!({"locale": "fr"})));
    let read = check(&document, "SettingsInput");
    assert!(read.is_valid(&settings) && read.is_valid(&json!({"locale": "fr"})) && read.is_valid(&json!({})));
}
