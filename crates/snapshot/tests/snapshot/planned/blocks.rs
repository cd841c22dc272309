//! References within blocks of a plan, and keys of which it is known later which they are.

use clavicle_snapshot::{Import, Place, PolicyState, Snapshot};
use serde_json::{Value, json};

use super::run;

/// A plan of these: type and name, what is known of it, what is known later, and its expressions.
fn planned(resources: &[(&str, Value, Value, Value)]) -> Snapshot {
    let of = |address: &str| {
        let (kind, name) = address.split_once('.').unwrap();
        (kind.to_owned(), name.to_owned())
    };
    let change = |(address, after, unknown, _): &(&str, Value, Value, Value)| {
        let (kind, name) = of(address);
        json!({"address": address, "mode": "managed", "type": kind, "name": name,
            "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown}})
    };
    let configured = |(address, _, _, expressions): &(&str, Value, Value, Value)| {
        let (kind, name) = of(address);
        json!({"address": address, "mode": "managed", "type": kind, "name": name, "expressions": expressions})
    };
    let plan = json!({"format_version": "1.2", "resource_changes": resources.iter().map(change).collect::<Vec<_>>(),
        "configuration": {"root_module": {"resources": resources.iter().map(configured).collect::<Vec<_>>()}}});
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.json");
    std::fs::write(&file, plan.to_string()).unwrap();
    let imported = run(Import::new().planned_in(Place::parse("111122223333/eu-west-1")).source(file));
    Snapshot::read(&imported.database, |_, _| ()).unwrap()
}

fn key_of(snapshot: &Snapshot, kind: &str) -> Option<String> {
    let thing = snapshot.resources.iter().find(|it| &*it.kind == kind).expect("a thing");
    thing.facts.encryption_key.as_deref().map(str::to_owned)
}

fn reference(to: &str) -> Value {
    json!({"references": [format!("{to}.arn"), to]})
}

#[test]
fn what_a_block_refers_to_is_followed() {
    let rule =
        |later: bool| json!([{"apply_server_side_encryption_by_default": [{"kms_master_key_id": later}]}]);
    let known = json!([{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}]);
    let of_key = |expression: Value| {
        planned(&[
            ("aws_kms_key.ledger", json!({}), json!({"arn": true, "key_id": true}), json!({})),
            ("aws_s3_bucket.ledger", json!({"bucket": "ledger"}), json!({}), json!({})),
            (
                "aws_s3_bucket_server_side_encryption_configuration.ledger",
                json!({"bucket": "ledger", "rule": known}),
                json!({"rule": rule(true)}),
                json!({"bucket": {"constant_value": "ledger"}, "rule": [{"apply_server_side_encryption_by_default": [
                    {"kms_master_key_id": expression, "sse_algorithm": {"constant_value": "aws:kms"}}]}]}),
            ),
        ])
    };
    let found = key_of(&of_key(reference("aws_kms_key.ledger")), "s3:bucket");
    assert_eq!(found.as_deref(), Some("arn:aws:kms:eu-west-1:111122223333:key/ledger~"));
    // Which it is known later: with one of the customer's, and not with that of AWS.
    assert_eq!(key_of(&of_key(json!({"references": ["var.key"]})), "s3:bucket").as_deref(), Some("~"));

    let role = |blocks: Value, expressions: Value| {
        let snapshot = planned(&[
            (
                "aws_iam_policy.p",
                json!({"name": "p", "arn": "arn:aws:iam::111122223333:policy/p"}),
                json!({}),
                json!({}),
            ),
            (
                "aws_iam_role.run",
                json!({"name": "run", "inline_policy": blocks}),
                json!({"inline_policy": [{"policy": true}]}),
                json!({"inline_policy": expressions}),
            ),
        ]);
        let role = snapshot.principals.iter().find(|it| &*it.name == "run").unwrap();
        role.inline.iter().map(|it| (it.name.to_string(), it.document)).collect::<Vec<_>>()
    };
    // What is no reference to a document is not known all the same.
    let found = role(
        json!([{"name": "a"}]),
        json!([{"name": {"constant_value": "a"}, "policy": reference("aws_iam_policy.p")}]),
    );
    assert!(matches!(&found[..], [(name, PolicyState::NotSeen)] if name == "a"), "{found:?}");
}

/// AWS: the pages of the operations that make them; Terraform: the resources of the same names.
#[test]
fn what_runs_as_a_role_is_read_with_the_role() {
    let role = "arn:aws:iam::111122223333:role/run";
    let made = |address, after| (address, after, json!({}), json!({}));
    let snapshot = planned(&[
        made(
            "aws_scheduler_schedule.s",
            json!({"name": "s", "group_name": "g", "target": [{"role_arn": role}]}),
        ),
        made("aws_pipes_pipe.p", json!({"name": "p", "role_arn": role})),
        made(
            "aws_eks_node_group.n",
            json!({"node_group_name": "n", "cluster_name": "c", "node_role_arn": role}),
        ),
        made("aws_glue_crawler.c", json!({"name": "c", "role": "run"})),
        made("aws_glue_dev_endpoint.d", json!({"name": "d", "role_arn": role})),
        made("aws_sagemaker_model.m", json!({"name": "m", "execution_role_arn": role})),
        made("aws_iot_role_alias.a", json!({"alias": "a", "role_arn": role})),
        made(
            "aws_codedeploy_deployment_group.g",
            json!({"deployment_group_name": "g", "app_name": "a", "service_role_arn": role}),
        ),
        made("aws_emr_cluster.e", json!({"service_role": role})),
        made("aws_cloudformation_stack_set.s", json!({"name": "s", "administration_role_arn": role})),
    ]);
    let found: Vec<String> = snapshot
        .resources
        .iter()
        .map(|it| {
            format!("{} {}", it.arn, it.runs_as.iter().map(|it| &*it.named).collect::<Vec<_>>().join(" "))
        })
        .collect();
    let at = "eu-west-1:111122223333";
    for thing in [
        format!("arn:aws:scheduler:{at}:schedule/g/s"),
        format!("arn:aws:pipes:{at}:pipe/p"),
        format!("arn:aws:eks:{at}:nodegroup/c/n/~"),
        format!("arn:aws:glue:{at}:crawler/c"),
        format!("arn:aws:glue:{at}:devEndpoint/d"),
        format!("arn:aws:sagemaker:{at}:model/m"),
        format!("arn:aws:iot:{at}:rolealias/a"),
        format!("arn:aws:codedeploy:{at}:deploymentgroup:a/g"),
        format!("arn:aws:elasticmapreduce:{at}:cluster/e~"),
        format!("arn:aws:cloudformation:{at}:stackset/s:~"),
    ] {
        assert!(found.contains(&format!("{thing} {role}")), "{thing}: {found:#?}");
    }
}

/// Terraform: AWS provider, `aws_cognito_identity_pool_roles_attachment`
/// (<https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cognito_identity_pool_roles_attachment>).
#[test]
fn an_identity_pool_gives_the_roles_of_its_attachment() {
    let (iam, pool) = ("arn:aws:iam::111122223333:role", "aws_cognito_identity_pool.visitors");
    let of_pool = json!({"references": [format!("{pool}.id"), pool]});
    let told = |after: Value, unknown: Value, which: &Value| {
        let snapshot = planned(&[
            (pool, json!({"identity_pool_name": "visitors"}), json!({"id": true, "arn": true}), json!({})),
            (
                "aws_cognito_identity_pool_roles_attachment.a",
                after,
                unknown,
                json!({"identity_pool_id": which}),
            ),
        ]);
        assert!(!format!("{snapshot:?}").contains("s3cr3t"));
        let [thing] = &snapshot.resources[..] else { panic!("{:?}", snapshot.resources) };
        assert_eq!(&*thing.kind, "cognito-identity:identitypool");
        assert_eq!(&*thing.arn, "arn:aws:cognito-identity:eu-west-1:111122223333:identitypool/visitors~");
        let of = thing.runs_as.iter().map(|it| format!("{:?} {}", it.attribute, it.named));
        of.collect::<Vec<_>>().join(", ")
    };
    let rule =
        |role: Value| json!({"claim": "s3cr3t", "match_type": "Equals", "value": "s3cr3t", "role_arn": role});
    let by = |kind: &str, rules: Value| json!({"identity_provider": "graph.facebook.com", "type": kind, "mapping_rule": rules});
    let made = json!({"roles": {"authenticated": format!("{iam}/a")}, "role_mapping": [by("Rules", json!([rule(format!("{iam}/b").into())]))]});
    assert_eq!(
        told(made, json!({"identity_pool_id": true}), &of_pool),
        format!("Role {iam}/a, Service {iam}/b")
    );
    let token = json!({"roles": {}, "role_mapping": [by("Token", json!([]))]});
    assert_eq!(told(token, json!({"identity_pool_id": true}), &of_pool), format!("Role {iam}/~"));
    let later = json!({"identity_pool_id": true, "roles": {"authenticated": true}});
    assert_eq!(told(json!({"roles": {}}), later, &of_pool), format!("Role {iam}/~"));
    // Of which pool it is is known later.
    let some = json!({"references": ["var.pool"]});
    let made = json!({"roles": {"authenticated": format!("{iam}/a")}});
    assert_eq!(told(made, json!({"identity_pool_id": true}), &some), format!("Role {iam}/~"));
}

/// AWS: Amazon Cognito Federated Identities API Reference, `SetIdentityPoolRoles`: "Sets the roles for an identity pool", all of them
/// (<https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_SetIdentityPoolRoles.html>).
#[test]
fn other_roles_come_in_the_place_of_those_of_an_identity_pool() {
    let id = "eu-west-1:1";
    let given = |role: &str| json!({"identity_pool_id": id, "roles": {"authenticated": format!("arn:aws:iam::111122223333:role/{role}")}});
    let plan = |actions: Value, before: Value, after: Value, unknown: Value| {
        json!({"format_version": "1.2", "resource_changes": [{
            "address": "aws_cognito_identity_pool_roles_attachment.a", "mode": "managed", "type": "aws_cognito_identity_pool_roles_attachment",
            "name": "a", "change": {"actions": actions, "before": before, "after": after, "after_unknown": unknown}}]})
        .to_string()
    };
    let made = plan(json!(["create"]), Value::Null, given("one"), json!({}));
    for (actions, after, unknown, roles) in [
        (json!(["update"]), given("two"), json!({}), vec!["two"]),
        (json!(["update"]), json!({"identity_pool_id": id}), json!({"roles": true}), vec!["~"]),
        (json!(["delete"]), Value::Null, json!({}), vec![]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut import = Import::new().planned_in(Place::parse("111122223333/eu-west-1"));
        for (name, text) in
            [("1.json", &made), ("2.json", &plan(actions.clone(), given("one"), after, unknown))]
        {
            let file = folder.path().join(name);
            std::fs::write(&file, text).unwrap();
            import = import.source(file);
        }
        let snapshot = Snapshot::read(&run(import).database, |_, _| ()).unwrap();
        let [pool] = &snapshot.resources[..] else { panic!("{actions} {:?}", snapshot.resources) };
        let found: Vec<_> =
            pool.runs_as.iter().map(|it| it.named.rsplit('/').next().unwrap_or_default()).collect();
        assert_eq!(found, roles, "{actions}");
    }
}

/// Terraform: AWS provider, `aws_batch_job_definition`, `container_properties`; `aws_instance`, `iam_instance_profile`.
#[test]
fn which_role_runs_may_be_known_later() {
    let runs = |kind: &str, after: Value, unknown: Value, expressions: Value| {
        let snapshot = planned(&[(kind, after, unknown, expressions)]);
        assert!(!format!("{snapshot:?}").contains("s3cr3t"), "{kind}");
        let thing = snapshot.resources.first().unwrap();
        let of = thing.runs_as.iter().map(|it| {
            assert_eq!(it.named.ends_with('~'), it.is_known_later());
            format!("{:?} {}", it.attribute, it.named)
        });
        of.collect::<Vec<_>>().join(", ")
    };
    let iam = "arn:aws:iam::111122223333";
    let from = |variable: &str| json!({"references": [format!("var.{variable}")]});
    let job = |text: &str| {
        runs(
            "aws_batch_job_definition.j",
            json!({"name": "j", "container_properties": text}),
            json!({}),
            json!({}),
        )
    };
    assert_eq!(
        job(&format!(
            r#"{{"image": "i", "environment": [{{"name": "K", "value": "s3cr3t"}}], "jobRoleArn": "{iam}:role/run",
                "executionRoleArn": "{iam}:role/start"}}"#
        )),
        format!("Role {iam}:role/run, Execution {iam}:role/start")
    );
    assert_eq!(job(r#"{"image": "i", "environment": {"jobRoleArn": "s3cr3t"}}"#), "");
    let later = format!("Role {iam}:role/~");
    assert_eq!(
        runs(
            "aws_batch_job_definition.j",
            json!({"name": "j"}),
            json!({"container_properties": true}),
            json!({"container_properties": {"references": ["aws_iam_role.run.arn", "aws_iam_role.run", "var.image"]}})
        ),
        later
    );
    let function = |expressions: Value| {
        runs("aws_lambda_function.f", json!({"function_name": "f"}), json!({"role": true}), expressions)
    };
    assert_eq!(function(json!({"role": from("role")})), later);
    let profile = |expressions: Value| {
        runs("aws_instance.i", json!({}), json!({"iam_instance_profile": true}), expressions)
    };
    assert_eq!(
        profile(json!({"iam_instance_profile": from("profile")})),
        format!("InstanceProfile {iam}:instance-profile/~")
    );
    // Nobody asks for one.
    assert_eq!(profile(json!({"ami": from("image")})), "");
}

/// Terraform: a set of which an element is known later is known later as a whole, and an expression tells its references alone.
#[test]
fn a_set_with_one_reference_may_hold_more() {
    let policy = ("aws_iam_policy.own", json!({"name": "own"}), json!({"arn": true, "id": true}), json!({}));
    let own = json!({"references": ["aws_iam_policy.own.arn", "aws_iam_policy.own"]});
    let has = |kind: &str, after: Value, argument: &str| {
        let snapshot = planned(&[
            policy.clone(),
            (kind, after, json!({argument: true}), json!({argument: own, "role_name": {}})),
        ]);
        let role = snapshot.principals.iter().find(|it| &*it.name == "run").expect("the role").clone();
        let attached: Vec<&str> = role.attached.iter().map(|policy| &*snapshot.policy(*policy).arn).collect();
        (attached.join(" "), role.inline.iter().any(|it| it.document == PolicyState::NotSeen))
    };
    // `[aws_iam_policy.own.arn, "arn:aws:iam::aws:policy/AdministratorAccess"]` looks so too.
    let role = has("aws_iam_role.run", json!({"name": "run"}), "managed_policy_arns");
    assert_eq!(role, ("arn:aws:iam::111122223333:policy/own".to_owned(), true));
    let only =
        has("aws_iam_role_policy_attachments_exclusive.run", json!({"role_name": "run"}), "policy_arns");
    assert_eq!(only, (String::new(), true));
}

/// Terraform: AWS provider, `aws_s3_bucket_acl`; CloudFormation Template Reference, `AWS::S3::Bucket`, `AccessControl`
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html>).
#[test]
fn the_list_of_a_bucket_is_read_where_it_stands() {
    let bucket = |more: Value, later: Value| {
        let mut after = json!({"bucket": "covers"});
        after.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ("aws_s3_bucket.covers", after, later, json!({}))
    };
    let list = |resources: &[(&str, Value, Value, Value)]| {
        let snapshot = planned(resources);
        let facts = &snapshot.resources.iter().find(|it| &*it.name == "covers").unwrap().facts;
        let words = |grant: &clavicle_snapshot::AclGrant| {
            format!("{} {}", grant.grantee.rsplit('/').next().unwrap(), grant.permission)
        };
        (
            facts.acl.as_ref().map(|all| all.iter().map(words).collect::<Vec<_>>().join(", ")),
            facts.public_access_block,
        )
    };
    let of = |resources: &[(&str, Value, Value, Value)]| list(resources).0;
    let read = Some("AllUsers READ".to_owned());
    // What nobody asks for is known later, and is the list of the owner.
    let plain = bucket(json!({}), json!({"acl": true, "grant": true}));
    assert_eq!(of(std::slice::from_ref(&plain)), Some(String::new()));
    assert_eq!(of(&[bucket(json!({"acl": "public-read"}), json!({}))]), read);
    let beside = |after: Value, later: Value| ("aws_s3_bucket_acl.covers", after, later, json!({}));
    let by_name = beside(json!({"bucket": "covers", "acl": "public-read"}), json!({}));
    assert_eq!(of(&[by_name.clone(), plain.clone()]), read);
    assert_eq!(of(&[plain.clone(), by_name]), read);
    let grant = json!([{"grantee": [{"type": "Group", "uri": "http://acs.amazonaws.com/groups/global/AllUsers"}], "permission": "READ"}]);
    let policy = json!([{"grant": grant, "owner": [{"id": "1"}]}]);
    assert_eq!(
        of(&[plain.clone(), beside(json!({"bucket": "covers", "access_control_policy": policy}), json!({}))]),
        read
    );
    // Of which bucket it is, or what it says, is known later.
    assert_eq!(of(&[plain.clone(), beside(json!({"acl": "public-read"}), json!({"bucket": true}))]), None);
    assert_eq!(of(&[plain.clone(), beside(json!({"bucket": "covers"}), json!({"acl": true}))]), None);
    let open = json!({"block_public_acls": false, "block_public_policy": false, "ignore_public_acls": false, "restrict_public_buckets": false});
    let block = ("aws_s3_bucket_public_access_block.b", open, json!({"bucket": true}), json!({}));
    assert!(list(std::slice::from_ref(&plain)).1.is_some_and(|block| block.ignore_public_acls));
    assert_eq!(list(&[plain, block]).1, None);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.yaml");
    let template = "Resources:\n  B: {Type: AWS::S3::Bucket, Properties: {BucketName: covers, AccessControl: PublicRead}}\n";
    std::fs::write(&file, template).unwrap();
    let imported = run(Import::new().planned_in(Place::parse("111122223333/eu-west-1")).source(file));
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).unwrap();
    assert_eq!(snapshot.resources.first().unwrap().facts.acl.as_ref().map(Vec::len), Some(1));
}

/// Terraform: AWS provider, `aws_lambda_permission`, `aws_cloudwatch_event_permission`.
#[test]
fn a_statement_of_a_thing_that_is_known_later_may_be_of_any_that_is_made() {
    let function = ("aws_lambda_function.f", json!({"function_name": "f"}), json!({}), json!({}));
    let bus = ("aws_cloudwatch_event_bus.b", json!({"name": "b"}), json!({}), json!({}));
    let may = |address: &'static str, whose: Value, later: Value| {
        let mut after =
            json!({"action": "lambda:InvokeFunction", "principal": "444455556666", "statement_id": "s"});
        after.as_object_mut().unwrap().extend(whose.as_object().unwrap().clone());
        (address, after, later, json!({}))
    };
    let policy = |resources: &[(&str, Value, Value, Value)]| {
        let snapshot = planned(resources);
        let policies = snapshot.resources.iter().map(|it| match it.policy {
            PolicyState::None => "none".to_owned(),
            PolicyState::NotSeen => "not seen".to_owned(),
            PolicyState::Document(id) => {
                let text = &snapshot.document(id).text;
                format!(
                    "{} statement, {} perhaps",
                    text.matches("\"Effect\"").count(),
                    text.matches("KnownAfterDeployment").count()
                )
            }
        });
        policies.collect::<Vec<_>>().join("; ")
    };
    let known = may("aws_lambda_permission.p", json!({"function_name": "f"}), json!({}));
    let later = may("aws_lambda_permission.q", json!({}), json!({"function_name": true}));
    assert_eq!(policy(std::slice::from_ref(&function)), "none");
    assert_eq!(policy(&[function.clone(), known.clone()]), "1 statement, 0 perhaps");
    assert_eq!(policy(&[function.clone(), later.clone()]), "1 statement, 1 perhaps");
    assert_eq!(policy(&[function, known, later]), "2 statement, 1 perhaps");
    let of_bus = may("aws_cloudwatch_event_permission.p", json!({}), json!({"event_bus_name": true}));
    assert_eq!(policy(std::slice::from_ref(&bus)), "none");
    assert_eq!(policy(&[bus, of_bus]), "1 statement, 1 perhaps");
}

/// A role that was known and is not after a change is not kept.
#[test]
fn a_role_that_changes_to_one_known_later_is_the_former_no_more() {
    let change = |unknown: bool| {
        let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
        let after = if unknown {
            json!({"function_name": "f"})
        } else {
            json!({"function_name": "f", "role": role("new")})
        };
        let plan = json!({"format_version": "1.2", "resource_changes": [{"address": "aws_lambda_function.f", "mode": "managed",
            "type": "aws_lambda_function", "name": "f", "change": {"actions": ["update"],
                "before": {"function_name": "f", "role": role("old")}, "after": after, "after_unknown": {"role": unknown}}}]});
        let folder = tempfile::tempdir().unwrap();
        let (plan_file, things) = (folder.path().join("plan.json"), folder.path().join("things.json"));
        std::fs::write(&plan_file, plan.to_string()).unwrap();
        let function = json!([{"arn": "arn:aws:lambda:eu-west-1:111122223333:function:f", "account": "111122223333",
            "policy": null, "tags": {}, "attrs": {"role": role("old")}}]);
        std::fs::write(&things, function.to_string()).unwrap();
        let import = Import::new().planned_in(Place::parse("111122223333/eu-west-1"));
        let snapshot =
            Snapshot::read(&run(import.source(things).source(plan_file)).database, |_, _| ()).unwrap();
        let runs = &snapshot.resources.first().unwrap().runs_as;
        assert!(snapshot.planned_only.is_empty());
        runs.iter().map(|it| it.named.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(change(false), ["new"]);
    assert_eq!(change(true), ["~"]);
}

/// Terraform: provider `hashicorp/awscc`, whose types begin with its name.
#[test]
fn what_another_provider_makes_in_aws_is_told_of() {
    let role = planned(&[("awscc_iam_role.r", json!({"role_name": "r"}), json!({}), json!({}))]);
    let said: Vec<&str> = role.warnings.iter().map(|warning| &*warning.text).collect();
    assert_eq!(said, ["`awscc_iam_role` is not read: `awscc_iam_role.r`"]);
}

#[test]
fn a_key_that_is_known_later_is_a_key_all_the_same() {
    let queue = |unknown: Value, expressions: Value| {
        planned(&[("aws_sqs_queue.jobs", json!({"name": "jobs"}), unknown, expressions)])
    };
    let later = json!({"kms_master_key_id": true});
    let configured = queue(later.clone(), json!({"kms_master_key_id": {"references": ["var.key"]}}));
    assert_eq!(key_of(&configured, "sqs:queue").as_deref(), Some("~"));
    assert_eq!(key_of(&queue(later, json!({})), "sqs:queue"), None, "nobody asks for one");
    let parameter = planned(&[(
        "aws_ssm_parameter.p",
        json!({"name": "p", "type": "SecureString", "key_id": "arn:aws:kms:eu-west-1:111122223333:key/k"}),
        json!({}),
        json!({}),
    )]);
    assert_eq!(
        key_of(&parameter, "ssm:parameter").as_deref(),
        Some("arn:aws:kms:eu-west-1:111122223333:key/k")
    );
    // A copy of a disk has the key of the disk.
    let disk =
        planned(&[("aws_ebs_snapshot.d", json!({}), json!({"arn": true, "kms_key_id": true}), json!({}))]);
    assert_eq!(key_of(&disk, "ec2:snapshot").as_deref(), Some("~"));
}

/// Terraform: AWS provider, `aws_iam_policy_document`, `override_policy_documents`: statements "with non-blank `sid`s will override
/// statements with the same `sid`".
#[test]
fn a_statement_that_may_be_overridden_is_not_known() {
    let text = |overrides: Value| {
        let statement = |sid: Value| json!({"sid": sid, "effect": "Allow", "actions": ["s3:GetObject"], "resources": ["*"]});
        let after = json!({"statement": [statement("Own".into()), statement(Value::Null)]});
        let unknown = json!({"json": true, "override_policy_documents": overrides});
        let (data, policy) = ("data.aws_iam_policy_document.d", "aws_iam_policy.p");
        let expression = json!({"policy": {"references": [format!("{data}.json"), data]}});
        let plan = json!({"format_version": "1.2", "resource_changes": [
            {"address": data, "mode": "data", "type": "aws_iam_policy_document", "name": "d",
                "change": {"actions": ["read"], "before": null, "after": after, "after_unknown": unknown}},
            {"address": policy, "mode": "managed", "type": "aws_iam_policy", "name": "p", "change": {"actions": ["create"],
                "before": null, "after": {"name": "p"}, "after_unknown": {"arn": true, "policy": true}}}],
            "configuration": {"root_module": {"resources": [
                {"address": data, "mode": "data", "type": "aws_iam_policy_document", "name": "d", "expressions": {}},
                {"address": policy, "mode": "managed", "type": "aws_iam_policy", "name": "p", "expressions": expression}]}}});
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plan.json");
        std::fs::write(&file, plan.to_string()).unwrap();
        let imported = run(Import::new().planned_in(Place::parse("111122223333/eu-west-1")).source(file));
        let snapshot = Snapshot::read(&imported.database, |_, _| ()).unwrap();
        let policy = snapshot.policies.iter().find(|it| it.arn.ends_with("policy/p")).expect("the policy");
        let PolicyState::Document(document) = policy.document else { panic!("it is known in part") };
        snapshot.document(document).text.to_string()
    };
    let statements = |text: &str| (text.matches("s3:GetObject").count(), text.matches("known-after").count());
    assert_eq!(statements(&text(false.into())), (2, 0));
    // What overrides it stands for any number of statements.
    let found = text(true.into());
    assert_eq!(statements(&found), (1, 2), "{found}");
    assert!(!found.contains("Own"), "{found}");
}
