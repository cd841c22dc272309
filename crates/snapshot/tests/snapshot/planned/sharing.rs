//! With whom plans and templates share things beside their policies.
//!
//! AWS: Amazon EC2 User Guide, "Share an AMI with specific AWS accounts"; Amazon EBS User Guide, "Share an Amazon EBS snapshot with
//! other AWS accounts"; AWS RAM User Guide, "What is AWS Resource Access Manager?".

use clavicle_snapshot::{Import, Place, PolicyState, Snapshot};
use serde_json::{Value, json};

use super::{change, plan, run};

const AT: &str = "eu-west-1:111122223333";
const OTHER: &str = "444455556666";

/// The sources one over the other: files of AWS Config by items, plans by changes, templates by text.
fn laid(sources: &[String]) -> Snapshot {
    let folder = tempfile::tempdir().unwrap();
    let mut import = Import::new().planned_in(Place::parse("111122223333/eu-west-1"));
    for (at, text) in sources.iter().enumerate() {
        let file =
            folder.path().join(format!("{at}.{}", if text.starts_with('{') { "json" } else { "yaml" }));
        std::fs::write(&file, text).unwrap();
        import = import.source(file);
    }
    Snapshot::read(&run(import).database, |_, _| ()).unwrap()
}

fn new(address: &str, after: &Value) -> Value {
    change(address, &["create"], &Value::Null, after)
}

/// Whom a thing is shared with, and whether that may not be all; `None`: no such thing is there.
fn shared(snapshot: &Snapshot, arn: &str) -> Option<(Option<String>, bool)> {
    let facts = &snapshot.resource(snapshot.resource_by_arn(arn)?).facts;
    Some((facts.shared_with.as_ref().map(|names| names.join(" ")), facts.shared_in_part))
}

#[test]
fn what_is_made_is_shared_with_those_that_are_named_and_nobody_else() {
    let image = "arn:aws:ec2:eu-west-1::image/ami-1";
    let disk = "arn:aws:ec2:eu-west-1::snapshot/snap-1";
    let database = format!("arn:aws:rds:{AT}:snapshot:ledger");
    let document = format!("arn:aws:ssm:{AT}:document/run");
    let service = format!("arn:aws:ec2:{AT}:vpc-endpoint-service/vpce-svc-1");
    let account = json!({"account_id": OTHER});
    let with = |mut value: Value, more: Value| {
        for (name, field) in more.as_object().unwrap() {
            value[name] = field.clone();
        }
        value
    };
    let snapshot = laid(&[plan(&[
        new("aws_ami.a", &json!({"arn": image, "id": "ami-1"})),
        new(
            "aws_ami_launch_permission.a",
            &with(account.clone(), json!({"image_id": "ami-1", "group": null})),
        ),
        new("aws_ami_launch_permission.all", &json!({"image_id": "ami-1", "group": "all", "account_id": ""})),
        new("aws_ebs_snapshot.a", &json!({"arn": disk})),
        new("aws_snapshot_create_volume_permission.a", &with(account, json!({"snapshot_id": "snap-1"}))),
        new(
            "aws_db_snapshot.a",
            &json!({"db_snapshot_identifier": "ledger", "db_snapshot_arn": database, "shared_accounts": [OTHER]}),
        ),
        new(
            "aws_ssm_document.a",
            &json!({"name": "run", "arn": document, "permissions": {"type": "Share", "account_ids": "All"}}),
        ),
        new("aws_vpc_endpoint_service.a", &json!({"arn": service, "allowed_principals": []})),
        new(
            "aws_vpc_endpoint_service_allowed_principal.a",
            &json!({"vpc_endpoint_service_id": "vpce-svc-1", "principal_arn": "*"}),
        ),
    ])]);
    for (arn, whom) in [
        (image, format!("{OTHER} all")),
        (disk, OTHER.to_owned()),
        (&database, OTHER.to_owned()),
        (&document, "all".to_owned()),
        (&service, "*".to_owned()),
    ] {
        assert_eq!(shared(&snapshot, arn), Some((Some(whom), false)), "{arn}");
    }
    // With nobody where nothing is said; of what was there before, others may have said it.
    let snapshot = laid(&[plan(&[
        new("aws_ebs_snapshot.a", &json!({"arn": disk})),
        change(
            "aws_ssm_document.a",
            &["no-op"],
            &json!({"name": "run", "arn": document}),
            &json!({"name": "run", "arn": document}),
        ),
    ])]);
    assert_eq!(shared(&snapshot, disk), Some((Some(String::new()), false)));
    assert_eq!(shared(&snapshot, &document), Some((None, false)));
}

/// AWS: CloudFormation Template Reference, `AWS::Signer::ProfilePermission`
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-signer-profilepermission.html>),
/// `AWS::ServiceCatalog::PortfolioShare`, `AWS::Redshift::EndpointAuthorization`; Terraform: AWS provider, the resources of these names.
#[test]
fn lists_of_further_services_are_read() {
    let portfolio = format!("arn:aws:catalog:{AT}:portfolio/port-1");
    let directory = format!("arn:aws:ds:{AT}:directory/d-1");
    let domain = format!("arn:aws:es:{AT}:domain/search");
    let cluster = format!("arn:aws:redshift:{AT}:cluster:dw");
    let profile = format!("arn:aws:signer:{AT}:/signing-profiles/code");
    let datashare = format!("arn:aws:redshift:{AT}:datashare:ns/sales");
    let things = [
        new("aws_servicecatalog_portfolio.a", &json!({"id": "port-1", "arn": portfolio})),
        new("aws_opensearch_domain.a", &json!({"domain_name": "search", "arn": domain})),
        new(
            "aws_redshift_cluster.a",
            &json!({"cluster_identifier": "dw", "arn": cluster, "master_password": "s3cr3t"}),
        ),
        new("aws_signer_signing_profile.a", &json!({"name": "code", "arn": profile})),
    ];
    let lists = [
        new(
            "aws_servicecatalog_portfolio_share.a",
            &json!({"portfolio_id": "port-1", "principal_id": OTHER, "type": "ACCOUNT"}),
        ),
        new(
            "aws_directory_service_shared_directory.a",
            &json!({"directory_id": "d-1", "target": [{"id": OTHER, "type": "ACCOUNT"}]}),
        ),
        new(
            "aws_opensearch_authorize_vpc_endpoint_access.a",
            &json!({"domain_name": "search", "account": OTHER}),
        ),
        new("aws_redshift_endpoint_authorization.a", &json!({"cluster_identifier": "dw", "account": OTHER})),
        new(
            "aws_redshift_data_share_authorization.a",
            &json!({"data_share_arn": datashare, "consumer_identifier": OTHER}),
        ),
        new(
            "aws_signer_signing_profile_permission.a",
            &json!({"profile_name": "code", "principal": OTHER, "action": "signer:StartSigningJob"}),
        ),
    ];
    let both: Vec<Value> = things.iter().chain(&lists).cloned().collect();
    let snapshot = laid(&[plan(&both)]);
    assert!(!format!("{snapshot:?}").contains("s3cr3t"));
    // What another made may be shared with others besides.
    for (arn, in_part) in [
        (&portfolio, false),
        (&domain, false),
        (&cluster, false),
        (&profile, false),
        (&directory, true),
        (&datashare, true),
    ] {
        assert_eq!(shared(&snapshot, arn), Some((Some(OTHER.to_owned()), in_part)), "{arn}");
    }
    let by_themselves = laid(&[plan(&things)]);
    for arn in [&portfolio, &domain, &cluster, &profile] {
        assert_eq!(shared(&by_themselves, arn), Some((Some(String::new()), false)), "{arn}");
    }
    let template = laid(&[format!(
        "Resources:\n  Profile: {{Type: AWS::Signer::SigningProfile, Properties: {{PlatformId: AWSLambda-SHA384-ECDSA}}}}\n  \
         May: {{Type: AWS::Signer::ProfilePermission, Properties: {{ProfileName: !GetAtt Profile.ProfileName, Principal: '{OTHER}', Action: 'signer:StartSigningJob', StatementId: s}}}}\n  \
         Portfolio: {{Type: AWS::ServiceCatalog::Portfolio, Properties: {{DisplayName: p, ProviderName: p}}}}\n  \
         Share: {{Type: AWS::ServiceCatalog::PortfolioShare, Properties: {{PortfolioId: !Ref Portfolio, AccountId: '{OTHER}'}}}}\n"
    )]);
    let of =
        |kind: &str| template.resources.iter().find(|it| &*it.kind == kind).expect("a thing").arn.clone();
    for kind in ["signer:signing-profiles", "catalog:portfolio"] {
        assert_eq!(shared(&template, &of(kind)), Some((Some(OTHER.to_owned()), false)), "{kind}");
    }
}

/// Of which of the things it is the list, is known later.
#[test]
fn a_list_of_a_thing_that_is_known_later_may_be_that_of_any_that_is_made() {
    let image = |id: &str| format!("arn:aws:ec2:eu-west-1::image/{id}");
    let mut permission = new("aws_ami_launch_permission.a", &json!({"account_id": OTHER}));
    permission["change"]["after_unknown"] = json!({"image_id": true});
    let kept = json!({"arn": image("ami-2"), "id": "ami-2"});
    let snapshot = laid(&[plan(&[
        new("aws_ami.a", &json!({"arn": image("ami-1"), "id": "ami-1"})),
        change("aws_ami.b", &["no-op"], &kept, &kept),
        permission,
    ])]);
    assert_eq!(shared(&snapshot, &image("ami-1")), Some((Some(String::new()), true)));
    assert_eq!(shared(&snapshot, &image("ami-2")), Some((None, false)));
}

#[test]
fn a_list_that_was_not_seen_or_is_known_later_is_not_whole() {
    let disk = "arn:aws:ec2:eu-west-1::snapshot/snap-1";
    let permission = |account: Value| {
        let mut change = new(
            "aws_snapshot_create_volume_permission.a",
            &json!({"snapshot_id": "snap-1", "account_id": account}),
        );
        change["change"]["after_unknown"] = json!({"account_id": account.is_null()});
        change
    };
    let by_itself = laid(&[plan(&[permission(OTHER.into())])]);
    assert_eq!(shared(&by_itself, disk), Some((Some(OTHER.to_owned()), true)));
    let made = new("aws_ebs_snapshot.a", &json!({"arn": disk}));
    let later = laid(&[plan(&[made, permission(Value::Null)])]);
    assert_eq!(shared(&later, disk), Some((Some(String::new()), true)));
    // Over a list that was seen, one comes and one goes.
    let live = json!({"configurationItems": [{"resourceType": "AWS::RDS::DBSnapshot", "ARN": format!("arn:aws:rds:{AT}:snapshot:ledger"),
        "awsRegion": "eu-west-1", "awsAccountId": "111122223333", "resourceId": "x", "configuration": {},
        "supplementaryConfiguration": {"DBSnapshotAttributes": [{"attributeName": "restore", "attributeValues": [OTHER, "777788889999"]}]}}]});
    let database = format!("arn:aws:rds:{AT}:snapshot:ledger");
    let of = |accounts: Value| json!({"db_snapshot_identifier": "ledger", "db_snapshot_arn": database, "shared_accounts": accounts});
    let update = change("aws_db_snapshot.a", &["update"], &of(json!([OTHER])), &of(json!(["555566667777"])));
    let over = laid(&[live.to_string(), plan(&[update])]);
    assert_eq!(shared(&over, &database), Some((Some("777788889999 555566667777".to_owned()), false)));
}

#[test]
fn a_share_of_ram_has_whom_and_what() {
    let parameter = format!("arn:aws:ssm:{AT}:parameter/flags");
    let share = format!("arn:aws:ram:{AT}:resource-share/s-1");
    let template = format!(
        "Resources:\n  Share:\n    Type: AWS::RAM::ResourceShare\n    Properties:\n      Name: flags\n      Principals: ['{OTHER}', !Ref Who]\n      \
         ResourceArns: ['{parameter}']\nParameters: {{Who: {{Type: String}}}}\n"
    );
    let snapshot = laid(&[template]);
    let made = snapshot.resources.iter().find(|it| &*it.kind == "ram:resource-share").expect("the share");
    assert_eq!(shared(&snapshot, &made.arn), Some((Some(OTHER.to_owned()), true)));
    assert_eq!(made.facts.shares.as_ref().map(|all| all.join(" ")), Some(parameter.clone()));
    // AWS RAM writes the share into the policy of what is shared: the one that was there is not what it will be.
    let allow = json!({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "777788889999"}, "Action": "ssm:GetParameter", "Resource": parameter}]});
    let live = json!({"configurationItems": [{"resourceType": "AWS::SSM::Parameter", "ARN": parameter, "awsRegion": "eu-west-1",
        "awsAccountId": "111122223333", "resourceId": "x", "configuration": {}, "supplementaryConfiguration": {}}]});
    let policy = new("aws_ssm_parameter.x", &json!({"name": "other"}));
    let of_thing = json!({"resource_arn": parameter, "policy": allow.to_string()});
    let with_policy = plan(&[policy, new("aws_dynamodb_resource_policy.p", &of_thing)]);
    let changes = [
        new("aws_ram_resource_share.s", &json!({"arn": share, "name": "flags"})),
        new(
            "aws_ram_resource_association.s",
            &json!({"resource_share_arn": share, "resource_arn": parameter}),
        ),
        new("aws_ram_principal_association.s", &json!({"resource_share_arn": share, "principal": OTHER})),
    ];
    let before = laid(&[live.to_string(), with_policy.clone()]);
    let seen = |snapshot: &Snapshot| snapshot.resource(snapshot.resource_by_arn(&parameter).unwrap()).policy;
    assert!(matches!(seen(&before), PolicyState::Document(_)));
    let after = laid(&[live.to_string(), with_policy, plan(&changes)]);
    assert_eq!(seen(&after), PolicyState::NotSeen);
    assert_eq!(shared(&after, &share), Some((Some(OTHER.to_owned()), false)));
}
