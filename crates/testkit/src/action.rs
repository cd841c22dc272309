//! Action and NotAction (rules 2.1, 2.2).

use crate::context::texts;
use crate::glob::{matches, pattern};
use serde_json::{Map, Value};

/// Does the statement speak of this action?
pub(crate) fn speaks_of_action(statement: &Map<String, Value>, action: &str) -> bool {
    let listed = |element: &Value| texts(element).iter().any(|entry| entry_matches(entry, action));
    match (statement.get("Action"), statement.get("NotAction")) {
        (Some(element), None) => listed(element),
        // Rule 2.2: every action that no entry matches, of all services.
        (None, Some(element)) => !listed(element),
        (Some(_), Some(_)) | (None, None) => false,
    }
}

/// Rule 2.1: prefix and name each match as a pattern, case does not count; a bare `*` is every action.
fn entry_matches(entry: &str, action: &str) -> bool {
    let part_matches =
        |entry: &str, part: &str| matches(&pattern(&entry.to_lowercase()), &part.to_lowercase());
    match (entry.split_once(':'), action.split_once(':')) {
        _ if entry == "*" => true,
        (Some((entry_service, entry_name)), Some((service, name))) => {
            part_matches(entry_service, service) && part_matches(entry_name, name)
        }
        _ => false,
    }
}
