//! The embedded facts are whole, hold no text of anyone's, and say what is known of well known actions.

use std::collections::HashMap;

use clavicle_catalog::{Access, ActionId, Catalog, catalog};

fn action(name: &str) -> ActionId {
    catalog().action(name).expect("the name of an action")
}

fn types(name: &str) -> Vec<String> {
    let taken = catalog().resources(action(name));
    taken
        .map(|taken| taken.resource_type().name().to_owned() + if taken.is_required() { "*" } else { "" })
        .collect()
}

fn keys(name: &str) -> Vec<&'static str> {
    catalog().keys(action(name)).collect()
}

fn dependents(name: &str) -> Vec<&'static str> {
    catalog().dependents(action(name)).map(|id| catalog().name(id)).collect()
}

#[test]
fn as_many_records_are_loaded_as_were_written() {
    let catalog = catalog();
    let mut loaded: HashMap<&str, usize> = catalog.record_counts().into_iter().collect();
    loaded.insert("role_inputs", include_str!("../../data/role_inputs.tsv").lines().count() - 1);
    loaded.insert("bindings", include_str!("../../data/bindings.txt").lines().count() - 1);
    loaded.insert("managed", catalog.managed_policies().len());
    let written: HashMap<&str, usize> = catalog.counts().collect();
    assert_eq!(loaded, written);
}

#[test]
fn the_data_date_and_the_sources_are_told() {
    let sources: Vec<_> = catalog().sources().collect();
    assert_eq!(catalog().data_date().len(), "2026-09-26".len());
    assert!(sources.iter().any(|source| source.role == "base" && source.date == Some(catalog().data_date())));
    let locked: Vec<Vec<&str>> = include_str!("../../data/sources.lock")
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect())
        .collect();
    assert_eq!(sources.len(), locked.len());
    for (source, row) in sources.iter().zip(&locked) {
        assert_eq!(
            [source.role, source.name, source.version, source.licence],
            [row[0], row[2], row[3], row[5]]
        );
        assert!(row[4].len() == 64 && row[4].bytes().all(|byte| byte.is_ascii_hexdigit()), "{}", source.name);
    }
}

#[test]
fn every_action_is_found_by_its_name_and_they_are_sorted() {
    let catalog = catalog();
    for (index, id) in catalog.actions().enumerate() {
        assert_eq!(id.index(), index);
        assert_eq!(ActionId::from_index(index, catalog), Some(id));
        let name = catalog.name(id);
        assert_eq!(catalog.action(name), Some(id));
        assert_eq!(catalog.action(&name.to_uppercase()), Some(id));
        assert_eq!(format!("{}:{}", catalog.prefix(id), catalog.short_name(id)), name);
        assert_eq!(
            catalog.service(catalog.prefix(id)).map(|service| service.prefix()),
            Some(catalog.prefix(id))
        );
    }
    assert_eq!(ActionId::from_index(catalog.action_count(), catalog), None);
    let order: Vec<(&str, String)> =
        catalog.actions().map(|id| (catalog.prefix(id), catalog.short_name(id).to_lowercase())).collect();
    assert!(order.is_sorted());
    assert_eq!(catalog.action("s3:GetObject "), None);
    assert_eq!(catalog.action(""), None);
}

#[test]
fn both_directions_of_actions_and_types_agree() {
    let catalog = catalog();
    let mut pairs = 0;
    for resource_type in catalog.resource_types() {
        for id in resource_type.actions() {
            pairs += 1;
            assert!(catalog.resources(id).any(|taken| taken.resource_type().id() == resource_type.id()));
        }
        assert_eq!(
            catalog.resource_type(&resource_type.to_string()).map(|same| same.id()),
            Some(resource_type.id())
        );
    }
    assert_eq!(pairs, catalog.actions().map(|id| catalog.resources(id).len()).sum::<usize>());
}

/// What AWS's service authorization reference says of actions that everyone's policies are about.
#[test]
fn well_known_actions_are_as_aws_lists_them() {
    assert_eq!(types("s3:GetObject"), ["accesspointobject", "object"]);
    for key in
        ["s3:ExistingObjectTag/<key>", "s3:DataAccessPointArn", "s3:DataAccessPointAccount", "s3:TlsVersion"]
    {
        assert!(keys("s3:GetObject").contains(&key), "{key}: keys of the resource types count too");
    }

    let run = types("ec2:RunInstances");
    assert_eq!(run.len(), 18);
    let required: Vec<&String> = run.iter().filter(|name| name.ends_with('*')).collect();
    assert_eq!(required, ["image*", "instance*", "network-interface*", "security-group*", "subnet*"]);
    assert_eq!(dependents("ec2:RunInstances"), ["ec2:CreateTags", "iam:PassRole", "ssm:GetParameters"]);

    assert_eq!(types("kms:Decrypt"), ["key*"]);
    assert_eq!(catalog().access(action("kms:Decrypt")), Access::WRITE);
    // 63 of the action, 7 more of its resource type.
    assert_eq!(keys("kms:Decrypt").len(), 70);
    assert!(keys("kms:Decrypt").contains(&"kms:ResourceAliases"));

    assert!(keys("lambda:InvokeFunction").contains(&"lambda:InvokedViaFunctionUrl"));
    assert_eq!(dependents("lambda:CreateFunction"), ["iam:PassRole", "lambda:PassCapacityProvider"]);

    assert_eq!(types("iam:PassRole"), ["role*"]);
    assert_eq!(catalog().is_permission_only(action("iam:PassRole")), Some(true));
    assert_eq!(catalog().is_permission_only(action("s3:GetObject")), Some(false));
    for key in ["iam:AssociatedResourceArn", "iam:PassedToService"] {
        assert!(keys("iam:PassRole").contains(&key), "{key}");
    }

    for name in ["s3:PutBucketPolicy", "s3:PutObjectAcl"] {
        assert_eq!(catalog().access(action(name)), Access::PERMISSIONS | Access::WRITE);
    }
    assert_eq!(catalog().access(action("s3:PutBucketTagging")), Access::TAGGING | Access::WRITE);
    assert!(catalog().is_wildcard_only(action("s3:ListAllMyBuckets")));
    assert!(!catalog().is_wildcard_only(action("s3:ListBucket")));
    assert_eq!(catalog().expand("bedrock-agentcore:*").len(), 258);
}

/// See AWS: Organizations User Guide, "Resource control policies (RCPs)", the list of supported services.
#[test]
fn resource_control_policies_reach_the_services_that_aws_lists() {
    for prefix in ["s3", "STS", "kms", "sqs", "secretsmanager", "dynamodb"] {
        assert!(catalog().rcp_supported(prefix), "{prefix}");
    }
    for prefix in ["iam", "ec2", "lambda", "nosuch"] {
        assert!(!catalog().rcp_supported(prefix), "{prefix}");
    }
}

#[test]
fn what_is_late_is_unknown_and_not_harmless() {
    let mut late = catalog().actions().filter(|&id| catalog().is_late(id)).peekable();
    assert!(late.peek().is_some());
    assert!(late.all(|id| catalog().access(id).is_unknown() && !catalog().dependents_known(id)));
    assert!(catalog().dependents_known(action("s3:GetObject")));
    assert!(
        catalog().actions().filter(|&id| !catalog().is_late(id)).all(|id| !catalog().access(id).is_unknown())
    );
}

/// What the descriptions in AWS's lists begin with.
#[test]
fn no_file_holds_description_text() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
    for entry in std::fs::read_dir(folder).expect("the data folder is there") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("data is text");
        for phrase in ["Grants permission", "Filters access"] {
            assert!(!text.contains(phrase), "{} holds `{phrase}`", path.display());
        }
    }
}

#[test]
fn an_arn_made_from_a_pattern_is_of_its_type() {
    let mut ambiguous = 0;
    let forms = catalog().resource_types().flat_map(|kind| kind.arn_patterns().map(move |form| (kind, form)));
    for (resource_type, form) in forms {
        assert_eq!(form.matches("arn:").count(), 1, "{resource_type}: `{form}`");
        let mut arn = String::new();
        let mut rest = form;
        while let Some((before, after)) = rest.split_once("${") {
            let (variable, after) = after.split_once('}').expect("a variable ends");
            arn.push_str(before);
            arn.push_str(match variable {
                "Partition" => "aws",
                "Region" => "eu-west-1",
                "Account" | "AccountId" => "111122223333",
                _ => "some-name",
            });
            rest = after;
        }
        let arn = (arn + rest).replace('*', "anything");
        let found = catalog().resource_types_of(&arn);
        assert!(
            found.iter().any(|one| one.id() == resource_type.id()),
            "{resource_type}: `{arn}` is of {found:?}"
        );
        ambiguous += usize::from(found.len() > 1);
    }
    assert!(ambiguous < 700, "{ambiguous} samples are of several types");
}

#[test]
fn arns_are_of_the_types_people_would_say() {
    let of = |arn: &str| catalog().resource_types_of(arn).iter().map(ToString::to_string).collect::<Vec<_>>();
    let first = |arn: &str| of(arn).into_iter().next().unwrap_or_default();
    assert_eq!(first("arn:aws:s3:::ledger"), "s3:bucket");
    assert_eq!(first("arn:aws:s3:::ledger/2024/a.csv"), "s3:object");
    assert!(!of("arn:aws:s3:::ledger/2024/a.csv").contains(&"s3:bucket".to_owned()));
    assert_eq!(
        of("arn:aws:iam::111122223333:role/app/ci"),
        ["iam:role", "ec2:role", "ssm:iam-role", "sts:role"]
    );
    assert_eq!(first("arn:aws:iam::111122223333:user/dana"), "iam:user");
    assert_eq!(first("arn:aws:iam::aws:policy/ReadOnlyAccess"), "iam:policy");
    assert_eq!(first("arn:aws:lambda:eu-west-1:111122223333:function:nightly"), "lambda:function");
    assert_eq!(first("arn:aws:lambda:eu-west-1:111122223333:function:nightly:live"), "lambda:function alias");
    assert_eq!(first("arn:aws:dynamodb:eu-west-1:111122223333:table/t"), "dynamodb:table");
    assert_eq!(first("arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/i"), "dynamodb:index");
    assert_eq!(first("arn:aws:ssm:eu-west-1:111122223333:parameter/app/db/password"), "ssm:parameter");
    assert_eq!(
        first("arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/db-AbCdEf"),
        "secretsmanager:Secret"
    );
    assert_eq!(first("arn:aws:ecr:eu-west-1:111122223333:repository/team/app"), "ecr:repository");
    assert_eq!(first("arn:aws:sqs:eu-west-1:111122223333:jobs"), "sqs:queue");
    assert_eq!(first("arn:aws-cn:kms:cn-north-1:111122223333:key/1234"), "kms:key");
    // AWS lists two forms: Service Authorization Reference, Amazon API Gateway Management, Amazon Lex V2.
    let stage = "arn:aws:apigateway:eu-west-1::/restapis/a1b2/stages/prod";
    assert_eq!(of(stage), ["apigateway:Stage", "wafv2:apigateway"]);
    assert_eq!(of("arn:aws:lex:eu-west-1:111122223333:bot/ABCDE12345"), ["lex:bot"]);
    assert_eq!(of("arn:aws:lex:eu-west-1:111122223333:bot:Orders"), ["lex:bot"]);
    // Nearly every ARN has the form of a recovery point.
    assert_eq!(of("arn:aws:synthetics:eu-west-1:111122223333:canary:home"), ["synthetics:canary"]);
    assert_eq!(of("arn:aws:backup:eu-west-1:111122223333:recovery-point:1EB3"), ["backup:recoveryPoint"]);
    assert_eq!(of("*"), Vec::<String>::new());
    assert_eq!(of("arn:aws:s3"), Vec::<String>::new());
    assert_eq!(of("arn:aws:nosuch:::x"), Vec::<String>::new());
}

#[test]
fn damaged_facts_are_refused() {
    let error = Catalog::read("#clavicle-facts 2\n").expect_err("another version");
    assert_eq!(
        error.to_string(),
        "line 1 of the reference facts: it does not begin with `#clavicle-facts 1`"
    );
}
