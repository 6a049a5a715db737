//! The JSON Schema of a kind's data, and the checks made from it: one for a kind alone, one for all the kinds of an event.

use std::collections::BTreeMap;

use carillon_domain::Value;
use carillon_ports::catalogue::FieldError;
use chrono::{DateTime, Datelike};
use jsonschema::{PatternOptions, Validator};
use serde_json::{Map, Value as Json, json};

use crate::explain;

/// More errors than this help nobody.
const MOST_ERRORS: usize = 50;
/// The prefix of a reference to a shared definition.
const DEFS: &str = "#/$defs/";
/// The definition of a person whom data names by part.
const PERSON_PART: &str = "person_part";
/// The schema of what lies inside an open object.
static ANYTHING: Json = Json::Bool(true);

/// The schema of one kind, as written, and all shared definitions.
#[derive(Debug, Clone)]
pub(crate) struct Schema {
    own: Map<String, Json>,
    definitions: Map<String, Json>,
}

impl Schema {
    pub(crate) fn new(own: Map<String, Json>, definitions: Map<String, Json>) -> Self {
        Self { own, definitions }
    }

    /// The names at the top, each with its schema.
    pub(crate) fn properties(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.own
            .get("properties")
            .and_then(Json::as_object)
            .into_iter()
            .flatten()
            .map(|(name, of)| (name.as_str(), of))
    }

    /// The names at the top that must be there.
    pub(crate) fn required(&self) -> impl Iterator<Item = &str> {
        names(self.own.get("required"))
    }

    /// The schema that a `$ref` stands for.
    pub(crate) fn resolve<'a>(&'a self, schema: &'a Json) -> &'a Json {
        let next = |schema: &'a Json| {
            let reference = schema.get("$ref")?.as_str()?;
            self.definitions.get(reference.strip_prefix(DEFS)?)
        };
        // A definition may stand for another one, but not for itself by some detour.
        std::iter::successors(Some(schema), |schema| next(schema)).take(16).last().unwrap_or(schema)
    }

    /// Whether there can be a value at a dotted path; what lies inside an open object can.
    pub(crate) fn knows(&self, path: &str) -> bool {
        self.at(path).is_some()
    }

    /// Whether data names a person by part at a dotted path.
    pub(crate) fn has_person_at(&self, path: &str) -> bool {
        self.definitions.get(PERSON_PART).is_some_and(|definition| self.at(path) == Some(definition))
    }

    /// The schema of the value at a dotted path.
    fn at(&self, path: &str) -> Option<&Json> {
        let mut parts = path.split('.');
        let top = parts.next().unwrap_or_default();
        let (_, schema) = self.properties().find(|(name, _)| *name == top)?;
        let mut schema = self.resolve(schema);
        for part in parts {
            let Some(properties) = schema.get("properties").and_then(Json::as_object) else {
                return Some(&ANYTHING);
            };
            schema = self.resolve(properties.get(part)?);
        }
        Some(schema)
    }

    /// The same data with the optional names left out, at every depth.
    pub(crate) fn required_only(&self, data: &Value) -> Value {
        self.prune(&Json::Object(self.own.clone()), data)
    }

    fn prune(&self, schema: &Json, data: &Value) -> Value {
        let schema = self.resolve(schema);
        if let (Value::List(items), Some(of)) = (data, schema.get("items")) {
            return Value::List(items.iter().map(|item| self.prune(of, item)).collect());
        }
        let (Value::Map(items), Some(properties)) = (data, schema.get("properties")) else {
            return data.clone();
        };
        let kept = names(schema.get("required")).filter_map(|name| {
            let inner = properties.get(name)?;
            Some((name.to_owned(), self.prune(inner, items.get(name)?)))
        });
        Value::Map(kept.collect())
    }

    /// The schema as clients read it, with the definitions that it uses.
    pub(crate) fn document(&self) -> String {
        let mut document = self.own.clone();
        document.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
        document.insert("type".to_owned(), "object".into());
        let mut used = Map::new();
        self.collect(&Json::Object(self.own.clone()), &mut used);
        if !used.is_empty() {
            document.insert("$defs".to_owned(), used.into());
        }
        Json::Object(document).to_string()
    }

    fn collect(&self, schema: &Json, used: &mut Map<String, Json>) {
        match schema {
            Json::Object(items) => {
                let name = items.get("$ref").and_then(Json::as_str).and_then(|at| at.strip_prefix(DEFS));
                if let Some((name, found)) = name.and_then(|name| Some((name, self.definitions.get(name)?)))
                    && used.insert(name.to_owned(), found.clone()).is_none()
                {
                    self.collect(found, used);
                }
                items.values().for_each(|inner| self.collect(inner, used));
            }
            Json::Array(items) => items.iter().for_each(|inner| self.collect(inner, used)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }
}

/// The schema of data for several kinds at once as clients read it, with the definitions that it uses.
pub(crate) fn document(schemas: &[&Schema]) -> String {
    let mut document = together(schemas);
    let mut used = Map::new();
    if let (Some(schema), Json::Object(document)) = (schemas.first(), &mut document) {
        document.remove("$defs");
        schema.collect(&Json::Object(document.clone()), &mut used);
    }
    document["$defs"] = used.into();
    document.to_string()
}

/// Checks data against the schemas of one kind or of several at once: it must fit each of them, and may hold no names but theirs.
pub(crate) struct Check(Validator);

impl Check {
    /// Compiles the check. The error says what is wrong with a schema.
    pub(crate) fn compile(schemas: &[&Schema]) -> Result<Self, String> {
        jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .should_ignore_unknown_formats(false)
            .with_format("date-time", is_sane_time)
            // The engine without backtracking: no text can make a pattern slow.
            .with_pattern_options(PatternOptions::regex())
            .offline()
            .build(&together(schemas))
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// What is wrong with the data; nothing when it fits.
    pub(crate) fn errors(&self, data: &Value) -> Vec<FieldError> {
        let Ok(json) = serde_json::to_value(data) else {
            return vec![FieldError { pointer: String::new(), detail: "must be a JSON object".to_owned() }];
        };
        let mut errors: Vec<FieldError> = Vec::new();
        for error in self.0.iter_errors(&json).take(MOST_ERRORS) {
            for found in explain::field_errors(error.instance_path().as_str(), error.kind()) {
                if !errors.contains(&found) && errors.len() < MOST_ERRORS {
                    errors.push(found);
                }
            }
        }
        errors
    }
}

/// One schema for several: each name has all of its schemas, required is what any of them requires.
fn together(schemas: &[&Schema]) -> Json {
    let mut properties: BTreeMap<&str, Vec<&Json>> = BTreeMap::new();
    let mut required: Vec<&str> = Vec::new();
    let mut rest: Vec<Json> = Vec::new();
    for schema in schemas {
        for (name, of) in schema.properties() {
            let known = properties.entry(name).or_default();
            if !known.contains(&of) {
                known.push(of);
            }
        }
        required.extend(schema.required());
        let mut other = schema.own.clone();
        other.retain(|keyword, _| keyword != "properties" && keyword != "required");
        if !other.is_empty() {
            rest.push(Json::Object(other));
        }
    }
    required.sort_unstable();
    required.dedup();
    let properties: Map<String, Json> = properties
        .into_iter()
        .map(|(name, of)| {
            (name.to_owned(), if let [one] = of[..] { one.clone() } else { json!({ "allOf": of }) })
        })
        .collect();
    let mut document = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "required": required,
        "$defs": schemas.first().map(|schema| schema.definitions.clone()).unwrap_or_default(),
    });
    if !rest.is_empty() {
        document["allOf"] = rest.into();
    }
    document
}

fn names(list: Option<&Json>) -> impl Iterator<Item = &str> {
    list.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
}

/// RFC 3339 with an offset, and within the years in which somebody may be notified.
fn is_sane_time(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok_and(|time| (2000..=2100).contains(&time.to_utc().year()))
}
