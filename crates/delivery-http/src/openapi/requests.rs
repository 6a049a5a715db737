//! Bodies of requests as they are read: an optional field may be null or empty where that is as if it were left out, and times have more
//! forms than in answers.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::schema::{
    add, component, component_mut, is_text, parts_mut, properties_mut, reachable, reference, referred,
    rename, required,
};
use crate::meant;

/// The component of times in requests.
const MOMENT: &str = "Moment";
/// The component of empty texts.
const BLANK: &str = "Blank";
/// What the names of components of requests end with that answers share otherwise.
const INPUT: &str = "Input";
/// What says something of a field beside its shape.
const ANNOTATIONS: [&str; 6] = ["description", "default", "example", "examples", "readOnly", "deprecated"];
/// The forms of times beside RFC 3339, as `carillon_domain::moment` reads them.
const FORMS: &str =
    r"^\s*\d{4}-\d{1,2}-\d{1,2}[Tt ]\d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?\s*([Zz]|[+-]\d{2}(:?\d{2})?)\s*$";

/// Makes the schemas of bodies say what is read.
pub(crate) fn loosen(document: &mut Value) {
    add_components(document);
    let lenient = lenient(document);
    separate(document, &lenient);
    let (asked, answered) = sides(document);
    for name in asked.difference(&answered).filter(|name| *name != MOMENT) {
        tell_times(component_mut(document, name));
    }
    let known = document.clone();
    let resolve = |name: &str| component(&known, name).clone();
    // What settings are made of further down, such as a reminder rule, is the same in answers.
    let mut within = BTreeSet::new();
    reachable(document, component(document, meant::SETTINGS), &mut within);
    let is_lenient = |name: &&String| {
        [&lenient, &within]
            .iter()
            .any(|all| all.contains(*name) || all.contains(name.trim_end_matches(INPUT)))
    };
    for name in asked.iter().filter(is_lenient) {
        allow_blanks(component_mut(document, name), &resolve);
    }
}

fn add_components(document: &mut Value) {
    let moment = json!({
        "description": "A time with its offset (RFC 3339). Seconds may be left out, the offset may lack its colon, and a blank may stand in place of the T.",
        "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "pattern": FORMS}],
        "example": "2026-12-03T14:30:00+01:00",
    });
    let blank = json!({"description": "An empty text: as if the field were left out.", "type": "string", "pattern": r"^\s*$", "example": ""});
    add(document, MOMENT, moment);
    add(document, BLANK, blank);
}

/// The components whose optional fields may be null or empty: the bodies that say so, and the parts of settings.
fn lenient(document: &Value) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = meant::schemas().into_iter().collect();
    for (_, property) in component(document, meant::SETTINGS)["properties"].as_object().into_iter().flatten()
    {
        names.extend(referred(property).map(str::to_owned));
    }
    names
}

/// Which components are part of requests, and which of answers.
fn sides(document: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut asked, mut answered) = (BTreeSet::new(), BTreeSet::new());
    let items = document["paths"].as_object().into_iter().flatten();
    for operation in items.filter_map(|(_, item)| item.as_object()).flat_map(Map::values) {
        reachable(document, &operation["requestBody"], &mut asked);
        reachable(document, &operation["responses"], &mut answered);
    }
    reachable(document, &document["components"]["responses"], &mut answered);
    (asked, answered)
}

/// Gives each component that requests and answers share, and that requests may be lenient with, a second name for requests. What is
/// answered holds every field.
fn separate(document: &mut Value, lenient: &BTreeSet<String>) {
    let (asked, answered) = sides(document);
    let shared: BTreeSet<String> =
        lenient.iter().filter(|name| asked.contains(*name) && answered.contains(*name)).cloned().collect();
    let input = |at: &str| {
        let name = at.rsplit('/').next().filter(|name| shared.contains(*name))?;
        Some(format!("{name}{INPUT}"))
    };
    for name in asked.difference(&answered) {
        rename(component_mut(document, name), &input);
    }
    for name in &shared {
        let mut twin = component(document, name).clone();
        rename(&mut twin, &input);
        add(document, &format!("{name}{INPUT}"), twin);
        let whole = component_mut(document, name);
        let names = whole["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
        let names: Value = names.collect();
        whole["required"] = names;
        // Answers that say more are made of it, and may hold fields that are new.
        if let Some(whole) = whole.as_object_mut() {
            whole.remove("additionalProperties");
        }
        for property in properties_mut(whole).filter_map(|(_, property)| property.as_object_mut()) {
            property.remove("default");
        }
    }
    let items = document["paths"].as_object_mut().into_iter().flatten();
    for operation in items.filter_map(|(_, item)| item.as_object_mut()).flat_map(Map::values_mut) {
        if let Some(body) = operation.get_mut("requestBody") {
            rename(body, &input);
        }
    }
}

/// Puts the times of requests in place of those of answers. An optional one may be empty.
pub(crate) fn tell_times(schema: &mut Value) {
    if schema["format"] == "date-time" {
        let is_optional = schema["type"].is_array();
        let Value::Object(whole) = schema else { return };
        whole.remove("type");
        whole.remove("format");
        if is_optional {
            whole.insert("anyOf".to_owned(), json!([reference(MOMENT), reference(BLANK), {"type": "null"}]));
        } else {
            whole.extend(reference(MOMENT).as_object().cloned().unwrap_or_default());
        }
        return;
    }
    parts_mut(schema).for_each(tell_times);
}

/// Says of each optional field of an object that it may be null or empty.
pub(crate) fn allow_blanks(schema: &mut Value, resolve: &impl Fn(&str) -> Value) {
    let required = required(schema);
    for (_, property) in properties_mut(schema).filter(|(name, _)| !required.contains(*name)) {
        allow_blank(property, resolve);
    }
}

fn allow_blank(property: &mut Value, resolve: &impl Fn(&str) -> Value) {
    // Within a choice, a description of the component would not be seen.
    let shared = referred(property).map(|name| resolve(name)["description"].clone());
    let blank = if is_text(property, resolve) { reference(BLANK) } else { json!({"const": ""}) };
    let Value::Object(field) = property else { return };
    let mut said: Vec<(String, Value)> =
        ANNOTATIONS.iter().filter_map(|name| Some(((*name).to_owned(), field.remove(*name)?))).collect();
    if let Some(shared @ Value::String(_)) = shared
        && said.iter().all(|(name, _)| name != "description")
    {
        said.push(("description".to_owned(), shared));
    }
    let choice = if field.contains_key("oneOf") { "oneOf" } else { "anyOf" };
    // Any text fits, the empty one too.
    let is_plain =
        field.contains_key("type") && field.keys().all(|name| name == "type" || name == "maxLength");
    let is_plain = is_plain && blank == reference(BLANK);
    if is_plain {
        field["type"] = json!(["string", "null"]);
    } else {
        let mut parts = match field.remove(choice) {
            Some(Value::Array(parts)) => parts,
            Some(_) | None => vec![without_null(Value::Object(std::mem::take(field)))],
        };
        for part in [blank, json!({"type": "null"})] {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        field.insert(choice.to_owned(), parts.into());
        // Generators know no default that is an object where there is a choice.
        said.retain(|(name, value)| name != "default" || !(value.is_object() || value.is_array()));
    }
    field.extend(said);
}

fn without_null(mut schema: Value) -> Value {
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = &kinds[..] {
            schema["type"] = kind.clone();
        }
    }
    schema
}
