//! What `unused` says of generated accounts with generated logs is what the generator of the logs says: what a principal
//! did is used, and of everything else that is granted to it nothing is called used. What `trim` plans leaves that, what
//! nobody can know and what comes by groups, and nothing else.

use crate::carried_out;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use clavicle_answer::shape::{PermissionsUsed, ServiceActions, UnusedPage};
use clavicle_answer::{How, Reader, Seen, Settings, UnusedQuestion};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use clavicle_snapshot::{Import, Snapshot};
use clavicle_testkit::generated_trail;
use clavicle_usage::{Evidence, EvidenceFile};
use serde_json::Value;

use self::carried_out::Account;

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

/// The groups of a user.
fn groups<'a>(account: &'a Value, user: &'a Value) -> impl Iterator<Item = &'a Value> {
    let all = account["GroupDetailList"].as_array().into_iter().flatten();
    all.filter(|group| user["GroupList"].as_array().is_some_and(|list| list.contains(&group["GroupName"])))
}

/// What the documents of a principal allow by name, read from the file of the account without anything of the program
/// but the list of actions.
fn granted(account: &Value, principal: &Value) -> BTreeSet<String> {
    named(account, principal, |statement| statement["Effect"] == "Allow")
}

/// What a Deny refuses whatever the thing and the circumstances: an Allow of it gives nothing.
fn refused(account: &Value, principal: &Value) -> BTreeSet<String> {
    let is_plain = |it: &Value| it["Effect"] == "Deny" && it["Resource"] == "*" && it["Condition"].is_null();
    named(account, principal, is_plain)
}

/// The actions of some statements of the documents of a principal.
fn named(account: &Value, principal: &Value, which: impl Fn(&Value) -> bool) -> BTreeSet<String> {
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
    for bearer in std::iter::once(principal).chain(groups(account, principal)) {
        let inline = ["UserPolicyList", "GroupPolicyList", "RolePolicyList"].into_iter();
        let inline = inline.flat_map(|list| bearer[list].as_array().into_iter().flatten());
        documents.extend(inline.map(|policy| &policy["PolicyDocument"]));
        let attached = bearer["AttachedManagedPolicies"].as_array().into_iter().flatten();
        documents.extend(attached.filter_map(|policy| managed.get(policy["PolicyArn"].as_str()?).copied()));
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
        for statement in statements.iter().filter(|statement| which(statement)) {
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
        let granted = granted(&account, principal(&account, arn));
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

/// What somebody did between the end of the logs and the snapshot stands in neither.
#[test]
fn of_what_came_after_the_logs_nothing_is_called_unused() {
    let Some(made) = generated_trail() else { return };
    for (days, is_known) in [(0, true), (4, false)] {
        made.seen_at(Duration::from_secs(1_772_344_800 + days * 86_400));
        let (page, _) = page(made.folder());
        let by_logs = page.principals.iter().filter(|idle| idle.because.starts_with("the logs")).count();
        let of_active =
            page.permissions.iter().filter(|told| told.used > 0).map(|told| told.unused).sum::<usize>();
        assert_eq!((by_logs > 0, of_active > 0), (is_known, is_known), "{days}: {by_logs} {of_active}");
        let reason = "the logs end earlier than what else is known of the account";
        let is_said =
            page.permissions.iter().flat_map(|told| &told.unknown_actions).any(|it| it.because == reason);
        assert_eq!(is_said, !is_known, "{days}");
    }
}

/// The logs end within a day of the snapshot, which counts as its day; what is asked about lies between the two.
#[test]
fn of_a_time_that_the_logs_do_not_come_to_nothing_is_called_unused() {
    let Some(made) = generated_trail() else { return };
    made.seen_at(Duration::from_secs(1_772_344_800 + 43_200));
    let (reader, evidence) = reader(made.folder());
    for (since, is_known) in [("2026-03-01", true), ("2026-03-01T12:00:00Z", false)] {
        let until = reader.told_until(&evidence).expect("a snapshot has a time");
        let since = clavicle_answer::since(since, until).expect("it is past");
        let page = reader.unused(&UnusedQuestion { who: None, since }, &evidence).expect("an answer");
        let by_logs = page.principals.iter().filter(|idle| idle.because.starts_with("the logs")).count();
        let of_active = page.permissions.iter().filter(|told| told.used > 0 && told.unused > 0).count();
        assert_eq!((by_logs > 0, of_active > 0), (is_known, is_known), "{since}: {by_logs} {of_active}");
        let unknown: usize = page.permissions.iter().map(|told| told.unknown).sum();
        assert!(is_known || unknown > 100, "{unknown}");
    }
}

#[test]
fn a_time_to_come_is_no_time_to_look_back_to() {
    let now = "2026-07-01T12:00:00Z".parse().expect("a time");
    let since = |text| clavicle_answer::since(text, now);
    for past in ["0d", "90d", "2026-07-01", "2026-07-01T12:00:00Z"] {
        assert!(since(past).is_ok(), "{past}");
    }
    for future in ["2030-01-01", "2026-07-02", "2026-07-01T12:00:01Z"] {
        let told = since(future).expect_err(future).to_string();
        assert!(told.contains(future) && told.contains("2026-07-01T12:00:00Z"), "{told}");
    }
}

/// So much makes everything slow without optimization.
const LARGE: usize = 3_000;

#[test]
fn what_is_suggested_and_planned_is_what_the_generator_used() {
    let Some(made) = generated_trail() else { return };
    let (reader, evidence) = reader(made.folder());
    let since = "2026-03-01T00:00:00Z".parse().expect("a time");
    let seen = Seen { evidence: &evidence, since };
    let page = reader.unused(&UnusedQuestion { who: None, since }, &evidence).expect("an answer");
    let accounts = std::fs::read_dir(made.folder().join("account/accounts")).expect("accounts").flatten();
    let account = accounts.map(|entry| entry.path().join("gaad.json")).next().expect("an account");
    let account: Value = serde_json::from_slice(&std::fs::read(account).expect("a file")).expect("JSON");
    let mut account = Account::new(account);
    let truth = std::fs::read_to_string(made.folder().join("trail/used_actions.jsonl")).expect("the truth");
    let (mut looked, mut planned, mut parted) = (0, 0, 0);
    for line in truth.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let arn = row["principal"].as_str().expect("an ARN");
        let principal = principal(&account.details, arn);
        let granted = granted(&account.details, principal);
        if granted.is_empty() || granted.len() > LARGE {
            continue;
        }
        let used = row["used"].as_object().into_iter().flatten().map(|(action, _)| action.clone());
        let used: BTreeSet<String> = used.filter(|action| granted.contains(action)).collect();
        if !used.is_empty() {
            looked += 1;
            what_is_suggested(&reader, seen, arn, &granted, &used);
        }
        if arn.contains("/aws-reserved/") || arn.contains("/aws-service-role/") {
            continue;
        }
        let plan = reader.trim(arn, seen, &How::default()).expect(arn);
        let told = page.permissions.iter().find(|told| told.thing.arn.as_deref() == Some(arn)).expect(arn);
        let mut kept = used;
        kept.extend(told.used_actions.iter().map(|used| used.action.clone()));
        kept.extend(told.unknown_actions.iter().flat_map(|unknown| names(&unknown.services)));
        let by_groups = groups(&account.details, principal);
        kept.extend(by_groups.flat_map(|group| self::granted(&account.details, group)));
        let before = account.details.clone();
        account.run(&plan.page.apply, &plan.files);
        let left = self::granted(&account.details, self::principal(&account.details, arn));
        assert!(left.is_subset(&kept), "{arn} keeps {:?}", left.difference(&kept));
        let mut unmet: BTreeSet<String> = plan.page.unmet.iter().map(|unmet| unmet.action.clone()).collect();
        unmet.extend(refused(&before, self::principal(&before, arn)));
        let lost: BTreeSet<&String> =
            kept.difference(&left).filter(|action| !unmet.contains(*action)).collect();
        assert!(lost.is_empty(), "{arn} loses {lost:?}");
        nobody_else_changes(&before, &account.details, arn);
        planned += usize::from(account.details != before);
        parted += usize::from(plan.page.apply.contains("aws iam create-policy "));
        account.run(&plan.page.rollback, &plan.files);
        assert_eq!(account.details, before, "{arn}");
    }
    assert!(looked > 10 && planned > 20 && parted > 5, "{looked} {planned} {parted}");
}

fn principal<'a>(account: &'a Value, arn: &str) -> &'a Value {
    let lists = ["UserDetailList", "RoleDetailList"].into_iter();
    let mut all = lists.flat_map(|list| account[list].as_array().into_iter().flatten());
    all.find(|known| known["Arn"] == arn).expect("it is in the account")
}

/// What stands in the proposal is what was used, as far as the policies let it in, and what was granted.
fn what_is_suggested(
    reader: &Reader,
    seen: Seen<'_>,
    arn: &str,
    granted: &BTreeSet<String>,
    used: &BTreeSet<String>,
) {
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
    assert!(left.is_subset(granted), "{arn}: {left:?}");
    let unmet: BTreeSet<String> = found.page.unmet.iter().map(|unmet| unmet.action.clone()).collect();
    for action in used.difference(&unmet) {
        assert!(left.contains(action), "{arn} loses {action}");
    }
}

/// Between two states of an account only one principal, and policies that nobody else has, are others.
fn nobody_else_changes(before: &Value, after: &Value, arn: &str) {
    let changed: Vec<String> = before["Policies"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|policy| !after["Policies"].as_array().is_some_and(|policies| policies.contains(policy)))
        .map(|policy| format!("\"PolicyArn\":{}", policy["Arn"]))
        .collect();
    for list in ["UserDetailList", "RoleDetailList", "GroupDetailList"] {
        let pairs =
            before[list].as_array().into_iter().flatten().zip(after[list].as_array().into_iter().flatten());
        for (was, is) in pairs.filter(|(was, _)| was["Arn"] != arn) {
            assert_eq!(was, is, "{arn}");
            let text = is.to_string();
            assert!(changed.iter().all(|policy| !text.contains(policy)), "{arn}: {} has it too", is["Arn"]);
        }
    }
}
