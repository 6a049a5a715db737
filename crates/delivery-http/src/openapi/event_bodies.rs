//! Events as the specification shows them: a body for each type of event, with its data, from the catalogue as running.

use carillon_application::event_types::EventType;
use serde_json::{Map, Value, json};

use super::requests::{allow_blanks, tell_times};
use super::schema::{
    add as add_component, component, component_mut, parts_mut, properties_mut, reference, referred, rename,
};

/// The component of any event.
const BODY: &str = "EventBody";
/// Where schemas of the catalogue keep what they share.
const DEFS: &str = "#/$defs/";

/// Puts one body for each type of event in place of the one for all.
pub(crate) fn add(document: &mut Value, events: &[EventType]) {
    let any = component(document, BODY).clone();
    let (mut bodies, mut mapping) = (Vec::new(), Map::new());
    for event in events {
        let name = pascal(&event.name);
        let Ok(data) = serde_json::from_str(&event.schema) else { continue };
        let sample = serde_json::to_value(&event.sample).unwrap_or_default();
        add_data(document, &name, event, data, &sample);
        let body = body(&any, event, &format!("{name}Data"), &sample);
        add_component(document, &format!("{name}Event"), body);
        let reference = reference(&format!("{name}Event"));
        mapping.insert(event.name.clone(), reference["$ref"].clone());
        bodies.push(reference);
    }
    if !bodies.is_empty() {
        let whole = json!({
            "description": any["description"], "oneOf": bodies,
            "discriminator": {"propertyName": "type", "mapping": mapping}, "example": any["example"],
        });
        *component_mut(document, BODY) = whole;
    }
}

/// The body of one type: the body of any event with its name and its data.
fn body(any: &Value, event: &EventType, data: &str, sample: &Value) -> Value {
    let mut body = any.clone();
    body["description"] = format!("`{}`. What comes of it: {}", event.name, event.causes.join(" ")).into();
    body["properties"]["type"] =
        json!({"type": "string", "const": event.name, "description": "The event's name."});
    let mut whole = reference(data);
    whole["description"] = any["properties"]["data"]["description"].clone();
    body["properties"]["data"] = whole;
    let mut example = json!({"type": event.name, "data": sample});
    if event.needs_business {
        let said = &any["properties"]["business_id"];
        example["business_id"] = said["example"].clone();
        body["properties"]["business_id"] = json!({"type": "string", "description": "The business it happened in.", "example": said["example"]});
        body["required"] = json!(["type", "business_id", "data"]);
    }
    body["example"] = example;
    body
}

/// Adds the data of a type, and the definitions that it uses.
fn add_data(document: &mut Value, name: &str, event: &EventType, mut data: Value, sample: &Value) {
    let definitions = data.as_object_mut().and_then(|data| data.remove("$defs")).unwrap_or_default();
    let shared = |at: &str| Some(format!("Event{}", pascal(at.strip_prefix(DEFS)?)));
    for (name, schema) in definitions.as_object().into_iter().flatten() {
        let mut schema = schema.clone();
        shape(&mut schema, &shared);
        add_component(document, &format!("Event{}", pascal(name)), schema);
    }
    shape(&mut data, &shared);
    data["description"] = format!("Data of `{}`.", event.name).into();
    exemplify(document, &data, sample);
    data["example"] = sample.clone();
    add_component(document, &format!("{name}Data"), data);
}

/// Brings a schema of the catalogue into the words of this document.
fn shape(schema: &mut Value, shared: &impl Fn(&str) -> Option<String>) {
    rename(schema, shared);
    name_types(schema);
    tell_times(schema);
}

/// Says of a list of names that they are texts: generators ask for it.
fn name_types(schema: &mut Value) {
    if schema["enum"].is_array()
        && let Value::Object(schema) = schema
    {
        schema.entry("type").or_insert_with(|| "string".into());
    }
    parts_mut(schema).for_each(name_types);
}

/// Gives the definitions that data uses the values of the sample as examples.
fn exemplify(document: &mut Value, schema: &Value, sample: &Value) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let Some(value) = sample.get(name) else { continue };
        if let Some(name) = referred(property) {
            let shared = component_mut(document, name);
            if shared.get("example").is_none() {
                shared["example"] = value.clone();
            }
            let shared = shared.clone();
            exemplify(document, &shared, value);
        } else {
            exemplify(document, property, value);
        }
    }
}

/// Says of the optional fields of data, at every depth, that they may be null or empty.
pub(crate) fn loosen(document: &mut Value, events: &[EventType]) {
    let known = document.clone();
    let resolve = |name: &str| component(&known, name).clone();
    let mut names: Vec<String> = events.iter().map(|event| format!("{}Data", pascal(&event.name))).collect();
    names.extend(shared_names(events));
    for name in names {
        loosen_within(component_mut(document, &name), &resolve);
    }
}

fn loosen_within(schema: &mut Value, resolve: &impl Fn(&str) -> Value) {
    properties_mut(schema).for_each(|(_, property)| loosen_within(property, resolve));
    if let Some(items) = schema.get_mut("items") {
        loosen_within(items, resolve);
    }
    allow_blanks(schema, resolve);
}

/// The components that data of events shares.
fn shared_names(events: &[EventType]) -> Vec<String> {
    let schemas = events.iter().filter_map(|event| serde_json::from_str::<Value>(&event.schema).ok());
    let names = schemas.flat_map(|schema| {
        let definitions = schema["$defs"].as_object().cloned().unwrap_or_default();
        definitions.into_iter().map(|(name, _)| format!("Event{}", pascal(&name)))
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    names
}

/// A name as types of clients are called.
fn pascal(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.flat_map(|word| [word[..1].to_ascii_uppercase(), word[1..].to_owned()]).collect()
}
