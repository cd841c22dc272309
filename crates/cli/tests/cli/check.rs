//! `check`: what is reported, in which form, and how it ends.

use insta::assert_snapshot;
use serde_json::Value;

use crate::scene::{Scene, demo};

fn stdout(line: &str) -> String {
    let output = Scene::new().command(&format!("{line} -s demo")).output().expect("the program runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn exit(line: &str) -> Option<i32> {
    Scene::new().command(&format!("{line} -s demo")).output().expect("the program runs").status.code()
}

#[test]
fn a_policy_that_serves_four_tasks_is_found() {
    let report = demo("check --rule shared-policy --all");
    let first: String = report.lines().take(8).map(|line| format!("{line}\n")).collect();
    assert_snapshot!(first, @r#"
2 findings: 1 high and 1 low.
  ▲ high  shared-policy  shared-policy-8291f0c3579d
    staging:policy/shared-ops serves 4 unrelated tasks: deploy 2 · logs 1 · reports 1 · support 1.
    high: whatever their task, all 5 bearers get what the policy gives: control 14 functions
      policy/shared-ops:16  "LambdaDeploy"
      policy/shared-ops:4  "ReleaseUploads"
      policy/shared-ops:10  "ReadLogBuckets"
    fix: give deploy, logs, reports and support a policy each, with the statements that the task uses
"#);
    assert!(report.ends_with("next: clavicle explain shared-policy\n[exit 1]"), "{report}");
}

#[test]
fn the_exit_code_is_for_gates() {
    for (line, wanted) in [
        ("check --rule shared-policy", 1),
        ("check --rule shared-policy --fail-on critical", 0),
        ("check --rule shared-policy --exit-zero", 0),
        ("check --rule shared-policy -o sarif", 0),
        ("check --rule unattached-policy", 0),
        ("check --rule unattached-policy --fail-on low", 1),
        ("check --rule over-quota --fail-on low", 0),
        ("check --rule shared-polcy", 2),
        ("check --now soon", 2),
        ("check --fail-on awful", 2),
    ] {
        assert_eq!(exit(line), Some(wanted), "{line}");
    }
}

#[test]
fn an_unknown_rule_says_which_there_are() {
    let said = demo("check --rule shared-polcy");
    assert!(
        said.contains("`shared-polcy` is no rule") && said.contains("did you mean `shared-policy`?"),
        "{said}"
    );
    assert!(said.contains("unused-key"), "{said}");
}

#[test]
fn json_keeps_to_its_schema_and_lines_are_findings() {
    let schema =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/check.schema.json"));
    let schema = serde_json::from_str(&schema.expect("docs/check.schema.json")).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("a sound schema");
    let page: Value = serde_json::from_str(&stdout("check -o json")).expect("JSON");
    let faults: Vec<String> =
        validator.iter_errors(&page).map(|fault| format!("{fault} at {}", fault.instance_path)).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let lines = stdout("check -o jsonl");
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(all_of(&page), lines);
}

/// The findings, then those that somebody accepted.
fn all_of(page: &Value) -> Vec<Value> {
    let of = |key: &str| page[key].as_array().expect("a list").clone();
    [of("findings"), of("accepted")].concat()
}

#[test]
fn sarif_has_a_result_for_each_cause_with_its_id() {
    let log: Value = serde_json::from_str(&stdout("check -o sarif")).expect("JSON");
    let page: Value = serde_json::from_str(&stdout("check -o json")).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let findings = all_of(&page);
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(&findings) {
        assert_eq!(result["suppressions"].is_array(), !finding["accepted"].is_null());
        assert_eq!(result["partialFingerprints"]["clavicle/v1"], finding["id"]);
        assert_eq!(result["ruleId"], finding["rule"]);
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("small");
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][index]["id"], finding["rule"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert!(!place["artifactLocation"]["uri"].as_str().expect("text").contains(':'));
        assert!(place["region"]["startLine"].as_u64().is_some_and(|line| line >= 1));
    }
}

#[test]
fn tables_tests_and_comments_tell_the_same() {
    assert_snapshot!(stdout("check --rule unused-user -o csv"), @r#"
id,rule,severity,thing,arn,account,place,sid,finding,reason,fix,accepted_by,accepted_until,accepted_why
unused-user-b78611248660,unused-user,medium,staging:user/import-2021,arn:aws:iam::444455556666:user/service/import-2021,444455556666,staging:user/import-2021,,"staging:user/import-2021 has an access key that was last used on 2023-05-20, 1,190 days ago.",it is a lasting credential,"deactivate its keys and its password, then delete it",,,
"#);
    assert_snapshot!(stdout("check --rule unused-user -o md"), @r"
    ### clavicle: 1 finding: 1 medium.

    | | rule | what | what to do | id |
    |---|---|---|---|---|
    | ● medium | unused-user | staging:user/import-2021 has an access key that was last used on 2023-05-20, 1,190 days ago.<br>staging:user/import-2021 | deactivate its keys and its password, then delete it | `unused-user-b78611248660` |

    \~ not seen: codebuild:GetResourcePolicy in prod, staging, tools, 20 things (AWS Config does not record it)

    \~ not seen: secretsmanager:GetResourcePolicy in staging, 11 things (AWS Config does not record it)

    \~ not seen: secretsmanager:ListSecrets in prod, management, tools (AWS Config lists none, and does not say whether it records them)

    \~ not seen: dynamodb:ListTables in prod, management, staging, tools (AWS Config lists none, and does not say whether it records them)

    \~ not seen: kms:ListKeys in management (AWS Config lists none, and does not say whether it records them)

    \~ not seen: sqs:ListQueues in management (AWS Config lists none, and does not say whether it records them)

    \~ not seen: ecr:DescribeRepositories in management (AWS Config lists none, and does not say whether it records them)

    \~ not seen: ec2:DescribeInstances in management (AWS Config lists none, and does not say whether it records them)

    \~ not seen: ecs:ListTaskDefinitions in management, tools (AWS Config lists none, and does not say whether it records them)

    \~ not seen: codebuild:ListProjects in management (AWS Config lists none, and does not say whether it records them)

    \~ not seen: states:ListStateMachines in management, tools (AWS Config lists none, and does not say whether it records them)
    ");
    assert_snapshot!(stdout("check --rule unused-user --rule over-quota -o junit"), @r#"
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="clavicle check" tests="2" skipped="0" failures="1" errors="0">
    <testsuite name="unused-user" tests="1" skipped="0" errors="0" failures="1">
        <testcase name="unused-user-b78611248660" classname="staging:user/import-2021">
            <failure message="staging:user/import-2021 has an access key that was last used on 2023-05-20, 1,190 days ago." type="medium">staging:user/import-2021 has an access key that was last used on 2023-05-20, 1,190 days ago.
Why: it is a lasting credential
Fix: deactivate its keys and its password, then delete it</failure>
        </testcase>
    </testsuite>
    <testsuite name="over-quota" tests="1" skipped="0" errors="0" failures="0">
        <testcase name="nothing found"/>
    </testsuite>
</testsuites>
"#);
}

#[test]
fn ages_are_counted_to_the_day_that_is_stated() {
    assert!(stdout("check --rule unused-user --now 2023-06-20").starts_with("Nothing was found."));
    assert!(stdout("check --rule unused-user --now 2023-08-20").contains("92 days ago"));
}

#[test]
fn what_is_accepted_beside_the_files_is_told_apart() {
    let scene = Scene::new();
    scene.write(
        "gaad.json",
        r#"{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": [{"PolicyName": "=a\u001b[31m",
        "Arn": "arn:aws:iam::111122223333:policy/loose", "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1",
        "IsDefaultVersion": true, "Document": {"Version": "2012-10-17", "Statement": []}}]}]}"#,
    );
    let report = |settings: &str| {
        scene.write("clavicle.toml", settings);
        scene.run("check --rule unattached-policy --now 2026-01-01 -s gaad.json --fail-on low")
    };
    let accept = |until: &str| {
        format!(
            "[[accept]]\nrule = \"unattached-policy\"\nwho = \"dana\"\nwhy = \"tried next week\"\nuntil = \"{until}\"\n"
        )
    };
    let open = report("");
    assert!(open.starts_with("1 finding: 1 low.") && open.ends_with("[exit 1]"), "{open}");
    assert!(!open.contains('\u{1b}'), "{open}");
    let accepted = report(&accept("2026-01-01"));
    assert!(accepted.starts_with("Nothing was found; 1 accepted."), "{accepted}");
    assert!(accepted.contains("accepted by dana until 2026-01-01 (tried next week)"), "{accepted}");
    assert!(accepted.ends_with("[exit 0]"), "{accepted}");
    let ended = report(&accept("2025-12-31"));
    assert!(ended.contains("was accepted by dana until 2025-12-31, and is reported again"), "{ended}");
    assert!(ended.ends_with("[exit 1]"), "{ended}");
}

#[test]
fn a_rule_is_explained_in_the_words_of_its_page() {
    let said = Scene::new().run("explain unused-key");
    assert!(said.starts_with("unused-key: an access key has not been used for long\n"), "{said}");
    assert!(said.ends_with("next: clavicle check --rule unused-key\n[exit 0]"), "{said}");
}

/// "Nobody from outside reaches what matters", "the deployer can deploy": what has to hold is asked each time.
#[test]
fn what_has_to_hold_is_asked() {
    let scene = Scene::new();
    crate::gate::copied(&crate::gate::demo_folder(), &scene.here().join("files"));
    let ask =
        |question: &str, expect: &str| format!("[[ask]]\nquestion = \"{question}\"\nexpect = \"{expect}\"\n");
    let deploys = "can staging:role/deployer lambda:UpdateFunctionCode staging:lambda/nightly-report";
    for (asked, code, says) in [
        (ask("path outside matter", "no"), 1, "unexpected-answer"),
        (ask("path outside matter", "yes"), 1, "undecided-answer"),
        (ask(deploys, "yes"), 0, "Nothing was found."),
        (ask(deploys, "no"), 1, "unexpected-answer"),
        (ask("can role/nobody s3:GetObject s3://b", "no"), 1, "cannot be asked"),
    ] {
        let settings = format!("[[matter]]\nthing = \"s3://paperboat-invoices\"\n{asked}");
        scene.write("files/clavicle.toml", &settings);
        let line = "check --rule unexpected-answer --rule undecided-answer --fail-on medium -s files";
        let output = scene.command(line).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout);
        let warned = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{asked}\n{said}{warned}");
        assert!(said.contains(says), "{asked}\n{said}");
    }
}
