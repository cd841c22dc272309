//! What a plan or template gives somebody of whom it is known on deployment only who it is: an answer is unknown where that would
//! change it, and is what it was everywhere else.

use serde_json::{Value, json};

use crate::scene::Scene;

/// An account with two roles, two users and a group, and a template over it.
fn asked(resources: &str, questions: &[(&str, &str)]) {
    let scene = Scene::new();
    let says = |effect: &str, action: &str| json!({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": "arn:aws:s3:::ledger/*"}]});
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let role = |path: &str, name: &str| {
        json!({"Arn": format!("arn:aws:iam::111122223333:role{path}{name}"), "Path": path, "RoleName": name, "AssumeRolePolicyDocument": trust,
               "RolePolicyList": [{"PolicyName": "put", "PolicyDocument": says("Allow", "s3:PutObject")}]})
    };
    let user = |name: &str, groups: Value| json!({"Arn": format!("arn:aws:iam::111122223333:user/{name}"), "Path": "/", "UserName": name, "GroupList": groups});
    let account = json!({
        "RoleDetailList": [role("/", "app-prod"), role("/", "other"), role("/aws-service-role/ecs.amazonaws.com/", "AWSServiceRoleForECS")],
        "UserDetailList": [user("dana", json!(["readers"])), user("lee", json!([]))],
        "GroupDetailList": [{"Arn": "arn:aws:iam::111122223333:group/readers", "Path": "/", "GroupName": "readers",
            "GroupPolicyList": [{"PolicyName": "get", "PolicyDocument": says("Allow", "s3:GetObject")}]}],
        "Policies": [],
    });
    scene.write("account.json", &account.to_string());
    scene.write(
        "t.yaml",
        &format!(
            "AWSTemplateFormatVersion: '2010-09-09'\n\
             Parameters: {{Who: {{Type: String, Default: other}}, Env: {{Type: String}}, One: {{Type: String, AllowedValues: [other, third]}}}}\n\
             Conditions: {{IsProd: !Equals [!Ref Env, prod]}}\n\
             Resources:\n  Ledger: {{Type: AWS::S3::Bucket, Properties: {{BucketName: ledger}}}}\n{resources}"
        ),
    );
    for (question, expected) in questions {
        let (who, action) = question.split_once(' ').expect("who, and what");
        let told =
            scene.run(&format!("can {who} s3:{action} s3://ledger/x -s account.json -s t.yaml --standalone"));
        let answer = told.split([',', '.', '\n']).next().unwrap_or_default();
        assert_eq!(answer, *expected, "{question}\n{resources}\n{told}");
        if *expected == "UNKNOWN" {
            assert!(told.contains("known after deployment only"), "{told}");
        }
    }
}

pub(super) fn policy(kind: &str, bearers: &str, effect: &str, action: &str) -> String {
    format!(
        "  P:\n    Type: AWS::IAM::{kind}\n    Properties:\n      {bearers}\n      PolicyName: p\n      PolicyDocument: {{Version: '2012-10-17', \
         Statement: [{{Effect: {effect}, Action: 's3:{action}', Resource: 'arn:aws:s3:::ledger/*'}}]}}\n"
    )
}

/// AWS: CloudFormation Template Reference, `AWS::IAM::Policy`, `AWS::IAM::ManagedPolicy`, `AWS::IAM::RolePolicy`: `Roles`, `Users` and
/// `Groups` are names, which a parameter may give; CloudFormation User Guide, "Parameters": a default is "used if no value is specified"
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>).
#[test]
fn what_a_parameter_gives_somebody_anybody_of_the_kind_has_perhaps() {
    for (kind, bearers) in [
        ("Policy", "Roles: [!Ref Who]"),
        ("Policy", "Roles: !Split [',', !Ref Who]"),
        ("ManagedPolicy", "Roles: [!Ref Who]"),
        ("RolePolicy", "RoleName: !Ref Who"),
        ("RolePolicy", "RoleName: !ImportValue who"),
        ("RolePolicy", "RoleName: '{{resolve:ssm:/who}}'"),
    ] {
        // What it allows is no certain "no", and what it denies no certain "yes".
        asked(
            &policy(kind, bearers, "Allow", "GetObject"),
            &[
                ("role/other GetObject", "UNKNOWN"),
                ("role/app-prod GetObject", "UNKNOWN"),
                ("role/other PutObject", "YES"),
                ("role/other DeleteObject", "NO"),
                ("user/lee GetObject", "NO"),
                // AWS: IAM API Reference, `AttachRolePolicy`, `UnmodifiableEntity`: "service-linked roles are protected".
                ("role/AWSServiceRoleForECS GetObject", "NO"),
            ],
        );
        asked(
            &policy(kind, bearers, "Deny", "PutObject"),
            &[
                ("role/other PutObject", "UNKNOWN"),
                ("role/other GetObject", "NO"),
                ("user/dana GetObject", "YES"),
            ],
        );
    }
    asked(
        &policy("Policy", "Users: [!Ref Who]", "Allow", "DeleteObject"),
        &[("user/lee DeleteObject", "UNKNOWN"), ("role/other DeleteObject", "NO")],
    );
    // By way of a group its members have it.
    asked(
        &policy("GroupPolicy", "GroupName: !Ref Who", "Deny", "GetObject"),
        &[("user/dana GetObject", "UNKNOWN"), ("user/lee GetObject", "NO")],
    );
}

/// AWS: IAM API Reference, "PutRolePolicy": "Adds or updates an inline policy document": a role has one policy of a name
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>).
#[test]
fn what_may_come_in_the_place_of_a_policy_leaves_that_in_doubt() {
    let named = |name: &str, role: &str, more: &str| {
        let text = policy("RolePolicy", &format!("RoleName: {role}"), "Allow", "GetObject");
        text.replace("PolicyName: p", &format!("PolicyName: {name}"))
            .replace("    Properties", &format!("{more}    Properties"))
    };
    for (text, put) in [
        (named("get", "!Ref Who", ""), "YES"),
        (named("put", "!Ref Who", ""), "UNKNOWN"),
        (named("put", "other", "    Condition: IsProd\n"), "UNKNOWN"),
        (named("put", "other", ""), "NO"),
        (
            policy("RolePolicy", "RoleName: !Ref Who", "Allow", "PutObject")
                .replace("PolicyName: p", "PolicyName: put"),
            "YES",
        ),
    ] {
        asked(&text, &[("role/other PutObject", put), ("role/other DeleteObject", "NO")]);
    }
}

/// What surrounds a parameter, the values that it may have and both sides of a condition say who it can be.
#[test]
fn who_it_can_be_is_told_by_the_template() {
    for (bearers, answers) in [
        ("[!Sub 'app-${Env}']", ["UNKNOWN", "NO"]),
        ("[!Sub '${AWS::StackName}-role']", ["NO", "NO"]),
        ("[!Ref One]", ["NO", "UNKNOWN"]),
        ("[!If [IsProd, app-prod, !Ref 'AWS::NoValue']]", ["UNKNOWN", "NO"]),
        ("!If [IsProd, [app-prod], [other]]", ["UNKNOWN", "UNKNOWN"]),
        ("[app-prod, !Ref One]", ["YES", "UNKNOWN"]),
    ] {
        asked(
            &policy("Policy", &format!("Roles: {bearers}"), "Allow", "GetObject"),
            &[("role/app-prod GetObject", answers[0]), ("role/other GetObject", answers[1])],
        );
    }
}

/// AWS: CloudFormation Template Reference, `AWS::IAM::UserToGroupAddition`.
#[test]
fn who_may_be_in_a_group_has_perhaps_what_it_gives() {
    let addition = |more: &str, group: &str, users: &str| {
        format!(
            "  In:\n    Type: AWS::IAM::UserToGroupAddition\n{more}    Properties: {{GroupName: {group}, Users: {users}}}\n"
        )
    };
    asked(
        &addition("", "readers", "[!Ref Who]"),
        &[("user/lee GetObject", "UNKNOWN"), ("user/lee PutObject", "NO")],
    );
    asked(
        &addition("", "!Ref Who", "[lee]"),
        &[("user/lee GetObject", "UNKNOWN"), ("user/lee PutObject", "NO")],
    );
    asked(
        &addition("    Condition: IsProd\n", "readers", "[lee]"),
        &[("user/lee GetObject", "UNKNOWN"), ("user/dana GetObject", "YES")],
    );
}

/// AWS: CloudFormation User Guide, "Conditions", `Fn::If`: what is there under a condition that is not known is there perhaps.
#[test]
fn what_is_made_under_a_condition_gives_perhaps_what_it_gives() {
    let under = policy("Policy", "Roles: [other]", "Allow", "GetObject")
        .replace("    Properties", "    Condition: IsProd\n    Properties");
    asked(
        &under,
        &[
            ("role/other GetObject", "UNKNOWN"),
            ("role/other DeleteObject", "NO"),
            ("role/other PutObject", "YES"),
        ],
    );
    let role = |more: &str, policies: &str| {
        format!(
            "  R:\n    Type: AWS::IAM::Role\n{more}    Properties:\n      RoleName: made\n      AssumeRolePolicyDocument: {{Version: '2012-10-17', Statement: \
             [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: 'sts:AssumeRole'}}]}}\n{policies}"
        )
    };
    let statement =
        |action: &str| format!("{{Effect: Allow, Action: 's3:{action}', Resource: 'arn:aws:s3:::ledger/*'}}");
    let (get, put) = (statement("GetObject"), statement("PutObject"));
    let read = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    for (more, policies, answers) in [
        (
            "    Condition: IsProd\n",
            format!("      Policies: [{{PolicyName: p, PolicyDocument: {{Statement: [{get}]}}}}]\n"),
            ["UNKNOWN", "NO"],
        ),
        ("    Condition: IsProd\n", format!("      ManagedPolicyArns: ['{read}']\n"), ["UNKNOWN", "NO"]),
        (
            "",
            format!("      ManagedPolicyArns: [!If [IsProd, '{read}', !Ref 'AWS::NoValue']]\n"),
            ["UNKNOWN", "NO"],
        ),
        (
            "",
            format!(
                "      Policies: [{{PolicyName: p, PolicyDocument: {{Statement: [!If [IsProd, {get}, !Ref 'AWS::NoValue'], {put}]}}}}]\n"
            ),
            ["UNKNOWN", "YES"],
        ),
        (
            "",
            format!(
                "      Policies: [{{PolicyName: p, PolicyDocument: {{Statement: !If [IsProd, [{get}], [{put}]]}}}}]\n"
            ),
            ["UNKNOWN", "UNKNOWN"],
        ),
        (
            "",
            format!(
                "      Policies: [!If [IsProd, {{PolicyName: p, PolicyDocument: {{Statement: [{get}]}}}}, !Ref 'AWS::NoValue']]\n"
            ),
            ["UNKNOWN", "NO"],
        ),
        (
            "",
            format!(
                "      Policies: [{{PolicyName: p, PolicyDocument: !If [IsProd, {{Statement: [{get}]}}, {{Statement: [{get}, {put}]}}]}}]\n"
            ),
            ["UNKNOWN", "UNKNOWN"],
        ),
        (
            "",
            format!(
                "      Policies: [{{PolicyName: p, PolicyDocument: {{Statement: [!If [IsProd, {get}, {get}]]}}}}]\n"
            ),
            ["YES", "NO"],
        ),
    ] {
        asked(
            &role(more, &policies),
            &[
                ("role/made GetObject", answers[0]),
                ("role/made PutObject", answers[1]),
                ("role/made DeleteObject", "NO"),
            ],
        );
    }
}

/// Whether a statement allows or denies may be known later too; and SAM Developer Guide, "AWS SAM policy templates".
#[test]
fn what_a_statement_or_a_policy_of_sam_does_may_turn_on_a_condition() {
    let statement = |effect: &str, action: &str| {
        format!("{{Effect: {effect}, Action: 's3:{action}', Resource: 'arn:aws:s3:::ledger/*'}}")
    };
    let either = format!(
        "  P: {{Type: AWS::IAM::RolePolicy, Properties: {{PolicyName: p, RoleName: other, PolicyDocument: {{Statement: [{}, {}]}}}}}}\n",
        statement("!If [IsProd, Allow, Deny]", "GetObject"),
        statement("Allow", "DeleteObject")
    );
    asked(
        &either,
        &[
            ("role/other GetObject", "UNKNOWN"),
            ("role/other PutObject", "YES"),
            ("role/other DeleteObject", "YES"),
            ("role/other GetObjectAcl", "NO"),
        ],
    );
    let read = "{S3ReadPolicy: {BucketName: ledger}}";
    for (policies, answer) in [
        (format!("[{read}]"), "YES"),
        (format!("[!If [IsProd, {read}, !Ref 'AWS::NoValue']]"), "UNKNOWN"),
        (
            format!(
                "[!If [IsProd, {{Statement: [{}]}}, !Ref 'AWS::NoValue']]",
                statement("Allow", "GetObject")
            ),
            "UNKNOWN",
        ),
    ] {
        let function = format!(
            "  F: {{Type: AWS::Serverless::Function, Properties: {{Handler: a.b, Policies: {policies}}}}}\n"
        );
        asked(&function, &[("role/FRole~ GetObject", answer), ("role/FRole~ PutObject", "NO")]);
    }
}

/// AWS: CloudFormation User Guide, "Fn::ForEach": the collection may be a parameter
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html>).
#[test]
fn what_a_loop_over_a_parameter_makes_gives_perhaps_what_it_gives() {
    let statement = "{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::ledger/*'}";
    let each = |made: &str| {
        format!("  Fn::ForEach::All:\n    - Name\n    - !Split [',', !Ref Who]\n    - 'P${{Name}}': {made}\n")
    };
    let policy = |role: &str| {
        each(&format!(
            "{{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, Roles: [{role}], PolicyDocument: {{Version: '2012-10-17', Statement: [{statement}]}}}}}}"
        ))
    };
    for (role, answers) in [
        ("!Ref Name", ["UNKNOWN", "UNKNOWN"]),
        ("!Sub 'app-${Name}'", ["UNKNOWN", "NO"]),
        ("'app-${Name}'", ["UNKNOWN", "NO"]),
        ("'other'", ["NO", "UNKNOWN"]),
    ] {
        asked(
            &policy(role),
            &[
                ("role/app-prod GetObject", answers[0]),
                ("role/other GetObject", answers[1]),
                ("role/other DeleteObject", "NO"),
            ],
        );
    }
    // One in another, either of which may go over what is known.
    let inner = |outer: &str, inner: &str| {
        format!(
            "  Fn::ForEach::Outer:\n    - Team\n    - {outer}\n    - Fn::ForEach::Inner:\n        - Name\n        - {inner}\n        - 'P${{Team}}${{Name}}': \
             {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, Roles: [!Sub '${{Team}}-${{Name}}'], PolicyDocument: {{Version: '2012-10-17', Statement: [{statement}]}}}}}}\n"
        )
    };
    for (text, answers) in [
        (inner("[app]", "!Split [',', !Ref Who]"), ["UNKNOWN", "NO"]),
        (inner("!Split [',', !Ref Who]", "[prod]"), ["UNKNOWN", "NO"]),
        (inner("!Split [',', !Ref Who]", "!Split [',', !Ref Env]"), ["UNKNOWN", "NO"]),
        (inner("[app, web]", "[prod]"), ["YES", "NO"]),
    ] {
        asked(&text, &[("role/app-prod GetObject", answers[0]), ("role/other GetObject", answers[1])]);
    }
    // Of the role that each turn makes its own policies are known, and not whether there is one.
    let role = each(&format!(
        "{{Type: AWS::IAM::Role, Properties: {{RoleName: !Sub 'r-${{Name}}', AssumeRolePolicyDocument: {{Version: '2012-10-17', Statement: []}}, \
         Policies: [{{PolicyName: p, PolicyDocument: {{Statement: [{statement}]}}}}]}}}}"
    ));
    asked(&role, &[("role/P~~ GetObject", "UNKNOWN"), ("role/P~~ PutObject", "NO")]);
}

/// AWS: CloudFormation Template Reference, `AWS::S3::BucketPolicy`: `Bucket` is a name; S3 API Reference, `PutBucketPolicy`: a bucket has
/// one policy, which another replaces. `AWS::Lambda::Permission` adds a statement.
#[test]
fn what_a_parameter_gives_a_thing_any_of_the_kind_has_perhaps() {
    let bucket = |name: &str, who: &str, more: &str| {
        format!(
            "  {name}:\n    Type: AWS::S3::BucketPolicy\n{more}    Properties:\n      Bucket: {who}\n      PolicyDocument: {{Version: '2012-10-17', Statement: \
             [{{Effect: Allow, Principal: {{AWS: 'arn:aws:iam::111122223333:user/lee'}}, Action: 's3:{name}Object', Resource: 'arn:aws:s3:::ledger/*'}}]}}\n"
        )
    };
    for (text, answers) in [
        (bucket("Get", "!Ref Who", ""), ["UNKNOWN", "NO"]),
        (bucket("Get", "!Sub 'led${Who}'", ""), ["UNKNOWN", "NO"]),
        (bucket("Get", "!Sub 'logs-${Who}'", ""), ["NO", "NO"]),
        (bucket("Get", "!Ref Ledger", "    Condition: IsProd\n"), ["UNKNOWN", "NO"]),
        (bucket("Get", "!Ref Ledger", ""), ["YES", "NO"]),
        // Its own policy is there no more where it gets the other.
        (bucket("Get", "!Ref Ledger", "") + &bucket("Put", "!Ref Who", ""), ["UNKNOWN", "UNKNOWN"]),
    ] {
        asked(
            &text,
            &[
                ("user/lee GetObject", answers[0]),
                ("user/lee PutObject", answers[1]),
                ("user/lee DeleteObject", "NO"),
                ("user/dana GetObject", "YES"),
            ],
        );
    }
    let scene = Scene::new();
    for (function, answer) in [("!Ref Which", "UNKNOWN"), ("work", "YES"), ("!Sub 'other-${Which}'", "NO")] {
        scene.write(
            "t.yaml",
            &format!(
                "AWSTemplateFormatVersion: '2010-09-09'\nParameters: {{Which: {{Type: String}}}}\nResources:\n  F: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: work, \
                 Role: 'arn:aws:iam::111122223333:role/run'}}}}\n  P: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: {function}, Action: 'lambda:InvokeFunction', \
                 Principal: 'arn:aws:iam::111122223333:user/lee'}}}}\n  U: {{Type: AWS::IAM::User, Properties: {{UserName: lee}}}}\n"
            ),
        );
        let told = scene.run("can user/lee lambda:InvokeFunction lambda/work -s t.yaml --planned-in 111122223333/eu-west-1 --standalone");
        assert!(told.starts_with(answer), "{function}\n{told}");
    }
}

/// Terraform: "JSON Output Format", `after_unknown`, `expressions`: of an argument that is known later a plan tells what it refers to.
#[test]
fn what_a_plan_gives_somebody_it_gives_whom_its_expression_can_name() {
    let statement = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::ledger/*"}]}).to_string();
    let trust = json!({"Version": "2012-10-17", "Statement": []}).to_string();
    let made = |address: &str, index: Option<u8>, after: Value, unknown: Value| {
        let (kind, name) = address.split_once('.').expect("a type and a name");
        let mut made = json!({"address": address, "mode": "managed", "type": kind, "name": name,
            "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown}});
        if let Some(index) = index {
            made["address"] = format!("{address}[{index}]").into();
            made["index"] = index.into();
        }
        made
    };
    let role = |name: &str| json!({"name": name, "path": "/", "assume_role_policy": trust});
    let plan = |references: &[&str]| {
        json!({"format_version": "1.2",
        "variables": {"one": {"value": "else"}, "list": {"value": ["else"]}, "map": {"value": {"a": "else"}}},
        "resource_changes": [
            made("aws_s3_bucket.ledger", None, json!({"bucket": "ledger"}), json!({})),
            made("aws_iam_role.app", Some(0), role("app-0"), json!({"arn": true, "id": true})),
            made("aws_iam_role.app", Some(1), role("app-1"), json!({"arn": true, "id": true})),
            made("aws_iam_role.else", None, role("else"), json!({"arn": true, "id": true})),
            made("aws_iam_role_policy.p", None, json!({"name": "p", "policy": statement}), json!({"id": true, "role": true})),
        ],
        "configuration": {"root_module": {"resources": [
            {"address": "aws_iam_role_policy.p", "mode": "managed", "type": "aws_iam_role_policy", "name": "p",
             "expressions": {"role": {"references": references}}},
        ]}}})
    };
    let account = json!({"RoleDetailList": [{"Arn": "arn:aws:iam::111122223333:role/other", "Path": "/", "RoleName": "other",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}], "UserDetailList": [], "GroupDetailList": [], "Policies": []});
    for (references, answers) in [
        // One of the two, and no other.
        (&["aws_iam_role.app", "random_id.at.hex", "random_id.at"][..], ["UNKNOWN", "UNKNOWN", "UNKNOWN"]),
        (&["aws_iam_role.app", "count.index"], ["UNKNOWN", "NO", "NO"]),
        (&["aws_iam_role.app", "var.one"], ["UNKNOWN", "UNKNOWN", "NO"]),
        (&["aws_iam_role.app", "var.list"], ["UNKNOWN", "UNKNOWN", "NO"]),
        (&["aws_iam_role.app", "var.map"], ["UNKNOWN", "UNKNOWN", "UNKNOWN"]),
        // What the plan does not tell may be anybody, who is there already too.
        (&["local.role"], ["UNKNOWN", "UNKNOWN", "UNKNOWN"]),
        (&["data.aws_iam_roles.all.names", "data.aws_iam_roles.all"], ["UNKNOWN", "UNKNOWN", "UNKNOWN"]),
    ] {
        let scene = Scene::new();
        scene.write("account.json", &account.to_string());
        scene.write("plan.json", &plan(references).to_string());
        for (who, answer) in ["app-1", "else", "other"].iter().zip(answers) {
            for (action, answer) in [("GetObject", answer), ("PutObject", "NO")] {
                let question = format!(
                    "can role/{who} s3:{action} s3://ledger/x -s account.json -s plan.json --standalone"
                );
                let told = scene.run(&question);
                assert!(told.starts_with(answer), "{references:?} {question}\n{told}");
            }
        }
    }
}

/// Terraform: "JSON Output Format", `prior_state`: "the state that the configuration is being applied to"; "Resource targeting":
/// a plan of some resources leaves others as they are (<https://developer.hashicorp.com/terraform/internals/json-format>).
#[test]
fn what_a_plan_of_some_resources_leaves_is_there() {
    let allow = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::ledger/*"}]});
    let resource = |address: &str, values: &Value| {
        let (kind, name) = address.split_once('.').expect("a type and a name");
        json!({"address": address, "mode": "managed", "type": kind, "name": name, "values": values})
    };
    let role = json!({"arn": "arn:aws:iam::111122223333:role/web", "name": "web", "path": "/", "managed_policy_arns": [], "inline_policy": [],
        "assume_role_policy": json!({"Version": "2012-10-17", "Statement": []}).to_string()});
    let policy = json!({"role": "web", "name": "p", "policy": allow.to_string()});
    let bucket = json!({"arn": "arn:aws:s3:::ledger", "bucket": "ledger", "policy": ""});
    let scene = Scene::new();
    for (actions, answer) in [(None, "YES"), (Some("delete"), "NO"), (Some("forget"), "YES")] {
        let changes: Vec<Value> = actions
            .iter()
            .map(|action| {
                let mut change = resource("aws_iam_role_policy.p", &policy);
                change["change"] = json!({"actions": [action], "before": policy, "after": null});
                change
            })
            .collect();
        let there = [
            resource("aws_iam_role.web", &role),
            resource("aws_iam_role_policy.p", &policy),
            resource("aws_s3_bucket.ledger", &bucket),
        ];
        let plan = json!({"format_version": "1.2", "resource_changes": changes, "complete": false,
            "prior_state": {"values": {"root_module": {"resources": there}}}});
        scene.write("plan.json", &plan.to_string());
        let told = scene.run("can role/web s3:GetObject s3://ledger/x -s plan.json --planned-in 111122223333/eu-west-1 --standalone");
        assert!(told.starts_with(answer), "{actions:?}\n{told}");
    }
}

/// Whoever may have it is one line, however many they are.
#[test]
fn what_anybody_has_perhaps_is_told_once_of_all() {
    let role = |at: usize| {
        json!({"Arn": format!("arn:aws:iam::111122223333:role/r{at}"), "Path": "/", "RoleName": format!("r{at}"),
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}})
    };
    let roles: Vec<Value> = (0..40).map(role).collect();
    let account =
        json!({"RoleDetailList": roles, "UserDetailList": [], "GroupDetailList": [], "Policies": []});
    let scene = Scene::new();
    scene.write("account.json", &account.to_string());
    let template = format!(
        "AWSTemplateFormatVersion: '2010-09-09'\nParameters: {{Who: {{Type: String}}}}\nResources:\n{}",
        policy("Policy", "Roles: [!Ref Who]", "Allow", "GetObject")
    );
    scene.write("t.yaml", &template);
    let told = scene.run("diff account.json t.yaml --standalone --planned-in 111122223333/eu-west-1");
    let lines: Vec<&str> = told.lines().filter(|line| line.contains("(perhaps)")).collect();
    assert_eq!(lines, ["+ p (perhaps) is attached to role/r0 and 39 more"], "{told}");
    // That nobody has a managed policy for certain does not say that nobody has it.
    scene.write("t.yaml", &template.replace("IAM::Policy", "IAM::ManagedPolicy"));
    let place = "-s account.json -s t.yaml --standalone --planned-in 111122223333/eu-west-1";
    let told = scene.run(&format!("what policy/P~ {place}"));
    let expected = "policy/P~ is attached to somebody; to whom is known after deployment only.";
    assert!(told.starts_with(expected) && told.contains("[exit 3]"), "{told}");
    assert!(!scene.run(&format!("check {place}")).contains("is attached to nobody"));
}

/// AWS: CloudFormation Template Reference, `AWS::Organizations::Policy`, `TargetIds`; Organizations User Guide, "Service control policies":
/// what one denies is denied in every account below.
#[test]
fn where_a_control_policy_is_attached_may_be_above_anybody() {
    let scene = Scene::new();
    let ask = |target: &str, action: &str| {
        scene.write(
            "t.yaml",
            &format!(
                "AWSTemplateFormatVersion: '2010-09-09'\nParameters: {{Where: {{Type: String}}, One: {{Type: String, AllowedValues: ['111122223333', '999988887777']}}, \
                 Far: {{Type: String, AllowedValues: ['999988887777', '999988887778']}}}}\nResources:\n  P:\n    Type: AWS::Organizations::Policy\n    Properties:\n      Name: p\n      \
                 Type: SERVICE_CONTROL_POLICY\n      TargetIds: [{target}]\n      Content: {{Version: '2012-10-17', Statement: [{{Effect: Deny, Action: 's3:PutObject*', Resource: '*'}}]}}\n"
            ),
        );
        let thing = "s3://paperboat-invoices/x";
        let told = scene.run(&format!(
            "can prod:role/billing-api s3:{action} {thing} -s demo -s t.yaml --planned-in 111122223333"
        ));
        told.split([',', '.', '\n']).next().unwrap_or_default().to_owned()
    };
    let without = scene.run("can prod:role/billing-api s3:PutObject s3://paperboat-invoices/x -s demo");
    assert!(without.starts_with("YES"), "{without}");
    for (target, answer) in
        [("'111122223333'", "NO"), ("!Ref Where", "UNKNOWN"), ("!Ref One", "UNKNOWN"), ("!Ref Far", "YES")]
    {
        assert_eq!(ask(target, "PutObject"), answer, "{target}");
        assert_eq!(ask(target, "GetObject"), "YES", "{target}");
    }
}

/// What many have perhaps is one document: it is found once, is nobody's copy of another, counts for no quota, and nobody has it yet.
///
/// AWS: IAM User Guide, "IAM and AWS STS quotas"
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>): 10,240 characters in all inline policies of a role.
#[test]
fn what_many_have_perhaps_is_found_once_and_counted_for_nobody() {
    let scene = Scene::new();
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let put = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::ledger/*"}]});
    let role = |name: &str| {
        json!({"Arn": format!("arn:aws:iam::111122223333:role/{name}"), "Path": "/", "RoleName": name, "AssumeRolePolicyDocument": trust,
               "RolePolicyList": [{"PolicyName": "put", "PolicyDocument": put}]})
    };
    let roles: Vec<Value> = ["a", "b", "c"].map(role).to_vec();
    scene.write(
        "account.json",
        &json!({"RoleDetailList": roles, "UserDetailList": [], "GroupDetailList": [], "Policies": []})
            .to_string(),
    );
    let template = |resources: Value| json!({"AWSTemplateFormatVersion": "2010-09-09", "Parameters": {"Who": {"Type": "String"}, "What": {"Type": "String"}}, "Resources": resources});
    let given = |name: &str, document: &Value| json!({"Type": "AWS::IAM::RolePolicy", "Properties": {"RoleName": {"Ref": "Who"}, "PolicyName": name, "PolicyDocument": document}});
    let asked = |resources: Value, line: &str| {
        scene.write("t.json", &template(resources).to_string());
        scene.run(&format!("{line} account.json -s t.json --standalone"))
    };
    let all =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let managed = json!({"Type": "AWS::IAM::ManagedPolicy", "Properties": {"ManagedPolicyName": "p", "Roles": [{"Ref": "Who"}], "PolicyDocument": all}});
    for gives in [given("p", &all), managed] {
        let told = asked(json!({"P": gives}), "check -s");
        assert!(told.starts_with("1 finding: 1 medium.\n"), "{told}");
        assert!(
            told.contains(
                "p (perhaps) allows everything on everything, to 3 that may have it: role/a, role/b and role/c."
            ),
            "{told}"
        );
        assert!(told.contains("who has it is known after deployment only"), "{told}");
    }
    // Nothing is found of copies of what a role has, and of three that are too large together.
    let statements: Vec<Value> = (0..60)
        .map(|at| json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::a-bucket-of-some-name-{at}/*")}))
        .collect();
    let large = json!({"Version": "2012-10-17", "Statement": statements});
    let told = asked(
        json!({"A": given("large-a", &large), "B": given("large-b", &large), "C": given("copy", &put)}),
        "check -s",
    );
    assert!(told.starts_with("Nothing was found.\n"), "{told}");
    // What is granted is what somebody has.
    let told = asked(json!({"P": given("p", &all)}), "unused -s");
    assert!(told.contains("3 of 3 granted actions were not used"), "{told}");
}

/// What stands for something that is known later is no fault that anybody has written.
#[test]
fn marks_of_what_is_known_later_are_no_faults_of_policies() {
    let scene = Scene::new();
    let text = policy("RolePolicy", "RoleName: !Ref Who", "Allow", "GetObject");
    let text = text.replace("Statement: [{", "Statement: [{Effect: Allow, Action: 's3:PutObject', Resource: !Ref Who}, {Effect: Allow, Action: nothing, Resource: '*'}, {");
    scene.write(
        "t.yaml",
        &format!(
            "AWSTemplateFormatVersion: '2010-09-09'\nParameters: {{Who: {{Type: String}}}}\nResources:\n  R: {{Type: AWS::IAM::Role, Properties: {{RoleName: r, \
             AssumeRolePolicyDocument: {{Version: '2012-10-17', Statement: []}}}}}}\n{text}"
        ),
    );
    let told =
        scene.run("import t.yaml --planned-in 111122223333/eu-west-1 --standalone --out saved.clavicle");
    assert!(told.contains("`nothing` is not an action"), "{told}");
    assert!(!told.contains("known-after-deployment") && !told.contains("KnownAfterDeployment"), "{told}");
    assert!(told.ends_with("[exit 0]"), "{told}");
}

/// A file may call a policy whatever it likes: what is certain in it is granted, and counted.
#[test]
fn a_name_like_that_of_what_somebody_has_perhaps_hides_nothing() {
    let scene = Scene::new();
    let trust = json!({"Version": "2012-10-17", "Statement": []});
    let all =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let role = json!({"Arn": "arn:aws:iam::111122223333:role/a", "Path": "/", "RoleName": "a", "AssumeRolePolicyDocument": trust,
        "RolePolicyList": [{"PolicyName": "p (perhaps)", "PolicyDocument": all}]});
    scene.write(
        "account.json",
        &json!({"RoleDetailList": [role], "UserDetailList": [], "GroupDetailList": [], "Policies": []})
            .to_string(),
    );
    let told = scene.run("check -s account.json --standalone");
    assert!(told.contains("to 1 bearer") && !told.contains("may have it"), "{told}");
}
