//! What must hold of every request, whatever its policies say.

use clavicle_testkit::{
    Answer, Asked, Decision, Request, cases, requests, settle, slow_decide, values_worth_trying,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Denied for certain.
fn is_denied(answer: &Answer) -> bool {
    matches!(answer.decision, Decision::ImplicitlyDenied | Decision::ExplicitlyDenied)
}

fn statement_count(policy: &Value) -> usize {
    policy["Statement"].as_array().map_or(usize::from(policy["Statement"].is_object()), Vec::len)
}

/// A statement that matches everything, for everyone.
fn everything(effect: &str) -> Value {
    json!({ "Effect": effect, "Principal": "*", "Action": "*", "Resource": "*" })
}

/// The request with a statement put into one of its policies.
fn with_statement(mut request: Request, policy: usize, statement: Value) -> Option<Request> {
    let mut documents = request.documents_mut();
    let count = documents.len();
    let (_, document) = documents.get_mut(policy % count.max(1))?;
    let statements = match document["Statement"].take() {
        Value::Array(mut list) => {
            list.push(statement);
            list
        }
        single => vec![single, statement],
    };
    document["Statement"] = Value::Array(statements);
    Some(request)
}

/// A statement of another request.
fn statement_of(request: &Request, pick: usize, effect: &str) -> Option<Value> {
    let documents = request.documents();
    let statements = documents.iter().flat_map(|(_, policy)| match &policy["Statement"] {
        Value::Array(list) => list.clone(),
        single => vec![single.clone()],
    });
    let statements: Vec<Value> = statements.filter(|statement| statement["Effect"] == effect).collect();
    statements.get(pick % statements.len().max(1)).cloned()
}

fn same_verdict(left: &Answer, right: &Answer) -> bool {
    // A statement that cannot be read is called by its place, which may be another one now.
    let open = |answer: &Answer| -> std::collections::BTreeSet<String> {
        let name =
            |found: &String| if found.contains('#') { "a statement".to_owned() } else { found.clone() };
        answer.depends_on.iter().map(name).collect()
    };
    left.decision == right.decision && open(left) == open(right)
}

/// What settling an unknown key may do to a verdict that did not hang on it: nothing, save that an implicit denial may
/// turn out to be explicit too.
fn stands(before: &Answer, after: &Answer) -> bool {
    match before.decision {
        Decision::ImplicitlyDenied => is_denied(after),
        _ => same_verdict(before, after),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn adding_a_deny_never_grants(request in requests(), other in requests(), policy: usize, pick: usize) {
        let before = slow_decide(&request);
        let deny = statement_of(&other, pick, "Deny").unwrap_or_else(|| everything("Deny"));
        if let Some(changed) = with_statement(request, policy, deny) {
            let after = slow_decide(&changed);
            prop_assert!(!is_denied(&before) || is_denied(&after), "{before:?} became {after:?}");
            prop_assert!(before.decision != Decision::Depends || after.decision != Decision::Allowed);
            prop_assert!(before.decision != Decision::ExplicitlyDenied || after.decision == before.decision);
        }
    }

    #[test]
    fn adding_an_allow_never_denies(request in requests(), other in requests(), policy: usize, pick: usize) {
        // A further allow can make a bucket policy public, and RestrictPublicBuckets then keeps callers out.
        prop_assume!(!request.options.s3_restrict_public_buckets);
        let before = slow_decide(&request);
        let allow = statement_of(&other, pick, "Allow").unwrap_or_else(|| everything("Allow"));
        if let Some(changed) = with_statement(request, policy, allow) {
            let after = slow_decide(&changed);
            prop_assert!(before.decision != Decision::Allowed || after.decision == Decision::Allowed);
            prop_assert!(before.decision != Decision::Depends || !is_denied(&after), "{before:?} became {after:?}");
            prop_assert_eq!(
                before.decision == Decision::ExplicitlyDenied,
                after.decision == Decision::ExplicitlyDenied
            );
        }
    }

    #[test]
    fn the_order_of_statements_does_not_matter(request in requests(), turn: usize) {
        let mut changed = request.clone();
        for (_, policy) in changed.documents_mut() {
            if let Some(Value::Array(statements)) = policy.get_mut("Statement")
                && !statements.is_empty()
            {
                let middle = turn % statements.len();
                statements.rotate_left(middle);
                if turn % 2 == 0 {
                    statements.reverse();
                }
            }
        }
        prop_assert!(same_verdict(&slow_decide(&request), &slow_decide(&changed)));
    }

    #[test]
    fn the_order_of_policies_does_not_matter(request in requests()) {
        let mut changed = request.clone();
        changed.identity_policies.reverse();
        changed.permission_boundaries.iter_mut().for_each(|policies| policies.reverse());
        changed.session_policies.iter_mut().for_each(|policies| policies.reverse());
        changed.vpc_endpoint_policies.iter_mut().for_each(|policies| policies.reverse());
        for levels in changed.scps.iter_mut().chain(&mut changed.rcps) {
            levels.reverse();
            levels.iter_mut().for_each(|policies| policies.reverse());
        }
        prop_assert!(same_verdict(&slow_decide(&request), &slow_decide(&changed)));
    }

    #[test]
    fn splitting_an_identity_policy_does_not_matter(request in requests()) {
        let mut changed = request.clone();
        changed.identity_policies = request.identity_policies.iter().flat_map(|policy| {
            let statements = match &policy["Statement"] {
                Value::Array(list) => list.clone(),
                single => vec![single.clone()],
            };
            statements.into_iter().map(|statement| {
                let mut alone = policy.clone();
                alone["Statement"] = statement;
                alone
            })
        }).collect();
        prop_assert!(same_verdict(&slow_decide(&request), &slow_decide(&changed)));
    }

    #[test]
    fn a_key_no_policy_mentions_does_not_matter(request in requests(), value: String) {
        let mut changed = request.clone();
        changed.context.insert("clavicle:Unmentioned".to_owned(), json!(value));
        prop_assert_eq!(slow_decide(&request), slow_decide(&changed));
        let mut open = request.clone();
        open.unknown.push("clavicle:Unmentioned".to_owned());
        prop_assert_eq!(slow_decide(&request), slow_decide(&open));
    }

    #[test]
    fn the_case_of_key_names_does_not_matter(request in requests()) {
        let mut changed = request.clone();
        changed.context =
            request.context.iter().map(|(key, value)| (key.to_uppercase(), value.clone())).collect();
        prop_assert_eq!(slow_decide(&request), slow_decide(&changed));
    }

    #[test]
    fn lifting_a_ceiling_never_denies(request in requests()) {
        let before = slow_decide(&request);
        let lifted = [
            Request { scps: None, ..request.clone() },
            Request { rcps: None, ..request.clone() },
            Request { vpc_endpoint_policies: None, ..request.clone() },
            Request { permission_boundaries: None, ..request },
        ];
        for changed in lifted {
            let after = slow_decide(&changed);
            prop_assert!(before.decision != Decision::Allowed || after.decision == Decision::Allowed);
            prop_assert!(before.decision != Decision::Depends || !is_denied(&after));
        }
    }

    #[test]
    fn ceilings_grant_nothing(request in requests()) {
        let mut bare = request.clone();
        bare.identity_policies.clear();
        bare.resource_policy = None;
        let answer = slow_decide(&bare);
        let needs_none = request.principal.ends_with(":root") || request.action == "sts:GetCallerIdentity";
        prop_assert!(needs_none || is_denied(&answer), "{answer:?}");
    }

    #[test]
    fn a_settled_verdict_holds_for_every_value_of_the_unknown_keys(request in requests()) {
        let before = slow_decide(&request);
        for key in &request.unknown {
            // A key on which the verdict does not hang may be settled, whatever else is open.
            if !before.depends_on.contains(key) {
                for value in values_worth_trying(&request, key) {
                    let after = slow_decide(&settle(&request, key, value.as_ref()));
                    prop_assert!(stands(&before, &after), "{key} = {value:?}: {before:?} became {after:?}");
                }
            }
        }
    }

    #[test]
    fn settling_a_key_never_brings_up_others(request in requests()) {
        let before = slow_decide(&request);
        // What a statement says that cannot be read is no key that could be settled.
        for key in before.depends_on.iter().filter(|on| !on.contains('#')) {
            for value in values_worth_trying(&request, key) {
                let after = slow_decide(&settle(&request, key, value.as_ref()));
                prop_assert!(!after.depends_on.contains(key));
                prop_assert!(after.depends_on.iter().all(|other| before.depends_on.contains(other)));
            }
        }
    }

    #[test]
    fn every_answer_has_a_reason(request in requests()) {
        let answer = slow_decide(&request);
        let no_statement_needed =
            request.principal.ends_with(":root") || request.action == "sts:GetCallerIdentity";
        match answer.decision {
            Decision::Allowed => prop_assert!(no_statement_needed || !answer.because.is_empty()),
            Decision::ExplicitlyDenied => prop_assert!(!answer.because.is_empty()),
            Decision::ImplicitlyDenied => prop_assert!(!answer.missing.is_empty()),
            Decision::Depends => prop_assert!(!answer.depends_on.is_empty()),
        }
        for cited in &answer.because {
            let (place, number) = cited.split_once('#').unwrap();
            let documents = request.documents();
            let (_, policy) = documents.iter().find(|(slot, _)| slot.to_string() == place).unwrap();
            prop_assert!((1..=statement_count(policy)).contains(&number.parse().unwrap()));
        }
    }
}

/// Every combination of values for the keys, up to a bound on the whole.
fn settled(request: &Request, keys: &[String]) -> Vec<Request> {
    keys.iter().fold(vec![request.clone()], |open, key| {
        let settle_one = |request: &Request| -> Vec<Request> {
            let values = values_worth_trying(request, key);
            values.iter().map(|value| settle(request, key, value.as_ref())).collect()
        };
        open.iter().flat_map(settle_one).take(20_000).collect()
    })
}

#[test]
fn where_a_case_depends_some_values_allow_and_others_do_not() {
    for file in cases().unwrap() {
        for case in &file.cases {
            // What a statement says that cannot be read is no key that could be settled.
            let on_keys =
                |asked: &&Asked| !asked.on.is_empty() && !asked.on.iter().any(|on| on.contains('#'));
            for asked in case.requests.iter().filter(on_keys) {
                for question in case.questions(asked).unwrap() {
                    let answers = settled(&question.request, &asked.on);
                    let decisions: Vec<_> =
                        answers.iter().map(|settled| slow_decide(settled).decision).collect();
                    assert!(decisions.contains(&Decision::Allowed), "{}: {:?}", case.about, asked.ask);
                    assert!(
                        decisions.iter().any(|decision| *decision != Decision::Allowed),
                        "{}",
                        case.about
                    );
                    assert!(!decisions.contains(&Decision::Depends), "{}: {:?}", case.about, asked.ask);
                }
            }
        }
    }
}
