//! Policies of a template of which a condition says whether they are there, and nobody knows what it says: each statement of both sides
//! stands, in doubt.
//!
//! AWS: CloudFormation Template Reference, "Condition functions", `Fn::If`
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html>).

use super::value::Value;
use crate::later::{IN_FORCE, OPERATOR};

/// What marks a policy of SAM by its name and parameters as one that is there perhaps: no policy is called so.
pub(super) const PERHAPS: &str = "Perhaps~";

/// A statement of which it is not known whether it allows or denies does perhaps either. `None`: it is known, or no more is.
pub(super) fn effects(statement: &Value) -> Option<Vec<Value>> {
    let Value::Map(fields) = statement else { return None };
    let is_open = *statement.get("Effect") == Value::Unknown;
    let has_action = ["Action", "NotAction"].iter().any(|name| !statement.get(name).is_null());
    let with = |effect: &str| {
        let field = |(name, value): &(String, Value)| match &**name {
            "Effect" => (name.clone(), Value::Text(effect.to_owned())),
            _ => (name.clone(), value.clone()),
        };
        in_doubt(&Value::Map(fields.iter().map(field).collect()))
    };
    (is_open && has_action).then(|| Some([with("Allow")?, with("Deny")?].concat())).flatten()
}

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
pub(super) fn in_doubt(value: &Value) -> Option<Vec<Value>> {
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
        // Those of SAM.
        Value::Map(fields) if has("Statement") && is_document(fields) => {
            let statements = in_doubt(value.get("Statement"))?;
            Some(vec![with(fields, "Statement", Value::List(statements))])
        }
        Value::Map(fields) if matches!(&fields[..], [(name, Value::Map(_))] if name.ends_with("Policy")) => {
            Some(vec![with(fields, PERHAPS, Value::Bool(true))])
        }
        _ => None,
    }
}
