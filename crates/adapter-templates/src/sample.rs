//! The sample of a kind: its own values, and those that all kinds share.

use std::collections::BTreeMap;

use carillon_domain::event::Part;
use carillon_domain::{Actor, EmailAddress, Person, PhoneNumber, Value};

use crate::error::{LoadErrors, line_at};
use crate::people::part_in;
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

/// The people whom samples name by part, such as `client.1`.
pub(crate) fn people(shared: &BTreeMap<String, Value>) -> BTreeMap<Part, Person> {
    let listed = shared.iter().filter(|(name, _)| name.contains('.'));
    // What they are to the platform is none of a text's business.
    listed.filter_map(|(part, block)| Some((part.clone(), person(block, Actor::EndClient)?))).collect()
}

/// A person of the samples; `None` without an id or a name.
pub(crate) fn person(block: &Value, actor: Actor) -> Option<Person> {
    Some(Person {
        id: block.text_at("id")?.parse().ok()?,
        actor,
        role: None,
        business: None,
        name: block.text_at("name")?.to_owned(),
        email: block.text_at("email").and_then(|email| EmailAddress::parse(email).ok()),
        phone: block.text_at("phone").and_then(|phone| PhoneNumber::parse(phone).ok()),
        locale: None,
        timezone: None,
        choices: carillon_domain::Choices::default(),
    })
}

/// The parts that a sample names, at any depth.
pub(crate) fn parts(sample: &Value) -> Vec<&str> {
    match sample {
        Value::Map(items) => match part_in(items) {
            Some(part) => vec![part],
            None => items.values().flat_map(parts).collect(),
        },
        Value::List(items) => items.iter().flat_map(parts).collect(),
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::Text(_) => Vec::new(),
    }
}
