//! The sample of a kind: its own values, and those that all kinds share.

use std::collections::BTreeMap;

use carillon_domain::Value;

use crate::error::{LoadErrors, line_at};
use crate::schema::Schema;
use crate::sources::Sources;

const FILE: &str = "_shared/samples.toml";

/// The people and things of every sample.
pub(crate) fn shared(sources: &Sources, errors: &mut LoadErrors) -> BTreeMap<String, Value> {
    let Some(file) = sources.get(FILE) else { return BTreeMap::new() };
    toml::from_str(&file.text).unwrap_or_else(|error: toml::de::Error| {
        let line = error.span().map(|span| line_at(&file.text, span.start));
        errors.add(&file.shown, line, error.message().trim().replace('\n', " "));
        BTreeMap::new()
    })
}

/// A value for each name of the schema, from the kind's own sample or else from the shared one.
pub(crate) fn of_kind(schema: &Schema, own: &Value, shared: &BTreeMap<String, Value>) -> Value {
    let mut sample = match own {
        Value::Map(items) => items.clone(),
        Value::Null
        | Value::Bool(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::List(_) => BTreeMap::new(),
    };
    for (name, _) in schema.properties() {
        if let (false, Some(value)) = (sample.contains_key(name), shared.get(name)) {
            sample.insert(name.to_owned(), value.clone());
        }
    }
    Value::Map(sample)
}
