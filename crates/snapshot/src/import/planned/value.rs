//! What a plan or template says of a property: a value, or that nobody can know it before it is made.

/// A value, with the parts of it that are not known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
    /// Known once it is made, and not before.
    Unknown,
}

static NULL: Value = Value::Null;
static UNKNOWN: Value = Value::Unknown;

impl Value {
    /// The field of this name: null where there is none, unknown where the whole is.
    pub(super) fn get(&self, name: &str) -> &Value {
        match self {
            Value::Map(fields) => {
                fields.iter().find(|(key, _)| key == name).map_or(&NULL, |(_, value)| value)
            }
            Value::Unknown => &UNKNOWN,
            // Terraform writes a block that occurs once as a list.
            Value::List(list) if list.len() == 1 => list[0].get(name),
            _ => &NULL,
        }
    }

    /// The field at the end of this path.
    pub(super) fn at(&self, path: &[&str]) -> &Value {
        path.iter().fold(self, |value, name| value.get(name))
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) if !text.is_empty() => Some(text),
            // Account ids, where somebody left the quotes away.
            Value::Number(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of a list; a single value counts as a list of one, nothing as none.
    pub(super) fn items(&self) -> &[Value] {
        match self {
            Value::List(list) => list,
            Value::Null => &[],
            one => std::slice::from_ref(one),
        }
    }

    /// What a block is that Terraform writes as a list.
    pub(super) fn first(&self) -> &Value {
        match self {
            Value::List(list) if list.len() == 1 => &list[0],
            one => one,
        }
    }

    pub(super) fn fields(&self) -> &[(String, Value)] {
        match self {
            Value::Map(fields) => fields,
            _ => &[],
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Is something in it not known?
    pub(super) fn has_unknown(&self) -> bool {
        match self {
            Value::Unknown => true,
            Value::List(list) => list.iter().any(Value::has_unknown),
            Value::Map(fields) => fields.iter().any(|(_, value)| value.has_unknown()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => false,
        }
    }

    /// The same with `text` for what is not known.
    pub(super) fn or_later(&self, text: &str) -> Value {
        match self {
            Value::Unknown => Value::Text(text.to_owned()),
            Value::List(list) => Value::List(list.iter().map(|value| value.or_later(text)).collect()),
            Value::Map(fields) => {
                Value::Map(fields.iter().map(|(key, value)| (key.clone(), value.or_later(text))).collect())
            }
            known => known.clone(),
        }
    }

    /// The same as JSON, for readers of AWS's own shapes: what is not known is left out, and names lose the hyphens
    /// that Terraform writes between words.
    pub(super) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Value::Null | Value::Unknown => Json::Null,
            Value::Bool(truth) => Json::Bool(*truth),
            Value::Number(text) => serde_json::from_str(text).unwrap_or_else(|_| text.clone().into()),
            Value::Text(text) => Json::String(text.clone()),
            // A block that occurs once.
            Value::List(list) if matches!(list.as_slice(), [Value::Map(_)]) => list[0].to_json(),
            Value::List(list) => list.iter().map(Value::to_json).collect(),
            Value::Map(fields) => Json::Object(
                fields.iter().map(|(key, value)| (key.replace('_', ""), value.to_json())).collect(),
            ),
        }
    }
}

/// JSON as it stands.
impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Value {
        use serde_json::Value as Json;
        match json {
            Json::Null => Value::Null,
            Json::Bool(truth) => Value::Bool(*truth),
            Json::Number(number) => Value::Number(number.to_string()),
            Json::String(text) => Value::Text(text.clone()),
            Json::Array(list) => Value::List(list.iter().map(Value::from).collect()),
            Json::Object(fields) => {
                Value::Map(fields.iter().map(|(key, value)| (key.clone(), Value::from(value))).collect())
            }
        }
    }
}
