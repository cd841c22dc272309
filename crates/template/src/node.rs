//! What a text holds, whichever language it is written in, with places in the file.

use std::ops::Range;

use crate::text::Text;

/// A value and the bytes of the file that it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// A string.
    Text(Text),
    /// A number, a truth value or nothing, as JSON writes it.
    Plain(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Something that only a later step knows: the expression, as written.
    Unknown(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: Text,
    pub(crate) key_span: Range<usize>,
    pub(crate) value: Node,
}

/// Deeper nesting than any template has.
pub(crate) const DEEPEST: usize = 100;

/// A template of the largest size that AWS takes (1 MB) has fewer values, and so do plans and states of thousands of
/// resources.
pub(crate) const MOST_VALUES: usize = 2_000_000;

impl Node {
    pub(crate) fn new(value: Value, span: Range<usize>) -> Self {
        Self { value, span }
    }

    /// The member of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key.text == name).map(|entry| &entry.value)
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The text, if it is one and all of it is known.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) if !text.has_holes() => Some(&text.text),
            _ => None,
        }
    }

    /// Is there something in it that is not known?
    pub(crate) fn has_holes(&self) -> bool {
        match &self.value {
            Value::Text(text) => text.has_holes(),
            Value::Plain(_) => false,
            Value::List(items) => items.iter().any(Self::has_holes),
            Value::Map(entries) => {
                entries.iter().any(|entry| entry.key.has_holes() || entry.value.has_holes())
            }
            Value::Unknown(_) => true,
        }
    }
}
