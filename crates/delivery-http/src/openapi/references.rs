//! Schemas that are written out where a component says the same: generics of lists are, and clients made from them would have two types.

use serde_json::{Map, Value};

use super::schema::{component_mut, components, parts_mut, reference};

/// Puts a reference in place of each object that is written out though it is a component.
pub(crate) fn refer(document: &mut Value) {
    let known = components(document);
    for name in known.keys() {
        // The component itself stays.
        parts_mut(component_mut(document, name)).for_each(|inner| replace(inner, &known, name));
    }
    replace(&mut document["paths"], &known, "");
}

fn replace(value: &mut Value, known: &Map<String, Value>, within: &str) {
    if value.get("properties").is_some_and(Value::is_object)
        && let Some((name, _)) = known.iter().find(|(name, schema)| *name != within && *schema == value)
    {
        *value = reference(name);
        return;
    }
    parts_mut(value).for_each(|inner| replace(inner, known, within));
}

/// Says of objects without listed fields that they hold any: generated types would hold none.
pub(crate) fn open(value: &mut Value) {
    if let Value::Object(schema) = value
        && is_object(schema.get("type"))
        && !["properties", "additionalProperties", "oneOf", "anyOf", "allOf"]
            .iter()
            .any(|name| schema.contains_key(*name))
    {
        schema.insert("additionalProperties".to_owned(), true.into());
    }
    parts_mut(value).for_each(open);
}

fn is_object(kind: Option<&Value>) -> bool {
    kind.is_some_and(|kind| {
        kind == "object" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "object"))
    })
}
