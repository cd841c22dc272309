//! What names of AWS mean. What they cover changes with the catalogue, so only a few stable ones are shown whole.

use insta::assert_snapshot;

use crate::scene::{Scene, filtered};

#[test]
fn an_action() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain iam:PassRole"), @r#"
iam:PassRole
  level         write
  word          none: it counts as none of list, read, write, delete, run, control and become
  on
    iam:role   required   arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}
  keys
    aws:ResourceTag/${TagKey}   string
    iam:AssociatedResourceArn   arn
    iam:PassedToService         string
    iam:ResourceTag/${TagKey}   string
  no call       there is no operation of this name: other calls ask for the permission
next: clavicle who THING --do iam:PassRole
[exit 0]
"#);
    });
}

#[test]
fn a_pattern() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain kms:*Grant"), @r#"
kms:*Grant covers 3 actions
  write, permissions  3
                kms:CreateGrant, kms:RetireGrant, kms:RevokeGrant
[exit 0]
"#);
    });
}

#[test]
fn a_word_on_a_kind_of_thing() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain read s3:bucket"), @r#"
read: get what is in it
  s3:bucket
                s3:GetObject (on /*), s3:GetObjectVersion (on /*)
[exit 0]
"#);
    });
}

#[test]
fn a_kind_of_thing() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain dynamodb:stream"), @r#"
dynamodb:stream is a kind of thing
  arn           arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}/stream/${StreamLabel}
  keys
    aws:ResourceTag/${TagKey}   string
  read          dynamodb:GetRecords, dynamodb:GetShardIterator
  write         dynamodb:TagResource, dynamodb:UntagResource
  control       dynamodb:DeleteResourcePolicy, dynamodb:PutResourcePolicy
[exit 0]
"#);
    });
}

/// What can be done to a thing: an instance is one of EC2 first, though others list it too.
#[test]
fn an_arn() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain arn:aws:sts::111122223333:federated-user/fred"), @r#"
sts:federated-user takes 1 action
  arn           arn:${Partition}:sts::${Account}:federated-user/${FederatedUserName}
  write  1
                sts:GetFederationToken
next: clavicle explain sts:federated-user
[exit 0]
"#);
        assert_snapshot!(Scene::new().run("explain arn:aws:nothing:eu-west-1:111122223333:thing/x"), @r#"
[stderr]
error: `arn:aws:nothing:eu-west-1:111122223333:thing/x` is of no resource type that is known here
help: what AWS has added since [DATE] is not known; for example `clavicle explain arn:aws:s3:::bucket`
[exit 2]
"#);
    });
    let told = Scene::new().run("explain arn:aws:ec2:eu-west-1:111122223333:instance/i-0*");
    let kinds: Vec<&str> = told.lines().filter(|line| line.contains(" takes ")).collect();
    assert!(kinds.len() > 1 && kinds.iter().all(|kind| kind.contains(":instance takes ")), "{kinds:?}");
    assert!(kinds[0].starts_with("ec2:instance takes "), "{kinds:?}");
    assert!(told.contains("ec2:TerminateInstances") && !told.contains("ec2:DescribeInstances,"), "{told}");
    let told = Scene::new().run("explain arn:aws:s3:::ledger/2026.csv");
    assert!(told.contains("s3:GetObject,") && !told.contains("s3:ListBucket,"), "{told}");
}

#[test]
fn a_global_key() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain aws:sourceip"), @r#"
aws:SourceIp is a condition key
  values        addresses, or ranges of addresses
  how many      one in a request
  about         the network
  carried       not through a VPC endpoint; forwarded service calls keep it
  actions       all: it is a global key
[exit 0]
"#);
    });
}

#[test]
fn a_service() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain account"), @r#"
account is a service
  actions       20
  list  1
                ListRegions
  read  7
                GetAccountInformation, GetAlternateContact, GetContactInformation,
                GetGovCloudAccountInformation, GetPrimaryEmail, GetPrimaryEmailUpdateStatus,
                GetRegionOptStatus
  write  9
                AcceptPrimaryEmailUpdate, CloseAccount, DeleteAlternateContact, DisableRegion,
                EnableRegion, PutAccountName, PutAlternateContact, PutContactInformation,
                StartPrimaryEmailUpdate
  level not known  3
                reopenaccount, SendPhoneNumberVerification, VerifyPhoneNumber
  things        account, accountInOrganization
  keys
    account:AccountResourceOrgPaths            string, several
    account:AccountResourceOrgTags/${TagKey}   string
    account:AlternateContactTypes              string, several
    account:EmailTargetDomain                  string
    account:TargetRegion                       string
  rcp           resource control policies do not reach it
next: clavicle explain read account
[exit 0]
"#);
    });
}

#[test]
fn what_is_not_known() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain s3:GetObjects"), @"
        [stderr]
        error: `s3:GetObjects` is no action, word, resource type, condition key, service or rule that is known here
        help: did you mean `s3:GetObject`?
        help: what AWS has added since [DATE] is not known
        [exit 2]
        ");
        assert_snapshot!(Scene::new().run("explain paperboat"), @r#"
[stderr]
error: `paperboat` is no action, word, resource type, condition key, service or rule that is known here
help: what AWS has added since [DATE] is not known; for example `clavicle explain s3:GetObject`, `clavicle explain read`, `clavicle explain aws:SourceIp`
[exit 2]
"#);
        assert_snapshot!(Scene::new().run("explain read paperboat"), @r#"
[stderr]
error: `paperboat` is no service and no resource type that is known here
help: for example `clavicle explain read s3`, or `clavicle explain read s3:bucket`
[exit 2]
"#);
        assert_snapshot!(Scene::new().run("explain s3:* s3"), @r#"
[stderr]
error: `s3` narrows a word of access, and `s3:*` is none
help: the words are: list, read, write, delete, run, control, become
[exit 2]
"#);
        assert_snapshot!(Scene::new().run("explain nope:*"), @r#"
[stderr]
error: `nope:*` covers no action that is known here
help: what AWS has added since [DATE] is not known
[exit 2]
"#);
    });
}

fn json(what: &str) -> serde_json::Value {
    let output = Scene::new().command(&format!("explain {what} -o json")).output().expect("the program runs");
    assert!(output.status.success(), "{what}: {output:?}");
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

/// Everything that `docs/explained-format.md` shows of an object is in the object, under the same names.
#[test]
fn json_has_the_fields_that_are_documented() {
    let page = include_str!("../../../../docs/explained-format.md");
    for what in [
        "s3:GetObject",
        "kms:*Grant",
        "s3",
        "read",
        "s3:bucket",
        "aws:SourceIp",
        "arn:aws:s3:::ledger/2026.csv",
    ] {
        let told = json(what);
        assert_eq!(told["schema"], "clavicle.explained/1");
        let is = told["is"].as_str().expect("it says what it is");
        let shown =
            page.split("\n\n").find(|part| part.contains(&format!("{{ \"is\": \"{is}\", "))).expect(is);
        let fields: Vec<&String> = told.as_object().expect("an object").keys().collect();
        for field in fields.iter().filter(|field| !["schema", "catalog"].contains(&field.as_str())) {
            assert!(shown.contains(&format!("\"{field}\":")), "{field} of {is} is not documented");
        }
    }
}

#[test]
fn json_tells_what_text_tells() {
    let action = json("lambda:CreateFunction");
    let needed = action["dependent_actions"].as_array().expect("it is known");
    assert!(needed.contains(&"iam:PassRole".into()));
    assert_eq!(action["hands_over_role"]["known"], "documented");
    let object = json("s3:GetObject");
    let whole = serde_json::json!({"word": "read", "resource_type": "s3:bucket", "asked_on": "/*"});
    assert!(object["covered_by"].as_array().expect("a list").contains(&whole));
    let late = json("account:reopenaccount");
    assert!(late["levels"].is_null() && late["keys"].is_null() && late["dependent_actions"].is_null());
    let all = json("s3:*");
    let counts = all["levels"].as_array().expect("a list").iter().map(|level| level["count"].as_u64());
    assert_eq!(counts.sum::<Option<u64>>(), all["count"].as_u64());
    let tags = json("aws:TagKeys");
    assert_eq!((&tags["multivalued"], &tags["every_action"]), (&true.into(), &false.into()));
}

#[test]
fn what_was_nearly_named_is_told() {
    for (typed, meant) in
        [("lamda", "lambda"), ("s3:bukcet", "s3:bucket"), ("aws:SourceIpp", "aws:SourceIp"), ("raed", "read")]
    {
        let told = Scene::new().run(&format!("explain {typed}"));
        assert!(
            told.contains("did you mean") && told.contains(meant) && told.ends_with("[exit 2]"),
            "{told}"
        );
    }
    assert!(Scene::new().run("explain lamda:*").contains("did you mean `lambda:*`?"));
}

#[test]
fn every_word_is_explained() {
    for word in ["list", "read", "write", "delete", "run", "control", "become"] {
        let told = Scene::new().run(&format!("explain {word}"));
        assert!(told.ends_with("[exit 0]") && told.lines().count() > 5, "{told}");
    }
}

#[test]
fn a_policy_is_told_statement_by_statement_and_what_is_open_is_said() {
    let scene = Scene::new();
    let file = "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    sid       = \"Read\"\n    actions   = [\"s3:GetObject\", \"s3:PutObject\"]\n    resources = [\"${aws_s3_bucket.b.arn}/*\"]\n    dynamic \"condition\" {\n      for_each = var.more\n    }\n  }\n  dynamic \"statement\" {\n    for_each = var.more\n  }\n}\n";
    scene.write("main.tf", file);
    let told = scene.run("explain main.tf");
    for part in [
        "statement 1 \"Read\", line 2",
        "s3:GetObject, s3:PutObject",
        "2 actions",
        "${aws_s3_bucket.b.arn}/*",
        "more conditions than these",
        "it is what this comes to: dynamic",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let file = "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({\n    Statement = [{ Effect = \"Allow\", Action = \"s3:GetObject\", Resource = \"*\", Condition = { StringEquals = var.tags } }]\n  })\n}\n";
    scene.write("keys.tf", file);
    let told = scene.run("explain keys.tf");
    assert!(told.contains("StringEquals holds of what this comes to: var.tags"), "{told}");
    assert!(!told.contains("unknown0"), "{told}");
    let statement = r#"{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#;
    let output = scene.command("explain").arg(statement).output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("everything but iam:*"), "{told}");
    assert!(told.contains("aws:SecureTransport Bool false"), "{told}");
}

/// What text tells of a policy, programs are told too.
#[test]
fn a_policy_is_told_to_programs() {
    let scene = Scene::new();
    scene.write(
        "key.json",
        r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
  {"Effect": "Deny", "NotPrincipal": {"Service": "s3.amazonaws.com"}, "NotAction": ["kms:Get*"], "Resource": "*",
   "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5", "o-b1b2c3d4e5"]}}},
  {"Effect": "Perhaps", "Action": "kms:Decrypt"}]}"#,
    );
    scene.write(
        "main.tf",
        "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    actions   = [\"s3:GetObject\", var.more]\n    resources = [\"*\"]\n  }\n  dynamic \"statement\" {\n    for_each = var.more\n  }\n}\n",
    );
    scene.write("empty.yaml", "a: 1\n");
    let page = |line: &str, ends: &str| -> serde_json::Value {
        let told = scene.run(line);
        let json = serde_json::from_str(told.trim_end_matches(ends)).expect(&told);
        crate::schemas::keeps("explained", &json);
        assert!(told.ends_with(ends), "{told}");
        json
    };
    let key = page("explain key.json -o json", "[exit 0]");
    assert_eq!((&key["is"], &key["file"]), (&"policies".into(), &"key.json".into()));
    let policy = &key["policies"][0];
    assert_eq!(policy["kind"], "resource");
    let [root, others, faulty] = policy["statements"].as_array().expect("a list").as_slice() else {
        panic!("three: {policy}");
    };
    assert_eq!((&root["sid"], &root["line"], &root["effect"]), (&"Root".into(), &2.into(), &"allow".into()));
    assert_eq!(root["principals"]["names"][0], "AWS arn:aws:iam::111122223333:root");
    assert!(root["levels"][0]["count"].as_u64() > Some(0), "{root}");
    assert_eq!(others["principals"]["all_but"], true);
    assert_eq!((&others["actions"]["all_but"], &others["levels"]), (&true.into(), &serde_json::Value::Null));
    assert_eq!(others["conditions"][0]["values"].as_array().map(Vec::len), Some(2));
    assert_eq!((&faulty["is_whole"], &faulty["effect"]), (&false.into(), &serde_json::Value::Null));
    let tf = page("explain main.tf -o json", "[exit 0]");
    let statements = &tf["policies"][0]["statements"];
    assert_eq!(statements[0]["actions"]["names"][1], "var.more");
    assert_eq!(statements[0]["levels"][0]["count"], 1, "what is known: {statements}");
    assert!(statements[1]["comes_of"].as_str().is_some_and(|text| text.starts_with("dynamic")), "{tf}");
    let none = page("explain ./empty.yaml -o json", "[exit 4]");
    assert_eq!(none["policies"], serde_json::json!([]));
}

const REFUSED: &str = "An error occurred (AccessDenied) when calling the PutObject operation: User: arn:aws:sts::444455556666:assumed-role/deployer/ci is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::paperboat-invoices/2026/07.csv\" with an explicit deny in a service control policy\n";

/// The message is of IAM User Guide, "Troubleshoot access denied error messages"
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>).
#[test]
fn what_aws_said_when_it_refused_a_call() {
    filtered(|| {
        assert_snapshot!(Scene::new().run_with("explain -", REFUSED.as_bytes()), @r#"
AWS refused s3:PutObject: a Deny in a service control policy stops it.
  who           arn:aws:sts::444455556666:assumed-role/deployer/ci
  on            arn:aws:s3:::paperboat-invoices/2026/07.csv
  what to do    look for the Deny that matches the action, the thing and what the request carried; no Allow elsewhere will help
  but           AWS names one kind of policy; others may refuse it as well
next: clavicle can arn:aws:sts::444455556666:assumed-role/deployer/ci s3:PutObject arn:aws:s3:::paperboat-invoices/2026/07.csv
[exit 0]
"#);
    });
    let told = Scene::new().run_with("explain - -s demo", REFUSED.as_bytes());
    assert!(told.contains("scp ✕") && told.ends_with("[exit 1]"), "{told}");
    let told = Scene::new().run_with("explain - -o json", REFUSED.as_bytes());
    let json: serde_json::Value = serde_json::from_str(told.trim_end_matches("[exit 0]")).expect(&told);
    assert_eq!((&json["layer"], &json["explicit"]), (&"scp".into(), &true.into()), "{told}");
    assert!(json["answer"].is_null(), "{told}");
    crate::schemas::keeps("explained", &json);
    // With accounts, programs are told every layer too.
    let told = Scene::new().run_with("explain - -s demo -o json", REFUSED.as_bytes());
    let json: serde_json::Value = serde_json::from_str(told.trim_end_matches("[exit 1]")).expect(&told);
    let layer = |name: &str| {
        let pins = json["answer"]["pins"].as_array().expect("layers");
        pins.iter().find(|pin| pin["layer"] == name).expect(name)
    };
    assert_eq!((&json["layer"], &json["answer"]["verdict"]), (&"scp".into(), &"no".into()), "{told}");
    assert_eq!(layer("scp")["state"], "stops", "{told}");
    assert_eq!(layer("scp")["citations"][0]["sid"], "DenyWritesFromStaging", "{told}");
    crate::schemas::keeps("explained", &json);
    assert_eq!(json["answer"]["schema"], "clavicle.answer/1", "{told}");
}

#[test]
fn a_refusal_that_does_not_say_who_is_asked_of_nobody() {
    let message =
        b"not authorized: it is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::b/k";
    for form in ["text", "json"] {
        let told = Scene::new().run_with(&format!("explain - -s demo -o {form}"), message);
        assert!(told.contains("the message does not say who was refused"), "{told}");
        assert!(told.ends_with("[exit 2]"), "{told}");
    }
}

#[test]
fn a_refusal_that_tells_nothing_says_what_to_do() {
    filtered(|| {
        let scene = Scene::new();
        assert_snapshot!(scene.run_with("explain -", b"An error occurred (AccessDenied) when calling the GetObject operation: Access Denied"), @r#"
[stderr]
error: this message does not say who may not do what
help: ask it: `clavicle can WHO ACTION THING`, for example `clavicle can role/web s3:GetObject s3://bucket/key`
[exit 2]
"#);
        assert_snapshot!(scene.run_with("explain -", b"You are not authorized to perform this operation. Encoded authorization failure message: 4GIOHlTkIaWHQD0Q0m6XSnuUMCm"), @r#"
[stderr]
error: this message does not say who may not do what
help: have AWS read it: `aws sts decode-authorization-message --encoded-message …`
[exit 2]
"#);
    });
}
