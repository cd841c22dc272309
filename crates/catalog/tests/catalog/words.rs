//! The table of words names what exists, on things it can be asked on.

use clavicle_catalog::{ArnForm, Catalog, ResourceType, Word, catalog, words};

const ROWS: &str = include_str!("../../data/words.tsv");

fn rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    ROWS.lines().skip(1).map(|line| {
        let mut columns = line.split('\t');
        let mut column = || columns.next().expect("a row has three columns");
        (column(), column(), column())
    })
}

/// An ARN that the pattern of a type describes.
fn sample(resource_type: ResourceType<'_>) -> String {
    let mut arn = String::new();
    let mut rest = resource_type.arn_pattern();
    while let Some((before, after)) = rest.split_once("${") {
        arn.push_str(before);
        arn.push('x');
        rest = after.split_once('}').expect("a variable ends").1;
    }
    arn + rest
}

fn covered(word: Word, arn: &str) -> Vec<String> {
    let found = words().for_arn(word, arn);
    found
        .into_iter()
        .map(|(action, form)| format!("{} on {}", catalog().name(action), form.of(arn)))
        .collect()
}

fn names(catalog: &Catalog, word: Word, resource_type: &str) -> Vec<&'static str> {
    let id = catalog.resource_type(resource_type).expect("a listed type").id();
    words().actions(word, id).iter().map(|action| catalog.name(*action)).collect()
}

/// Which actions are asked on versions and aliases, though AWS lists them for the function only: "Actions that operate on a
/// function can be restricted to a specific function by function, version, or alias ARN".
///
/// AWS: Lambda developer guide, "Fine-tuning the Resources and Conditions sections of policies"
/// (<https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html>).
fn is_qualified(name: &str, ending: &str) -> bool {
    matches!(name, "lambda:function alias" | "lambda:function version")
        || (name, ending) == ("lambda:function", ":*")
}

#[test]
fn every_row_names_a_type_a_word_and_actions_that_can_be_asked_there() {
    let mut faults = Vec::new();
    for (name, word, actions) in rows() {
        let Some(resource_type) = catalog().resource_type(name) else {
            faults.push(format!("`{name}` is no resource type"));
            continue;
        };
        if word != "-" && Word::parse(word).is_none() {
            faults.push(format!("`{word}` of `{name}` is no word"));
        }
        for part in actions.split(' ') {
            let (action, ending) = part.split_once('@').unwrap_or((part, ""));
            let Some(action) = catalog().action(action) else {
                faults.push(format!("`{action}` of `{name}` is no action"));
                continue;
            };
            let fits = if ending == "*" {
                catalog().resources(action).all(|taken| taken.resource_type().id() != resource_type.id())
            } else {
                // The paths above a thing are none of a type.
                let ending = if ending == "^" { "" } else { ending };
                let arn = format!("{}{ending}", sample(resource_type));
                let types = catalog().resource_types_of(&arn);
                catalog()
                    .resources(action)
                    .any(|taken| types.iter().any(|t| t.id() == taken.resource_type().id()))
            };
            if !fits && !is_qualified(name, ending) {
                faults.push(format!("`{part}` cannot be asked on `{name}`"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn rows_are_sorted_and_none_is_there_twice() {
    let mut seen = std::collections::HashSet::new();
    for (name, word, actions) in rows() {
        assert!(seen.insert((name, word)), "`{name}` has two rows for `{word}`");
        let listed: Vec<&str> = actions.split(' ').collect();
        let once: std::collections::HashSet<&&str> = listed.iter().collect();
        assert_eq!(once.len(), listed.len(), "`{name}` `{word}` names an action twice");
    }
    let order: Vec<&str> = rows().map(|row| row.0).collect();
    assert!(order.is_sorted());
}

#[test]
fn words_mean_what_people_mean() {
    let bucket = "arn:aws:s3:::ledger";
    assert_eq!(covered(Word::Read, bucket)[0], "s3:GetObject on arn:aws:s3:::ledger/*");
    assert_eq!(covered(Word::List, bucket)[0], "s3:ListBucket on arn:aws:s3:::ledger");
    assert!(covered(Word::Delete, bucket).contains(&"s3:DeleteBucket on arn:aws:s3:::ledger".to_owned()));
    assert!(covered(Word::Control, bucket).contains(&"s3:PutBucketPolicy on arn:aws:s3:::ledger".to_owned()));
    assert_eq!(
        covered(Word::Read, "arn:aws:s3:::ledger/a/b.csv")[0],
        "s3:GetObject on arn:aws:s3:::ledger/a/b.csv"
    );
    let role = "arn:aws:iam::111122223333:role/app/ci";
    assert_eq!(covered(Word::Become, role)[0], format!("sts:AssumeRole on {role}"));
    assert!(covered(Word::Control, role).contains(&format!("iam:UpdateAssumeRolePolicy on {role}")));
    assert!(!covered(Word::Write, role).iter().any(|asked| asked.starts_with("iam:PassRole")));
    let function = "arn:aws:lambda:eu-west-1:111122223333:function:nightly";
    assert_eq!(covered(Word::Run, function)[0], format!("lambda:InvokeFunction on {function}"));
    // AWS: Lambda developer guide, "Fine-tuning the Resources and Conditions sections of policies"
    // (<https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html>).
    assert_eq!(covered(Word::Run, function)[1], format!("lambda:InvokeFunction on {function}:*"));
    // AWS: Systems Manager user guide, "How Parameter Store authorizes parameter retrieval"
    // (<https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-retrieval-authorization.html>).
    let at = "arn:aws:ssm:eu-west-1:111122223333:parameter/";
    let by_path: Vec<String> = covered(Word::Read, &format!("{at}app/prod/db"))
        .into_iter()
        .filter_map(|asked| Some(asked.strip_prefix("ssm:GetParametersByPath on ")?.replace(at, "/")))
        .collect();
    assert_eq!(by_path, ["/app/prod", "/app/prod/", "/app", "/app/", "/"]);
    assert!(covered(Word::Read, &format!("{at}db")).contains(&format!("ssm:GetParametersByPath on {at}")));
    // AWS: DynamoDB developer guide, "IAM policy to grant access to a specific DynamoDB table and its indexes"
    // (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-specific-table-indexes.html>).
    let table = "arn:aws:dynamodb:eu-west-1:111122223333:table/T";
    assert!(covered(Word::Read, table).contains(&format!("dynamodb:Query on {table}/index/*")));
    assert!(!covered(Word::Read, table).contains(&format!("dynamodb:GetItem on {table}/index/*")));
    let instance = "arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc";
    assert_eq!(covered(Word::Run, instance)[0], format!("ssm:StartSession on {instance}"));
    let group = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/x";
    assert!(covered(Word::Read, group).contains(&format!("logs:GetLogEvents on {group}:log-stream:*")));
    // AWS: CloudWatch Logs API Reference, `LogGroup`, `arn`
    // (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html>).
    assert_eq!(covered(Word::Read, group)[0], format!("logs:FilterLogEvents on {group}:*"));
    assert!(covered(Word::Delete, group).contains(&format!("logs:DeleteLogGroup on {group}:*")));
    // AWS: AppSync developer guide, "Configuring authorization and authentication": policies name `apis/ID/*`, or the
    // fields of a type, and the API alone nowhere
    // (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html>).
    let api = "arn:aws:appsync:eu-west-1:111122223333:apis/x1";
    assert_eq!(covered(Word::Run, api)[0], format!("appsync:GraphQL on {api}/types/*/fields/*"));
    // AWS: KMS API Reference, `ReplicateKey`, `Policy`: "The key policy to attach to the KMS key" that is made
    // (<https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html>).
    let key = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1";
    assert!(covered(Word::Control, key).contains(&format!("kms:ReplicateKey on {key}")));
    let job = "arn:aws:batch:eu-west-1:111122223333:job-definition/nightly:3";
    assert_eq!(covered(Word::Run, job), [format!("batch:SubmitJob on {job}")]);
    // AWS lists two forms of the ARNs of bots: Service Authorization Reference, Amazon Lex V2 and Amazon Lex.
    let bot = "arn:aws:lex:eu-west-1:111122223333:bot/ABCDE12345";
    assert!(covered(Word::Delete, bot).contains(&format!("lex:DeleteBot on {bot}")));
    let canary = "arn:aws:synthetics:eu-west-1:111122223333:canary:home";
    assert_eq!(covered(Word::Delete, canary), [format!("synthetics:DeleteCanary on {canary}")]);
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1234";
    assert_eq!(covered(Word::Read, key)[0], format!("kms:Decrypt on {key}"));
    assert_eq!(covered(Word::Delete, key)[0], format!("kms:ScheduleKeyDeletion on {key}"));
    assert_eq!(covered(Word::Read, "arn:aws:nosuch:::thing"), Vec::<String>::new());
}

#[test]
fn what_no_row_says_follows_from_the_levels() {
    assert!(rows().all(|row| row.0 != "kinesisvideo:channel"));
    assert!(
        names(catalog(), Word::Delete, "kinesisvideo:channel")
            .contains(&"kinesisvideo:DeleteSignalingChannel")
    );
    // The policy of a vault is AWS level "permissions management"; attributes of a queue are found by the grant table.
    assert!(names(catalog(), Word::Control, "glacier:vault").contains(&"glacier:SetVaultAccessPolicy"));
    assert!(names(catalog(), Word::Control, "aps:workspace").contains(&"aps:PutResourcePolicy"));
    assert_eq!(names(catalog(), Word::Become, "glacier:vault"), Vec::<&str>::new());
    assert!(names(catalog(), Word::Run, "bedrock:foundation-model").contains(&"bedrock:InvokeModel"));
    assert!(
        !names(catalog(), Word::Write, "batch:job-queue").contains(&"batch:CreateJobQueue"),
        "a new queue"
    );
}

#[test]
fn an_action_has_at_most_the_word_of_its_list() {
    let id = |name: &str| catalog().resource_type(name).expect("a listed type").id();
    let action = |name: &str| catalog().action(name).expect("a listed action");
    assert_eq!(words().word_of(action("s3:GetObject"), id("s3:bucket")), Some(Word::Read));
    assert_eq!(
        words().word_of(action("s3:GetBucketLocation"), id("s3:bucket")),
        None,
        "settings are not what is in it"
    );
    assert_eq!(words().word_of(action("iam:PassRole"), id("iam:role")), None);
    assert_eq!(words().word_of(action("s3:PutBucketTagging"), id("s3:bucket")), None);
    assert_eq!(words().word(action("lambda:UpdateFunctionCode")), Some(Word::Control));
    assert_eq!(words().word(action("s3:ListAllMyBuckets")), Some(Word::List));
    for resource_type in catalog().resource_types() {
        for word in Word::ALL {
            let listed = words().actions(word, resource_type.id());
            assert_eq!(listed.len(), words().asked(word, resource_type.id()).len());
            for (asked, action) in words().asked(word, resource_type.id()).zip(listed) {
                assert_eq!(asked.action, *action);
                if !words().is_written(word, resource_type.id()) {
                    assert_eq!(asked.form, ArnForm::on(resource_type, catalog().short_name(*action)));
                    assert!(catalog().actions_on(resource_type.id()).any(|on| on == *action));
                }
            }
        }
    }
}

/// AWS: CloudWatch Logs API Reference, `LogGroup`, `arn` and `logGroupArn`
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html>).
#[test]
fn policies_name_log_groups_with_what_is_in_them_but_for_tags() {
    let on = |kind: &str, action: &str| ArnForm::on(catalog().resource_type(kind).expect("a type"), action);
    for (kind, action, form) in [
        ("logs:log-group", "FilterLogEvents", ArnForm::Under(":*")),
        ("logs:log-group", "DeleteLogGroup", ArnForm::Under(":*")),
        ("logs:log-group", "TagResource", ArnForm::Itself),
        ("logs:log-group", "UntagResource", ArnForm::Itself),
        ("logs:log-group", "ListTagsForResource", ArnForm::Itself),
        ("logs:log-stream", "GetLogEvents", ArnForm::Itself),
        ("logs:destination", "PutDestinationPolicy", ArnForm::Itself),
        ("s3:bucket", "DeleteBucket", ArnForm::Itself),
    ] {
        assert_eq!(on(kind, action), form, "{kind} {action}");
    }
}

/// AWS: Amazon ECR user guide, "Automate the cleanup of images by using lifecycle policies in Amazon ECR"
/// (<https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html>); AWS KMS developer guide, "Grants in AWS KMS"
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/grants.html>); Amazon RDS API reference, `StartExportTask`
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartExportTask.html>); Systems Manager API reference,
/// `SendCommand`, `DocumentName` (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html>).
#[test]
fn ways_that_go_by_another_name_count() {
    for (word, kind, action) in [
        (Word::Delete, "ecr:repository", "ecr:PutLifecyclePolicy"),
        (Word::Control, "kms:key", "kms:RevokeGrant"),
        (Word::Read, "rds:snapshot", "rds:StartExportTask"),
        (Word::Read, "rds:cluster-snapshot", "rds:StartExportTask"),
        (Word::Run, "ssm:document", "ssm:SendCommand"),
        (Word::Read, "kinesis:stream", "kinesis:SubscribeToShard"),
    ] {
        assert!(names(catalog(), word, kind).contains(&action), "{word} {kind} {action}");
    }
}
