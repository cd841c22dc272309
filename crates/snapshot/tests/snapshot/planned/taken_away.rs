//! A plan of Terraform over accounts that were read: what it takes away, replaces or renames gives nothing any more, what
//! stands beside it stays, and where it is known later what it does, that is not known now.

use std::fmt::Write as _;

use clavicle_snapshot::{Import, Place, PolicyState, Snapshot};
use serde_json::{Value, json};

use super::{change, plan, run};

const AT: &str = "eu-west-1:111122223333";

fn allow(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": "own", "Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}]})
}

/// An item of AWS Config.
fn item(kind: &str, arn: &str, configuration: &Value, supplement: &Value) -> Value {
    json!({"resourceType": kind, "ARN": arn, "awsRegion": "eu-west-1", "awsAccountId": "111122223333", "resourceId": "x",
           "configuration": configuration, "supplementaryConfiguration": supplement, "tags": {"team": "books"}})
}

const ROLE: &str = "arn:aws:iam::111122223333:role/run";
const OTHER: &str = "arn:aws:iam::111122223333:role/other";
pub(super) const SET: &str = "arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-2222222222222222";
const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const KEY: &str = "11111111-2222-3333-4444-555555555555";

fn live() -> Vec<Value> {
    let statement = |sid: &str| {
        json!({"Sid": sid, "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "lambda:InvokeFunction",
               "Resource": format!("arn:aws:lambda:{AT}:function:f")})
    };
    let function = json!({"Version": "2012-10-17", "Statement": [statement("one"), statement("two")]});
    let bus = json!({"Version": "2012-10-17", "Statement": [statement("partner")]});
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/dana"}, "Action": "sts:AssumeRole"}]});
    let role = |name: &str, path: &str, attached: &[&str], inline: &[(&str, Value)]| {
        let attached: Vec<Value> = attached
            .iter()
            .map(|arn| json!({"PolicyArn": arn, "PolicyName": arn.rsplit('/').next()}))
            .collect();
        let inline: Vec<Value> =
            inline.iter().map(|(name, text)| json!({"PolicyName": name, "PolicyDocument": text})).collect();
        json!({"Arn": format!("arn:aws:iam::111122223333:role{path}{name}"), "RoleName": name, "Path": path,
               "AssumeRolePolicyDocument": trust, "AttachedManagedPolicies": attached, "RolePolicyList": inline})
    };
    let of_set = "AWSReservedSSO_Dev_0123456789abcdef";
    let details = json!({
        "UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/dana", "GroupList": ["readers"], "AttachedManagedPolicies": [
            {"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}]}],
        "GroupDetailList": [{"Arn": "arn:aws:iam::111122223333:group/readers"}],
        "RoleDetailList": [
            role("run", "/", &[READ_ONLY], &[("a", allow("s3:A")), ("b", allow("s3:B"))]),
            role("other", "/", &[], &[]),
            role(of_set, "/aws-reserved/sso.amazonaws.com/eu-west-1/", &[READ_ONLY, ADMIN], &[("AwsSSOInlinePolicy", allow("s3:Set"))]),
            role("AWSReservedSSO_Dev_Ops_0123456789abcdef", "/aws-reserved/sso.amazonaws.com/", &[ADMIN], &[]),
        ],
        "Policies": []});
    let of = |service: &str, rest: &str| format!("arn:aws:{service}:{AT}:{rest}");
    let items = json!({"configurationItems": [
        item("AWS::Lambda::Function", &of("lambda", "function:f"), &json!({"role": ROLE, "urlAuthType": "NONE"}), &json!({"Policy": function.to_string()})),
        item("AWS::Events::EventBus", &of("events", "event-bus/default"), &json!({"Policy": bus.to_string()}), &json!({})),
        item("AWS::Events::Rule", &of("events", "rule/nightly"), &json!({"targets": [{"roleArn": ROLE}, {"roleArn": OTHER}]}), &json!({})),
        item("AWS::KMS::Key", &of("kms", &format!("key/{KEY}")), &json!({"grants": [{"grantee": ROLE, "operations": ["Decrypt", "Encrypt"]},
            {"grantee": "arn:aws:iam::111122223333:user/dana", "operations": ["Decrypt"]}]}), &json!({"Policy": allow("kms:*").to_string()})),
        item("AWS::KMS::Alias", &of("kms", "alias/ledger"), &json!({"aliasName": "alias/ledger", "targetKeyId": KEY}), &json!({})),
        item("AWS::SNS::Topic", &of("sns", "news"), &json!({"Policy": allow("sns:*").to_string()}), &json!({})),
        item("AWS::DynamoDB::Table", &of("dynamodb", "table/orders"), &json!({}), &json!({})),
        item("AWS::EKS::PodIdentityAssociation", &of("eks", "podidentityassociation/prod/a-1"), &json!({"roleArn": ROLE}), &json!({})),
        item("AWS::SageMaker::Model", &of("sagemaker", "model/m"), &json!({"executionRoleArn": ROLE}), &json!({})),
        item("AWS::S3::Bucket", "arn:aws:s3:::ledger", &json!({}), &json!({"BucketPolicy": {"policyText": allow("s3:*").to_string()},
            "ServerSideEncryptionConfiguration": {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyID": KEY}}]}})),
        item("AWS::S3::AccessPoint", &of("s3", "accesspoint/door"), &json!({"Policy": allow("s3:*").to_string()}), &json!({})),
        item("AWS::IAM::OIDCProvider", "arn:aws:iam::111122223333:oidc-provider/ci.example", &json!({"url": "ci.example"}), &json!({})),
    ]});
    let sets = [
        json!({"Instances": [{"InstanceArn": "arn:aws:sso:::instance/ssoins-1111111111111111", "IdentityStoreId": "d-1", "OwnerAccountId": "111122223333"}]}),
        json!({"PermissionSet": {"PermissionSetArn": SET, "Name": "Dev", "InlinePolicy": allow("s3:Set").to_string(),
               "AttachedManagedPolicies": [{"Arn": READ_ONLY, "Name": "r"}, {"Arn": ADMIN, "Name": "a"}]}}),
        json!({"AccountAssignments": [
            {"PermissionSetArn": SET, "AccountId": "111122223333", "PrincipalType": "USER", "PrincipalId": "u-1"},
            {"PermissionSetArn": SET, "AccountId": "111122223333", "PrincipalType": "GROUP", "PrincipalId": "g-1"}]}),
    ];
    let mut all = vec![details, items];
    all.extend(sets);
    all
}

/// What the plan of these changes leaves, in words.
pub(super) fn left(changes: &[Value]) -> (String, Snapshot) {
    let folder = tempfile::tempdir().unwrap();
    let mut import = Import::new().planned_in(Place::parse("111122223333/eu-west-1"));
    for (at, source) in live().iter().enumerate() {
        let file = folder.path().join(format!("{at}.json"));
        std::fs::write(&file, source.to_string()).unwrap();
        import = import.source(file);
    }
    let file = folder.path().join("plan.json");
    std::fs::write(&file, plan(changes)).unwrap();
    let imported = run(import.source(file));
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).unwrap();
    (said(&snapshot), snapshot)
}

fn said(snapshot: &Snapshot) -> String {
    let mut out = super::words(snapshot);
    for alias in &snapshot.key_aliases {
        writeln!(out, "{} is {}", alias.alias, alias.key).unwrap();
    }
    for provider in &snapshot.providers {
        writeln!(out, "provider {}", provider.arn).unwrap();
    }
    for center in &snapshot.identity_center {
        for set in &center.permission_sets {
            let inline = match set.inline {
                PolicyState::Document(id) => {
                    snapshot.document(id).text.split_whitespace().collect::<String>()
                }
                other => format!("{other:?}"),
            };
            let attached: Vec<_> =
                set.attached.iter().flatten().map(|policy| &*snapshot.policy(*policy).arn).collect();
            writeln!(out, "set {} {attached:?} {inline}", set.name).unwrap();
        }
        for it in &center.assignments {
            writeln!(out, "assigned {}", it.principal).unwrap();
        }
    }
    // Each line with whose it is.
    let mut owner = "";
    let mut told = String::new();
    for line in out.lines().filter(|line| !line.starts_with("declared")) {
        if line.starts_with("  ") {
            writeln!(told, "{owner}{line}").unwrap();
        } else {
            owner = line.split(' ').next().unwrap_or_default();
            writeln!(told, "{line}").unwrap();
        }
    }
    told
}

/// The lines that are no more, and those that are new.
fn differs(changes: &[Value]) -> (String, String) {
    let (before, _) = left(&[change("aws_null.nothing", &["no-op"], &json!({}), &json!({}))]);
    let (after, _) = left(changes);
    let only = |one: &str, other: &str| {
        let lines =
            one.lines().filter(|line| !other.lines().any(|it| it == *line) && !line.contains("aws_null"));
        lines.collect::<Vec<_>>().join("\n")
    };
    (only(&before, &after), only(&after, &before))
}

pub(super) fn gone(address: &str, before: &Value) -> Value {
    change(address, &["delete"], before, &Value::Null)
}

fn permission(id: &str) -> Value {
    json!({"statement_id": id, "function_name": "f", "action": "lambda:InvokeFunction", "principal": "events.amazonaws.com"})
}

#[test]
fn what_is_deleted_gives_nothing_and_what_stands_beside_it_stays() {
    let role = |rest: &Value| {
        let mut all = json!({"role": "run"});
        all.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        all
    };
    let assignment = json!({"permission_set_arn": SET, "target_id": "111122223333", "principal_type": "USER", "principal_id": "u-1"});
    let grant = json!({"key_id": KEY, "grantee_principal": ROLE, "operations": ["Encrypt", "Decrypt"]});
    let of = |service: &str, rest: &str| format!("arn:aws:{service}:{AT}:{rest}");
    // What is deleted, what is not said any more, and what is said in its place.
    for (address, before, less, more) in [
        ("aws_lambda_permission.a", permission("one"), r#""Sid": "one""#, r#"[ { "Sid": "two""#),
        (
            "aws_lambda_function_url.a",
            json!({"function_name": "f", "authorization_type": "NONE"}),
            r#""function_url":"NONE""#,
            "",
        ),
        (
            "aws_cloudwatch_event_permission.a",
            json!({"statement_id": "partner", "principal": "444455556666"}),
            r#""Sid": "partner""#,
            "  policy none",
        ),
        (
            "aws_cloudwatch_event_target.a",
            json!({"rule": "nightly", "arn": "arn:aws:sqs:eu-west-1:111122223333:q", "role_arn": OTHER}),
            "runs as arn:aws:iam::111122223333:role/other (Service) true",
            "",
        ),
        (
            "aws_kms_alias.a",
            json!({"name": "alias/ledger", "target_key_id": KEY, "arn": of("kms", "alias/ledger")}),
            "alias/ledger is",
            "",
        ),
        (
            "aws_kms_grant.a",
            grant,
            r#""grantee":"arn:aws:iam::111122223333:role/run""#,
            r#""grantee":"arn:aws:iam::111122223333:user/dana""#,
        ),
        ("aws_kms_key_policy.a", json!({"key_id": KEY, "policy": "{}"}), "kms:*", "  policy not seen"),
        (
            "aws_sns_topic_policy.a",
            json!({"arn": of("sns", "news"), "policy": "{}"}),
            "sns:*",
            "  policy not seen",
        ),
        ("aws_s3_bucket_policy.a", json!({"bucket": "ledger", "policy": "{}"}), "s3:*", "  policy none"),
        (
            "aws_s3control_access_point_policy.a",
            json!({"access_point_arn": of("s3", "accesspoint/door"), "policy": "{}"}),
            "s3:*",
            "  policy none",
        ),
        (
            "aws_s3_access_point.a",
            json!({"arn": of("s3", "accesspoint/door"), "name": "door", "bucket": "ledger"}),
            "accesspoint/door",
            "",
        ),
        (
            "aws_s3_bucket_server_side_encryption_configuration.a",
            json!({"bucket": "ledger", "rule": []}),
            "aws:kms",
            r#"facts {"encryption":"AES256"}"#,
        ),
        (
            "aws_dynamodb_resource_policy.a",
            json!({"resource_arn": of("dynamodb", "table/orders"), "policy": "{}"}),
            "  policy not seen",
            "  policy none",
        ),
        (
            "aws_iam_role_policy_attachment.a",
            role(&json!({"policy_arn": READ_ONLY})),
            "role/run  attached",
            "",
        ),
        ("aws_iam_role_policy.a", role(&json!({"name": "a", "policy": "{}"})), "  inline a:", ""),
        (
            "aws_iam_user_group_membership.a",
            json!({"user": "dana", "groups": ["readers"]}),
            "  in readers",
            "",
        ),
        (
            "aws_iam_group.a",
            json!({"arn": "arn:aws:iam::111122223333:group/readers", "name": "readers", "path": "/"}),
            "group/readers",
            "",
        ),
        (
            "aws_iam_openid_connect_provider.a",
            json!({"arn": "arn:aws:iam::111122223333:oidc-provider/ci.example", "url": "https://ci.example"}),
            "provider arn:aws:iam::111122223333:oidc-provider/ci.example",
            "",
        ),
        ("aws_ssoadmin_account_assignment.a", assignment, "assigned u-1", ""),
        (
            "aws_ssoadmin_managed_policy_attachment.a",
            json!({"permission_set_arn": SET, "managed_policy_arn": ADMIN}),
            "Dev_0123456789abcdef  attached arn:aws:iam::aws:policy/AdministratorAccess",
            r#"set Dev ["arn:aws:iam::aws:policy/ReadOnlyAccess"]"#,
        ),
        (
            "aws_ssoadmin_permission_set_inline_policy.a",
            json!({"permission_set_arn": SET, "inline_policy": "{}"}),
            "  inline AwsSSOInlinePolicy",
            r#" None"#,
        ),
        ("aws_ssoadmin_permission_set.a", json!({"arn": SET, "name": "Dev"}), "set Dev", ""),
        (
            "aws_eks_pod_identity_association.a",
            json!({"association_arn": of("eks", "podidentityassociation/prod/a-1"), "role_arn": ROLE}),
            "podidentityassociation",
            "",
        ),
        // Of a kind of which nothing else is known.
        (
            "aws_sagemaker_model.a",
            json!({"arn": of("sagemaker", "model/m"), "name": "m", "execution_role_arn": ROLE}),
            "sagemaker:model",
            "",
        ),
    ] {
        let (is_less, is_more) = differs(&[gone(address, &before)]);
        let lines = |text: &str| text.lines().filter(|line| !line.starts_with("warning")).count();
        assert!(is_less.contains(less), "{address}\n{is_less}\n{is_more}");
        assert!(!is_more.contains(less), "{address}\n{is_less}\n{is_more}");
        assert!(is_more.contains(more), "{address}\n{is_less}\n{is_more}");
        assert!(lines(&is_more) <= 1, "{address}\n{is_less}\n{is_more}");
    }
}

#[test]
fn what_comes_beside_what_is_there_takes_nothing_away() {
    let new = |address: &str, after: &Value| change(address, &["create"], &Value::Null, after);
    // A permission of a function that no line of the plan declares.
    let (less, more) = differs(&[new("aws_lambda_permission.a", &permission("three"))]);
    assert!(less.lines().count() == 1 && more.lines().count() == 1, "{less}\n{more}");
    assert!([r#""one""#, r#""two""#, r#""three""#].iter().all(|sid| more.contains(sid)), "{more}");
    // And of one that it declares, and does not change.
    let function =
        json!({"arn": format!("arn:aws:lambda:{AT}:function:f"), "function_name": "f", "role": ROLE});
    let kept = change("aws_lambda_function.f", &["no-op"], &function, &function);
    let (_, more) = differs(&[kept, new("aws_lambda_permission.a", &permission("three"))]);
    assert!([r#""one""#, r#""two""#, r#""three""#].iter().all(|sid| more.contains(sid)), "{more}");
    // Another role of a rule.
    let target = json!({"rule": "nightly", "role_arn": "arn:aws:iam::111122223333:role/third"});
    let (less, more) = differs(&[new("aws_cloudwatch_event_target.a", &target)]);
    let wanted = format!(
        "arn:aws:events:{AT}:rule/nightly  runs as arn:aws:iam::111122223333:role/third (Service) false"
    );
    assert_eq!((less.as_str(), more.as_str()), ("", wanted.as_str()));
    // Another policy of a permission set, for the role that is made of it and no other.
    let policy = "arn:aws:iam::aws:policy/job-function/Billing";
    let part = json!({"permission_set_arn": SET, "managed_policy_arn": policy});
    let (_, snapshot) = left(&[new("aws_ssoadmin_managed_policy_attachment.a", &part)]);
    let having = snapshot
        .principals
        .iter()
        .filter(|it| it.attached.iter().any(|at| &*snapshot.policy(*at).arn == policy));
    assert_eq!(having.map(|it| &*it.name).collect::<Vec<_>>(), ["AWSReservedSSO_Dev_0123456789abcdef"]);
    let set = &snapshot.identity_center[0].permission_sets[0];
    assert_eq!((&*set.name, set.attached.as_ref().map(Vec::len)), ("Dev", Some(3)));
    // A grant beside others; and one policy for all that there were.
    let grant = json!({"key_id": KEY, "grantee_principal": OTHER, "operations": ["Sign"]});
    let (_, more) = differs(&[new("aws_kms_grant.a", &grant)]);
    assert_eq!(more.matches("grantee").count(), 3, "{more}");
    let only = |kind: &str, list: &str, value: Value| {
        let (_, snapshot) = left(&[new(&format!("{kind}.a"), &json!({"role_name": "run", list: value}))]);
        let role = snapshot.principal(snapshot.principal_by_arn(ROLE).unwrap());
        (role.attached.len(), role.inline.iter().map(|it| it.name.to_string()).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(only("aws_iam_role_policies_exclusive", "policy_names", json!(["b"])), (1, "b".to_owned()));
    assert_eq!(only("aws_iam_role_policies_exclusive", "policy_names", json!([])), (1, String::new()));
    assert_eq!(
        only("aws_iam_role_policy_attachments_exclusive", "policy_arns", json!([])),
        (0, "a b".to_owned())
    );
}

#[test]
fn what_is_replaced_or_changed_in_place_is_not_what_it_was() {
    let of = |service: &str, rest: &str| format!("arn:aws:{service}:{AT}:{rest}");
    let replaced = |address: &str, before: &Value, after: &Value, unknown: &Value| {
        let mut change = change(address, &["delete", "create"], before, after);
        change["change"]["after_unknown"] = unknown.clone();
        change
    };
    // From where is known later; that the old statement goes is known now.
    let mut after = permission("one");
    after["source_account"] = "444455556666".into();
    let mut before = after.clone();
    before["source_arn"] = "arn:aws:s3:::old".into();
    let (_, more) =
        differs(&[replaced("aws_lambda_permission.a", &before, &after, &json!({"source_arn": true}))]);
    assert!(more.contains("(known-after-deployment)") && more.contains(r#"[ { "Sid": "two""#), "{more}");
    // Which function it is for is known later: it may be this one.
    let (_, more) = differs(&[replaced(
        "aws_lambda_permission.a",
        &permission("one"),
        &permission("one"),
        &json!({"function_name": true}),
    )]);
    assert!(!more.contains(r#""one""#) && more.contains("KnownAfterDeployment"), "{more}");
    // So with a policy that is attached to a role that is known later.
    let attached = json!({"role": "run", "policy_arn": READ_ONLY});
    let (_, more) = differs(&[replaced(
        "aws_iam_role_policy_attachment.a",
        &attached,
        &attached,
        &json!({"role": true}),
    )]);
    assert!(more.contains("  inline ReadOnlyAccess (perhaps): {"), "{more}");
    let (less, more) = differs(&[replaced(
        "aws_iam_role_policy.a",
        &json!({"role": "run", "name": "a", "policy": "{}"}),
        &json!({"name": "a", "policy": "{}"}),
        &json!({"role": true}),
    )]);
    assert!(less.contains("  inline a: {") && more.contains("  inline a (perhaps): "), "{less}\n{more}");
    // The target of a rule has another role, a function none that was.
    let target = |role: &str| json!({"rule": "nightly", "role_arn": role});
    let update = change(
        "aws_cloudwatch_event_target.a",
        &["update"],
        &target(OTHER),
        &target("arn:aws:iam::111122223333:role/third"),
    );
    let (less, more) = differs(&[update]);
    assert!(
        less.contains("role/other (Service)")
            && more.contains("role/third (Service)")
            && !more.contains("role/run"),
        "{less}\n{more}"
    );
    let instance =
        |role: Value| json!({"arn": of("lambda", "function:f"), "function_name": "f", "role": role});
    let (_, snapshot) =
        left(&[change("aws_lambda_function.f", &["update"], &instance(json!(ROLE)), &instance(Value::Null))]);
    let function = snapshot.resources.iter().find(|it| &*it.name == "f").unwrap();
    assert!(function.runs_as.is_empty(), "{function:?}");
    // An alias leads to another key; tags are known later.
    let alias =
        |key: &str| json!({"name": "alias/ledger", "target_key_id": key, "arn": of("kms", "alias/ledger")});
    let (less, more) = differs(&[change(
        "aws_kms_alias.a",
        &["update"],
        &alias(KEY),
        &alias("99999999-2222-3333-4444-555555555555"),
    )]);
    assert!(less.contains("alias/ledger is") && more.contains("key/99999999"), "{less}\n{more}");
    let bucket = json!({"arn": "arn:aws:s3:::ledger", "bucket": "ledger", "tags": {}});
    let mut tagged = change("aws_s3_bucket.a", &["update"], &bucket, &bucket);
    tagged["change"]["after_unknown"] = json!({"tags_all": true});
    let (_, snapshot) = left(&[tagged]);
    assert_eq!(snapshot.resources.iter().find(|it| &*it.name == "ledger").unwrap().tags, None);
    // Encrypted by another key of the customer no more.
    let rule = |name: &str, key: Value| json!({"bucket": "ledger", "rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": name, "kms_master_key_id": key}]}]});
    let kind = "aws_s3_bucket_server_side_encryption_configuration.a";
    let (_, more) =
        differs(&[change(kind, &["update"], &rule("aws:kms", json!(KEY)), &rule("AES256", Value::Null))]);
    assert!(more.contains(r#"facts {"encryption":"AES256"}"#), "{more}");
    // The text of a permission set is known later.
    let inline = json!({"permission_set_arn": SET, "inline_policy": "{}"});
    let mut later = change("aws_ssoadmin_permission_set_inline_policy.a", &["update"], &inline, &inline);
    later["change"]["after_unknown"] = json!({"inline_policy": true});
    let (less, more) = differs(&[later]);
    assert!(
        less.contains("inline AwsSSOInlinePolicy: {") && more.contains("inline AwsSSOInlinePolicy: not seen"),
        "{less}\n{more}"
    );
    assert!(more.contains(" NotSeen"), "{more}");
}

/// AWS: IAM User Guide, "Rename an IAM user", "Rename an IAM user group": policies and memberships stay, and policies that name
/// the user as a principal name it still (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_rename.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups_manage_rename.html>).
#[test]
fn users_and_groups_that_are_renamed_keep_what_they_have() {
    let user = |name: &str| json!({"arn": "arn:aws:iam::111122223333:user/dana", "name": name, "path": "/"});
    let group = |path: &str| json!({"arn": "arn:aws:iam::111122223333:group/readers", "name": "readers", "path": path});
    let (said, snapshot) = left(&[
        change("aws_iam_user.a", &["update"], &user("dana"), &user("lee")),
        change("aws_iam_group.a", &["update"], &group("/"), &group("/staff/")),
        // Which Terraform does for its own reference to the name.
        change(
            "aws_iam_user_policy_attachment.a",
            &["delete", "create"],
            &json!({"user": "dana", "policy_arn": READ_ONLY}),
            &json!({"user": "lee", "policy_arn": ADMIN}),
        ),
    ]);
    assert!(!said.contains("user/dana") && !said.contains("group/readers"), "{said}");
    let lee = snapshot.principal(snapshot.principal_by_arn("arn:aws:iam::111122223333:user/lee").unwrap());
    assert!(lee.seen);
    assert_eq!(lee.attached.iter().map(|it| &*snapshot.policy(*it).arn).collect::<Vec<_>>(), [ADMIN]);
    let groups: Vec<_> = lee.groups.iter().map(|it| &*snapshot.principal(*it).arn).collect();
    assert_eq!(groups, ["arn:aws:iam::111122223333:group/staff/readers"]);
    assert!(said.contains(r#""Principal": {"AWS": "arn:aws:iam::111122223333:user/lee"}"#), "{said}");
    assert!(said.contains(r#""grantee":"arn:aws:iam::111122223333:user/lee""#), "{said}");
    let gone: Vec<_> = snapshot.gone.iter().map(ToString::to_string).collect();
    assert_eq!(gone, ["arn:aws:iam::111122223333:group/readers", "arn:aws:iam::111122223333:user/dana"]);
    // One gets the name that another had.
    let other = |name: &str| json!({"arn": "arn:aws:iam::111122223333:user/kim", "name": name, "path": "/"});
    let new = change("aws_iam_user.b", &["create"], &Value::Null, &other("kim"));
    let (_, snapshot) = left(&[new, change("aws_iam_user.a", &["update"], &user("dana"), &user("lee"))]);
    assert!(snapshot.principal_by_arn("arn:aws:iam::111122223333:user/kim").is_some());
}
