//! Schemas of the specification as JSON: where they are, and what they refer to.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

const PREFIX: &str = "#/components/schemas/";

/// A reference to a component.
pub(crate) fn reference(name: &str) -> Value {
    serde_json::json!({"$ref": format!("{PREFIX}{name}")})
}

/// The component that a schema refers to by itself.
pub(crate) fn referred(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(PREFIX)
}

/// The component of a name; null where there is none.
pub(crate) fn component<'a>(document: &'a Value, name: &str) -> &'a Value {
    &document["components"]["schemas"][name]
}

/// The same, to be changed or added.
pub(crate) fn component_mut<'a>(document: &'a mut Value, name: &str) -> &'a mut Value {
    &mut document["components"]["schemas"][name]
}

/// Adds a component unless there is one of the name.
pub(crate) fn add(document: &mut Value, name: &str, schema: Value) {
    if component(document, name).is_null() {
        *component_mut(document, name) = schema;
    }
}

/// All components by name.
pub(crate) fn components(document: &Value) -> Map<String, Value> {
    document["components"]["schemas"].as_object().cloned().unwrap_or_default()
}

/// The names of all components that a part of the document refers to, at any depth.
pub(crate) fn reachable(document: &Value, part: &Value, found: &mut BTreeSet<String>) {
    if let Some(name) = referred(part)
        && found.insert(name.to_owned())
    {
        reachable(document, component(document, name), found);
    }
    parts(part).for_each(|inner| reachable(document, inner, found));
}

/// Changes every reference within a part of the document.
pub(crate) fn rename(part: &mut Value, change: &impl Fn(&str) -> Option<String>) {
    if let Some(Value::String(at)) = part.get_mut("$ref")
        && let Some(name) = change(at)
    {
        *at = format!("{PREFIX}{name}");
    }
    parts_mut(part).for_each(|inner| rename(inner, change));
}

/// The values within a value.
pub(crate) fn parts(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Object(items) => Box::new(items.values()),
        Value::Array(items) => Box::new(items.iter()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Box::new(std::iter::empty()),
    }
}

/// The same, to be changed.
pub(crate) fn parts_mut(value: &mut Value) -> Box<dyn Iterator<Item = &mut Value> + '_> {
    match value {
        Value::Object(items) => Box::new(items.values_mut()),
        Value::Array(items) => Box::new(items.iter_mut()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Box::new(std::iter::empty()),
    }
}

/// The names of the properties that must be there.
pub(crate) fn required(schema: &Value) -> BTreeSet<String> {
    let names = schema["required"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The properties of an object, to be changed.
pub(crate) fn properties_mut(schema: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten()
}

/// Whether a schema is of texts that are not one of a few names.
pub(crate) fn is_text(schema: &Value, resolve: &impl Fn(&str) -> Value) -> bool {
    if let Some(name) = referred(schema) {
        return is_text(&resolve(name), resolve);
    }
    if let Some(parts) = schema["anyOf"].as_array() {
        return parts.iter().all(|part| part["type"] == "null" || is_text(part, resolve));
    }
    let kind = &schema["type"];
    let is_string = kind == "string" || *kind == serde_json::json!(["string", "null"]);
    is_string && schema.get("enum").is_none() && schema.get("const").is_none()
}
