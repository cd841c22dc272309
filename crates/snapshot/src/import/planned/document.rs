//! Policy texts of plans and templates. What is not known in one stands in it as [`LATER`], which no reader of JSON
//! takes for a value: a statement that holds it is one of which nobody knows what it says.

use super::value::Value;
use crate::import::document::{self, Carried};
use crate::store::{DocumentText, KNOWN_LATER, ResourcePolicy};

/// What stands for a part of a text that is known later.
pub(super) const LATER: &str = "(known-after-deployment)";

/// What stands for it while the text is laid out: a character that nobody has a use for.
const MARK: &str = "\u{f8ff}known-after-deployment\u{f8ff}";

/// A policy as the plan says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Document {
    /// There is none.
    None,
    Seen(String),
    /// And why.
    NotSeen(String),
}

impl Document {
    /// A text in a string, or as objects and lists.
    pub(super) fn of(value: &Value) -> Document {
        let carried = match value {
            Value::Null => return Document::None,
            Value::Unknown => return Document::NotSeen(KNOWN_LATER.to_owned()),
            Value::Text(text) => document::from_text(text),
            Value::Map(fields) if fields.is_empty() => return Document::None,
            Value::Map(_) => return Document::Seen(laid_out(value)),
            Value::Bool(_) | Value::Number(_) | Value::List(_) => {
                Carried::Unreadable("a policy document is an object, or a string that holds one".to_owned())
            }
        };
        match carried {
            Carried::Nothing => Document::None,
            Carried::Text(text) => Document::Seen(text),
            Carried::Unreadable(why) => Document::NotSeen(why),
        }
    }

    /// A policy of these statements.
    pub(super) fn of_statements(statements: Vec<Value>) -> Document {
        let version = ("Version".to_owned(), Value::Text("2012-10-17".to_owned()));
        Document::Seen(laid_out(&Value::Map(vec![
            version,
            ("Statement".to_owned(), Value::List(statements)),
        ])))
    }

    /// The text for a place where a document must be.
    pub(super) fn expected(&self) -> DocumentText {
        match self {
            Document::Seen(text) => DocumentText::Seen(text.clone()),
            Document::None | Document::NotSeen(_) => DocumentText::NotSeen,
        }
    }
}

impl From<Document> for ResourcePolicy {
    fn from(document: Document) -> ResourcePolicy {
        match document {
            Document::None => ResourcePolicy::None,
            Document::Seen(text) => ResourcePolicy::Seen(text),
            Document::NotSeen(why) => ResourcePolicy::NotSeen(why),
        }
    }
}

fn laid_out(value: &Value) -> String {
    let mut json = String::new();
    write(value, &mut json);
    let text = clavicle_policy::layout(&json);
    text.replace(&format!("\"{MARK}\""), LATER)
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Number(text) if serde_json::from_str::<serde_json::Number>(text).is_ok() => out.push_str(text),
        Value::Number(text) | Value::Text(text) => quote(text, out),
        Value::Unknown => quote(MARK, out),
        Value::List(list) => {
            out.push('[');
            for (at, value) in list.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(value, out);
            }
            out.push(']');
        }
        Value::Map(fields) => {
            out.push('{');
            for (at, (key, value)) in fields.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                quote(key, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use super::{Document, LATER, Value};

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn map(fields: &[(&str, Value)]) -> Value {
        Value::Map(fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
    }

    /// Of two statements, the one with a part that is not known is in doubt, and the other one is not.
    #[test]
    fn a_part_that_is_not_known_leaves_its_statement_in_doubt() {
        let known =
            map(&[("Effect", text("Allow")), ("Action", text("s3:GetObject")), ("Resource", text("*"))]);
        let later = map(&[
            ("Effect", text("Allow")),
            ("Action", text("s3:PutObject")),
            ("Resource", Value::List(vec![text("arn:aws:s3:::a"), Value::Unknown])),
        ]);
        let Document::Seen(written) = Document::of_statements(vec![known, later]) else { panic!("no text") };
        assert!(written.contains(LATER), "{written}");
        let parsed = clavicle_policy::parse(written.as_bytes());
        let faulty: Vec<bool> = parsed
            .policy
            .iter()
            .flat_map(|policy| &policy.statements)
            .map(|statement| statement.faulty)
            .collect();
        assert_eq!(faulty, [false, true], "{written}\n{:?}", parsed.diagnostics);
    }

    /// Somebody who writes the mark gets a text that is in doubt, never one that says more.
    #[test]
    fn text_that_looks_like_the_mark_is_only_ever_unknown() {
        let hostile = map(&[("Statement", text(super::MARK))]);
        let Document::Seen(written) = Document::of(&hostile) else { panic!("no text") };
        let parsed = clavicle_policy::parse(written.as_bytes());
        assert!(parsed.policy.iter().flat_map(|policy| &policy.statements).all(|statement| statement.faulty));
    }
}
