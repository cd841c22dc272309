//! What an unknown key might hold: values worth trying, so that "it depends" and "whatever it holds" can be checked.

use crate::context::texts;
use crate::request::Request;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Which values of this key could make a difference to the request? Not all of them, but each that a policy lists, with
/// its wildcards filled in, the pieces of the resource (for variables), and a few that nothing lists. `None` is absent.
pub fn values_worth_trying(request: &Request, key: &str) -> Vec<Option<Value>> {
    let mut found: BTreeSet<String> =
        ["", "true", "false", "0", "203.0.113.9", "zz"].map(str::to_owned).into();
    for (_, policy) in request.documents() {
        collect(policy, key, false, &mut found);
    }
    found.extend(request.resource.split(['/', ':']).map(str::to_owned));
    for (other, value) in &request.context {
        if other.to_lowercase() != key.to_lowercase() {
            for text in texts(value) {
                // For variables that stand for a part of an ARN.
                if text.starts_with("arn:") {
                    found.extend(text.split(['/', ':']).map(str::to_owned));
                }
                found.insert(text);
            }
        }
    }
    let mut values: Vec<Option<Value>> = vec![None];
    values.extend(found.iter().map(|text| Some(json!(text))));
    values.extend(found.iter().map(|text| Some(json!([text]))));
    values
}

/// The request with one unknown key settled.
pub fn settle(request: &Request, key: &str, value: Option<&Value>) -> Request {
    let mut settled = request.clone();
    let same = |name: &String| name.to_lowercase() == key.to_lowercase();
    settled.unknown.retain(|name| !same(name));
    settled.present.retain(|name| !same(name));
    settled.context.retain(|name, _| !same(name));
    if let Some(value) = value {
        settled.context.insert(key.to_owned(), value.clone());
    }
    settled
}

/// Collects the texts listed under the key, wherever it stands in the policy.
fn collect(value: &Value, key: &str, under_key: bool, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                collect(member, key, name.to_lowercase() == key.to_lowercase(), found);
            }
        }
        Value::Array(members) => members.iter().for_each(|member| collect(member, key, under_key, found)),
        scalar if under_key => {
            for text in texts(scalar) {
                let address = text.split('/').next().unwrap_or_default().to_owned();
                found.extend([text.replace(['*', '?'], "x"), text, address]);
            }
        }
        _ => {}
    }
}
