//! Everything that can go wrong: what is said, where, and with which exit code.

use insta::assert_snapshot;

use crate::scene::{Scene, cases, demo, filtered};

#[test]
fn no_verb_at_all() {
    filtered(|| {
        assert_snapshot!(first_lines(&Scene::new().run(""), 3), @r#"
[stderr]
Who can do what in this AWS account, and how
"#);
    });
}

#[test]
fn a_verb_that_does_not_exist() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("border"), @"
        [stderr]
        error: `border` is not a verb of clavicle
        help: the verbs are: who, what, can, outside, record, unused, check, path, export, open, demo, mcp, lsp, collect, import, usage, snapshots, explain, data, simulate, prove, diff, try, suggest, trim, minimize, init, completions
        [exit 2]
        ");
        assert_snapshot!(Scene::new().run("whom s3://b"), @"
        [stderr]
        error: `whom` is not a verb of clavicle
        help: did you mean `who`?
        help: the verbs are: who, what, can, outside, record, unused, check, path, export, open, demo, mcp, lsp, collect, import, usage, snapshots, explain, data, simulate, prove, diff, try, suggest, trim, minimize, init, completions
        [exit 2]
        ");
    });
}

#[test]
fn a_flag_that_does_not_exist() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("who s3://b --do read --speed 3"), @r#"
[stderr]
error: unexpected argument `--speed` found
help: usage: clavicle who --do <ACTION> <THING>...
[exit 2]
"#);
    });
}

#[test]
fn a_form_that_does_not_exist() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("who s3://b -o yaml"), @"
        [stderr]
        error: invalid value `yaml` for `--output <FORM>` [possible values: text, json, jsonl, csv, md, html, svg, dot]
        [exit 2]
        ");
    });
}

#[test]
fn too_few_and_too_many_words() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("who"), @r#"
[stderr]
error: this does not say which thing
help: for example `clavicle who s3://bucket --do read`, or `clavicle who can read s3://bucket`
[exit 2]
"#);
        assert_snapshot!(Scene::new().run("what"), @r#"
[stderr]
error: this does not say who, or which policy
help: for example `clavicle what role/web`, or `clavicle what policy/shared-ops`
[exit 2]
"#);
        assert_snapshot!(Scene::new().run("can role/x"), @r#"
[stderr]
error: this does not say which action
help: for example `clavicle can role/web s3:GetObject s3://bucket/key`
[exit 2]
"#);
        assert_snapshot!(Scene::new().run("can a b c d"), @r#"
[stderr]
error: unexpected argument `d` found
help: usage: clavicle can [OPTIONS] [WHO] [ACTION] [THING]
[exit 2]
"#);
        assert_snapshot!(Scene::new().run("who s3://a --on s3://b"), @r#"
[stderr]
error: `s3://a` is one word too many: the thing is named by `--on` already
[exit 2]
"#);
    });
}

#[test]
fn a_condition_that_says_nothing() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("who s3://b --when tuesday"), @r#"
[stderr]
error: `tuesday` states nothing of a condition key
help: write `mfa`, `no mfa` or `key=value`, such as `aws:SourceIp=10.0.0.1`
[exit 2]
"#);
    });
}

#[test]
fn no_snapshot() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("who s3://b --do read"), @r#"
[stderr]
error: there is no snapshot in [DATA]
help: try the demo organization: `clavicle demo`, or any question with `-s demo`
help: read your own account: `clavicle collect`, or `clavicle import` with files of the AWS CLI
[exit 4]
"#);
    });
}

#[test]
fn a_source_that_does_not_exist() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("who s3://b --do read -s nowhere.json"), @r#"
[stderr]
error: `nowhere.json` is no file, and no saved snapshot
help: `-s demo` is the demo organization; `clavicle import FILE…` saves a snapshot
[exit 4]
"#);
    });
}

#[test]
fn a_name_that_nothing_has() {
    filtered(|| {
        assert_snapshot!(demo("who s3://paperboat-invoice --do read"), @r#"
[stderr]
error: `s3://paperboat-invoice` is not a bucket in this snapshot
help: did you mean `s3://paperboat-invoices`?
[exit 2]
"#);
        assert_snapshot!(demo("what role/reporting-raed"), @r#"
[stderr]
error: `role/reporting-raed` is not a user, role, workload or policy in this snapshot
help: did you mean `prod:role/reporting-read`?
[exit 2]
"#);
    });
}

#[test]
fn a_name_that_several_have() {
    filtered(|| {
        assert_snapshot!(demo("what role/OrganizationAccountAccessRole"), @r#"
[stderr]
error: `role/OrganizationAccountAccessRole` can mean 2 things
help: did you mean one of these?
        prod:role/OrganizationAccountAccessRole
        tools:role/OrganizationAccountAccessRole
help: name one of them
[exit 2]
"#);
    });
}

#[test]
fn an_action_that_does_not_exist() {
    filtered(|| {
        assert_snapshot!(demo("who s3://paperboat-invoices --do s3:GetObjects"), @r#"
[stderr]
error: `s3:GetObjects` is not an action
help: did you mean `s3:GetObject`?
help: the list of actions is of 2026-09-26; what is newer is not known
[exit 2]
"#);
    });
}

#[test]
fn a_sentence_that_is_no_question() {
    filtered(|| {
        assert_snapshot!(demo("who may perhaps read it"), @r#"
[stderr]
error: `may perhaps read it` is not understood
help: did you mean one of these?
        who can read s3://paperboat-invoices
        who can read s3://paperboat-customers
        who can become prod:role/reporting-read
help: a question names one action or word, and one thing by its name, in quotes where that has spaces
[exit 2]
"#);
    });
}

#[test]
fn a_file_that_ends_in_the_middle() {
    filtered(|| {
        assert_snapshot!(case("truncated.json"), @r#"
[stderr]
error: the file ends in the middle of its text
 --> [CASES]/err/truncated.json:17:18
help: it is truncated: export it again
[exit 4]
"#);
    });
}

#[test]
fn a_file_that_is_no_json() {
    filtered(|| {
        assert_snapshot!(case("no-colon.json"), @r#"
[stderr]
error: `no-colon.json` is not sound JSON: expected `:`
 --> [CASES]/err/no-colon.json:3:12
help: was it edited or cut?
[exit 4]
"#);
    });
}

#[test]
fn a_file_of_another_kind() {
    filtered(|| {
        assert_snapshot!(case("plan.json"), @"
        [stderr]
        error: says nowhere which account it is for
         --> [CASES]/err/plan.json
        help: say it: `--planned-in 111122223333/eu-west-1`; or name the account's own files beside it
        [exit 4]
        ");
        assert_snapshot!(case("cloudtrail.json"), @r#"
[stderr]
error: `cloudtrail.json` is a CloudTrail log, not the facts of an account
 --> [CASES]/err/cloudtrail.json:1:1
help: what happened is not what is allowed; import `aws iam get-account-authorization-details` instead
[exit 4]
"#);
        assert_snapshot!(case("other-answer.json"), @"
        [stderr]
        error: `other-answer.json` holds nothing that belongs in a snapshot; its keys are `Buckets`, `Owner`
         --> [CASES]/err/other-answer.json:1:1
        help: expected the output of `aws iam get-account-authorization-details`, an AWS Config snapshot or query, answers of the Organizations API, a credential report, a plan of `terraform show -json`, a template of CloudFormation, or a folder of these
        [exit 4]
        ");
        assert_snapshot!(case("message.txt"), @r#"
        [stderr]
        error: `message.txt` starts with "AWS_PROFILE not ", which is no JSON object or list
         --> [CASES]/err/message.txt:1:1
        help: expected the output of `aws iam get-account-authorization-details`, an AWS Config snapshot or query, answers of the Organizations API, a credential report, a plan of `terraform show -json`, a template of CloudFormation, or a folder of these
        [exit 4]
        "#);
    });
}

#[test]
fn an_empty_file() {
    filtered(|| {
        assert_snapshot!(case("empty.json"), @r#"
[stderr]
error: `empty.json` is empty
 --> [CASES]/err/empty.json
help: did the command that wrote it fail?
[exit 4]
"#);
    });
}

#[test]
fn a_file_in_another_encoding() {
    filtered(|| {
        assert_snapshot!(case("latin-1.json"), @r#"
[stderr]
error: `latin-1.json` is not UTF-8 text
 --> [CASES]/err/latin-1.json:1:66
help: save it as UTF-8
[exit 4]
"#);
    });
}

#[test]
fn a_file_that_is_not_there() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("import nowhere.json"), @r#"
[stderr]
error: cannot read it: no such file or directory
 --> nowhere.json
[exit 4]
"#);
    });
}

#[test]
fn nothing_to_import() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("import"), @r#"
[stderr]
error: this does not say which file to read
help: make one with `aws iam get-account-authorization-details > gaad.json`, then `clavicle import gaad.json`
[exit 2]
"#);
    });
}

#[test]
fn a_question_of_a_damaged_file() {
    let file = cases().join("err/truncated.json");
    filtered(|| {
        assert_snapshot!(Scene::new().run(&format!("who s3://b --do read -s {}", file.display())), @r#"
[stderr]
error: the file ends in the middle of its text
 --> [CASES]/err/truncated.json:17:18
help: it is truncated: export it again
[exit 4]
"#);
    });
}

#[test]
fn damaged_parts_are_warned_of_and_the_rest_is_kept() {
    let scene = Scene::new();
    let file = cases().join("ok/damaged-parts.json");
    filtered(|| {
        assert_snapshot!(scene.run(&format!("import {} --out kept.clavicle", file.display())), @r#"
saved [ID]   1 account · 2 identities · 0 things · [SIZE]
  in kept.clavicle
  not seen: iam:GetAccountAuthorizationDetails in 111122223333, 2 things: trust or inline policies: its text could not be read
  not seen: iam:GetCredentialReport in 111122223333, 1 thing: no source carries it
  not seen: codebuild:ListProjects in 111122223333: no source carries it
  not seen: dynamodb:ListTables in 111122223333: no source carries it
  not seen: ec2:DescribeInstances in 111122223333: no source carries it
  not seen: 13 more kinds of facts (clavicle snapshots --coverage)
next: clavicle open -s kept.clavicle
[stderr]
warning: this user 0 of its list could not be read: missing field `Arn`; it is not seen
 --> [CASES]/ok/damaged-parts.json:3:43
warning: the document is not JSON (key must be a string); kept as not seen
 --> [CASES]/ok/damaged-parts.json:4:5 /UserPolicyList/0/PolicyDocument
warning: a policy document is a JSON object, or a string that holds one; kept as not seen
 --> [CASES]/ok/damaged-parts.json:7:5 /AssumeRolePolicyDocument
[exit 0]
"#);
    });
}

#[test]
fn faults_in_a_policy_are_shown_where_they_are() {
    let scene = Scene::new();
    scene.write("gaad.json", FAULTY);
    filtered(|| {
        assert_snapshot!(scene.run("import gaad.json --out kept.clavicle"), @r#"
saved [ID]   1 account · 1 identity · 0 things · [SIZE]
  in kept.clavicle
  not seen: iam:GetCredentialReport in 111122223333, 1 thing: no source carries it
  not seen: codebuild:ListProjects in 111122223333: no source carries it
  not seen: dynamodb:ListTables in 111122223333: no source carries it
  not seen: ec2:DescribeInstances in 111122223333: no source carries it
  not seen: ecr:DescribeRepositories in 111122223333: no source carries it
  not seen: 12 more kinds of facts (clavicle snapshots --coverage)
next: clavicle open -s kept.clavicle
[stderr]
warning: `allow` is not an effect
 --> gaad.json: arn:aws:iam::111122223333:user/dana inline policy p:4:16
4 |     {"Effect": "allow", "Action": "s3:GetObject", "Ressource": "*"}
  |                ^^^^^^^
help: write `Allow` or `Deny`; case counts
warning: `Ressource` is not an element of a statement
 --> gaad.json: arn:aws:iam::111122223333:user/dana inline policy p:4:51
4 |     {"Effect": "allow", "Action": "s3:GetObject", "Ressource": "*"}
  |                                                   ^^^^^^^^^^^
help: did you mean `Resource`?
[exit 0]
"#);
    });
}

#[test]
fn a_folder_that_cannot_be_written_to() {
    let scene = Scene::new().with("CLAVICLE_DATA", "/proc/no/such/folder");
    filtered(|| {
        assert_snapshot!(scene.run("import demo"), @r#"
[stderr]
error: cannot make the folder for snapshots: no such file or directory
 --> /proc/no/such/folder
help: set CLAVICLE_DATA to a folder that you may write to, or save with `--out FILE`
[exit 4]
"#);
        assert_snapshot!(scene.run("import demo --out /proc/snapshot"), @r#"
[stderr]
error: cannot save the snapshot: no such file or directory
 --> /proc/snapshot
help: is `/proc` a folder that you may write to?
[exit 4]
"#);
    });
}

#[test]
fn an_answer_that_cannot_be_written() {
    filtered(|| {
        assert_snapshot!(demo("who s3://paperboat-covers --do read --out /proc/answer"), @r#"
[stderr]
error: cannot write the file: no such file or directory
 --> /proc/answer
help: name a file in a folder that you may write to
[exit 4]
"#);
        assert_snapshot!(demo("who s3://paperboat-covers --do read --out ."), @r#"
[stderr]
error: cannot write the file: this is a folder
 --> .
[exit 4]
"#);
    });
}

#[test]
fn settings_that_cannot_be_read() {
    let scene = Scene::new();
    scene.write("clavicle.toml", "[[known]]\naccount = \"12\"\n");
    let file = cases().join("ok/details.json");
    filtered(|| {
        assert_snapshot!(scene.run(&format!("what user/dana -s {}", file.display())), @r#"
[stderr]
error: `12` is not an account
 --> [HERE]/clavicle.toml:1
help: an account id has twelve digits, in quotes; write `who` for a host or a provider
[exit 4]
"#);
    });
}

#[test]
fn a_port_that_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port();
    filtered(|| {
        assert_snapshot!(Scene::new().run(&format!("demo --no-open --port {port}")).replace(&port.to_string(), "[PORT]"), @r#"
[stderr]
error: cannot listen on 127.0.0.1, port [PORT]: address already in use
help: leave out `--port` to take any that is free
[exit 4]
"#);
    });
}

#[test]
fn nothing_was_asked_yet() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("open --last --no-open"), @r#"
[stderr]
error: no question was asked yet
help: ask one, for example `clavicle who s3://bucket --do read`, or leave out `--last`
[exit 2]
"#);
    });
}

#[test]
fn requests_that_cannot_be_read() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("simulate nowhere.jsonl"), @r#"
[stderr]
error: cannot read the requests: no such file or directory
 --> nowhere.jsonl
[exit 4]
"#);
        assert_snapshot!(Scene::new().run("simulate ."), @r#"
[stderr]
error: cannot read the requests: this is a folder
 --> .
[exit 4]
"#);
    });
}

/// Imports a case that has to fail.
fn case(name: &str) -> String {
    Scene::new().run(&format!("import {}", cases().join("err").join(name).display()))
}

fn first_lines(text: &str, count: usize) -> String {
    text.lines().take(count).collect::<Vec<_>>().join("\n")
}

/// An account with a policy that AWS would refuse.
const FAULTY: &str = r#"{"UserDetailList": [{
  "UserName": "dana", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/dana",
  "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
    {"Effect": "allow", "Action": "s3:GetObject", "Ressource": "*"}]}}]
}], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}"#;

/// What was typed goes into no form of an answer without names, and what may have been meant into no message.
#[test]
fn nothing_that_was_typed_is_told_without_names() {
    let question = "can staging:role/deployer s3:PutObject s3://paperboat-invoices/acme-merger/blackrock.pdf \
                    --when aws:SourceIp=203.0.113.77 --when aws:PrincipalTag/squad=blue-falcon";
    for form in ["text", "json", "jsonl", "csv", "md", "html"] {
        let told = demo(&format!("{question} --redact -o {form}")).replace('\\', "");
        assert!(told.contains("[exit 1]"), "{told}");
        for gone in ["acme", "merger", "blackrock", "203.0.113.77", "squad", "falcon", "deployer"] {
            assert!(!told.contains(gone), "{gone} in {form}: {told}");
        }
    }
    let drawn = demo("path outside s3://paperboat-invoices/acme-merger/blackrock.pdf --redact -o svg");
    assert!(drawn.contains("<svg ") && !drawn.contains("acme") && !drawn.contains("blackrock"), "{drawn}");
    filtered(|| {
        assert_snapshot!(demo("what staging:role/deployr --redact"), @"
        [stderr]
        error: `staging:role/deployr` is not a user, role, workload or policy in this snapshot
        help: without `--redact`, what may have been meant is listed
        [exit 2]
        ");
    });
}
