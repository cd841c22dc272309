//! Claims about every request.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::scene::{Scene, filtered};

const READ: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::invoices/*"}]}"#;

const NARROW: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/2026/*"}]}"#;

const PUBLIC: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/*"}]}"#;

const TIED: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/*",
   "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-paperboat00"}}}]}"#;

fn scene() -> Scene {
    let scene = Scene::new();
    for (name, text) in
        [("read.json", READ), ("narrow.json", NARROW), ("public.json", PUBLIC), ("tied.json", TIED)]
    {
        scene.write(name, text);
    }
    scene
}

#[test]
fn new_access() {
    filtered(|| {
        assert_snapshot!(scene().run("prove no-new-access read.json narrow.json"), @"
        PROVED for every request: narrow.json allows nothing that read.json does not allow.
        [exit 0]
        ");
        assert_snapshot!(scene().run("prove no-new-access narrow.json read.json"), @r#"
        NO. read.json allows what narrow.json does not allow.
          for example s3:GetObject on arn:aws:s3:::invoices/x
          matched by the Allow of read.json:2 "Read"
          in numbers: narrow.json allows 2^584.0 requests, read.json 2^630.0; 2^630.0 only read.json, 0 only narrow.json. Counted: actions of the catalogue, texts of up to 100 characters, no value or one for each key that either names.
        [exit 1]
        "#);
    });
}

#[test]
fn what_is_not_granted() {
    filtered(|| {
        assert_snapshot!(scene().run("prove not-granted read.json --do s3:PutObject --do s3:DeleteObject"), @"
        PROVED for every request: read.json allows nothing of what was named.
        [exit 0]
        ");
        assert_snapshot!(scene().run("prove not-granted read.json --do s3:GetObject --on arn:aws:s3:::*/2026/*"), @r#"
        NO. read.json allows some of what was named.
          for example s3:GetObject on arn:aws:s3:::invoices/2026/
          matched by the Allow of read.json:2 "Read"
        [exit 1]
        "#);
    });
}

/// A claim about nothing holds of every policy: what no request can name is refused, and no gate passes by a slip.
/// AWS: IAM JSON policy elements reference, Resource; Service Authorization Reference, Amazon S3.
#[test]
fn what_cannot_be_granted_is_refused() {
    let cases = [
        ("--do GetObject", "`GetObject` is not an action"),
        ("--do s3", "`s3` is not an action"),
        ("--do read", "`read` is not an action"),
        ("--do s3:", "`s3:` is not an action"),
        ("--do s3:GetObjekt", "did you mean `s3:GetObject`?"),
        ("--do s3:GetObject --do s3:Nope", "`s3:Nope` is not an action of `s3`"),
        ("--do s33:GetObject", "no service has the prefix `s33`"),
        ("--do s3:Gett*", "`s3:Gett*` matches no action"),
        ("--on invoices", "`invoices` is neither an ARN nor a pattern"),
        ("--on=", "`` is neither an ARN nor a pattern"),
        ("--on s3://", "`s3://` is neither an ARN nor a pattern"),
        ("--on arn:aws:s3", "an ARN has six parts"),
        ("--on arn:was:s3:::invoices/*", "`was` is no partition"),
        ("--on arn:aws:s33:::invoices/*", "no service has ARNs with `s33`"),
        ("--on arn:aws:s3:::home/${aws:username}", "has a variable"),
        // It is asked on objects, and the bucket is none.
        (
            "--do s3:GetObject --on arn:aws:s3:::invoices",
            "none of the resources is one that `s3:GetObject` works on",
        ),
        (
            "--do sqs:SendMessage --on s3://invoices",
            "none of the resources is one that `sqs:SendMessage` works on",
        ),
        ("--do s3:ListAllMyBuckets --on s3://invoices", "`s3:ListAllMyBuckets` is asked on `*` only"),
        (
            "--do s3:Get* --on arn:aws:s3:::invoices/* --on arn:aws:sqs:eu-west-1:111122223333:q",
            "none of the actions",
        ),
    ];
    let scene = scene();
    for (typed, said) in cases {
        let told = scene.run(&format!("prove not-granted read.json {typed}"));
        let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(said) && flat.ends_with("[exit 2]"), "{typed}: {told}");
    }
}

#[test]
fn a_bucket_is_named_as_elsewhere() {
    let scene = scene();
    let ends = |typed: &str| {
        let told = scene.run(&format!("prove not-granted read.json {typed}"));
        told.trim().lines().last().unwrap_or_default().to_owned()
    };
    assert_eq!(ends("--do s3:GetObject --on s3://invoices"), "[exit 1]");
    assert_eq!(ends("--do s3:ListBucket --on s3://invoices"), "[exit 0]");
    assert_eq!(ends("--do s3:GetObject --on s3://invoices/2026/07.csv"), "[exit 1]");
    assert_eq!(ends("--on s3://invoices/2026/"), "[exit 1]");
    assert_eq!(ends("--do s3:GetObject --on s3://letters"), "[exit 0]");
    assert_eq!(ends("--do *"), "[exit 1]");
    assert_eq!(ends("--on *"), "[exit 1]");
}

#[test]
fn what_is_public() {
    filtered(|| {
        assert_snapshot!(scene().run("prove not-public public.json"), @r#"
        NO. public.json lets in those whom it does not name.
          for example s3:GetObject on arn:aws:s3:::invoices/x by anonymous
          matched by the Allow of public.json:2 "All"
        [exit 1]
        "#);
        assert_snapshot!(scene().run("prove not-public tied.json"), @"
        PROVED for every request: tied.json lets in nobody whom it does not name.
        [exit 0]
        ");
    });
}

/// AWS: API Gateway Developer Guide, "API Gateway resource policy examples"
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html>): the policy of an
/// API names it as `execute-api:/stage/GET/path`.
#[test]
fn the_policy_of_an_api_names_it_in_short() {
    let api = |deny: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [
  {{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}}{deny}]}}"#
        )
    };
    let scene = Scene::new();
    scene.write("open.json", &api(""));
    scene.write(
        "tied.json",
        &api(r#",
  {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*",
   "Condition": {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "198.51.100.0/24"]}}}"#),
    );
    for (line, code) in [
        ("prove not-public open.json", 1),
        ("prove not-public tied.json", 0),
        ("prove equal open.json tied.json", 1),
        ("diff tied.json open.json", 1),
    ] {
        let told = scene.run(line);
        assert!(told.trim_end().ends_with(&format!("[exit {code}]")), "{line}: {told}");
    }
    let told = scene.run("minimize tied.json");
    assert!(told.contains("\"Deny\"") && told.contains("execute-api:/*"), "{told}");
}

#[test]
fn what_somebody_can_never_do() {
    filtered(|| {
        assert_snapshot!(scene().run("prove never staging:role/deployer s3:PutObject s3://paperboat-invoices/2026/07.csv -s demo"), @"
        PROVED. No request of staging:role/deployer to do s3:PutObject on s3://paperboat-invoices/2026/07.csv is allowed, whatever it carries.
          = It is asked of requests that name arn:aws:s3:::paperboat-invoices/2026/07.csv, and no other ARN.
          = It is asked of each request by itself: steps by way of others are what `path` tells.
        [exit 0]
        ");
        assert_snapshot!(scene().run("prove never prod:role/reporting-read s3:GetObject s3://paperboat-invoices -s demo"), @"
        NO. prod:role/reporting-read can do s3:GetObject on s3://paperboat-invoices: s3:GetObject on arn:aws:s3:::paperboat-invoices/x with aws:SecureTransport=true is allowed.
          pins   identity ✓ lets policy/reporting-read:5   resource – none   boundary – none   session – none
                 scp ✓ lets scp/FullAWSAccess:4   rcp ✓ lets rcp/RCPFullAWSAccess:4   endpoint – none
          = It is asked of requests that name arn:aws:s3:::paperboat-invoices/*, and no other ARN.
          = It is asked of each request by itself: steps by way of others are what `path` tells.
        [exit 1]
        ");
        assert_snapshot!(scene().run("prove never staging:role/deployer delete s3://paperboat-invoices -s demo"), @"
        PROVED. No request of staging:role/deployer to delete s3://paperboat-invoices is allowed, whatever it carries.
          = It is asked of requests that name arn:aws:s3:::paperboat-invoices/* or arn:aws:s3:::paperboat-invoices, and no other ARN.
          = It is asked of each request by itself: steps by way of others are what `path` tells.
        [exit 0]
        ");
    });
}

/// Details of an account with one role, which has no policy, and a bucket whose policy names a session of it.
fn of_session() -> Scene {
    of_letters(&json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::letters/*",
        "Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/none/alice"}}]))
}

/// The same with these statements in the policy of the bucket.
fn of_letters(statements: &Value) -> Scene {
    let scene = Scene::new();
    let policy = |statement: Value| json!({"Version": "2012-10-17", "Statement": [statement]});
    let trust =
        json!({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"});
    let role = json!({"Path": "/", "RoleName": "none", "RoleId": "AROANONE", "Arn": "arn:aws:iam::111122223333:role/none",
        "CreateDate": "2026-01-01T00:00:00+00:00", "AssumeRolePolicyDocument": policy(trust), "InstanceProfileList": [],
        "RolePolicyList": [], "AttachedManagedPolicies": [], "Tags": []});
    let details =
        json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role], "Policies": []});
    let statements = json!({"Version": "2012-10-17", "Statement": statements});
    let bucket = json!([{"arn": "arn:aws:s3:::letters", "account": "111122223333", "attrs": {}, "tags": {}, "policy": statements}]);
    std::fs::create_dir(scene.here().join("acct")).expect("a folder");
    scene.write("acct/details.json", &details.to_string());
    scene.write("acct/things.json", &bucket.to_string());
    scene
}

/// AWS: IAM User Guide, "IAM JSON policy elements: Principal": a policy may name one session of a role.
#[test]
fn a_session_that_a_policy_names_is_a_request_of_its_role() {
    let said = of_session().run("prove never role/none s3:GetObject s3://letters/x -s acct --standalone");
    assert!(said.starts_with("NO. assumed-role/none/alice can do s3:GetObject"), "{said}");
    assert!(said.ends_with("[exit 1]"), "{said}");
    let said = of_session().run("prove never role/none s3:PutObject s3://letters/x -s acct --standalone");
    assert!(said.starts_with("PROVED."), "{said}");
}

/// AWS: IAM User Guide, "AWS JSON policy elements: NotPrincipal": a Deny spares those of whom session, role and account are
/// listed; "IAM JSON policy elements: Principal" and "AWS global condition context keys": an account is all its users, roles
/// and sessions, and each has its own ARN, name and provider.
#[test]
fn nobody_is_proved_shut_out_of_whom_one_is_let_in() {
    let all = json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::letters/*"});
    let but = |names: &[&str]| json!({"Effect": "Deny", "NotPrincipal": {"AWS": names}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::letters/*"});
    let to = |names: &str, condition: Value| {
        let principal = if names == "*" { json!("*") } else { json!({"AWS": names}) };
        json!({"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::letters/*",
               "Condition": condition})
    };
    let like = |key: &str, value: &str| json!({"StringLike": {key: value}});
    let (none, alice) =
        ("arn:aws:iam::111122223333:role/none", "arn:aws:sts::111122223333:assumed-role/none/alice");
    let (root, theirs) = ("arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root");
    let (role, session) =
        ("arn:aws:iam::444455556666:role/app/web", "arn:aws:sts::444455556666:assumed-role/web/s");
    let (outside, everyone) = ("acct/444455556666", "everyone");
    for (statements, who, expected) in [
        (json!([all, but(&[none, alice, root])]), "role/none", "NO. assumed-role/none/alice"),
        (json!([all, but(&[none, root])]), "role/none", "PROVED."),
        (json!([all, but(&[theirs])]), outside, "UNKNOWN."),
        (json!([all, but(&[root])]), outside, "PROVED."),
        (json!([to(role, json!({}))]), outside, "UNKNOWN."),
        (json!([to(session, json!({}))]), outside, "UNKNOWN."),
        (json!([to(session, json!({}))]), role, "UNKNOWN."),
        (json!([to(session, json!({}))]), "arn:aws:iam::444455556666:role/other", "PROVED."),
        (json!([to(none, json!({}))]), outside, "PROVED."),
        (json!([to(theirs, like("aws:FederatedProvider", "*"))]), outside, "UNKNOWN."),
        (json!([to(theirs, like("aws:PrincipalAccount", "7*"))]), outside, "PROVED."),
        (json!([to("*", like("aws:PrincipalArn", "arn:aws:iam::*:role/deploy"))]), everyone, "UNKNOWN."),
        (json!([to("*", like("aws:userid", "*:deploy"))]), everyone, "UNKNOWN."),
        (json!([to("*", like("aws:PrincipalType", "AssumedRole"))]), everyone, "UNKNOWN."),
        (json!([to("*", like("aws:username", "bob"))]), everyone, "UNKNOWN."),
        (json!([to("*", like("aws:FederatedProvider", "accounts.google.com"))]), everyone, "UNKNOWN."),
        (json!([to("*", like("aws:PrincipalAccount", "444455556666"))]), everyone, "PROVED."),
    ] {
        let line = format!("prove never {who} s3:GetObject s3://letters/x -s acct --standalone");
        let said = of_letters(&statements).run(&line);
        assert!(said.starts_with(expected), "{statements}\n{line}: {said}");
    }
}

const SHARED: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Partners", "Effect": "Allow", "Principal": {"AWS": ["111122223333", "777788889999"]},
   "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/*"},
  {"Sid": "Ours", "Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:PutObject"],
   "Resource": "arn:aws:s3:::invoices/*",
   "Condition": {"StringEquals": {"aws:PrincipalOrgID": ["o-paperboat00", "o-otherorg00"]}}}]}"#;

#[test]
fn findings_of_a_policy() {
    let scene = scene();
    scene.write("shared.json", SHARED);
    filtered(|| {
        assert_snapshot!(scene.run("prove findings shared.json"), @r#"
        4 findings: what shared.json allows.
          ● s3:GetObject, s3:PutObject
            on arn:aws:s3:::invoices/* · aws:PrincipalOrgID StringEquals o-paperboat00
            for example s3:GetObject on arn:aws:s3:::invoices/x by arn:aws:iam::123456789012:user/someone with aws:PrincipalOrgID = "o-paperboat00"
            allowed by shared.json:4 "Ours"
          ● s3:GetObject, s3:PutObject
            on arn:aws:s3:::invoices/* · aws:PrincipalOrgID StringEquals o-otherorg00
            for example s3:GetObject on arn:aws:s3:::invoices/x by arn:aws:iam::123456789012:user/someone with aws:PrincipalOrgID = "o-otherorg00"
            allowed by shared.json:4 "Ours"
          ● s3:GetObject
            by 111122223333 · on arn:aws:s3:::invoices/*
            for example s3:GetObject on arn:aws:s3:::invoices/x by arn:aws:iam::111122223333:user/someone
            allowed by shared.json:2 "Partners"
          ● s3:GetObject
            by 777788889999 · on arn:aws:s3:::invoices/*
            for example s3:GetObject on arn:aws:s3:::invoices/x by arn:aws:iam::777788889999:user/someone
            allowed by shared.json:2 "Partners"
        [exit 1]
        "#);
        let findings = |line: &str| -> (String, Vec<String>) {
            let said = scene.run(line);
            let mut parts = said.trim_end_matches("[exit 1]").split("  ● ").map(str::to_owned);
            (parts.next().unwrap_or_default(), parts.collect())
        };
        let (_, all) = findings("prove findings shared.json");
        let (head, outside) =
            findings("prove findings shared.json --trust 111122223333 --trust o-paperboat00");
        assert_eq!(head, "2 findings: what shared.json allows outside of 111122223333 and o-paperboat00.\n");
        assert_eq!(outside, [all[1].clone(), all[3].clone()]);
        assert_snapshot!(scene.run("prove findings shared.json --trust public.json"), @r#"
        2 findings: what shared.json allows outside of public.json.
          ● s3:PutObject
            on arn:aws:s3:::invoices/* · aws:PrincipalOrgID StringEquals o-paperboat00
            for example s3:PutObject on arn:aws:s3:::invoices/x by anonymous with aws:PrincipalOrgID = "o-paperboat00"
            allowed by shared.json:4 "Ours"
          ● s3:PutObject
            on arn:aws:s3:::invoices/* · aws:PrincipalOrgID StringEquals o-otherorg00
            for example s3:PutObject on arn:aws:s3:::invoices/x by anonymous with aws:PrincipalOrgID = "o-otherorg00"
            allowed by shared.json:4 "Ours"
        [exit 1]
        "#);
        assert_snapshot!(scene.run("prove findings read.json"), @r#"
        1 finding: what read.json allows.
          ● s3:Get*, others not in the catalogue
            on arn:aws:s3:::invoices/*
            for example s3:GetAccelerateConfiguration on arn:aws:s3:::invoices/x
            allowed by read.json:2 "Read"
        [exit 1]
        "#);
        assert_snapshot!(scene.run("prove findings read.json --trust 111122223333"), @"
        [stderr]
        error: this policy names no principals: it says nothing of who asks
        help: name a file with a policy that allows what is trusted, or leave out `--trust`
        [exit 2]
        ");
        assert_snapshot!(scene.run("prove findings shared.json --trust read.json"), @r#"
        [stderr]
        error: `read.json` names no principals, so it trusts nobody
        help: a zone for the policy of a resource says whom it trusts: `"Principal": "*"` is everyone
        [exit 2]
        "#);
        let named = scene.run("prove findings read.json --trust public.json");
        assert!(
            named.contains("names principals, and the policy does not") && named.contains("[exit 2]"),
            "{named}"
        );
        assert_snapshot!(scene.run("prove findings narrow.json --trust read.json"), @"
        PROVED for every request: narrow.json allows nothing outside of read.json.
        [exit 0]
        ");
        assert_snapshot!(scene.run("prove findings shared.json --trust o-paper"), @"
        [stderr]
        error: cannot read the policy: no such file or directory
         --> o-paper
        [exit 4]
        ");
    });
}

/// An account whose role may do what `statement` says, in a folder of that name.
fn state(scene: &Scene, name: &str, statement: &Value) {
    let policy = |statement: &Value| json!({"Version": "2012-10-17", "Statement": [statement]});
    let trust =
        json!({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"});
    let role = json!({"Path": "/", "RoleName": "app", "RoleId": "AROAAPP", "Arn": "arn:aws:iam::111122223333:role/app",
        "CreateDate": "2026-01-01T00:00:00+00:00", "AssumeRolePolicyDocument": policy(&trust), "InstanceProfileList": [],
        "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": policy(statement)}], "AttachedManagedPolicies": [], "Tags": []});
    let details =
        json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role], "Policies": []});
    let tls = json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}}});
    let bucket = json!([{"arn": "arn:aws:s3:::letters", "account": "111122223333", "attrs": {}, "tags": {}, "policy": policy(&tls)}]);
    std::fs::create_dir(scene.here().join(name)).expect("a folder");
    scene.write(&format!("{name}/details.json"), &details.to_string());
    scene.write(&format!("{name}/things.json"), &bucket.to_string());
}

#[test]
fn what_one_can_do_and_another_cannot() {
    let scene = Scene::new();
    filtered(|| {
        assert_snapshot!(scene.run("prove no-more prod:role/reporting-read staging:role/deployer s3://paperboat-invoices -s demo"), @"
        NO. prod:role/reporting-read can do with s3://paperboat-invoices what staging:role/deployer cannot.
          + s3:ListBucket
            for example s3:ListBucket on arn:aws:s3:::paperboat-invoices with aws:SecureTransport=true
            prod:role/reporting-read   identity ✓ lets policy/reporting-read:4   scp ✓ lets scp/FullAWSAccess:4
                   rcp ✓ lets rcp/RCPFullAWSAccess:4
            staging:role/deployer   identity ✕ stops   resource ✕ stops
          + s3:GetObject, s3:GetObjectTagging
            for example s3:GetObject on arn:aws:s3:::paperboat-invoices/x with aws:SecureTransport=true
            prod:role/reporting-read   identity ✓ lets policy/reporting-read:5   scp ✓ lets scp/FullAWSAccess:4
                   rcp ✓ lets rcp/RCPFullAWSAccess:4
            staging:role/deployer   identity ✕ stops   resource ✕ stops
          = It is asked of requests that name arn:aws:s3:::paperboat-invoices or arn:aws:s3:::paperboat-invoices/*, and no other ARN.
          = It is asked of each request by itself: steps by way of others are what `path` tells.
        [exit 1]
        ");
        assert_snapshot!(scene.run("prove no-more prod:user/dana prod:role/reporting-read s3://paperboat-invoices -s demo"), @"
        PROVED. No request to do anything with s3://paperboat-invoices is let through from prod:user/dana and not from prod:role/reporting-read, whatever it carries.
          = It is asked of requests that name arn:aws:s3:::paperboat-invoices or arn:aws:s3:::paperboat-invoices/*, and no other ARN.
          = It is asked of each request by itself: steps by way of others are what `path` tells.
        [exit 0]
        ");
        assert_snapshot!(scene.run("prove no-more prod:role/reporting-read prod:user/dana s3://paperboat-invoices --do s3:GetObject -s demo"), @"
        NO. prod:role/reporting-read can do with s3://paperboat-invoices what prod:user/dana cannot.
          + s3:GetObject
            for example s3:GetObject on arn:aws:s3:::paperboat-invoices/x with aws:SecureTransport=true
            prod:role/reporting-read   identity ✓ lets policy/reporting-read:5   scp ✓ lets scp/FullAWSAccess:4
                   rcp ✓ lets rcp/RCPFullAWSAccess:4
            prod:user/dana   identity ✕ stops   resource ✕ stops
          = It is asked of requests that name arn:aws:s3:::paperboat-invoices/*, and no other ARN.
          = It is asked of each request by itself: steps by way of others are what `path` tells.
        [exit 1]
        ");
        assert_snapshot!(scene.run("prove no-more prod:role/nobody prod:user/dana s3://paperboat-invoices -s demo"), @"
        [stderr]
        error: `prod:role/nobody` is not a user or role in this snapshot
        help: did you mean one of these?
                prod:role/AWSReservedSSO_catalogue-editor_00712f77060f03f5
                prod:role/AWSReservedSSO_on-call_56f2d271f3522250
                prod:role/AWSReservedSSO_prod-viewer_022203b856f62778
        help: 196 begin with `prod:role/`; these are the first
        [exit 2]
        ");
    });
}

#[test]
fn what_one_can_do_now_and_could_not_before() {
    let scene = Scene::new();
    let allow = |action: &str| {
        json!({"Sid": "Own", "Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::letters/*",
        "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}})
    };
    state(&scene, "before", &allow("s3:GetObject"));
    state(&scene, "after", &allow("s3:*Object"));
    filtered(|| {
        assert_snapshot!(scene.run("prove no-more role/app role/app s3://letters -s after --standalone --than-in before"), @"
        NO. role/app can do with s3://letters what role/app of before cannot.
          + s3:DeleteObject, s3:PutObject, s3:ReplicateObject, s3:RestoreObject
            for example s3:DeleteObject on arn:aws:s3:::letters/x with aws:SecureTransport=true and aws:SourceIp=203.0.113.0
            role/app   identity ✓ lets role/app#own:4
            role/app of before   identity ✕ stops   resource ✕ stops
          = It is asked of requests that name arn:aws:s3:::letters or arn:aws:s3:::letters/*, and no other ARN.
          = It is asked of each request by itself: steps by way of others are what `path` tells.
        [exit 1]
        ");
        assert_snapshot!(scene.run("prove no-more role/app role/app s3://letters -s before --standalone --than-in after"), @"
        PROVED. No request to do anything with s3://letters is let through from role/app and not from role/app of after, whatever it carries.
          = It is asked of requests that name arn:aws:s3:::letters or arn:aws:s3:::letters/*, and no other ARN.
          = It is asked of each request by itself: steps by way of others are what `path` tells.
        [exit 0]
        ");
    });
}

/// AWS KMS Developer Guide, "Default key policy": the statement for the account "doesn't, by itself, give any IAM users or roles
/// permission to use the KMS key" (<https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>).
#[test]
fn who_is_named_in_a_policy_is_not_covered_by_their_account() {
    let account = r#"{"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}"#;
    let role = r#"{"Sid": "Role", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/r"}, "Action": "kms:Decrypt", "Resource": "*"}"#;
    let policy = |statements: &[&str]| {
        format!("{{\"Version\": \"2012-10-17\", \"Statement\": [\n{}]}}", statements.join(",\n"))
    };
    let scene = Scene::new();
    let both = policy(&[account, role]);
    scene.write("account.json", &policy(&[account]));
    scene.write("both.json", &both);
    for question in ["prove equal account.json both.json", "prove equal both.json account.json"] {
        let told = scene.run(question);
        assert!(told.starts_with("UNKNOWN") && told.ends_with("[exit 3]"), "{told}");
        assert!(told.contains("named in the one and only their account in the other"), "{told}");
    }
    assert!(scene.run("prove equal both.json both.json").starts_with("PROVED"));
    let told = scene.run("diff account.json both.json");
    assert!(told.ends_with("[exit 3]") && !told.contains("same access"), "{told}");
    assert!(scene.run("prove no-new-access account.json both.json").starts_with("PROVED"));
    // Nothing takes the statement out.
    let told = scene.run("check --type resource --rule covered-statement --fix both.json");
    assert!(!told.contains("covered-statement"), "{told}");
    assert_eq!(std::fs::read_to_string(scene.here().join("both.json")).expect("a file"), both);
    let told = scene.run("minimize both.json -o policy");
    assert!(told.contains("role/r") && told.contains(":root"), "{told}");
}
