//! What the request says about a condition key.

use serde_json::{Map, Value};

/// What is known of one key of the request (absent and unknown are different facts).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// The request does not have the key.
    Absent,
    /// The key may have any value, or none; with the spelling in which it was declared unknown.
    Unknown(String),
    /// The key has some value that is not known; with the spelling in which that was declared.
    Present(String),
    /// A single-valued key.
    Single(String),
    /// A multivalued key, perhaps an empty set.
    Many(Vec<String>),
}

/// The context of a request: its keys, and the keys of which nothing is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    pub(crate) keys: &'a Map<String, Value>,
    pub(crate) unknown: &'a [String],
    /// Keys that every such request has, with values that are not known.
    pub(crate) present: &'a [String],
}

impl Context<'_> {
    /// What does the request hold under this key? Key names ignore case, tag keys included (rule 3.2).
    pub(crate) fn held(&self, key: &str) -> Held {
        let same = |name: &str| name.to_lowercase() == key.to_lowercase();
        if let Some(name) = self.present.iter().find(|name| same(name)) {
            return Held::Present(name.clone());
        }
        if let Some(name) = self.unknown.iter().find(|name| same(name)) {
            return Held::Unknown(name.clone());
        }
        // Of a key in two spellings the later one counts: no request of AWS's carries both.
        let Some((_, value)) = self.keys.iter().rfind(|(name, _)| same(name)) else { return Held::Absent };
        match value {
            Value::Null => Held::Absent,
            Value::Array(values) => Held::Many(values.iter().filter_map(text).collect()),
            single => text(single).map_or(Held::Absent, Held::Single),
        }
    }
}

/// The text of a JSON scalar: numbers and booleans may stand unquoted (rule 3.11).
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The texts of an element that may be one value or a list of them.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        single => text(single).into_iter().collect(),
    }
}
