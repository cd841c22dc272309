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
