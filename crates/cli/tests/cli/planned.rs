//! Plans of Terraform and templates as sources.

mod at_large;
mod several;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::scene::{Scene, cases, filtered};

fn scene(files: &[&str]) -> Scene {
    let scene = Scene::new();
    for file in files {
        let text = std::fs::read_to_string(cases().join("../sources").join(file)).expect("a case");
        scene.write(file, &text);
    }
    scene
}

const TEMPLATE: &str = "
AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Bucket: {Type: String}}
Resources:
  Uploads: {Type: AWS::S3::Bucket}
  Writer:
    Type: AWS::IAM::User
    Properties:
      UserName: writer
      Policies:
        - PolicyName: uploads
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - {Sid: Uploads, Effect: Allow, Action: 's3:PutObject', Resource: !Sub '${Uploads.Arn}/*'}
              - {Sid: Other, Effect: Allow, Action: 's3:GetObject', Resource: !Sub 'arn:aws:s3:::${Bucket}/*'}
";

#[test]
fn a_template_says_who_may_do_what_and_where_it_says_so() {
    let scene = Scene::new();
    scene.write("t.yaml", TEMPLATE);
    let ask = |question: &str| {
        scene.run(&format!("{question} -s t.yaml --planned-in 111122223333/eu-west-1 --standalone"))
    };
    filtered(|| {
        assert_snapshot!(ask("can user/writer s3:PutObject s3://Uploads~/x"), @r#"
        YES. user/writer#uploads allows it.
          pins   identity ✓ lets user/writer#uploads:4   resource – none   boundary – none   session – none
                 scp – none   rcp – none   endpoint – none
           ┌─ user/writer#uploads, part of user/writer, declared in t.yaml:6 as Writer
         4 │ {
         5 │   "Sid": "Uploads",
         6 │   "Effect": "Allow",
         7 │   "Action": "s3:PutObject",
           │             ^^^^^^^^^^^^^^ matches the action
         8 │   "Resource": "arn:aws:s3:::Uploads~/*"
           │               ^^^^^^^^^^^^^^^^^^^^^^^^^ matches the object
         9 │ },
          not seen: iam:GetAccountAuthorizationDetails in 111122223333, 1 thing (a plan or template names only what it manages)
          not seen: s3:GetAccountPublicAccessBlock in 111122223333 (no source carries it)
        next: clavicle what user/writer -s t.yaml --standalone --planned-in 111122223333/eu-west-1    see it: clavicle open --last
        [exit 0]
        "#);
        // Which bucket the parameter names is not known: perhaps this one.
        assert_snapshot!(ask("can user/writer s3:GetObject s3://Uploads~/x"), @r#"
        UNKNOWN. It depends on what is known after deployment only.
          pins   identity ? depends user/writer#uploads:10   resource – none   boundary – none   session – none
                 scp – none   rcp – none   endpoint – none
           ┌─ user/writer#uploads, part of user/writer, declared in t.yaml:6 as Writer
        10 │ {
        11 │   "Sid": "Other",
        12 │   "Effect": "Allow",
        13 │   "Action": "s3:GetObject",
        14 │   "Resource": (known-after-deployment)
        15 │ }
          not seen: iam:GetAccountAuthorizationDetails in 111122223333, 1 thing (a plan or template names only what it manages)
          not seen: s3:GetAccountPublicAccessBlock in 111122223333 (no source carries it)
        next: clavicle who s3://Uploads~/x --do s3:GetObject -s t.yaml --standalone --planned-in 111122223333/eu-west-1    see it: clavicle open --last
        [exit 3]
        "#);
        assert_snapshot!(ask("can user/writer s3:DeleteObject s3://Uploads~/x"), @"
        NO. No policy of user/writer allows it.
          pins   identity ✕ stops   resource – none   boundary – none   session – none   scp – none   rcp – none
                 endpoint – none
          not seen: iam:GetAccountAuthorizationDetails in 111122223333, 1 thing (a plan or template names only what it manages)
          not seen: s3:GetAccountPublicAccessBlock in 111122223333 (no source carries it)
        next: clavicle who s3://Uploads~/x --do s3:DeleteObject -s t.yaml --standalone --planned-in 111122223333/eu-west-1    see it: clavicle open --last
        [exit 1]
        ");
    });
}

/// AWS: CloudWatch Logs API Reference, `LogGroup`, `arn`: policies name a log group with `:*` behind it "for most API actions", and
/// without for `TagResource` (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html>).
#[test]
fn log_groups_are_named_as_policies_name_them() {
    let scene = Scene::new();
    let group = "arn:aws:logs:eu-west-1:111122223333:log-group:/web";
    let user = |name: &str, thing: &str| {
        format!(
            "  {name}:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: {name}\n      Policies:\n        - PolicyName: p\n          \
             PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: 'logs:*', Resource: '{thing}'}}]}}\n"
        )
    };
    let users =
        [user("all", &format!("{group}:*")), user("bare", group), user("other", &format!("{group}x:*"))];
    let head = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /web}}\n";
    scene.write("t.yaml", &format!("{head}{}", users.concat()));
    let ask = |who: &str, what: &str, thing: &str| {
        let place = "-s t.yaml --planned-in 111122223333/eu-west-1 --standalone";
        let told = scene.run(&format!("can user/{who} {what} {thing} {place}"));
        told.split(['.', '\n']).next().unwrap_or_default().to_owned()
    };
    for (who, what, answer) in [
        ("all", "logs:FilterLogEvents", "YES"),
        ("all", "logs:DeleteLogGroup", "YES"),
        ("all", "logs:PutMetricFilter", "YES"),
        ("all", "logs:GetLogEvents", "YES"),
        ("all", "read", "YES"),
        ("all", "logs:TagResource", "NO"),
        ("bare", "logs:FilterLogEvents", "NO"),
        ("bare", "logs:PutMetricFilter", "NO"),
        ("bare", "logs:TagResource", "YES"),
        ("other", "logs:FilterLogEvents", "NO"),
        ("other", "read", "NO"),
    ] {
        assert_eq!(ask(who, what, group), answer, "{who} {what}");
    }
}

/// AWS: Amazon EBS User Guide, "Share an Amazon EBS snapshot with other AWS accounts"
/// (<https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html>).
#[test]
fn what_a_plan_shares_is_shared_with_those_and_nobody_else() {
    let plan = |whom: Value, later: bool| {
        let made = |address: &str, after: Value, unknown: Value| {
            let (kind, name) = address.split_once('.').expect("a type and a name");
            json!({"address": address, "mode": "managed", "type": kind, "name": name,
                "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown}})
        };
        let disk = json!({"arn": "arn:aws:ec2:eu-west-1::snapshot/snap-1"});
        json!({"format_version": "1.2", "resource_changes": [
            made("aws_ebs_snapshot.d", disk, json!({"kms_key_id": false})),
            made("aws_snapshot_create_volume_permission.d", json!({"snapshot_id": "snap-1", "account_id": whom}), json!({"account_id": later})),
        ]})
    };
    let asked = |plan: &Value, question: &str| {
        let scene = Scene::new();
        scene.write("plan.json", &plan.to_string());
        scene.run(&format!("{question} -s plan.json --planned-in 111122223333/eu-west-1 --standalone"))
    };
    let can = |plan: &Value, account: &str| {
        let told = asked(
            plan,
            &format!("can acct/{account} ec2:CreateVolume arn:aws:ec2:eu-west-1::snapshot/snap-1"),
        );
        told.split(['.', '\n']).next().unwrap_or_default().to_owned()
    };
    let shared = plan("444455556666".into(), false);
    assert_eq!(can(&shared, "444455556666"), "UNKNOWN");
    assert_eq!(can(&shared, "777788889999"), "NO");
    let told = asked(&shared, "outside");
    assert!(told.contains("444455556666") && told.contains("ec2-snapshot/d~"), "{told}");
    // With whom, is known later.
    assert_eq!(can(&plan(Value::Null, true), "777788889999"), "UNKNOWN");
}

/// AWS: IAM Identity Center User Guide, "Referencing permission sets in resource policies, Amazon EKS Cluster config maps, and AWS KMS
/// key policies" (<https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>).
#[test]
fn whoever_gets_a_permission_set_has_what_it_gives() {
    let scene = Scene::new();
    scene.write(
        "t.yaml",
        "
AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Ledger: {Type: AWS::S3::Bucket, Properties: {BucketName: ledger}}
  Audit:
    Type: AWS::SSO::PermissionSet
    Properties:
      Name: audit
      InlinePolicy: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: !Sub '${Ledger.Arn}/*'}]}
  Given:
    Type: AWS::SSO::Assignment
    Properties: {PermissionSetArn: !GetAtt Audit.PermissionSetArn, TargetId: '111122223333', PrincipalId: g-1, PrincipalType: GROUP}
",
    );
    let ask = |question: &str| {
        scene.run(&format!("{question} -s t.yaml --planned-in 111122223333/eu-west-1 --standalone"))
    };
    let told = ask("who s3://ledger --do s3:GetObject");
    assert!(told.contains("AWSReservedSSO_audit_") && told.contains("t.yaml"), "{told}");
    let role = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_audit_~~~~~~~~~~~~~~~~";
    assert!(ask(&format!("can {role} s3:GetObject s3://ledger/x")).starts_with("YES"));
    assert!(ask(&format!("can {role} s3:PutObject s3://ledger/x")).starts_with("NO"));
}

#[test]
fn a_template_that_is_for_nowhere() {
    let scene = Scene::new();
    scene.write("t.yaml", TEMPLATE);
    assert_snapshot!(scene.run("who s3://Uploads~ -s t.yaml"), @"
    [stderr]
    error: says nowhere which account it is for
     --> t.yaml
    help: say it: `--planned-in 111122223333/eu-west-1`; or name the account's own files beside it
    [exit 4]
    ");
    assert_snapshot!(scene.run("who s3://Uploads~ -s t.yaml --planned-in prod"), @"
    [stderr]
    error: invalid value `prod` for `--planned-in <ACCOUNT[/REGION]>`: write an account, or account/region: `111122223333/eu-west-1`
    [exit 2]
    ");
}

#[test]
fn a_plan_is_compared_with_what_is_there_before_it() {
    let scene = scene(&["plan.json"]);
    std::fs::write(scene.here().join("main.tf"), "resource \"aws_iam_role_policy\" \"covers\" {\n")
        .expect("a file");
    filtered(|| {
        assert_snapshot!(scene.run("diff plan.json --standalone --src ."), @r#"
        4 identities can do more, 2 identities can do less, 1 identity may be able to do less and 1 way in opened.
        + acct/444455556666 gains read on s3://uploads~, under a condition
              s3://uploads~#policy:4 (plan.json as aws_s3_bucket_policy.uploads)  "Partner"
        + lambda/thumb (role/thumb) gains write on s3://covers
              role/thumb#thumb:4 (plan.json as aws_iam_role_policy.thumb)
        + lambda/thumb (role/thumb) gains write on queue/jobs, under a condition
              policy/shared:4 (plan.json as aws_iam_policy.shared)
        + role/web gains list on key/data~, under a condition
              policy/ReadOnlyAccess:1612  "ReadOnlyActionsGroup2"
              key/data~#policy:4 (plan.json as aws_kms_key.data)  "Enable IAM User Permissions"
        + role/web gains list on secret/db/main, under a condition
              policy/ReadOnlyAccess:1612  "ReadOnlyActionsGroup2"
        + role/web gains list and read on lambda/thumb, under a condition
              policy/ReadOnlyAccess:1612  "ReadOnlyActionsGroup2"
        + role/web gains write, delete and control on s3://covers, under a condition
              role/web#covers:4 (main.tf:1 as aws_iam_role_policy.covers)
        + role/web gains list, read, write, delete and control on s3://uploads~, under a condition
              role/web#covers:4 (main.tf:1 as aws_iam_role_policy.covers)
              policy/ReadOnlyAccess:1612  "ReadOnlyActionsGroup2"
              s3://uploads~#policy:4 (plan.json as aws_s3_bucket_policy.uploads)  "Partner"
        + user/dana gains list, read, write, delete and control on s3://uploads~, under a condition
              user/dana#x (perhaps):4 (plan.json as aws_iam_user_policy.nobody)
              s3://uploads~#policy:4 (plan.json as aws_s3_bucket_policy.uploads)  "Partner"
        − role/old loses list and read on s3://covers
              policy/ReadOnlyAccess:1612  "ReadOnlyActionsGroup2"
              role/old#covers:4 (plan.json as aws_iam_role.old)
        − role/old loses list and read on queue/jobs
              policy/ReadOnlyAccess:1612  "ReadOnlyActionsGroup2"
        − role/web needs a condition now for list and read on s3://covers
              policy/ReadOnlyAccess:1612  "ReadOnlyActionsGroup2"
              role/web#covers:4 (main.tf:1 as aws_iam_role_policy.covers)
        − role/web needs a condition now for list and read on queue/jobs
              policy/ReadOnlyAccess:1612  "ReadOnlyActionsGroup2"
        − user/dana may lose list, read, write, delete, run and control on queue/jobs: not all that decides it is known now
              policy/AdministratorAccess:3
        ? queue/jobs#policy: what it allows more is not known: its text is known after deployment only
        + the text of role/web#covers allows more: s3:*
              − {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::covers/*"}
              + {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::*"}
        − policy/AdministratorAccess is not attached to user/dana any more
        + user/dana#x (perhaps) is attached to user/dana
        + role/web#a policy known later is attached to role/web
        + lambda/thumb#policy is attached to lambda/thumb
        + s3://uploads~#policy is attached to s3://uploads~
          WAYS IN THAT ARE THERE NOW
          ~ 444455556666   unknown account   → s3://uploads~   read   –
        10 widens · 4 narrows · 2 unknown
          = 1 chain to admin may be gone: not all that decides it is known now.
          = new: 3 identities.
          = gone: 1 identity.
          = Access is compared on the things of the snapshots; what a text allows beyond them stands with the policy.
        next: clavicle who s3://uploads~ --do read --by acct/444455556666 -s plan.json --standalone --src .
        [stderr]
        warning: which user has what `aws_iam_user_policy.nobody` gives is known after deployment only: any that it may be has it perhaps
         --> plan.json:1:1
        warning: `aws_sqs_queue.far` is not read: the account of the provider `aws.far` is not known
         --> plan.json:1:1
        warning: `aws_db_subnet_group` is not read: `aws_db_subnet_group.db`
         --> plan.json:1:1
        warning: 1 more warning; `clavicle snapshots --coverage` lists them all
        [exit 1]
        "#);
    });
}

/// A plan lists nobody and nothing that it does not manage; what it takes away is gone for certain.
#[test]
fn what_a_plan_takes_away_is_lost_for_certain() {
    let text = std::fs::read_to_string(cases().join("../sources/plan.json")).expect("a case");
    for (fate, is_lost) in [(json!(["delete"]), true), (json!(["forget"]), false)] {
        let mut plan: Value = serde_json::from_str(&text).expect("JSON");
        let changes = plan["resource_changes"].as_array_mut().expect("a list");
        changes.retain(|change| {
            ["aws_s3_bucket.covers", "aws_iam_role.old"].iter().any(|kept| change["address"] == *kept)
        });
        for change in changes {
            let is_bucket = change["address"] == "aws_s3_bucket.covers";
            change["change"]["actions"] = if is_bucket { fate.clone() } else { json!(["no-op"]) };
        }
        let scene = Scene::new();
        scene.write("plan.json", &plan.to_string());
        let said = scene.run("diff plan.json --standalone");
        assert!(!said.contains("may lose"), "{said}");
        assert_eq!(said.contains("role/old loses list and read on s3://covers"), is_lost, "{said}");
    }
}

#[test]
fn a_template_is_compared_with_the_accounts_it_is_laid_over() {
    let scene = Scene::new();
    scene.write("t.yaml", TEMPLATE);
    filtered(|| {
        assert_snapshot!(scene.run("diff demo t.yaml --planned-in 111122223333/eu-west-1"), @r#"
        1 identity can do more.
        + prod:user/writer gains read on 44 buckets, under a condition
            s3://Uploads~, s3://paperboat-backups, s3://paperboat-catalog, and 41 more
              prod:user/writer#uploads:10 (t.yaml:6 as Writer)  "Other"
        + prod:user/writer gains read on s3://paperboat-covers
              s3://paperboat-covers#policy:4  "PublicRead"
        + prod:user/writer gains write on s3://Uploads~
              prod:user/writer#uploads:4 (t.yaml:6 as Writer)  "Uploads"
        3 widens
          = new: 1 identity.
          = Access is compared on the things of the snapshots; what a text allows beyond them stands with the policy.
        next: clavicle who s3://Uploads~ --do read --by prod:user/writer -s demo -s t.yaml --planned-in 111122223333/eu-west-1
        [exit 1]
        "#);
    });
}

/// What the code of a plan does stands in no plan; for tasks that are named its things are enough.
#[test]
fn a_task_on_things_of_a_plan() {
    let scene = scene(&["plan.json"]);
    let said = scene.run("suggest --read s3://covers -s plan.json --standalone -o policy");
    let text = said
        .split('\n')
        .skip_while(|line| *line != "{")
        .take_while(|line| !line.starts_with('['))
        .collect::<String>();
    let policy: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("{error}: {said}")).expect("a policy");
    let only = &policy["Statement"][0];
    assert_eq!(only["Resource"], "arn:aws:s3:::covers/*", "{said}");
    assert_eq!(only["Action"], serde_json::json!(["s3:GetObject", "s3:GetObjectVersion"]), "{said}");
}

/// A plan over production of the demo: a pattern that reaches further, a statement that goes, a text that says the same in other
/// words, and a policy that is known after deployment only.
fn plan_of_paperboat() -> Value {
    let arn = |rest: &str| format!("arn:aws:iam::111122223333:policy/{rest}");
    let policy = |statements: Value| json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let thumb = |written: &str| {
        let text = policy(json!([
            {"Sid": "WriteThumbs", "Effect": "Allow", "Action": "s3:PutObject", "Resource": written},
            {"Sid": "ReadCovers", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::paperboat-covers/*"},
            {"Sid": "EncryptThumbs", "Effect": "Allow", "Action": "kms:GenerateDataKey",
             "Resource": "arn:aws:kms:eu-west-1:111122223333:key/*"}]));
        json!({"name": "thumb", "role": "thumb-exec", "policy": text})
    };
    let managed = |name: &str, statements: Value| json!({"arn": arn(name), "name": name, "path": "/", "policy": policy(statements)});
    let look = json!({"Sid": "LookAround", "Effect": "Allow",
        "Action": ["ec2:DescribeInstances", "ec2:DescribeVolumes", "rds:DescribeDBInstances"], "Resource": "*"});
    let pass = json!({"Sid": "PassAnything", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"});
    let settings = |sid: &str, actions: Value| {
        json!({"Sid": sid, "Effect": "Allow", "Action": actions,
        "Resource": "arn:aws:ssm:eu-west-1:111122223333:parameter/paperboat/app/*"})
    };
    let read = json!(["ssm:GetParameter", "ssm:GetParametersByPath"]);
    let queue = json!({"arn": "arn:aws:sqs:eu-west-1:111122223333:jobs", "name": "jobs",
        "url": "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"});
    let change = |address: &str, before: Value, after: Value, unknown: Value| {
        let (kind, name) = address.split_once('.').expect("an address");
        json!({"address": address, "mode": "managed", "type": kind, "name": name,
            "change": {"actions": ["update"], "before": before, "after": after, "after_unknown": unknown}})
    };
    json!({"format_version": "1.2", "terraform_version": "1.11.4",
        "resource_changes": [
            change("aws_iam_role_policy.thumb", thumb("arn:aws:s3:::paperboat-thumbs/*"),
                thumb("arn:aws:s3:::paperboat-*/*"), json!({})),
            change("aws_iam_policy.ops", managed("ops", json!([look, pass])), managed("ops", json!([look])), json!({})),
            change("aws_iam_policy.app_read", managed("app-read", json!([settings("ReadSettings", read.clone())])),
                managed("app-read", json!([settings("One", json!("ssm:GetParameter")), settings("Both", read)])), json!({})),
            change("aws_sqs_queue.jobs", queue.clone(), queue, json!({"policy": true})),
        ],
        "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": [
            {"address": "data.aws_caller_identity.me", "mode": "data", "type": "aws_caller_identity", "name": "me",
             "values": {"account_id": "111122223333"}}]}}},
        "configuration": {"provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}}}},
            "root_module": {"resources": []}}})
}

#[test]
fn a_plan_over_accounts_says_who_gains_and_loses_what_is_the_same_and_what_is_not_known() {
    let scene = Scene::new();
    let mut plan = plan_of_paperboat();
    scene.write("plan.json", &plan.to_string());
    scene.write("main.tf", "\n\nresource \"aws_iam_role_policy\" \"thumb\" {\n}\n");
    filtered(|| {
        assert_snapshot!(scene.run("diff demo plan.json --src ."), @r#"
        1 identity can do more and 3 identities can do less.
        + prod:lambda/thumbnailer (prod:role/thumb-exec) gains write on 13 buckets, had 1
            s3://paperboat-backups, s3://paperboat-catalog, s3://paperboat-covers, and 10 more
              prod:role/thumb-exec#thumb:4 (main.tf:3 as aws_iam_role_policy.thumb)  "WriteThumbs"
        − prod:role/* ×2 need a condition now for list, read, write, delete, run and control on prod:queue/jobs
              policy/AdministratorAccess:4
        − prod:role/clavicle-read needs a condition now for list on prod:queue/jobs
              prod:role/clavicle-read#read-settings:16  "Settings"
        ~ prod:policy/app-read has other text and the same access (proved)
        − the text of prod:policy/ops allows less: iam:PassRole
              − {"Sid": "PassAnything", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
        ? prod:queue/jobs#policy: what it allows more is not known: its text is known after deployment only
        + the text of prod:role/thumb-exec#thumb allows more: s3:PutObject
              − "Resource": "arn:aws:s3:::paperboat-thumbs/*"
              + "Resource": "arn:aws:s3:::paperboat-*/*"
        2 widens · 3 narrows · 1 equal · 1 unknown
          = Access is compared on the things of the snapshots; what a text allows beyond them stands with the policy.
        next: clavicle who s3://paperboat-backups --do write --by prod:role/thumb-exec -s demo -s plan.json --src .
        [exit 1]
        "#);
    });
    // What may let anybody in is not known; that nobody is seen to gain is no yes.
    let changes = plan["resource_changes"].as_array_mut().expect("a list");
    changes.retain(|change| change["address"] == "aws_sqs_queue.jobs");
    scene.write("plan.json", &plan.to_string());
    filtered(|| {
        assert_snapshot!(scene.run("diff demo plan.json --src ."), @r#"
        3 identities can do less.
        − prod:role/* ×2 need a condition now for list, read, write, delete, run and control on prod:queue/jobs
              policy/AdministratorAccess:4
        − prod:role/clavicle-read needs a condition now for list on prod:queue/jobs
              prod:role/clavicle-read#read-settings:16  "Settings"
        ? prod:queue/jobs#policy: what it allows more is not known: its text is known after deployment only
        2 narrows · 1 unknown
          = Access is compared on the things of the snapshots; what a text allows beyond them stands with the policy.
        [exit 3]
        "#);
    });
    // What may be kept is not said to be lost.
    let mut plan = plan_of_paperboat();
    let changes = plan["resource_changes"].as_array_mut().expect("a list");
    changes.retain(|change| change["address"] == "aws_iam_role_policy.thumb");
    let change = &mut changes[0]["change"];
    change["after"].as_object_mut().and_then(|after| after.remove("policy"));
    change["after_unknown"] = json!({"policy": true});
    scene.write("plan.json", &plan.to_string());
    let said = scene.run("diff demo plan.json --src .");
    assert!(
        said.contains("may lose write on s3://paperboat-thumbs: not all that decides it is known now"),
        "{said}"
    );
    assert!(said.contains("? prod:role/thumb-exec#thumb: what it allows more is not known"), "{said}");
    assert!(!said.contains(" loses "), "{said}");
}

/// A stack may be given tags, which its things get: of a tag that a template does not list nobody knows.
///
/// AWS: CloudFormation Template Reference, "CloudFormation resource tagging"
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html>).
#[test]
fn a_tag_that_a_template_does_not_list_may_be_one_of_the_stack() {
    let scene = Scene::new();
    let allow = |key: &str, value: &str| {
        json!({"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",
               "Condition": {"StringEquals": {format!("aws:ResourceTag/{key}"): value}}})
    };
    let user = |name: &str, key: &str, value: &str| {
        let document = json!({"Version": "2012-10-17", "Statement": [allow(key, value)]});
        let policy = json!({"PolicyName": "own", "PolicyDocument": document});
        json!({"Type": "AWS::IAM::User", "Properties": {"UserName": name, "Policies": [policy]}})
    };
    let jobs = json!({"QueueName": "jobs", "Tags": [{"Key": "env", "Value": "prod"}]});
    let template = json!({"Resources": {
        "Jobs": {"Type": "AWS::SQS::Queue", "Properties": jobs},
        "A": user("listed", "env", "prod"), "B": user("other", "env", "test"), "C": user("unlisted", "team", "books"),
    }});
    scene.write("t.json", &template.to_string());
    for (who, exit) in [("listed", 0), ("other", 1), ("unlisted", 3)] {
        let question = format!("can user/{who} sqs:SendMessage queue/jobs");
        let said =
            scene.run(&format!("{question} -s t.json --planned-in 111122223333/eu-west-1 --standalone"));
        assert!(said.contains(&format!("[exit {exit}]")), "{said}");
    }
}

/// What comes by a pipe can be read once: it is told what it is all the same, and nothing of it stays.
#[test]
fn plans_and_templates_come_by_pipes() {
    let scene = scene(&["plan.json"]);
    scene.write("t.yaml", TEMPLATE);
    let plan = std::fs::read(scene.here().join("plan.json")).expect("the plan");
    let template = TEMPLATE.as_bytes();
    let question =
        "can user/writer s3:PutObject s3://Uploads~/x --planned-in 111122223333/eu-west-1 --standalone -s";
    let of_file = scene.run(&format!("{question} t.yaml"));
    for (by, said) in [("-", "-"), ("/dev/stdin", "/dev/stdin")] {
        let piped = scene.run_with(&format!("{question} {by}"), template);
        assert_eq!(piped, of_file.replace("t.yaml", said), "{by}");
    }
    let of_file = scene.run("diff plan.json --planned-in 111122223333/eu-west-1");
    assert!(of_file.contains("gains"), "{of_file}");
    let piped = scene.run_with("diff /dev/stdin --planned-in 111122223333/eu-west-1", &plan);
    assert_eq!(piped, of_file.replace("plan.json", "/dev/stdin"));
    // A fault is told of what was typed.
    let fault = scene.run_with(&format!("{question} -"), b"{\"a\": ");
    assert!(fault.contains("-:1:") && fault.contains("[exit 4]") && !fault.contains("clavicle-"), "{fault}");
    let imported = scene.run_with("import - --out by.clav --planned-in 111122223333/eu-west-1", template);
    assert!(imported.contains("[exit 0]"), "{imported}");
    let kept = std::fs::read_dir(scene.here().parent().expect("a folder").join("tmp")).expect("a folder");
    assert_eq!(kept.count(), 0);
}
