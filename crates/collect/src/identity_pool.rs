//! The roles that an identity pool of Amazon Cognito gives to some who sign in to it: by rules on what their token claims, or by the
//! groups of a user pool that they are in.
//!
//! AWS: Amazon Cognito Federated Identities API Reference, `RoleMapping`: "Token will use `cognito:roles` and
//! `cognito:preferred_role` claims from the Cognito identity provider token to map groups to roles. Rules will attempt to match
//! claims from the token to map to a role"
//! (<https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_RoleMapping.html>); Amazon Cognito Developer Guide, "Using
//! role-based access control" (<https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html>).

use serde_json::Value;

use crate::aws::{Unanswered, Why};
use crate::endpoint;
use crate::table::{self, Call};
use crate::thing::{Thing, elements};
use crate::walk::Caller;

/// The kind of the table that these roles are of.
pub(crate) const KIND: &str = "AWS::Cognito::IdentityPool";
/// Where its answers lay down what gives roles.
const MAPPINGS: &str = "_mappings";
/// What the snapshot knows such a role by.
const FIELD: &str = "mappings[].mappedRoleArn";

const GROUPS: &str = "cognito-idp:ListGroups UserPoolId={pool} Limit=#60 token:NextToken~NextToken";

pub(crate) fn calls() -> impl Iterator<Item = Call> {
    [GROUPS].into_iter().filter_map(table::call)
}

/// Puts the roles beside those that everybody gets.
pub(crate) fn add_roles(caller: Caller<'_>, pool: &mut Thing) {
    let mut roles = Vec::new();
    if let Some(Value::Object(mappings)) = pool.get(MAPPINGS) {
        for (provider, mapping) in mappings {
            match gives(provider, mapping) {
                Gives::Roles(of_rules) => roles.extend(of_rules),
                Gives::RolesOfGroups(user_pool) => roles.extend(of_groups(caller, &user_pool)),
                Gives::Unknown => untold(caller),
            }
        }
    }
    roles.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
    roles.dedup();
    if !roles.is_empty() {
        pool.fields.push((FIELD, Value::Array(roles)));
    }
}

/// What one mapping gives.
#[derive(Debug, PartialEq, Eq)]
enum Gives {
    Roles(Vec<Value>),
    /// Those of the groups of this user pool.
    RolesOfGroups(String),
    Unknown,
}

fn gives(provider: &str, mapping: &Value) -> Gives {
    match mapping.get("Type").and_then(Value::as_str) {
        Some("Rules") => {
            let rules = elements(mapping, "RulesConfiguration.Rules[].RoleARN");
            Gives::Roles(rules.into_iter().cloned().collect())
        }
        Some("Token") => user_pool(provider).map_or(Gives::Unknown, Gives::RolesOfGroups),
        _ => Gives::Unknown,
    }
}

/// The user pool of a provider: `cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC:client`.
fn user_pool(provider: &str) -> Option<String> {
    let (host, behind) = provider.split_once('/')?;
    let pool = behind.split(':').next().unwrap_or(behind);
    let is_one = host.starts_with("cognito-idp.")
        && pool.split_once('_').is_some_and(|(region, _)| endpoint::is_region(region));
    is_one.then(|| pool.to_owned())
}

fn of_groups(caller: Caller<'_>, user_pool: &str) -> Vec<Value> {
    let Some(call) = table::call(GROUPS) else { return Vec::new() };
    // It may be in another region than the identity pool: its name begins with where it is.
    let region = user_pool.split('_').next().unwrap_or_default();
    let about =
        Thing { fields: vec![("pool", user_pool.into()), ("region", region.into())], policy_error: None };
    let mut roles = Vec::new();
    let take = |page: &Value| roles.extend(elements(page, "Groups[].RoleArn").into_iter().cloned());
    caller.pages(&about, &call, take, "Groups[]");
    roles
}

/// There is something that gives roles, and nobody here knows which.
fn untold(caller: Caller<'_>) {
    let words = "a mapping of an unknown kind".to_owned();
    if let Some(call) = table::call("cognito-identity:GetIdentityPoolRoles") {
        caller.seen.unanswered(&call, &Unanswered { why: Why::Failed, words }, true, 1);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Gives, gives};

    #[test]
    fn what_a_mapping_gives() {
        let rule = |role: &str| json!({"Claim": "s3cr3t", "MatchType": "Equals", "Value": "s3cr3t", "RoleARN": role});
        let rules = json!({"Type": "Rules", "AmbiguousRoleResolution": "Deny",
            "RulesConfiguration": {"Rules": [rule("arn:aws:iam::1:role/a"), rule("arn:aws:iam::1:role/b")]}});
        let both = ["arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b"].map(Into::into).to_vec();
        assert_eq!(gives("graph.facebook.com", &rules), Gives::Roles(both));
        let token = json!({"Type": "Token"});
        let pool = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC12";
        for provider in [pool.to_owned(), format!("{pool}:1example23456789")] {
            assert_eq!(gives(&provider, &token), Gives::RolesOfGroups("eu-west-1_AbC12".to_owned()));
        }
        for (provider, mapping) in [
            ("graph.facebook.com", &token),
            ("cognito-idp.x/..%2f_a", &token),
            (pool, &json!({"Type": "Later"})),
            (pool, &json!({})),
        ] {
            assert_eq!(gives(provider, mapping), Gives::Unknown, "{provider} {mapping}");
        }
    }
}
