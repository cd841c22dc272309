//! Policies of a template of which a condition says whether they are there, and nobody knows what it says: each statement of both sides
//! stands, in doubt.
//!
//! AWS: CloudFormation Template Reference, "Condition functions", `Fn::If`
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html>).

use super::value::Value;
use crate::later::{IN_FORCE, OPERATOR};

/// Both sides of a choice, where they are statements, policies or lists of these, or nothing. `None`: they are something else.
pub(super) fn of(yes: &Value, no: &Value) -> Option<Value> {
    // Two documents are one with the statements of both.
    if let (Value::Map(one), Value::Map(other)) = (yes, no)
        && is_document(one)
        && is_document(other)
    {
        let statements = [in_doubt(yes.get("Statement"))?, in_doubt(no.get("Statement"))?].concat();
        let version = yes.get("Version").clone();
        let fields = [("Version", version.clone()), ("Statement", Value::List(statements))];
        let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
        return (version == *no.get("Version"))
            .then(|| Value::Map(fields.map(|(name, value)| (name.to_owned(), value)).collect()));
    }
    Some(Value::List([in_doubt(yes)?, in_doubt(no)?].concat()))
}

fn is_document(fields: &[(String, Value)]) -> bool {
    fields.iter().any(|(name, _)| name == "Statement")
        && fields.iter().all(|(name, _)| matches!(&**name, "Version" | "Id" | "Statement"))
}

/// Statements, or policies with their names, in doubt.
fn in_doubt(value: &Value) -> Option<Vec<Value>> {
    let field = |name: &str, value: Value| (name.to_owned(), value);
    let with = |fields: &[(String, Value)], name: &str, value: Value| {
        let others = fields.iter().filter(|(known, _)| known != name).cloned();
        Value::Map(others.chain([field(name, value)]).collect())
    };
    let has = |name: &str| !value.get(name).is_null();
    match value {
        Value::Null => Some(Vec::new()),
        Value::List(list) => {
            let each: Option<Vec<Vec<Value>>> = list.iter().map(in_doubt).collect();
            Some(each?.concat())
        }
        Value::Map(fields) if has("Effect") => {
            let mut clauses = match value.get("Condition") {
                Value::Null => Vec::new(),
                Value::Map(clauses) => clauses.clone(),
                // In doubt already.
                _ => return Some(vec![value.clone()]),
            };
            let about = Value::Map(vec![field(IN_FORCE, Value::Text("true".to_owned()))]);
            clauses.push(field(OPERATOR, about));
            Some(vec![with(fields, "Condition", Value::Map(clauses))])
        }
        Value::Map(fields) if has("PolicyName") && has("PolicyDocument") => {
            let Value::Map(document) = value.get("PolicyDocument") else { return Some(vec![value.clone()]) };
            let statements = in_doubt(value.at(&["PolicyDocument", "Statement"]))?;
            let document = with(document, "Statement", Value::List(statements));
            Some(vec![with(fields, "PolicyDocument", document)])
        }
        _ => None,
    }
}
