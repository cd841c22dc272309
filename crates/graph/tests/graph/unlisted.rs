//! Details of IAM alone show nothing that runs as a role. What could be done through such a thing is then neither found
//! nor denied.

use clavicle_catalog::catalog;
use clavicle_graph::{Actor, Begin, Chains, Goal, Grade, Limits, Stated, World};
use clavicle_snapshot::{Import, Place, Snapshot};
use serde_json::{Value, json};

fn arn(kind_and_name: &str) -> String {
    format!("arn:aws:iam::111122223333:{kind_and_name}")
}

fn document(statement: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statement})
}

/// Who trusts a service, a SAML provider by its ARN, or Amazon Cognito.
fn trust(whom: &str) -> Value {
    let (principal, action) = match whom {
        "cognito-identity.amazonaws.com" => (json!({"Federated": whom}), "sts:AssumeRoleWithWebIdentity"),
        _ if whom.starts_with("arn:") => (json!({"Federated": whom}), "sts:AssumeRoleWithSAML"),
        _ => (json!({"Service": whom}), "sts:AssumeRole"),
    };
    document(&json!({"Effect": "Allow", "Principal": principal, "Action": action}))
}

/// One account: `me`, who may do this, and `target`, an administrator that trusts a service, in a profile of its name.
fn account(may: &[&str], service: &str, things: &[Value]) -> World {
    account_with(may, service, "*", things)
}

/// The same, with what `target` may do.
fn account_with(may: &[&str], service: &str, target_may: &str, things: &[Value]) -> World {
    account_told(may, service, target_may, things, &[])
}

/// The same, with calls that a collection made, beside the one that lists users and roles, and what became of them.
fn account_told(
    may: &[&str],
    service: &str,
    target_may: &str,
    things: &[Value],
    calls: &[(&str, &str)],
) -> World {
    account_planned(may, service, target_may, (things, calls), None)
}

/// The same, with a plan or template that is laid over it.
fn account_planned(
    may: &[&str],
    service: &str,
    target_may: &str,
    (things, calls): (&[Value], &[(&str, &str)]),
    plan: Option<&Value>,
) -> World {
    let allow = document(&json!({"Effect": "Allow", "Action": may, "Resource": "*"}));
    let profile = json!({"Path": "/", "InstanceProfileName": "target", "InstanceProfileId": "AIPA", "Roles": [],
        "Arn": arn("instance-profile/target"), "CreateDate": "2026-01-01T00:00:00+00:00"});
    let details = json!({
        "UserDetailList": [{"Path": "/", "UserName": "me", "UserId": "AIDA", "Arn": arn("user/me"), "GroupList": [],
            "CreateDate": "2026-01-01T00:00:00+00:00", "AttachedManagedPolicies": [], "Tags": [],
            "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": allow}]}],
        "GroupDetailList": [],
        "RoleDetailList": [{"Path": "/", "RoleName": "target", "RoleId": "AROA", "Arn": arn("role/target"),
            "CreateDate": "2026-01-01T00:00:00+00:00", "AttachedManagedPolicies": [], "Tags": [],
            "InstanceProfileList": [profile],
            "AssumeRolePolicyDocument": trust(service),
            "RolePolicyList": [{"PolicyName": "all",
                "PolicyDocument": document(&json!({"Effect": "Allow", "Action": target_may, "Resource": "*"}))}]}],
        "Policies": []});
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("details.json"), details.to_string()).expect("writable");
    if !things.is_empty() {
        std::fs::write(folder.path().join("things.json"), json!(things).to_string()).expect("writable");
    }
    if !calls.is_empty() {
        let all = calls.iter().chain(&[("iam:GetAccountAuthorizationDetails", "seen")]);
        let rows = all.map(|(call, state)| {
            json!({"Call": call, "Account": "111122223333", "Region": "eu-west-1", "State": state, "Reason": ""})
        });
        let told = json!({"CollectedCalls": rows.collect::<Vec<_>>()});
        std::fs::write(folder.path().join("told.json"), told.to_string()).expect("writable");
    }
    let mut import = Import::new().planned_in(Place::parse("111122223333/eu-west-1")).source(folder.path());
    if let Some(plan) = plan {
        let file = folder.path().join("plan");
        std::fs::write(&file, plan.to_string()).expect("writable");
        import = import.source(file);
    }
    let database = import.run(|_| ()).expect("it imports").database;
    let snapshot = Snapshot::read(&database, |_, _| ()).expect("it loads");
    World::new(snapshot, catalog(), Stated { standalone: true }, |_, _| ())
}

fn ways(world: &World, unlisted: bool) -> Chains {
    let me = world.snapshot().principal_by_arn(&arn("user/me")).expect("me");
    let limits = Limits { unlisted, ..Limits::default() };
    world.chains(&Begin::With(vec![Actor::Principal(me)]), &Goal::Administrator(None), &limits)
}

/// What a method takes where the thing was not listed, and the service that its role trusts.
const CASES: &[(&str, &[&str], &str)] = &[
    ("lambda-003", &["lambda:UpdateFunctionCode"], "lambda.amazonaws.com"),
    ("x-lambda-config", &["lambda:UpdateFunctionConfiguration"], "lambda.amazonaws.com"),
    (
        "ec2-002",
        &["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"],
        "ec2.amazonaws.com",
    ),
    ("ec2-004", &["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"], "ec2.amazonaws.com"),
    ("ec2instanceconnect-003", &["ec2-instance-connect:SendSSHPublicKey"], "ec2.amazonaws.com"),
    ("ssm-001", &["ssm:StartSession"], "ec2.amazonaws.com"),
    ("ssm-002", &["ssm:SendCommand"], "ec2.amazonaws.com"),
    ("ecs-006", &["ecs:ExecuteCommand"], "ecs-tasks.amazonaws.com"),
    ("batch-002", &["batch:SubmitJob"], "ecs-tasks.amazonaws.com"),
    ("apprunner-002", &["apprunner:UpdateService"], "tasks.apprunner.amazonaws.com"),
    ("cloudformation-002", &["cloudformation:UpdateStack"], "cloudformation.amazonaws.com"),
    (
        "cloudformation-005",
        &["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"],
        "cloudformation.amazonaws.com",
    ),
    ("codebuild-002", &["codebuild:StartBuild"], "codebuild.amazonaws.com"),
    ("glue-002", &["glue:UpdateDevEndpoint"], "glue.amazonaws.com"),
    ("sagemaker-004", &["sagemaker:CreatePresignedNotebookInstanceUrl"], "sagemaker.amazonaws.com"),
    ("stepfunctions-002", &["states:UpdateStateMachine", "states:StartExecution"], "states.amazonaws.com"),
    (
        "bedrock-002",
        &["bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"],
        "bedrock-agentcore.amazonaws.com",
    ),
    ("ecs-008", &["iam:PassRole", "ecs:RunTask"], "ecs-tasks.amazonaws.com"),
    ("glue-005", &["iam:PassRole", "glue:UpdateJob", "glue:StartJobRun"], "glue.amazonaws.com"),
];

#[test]
fn what_no_source_lists_is_neither_found_nor_denied() {
    for (method, may, service) in CASES {
        let world = account(may, service, &[]);
        assert!(ways(&world, false).chains.is_empty(), "{method}");
        let found = ways(&world, true);
        assert!(!found.chains.is_empty(), "{method}");
        for step in found.chains.iter().flat_map(|chain| &chain.steps) {
            assert_eq!(step.grade, Grade::Unseen, "{method}");
            assert_eq!(step.method.map(|method| method.id), Some(*method));
            assert!(!step.provided.is_empty() && !step.requests.is_empty(), "{method}");
        }
    }
}

#[test]
fn who_may_not_may_not_there_either() {
    for (method, may, service) in CASES {
        for short in *may {
            let rest: Vec<&str> = may.iter().copied().filter(|other| other != short).collect();
            // A job's script alone is rewritten by `x-glue-job`, whose next run somebody else starts.
            let less = *method == "glue-005" && rest.contains(&"glue:UpdateJob");
            let found = ways(&account(&rest, service, &[]), true);
            assert_eq!(found.chains.is_empty(), !less, "{method} without {short}");
        }
        let found = ways(&account(may, "nobody.amazonaws.com", &[]), true);
        assert!(found.chains.is_empty(), "{method} with a role for another service");
    }
}

#[test]
fn where_something_that_runs_is_listed_nothing_else_is_there() {
    let other = json!({"arn": "arn:aws:events:eu-west-1:111122223333:rule/r", "account": "111122223333", "policy": null,
        "tags": {}, "attrs": {"role": arn("role/target")}});
    for (method, may, service) in CASES {
        let found = ways(&account(may, service, std::slice::from_ref(&other)), true);
        assert!(found.chains.is_empty(), "{method}");
    }
}

/// Of what AWS would not list, that other things were listed says nothing.
#[test]
fn what_aws_would_not_list_may_be_there_whatever_else_is() {
    let other = json!({"arn": "arn:aws:events:eu-west-1:111122223333:rule/r", "account": "111122223333", "policy": null,
        "tags": {}, "attrs": {"role": arn("role/target")}});
    let told = |method: &str, may: &[&str], service, calls: &[(&str, &str)]| {
        let world = account_told(may, service, "*", std::slice::from_ref(&other), calls);
        assert!(ways(&world, false).chains.is_empty(), "{method}");
        ways(&world, true).chains
    };
    let (method, may, service) = ("lambda-003", &["lambda:UpdateFunctionCode"][..], "lambda.amazonaws.com");
    for state in ["denied", "failed", "partial"] {
        let found = told(method, may, service, &[("lambda:ListFunctions", state)]);
        let [chain] = &found[..] else { panic!("one chain: {found:?}") };
        assert_eq!(chain.grade(), Some(Grade::Unseen), "{state}");
    }
    assert!(told(method, may, service, &[("lambda:ListFunctions", "seen")]).is_empty());
    assert!(told(method, may, service, &[("lambda:ListFunctions", "unsupported")]).is_empty());
    assert!(told(method, may, service, &[("sqs:ListQueues", "denied")]).is_empty());
    // Where nobody looked, anything may be.
    for state in ["not_tried", "denied", "failed"] {
        assert!(!told(method, may, service, &[("ec2:DescribeRegions", state)]).is_empty(), "{state}");
    }
    assert!(told(method, may, service, &[("ec2:DescribeRegions", "seen")]).is_empty());
    // A task definition that is listed, and whose role was not told.
    let tasks = told(
        "ecs-006",
        &["ecs:ExecuteCommand"],
        "ecs-tasks.amazonaws.com",
        &[("ecs:DescribeTaskDefinition", "failed")],
    );
    assert!(!tasks.is_empty());
}

#[test]
fn what_is_seen_is_told_alone() {
    let may = ["lambda:UpdateFunctionCode", "iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"];
    let found = ways(&account(&may, "lambda.amazonaws.com", &[]), true);
    let methods = found.chains.iter().flat_map(|chain| &chain.steps).filter_map(|step| step.method);
    assert_eq!(methods.map(|method| method.id).collect::<Vec<_>>(), ["lambda-001"]);
}

#[test]
fn a_provider_that_only_a_trust_policy_names_may_be_there() {
    let provider = arn("saml-provider/idp");
    let world = account(&["iam:UpdateSAMLProvider"], &provider, &[]);
    assert!(ways(&world, false).chains.is_empty());
    let found = ways(&world, true);
    let [chain] = &found.chains[..] else { panic!("one chain: {found:?}") };
    assert_eq!(chain.grade(), Some(Grade::Unseen));
    assert_eq!(chain.steps[0].method.map(|method| method.id), Some("x-iam-saml"));
    assert!(ways(&account(&["iam:GetSAMLProvider"], &provider, &[]), true).chains.is_empty());
    assert!(ways(&account(&["iam:UpdateSAMLProvider"], "lambda.amazonaws.com", &[]), true).chains.is_empty());
}

#[test]
fn a_role_made_strong_may_be_that_of_what_no_source_lists() {
    let may = ["iam:PutRolePolicy", "lambda:UpdateFunctionCode"];
    let found = ways(&account_with(&may, "lambda.amazonaws.com", "s3:GetObject", &[]), true);
    let methods: Vec<_> = found.chains.iter().flat_map(|chain| &chain.steps).collect();
    assert!(
        methods.iter().all(|step| step.grade == Grade::Unseen && step.requests.len() == 2),
        "{methods:?}"
    );
    assert_eq!(methods.len(), 1);
    for short in may {
        let rest: Vec<&str> = may.into_iter().filter(|other| *other != short).collect();
        let found = ways(&account_with(&rest, "lambda.amazonaws.com", "s3:GetObject", &[]), true);
        assert!(found.chains.is_empty(), "without {short}");
    }
}

/// A thing that runs as `target`, so that the account shows what runs.
fn shown(arn: &str) -> Value {
    json!({"arn": arn, "account": "111122223333", "policy": null, "tags": {}, "attrs": {"role": arn_of_target()}})
}

fn arn_of_target() -> String {
    arn("role/target")
}

/// What was refused in one region takes nothing from what another one lists.
#[test]
fn what_is_listed_counts_where_other_calls_were_refused() {
    let function = shown("arn:aws:lambda:eu-west-1:111122223333:function:f");
    let calls = [("lambda:ListFunctions", "denied")];
    let world =
        account_told(&["lambda:UpdateFunctionCode"], "lambda.amazonaws.com", "*", &[function], &calls);
    let grades: Vec<_> = ways(&world, true).chains.iter().filter_map(clavicle_graph::Chain::grade).collect();
    assert_eq!(grades, [Grade::Certain]);
}

/// Methods by what they take, what a template makes, and whether the chain is certain, not known, or none.
#[test]
fn the_role_of_what_a_template_makes_may_be_known_later() {
    let rule = shown("arn:aws:events:eu-west-1:111122223333:rule/r");
    let target = arn_of_target();
    let later = || json!({"Ref": "WhichRole"});
    let (lambda, tasks, ec2) = ("lambda.amazonaws.com", "ecs-tasks.amazonaws.com", "ec2.amazonaws.com");
    let of = |kind: &str, properties: Value| json!({"Thing": {"Type": kind, "Properties": properties}});
    let function = |role: Value| of("AWS::Lambda::Function", json!({"FunctionName": "f", "Role": role}));
    let task = |name: &str, role: Value| of("AWS::ECS::TaskDefinition", json!({"Family": "t", name: role}));
    let instance = json!({
        "Thing": {"Type": "AWS::EC2::Instance", "Properties": {"IamInstanceProfile": {"Ref": "Profile"}}},
        "Profile": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [later()]}}});
    for (may, service, made, grade) in [
        ("lambda:UpdateFunctionCode", lambda, function(target.into()), Some(Grade::Certain)),
        ("lambda:UpdateFunctionCode", lambda, function(later()), Some(Grade::Unseen)),
        // A service that the role does not trust, and a request that is not allowed.
        ("lambda:UpdateFunctionCode", ec2, function(later()), None),
        ("lambda:GetFunction", lambda, function(later()), None),
        ("ecs:ExecuteCommand", tasks, task("TaskRoleArn", later()), Some(Grade::Unseen)),
        // What runs there does not get the role that starts it.
        ("ecs:ExecuteCommand", tasks, task("ExecutionRoleArn", later()), None),
        ("ssm:SendCommand", ec2, instance, Some(Grade::Unseen)),
        ("ssm:SendCommand", ec2, of("AWS::EC2::Instance", json!({})), None),
    ] {
        let template = json!({"Parameters": {"WhichRole": {"Type": "String"}}, "Resources": made});
        let things = std::slice::from_ref(&rule);
        let world = account_planned(&[may], service, "*", (things, &[]), Some(&template));
        assert!(!world.snapshot().resources.is_empty());
        assert_eq!(ways(&world, false).chains.is_empty(), grade != Some(Grade::Certain), "{may} {template}");
        let found: Vec<_> = ways(&world, true).chains.iter().map(|chain| chain.grade()).collect();
        assert_eq!(found, Vec::from_iter(grade.map(Some)), "{may} {template}");
    }
}

/// An item of AWS Config, as a collection lays it there.
fn item(kind: &str, name: &str, configuration: &Value) -> Value {
    json!({"resourceType": kind, "arn": format!("arn:aws:{name}"), "awsAccountId": "111122223333", "awsRegion": "eu-west-1",
        "configurationItemCaptureTime": "2026-01-01T00:00:00Z", "configuration": configuration})
}

/// AWS: Amazon Cognito Developer Guide, "Using role-based access control"
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html>).
#[test]
fn a_role_that_an_identity_pool_gives_by_a_rule_may_be_had() {
    let name = "cognito-identity:eu-west-1:111122223333:identitypool/eu-west-1:1";
    let pool = |configuration: Value| item("AWS::Cognito::IdentityPool", name, &configuration);
    let told = |configuration: Value, may: &str| {
        let others = shown("arn:aws:events:eu-west-1:111122223333:rule/r");
        let world =
            account_told(&[may], "cognito-identity.amazonaws.com", "*", &[pool(configuration), others], &[]);
        ways(&world, true).chains.iter().filter_map(clavicle_graph::Chain::grade).collect::<Vec<_>>()
    };
    let update = "cognito-identity:UpdateIdentityPool";
    let (target, none) = (arn_of_target(), Value::Null);
    let everybody = json!({"authenticatedRoleArn": target, "unauthenticatedRoleArn": none});
    let by_rule = json!({"authenticatedRoleArn": none, "mappings": [{"mappedRoleArn": target}]});
    let another = json!({"authenticatedRoleArn": none, "mappings": [{"mappedRoleArn": arn("role/other")}]});
    assert_eq!(told(everybody, update), [Grade::Certain]);
    assert_eq!(told(by_rule.clone(), update), [Grade::Unseen]);
    assert_eq!(told(by_rule, "cognito-identity:DescribeIdentityPool"), []);
    assert_eq!(told(another, update), []);
    assert_eq!(told(json!({"authenticatedRoleArn": none}), update), []);
    // AWS Config records none of its roles; what a collection was not told it says itself.
    let named = json!({"identityPoolName": "visitors"});
    let mut recorded = pool(named.clone());
    recorded["configurationItemStatus"] = "ResourceDiscovered".into();
    let others = shown("arn:aws:events:eu-west-1:111122223333:rule/r");
    let world = account_with(&[update], "cognito-identity.amazonaws.com", "*", &[recorded, others]);
    let grades: Vec<_> = ways(&world, true).chains.iter().filter_map(clavicle_graph::Chain::grade).collect();
    assert_eq!(grades, [Grade::Unseen]);
    assert_eq!(told(named, update), []);
}

/// AWS: CloudFormation Template Reference, `AWS::Cognito::IdentityPoolRoleAttachment`
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-identitypoolroleattachment.html>).
#[test]
fn an_identity_pool_of_a_template_gives_the_roles_that_it_is_told() {
    let target = arn_of_target();
    let later = || json!({"Ref": "WhichRole"});
    let mapping = |mapping: Value| json!({"RoleMappings": {"graph.facebook.com": mapping}});
    let rule = |role: Value| {
        mapping(json!({"Type": "Rules", "RulesConfiguration": {"Rules": [
        {"Claim": "a", "MatchType": "Equals", "Value": "b", "RoleARN": role}]}}))
    };
    let update = "cognito-identity:UpdateIdentityPool";
    for (may, given, grade) in [
        (update, json!({"Roles": {"authenticated": target}}), Some(Grade::Certain)),
        (update, json!({"Roles": {"unauthenticated": target}}), Some(Grade::Certain)),
        (update, json!({"Roles": {"authenticated": arn("role/other")}}), None),
        (update, json!({"Roles": {"authenticated": later()}}), Some(Grade::Unseen)),
        (update, json!({"Roles": later()}), Some(Grade::Unseen)),
        (update, rule(target.clone().into()), Some(Grade::Unseen)),
        (update, rule(arn("role/other").into()), None),
        (update, rule(later()), Some(Grade::Unseen)),
        // By the groups of a user pool.
        (update, mapping(json!({"Type": "Token"})), Some(Grade::Unseen)),
        (update, json!({"RoleMappings": later()}), Some(Grade::Unseen)),
        (update, json!({}), None),
        ("cognito-identity:DescribeIdentityPool", json!({"Roles": {"authenticated": target}}), None),
        (update, json!({"Roles": {"authenticated": target}, "Condition": "Maybe"}), Some(Grade::Unseen)),
    ] {
        let mut attached = given.clone();
        attached["IdentityPoolId"] = json!({"Ref": "Pool"});
        let condition = attached.as_object_mut().and_then(|it| it.remove("Condition"));
        let template = json!({"Parameters": {"WhichRole": {"Type": "String"}}, "Conditions": {"Maybe": {"Fn::Equals": [later(), "a"]}}, "Resources": {
            "Pool": {"Type": "AWS::Cognito::IdentityPool", "Properties": {"AllowUnauthenticatedIdentities": true}},
            "Given": {"Type": "AWS::Cognito::IdentityPoolRoleAttachment", "Properties": attached, "Condition": condition}}});
        let others = [shown("arn:aws:events:eu-west-1:111122223333:rule/r")];
        let service = "cognito-identity.amazonaws.com";
        let world = account_planned(&[may], service, "*", (&others, &[]), Some(&template));
        let found: Vec<_> = ways(&world, true).chains.iter().map(|chain| chain.grade()).collect();
        assert_eq!(found, Vec::from_iter(grade.map(Some)), "{may} {given}");
    }
}

/// A runbook whose text is not read may have any role that the service takes; that takes nothing from the answer about other kinds.
#[test]
fn a_runbook_has_a_role_that_no_source_tells() {
    let document = item("AWS::SSM::Document", "ssm:eu-west-1:111122223333:document/d", &json!({}));
    let others = shown("arn:aws:events:eu-west-1:111122223333:rule/r");
    let told = |may: &[&str], reason: &str| {
        let row = json!({"CollectedCalls": [
            {"Call": "iam:GetAccountAuthorizationDetails", "Account": "111122223333", "State": "seen"},
            {"Call": "ssm:GetDocument", "Account": "111122223333", "Region": "eu-west-1", "State": "not_tried",
                "Reason": reason, "Things": 1}]});
        let things = [document.clone(), others.clone(), row];
        let world = account_with(may, "ssm.amazonaws.com", "*", &things);
        ways(&world, true).chains.iter().filter_map(clavicle_graph::Chain::grade).collect::<Vec<_>>()
    };
    let rewrite = ["ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion"];
    assert_eq!(told(&rewrite, clavicle_snapshot::CONTENT), [Grade::Unseen]);
    assert_eq!(told(&rewrite[..1], clavicle_snapshot::CONTENT), []);
    assert_eq!(told(&rewrite, "only eu-west-1 was read, as asked"), []);
    assert_eq!(told(&["glue:UpdateDevEndpoint"], clavicle_snapshot::CONTENT), []);
}

/// What a plan makes is all that it lists.
#[test]
fn a_plan_lists_nothing_of_what_is_there() {
    let template = json!({"Resources": {"Q": {"Type": "AWS::Lambda::Function", "Properties": {
        "FunctionName": "f", "Role": arn("role/other")}}}});
    let unlisted = |things: &[Value]| {
        let world = account_planned(
            &["glue:UpdateDevEndpoint"],
            "glue.amazonaws.com",
            "*",
            (things, &[]),
            Some(&template),
        );
        ways(&world, true).chains.iter().filter_map(clavicle_graph::Chain::grade).collect::<Vec<_>>()
    };
    assert_eq!(unlisted(&[]), [Grade::Unseen]);
    assert_eq!(unlisted(&[shown("arn:aws:events:eu-west-1:111122223333:rule/r")]), []);
}
