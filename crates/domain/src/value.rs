//! The data of an event: a plain tree, so that the domain needs no wire format.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A tree of plain values. `Debug` shows its shape only: the data of an event is personal.
#[derive(Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// Values in order.
    List(Vec<Value>),
    /// Values by name.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// An empty map.
    pub fn map() -> Self {
        Self::Map(BTreeMap::new())
    }

    /// The value at a dotted path: `appointment.starts_at`.
    pub fn at(&self, path: &str) -> Option<&Value> {
        path.split('.').try_fold(self, |value, name| match value {
            Self::Map(map) => map.get(name),
            Self::Null
            | Self::Bool(_)
            | Self::Integer(_)
            | Self::Float(_)
            | Self::Text(_)
            | Self::List(_) => None,
        })
    }

    /// The text at a dotted path.
    pub fn text_at(&self, path: &str) -> Option<&str> {
        self.at(path).and_then(Value::as_text)
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Integer(_) | Self::Float(_) | Self::List(_) | Self::Map(_) => {
                None
            }
        }
    }

    /// The list, if it is one.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(items) => Some(items),
            Self::Null | Self::Bool(_) | Self::Integer(_) | Self::Float(_) | Self::Text(_) | Self::Map(_) => {
                None
            }
        }
    }

    /// Sets the value at a dotted path; nothing happens where the path leads through something that is no map.
    pub fn set(&mut self, path: &str, value: Value) {
        let Self::Map(map) = self else { return };
        match path.split_once('.') {
            None => drop(map.insert(path.to_owned(), value)),
            Some((name, rest)) => {
                if let Some(inner) = map.get_mut(name) {
                    inner.set(rest, value);
                }
            }
        }
    }

    /// Takes a name out of the map at the top.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        match self {
            Self::Map(map) => map.remove(name),
            Self::Null
            | Self::Bool(_)
            | Self::Integer(_)
            | Self::Float(_)
            | Self::Text(_)
            | Self::List(_) => None,
        }
    }

    /// How deeply it is nested; a plain value has depth 1.
    pub fn depth(&self) -> usize {
        1 + match self {
            Self::List(items) => items.iter().map(Self::depth).max().unwrap_or(0),
            Self::Map(map) => map.values().map(Self::depth).max().unwrap_or(0),
            Self::Null | Self::Bool(_) | Self::Integer(_) | Self::Float(_) | Self::Text(_) => 0,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(_) => f.write_str("bool"),
            Self::Integer(_) | Self::Float(_) => f.write_str("number"),
            Self::Text(text) => write!(f, "text({})", text.len()),
            Self::List(items) => f.debug_list().entries(items).finish(),
            Self::Map(map) => f.debug_map().entries(map).finish(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut seq = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    seq.serialize_element(item)?;
                }
                seq.end()
            }
            Self::Map(items) => {
                let mut map = serializer.serialize_map(Some(items.len()))?;
                for (name, item) in items {
                    map.serialize_entry(name, item)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tree)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a whole number beyond i64 keeps its magnitude, as JSON readers do"
    )]
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or(Value::Float(value as f64), Value::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut items = BTreeMap::new();
        while let Some((name, item)) = map.next_entry()? {
            items.insert(name, item);
        }
        Ok(Value::Map(items))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_goes_in_and_comes_out_the_same() {
        let json = r#"{"a":[1,-2.5,null,true],"b":{"c":"é"}}"#;
        let value: Value = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
        assert_eq!(value.text_at("b.c"), Some("é"));
        assert_eq!(value.depth(), 3);
    }

    #[test]
    fn a_value_is_set_where_its_path_leads_through_maps() {
        let mut value: Value = serde_json::from_str(r#"{"a":{"b":1},"t":"x"}"#).unwrap();
        value.set("a.c", Value::Bool(true));
        value.set("t.c", Value::Bool(true));
        value.set("n.c", Value::Bool(true));
        assert_eq!(serde_json::to_string(&value).unwrap(), r#"{"a":{"b":1,"c":true},"t":"x"}"#);
    }

    #[test]
    fn debug_shows_the_shape_and_never_the_text() {
        let value: Value = serde_json::from_str(r#"{"name":"Camille"}"#).unwrap();
        assert_eq!(format!("{value:?}"), r#"{"name": text(7)}"#);
    }
}
