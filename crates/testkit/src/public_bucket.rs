//! RestrictPublicBuckets and what "public" means (rule 11.3) [S3: Blocking public access, the meaning of "public"].

use crate::caller::Caller;
use crate::context::texts;
use crate::network::parse_range;
use crate::request::Request;
use serde_json::{Map, Value};
use std::net::IpAddr;

/// Does RestrictPublicBuckets keep the caller out of what this policy governs? Only principals of the owner's account and
/// services pass.
pub(crate) fn keeps_out(request: &Request, caller: &Caller, policy: Option<&Value>) -> bool {
    request.options.s3_restrict_public_buckets
        && request.action.to_lowercase().starts_with("s3:")
        && policy.is_some_and(is_public)
        && !matches!(caller, Caller::Service(_))
        && caller.account() != Some(request.resource_account.as_str())
}

/// Is the policy as a whole public: does one Allow reach beyond a fixed set of principals, networks or owners?
pub(crate) fn is_public(policy: &Value) -> bool {
    let list = match policy.get("Statement") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    list.iter()
        .filter_map(Value::as_object)
        .filter(|statement| statement.get("Effect").and_then(Value::as_str) == Some("Allow"))
        .any(|statement| names_everyone(statement) && !is_tied(statement))
}

fn names_everyone(statement: &Map<String, Value>) -> bool {
    match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (_, Some(_)) => true,
        // Whoever signs in with an identity provider is no fixed principal, as the page's first example shows.
        // What is no sort of principal [Grammar] names nobody who could be told.
        (Some(Value::Object(kinds)), _) => {
            kinds.iter().any(|(kind, named)| match kind.to_lowercase().as_str() {
                "federated" => !texts(named).is_empty(),
                "aws" | "service" | "canonicaluser" => texts(named).iter().any(|named| named.contains('*')),
                _ => false,
            })
        }
        (Some(element), _) => texts(element).iter().any(|named| named.contains('*')),
        (None, None) => false,
    }
}

/// Keys whose fixed values make a grant non-public.
const FIXED_KEYS: [&str; 12] = [
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// Is the grant tied to fixed values of one of the listed keys?
fn is_tied(statement: &Map<String, Value>) -> bool {
    // What is written in another case cannot be read, and may be a tie: that nothing ties the grant is not said of it.
    let conditions = statement.iter().filter(|(element, _)| element.eq_ignore_ascii_case("Condition"));
    conditions.filter_map(|(_, value)| value.as_object()).flatten().any(|(operator, keys)| {
        keys.as_object().into_iter().flatten().any(|(key, values)| {
            let (key, values) = (key.to_lowercase(), texts(values));
            let fixed = |value: &String| !value.contains(['*', '?']) && !value.contains("${");
            // One of the values sent is enough; for all of them it could be none.
            let operator = operator.to_lowercase();
            match operator.strip_prefix("foranyvalue:").unwrap_or(&operator) {
                "stringequals" | "stringlike" | "arnequals" | "arnlike" if key == "s3:dataaccesspointarn" => {
                    // The account of an access point is enough, its name may be a wildcard.
                    values
                        .iter()
                        .all(|value| value.split(':').nth(4).is_some_and(|account| fixed(&account.into())))
                }
                "stringequals" | "stringequalsignorecase" | "stringlike" | "arnequals" | "arnlike" => {
                    FIXED_KEYS.contains(&key.as_str()) && !values.is_empty() && values.iter().all(fixed)
                }
                "ipaddress" => {
                    key == "aws:sourceip" && !values.is_empty() && values.iter().all(|range| narrow(range))
                }
                _ => false,
            }
        })
    })
}

/// Ranges wider than /8 (IPv4) or /32 (IPv6) count as public.
fn narrow(range: &str) -> bool {
    match parse_range(range) {
        Some((IpAddr::V4(_), prefix)) => prefix >= 8,
        Some((IpAddr::V6(_), prefix)) => prefix >= 32,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_public;
    use serde_json::{Value, json};

    #[test]
    fn a_grant_is_public_unless_it_is_tied_to_fixed_values() {
        let public = |principal: Value, condition: Value| {
            is_public(
                &json!({ "Statement": [{ "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject",
                "Resource": "*", "Condition": condition }] }),
            )
        };
        assert!(public(json!("*"), json!({})));
        let spoiled = json!({ "Statement": { "Effect": "Allow", "Principal": "*", "condition": { "ArnLike": {
            "aws:PrincipalArn": "arn:aws:iam::111122223333:role/web" } } } });
        assert!(!is_public(&spoiled), "it may be tied");
        assert!(public(json!({ "AWS": "*" }), json!({ "StringLike": { "aws:SourceVpc": "vpc-*" } })));
        assert!(public(json!("*"), json!({ "IpAddress": { "aws:SourceIp": "0.0.0.0/1" } })));
        assert!(public(json!("*"), json!({ "StringEquals": { "aws:UserAgent": "x" } })));
        assert!(public(json!({ "Federated": "graph.facebook.com" }), json!({})));
        assert!(!public(json!({ "AWS": "111122223333" }), json!({})));
        assert!(!public(json!("*"), json!({ "StringEquals": { "aws:SourceVpc": "vpc-1" } })));
        assert!(!public(json!("*"), json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } })));
    }
}
