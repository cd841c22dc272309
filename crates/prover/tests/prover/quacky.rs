//! The public pairs of policies on which a model counter was asked in both directions.

use clavicle_engine::Principals;
use clavicle_policy::{Policy, parse};
use clavicle_prover::{Limits, Store, Verdict};
use clavicle_testkit::shared;
use serde_json::Value;

/// Where AWS's documentation says otherwise than the pairs: the beginning of the id, the direction, and why.
const EXCEPTIONS: [(&str, &str, &str); 2] = [
    (
        "mutations/iam/exp_single/iam_specify_all_users_in_account_bucket_policy/policy1/",
        "allowed_by_2_not_by_1",
        // AWS: IAM User Guide, "IAM JSON policy elements: Principal", AWS account principals: an account identifier has
        // 12 digits. The pair's has 14, so it names nobody, and neither policy allows anything.
        "the account has 14 digits",
    ),
    (
        "mutations/s3/exp_single/s3_policy_for_lambda_function/policy1/",
        "allowed_by_2_not_by_1",
        // AWS: IAM User Guide, "Policy evaluation logic", evaluating resource-based policies: the ARN of the IAM user
        // who federated also matches that user's federated sessions, which `NotPrincipal` with the user alone and the
        // account does not exempt: "IAM JSON policy elements: NotPrincipal".
        "a session of a federated user is not its user",
    ),
];

fn policy(value: &Value) -> Policy {
    parse(value.to_string().as_bytes()).policy.expect("a policy")
}

#[test]
fn pairs_agree_in_both_directions() {
    let file = match shared() {
        Ok(shared) => shared.join("oracles/quacky/pairs.jsonl"),
        Err(error) => {
            eprintln!("skipped: {error}");
            return;
        }
    };
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut wrong = Vec::new();
    let mut excepted = Vec::new();
    let mut asked = 0;
    for line in text.lines() {
        let pair: Value = serde_json::from_str(line).expect("JSON");
        let policies = [policy(&pair["policy_1"]), policy(&pair["policy_2"])];
        let names = |policy: &Policy| policy.statements.iter().any(|statement| statement.principal.is_some());
        let principals = if policies.iter().any(names) { Principals::Required } else { Principals::Ignored };
        let mut store = Store::new();
        let [one, two] = policies.map(|policy| store.compile(&policy, principals).access());
        for (narrow, wide, key) in
            [(&one, &two, "allowed_by_1_not_by_2"), (&two, &one, "allowed_by_2_not_by_1")]
        {
            asked += 1;
            let verdict = store.implies(narrow, wide, Limits::default());
            let id = pair["id"].as_str().expect("an id");
            let expected = pair[key].as_bool().expect("true or false");
            let found = match &verdict {
                Verdict::Holds => Some(false),
                Verdict::Fails(_) => Some(true),
                Verdict::Unknown(_) => None,
            };
            if found == Some(expected) {
                continue;
            }
            match EXCEPTIONS.iter().find(|(start, direction, _)| id.starts_with(start) && *direction == key) {
                Some((_, _, why)) if found.is_some() => excepted.push(*why),
                _ => wrong.push(format!("{id} {key} should be {expected}: {verdict:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    excepted.sort_unstable();
    assert_eq!(excepted.len(), 5, "exceptions are few and known: {excepted:?}");
    assert!(asked >= 400, "only {asked}");
}
