//! Policies written for a test, and what of them is there afterwards.

use clavicle_policy::{Policy, parse};
use proptest::prelude::*;
use serde_json::{Value, json};

pub(crate) fn policy(statements: &Value) -> Policy {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    parse(text.as_bytes()).policy.expect("a policy")
}

pub(crate) fn printed(policy: &Policy) -> Value {
    let text = policy.print().expect("it prints");
    serde_json::from_str::<Value>(&text).expect("JSON")["Statement"].clone()
}

/// What statements are made of: few words, so that they meet.
pub(crate) struct Words {
    pub(crate) actions: &'static [&'static str],
    pub(crate) resources: &'static [&'static str],
    pub(crate) operators: &'static [&'static str],
    pub(crate) keys: &'static [&'static str],
    pub(crate) values: &'static [&'static str],
}

/// Up to so many statements, of which this part allows.
pub(crate) fn statements(words: &Words, allows: f64, most: usize) -> impl Strategy<Value = Value> + use<> {
    let some =
        |list: &'static [&'static str]| proptest::sample::subsequence(list.to_vec(), 1..=list.len().min(3));
    let condition =
        (prop::sample::select(words.operators), prop::sample::select(words.keys), some(words.values));
    let one = (
        proptest::bool::weighted(allows),
        proptest::bool::weighted(0.1),
        some(words.actions),
        proptest::bool::weighted(0.1),
        some(words.resources),
        proptest::option::weighted(0.4, condition),
    )
        .prop_map(|(allow, not_action, actions, not_resource, resources, condition)| {
            let mut it = serde_json::Map::new();
            it.insert("Effect".to_owned(), json!(if allow { "Allow" } else { "Deny" }));
            it.insert((if not_action { "NotAction" } else { "Action" }).to_owned(), json!(actions));
            it.insert((if not_resource { "NotResource" } else { "Resource" }).to_owned(), json!(resources));
            if let Some((operator, key, values)) = condition {
                it.insert("Condition".to_owned(), json!({operator: {key: values}}));
            }
            Value::Object(it)
        });
    proptest::collection::vec(one, 1..=most).prop_map(Value::Array)
}
