//! Policies that others wrote: AWS's samples and managed policies are right, and an older linter's cases are found.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clavicle_lint::{PolicyKind, Severity, lint};

fn json_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            json_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
}

fn errors(text: &str, kind: PolicyKind) -> Vec<(&'static str, String)> {
    let found = lint(text, kind).into_iter();
    found
        .filter(|found| found.severity() == Severity::Error)
        .map(|found| (found.rule.id, found.message))
        .collect()
}

#[test]
fn samples_for_organizations_have_no_error() {
    let Ok(shared) = clavicle_testkit::shared() else {
        eprintln!("skipped: the samples are not here");
        return;
    };
    for (folder, kind) in [("scp", PolicyKind::Scp), ("rcp", PolicyKind::Rcp)] {
        let mut files = Vec::new();
        json_files(&shared.join("oracles/org_policy_samples").join(folder), &mut files);
        assert!(files.len() >= 5, "{folder}: {}", files.len());
        for path in files {
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(errors(&text, kind), [], "{}", path.display());
        }
    }
}

/// Errors in policies that AWS wrote, by policy and rule; why they are so is told in the file.
#[test]
fn managed_policies_have_no_error_but_those_that_are_known() {
    let policies = clavicle_catalog::catalog().managed_policies();
    let errors_of = |policy: &clavicle_catalog::ManagedPolicy| -> Vec<String> {
        let found = errors(policy.document, PolicyKind::Identity).into_iter();
        found.map(|(rule, message)| format!("{}\t{rule}\t{message}", policy.name())).collect()
    };
    let (one, other) = policies.split_at(policies.len() / 2);
    let found: BTreeSet<String> = std::thread::scope(|scope| {
        let other = scope.spawn(|| other.iter().flat_map(errors_of).collect::<Vec<_>>());
        let one: Vec<String> = one.iter().flat_map(errors_of).collect();
        one.into_iter().chain(other.join().expect("the other half")).collect()
    });
    let known: BTreeSet<&str> =
        include_str!("managed-errors.tsv").lines().filter(|line| !line.starts_with('#')).collect();
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    let new: Vec<_> = found.difference(&known).collect();
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(new.is_empty() && gone.is_empty(), "new: {new:#?}\ngone: {gone:#?}");
}

/// What an older linter calls by its own names. Its `RESOURCE_STAR` is ours where resources could be named.
const NAMES: &[(&str, &[&str])] = &[
    ("MALFORMED_JSON", &["json-syntax"]),
    ("MALFORMED", &["no-action"]),
    ("INVALID_SID", &["sid-characters"]),
    ("INVALID_ARN", &["arn-prefix"]),
    ("RESOURCE_STAR", &["resource-could-be-named"]),
    ("MISMATCHED_TYPE", &["not-a-date"]),
    ("UNKNOWN_CONDITION_FOR_ACTION", &["key-format", "unknown-key", "key-without-action"]),
    ("BAD_PATTERN_FOR_MFA", &["mfa-condition"]),
    ("CREDENTIALS_EXPOSURE", &["credentials-exposure"]),
    ("PERMISSIONS_MANAGEMENT_ACTIONS", &["resource-exposure"]),
    ("RESOURCE_POLICY_PRIVILEGE_ESCALATION", &["policy-can-be-rewritten"]),
];

/// Cases in which we report more than that linter by one of these rules, and why.
const MORE: &[(&str, &str, &str)] = &[
    // It looks at one action; the statement's own keys decide, and `ecr:*` is credentials too.
    ("test_bad_mfa_condition", "resource-could-be-named", "`*` on `*` is a finding of its own there"),
    (
        "test_auth_details_example",
        "policy-can-be-rewritten",
        "it knows this of GetObject on the same bucket only",
    ),
    ("enable_community", "policy-can-be-rewritten", "the same of wildcards"),
    ("test_condition_mismatch", "policy-can-be-rewritten", "the same of wildcards"),
    (
        "test_condition_with_MultiFactorAuthAge",
        "mfa-condition",
        "it looks at the type of the value; the Deny spares those without MFA",
    ),
    ("test_bad_mfa_condition", "policy-can-be-rewritten", "the same of wildcards"),
];

#[test]
fn cases_of_an_older_linter_are_found() {
    let Ok(shared) = clavicle_testkit::shared() else {
        eprintln!("skipped: the cases are not here");
        return;
    };
    let cases = std::fs::read_to_string(shared.join("oracles/parliament/cases.jsonl")).unwrap();
    assert!(cases.lines().count() >= 32);
    let mut faults = Vec::new();
    for line in cases.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let (id, text) = (case["id"].as_str().unwrap(), case["policy_text"].as_str().unwrap());
        let parsed = clavicle_policy::parse(text.as_bytes());
        let kind =
            parsed.policy.as_ref().map_or(PolicyKind::Identity, |policy| PolicyKind::guess(policy).kind);
        let found: BTreeSet<&str> = lint(text, kind).iter().map(|found| found.rule.id).collect();
        let wanted: BTreeSet<&str> =
            case["findings"].as_array().unwrap().iter().filter_map(|name| name.as_str()).collect();
        for name in &wanted {
            let Some((_, rules)) = NAMES.iter().find(|(known, _)| known == name) else {
                faults.push(format!("{id}: `{name}` has no rule"));
                continue;
            };
            if !rules.iter().any(|rule| found.contains(rule)) {
                faults.push(format!("{id}: {name} was not found, but {found:?}"));
            }
        }
        for (name, rules) in NAMES {
            let told = |rule: &&&str| MORE.iter().any(|(case, more, _)| id.contains(case) && *more == **rule);
            // Community rules are asked for by an option.
            let asked = !name.ends_with("_EXPOSURE") && !name.starts_with("PERMISSIONS");
            let extra = rules.iter().filter(|rule| found.contains(**rule)).find(|rule| !told(rule));
            if let Some(rule) = extra.filter(|_| asked && !wanted.contains(name)) {
                faults.push(format!("{id}: `{rule}` was found, which is no `{name}` there"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Policies as people write them, of every kind: AWS's own samples, of which nothing is said that is not so, and others with one
/// trap each. `found` is everything that is more than a suggestion.
#[test]
fn policies_as_people_write_them_are_judged_as_a_reader_would() {
    let mut faults = Vec::new();
    let mut kinds = BTreeSet::new();
    for line in include_str!("policies.jsonl").lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let kind = PolicyKind::parse(case["kind"].as_str().unwrap()).unwrap();
        kinds.insert(kind.name());
        let text = serde_json::to_string_pretty(&case["policy"]).unwrap();
        let found = lint(&text, kind);
        let told: BTreeSet<&str> = found
            .iter()
            .filter(|found| found.severity() > Severity::Suggestion)
            .map(|found| found.rule.id)
            .collect();
        let wanted: BTreeSet<&str> =
            case["found"].as_array().unwrap().iter().filter_map(|id| id.as_str()).collect();
        if told != wanted {
            let words: Vec<String> = found
                .iter()
                .filter(|found| told.contains(found.rule.id) && !wanted.contains(found.rule.id))
                .map(|found| format!("    {}: {}", found.rule.id, found.message))
                .collect();
            faults.push(format!("{}: {told:?}, not {wanted:?}\n{}", case["about"], words.join("\n")));
        }
    }
    assert!(kinds.len() >= 6, "{kinds:?}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
