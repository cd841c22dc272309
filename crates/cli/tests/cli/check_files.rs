//! `check FILE…`: what is reported of policy files, in which form, what is fixed, and how it ends.

use insta::assert_snapshot;
use serde_json::Value;

use crate::scene::Scene;

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": ["s3:GetObjects", "s3:putobject"],
      "Resource": "arn:aws:s3:::b/*"
    },
    {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/a/*"}
  ]
}
"#;

fn scene() -> Scene {
    let scene = Scene::new();
    scene.write("ci.json", POLICY);
    scene
}

#[test]
fn each_finding_points_at_its_place() {
    assert_snapshot!(scene().run("check ci.json"), @r#"
error[unknown-action]: `s3:GetObjects` is not an action of `s3`
 --> ci.json:7:18
  |
7 |       "Action": ["s3:GetObjects", "s3:putobject"],
  |                  ^^^^^^^^^^^^^^^
  |
  = help: did you mean `s3:GetObject`?

suggestion[action-spelling]: AWS writes `s3:putobject` as `s3:PutObject`
 --> ci.json:7:35
  |
7 |       "Action": ["s3:GetObjects", "s3:putobject"],
  |                                   ^^^^^^^^^^^^^^
  |
  = help: Write it as AWS does; `clavicle check --fix` does that

suggestion[covered-statement]: statement 1 covers this one
  --> ci.json:10:5
   |
10 |     {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/a/*"}
   |     ^
   |
   = help: take it out

3 findings in 1 policy: 1 error and 2 suggestions.
  = ci.json was taken for identity: it names no principals. --type says otherwise.
next: clavicle explain unknown-action
[exit 1]
"#);
}

/// AWS: CloudFormation User Guide, "Prevent updates to stack resources", the first example
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html>).
#[test]
fn what_updates_of_a_stack_may_change_is_no_policy_of_iam() {
    let scene = Scene::new();
    let stack = r#"{"Statement": [
  {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
  {"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "LogicalResourceId/ProductionDatabase"}
]}"#;
    scene.write("stack.json", stack);
    scene.write(
        "main.tf",
        "resource \"aws_cloudformation_stack\" \"db\" {\n  name = \"db\"\n  policy_body = jsonencode({ Statement = \
         [{ Effect = \"Allow\", Action = [\"Update:Modify\"], Principal = \"*\", Resource = \"*\" }] })\n}\n",
    );
    assert_snapshot!(scene.run("check stack.json main.tf"), @"
    Nothing was found in 0 policies.
      = stack.json: 1 stack policy of AWS CloudFormation, on line 1, which gives nobody access: it is not looked at.
      = main.tf: 1 stack policy of AWS CloudFormation, on line 3, which gives nobody access: it is not looked at.
    [exit 0]
    ");
}

#[test]
fn several_files_a_folder_and_stdin_are_read() {
    let scene = scene();
    std::fs::create_dir(scene.here().join("more")).expect("a folder");
    scene.write("more/b.json", POLICY);
    scene.write("more/notes.json", "{}");
    let page = |line: &str| -> Value {
        serde_json::from_slice(&scene.command(line).output().expect("it runs").stdout).expect("JSON")
    };
    let found = page("check ci.json more --rule unknown-action -o json");
    let files: Vec<&str> =
        found["documents"].as_array().expect("a list").iter().filter_map(|it| it["file"].as_str()).collect();
    assert_eq!(files, ["ci.json", "more/b.json"]);
    assert_eq!(found["schema"], "clavicle.lint/1");
    assert_eq!(found["findings"][0]["place"]["route"], "Statement[0].Action[0]");
    let said = scene.run_with("check - --rule unknown-action -o csv", POLICY.as_bytes());
    assert!(said.contains("<stdin>:7:18") && said.ends_with("[exit 1]"), "{said}");
}

#[test]
fn reports_of_other_tools_have_the_place_and_the_rule() {
    let scene = scene();
    let stdout =
        |line: &str| String::from_utf8(scene.command(line).output().expect("it runs").stdout).expect("UTF-8");
    let log: Value = serde_json::from_str(&stdout("check ci.json -o sarif")).expect("JSON");
    let result = &log["runs"][0]["results"][0];
    assert_eq!(
        (&result["ruleId"], &result["level"]),
        (&Value::from("unknown-action"), &Value::from("error"))
    );
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["startColumn"]), (&Value::from(7), &Value::from(18)));
    let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("small");
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][index]["id"], "unknown-action");
    assert!(stdout("check ci.json -o md").contains("error | unknown-action"));
    assert!(stdout("check ci.json -o junit").contains("classname=\"ci.json:7:18\""));
    assert!(stdout("check ci.json -o jsonl").lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
}

#[test]
fn the_exit_code_is_for_gates() {
    let scene = scene();
    let exit = |line: &str| scene.command(line).output().expect("it runs").status.code();
    for (line, wanted) in [
        ("check ci.json", 1),
        ("check ci.json --exit-zero", 0),
        ("check ci.json -o sarif", 0),
        ("check ci.json --rule action-spelling", 0),
        ("check ci.json --rule action-spelling --fail-on low", 1),
        ("check ci.json --rule shared-policy", 2),
        ("check ci.json -s demo", 2),
        ("check ci.json --type nothing", 2),
        ("check --fix -s demo", 2),
        ("check --type scp -s demo", 2),
        ("check missing.json", 4),
        ("check - --fix", 2),
    ] {
        assert_eq!(exit(line), Some(wanted), "{line}");
    }
}

#[test]
fn fixes_are_made_where_the_access_stays() {
    let scene = scene();
    assert_snapshot!(scene.run("check ci.json --fix --rule action-spelling --rule covered-statement"), @r#"
Nothing was found in 1 policy.
  = ci.json was taken for identity: it names no principals. --type says otherwise.
[stderr]
fixed: ci.json: action-spelling: AWS writes `s3:putobject` as `s3:PutObject` (Statement[0].Action[1])
fixed: ci.json: covered-statement: statement 1 covers this one (Statement[1])
[exit 0]
"#);
    let fixed = std::fs::read_to_string(scene.here().join("ci.json")).expect("the file");
    let without = POLICY.replace("s3:putobject", "s3:PutObject").replace(
        ",\n    {\"Effect\": \"Allow\", \"Action\": \"s3:PutObject\", \"Resource\": \"arn:aws:s3:::b/a/*\"}",
        "",
    );
    assert_eq!(fixed, without);
}

#[test]
fn what_was_accepted_is_told_apart() {
    let scene = scene();
    scene.write(
        "clavicle.toml",
        "[[accept]]\nrule = \"unknown-action\"\nthing = \"ci.json\"\nwho = \"dana\"\nwhy = \"AWS will have it\"\nuntil = \"2027-01-01\"\n",
    );
    let said = scene.run("check ci.json --now 2026-10-01 --rule unknown-action");
    assert!(said.contains("✓ accepted by dana until 2027-01-01") && said.ends_with("[exit 0]"), "{said}");
    let later = scene.run("check ci.json --now 2027-10-01 --rule unknown-action");
    assert!(later.contains("is reported again") && later.ends_with("[exit 1]"), "{later}");
}

#[test]
fn nothing_of_a_file_acts_on_the_terminal() {
    let text = "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:\u{1b}[31m\u{202e}x\", \"Resource\": \"*\"}}";
    let said = Scene::new().run_with("check -", text.as_bytes());
    assert!(!said.contains('\u{1b}') && !said.contains('\u{202e}'), "{said:?}");
}

#[test]
fn a_rule_for_files_is_explained() {
    let said = Scene::new().run("explain unknown-action");
    assert!(said.contains("reports") && said.contains("clavicle check FILE --rule unknown-action"), "{said}");
}
