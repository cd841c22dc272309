//! Plans and templates as sources, by small files of our own in `tests/cases/sources`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod any_bytes;
mod blocks;
mod conditions;
mod permission_sets;
mod sharing;
mod taken_away;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clavicle_snapshot::{Import, Imported, Place, PolicyState, Side, Snapshot};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/sources").join(name)
}

fn import(names: &[&str]) -> Import {
    let place = Place::parse("111122223333/eu-west-1");
    names.iter().fold(Import::new().planned_in(place), |import, name| import.source(case(name)))
}

fn run(import: Import) -> Imported {
    import.run(|_| ()).unwrap_or_else(|error| panic!("{error}: {:?}", error.hint))
}

fn read(names: &[&str]) -> Snapshot {
    Snapshot::read(&run(import(names)).database, |_, _| ()).unwrap()
}

/// All that access depends on, in words.
fn words(snapshot: &Snapshot) -> String {
    let mut out = String::new();
    let policy = |state: PolicyState| match state {
        PolicyState::None => "none".to_owned(),
        PolicyState::NotSeen => "not seen".to_owned(),
        PolicyState::Document(id) => {
            let text = &snapshot.document(id).text;
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    };
    for it in &snapshot.principals {
        writeln!(out, "{}{}", it.arn, if it.seen { "" } else { " (named only)" }).unwrap();
        if it.trust != PolicyState::None {
            writeln!(out, "  trust {}", policy(it.trust)).unwrap();
        }
        for attached in &it.attached {
            writeln!(out, "  attached {}", snapshot.policy(*attached).arn).unwrap();
        }
        for inline in &it.inline {
            writeln!(out, "  inline {}: {}", inline.name, policy(inline.document)).unwrap();
        }
        for group in &it.groups {
            writeln!(out, "  in {}", snapshot.principal(*group).name).unwrap();
        }
        if let Some(boundary) = it.boundary {
            writeln!(out, "  boundary {}", snapshot.policy(boundary).arn).unwrap();
        }
        for (key, value) in it.tags.iter().flatten() {
            writeln!(out, "  tag {key}={value}").unwrap();
        }
    }
    for it in &snapshot.policies {
        writeln!(out, "{}: {}", it.arn, policy(it.document)).unwrap();
    }
    for it in &snapshot.instance_profiles {
        writeln!(out, "{} holds {:?}", it.arn, it.role.as_deref()).unwrap();
    }
    for it in &snapshot.resources {
        writeln!(out, "{} {} {} {:?}", it.arn, it.kind, it.name, it.region.as_deref()).unwrap();
        writeln!(out, "  policy {}", policy(it.policy)).unwrap();
        for role in &it.runs_as {
            writeln!(out, "  runs as {} ({:?}) {}", role.named, role.attribute, role.role.is_some()).unwrap();
        }
        if let Some(facts) = &it.facts.json {
            writeln!(out, "  facts {facts}").unwrap();
        }
        for (key, value) in it.tags.iter().flatten() {
            writeln!(out, "  tag {key}={value}").unwrap();
        }
    }
    for it in &snapshot.declared {
        let file = it.file.rsplit('/').next().unwrap();
        writeln!(out, "declared {} {:?} by {} at {file}:{:?}", it.arn, it.part, it.address, it.line).unwrap();
    }
    for it in &snapshot.warnings {
        writeln!(out, "warning {}: {}", it.line, it.text).unwrap();
    }
    out
}

/// Compares with the text beside the case, or writes it when asked to: then the difference is what is reviewed.
fn same(name: &str, found: &str) {
    let expected = case(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&expected, found).unwrap();
    }
    let expected = std::fs::read_to_string(expected).unwrap_or_default();
    for (line, (expected, found)) in expected.lines().zip(found.lines()).enumerate() {
        assert_eq!(expected, found, "{name}:{}", line + 1);
    }
    assert_eq!(expected.lines().count(), found.lines().count(), "{name}");
}

#[test]
fn every_source_says_what_its_text_says() {
    for (source, expected) in [
        ("plan.json", "plan.txt"),
        ("plan-keys.json", "plan-keys.txt"),
        ("plan-url.json", "plan-url.txt"),
        ("plan-accounts.json", "plan-accounts.txt"),
        ("state.json", "state.txt"),
        ("template.yaml", "template.txt"),
        ("sam.yaml", "sam.txt"),
        ("language.yaml", "language.txt"),
        ("cdk.out", "cdk.txt"),
    ] {
        let snapshot = read(&[source]);
        assert!(!format!("{snapshot:?}").contains("s3cr3t"), "{source}");
        same(expected, &words(&snapshot));
    }
    let before = run(import(&["plan.json"]).side(Side::Before));
    same("plan-before.txt", &words(&Snapshot::read(&before.database, |_, _| ()).unwrap()));
}

/// The same template in JSON, with the long forms of its functions.
#[test]
fn a_template_says_the_same_in_json() {
    let text = std::fs::read_to_string(case("sam.yaml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let json = r#"{"Transform": "AWS::Serverless-2016-10-31", "Resources": {
        "Jobs": {"Type": "AWS::SQS::Queue"},
        "Shared": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": [
            {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": {"Fn::GetAtt": ["Jobs", "Arn"]}}]}}}}}"#;
    let yaml = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Jobs: {Type: 'AWS::SQS::Queue'}\n  Shared:\n    \
        Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Statement:\n          - \
        {Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Jobs.Arn}\n";
    assert!(text.starts_with("AWSTemplateFormatVersion"));
    let said = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let import = Import::new().planned_in(Place::parse("111122223333/eu-west-1")).source(&file);
        let snapshot = Snapshot::read(&run(import).database, |_, _| ()).unwrap();
        words(&snapshot).lines().filter(|line| !line.starts_with("declared")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(said("t.json", json), said("t.yaml", yaml));
    assert!(said("t.json", json).contains("policy/Shared~"));
}

/// A template in a folder that could be of either account is left out, and what to say for it is told.
#[test]
fn a_template_of_no_account_is_told_with_what_to_say() {
    let folder = tempfile::tempdir().unwrap();
    let template = "Resources:\n  Jobs: {Type: 'AWS::SQS::Queue'}\n";
    std::fs::write(folder.path().join("t.yaml"), template).unwrap();
    std::fs::write(folder.path().join("one.json"), DETAILS).unwrap();
    let other = DETAILS.replace("111122223333", "444455556666");
    std::fs::write(folder.path().join("other.json"), other).unwrap();
    let warnings = run(Import::new().source(folder.path())).warnings;
    let told: Vec<&str> = warnings.iter().map(|warning| &*warning.text).collect();
    assert!(matches!(told[..], [text] if text.contains("`--planned-in 111122223333/eu-west-1`")), "{told:?}");
}

/// The state is saved, and the plan laid over it, in whatever order they are named.
#[test]
fn a_plan_is_laid_over_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("s.clavicle");
    let details = folder.path().join("details.json");
    std::fs::write(&details, DETAILS).unwrap();
    Import::new().source(&details).run(|_| ()).unwrap().database.save(&saved).unwrap();
    let over = |sources: [&Path; 2]| {
        let import = sources.into_iter().fold(Import::new(), |import, source| import.source(source));
        Snapshot::read(&run(import).database, |_, _| ()).unwrap()
    };
    let plan = case("plan.json");
    let snapshot = over([&saved, &plan]);
    same("over.txt", &words(&snapshot));
    assert_eq!(words(&over([&plan, &saved])), words(&snapshot));
    // Files of the account do as well as the snapshot that was made of them.
    assert_eq!(words(&over([&plan, &details])), words(&snapshot));
    // What came by other ways than the plan stays.
    let dana = snapshot.principal(snapshot.principal_by_arn("arn:aws:iam::111122223333:user/dana").unwrap());
    assert_eq!(
        (dana.attached.len(), dana.inline.iter().map(|it| &*it.name).collect::<Vec<_>>()),
        (0, vec!["own", "x (perhaps)"]),
        "the plan detaches, and keeps what is not its own"
    );
    assert!(snapshot.principal_by_arn("arn:aws:iam::111122223333:role/old").is_none());
    // It is known to be gone, also where the result is saved; a source that lists it says otherwise.
    let gone = |snapshot: &Snapshot| snapshot.gone.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(gone(&snapshot), ["arn:aws:iam::111122223333:role/old"]);
    let again = folder.path().join("again.clavicle");
    run(import(&["plan.json"])).database.save(&again).unwrap();
    assert_eq!(gone(&Snapshot::open(&again, |_, _| ()).unwrap()), gone(&snapshot));
    assert!(gone(&Snapshot::open(&saved, |_, _| ()).unwrap()).is_empty());
    // The file itself is as it was.
    assert!(
        Snapshot::open(&saved, |_, _| ())
            .unwrap()
            .principal_by_arn("arn:aws:iam::111122223333:role/old")
            .is_some()
    );
    let error = import(&["plan.json"]).source(&saved).source(&details).run(|_| ()).unwrap_err();
    assert!(error.problem.contains("no plan"), "{error}");
}

const DETAILS: &str = r#"{"UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/dana", "UserPolicyList": [
    {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}],
    "AttachedManagedPolicies": [{"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}],
    "GroupList": ["readers"]}],
  "GroupDetailList": [{"Arn": "arn:aws:iam::111122223333:group/readers"}],
  "RoleDetailList": [{"Arn": "arn:aws:iam::111122223333:role/old", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}],
  "Policies": []}"#;

/// A plan of these changes (type, actions, before, after), laid over an account, in words.
fn planned(changes: &[serde_json::Value]) -> Snapshot {
    let folder = tempfile::tempdir().unwrap();
    let changes: Vec<_> = changes
        .iter()
        .map(|change| {
            let mut change = change.clone();
            let address = change["address"].as_str().unwrap().to_owned();
            let (kind, name) = address.split_once('.').unwrap();
            change["mode"] = "managed".into();
            change["type"] = kind.into();
            change["name"] = name.into();
            change
        })
        .collect();
    let plan = serde_json::json!({"format_version": "1.2", "resource_changes": changes}).to_string();
    for (name, text) in [("details.json", DETAILS), ("plan.json", &*plan)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let import = Import::new().planned_in(Place::parse("111122223333/eu-west-1"));
    let import = import.source(folder.path().join("details.json")).source(folder.path().join("plan.json"));
    Snapshot::read(&run(import).database, |_, _| ()).unwrap()
}

/// The plan of these changes, each of which is of what its address says.
fn plan(changes: &[serde_json::Value]) -> String {
    let changes: Vec<serde_json::Value> = changes
        .iter()
        .map(|change| {
            let mut change = change.clone();
            let address = change["address"].as_str().unwrap().to_owned();
            let (kind, name) = address.split_once('.').unwrap();
            (change["mode"], change["type"], change["name"]) = ("managed".into(), kind.into(), name.into());
            change
        })
        .collect();
    serde_json::json!({"format_version": "1.2", "resource_changes": changes}).to_string()
}

fn change(
    address: &str,
    actions: &[&str],
    before: &serde_json::Value,
    after: &serde_json::Value,
) -> serde_json::Value {
    serde_json::json!({"address": address, "change": {"actions": actions, "before": before, "after": after}})
}

/// Code that moves without a `moved` block is a plan that takes a thing away at one address and makes it at another. Which
/// address Terraform names first says nothing.
#[test]
fn what_goes_at_one_address_and_is_made_at_another_is_there() {
    use serde_json::{Value, json};
    let allow = |action: &str| {
        let statement = json!({"Effect": "Allow", "Action": action, "Resource": "*"});
        json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
    };
    let moved = |kind: &str, old: Value, new: Value| {
        // The address that is first in the file, and the other way round.
        ["ab", "ba"].map(|names| {
            let (goes, comes) = names.split_at(1);
            let mut both = vec![
                change(&format!("{kind}.{goes}"), &["delete"], &old, &Value::Null),
                change(&format!("{kind}.{comes}"), &["create"], &Value::Null, &new),
            ];
            both.sort_by_key(|change| change["address"].to_string());
            both
        })
    };
    let role = |tag: &str| {
        json!({"arn": "arn:aws:iam::111122223333:role/old", "name": "old", "path": "/", "tags": {"by": tag},
               "assume_role_policy": allow(&format!("sts:{tag}"))})
    };
    let inline = |action: &str| json!({"role": "old", "name": "own", "policy": allow(action)});
    let attached = json!({"role": "old", "policy_arn": "arn:aws:iam::111122223333:policy/shared"});
    let shared = |action: &str| json!({"arn": "arn:aws:iam::111122223333:policy/shared", "name": "shared", "path": "/", "policy": allow(action)});
    let bucket = |tag: &str| json!({"arn": "arn:aws:s3:::ledger", "bucket": "ledger", "tags": {"by": tag}});
    let policy = |action: &str| json!({"bucket": "ledger", "policy": allow(action)});
    let block = |on: bool| {
        json!({"bucket": "ledger", "block_public_acls": on, "ignore_public_acls": on, "block_public_policy": on,
               "restrict_public_buckets": on})
    };
    let all = [
        moved("aws_iam_role", role("Before"), role("After")),
        moved("aws_iam_role_policy", inline("s3:Before"), inline("s3:After")),
        moved("aws_iam_role_policy_attachment", attached.clone(), attached),
        moved("aws_iam_policy", shared("sqs:Before"), shared("sqs:After")),
        moved("aws_s3_bucket", bucket("Before"), bucket("After")),
        moved("aws_s3_bucket_policy", policy("s3:Before"), policy("s3:After")),
        moved("aws_s3_bucket_public_access_block", block(false), block(true)),
    ];
    let mut said = Vec::new();
    for order in 0..2 {
        let changes: Vec<Value> = all.iter().flat_map(|orders| orders[order].clone()).collect();
        for reversed in [false, true] {
            let mut changes = changes.clone();
            if reversed {
                changes.reverse();
            }
            let snapshot = planned(&changes);
            assert!(snapshot.gone.is_empty(), "{:?}", snapshot.gone);
            let words = words(&snapshot);
            let words: Vec<&str> = words.lines().filter(|line| !line.starts_with("declared")).collect();
            said.push(words.join("\n"));
        }
    }
    assert!(said.iter().all(|words| *words == said[0]), "{}\n{}", said[0], said[1]);
    let words = &said[0];
    assert!(!words.contains("Before"), "{words}");
    for part in [
        "role/old\n  trust {",
        "sts:After",
        "  attached arn:aws:iam::111122223333:policy/shared",
        "  inline own: {",
        "  tag by=After",
        "arn:aws:iam::111122223333:policy/shared: {",
        "sqs:After",
        "arn:aws:s3:::ledger s3:bucket",
        "s3:After",
        r#""restrict_public_buckets":true"#,
    ] {
        assert!(words.contains(part), "{part}\n{words}");
    }
}

/// Documentation of Terraform's AWS provider: the attributes of each type.
#[test]
fn policies_that_things_carry_or_that_stand_by_themselves_are_read() {
    use serde_json::{Value, json};
    let says = |sid: &str| {
        let statement =
            json!({"Sid": sid, "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"});
        json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
    };
    let at = |service: &str, rest: &str| format!("arn:aws:{service}:eu-west-1:111122223333:{rest}");
    let firewall = at("network-firewall", "firewall-policy/strict");
    let made = [
        ("aws_opensearch_domain.logs", json!({"domain_name": "logs", "access_policies": says("Logs")})),
        ("aws_elasticsearch_domain.old", json!({"domain_name": "old", "access_policies": says("Old")})),
        ("aws_kms_replica_key.there", json!({"arn": at("kms", "key/mrk-1"), "policy": says("Replica")})),
        ("aws_kms_external_key.own", json!({"arn": at("kms", "key/2"), "policy": says("External")})),
        (
            "aws_networkfirewall_resource_policy.shared",
            json!({"resource_arn": firewall, "policy": says("Firewall")}),
        ),
        ("aws_lambda_alias.live", json!({"name": "live", "function_name": "work"})),
        ("aws_vpc_endpoint.s3", json!({"arn": at("ec2", "vpc-endpoint/vpce-1"), "policy": says("Through")})),
        ("aws_vpc_endpoint.kms", json!({"arn": at("ec2", "vpc-endpoint/vpce-2")})),
        ("aws_vpc_endpoint_policy.kms", json!({"vpc_endpoint_id": "vpce-2", "policy": says("Beside")})),
    ];
    let changes: Vec<Value> =
        made.iter().map(|(address, after)| change(address, &["create"], &Value::Null, after)).collect();
    let snapshot = planned(&changes);
    assert!(snapshot.warnings.is_empty(), "{:?}", snapshot.warnings);
    let said = words(&snapshot);
    let of = |arn: &str| {
        let rest = said.split_once(&format!("{arn} ")).unwrap_or_else(|| panic!("{arn}\n{said}")).1;
        rest.lines().take_while(|line| !line.starts_with("arn:")).collect::<Vec<_>>().join("\n")
    };
    for (arn, sid) in [
        (at("es", "domain/logs"), "Logs"),
        (at("es", "domain/old"), "Old"),
        (at("kms", "key/mrk-1"), "Replica"),
        (at("kms", "key/2"), "External"),
        (firewall, "Firewall"),
    ] {
        assert!(of(&arn).contains(&format!("\"Sid\": \"{sid}\"")), "{arn}: {}", of(&arn));
    }
    let alias = of(&at("lambda", "function:work:live"));
    assert!(alias.starts_with("lambda:alias live"), "{alias}");
    for (id, sid) in [("vpce-1", "Through"), ("vpce-2", "Beside")] {
        let endpoint = of(&at("ec2", &format!("vpc-endpoint/{id}")));
        assert!(endpoint.contains("policy none") && endpoint.contains("endpoint_policy"), "{endpoint}");
        assert!(endpoint.contains(sid), "{endpoint}");
    }
    // Taken away again, the default policy of the endpoint is in force, which is in no file.
    let policy = json!({"vpc_endpoint_id": "vpce-1", "policy": says("Gone")});
    let gone = planned(&[change("aws_vpc_endpoint_policy.s3", &["delete"], &policy, &Value::Null)]);
    assert!(!words(&gone).contains("Gone"), "{}", words(&gone));
}

/// Of a membership only Terraform's own id is known later.
#[test]
fn who_joins_which_group_is_known_though_its_id_is_not() {
    use serde_json::{Value, json};
    let joins = |unknown: Value| {
        let user = json!({"name": "sam", "path": "/"});
        let group = json!({"name": "staff", "path": "/"});
        let mut after = json!({"user": "sam", "groups": ["staff"]});
        if unknown.get("groups").is_some() {
            after.as_object_mut().unwrap().remove("groups");
        }
        let mut membership = change("aws_iam_user_group_membership.m", &["create"], &Value::Null, &after);
        membership["change"]["after_unknown"] = unknown;
        planned(&[
            change("aws_iam_user.sam", &["create"], &Value::Null, &user),
            change("aws_iam_group.staff", &["create"], &Value::Null, &group),
            membership,
        ])
    };
    let known = joins(json!({"id": true}));
    assert!(known.warnings.is_empty(), "{:?}", known.warnings);
    assert!(words(&known).contains("user/sam\n  in staff"), "{}", words(&known));
    assert_eq!(joins(json!({"id": true, "groups": true})).warnings.len(), 1);
}

/// Terraform: "JSON Output Format", `errored`, `complete`.
#[test]
fn that_a_plan_is_not_whole_is_told() {
    for (says, told) in [
        (r#""errored": true, "complete": false"#, 2),
        (r#""errored": false, "complete": false"#, 1),
        (r#""errored": false, "complete": true"#, 0),
        (r#""applyable": true"#, 0),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let change = r#"{"address": "aws_sqs_queue.q", "mode": "managed", "type": "aws_sqs_queue", "name": "q",
            "change": {"actions": ["create"], "before": null, "after": {"name": "jobs"}}}"#;
        let plan = format!(r#"{{"format_version": "1.2", {says}, "resource_changes": [{change}]}}"#);
        std::fs::write(folder.path().join("plan.json"), plan).unwrap();
        let import = Import::new().planned_in(Place::parse("111122223333/eu-west-1"));
        let read = run(import.source(folder.path().join("plan.json")));
        let snapshot = Snapshot::read(&read.database, |_, _| ()).unwrap();
        assert_eq!(snapshot.warnings.len(), told, "{says}: {:?}", snapshot.warnings);
        assert!(snapshot.warnings.iter().all(|warning| warning.text.contains("the plan ")), "{says}");
    }
}

/// A thing that is made anew under another name is no more under the old one, and whom a list does not name any more has lost
/// what it gives. What is known later may be what was there before.
#[test]
fn what_was_at_an_address_before_goes_where_the_plan_replaces_it() {
    use serde_json::{Value, json};
    let trust = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let role = |name: &str| json!({"arn": format!("arn:aws:iam::111122223333:role/{name}"), "name": name, "path": "/", "assume_role_policy": trust});
    let gone = |snapshot: &Snapshot| snapshot.gone.iter().map(ToString::to_string).collect::<Vec<_>>();
    let is_there = |snapshot: &Snapshot, arn: &str| snapshot.principal_by_arn(arn).is_some();
    for actions in [["delete", "create"], ["create", "delete"]] {
        let snapshot = planned(&[change("aws_iam_role.web", &actions, &role("old"), &role("new"))]);
        assert_eq!(gone(&snapshot), ["arn:aws:iam::111122223333:role/old"]);
        assert!(is_there(&snapshot, "arn:aws:iam::111122223333:role/new"));
        let snapshot = planned(&[change("aws_iam_role.web", &actions, &role("old"), &role("old"))]);
        assert!(gone(&snapshot).is_empty() && is_there(&snapshot, "arn:aws:iam::111122223333:role/old"));
    }
    // What is forgotten stays; what is left of an earlier replacement goes.
    let snapshot = planned(&[change("aws_iam_role.web", &["create", "forget"], &role("old"), &role("new"))]);
    assert!(gone(&snapshot).is_empty() && is_there(&snapshot, "arn:aws:iam::111122223333:role/old"));
    let mut deposed = change("aws_iam_role.web", &["delete"], &role("old"), &Value::Null);
    deposed["deposed"] = "byebye".into();
    let snapshot = planned(&[change("aws_iam_role.web", &["no-op"], &role("new"), &role("new")), deposed]);
    assert_eq!(gone(&snapshot), ["arn:aws:iam::111122223333:role/old"]);
    assert!(is_there(&snapshot, "arn:aws:iam::111122223333:role/new"));

    let dana = |snapshot: &Snapshot| {
        let dana =
            snapshot.principal(snapshot.principal_by_arn("arn:aws:iam::111122223333:user/dana").unwrap());
        let mut groups: Vec<_> =
            dana.groups.iter().map(|group| snapshot.principal(*group).name.to_string()).collect();
        groups.extend(dana.attached.iter().map(|policy| snapshot.policy(*policy).name.to_string()));
        groups.sort();
        groups.join(" ")
    };
    let members = |users: &[&str]| json!({"group": "readers", "users": users});
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    let attached = |users: &[&str]| json!({"name": "a", "policy_arn": admin, "users": users});
    let groups = |groups: &[&str]| json!({"user": "dana", "groups": groups});
    let all = "AdministratorAccess readers";
    for (kind, before, after, expected, later) in [
        ("aws_iam_group_membership", members(&["dana"]), members(&["lee"]), "AdministratorAccess", Some("")),
        ("aws_iam_group_membership", members(&["lee"]), members(&["dana"]), all, None),
        (
            "aws_iam_policy_attachment",
            attached(&["dana", "lee"]),
            attached(&["lee"]),
            "readers",
            Some("AdministratorAccess"),
        ),
        ("aws_iam_policy_attachment", attached(&["lee"]), attached(&["dana"]), all, None),
        ("aws_iam_user_group_membership", groups(&["readers"]), groups(&[]), "AdministratorAccess", Some("")),
    ] {
        let address = format!("{kind}.it");
        let mut change = change(&address, &["update"], &before, &after);
        assert_eq!(dana(&planned(std::slice::from_ref(&change))), expected, "{change}");
        change["change"]["after_unknown"] = json!({"users": true, "groups": true});
        let snapshot = planned(&[change]);
        // Whom it lists is known later: they may have it still, and may not.
        assert_eq!(dana(&snapshot), if later.is_some() { expected } else { all });
        let told = words(&snapshot);
        // The group has no policy that somebody could have by it.
        let is_told = |what: &str| match what {
            "" => !told.contains("(perhaps)"),
            what => told.contains(&format!("  inline {what} (perhaps): {{")),
        };
        assert!(later.is_none_or(is_told), "{told}");
    }
    // One policy in the place of another.
    let one =
        |policy: &str| json!({"user": "dana", "policy_arn": format!("arn:aws:iam::aws:policy/{policy}")});
    let replaced = change(
        "aws_iam_user_policy_attachment.it",
        &["delete", "create"],
        &one("AdministratorAccess"),
        &one("ReadOnlyAccess"),
    );
    assert_eq!(dana(&planned(&[replaced])), "ReadOnlyAccess readers");
}

/// Files of Terraform give their lines.
#[test]
fn what_a_plan_declares_is_found_in_its_files() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("roles")).unwrap();
    std::fs::write(folder.path().join("main.tf"), "\n\nresource \"aws_iam_role_policy\" \"thumb\" {\n}\n")
        .unwrap();
    std::fs::write(folder.path().join("roles/main.tf"), "resource \"aws_iam_role\" \"each\" {\n}\n").unwrap();
    let imported = run(import(&["plan.json"]).terraform(Some(folder.path().to_path_buf())));
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).unwrap();
    let place = |arn: &str, part: &str| {
        let declared = snapshot.declared(arn, part).unwrap();
        (declared.file.to_string(), declared.line)
    };
    let thumb = "arn:aws:iam::111122223333:role/service/thumb";
    assert_eq!(place(thumb, "thumb"), ("main.tf".to_owned(), Some(3)));
    assert_eq!(place("arn:aws:iam::111122223333:role/each-a", ""), ("roles/main.tf".to_owned(), Some(1)));
    assert_eq!(place(thumb, "").1, None);
}

mod any_text {
    use proptest::collection::vec;
    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
    use proptest::sample::select;

    use super::any_bytes::hold;
    use super::case;

    /// Words that plans and templates give a meaning to, where they have none.
    const WORDS: &[&str] = &[
        "Resources",
        "Type",
        "Properties",
        "Ref",
        "Fn::Sub",
        "Fn::If",
        "Fn::GetAtt",
        "Fn::Join",
        "Condition",
        "Conditions",
        "AWS::IAM::Role",
        "AWS::IAM::Policy",
        "AWS::Lambda::Permission",
        "AWS::Serverless::Function",
        "Roles",
        "PolicyDocument",
        "Policies",
        "FunctionName",
        "Principal",
        "${A.Arn}",
        "A",
        "resource_changes",
        "format_version",
        "change",
        "after",
        "after_unknown",
        "actions",
        "address",
        "mode",
        "type",
        "name",
        "index",
        "aws_iam_role",
        "aws_iam_role_policy",
        "role",
        "policy",
        "configuration",
        "root_module",
        "expressions",
        "references",
        "é",
        "aws_iam_role.A.id",
        "module.a[\"",
        "create",
        "delete",
        "values",
        "arn:aws:iam::1:role/x",
        "arn:aws:sqs:::",
        "~",
        "",
    ];

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let word = || select(WORDS).prop_map(str::to_owned);
        let leaf = prop_oneof![
            word().prop_map(serde_json::Value::from),
            any::<bool>().prop_map(serde_json::Value::from),
            any::<i32>().prop_map(serde_json::Value::from),
            Just(serde_json::Value::Null),
        ];
        leaf.prop_recursive(6, 60, 6, move |inner| {
            prop_oneof![
                vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
                vec((word(), inner), 0..6)
                    .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, cases: 200, ..Default::default() })]

        #[test]
        fn of_words_in_any_order_breaks_nothing(resources in json(), other in json()) {
            hold(serde_json::json!({"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": resources},
                "B": {"Type": "AWS::Lambda::Permission", "Properties": other}}, "Conditions": resources}).to_string().as_bytes());
            hold(serde_json::json!({"format_version": "1", "resource_changes": [{"address": "aws_iam_role.A", "mode": "managed",
                "type": "aws_iam_role", "name": "A", "change": {"actions": ["create"], "before": other, "after": {"policy": resources,
                "name": other}, "after_unknown": resources}}, resources], "configuration": other}).to_string().as_bytes());
            hold(other.to_string().as_bytes());
        }

        #[test]
        fn that_is_damaged_breaks_nothing(
            name in select(&["plan.json", "template.yaml", "sam.yaml", "cdk.out/Store.template.json"][..]),
            edits in vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), end in any::<prop::sample::Index>(), cut in any::<bool>(),
        ) {
            let mut text = std::fs::read(case(name)).unwrap();
            for (at, byte) in edits {
                let at = at.index(text.len());
                text[at] = byte;
            }
            if cut {
                text.truncate(end.index(text.len()));
            }
            hold(&text);
        }
    }
    use proptest::prelude::prop;
}
