//! Calls that moto does not have, against answers in the shapes of AWS's API models.

use clavicle_snapshot::{CoverageState, PolicyState, RoleAttribute, SsoPrincipalKind};
use serde_json::{Value, json};

use crate::fake_aws::{FakeAws, hours_before_today};
use crate::{clavicle, snapshot, succeeds};

#[test]
fn answers_of_recorded_shape_become_things_and_hold_no_secret() {
    let recorded: Value = serde_json::from_str(include_str!("recorded.json")).expect("the cases are JSON");
    let fake = FakeAws::start(1, 1);
    for (call, answer) in recorded["answers"].as_object().expect("answers") {
        fake.answer(call, answer.to_string());
    }
    for (action, answer) in recorded["xml"].as_object().expect("answers") {
        fake.answer(action, answer.as_str().expect("a text").to_owned());
    }
    let home = tempfile::tempdir().expect("a folder");
    let output = succeeds(clavicle(home.path(), &fake.address, &["collect", "-o", "acct.clav"]));
    let path = home.path().join("acct.clav");
    let snapshot = snapshot(&path);
    for case in recorded["runs_as"].as_array().expect("cases") {
        let [kind, name, attribute, role] = [0, 1, 2, 3].map(|at| case[at].as_str().expect("a word"));
        let things = snapshot.resources.iter().filter(|thing| &*thing.kind == kind && &*thing.name == name);
        let attribute = match attribute {
            "role" => RoleAttribute::Role,
            "execution" => RoleAttribute::Execution,
            "service" => RoleAttribute::Service,
            "instance_profile" => RoleAttribute::InstanceProfile,
            other => panic!("no attribute: {other}"),
        };
        let found = things
            .flat_map(|thing| &thing.runs_as)
            .any(|it| it.attribute == attribute && it.named.ends_with(&format!("/{role}")));
        let of_kind: Vec<_> =
            snapshot.resources.iter().filter(|thing| thing.kind.starts_with(kind)).collect();
        assert!(found, "{case}: {of_kind:?}");
    }
    for case in recorded["policies"].as_array().expect("cases") {
        let [kind, sid] = [0, 1].map(|at| case[at].as_str().expect("a word"));
        let things = snapshot.resources.iter().filter(|thing| &*thing.kind == kind);
        let says = |state: &PolicyState| match state {
            PolicyState::Document(id) => snapshot.document(*id).text.contains(&format!("\"{sid}\"")),
            _ => false,
        };
        let known: Vec<_> = things.map(|thing| (&*thing.arn, &thing.policy)).collect();
        let all: std::collections::BTreeSet<&str> = snapshot.resources.iter().map(|it| &*it.kind).collect();
        assert!(known.iter().any(|(_, policy)| says(policy)), "{kind} {sid}: {known:?} of {all:?}");
    }
    for case in recorded["shared"].as_array().expect("cases") {
        let kind = case[0].as_str().expect("a word");
        let facts = snapshot.resources.iter().filter(|thing| &*thing.kind == kind);
        let facts: Vec<Value> =
            facts.filter_map(|thing| serde_json::from_str(thing.facts.json.as_deref()?).ok()).collect();
        assert!(facts.iter().any(|facts| facts["shared_with"] == case[1]), "{case}: {facts:?}");
    }
    // Asked once for all snapshots of a region.
    let disk = snapshot.resources.iter().find(|thing| &*thing.kind == "ec2:snapshot").expect("a snapshot");
    assert_eq!(disk.facts.block_public_access.as_deref(), Some("block-all-sharing"));
    let group =
        snapshot.resources.iter().find(|thing| &*thing.kind == "logs:log-group").expect("a log group");
    assert_eq!(&*group.arn, "arn:aws:logs:xx-test-0:100000000000:log-group:/aws/lambda/f");
    assert_eq!((&*group.name, group.policy), ("/aws/lambda/f", PolicyState::None));
    assert!(group.facts.json.as_deref().is_some_and(|facts| facts.contains(":key/1\"")), "{group:?}");
    // Only parameters of the advanced tier have policies, and only what is the account's own is asked about.
    let of = |kind: &'static str| snapshot.resources.iter().filter(move |thing| &*thing.kind == kind);
    let plain =
        of("ssm:parameter").find(|thing| thing.arn.ends_with("parameter/plain")).expect("a parameter");
    assert_eq!(plain.policy, PolicyState::None);
    for kind in ["route53resolver:resolver-rule", "route53resolver:autodefined-rule", "cloudfront:vpcorigin"]
    {
        assert!(of(kind).all(|thing| thing.arn.contains(":100000000000:")), "{kind}");
    }
    let share =
        snapshot.resources.iter().find(|thing| &*thing.kind == "ram:resource-share").expect("a share");
    assert!(share.facts.json.as_deref().is_some_and(|facts| facts.contains(":subnet/subnet-1\"")));
    let key = snapshot.resources.iter().find(|thing| &*thing.kind == "kms:key").expect("a key");
    let grants = key.facts.grants.as_ref().expect("its grants");
    assert!(
        grants.len() == 1 && grants[0].grantee.ends_with("role/a") && &*grants[0].operations[0] == "Decrypt"
    );
    let entry =
        snapshot.resources.iter().find(|thing| &*thing.kind == "eks:access-entry").expect("an access entry");
    let facts = entry.facts.json.as_deref().expect("its facts");
    assert!(facts.contains(":role/a\"") && facts.contains("AmazonEKSClusterAdminPolicy"), "{facts}");
    let center = &snapshot.identity_center[0];
    assert_eq!((&*center.permission_sets[0].name, center.assignments.len()), ("Audit", 1));
    assert_eq!(center.assignments[0].principal_kind, SsoPrincipalKind::Group);
    assert_eq!(center.permission_sets[0].attached.as_ref().map(Vec::len), Some(1));
    assert!(matches!(center.permission_sets[0].inline, PolicyState::Document(_)));
    let secret = recorded["secret"].as_str().expect("a word").as_bytes();
    let holds = |bytes: &[u8]| bytes.windows(secret.len()).any(|part| part == secret);
    assert!(!holds(&std::fs::read(&path).expect("the snapshot")) && !holds(&output.stderr));
    assert!(snapshot.warnings.is_empty(), "{:?}", snapshot.warnings);
    let of_tags = |kind| of(kind).next().and_then(|thing| thing.tags.as_ref()).map(Vec::len);
    assert_eq!((of_tags("ec2:launch-template"), of_tags("cloudfront:distribution")), (Some(1), Some(1)));
    // The text of a policy of AWS's own that only a permission set names, and that of a runbook.
    let gaps: Vec<_> = snapshot.not_seen().map(|row| (&*row.call, row.things)).collect();
    assert_eq!(gaps, [("ssm:GetDocument", 1), ("iam:GetPolicyVersion", 1)]);
}

#[test]
fn an_aggregator_of_aws_config_is_read_and_what_it_holds_of_secrets_is_dropped() {
    let fake = FakeAws::start(2, 1);
    let role = json!({"resourceType": "AWS::IAM::Role", "arn": "arn:aws:iam::100000000001:role/web",
        "accountId": "100000000001", "awsRegion": "global", "configurationItemCaptureTime": "2026-01-01T00:00:00Z",
        "configuration": {"arn": "arn:aws:iam::100000000001:role/web", "path": "/", "description": "pl4nted-s3cret",
            "assumeRolePolicyDocument": "%7B%22Statement%22%3A%5B%5D%7D", "attachedManagedPolicies": [],
            "rolePolicyList": [], "instanceProfileList": []}});
    let function = json!({"resourceType": "AWS::Lambda::Function", "accountId": "100000000001",
        "arn": "arn:aws:lambda:eu-west-1:100000000001:function:f", "awsRegion": "eu-west-1", "resourceName": "f",
        "configurationItemCaptureTime": "2026-01-01T00:00:00Z", "tags": [{"key": "team", "value": "pay"}],
        "configuration": {"role": "arn:aws:iam::100000000001:role/web",
            "environment": {"variables": {"PASSWORD": "pl4nted-s3cret"}}},
        "supplementaryConfiguration": {"Policy": "{\"Statement\":[{\"Sid\":\"Invoke\"}]}"}});
    let results = json!({"Results": [role.to_string(), function.to_string()]});
    fake.answer("StarlingDoveService.SelectAggregateResourceConfig", results.to_string());
    let home = tempfile::tempdir().expect("a folder");
    let arguments = ["collect", "--config-aggregator", "everything", "-o", "org.clav"];
    succeeds(clavicle(home.path(), &fake.address, &arguments));
    let path = home.path().join("org.clav");
    let snapshot = snapshot(&path);
    assert!(snapshot.warnings.is_empty(), "{:?}", snapshot.warnings);
    // The organization is read too; of the account only what AWS Config knows.
    assert_eq!(snapshot.organization.as_ref().map(|it| &*it.id), Some("o-1"));
    let thing = &snapshot.resources[0];
    assert!(matches!(thing.policy, PolicyState::Document(_)));
    assert_eq!(thing.runs_as[0].role.map(|index| &*snapshot.principal(index).name), Some("web"));
    let bytes = std::fs::read(&path).expect("the snapshot");
    assert!(!bytes.windows(14).any(|part| part == b"pl4nted-s3cret"));
    let row = snapshot.coverage.iter().find(|row| &*row.call == "config:SelectAggregateResourceConfig");
    assert_eq!(row.map(|row| row.things), Some(2));
}

#[test]
fn an_aggregator_that_is_not_there_is_an_error_and_no_snapshot() {
    let fake = FakeAws::start(1, 1);
    fake.refuse(
        "StarlingDoveService.SelectAggregateResourceConfig",
        "NoSuchConfigurationAggregatorException",
    );
    let home = tempfile::tempdir().expect("a folder");
    let arguments = ["collect", "--config-aggregator", "nobodys", "-o", "org.clav"];
    let output = clavicle(home.path(), &fake.address, &arguments).output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(
        told.contains("no aggregator `nobodys`") && told.contains("describe-configuration-aggregators"),
        "{told}"
    );
    assert!(!home.path().join("org.clav").exists());
}

/// A snapshot of nothing would say of every account that it has nothing.
#[test]
fn an_aggregator_of_which_nothing_is_told_is_an_error_and_no_snapshot() {
    const SELECT: &str = "StarlingDoveService.SelectAggregateResourceConfig";
    for (code, words) in [("InternalFailure", "InternalFailure"), ("AccessDeniedException", "--print-policy")]
    {
        let fake = FakeAws::start(1, 1);
        fake.refuse(SELECT, code);
        let home = tempfile::tempdir().expect("a folder");
        let arguments = ["collect", "--config-aggregator", "everything", "-o", "org.clav"];
        let mut command = clavicle(home.path(), &fake.address, &arguments);
        let output = command.env("AWS_MAX_ATTEMPTS", "1").output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{told}");
        assert!(told.contains("nothing of the aggregator `everything`") && told.contains(words), "{told}");
        assert!(!home.path().join("org.clav").exists());
    }
    // What was told before it failed is kept, and that there is more is said.
    let fake = FakeAws::start(1, 1);
    fake.answer(SELECT, r#"{"Results": [], "NextToken": "page-2"}"#.to_owned());
    fake.refuse_page(SELECT, "page-2", "InternalFailure");
    let home = tempfile::tempdir().expect("a folder");
    let arguments = ["collect", "--config-aggregator", "everything", "-o", "org.clav"];
    let mut command = clavicle(home.path(), &fake.address, &arguments);
    command.env("AWS_MAX_ATTEMPTS", "1");
    succeeds(command);
    let snapshot = snapshot(&home.path().join("org.clav"));
    let row = snapshot.not_seen().find(|row| &*row.call == "config:SelectAggregateResourceConfig");
    assert_eq!(row.map(|row| row.state), Some(CoverageState::Partial), "{:?}", snapshot.coverage);
}

#[test]
fn a_region_that_no_account_has_is_wrong_usage() {
    let fake = FakeAws::start(1, 2);
    let home = tempfile::tempdir().expect("a folder");
    let collect = |regions: &str| {
        let arguments = ["collect", "--regions", regions, "-o", "acct.clav"];
        let output = clavicle(home.path(), &fake.address, &arguments).output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, told) = collect("xx-test-1,xx-test-7");
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("`xx-test-7`") && told.contains("xx-test-0, xx-test-1"), "{told}");
    assert!(!home.path().join("acct.clav").exists());
    // Who may not ask which there are is believed.
    fake.deny("DescribeRegions");
    let (code, told) = collect("xx-test-7");
    assert_eq!(code, Some(0), "{told}");
}

/// Reports that are made while they are waited for, in pages: kept in the snapshot, and told of by `unused`.
#[test]
fn reports_of_last_access_are_kept_and_used() {
    let fake = FakeAws::start(1, 1);
    let home = tempfile::tempdir().expect("a folder");
    let told = succeeds(clavicle(home.path(), &fake.address, &["collect", "-o", "acct.clav"]));
    let told = String::from_utf8_lossy(&told.stderr);
    assert!(told.contains(" services ✓   1 region, ") && !told.contains('✕'), "{told}");
    let path = home.path().join("acct.clav");
    let snapshot = snapshot(&path);
    let whose: Vec<&str> = snapshot
        .last_accessed
        .iter()
        .map(|report| report.principal.rsplit('/').next().expect("a name"))
        .collect();
    assert_eq!(whose, ["a", "b", "c", "d"]);
    let report = snapshot.last_accessed[0].json().expect("a report");
    let report: Value = serde_json::from_slice(&report).expect("JSON");
    let [today, service, action] = [0, 47, 48].map(hours_before_today);
    let expected = json!({"Arn": "arn:aws:iam::100000000000:role/a", "JobCompletionDate": today,
        "ServicesLastAccessed": [
            {"ServiceNamespace": "s3", "LastAuthenticated": service, "TrackedActionsLastAccessed": [
                {"ActionName": "GetObject", "LastAccessedTime": action}, {"ActionName": "PutObject"}]},
            {"ServiceNamespace": "sqs"}]});
    assert_eq!(report, expected);
    // Role `a` may read and write objects, ask queues, and call functions; of the last the report says nothing.
    let arguments = ["unused", "role/a", "--since", "30d", "-o", "json", "-s", "acct.clav"];
    let page = succeeds(clavicle(home.path(), &fake.address, &arguments)).stdout;
    let page: Value = serde_json::from_slice(&page).expect("JSON");
    assert_eq!(page["evidence"]["last_accessed"], 4);
    let used = &page["permissions"][0];
    let counts = ["used", "unused", "unknown"].map(|name| used[name].as_u64().expect("a number"));
    assert_eq!(counts, [1, 2, 1], "{used:#}");
    // The same reports as evidence of their own.
    let arguments = ["usage", "acct.clav"];
    let told = succeeds(clavicle(home.path(), &fake.address, &arguments)).stdout;
    let told = String::from_utf8_lossy(&told);
    let until = format!("last access of 4 principals, reported until {} 00:00", &today[..10]);
    assert!(told.contains(&until), "{told}");
}

/// What AWS lists without telling what it is called is a door that may be there.
#[test]
fn a_thing_without_a_name_leaves_outside_undecided() {
    let fake = FakeAws::start(1, 1);
    let home = tempfile::tempdir().expect("a folder");
    let outside = |topics: &str| {
        fake.answer(
            "ListTopics",
            format!("<ListTopicsResponse><ListTopicsResult><Topics>{topics}</Topics></ListTopicsResult></ListTopicsResponse>"),
        );
        succeeds(clavicle(home.path(), &fake.address, &["collect", "-o", "acct.clav"]));
        let asked = clavicle(home.path(), &fake.address, &["outside", "-s", "acct.clav"]).output();
        String::from_utf8_lossy(&asked.expect("it runs").stdout).into_owned()
    };
    let told = outside("");
    assert!(!told.contains("sns:ListTopics"), "{told}");
    let told = outside("<member><Other>x</Other></member>");
    assert!(told.contains("sns:ListTopics"), "{told}");
}

/// Whatever lies in a region that was left out, as somebody asked, nobody looked at.
#[test]
fn regions_that_were_left_out_leave_outside_undecided() {
    let fake = FakeAws::start(1, 2);
    let home = tempfile::tempdir().expect("a folder");
    let outside = |arguments: &[&str]| {
        let all = [&["collect", "-o", "acct.clav"], arguments].concat();
        succeeds(clavicle(home.path(), &fake.address, &all));
        let asked = clavicle(home.path(), &fake.address, &["outside", "-s", "acct.clav"]).output();
        let asked = asked.expect("it runs");
        (asked.status.code(), String::from_utf8_lossy(&asked.stdout).into_owned())
    };
    let (code, told) = outside(&[]);
    assert!(code == Some(1) && !told.contains("ec2:DescribeRegions"), "{told}");
    let (code, told) = outside(&["--regions", "xx-test-0"]);
    assert!(code == Some(3) && told.contains("ec2:DescribeRegions"), "{told}");
    // Those that were named are all there are.
    let (code, told) = outside(&["--regions", "xx-test-1,xx-test-0"]);
    assert!(code == Some(1) && !told.contains("ec2:DescribeRegions"), "{told}");
    // Who may not ask which there are does not know that.
    fake.deny("DescribeRegions");
    let (code, told) = outside(&["--regions", "xx-test-0,xx-test-1"]);
    assert!(code == Some(3) && told.contains("ec2:DescribeRegions"), "{told}");
}

#[test]
fn reports_that_are_refused_are_not_seen() {
    let fake = FakeAws::start(1, 1);
    fake.deny("GenerateServiceLastAccessedDetails");
    let home = tempfile::tempdir().expect("a folder");
    let told = succeeds(clavicle(home.path(), &fake.address, &["collect", "-o", "acct.clav"]));
    let told = String::from_utf8_lossy(&told.stderr);
    assert!(told.contains("last access ✕ AccessDenied: iam:GenerateServiceLastAccessedDetails"), "{told}");
    let snapshot = snapshot(&home.path().join("acct.clav"));
    assert!(snapshot.last_accessed.is_empty());
    let gaps: Vec<_> = snapshot.not_seen().map(|row| (&*row.call, row.things)).collect();
    assert_eq!(gaps, [("iam:GenerateServiceLastAccessedDetails", 4)]);
}
