//! Each type of event is in the specification with the schema of its data and an example: the example fits, and is accepted.

use carillon_adapter_templates::Templates;
use carillon_application::event_types;
use serde_json::{Value, json};

use crate::components::check;
use crate::specification::document;
use crate::world::World;

/// The component of each type of event, by its name.
fn bodies(document: &Value) -> Vec<(String, Value)> {
    let any = &document["components"]["schemas"]["EventBody"];
    let mapping = any["discriminator"]["mapping"].as_object().expect("a component for each type");
    let listed: Vec<&Value> =
        any["oneOf"].as_array().into_iter().flatten().map(|body| &body["$ref"]).collect();
    assert_eq!(mapping.len(), listed.len());
    let body =
        |at: &Value| document.pointer(&at.as_str().expect("a reference")[1..]).expect("a body").clone();
    mapping.iter().map(|(name, at)| (name.clone(), body(at))).collect()
}

fn errors(validator: &jsonschema::Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn every_type_of_event_is_in_the_specification() {
    let templates = Templates::embedded().expect("the catalogue");
    let known: Vec<String> = event_types::list(&templates).into_iter().map(|event| event.name).collect();
    assert!(known.len() > 25, "{known:?}");
    let documented: Vec<String> = bodies(&document()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(documented, known);
}

#[actix_web::test]
async fn the_example_of_each_type_fits_its_schema_and_is_accepted() {
    let document = document();
    let any = check(&document, "EventBody");
    // The owner in both is of a business in one, and in the other of none.
    let (salon, platform) = (World::new().await, World::new().await);
    for (name, body) in bodies(&document) {
        let example = &body["example"];
        assert_eq!((&example["type"], &body["properties"]["type"]["const"]), (&json!(name), &json!(name)));
        assert_eq!(errors(&any, example), Vec::<String>::new(), "{name}");
        let component = body["properties"]["data"]["$ref"].as_str().and_then(|at| at.rsplit('/').next());
        let data = check(&document, component.expect("a component of its own"));
        assert_eq!(errors(&data, &example["data"]), Vec::<String>::new(), "{name}");
        let world = if example.get("business_id").is_some() { &salon } else { &platform };
        let answer = world.post("/v1/events", example).await;
        assert_eq!(answer.status, 202, "{name}: {}", answer.text);
    }
}

#[test]
fn data_of_another_type_and_unknown_fields_fit_no_event() {
    let document = document();
    let any = check(&document, "EventBody");
    let bodies = bodies(&document);
    let example = |name: &str| {
        bodies
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, body)| body["example"].clone())
            .expect("a type")
    };
    let mut mixed = example("payment.received");
    mixed["data"] = example("fraud.detected")["data"].clone();
    let mut unknown = example("appointment.booked");
    unknown["data"]["appointment"]["colour"] = json!("red");
    let mut nowhere = example("appointment.booked");
    nowhere.as_object_mut().expect("an object").remove("business_id");
    for wrong in [mixed, unknown, nowhere] {
        assert!(!any.is_valid(&wrong), "{wrong}");
    }
}
