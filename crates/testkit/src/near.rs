//! Two callers of one thing whose rights are nearly the same and hang on one key: what a proof about one caller and another is
//! most likely to get wrong.

use serde_json::{Map, Value, json};

use crate::generate::generate;
use crate::random::Random;
use crate::request::Request;
use crate::scene::{AWAY, HOME, Person, person};

/// Two requests of the same kind by two callers, and what their rights hang on.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Who asks.
    pub one: Request,
    /// Who is compared with: somebody else, whose policies differ in little.
    pub other: Request,
    /// The key on which the rights hang.
    pub key: &'static str,
    /// Values that tell its conditions apart.
    pub values: &'static [&'static str],
}

/// A key with values, and the operators that compare them.
struct Hinge {
    key: &'static str,
    values: &'static [&'static str],
    operators: &'static [&'static str],
}

const TEXT: &[&str] = &["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"];
const BOOL: &[&str] = &["Bool"];
const TRUTH: &[&str] = &["true", "false"];
const DATE: &[&str] = &["DateLessThan", "DateGreaterThan", "DateEquals", "DateNotEquals"];
const NUMBER: &[&str] = &["NumericLessThan", "NumericGreaterThanEquals", "NumericEquals", "NumericNotEquals"];
const ARN: &[&str] = &["ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"];

/// Those first that some callers always send, never send or have of themselves.
const HINGES: &[Hinge] = &[
    Hinge {
        key: "aws:TokenIssueTime",
        values: &["2024-03-01T00:00:00Z", "2025-03-01T00:00:00Z"],
        operators: DATE,
    },
    Hinge { key: "aws:SourceIdentity", values: &["ann", "bob"], operators: TEXT },
    Hinge { key: "aws:AssumedRoot", values: TRUTH, operators: BOOL },
    Hinge {
        key: "aws:SourceArn",
        values: &["arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:s3:::ledger"],
        operators: ARN,
    },
    Hinge { key: "aws:SourceAccount", values: &[HOME, AWAY], operators: TEXT },
    Hinge { key: "aws:MultiFactorAuthPresent", values: TRUTH, operators: BOOL },
    Hinge { key: "aws:MultiFactorAuthAge", values: &["10", "3600"], operators: NUMBER },
    Hinge { key: "aws:ViaAWSService", values: TRUTH, operators: BOOL },
    Hinge { key: "aws:username", values: &["ann", "bob"], operators: TEXT },
    Hinge { key: "aws:PrincipalType", values: &["User", "AssumedRole", "Account"], operators: TEXT },
    Hinge { key: "aws:PrincipalAccount", values: &[HOME, AWAY], operators: TEXT },
    Hinge { key: "aws:PrincipalIsAWSService", values: TRUTH, operators: BOOL },
    Hinge {
        key: "aws:PrincipalArn",
        values: &["arn:aws:iam::111122223333:user/ann", "arn:aws:iam::111122223333:role/ci"],
        operators: ARN,
    },
    Hinge { key: "aws:PrincipalTag/team", values: &["pay", "ops"], operators: TEXT },
    Hinge { key: "aws:userid", values: &["AIDA1", "AROA1:build"], operators: TEXT },
    // What every request carries, and what any may.
    Hinge { key: "aws:EpochTime", values: &["1709251200", "1740787200"], operators: NUMBER },
    Hinge {
        key: "aws:CurrentTime",
        values: &["2024-03-01T00:00:00Z", "2025-03-01T00:00:00Z"],
        operators: DATE,
    },
    Hinge { key: "aws:RequestedRegion", values: &["us-east-1", "eu-west-1"], operators: TEXT },
    Hinge { key: "aws:SourceVpc", values: &["vpc-1", "vpc-2"], operators: TEXT },
    Hinge { key: "aws:ResourceTag/team", values: &["pay", "ops"], operators: TEXT },
    Hinge { key: "aws:ResourceAccount", values: &[HOME, AWAY], operators: TEXT },
    Hinge { key: "aws:TagKeys", values: &["team", "env"], operators: TEXT },
];

/// Which pair comes of this seed? The same one, always.
pub fn generate_pair(seed: u64) -> Pair {
    let mut random = Random::new(seed ^ 0x6e65_6172);
    let first = generate(seed);
    let somebody = person(&mut random, &first.action);
    let second = by(somebody, &first, &mut random);
    let hinge = random.one(HINGES);
    let mut pair = Pair { one: first, other: second, key: hinge.key, values: hinge.values };
    if random.percent(70) {
        // Their own statements, so that what hangs on the key decides.
        for request in [&mut pair.one, &mut pair.other] {
            request.identity_policies.clear();
        }
    }
    let shared = statement(&mut random, hinge, &pair.one.action);
    if random.percent(40) {
        let mut grant = statement(&mut random, hinge, &pair.one.action);
        grant["Principal"] = principal(&mut random, &pair);
        let policy = json!({ "Version": "2012-10-17", "Statement": [grant] });
        if pair.one.resource_policy.is_some() {
            (pair.one.resource_policy, pair.other.resource_policy) = (Some(policy.clone()), Some(policy));
        }
    }
    for request in [&mut pair.one, &mut pair.other] {
        if !request.principal.starts_with("arn:") || request.action.starts_with("sts:AssumeRoleWith") {
            continue;
        }
        let own =
            if random.percent(40) { shared.clone() } else { statement(&mut random, hinge, &request.action) };
        let mut statements = vec![own];
        if random.percent(25) {
            let mut deny = statement(&mut random, hinge, &request.action);
            deny["Effect"] = json!("Deny");
            statements.push(deny);
        }
        request.identity_policies.push(json!({ "Version": "2012-10-17", "Statement": statements }));
    }
    pair
}

/// The same request by somebody else, who has the same policies as far as they can have such.
fn by(somebody: Person, request: &Request, random: &mut Random) -> Request {
    let mut other = request.clone();
    let has_account = !somebody.account.is_empty();
    other.principal.clone_from(&somebody.principal);
    other.role_arn.clone_from(&somebody.role_arn);
    other.federating_user.clone_from(&somebody.federating_user);
    if request.resource == "*" && has_account {
        other.resource_account.clone_from(&somebody.account);
    }
    for key in ["aws:username", "aws:PrincipalArn", "aws:PrincipalAccount"] {
        other.context.retain(|name, _| !name.eq_ignore_ascii_case(key));
    }
    if let Some(name) = somebody.user_name {
        other.context.insert("aws:username".to_owned(), json!(name));
    }
    if has_account {
        let arn = somebody.role_arn.unwrap_or(somebody.principal);
        other.context.insert("aws:PrincipalArn".to_owned(), json!(arn));
        other.context.insert("aws:PrincipalAccount".to_owned(), json!(somebody.account));
    } else {
        other.identity_policies.clear();
        (other.permission_boundaries, other.scps) = (None, None);
    }
    if !somebody.is_session {
        other.session_policies = None;
    }
    // What is above them may differ, too.
    for above in [&mut other.scps, &mut other.rcps] {
        if random.percent(30) {
            *above = None;
        }
    }
    if random.percent(30) {
        other.permission_boundaries = None;
    }
    other
}

/// An Allow of the action, or of its service, with a condition on the key.
fn statement(random: &mut Random, hinge: &Hinge, action: &str) -> Value {
    let service = action.split(':').next().unwrap_or_default();
    let actions = if random.percent(60) { action.to_owned() } else { format!("{service}:*") };
    let mut statement = json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
    if random.percent(85) {
        statement["Condition"] = Value::Object(condition(random, hinge));
    }
    statement
}

fn condition(random: &mut Random, hinge: &Hinge) -> Map<String, Value> {
    let (mut operator, value) = match random.below(5) {
        0 | 1 => ("Null".to_owned(), random.text(TRUTH)),
        _ => (random.text(hinge.operators), random.text(hinge.values)),
    };
    if operator != "Null" {
        if hinge.key == "aws:TagKeys" {
            operator = format!("{}:{operator}", random.text(&["ForAllValues", "ForAnyValue"]));
        }
        if random.percent(25) {
            operator.push_str("IfExists");
        }
    }
    let clause = json!({ hinge.key: value });
    [(operator, clause)].into_iter().collect()
}

fn principal(random: &mut Random, pair: &Pair) -> Value {
    let named = |request: &Request| {
        let text = request.role_arn.as_ref().unwrap_or(&request.principal);
        match text.as_str() {
            "anonymous" => json!("*"),
            text if text.ends_with(".amazonaws.com") => json!({ "Service": text }),
            text if text.contains("oidc-provider") => json!({ "Federated": text }),
            text => json!({ "AWS": text }),
        }
    };
    match random.below(4) {
        0 => json!("*"),
        1 => json!({ "AWS": [HOME, AWAY] }),
        2 => named(&pair.one),
        _ => named(&pair.other),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn one_seed_is_one_pair_of_two_callers() {
        let (mut keys, mut apart) = (BTreeSet::new(), 0);
        for seed in 0..400 {
            let (pair, again) = (generate_pair(seed), generate_pair(seed));
            assert_eq!((&pair.one, &pair.other), (&again.one, &again.other));
            assert_eq!((&pair.one.action, &pair.one.resource), (&pair.other.action, &pair.other.resource));
            assert_eq!(pair.one.resource_policy, pair.other.resource_policy);
            keys.insert(pair.key);
            apart += u32::from(pair.one.principal != pair.other.principal);
        }
        assert_eq!(keys.len(), HINGES.len());
        assert!(apart > 300, "{apart}");
    }
}
