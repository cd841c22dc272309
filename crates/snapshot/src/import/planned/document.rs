//! Policy texts of plans and templates. What is not known in one stands in it as [`LATER`](crate::later::LATER).

use super::Place;
use super::value::Value;
use crate::import::document::{self, Carried};
use crate::later::{MARK, laid_out, perhaps};
use crate::store::{DocumentText, KNOWN_LATER, ResourcePolicy};

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
            Value::Map(_) => return Document::Seen(written(value)),
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

    /// The policy of a REST API as API Gateway keeps it. AWS: API Gateway Developer Guide, "x-amazon-apigateway-policy": "On
    /// import, `execute-api:/*` is converted" to the ARN of the API.
    pub(super) fn of_api(self, arn: &str, place: &Place) -> Document {
        let Some((_, id)) = arn.split_once("/restapis/") else { return self };
        let (partition, region, account) = (place.partition(), place.region(), place.account);
        match self {
            Document::Seen(text) => {
                let api = format!("\"arn:{partition}:execute-api:{region}:{account}:{id}/");
                Document::Seen(text.replace("\"execute-api:/", &api))
            }
            other => other,
        }
    }

    /// A policy of these statements.
    pub(super) fn of_statements(statements: Vec<Value>) -> Document {
        let version = ("Version".to_owned(), Value::Text("2012-10-17".to_owned()));
        Document::Seen(written(&Value::Map(vec![version, ("Statement".to_owned(), Value::List(statements))])))
    }

    /// The same, of which it is known later whether it is in force.
    pub(super) fn perhaps(self) -> Document {
        match self {
            Document::Seen(text) => {
                perhaps(&text).map_or_else(|| Document::NotSeen(KNOWN_LATER.to_owned()), Document::Seen)
            }
            other => other,
        }
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

fn written(value: &Value) -> String {
    let mut json = String::new();
    write(value, &mut json);
    laid_out(&json)
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
    use super::{Document, Place, Value};
    use crate::later::LATER;

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

    /// AWS: API Gateway Developer Guide, "API Gateway resource policy examples": the short form "of the REST API that the resource
    /// policy is associated with".
    #[test]
    fn what_the_policy_of_an_api_names_in_short_stands_in_full() {
        let policy = map(&[(
            "Statement",
            map(&[
                ("Effect", text("Allow")),
                ("Principal", text("*")),
                ("Action", text("execute-api:Invoke")),
                ("Resource", Value::List(vec![text("execute-api:/*"), text("arn:aws:execute-api:*:*:*")])),
            ]),
        )]);
        let place = Place::parse("111122223333/eu-west-1").expect("a place");
        let of = |arn: &str| match Document::of(&policy).of_api(arn, &place) {
            Document::Seen(written) => written,
            other => panic!("{other:?}"),
        };
        let written = of("arn:aws:apigateway:eu-west-1::/restapis/Api~");
        assert!(written.contains("\"arn:aws:execute-api:eu-west-1:111122223333:Api~/*\""), "{written}");
        assert!(
            written.contains("\"execute-api:Invoke\"") && !written.contains("execute-api:/"),
            "{written}"
        );
        assert!(of("arn:aws:sqs:eu-west-1:111122223333:q").contains("\"execute-api:/*\""));
    }

    /// Somebody who writes the mark gets a text that is in doubt, never one that says more.
    #[test]
    fn text_that_looks_like_the_mark_is_only_ever_unknown() {
        let hostile = map(&[("Statement", text(crate::later::MARK))]);
        let Document::Seen(written) = Document::of(&hostile) else { panic!("no text") };
        let parsed = clavicle_policy::parse(written.as_bytes());
        assert!(parsed.policy.iter().flat_map(|policy| &policy.statements).all(|statement| statement.faulty));
    }
}
