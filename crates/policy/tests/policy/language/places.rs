//! Every value of a policy stands where its span says.

use clavicle_policy::{Policy, Scalar, Span, Spanned};
use serde_json::Value;

/// Panics unless the text at every span, read as JSON, is the value.
pub(crate) fn are_true(policy: &Policy, text: &str) {
    let at = |span: Span| &text[span.start as usize..span.end as usize];
    let json = |span: Span| -> Value {
        serde_json::from_str(at(span)).unwrap_or_else(|error| panic!("{:?}: {error}", at(span)))
    };
    let string = |value: &Spanned<String>| assert_eq!(json(value.span), Value::from(value.value.as_str()));
    let key = |key: Spanned<()>, negated: bool, plain: &str| {
        let name = if negated { format!("Not{plain}") } else { plain.to_owned() };
        assert_eq!(json(key.span), Value::from(name));
    };

    if let Some(version) = &policy.version {
        assert_eq!(json(version.span), Value::from(version.value.name()));
    }
    policy.id.iter().for_each(string);
    for statement in &policy.statements {
        assert!(json(statement.span.0).is_object());
        statement.sid.iter().for_each(string);
        if let Some(effect) = &statement.effect {
            assert_eq!(json(effect.span), Value::from(effect.value.name()));
        }
        if let Some(principal) = &statement.principal {
            key(principal.key, principal.negated, "Principal");
            principal.bare.iter().for_each(string);
            principal.entries.iter().for_each(|entry| string(&entry.value));
        }
        if let Some(action) = &statement.action {
            key(action.key, action.negated, "Action");
            action.patterns.iter().for_each(string);
        }
        if let Some(resource) = &statement.resource {
            key(resource.key, resource.negated, "Resource");
            resource.patterns.iter().for_each(string);
        }
        if let Some(condition) = &statement.condition {
            key(condition.key, false, "Condition");
            for clause in &condition.clauses {
                assert_eq!(json(clause.operator.span), Value::from(clause.operator.value.written.as_str()));
                string(&clause.key);
                for value in &clause.values {
                    match &value.value {
                        Scalar::String(text) => assert_eq!(json(value.span), Value::from(text.as_str())),
                        Scalar::Number(text) => assert_eq!(at(value.span), text),
                        Scalar::Bool(flag) => assert_eq!(json(value.span), Value::from(*flag)),
                    }
                }
            }
        }
    }
}
