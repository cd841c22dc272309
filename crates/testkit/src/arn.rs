//! ARNs as six parts, and Resource and NotResource, which match them part by part (rules 2.3 to 2.8).

use crate::context::texts;
use crate::glob::{Piece, matches, pattern};
use crate::truth::Truth;
use crate::variables::{Reading, expand};
use serde_json::{Map, Value};

/// The six parts of an ARN; the sixth may hold colons.
pub(crate) fn parts(arn: &str) -> Option<[&str; 6]> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    <[&str; 6]>::try_from(parts).ok().filter(|parts| parts[0] == "arn")
}

/// The account an ARN names, if any.
pub(crate) fn account(arn: &str) -> Option<&str> {
    parts(arn).map(|parts| parts[4]).filter(|account| !account.is_empty())
}

/// Does the statement speak of this resource? `*` stands for "no resource" (rule 2.6). `is_its_own`: it stands in the policy of
/// the resource.
pub(crate) fn speaks_of_resource(
    statement: &Map<String, Value>,
    resource: &str,
    reading: Reading<'_>,
    is_its_own: bool,
) -> Truth {
    let listed = |element: &Value| {
        let entries = texts(element).into_iter();
        let entries = entries.map(|entry| if is_its_own { in_full(entry, resource) } else { entry });
        Truth::any(entries.map(|entry| entry_matches(&entry, resource, reading)))
    };
    match (statement.get("Resource"), statement.get("NotResource")) {
        (Some(element), None) => listed(element),
        // Rule 2.7. An entry whose variable has no value matches nothing and so excludes nothing (rule 4.6).
        (None, Some(element)) => listed(element).not(),
        // Rule 2.8: trust policies have no Resource.
        (None, None) => Truth::True,
        (Some(_), Some(_)) => Truth::False,
    }
}

/// The policy of an API may say `execute-api:/stage/GET/path`, and API Gateway puts its ARN in front when it is saved [API Gateway
/// Developer Guide: API Gateway resource policy examples].
fn in_full(entry: String, resource: &str) -> String {
    match (entry.strip_prefix("execute-api:/"), parts(resource)) {
        (Some(rest), Some([arn, partition, "execute-api", region, account, name])) => {
            let api = name.split('/').next().unwrap_or_default();
            format!("{arn}:{partition}:execute-api:{region}:{account}:{api}/{rest}")
        }
        _ => entry,
    }
}

fn entry_matches(entry: &str, resource: &str, reading: Reading<'_>) -> Truth {
    if entry == "*" {
        return Truth::True;
    }
    // Rule 2.6: a request about no resource is covered by the bare `*` alone.
    let Some(resource) = parts(resource) else { return Truth::False };
    // Rule 4.2: the ARN is cut before anything is substituted, and only its sixth part has variables.
    let mut entry: Vec<&str> = entry.splitn(6, ':').collect();
    // Rule 2.5: missing parts count as `*` if the last one ends in `*`.
    if entry.last().is_some_and(|last| last.ends_with('*')) {
        entry.resize(6, "*");
    }
    let Ok(entry) = <[&str; 6]>::try_from(entry) else { return Truth::False };
    if !(0..5).all(|part| matches(&pattern(entry[part]), resource[part])) {
        return Truth::False;
    }
    match expand(entry[5], reading) {
        Some(last) => last.truth(matches(&last.pieces, resource[5])),
        None => Truth::False,
    }
}

/// Rule 3.14: does an ARN of the request match a pattern of a condition, part by part?
pub(crate) fn condition_matches(pattern: &[Piece], value: &str) -> bool {
    let Some(value) = parts(value) else { return false };
    let pattern: Vec<&[Piece]> = pattern.splitn(6, |piece| *piece == Piece::Char(':')).collect();
    pattern.len() == 6 && pattern.iter().zip(value).all(|(pattern, part)| matches(pattern, part))
}
