//! The engine on public cases and accounts of other projects, where the folder that holds them is there.

use std::collections::BTreeSet;

use crate::fast::fast;
use clavicle_testkit::{Decision, account_details, open_keys, public_cases, slow_decide};
use serde_json::Value;

#[test]
fn the_engine_answers_as_another_project_expects() {
    let cases = match public_cases() {
        Ok(cases) => cases,
        Err(absent) => {
            eprintln!("not run: {absent}");
            return;
        }
    };
    for case in &cases {
        for (request, expected) in &case.asked {
            let answer = fast(request).unwrap_or_else(|error| panic!("{}: {error}", case.id));
            let may = matches!(answer.decision, Decision::Allowed | Decision::Depends);
            assert_eq!(may, *expected, "{}: {}", case.id, request.principal);
        }
    }
    assert!(cases.len() >= 10, "{} cases were read", cases.len());
}

/// Asks every user and role for every action that some policy of the account writes out, on what it writes beside it.
#[test]
fn the_engine_agrees_on_the_accounts_of_another_project() {
    let accounts = match account_details() {
        Ok(accounts) => accounts,
        Err(absent) => {
            eprintln!("not run: {absent}");
            return;
        }
    };
    let (mut asked, mut allowed) = (0, 0);
    for account in &accounts {
        let documents = account.policies();
        let questions: BTreeSet<(String, String)> =
            documents.iter().flat_map(|(_, policy)| questions(policy)).collect();
        for caller in account.callers() {
            // A few of each, for there are many thousands.
            for (action, resource) in questions.iter().step_by(5) {
                let Some(mut request) = account.request(caller, action, resource) else { continue };
                request.unknown = open_keys(&request);
                let slow = slow_decide(&request);
                let fast = fast(&request).unwrap_or_else(|error| panic!("{caller} {action}: {error}"));
                assert_eq!(fast.decision, slow.decision, "{caller} {action} {resource}");
                assert_eq!(fast.because, slow.because, "{caller} {action} {resource}");
                asked += 1;
                allowed += usize::from(fast.decision == Decision::Allowed);
            }
        }
    }
    assert_eq!(accounts.len(), 2);
    assert!(asked > 1_000 && allowed * 10 > asked && allowed < asked, "{allowed} of {asked} are allowed");
}

/// The actions and resources that a policy writes out, wildcards filled in.
fn questions(policy: &Value) -> Vec<(String, String)> {
    let listed = |value: &Value| -> Vec<String> {
        let single = std::slice::from_ref(value);
        let list = value.as_array().map_or(single, Vec::as_slice);
        list.iter().filter_map(|text| text.as_str().map(|text| text.replace('*', "Any"))).collect()
    };
    let single = std::slice::from_ref(&policy["Statement"]);
    let mut questions = Vec::new();
    for statement in policy["Statement"].as_array().map_or(single, Vec::as_slice) {
        let resources = listed(&statement["Resource"]);
        for action in listed(&statement["Action"]).into_iter().filter(|action| action.contains(':')) {
            questions.extend(resources.iter().map(|resource| {
                let named = resource.starts_with("arn:").then_some(resource.as_str());
                (action.clone(), named.unwrap_or("arn:aws:s3:::ledger/k").to_owned())
            }));
        }
    }
    questions
}
