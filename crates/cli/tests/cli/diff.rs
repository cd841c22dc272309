//! Two texts of one policy.

use insta::assert_snapshot;

use crate::scene::{Scene, filtered};

fn scene(old: &str, new: &str) -> Scene {
    let scene = Scene::new();
    scene.write("old.json", old);
    scene.write("new.json", new);
    scene
}

const READ: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::invoices/*"}]}"#;

const WIDER: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::invoices/*",
   "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}]}"#;

const OTHER_TEXT: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:getobject", "Resource": ["arn:aws:s3:::invoices/*", "arn:aws:s3:::invoices/2026/*"]}]}"#;

/// A Deny of what nothing here allows still takes it from whom something else allows it.
const DENIES: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/*"},
  {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::covers/*"}]}"#;

#[test]
fn more_and_less() {
    filtered(|| {
        assert_snapshot!(scene(READ, WIDER).run("diff old.json new.json"), @r#"
    + allows more: s3:PutObject
        new.json:2 "Read"
        for example s3:PutObject on arn:aws:s3:::invoices/x with aws:SourceIp = "10.0.0.0"
        before: no Allow of old.json matches it
    − allows less: s3:GetObject
        old.json:2 "Read"
        for example s3:GetObject on arn:aws:s3:::invoices/x
        now: no Allow of new.json matches it
    [exit 1]
    "#);
    });
}

#[test]
fn the_same_access_in_other_text() {
    filtered(|| {
        assert_snapshot!(scene(READ, OTHER_TEXT).run("diff old.json new.json"), @"
        the same access, other text (proved)
        [exit 0]
        ");
    });
}

#[test]
fn a_deny_of_what_others_allow_is_no_other_text() {
    filtered(|| {
        assert_snapshot!(scene(READ, DENIES).run("diff old.json new.json"), @"
        − denies more: s3:GetObject
            new.json:3
            for example s3:GetObject on arn:aws:s3:::covers/x
            before: no Deny of old.json matches it, so what else allows it holds
        [exit 0]
        ");
        assert_snapshot!(scene(DENIES, READ).run("diff old.json new.json"), @"
        + denies less: s3:GetObject
            old.json:3
            for example s3:GetObject on arn:aws:s3:::covers/x
            now: no Deny of new.json matches it, so what else allows it holds
        [exit 1]
        ");
    });
}

#[test]
fn a_policy_and_itself() {
    filtered(|| {
        assert_snapshot!(scene(READ, READ).run("diff old.json new.json"), @"
    the same policy
    [exit 0]
    ");
    });
}

#[test]
fn a_narrower_one_is_no_alarm() {
    let (old, new) = (WIDER.replace("10.0.0.0/8", "10.0.0.0/7"), WIDER.to_owned());
    filtered(|| {
        assert_snapshot!(scene(&old, &new).run("diff old.json new.json"), @r#"
    − allows less: s3:GetObject, s3:PutObject
        old.json:2 "Read"
        for example s3:GetObject on arn:aws:s3:::invoices/x with aws:SourceIp = "11.0.0.0"
        now: no Allow of new.json matches it
    [exit 0]
    "#);
    });
}

#[test]
fn a_deny_that_goes() {
    let bucket = |deny: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [
  {{"Effect": "Allow", "Principal": {{"AWS": "111122223333"}}, "Action": "s3:*", "Resource": "*"}}{deny}]}}"#
        )
    };
    let deny = r#",
  {"Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
   "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#;
    filtered(|| {
        assert_snapshot!(scene(&bucket(deny), &bucket("")).run("diff old.json new.json"), @r#"
        + allows more: s3:*, and others not in the catalogue
            new.json:2
            for example s3:AbortMultipartUpload on arn:aws:s3:::example/example by arn:aws:iam::111122223333:user/someone with aws:SecureTransport = "false"
            before: denied by old.json:3 "TlsOnly"
        + denies less: s3:*, and others not in the catalogue
            old.json:3 "TlsOnly"
            for example s3:AbortMultipartUpload on arn:aws:s3:::example/example by anonymous with aws:SecureTransport = "false"
            now: no Deny of new.json matches it, so what else allows it holds
        [exit 1]
        "#);
    });
}

#[test]
fn for_programs() {
    filtered(|| {
        assert_snapshot!(scene(READ, WIDER).run("diff old.json new.json -o json"), @r#"
        {
          "schema": "clavicle.diff/1",
          "verdict": "changes",
          "old": "old.json",
          "new": "new.json",
          "more": {
            "access": [
              {
                "statement": 0,
                "sid": "Read",
                "line": 2,
                "actions": [
                  "s3:PutObject"
                ],
                "uncatalogued": false,
                "example": {
                  "principal": null,
                  "action": "s3:PutObject",
                  "resource": "arn:aws:s3:::invoices/x",
                  "context": {
                    "aws:SourceIp": "10.0.0.0"
                  }
                },
                "because": "no Allow of old.json matches it"
              }
            ],
            "unknown": []
          },
          "denies_less": {
            "access": [],
            "unknown": []
          },
          "less": {
            "access": [
              {
                "statement": 0,
                "sid": "Read",
                "line": 2,
                "actions": [
                  "s3:GetObject"
                ],
                "uncatalogued": false,
                "example": {
                  "principal": null,
                  "action": "s3:GetObject",
                  "resource": "arn:aws:s3:::invoices/x",
                  "context": {}
                },
                "because": "no Allow of new.json matches it"
              }
            ],
            "unknown": []
          },
          "denies_more": {
            "access": [],
            "unknown": []
          },
          "facts": "2026-09-26"
        }
        [exit 1]
        "#);
    });
}

#[test]
fn a_statement_that_cannot_be_read_is_unknown() {
    let faulty = READ.replace(r#""Allow""#, r#""Perhaps""#);
    filtered(|| {
        assert_snapshot!(scene(READ, &faulty).run("diff old.json new.json"), @r#"
        ? allows more: unknown: new.json:2 "Read" could not be read, and decides
        ? allows less: unknown: new.json:2 "Read" could not be read, and decides
        ? denies more: unknown: new.json:2 "Read" could not be read, and decides
        [stderr]
        warning: `Perhaps` is not an effect
         --> new.json:2:29
        2 |   {"Sid": "Read", "Effect": "Perhaps", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::invoices/*"}]}
          |                             ^^^^^^^^^
        help: write `Allow` or `Deny`; case counts
        [exit 3]
        "#);
    });
}

/// AWS refuses a policy with an operator that it does not have: nobody knows what it would come to.
#[test]
fn nothing_is_proved_over_an_operator_that_aws_does_not_have() {
    let under = |operator: &str, value: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {{"{operator}": {{"aws:PrincipalTag/x": "{value}"}}}}}}}}"#
        )
    };
    let said = scene(&under("StringIs", "a"), &under("StringIs", "b")).run("diff old.json new.json");
    assert!(said.contains("? allows more: unknown: new.json:1 could not be read, and decides"), "{said}");
    assert!(!said.contains("proved") && said.contains("[exit 3]"), "{said}");
}

#[test]
fn a_file_that_is_no_policy() {
    filtered(|| {
        assert_snapshot!(scene(READ, "[1, 2]").run("diff old.json new.json"), @"
    [stderr]
    error: cannot read the policy: a policy is a JSON object, not a list
     --> new.json:1:1
    [exit 4]
    ");
    });
}

/// A file that cannot be understood is no answer of any verb: it ends with 4.
#[test]
fn a_file_that_cannot_be_understood_ends_every_verb_alike() {
    let scene = Scene::new();
    scene.write("ok.json", READ);
    scene.write("cut.json", READ.split_once("\"Resource\"").expect("a policy").0);
    scene.write("empty.json", "");
    scene.write("words.json", "nothing to see");
    scene.write("none.json", r#"{"Version": "2012-10-17"}"#);
    scene.write("seven.json", r#"{"Version": "2012-10-17", "Statement": 7}"#);
    // A finding, and not a file that cannot be read: it is JSON, or can be read over.
    scene.write("comma.json", &READ.replace(r#""Effect""#, r#", "Effect""#));
    let verbs = |file: &str| {
        [
            format!("prove not-public {file}"),
            format!("prove equal ok.json {file}"),
            format!("prove no-new-access {file} ok.json"),
            format!("prove findings {file}"),
            format!("minimize {file}"),
        ]
    };
    for (file, is_json) in [
        ("cut.json", false),
        ("empty.json", false),
        ("words.json", false),
        ("none.json", true),
        ("seven.json", true),
    ] {
        for line in verbs(file) {
            let said = scene.run(&line);
            assert!(said.ends_with("[exit 4]"), "{line}: {said}");
        }
        let said = scene.run(&format!("check {file}"));
        assert!(said.ends_with(if is_json { "[exit 1]" } else { "[exit 4]" }), "{file}: {said}");
        assert!(said.contains("error["), "{file}: what is wrong is told: {said}");
        // What is no policy may be a file of an account, which is not compared with one.
        if file != "none.json" {
            for line in [format!("diff ok.json {file}"), format!("diff {file} ok.json")] {
                let said = scene.run(&line);
                assert!(said.ends_with("[exit 4]"), "{line}: {said}");
            }
        }
    }
    assert!(scene.run("check cut.json --exit-zero").ends_with("[exit 0]"));
    assert!(scene.run("check comma.json").ends_with("[exit 1]"));
    assert!(scene.run("diff ok.json comma.json").ends_with("[exit 0]"));
}

#[test]
fn a_file_that_is_not_there() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("diff old.json new.json"), @"
        [stderr]
        error: `old.json` is no file, and no saved snapshot
        help: `-s demo` is the demo organization; `clavicle import FILE…` saves a snapshot
        [exit 4]
        ");
    });
}

/// GitHub reads what a job prints for commands, each of which begins a line ("Workflow commands for GitHub Actions"), and reports in
/// SARIF for links: no name of a policy makes either.
#[test]
fn no_name_in_a_report_is_a_command_or_a_link() {
    let policy = |actions: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": [{actions}], "Resource": "arn:aws:s3:::b\n::set-output name=x::[y](https://example.com)\u202e|`/*"}}}}"#
        )
    };
    let scene = scene(&policy(r#""s3:GetObject""#), &policy(r#""s3:GetObject", "s3:PutObject""#));
    for (form, commands) in [("text", 0), ("md", 0), ("sarif", 0), ("junit", 0), ("github", 1), ("json", 0)] {
        let shown = scene.run(&format!("diff old.json new.json -o {form}"));
        let found = shown.lines().filter(|line| line.starts_with("::")).count();
        assert_eq!(found, commands, "{form}: {shown}");
        assert!(!shown.contains('\u{202e}') || form == "json", "{form}: {shown}");
        assert!(!(form == "sarif" && shown.contains("[y](")), "{shown}");
    }
}
