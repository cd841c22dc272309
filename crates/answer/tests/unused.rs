//! What `unused` says of generated accounts with generated logs is what the generator of the logs says: what a principal
//! did is used, and of everything else that is granted to it nothing is called used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clavicle_answer::shape::{PermissionsUsed, ServiceActions, UnusedPage};
use clavicle_answer::{How, Reader, Seen, Settings, UnusedQuestion};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use clavicle_snapshot::{Import, Snapshot};
use clavicle_testkit::generated_trail;
use clavicle_usage::{Evidence, EvidenceFile};
use serde_json::Value;

fn reader(folder: &Path) -> (Reader, Evidence) {
    let imported = Import::new().source(folder.join("account")).run(|_| ()).expect("it is imported");
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).expect("it is readable");
    let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
    let reader = Reader::new(world, Settings::default());
    let file = EvidenceFile::unnamed().expect("a database");
    file.read_logs(&[folder.join("trail/AWSLogs")], &|_, _| ()).expect("the logs are readable");
    (reader, file.evidence().expect("readable"))
}

fn page(folder: &Path) -> (UnusedPage, Evidence) {
    let (reader, evidence) = reader(folder);
    let since = "2026-03-01T00:00:00Z".parse().expect("a time");
    let page = reader.unused(&UnusedQuestion { who: None, since }, &evidence).expect("an answer");
    (page, evidence)
}

/// The names that an answer stands for.
fn names(services: &[ServiceActions]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for service in services {
        if service.actions.is_empty() {
            names.extend(
                catalog()
                    .expand(&format!("{}:*", service.service))
                    .into_iter()
                    .map(|id| catalog().name(id).to_owned()),
            );
        }
        names.extend(service.actions.iter().map(|action| format!("{}:{action}", service.service)));
    }
    names
}

/// What the documents of a principal allow by name, read from the file of the account without anything of the program
/// but the list of actions.
fn granted(account: &Value, principal: &Value) -> BTreeSet<String> {
    let managed: BTreeMap<&str, &Value> = account["Policies"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|policy| {
            let versions = policy["PolicyVersionList"].as_array()?;
            let default = versions.iter().find(|version| version["IsDefaultVersion"] == true)?;
            Some((policy["Arn"].as_str()?, &default["Document"]))
        })
        .collect();
    let mut documents: Vec<&Value> = Vec::new();
    let mut add = |bearer: &'_ Value, inline: &str| {
        let bearer: &Value = account
            .as_object()
            .into_iter()
            .flatten()
            .flat_map(|(_, list)| list.as_array().into_iter().flatten())
            .find(|known| known["Arn"] == bearer["Arn"])
            .expect("it is in the file");
        documents
            .extend(bearer[inline].as_array().into_iter().flatten().map(|policy| &policy["PolicyDocument"]));
        let attached = bearer["AttachedManagedPolicies"].as_array().into_iter().flatten();
        documents.extend(attached.filter_map(|policy| managed.get(policy["PolicyArn"].as_str()?).copied()));
    };
    if principal["UserName"].is_string() {
        add(principal, "UserPolicyList");
        for group in principal["GroupList"].as_array().into_iter().flatten() {
            let groups = account["GroupDetailList"].as_array().into_iter().flatten();
            groups
                .filter(|known| known["GroupName"] == *group)
                .for_each(|known| add(known, "GroupPolicyList"));
        }
    } else {
        add(principal, "RolePolicyList");
    }
    let list = |value: &Value| -> Vec<String> {
        match value {
            Value::String(one) => vec![one.clone()],
            other => other
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|it| Some(it.as_str()?.to_owned()))
                .collect(),
        }
    };
    let all = || catalog().actions().map(|id| catalog().name(id).to_owned());
    let expand = |patterns: Vec<String>| -> BTreeSet<String> {
        patterns
            .iter()
            .flat_map(|pattern| catalog().expand(pattern))
            .map(|id| catalog().name(id).to_owned())
            .collect()
    };
    let mut names = BTreeSet::new();
    for document in documents {
        let statements = &document["Statement"];
        let statements = statements.as_array().cloned().unwrap_or_else(|| vec![statements.clone()]);
        for statement in statements.iter().filter(|statement| statement["Effect"] == "Allow") {
            names.extend(expand(list(&statement["Action"])));
            if !statement["NotAction"].is_null() {
                let not = expand(list(&statement["NotAction"]));
                names.extend(all().filter(|name| !not.contains(name)));
            }
        }
    }
    names
}

#[test]
fn unused_is_what_the_generator_did_not_use() {
    let Some(made) = generated_trail() else { return };
    let (page, evidence) = page(made.folder());
    let by_arn: BTreeMap<&str, &PermissionsUsed> =
        page.permissions.iter().map(|used| (used.thing.arn.as_deref().unwrap_or_default(), used)).collect();
    let idle: BTreeSet<&str> = page
        .principals
        .iter()
        .chain(&page.unknown)
        .map(|idle| idle.thing.arn.as_deref().unwrap_or_default())
        .collect();
    let accounts = std::fs::read_dir(made.folder().join("account/accounts")).expect("accounts").flatten();
    let account = accounts.map(|entry| entry.path().join("gaad.json")).next().expect("an account");
    let account: Value = serde_json::from_slice(&std::fs::read(account).expect("a file")).expect("JSON");
    let truth = std::fs::read_to_string(made.folder().join("trail/used_actions.jsonl")).expect("the truth");
    let (mut looked, mut unused_of_active) = (0, 0);
    for line in truth.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let arn = row["principal"].as_str().expect("an ARN");
        let keys = |kind: &str| -> BTreeSet<String> {
            row[kind].as_object().into_iter().flatten().map(|(action, _)| action.clone()).collect()
        };
        let (used, denied) = (keys("used"), keys("denied"));
        // A role that was assumed is in use, though the generator has it do nothing.
        let assumed = evidence.activity_of(arn).is_some_and(|known| known.assumed.uses() > 0);
        assert_eq!(idle.contains(arn), used.is_empty() && denied.is_empty() && !assumed, "{arn}");
        let lists = ["UserDetailList", "RoleDetailList"]
            .into_iter()
            .flat_map(|list| account[list].as_array().into_iter().flatten());
        let principal = lists.into_iter().find(|known| known["Arn"] == arn).expect("it is in the account");
        let granted = granted(&account, principal);
        let Some(told) = by_arn.get(arn) else {
            assert!(granted.is_empty(), "{arn} is granted something");
            continue;
        };
        looked += 1;
        let told_used: BTreeSet<String> = told
            .used_actions
            .iter()
            .filter(|used| used.needed_by.is_none())
            .map(|used| used.action.clone())
            .collect();
        assert_eq!(told_used, used.intersection(&granted).cloned().collect(), "{arn}");
        let along: BTreeSet<String> = told.used_actions.iter().map(|used| used.action.clone()).collect();
        let unknown: BTreeSet<String> =
            told.unknown_actions.iter().flat_map(|unknown| names(&unknown.services)).collect();
        let unused = names(&told.unused_actions);
        let rest: BTreeSet<String> = granted.difference(&along).cloned().collect();
        assert_eq!(unused.union(&unknown).cloned().collect::<BTreeSet<_>>(), rest, "{arn}");
        assert!(unused.is_disjoint(&unknown), "{arn}");
        assert_eq!(
            (told.granted, told.used, told.unknown, told.unused),
            (granted.len(), along.len(), unknown.len(), unused.len()),
            "{arn}"
        );
        // Nothing that the generator cannot log is called unused of somebody who did something.
        if !used.is_empty() {
            unused_of_active += unused.len();
            for never in
                ["iam:PassRole", "logs:PutLogEvents", "cloudwatch:PutMetricData", "xray:PutTraceSegments"]
            {
                assert!(!unused.contains(never), "{arn} {never}");
            }
        }
    }
    assert!(looked > 40 && unused_of_active > 100, "{looked} {unused_of_active}");
}

/// So much makes everything slow without optimization.
const LARGE: usize = 3_000;

#[test]
fn what_is_suggested_keeps_all_that_the_generator_used() {
    let Some(made) = generated_trail() else { return };
    let (reader, evidence) = reader(made.folder());
    let seen = Seen { evidence: &evidence, since: "2026-03-01T00:00:00Z".parse().expect("a time") };
    let accounts = std::fs::read_dir(made.folder().join("account/accounts")).expect("accounts").flatten();
    let account = accounts.map(|entry| entry.path().join("gaad.json")).next().expect("an account");
    let account: Value = serde_json::from_slice(&std::fs::read(account).expect("a file")).expect("JSON");
    let truth = std::fs::read_to_string(made.folder().join("trail/used_actions.jsonl")).expect("the truth");
    let (mut looked, mut planned) = (0, 0);
    for line in truth.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let arn = row["principal"].as_str().expect("an ARN");
        let lists = ["UserDetailList", "RoleDetailList"]
            .into_iter()
            .flat_map(|list| account[list].as_array().into_iter().flatten());
        let principal = lists.into_iter().find(|known| known["Arn"] == arn).expect("it is in the account");
        let granted = granted(&account, principal);
        let used = row["used"].as_object().into_iter().flatten().map(|(action, _)| action.clone());
        let used: BTreeSet<String> = used.filter(|action| granted.contains(action)).collect();
        if used.is_empty() || granted.len() > LARGE {
            continue;
        }
        looked += 1;
        let found = reader.suggest_used(arn, seen, &How::default(), None).expect(arn);
        let verified = &found.page.verified;
        assert!(verified.minimal && verified.within == "proved", "{arn}: {verified:?}");
        let allows = |statement: &&clavicle_policy::Statement| {
            statement.effect.as_ref().is_some_and(|effect| effect.value == clavicle_policy::Effect::Allow)
        };
        let statements = found.policies.iter().flat_map(|policy| &policy.statements).filter(allows);
        let left: BTreeSet<String> = statements
            .filter_map(|statement| statement.action.as_ref())
            .flat_map(|element| &element.patterns)
            .flat_map(|pattern| catalog().expand(&pattern.value))
            .map(|action| catalog().name(action).to_owned())
            .collect();
        assert!(left.is_subset(&granted), "{arn}: {left:?}");
        let unmet: BTreeSet<String> = found.page.unmet.iter().map(|unmet| unmet.action.clone()).collect();
        for action in used.difference(&unmet) {
            assert!(left.contains(action), "{arn} loses {action}");
        }
        if !arn.contains("/aws-reserved/") && !arn.contains("/aws-service-role/") {
            let plan = reader.trim(arn, seen, &How::default()).expect(arn);
            assert_eq!(plan.page.apply.is_empty(), plan.page.rollback.is_empty(), "{arn}");
            planned += usize::from(!plan.page.apply.is_empty());
        }
    }
    assert!(looked > 10 && planned > 5, "{looked} {planned}");
}
