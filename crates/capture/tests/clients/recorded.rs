//! Is what many services were asked recorded as what it was?

use std::collections::BTreeSet;

use clavicle_capture::{Per, Record, policies};

use crate::{environment, record};
use clavicle_testkit::Moto;

/// Each operation of `calls.py` with its permissions: those that come along are marked, and so is what is not exact.
const WANTED: &str = "\
apigateway.CreateRestApi apigateway:POST apigateway:eu-west-1::/restapis
apigateway.GetRestApi apigateway:GET apigateway:eu-west-1::/restapis/API
cloudformation.DescribeStacks cloudformation:DescribeStacks - unknown
cloudwatch.PutMetricData cloudwatch:PutMetricData - unknown
dynamodb.BatchGetItem dynamodb:BatchGetItem dynamodb:R:A:table/orders
dynamodb.BatchGetItem dynamodb:BatchGetItem dynamodb:R:A:table/stock
dynamodb.CreateTable dynamodb:CreateTable dynamodb:R:A:table/orders
dynamodb.CreateTable dynamodb:CreateTable dynamodb:R:A:table/stock
dynamodb.GetItem dynamodb:GetItem dynamodb:R:A:table/orders
dynamodb.PutItem dynamodb:PutItem dynamodb:R:A:table/orders
dynamodb.Query dynamodb:Query dynamodb:R:A:table/orders
dynamodb.TransactWriteItems dynamodb:DeleteItem dynamodb:R:A:table/stock
dynamodb.TransactWriteItems dynamodb:PutItem dynamodb:R:A:table/orders
ec2.DescribeImages ec2:DescribeImages * any
ec2.DescribeInstances ec2:DescribeInstances * any
ec2.RunInstances ec2:RunInstances ec2:R:A:instance/* pattern
ec2.RunInstances ec2:RunInstances ec2:R:A:network-interface/* pattern
ec2.RunInstances ec2:RunInstances ec2:R:A:security-group/* pattern
ec2.RunInstances ec2:RunInstances ec2:R:A:subnet/* pattern
ec2.RunInstances ec2:RunInstances ec2:eu-west-1::image/IMAGE
ec2.StopInstances ec2:StopInstances ec2:R:A:instance/INSTANCE
ecr.CreateRepository ecr:CreateRepository ecr:R:A:repository/team/web
ecs.CreateCluster ecs:CreateCluster ecs:R:A:cluster/main
events.PutRule events:PutRule events:R:A:rule/hourly
iam.CreateRole iam:CreateRole iam::A:role/service/runner
iam.CreateUser iam:CreateUser iam::A:user/dana
iam.GetRole iam:GetRole iam::A:role/service/runner
iam.ListRoles iam:ListRoles * any
iam.PutUserPolicy iam:PutUserPolicy iam::A:user/dana
kinesis.CreateStream kinesis:CreateStream kinesis:R:A:stream/clicks
kms.CreateAlias kms:CreateAlias kms:R:A:alias/books
kms.CreateAlias kms:CreateAlias kms:R:A:key/KEY
kms.CreateKey kms:CreateKey * any
kms.Encrypt kms:Encrypt kms:R:A:key/KEY
lambda.CreateFunction iam:PassRole iam::A:role/service/runner along
lambda.CreateFunction lambda:CreateFunction lambda:R:A:function:nightly
lambda.GetFunction lambda:GetFunction lambda:R:A:function:nightly
lambda.ListFunctions lambda:ListFunctions * any
logs.CreateLogGroup logs:CreateLogGroup logs:R:A:log-group:/app/web:*
logs.CreateLogStream logs:CreateLogStream logs:R:A:log-group:/app/web:log-stream:s1
logs.PutLogEvents logs:PutLogEvents logs:R:A:log-group:/app/web:log-stream:s1
rds.DescribeDBInstances rds:DescribeDBInstances - unknown
route53.CreateHostedZone route53:CreateHostedZone * any
route53.ListResourceRecordSets route53:ListResourceRecordSets route53:::hostedzone/ZONE
s3.CopyObject s3:GetObject s3:::ledger/2026/a b.csv
s3.CopyObject s3:PutObject s3:::ledger/copy
s3.CreateBucket s3:CreateBucket s3:::ledger
s3.DeleteObjects s3:DeleteObject s3:::ledger/copy
s3.DeleteObjects s3:DeleteObject s3:::ledger/d<e
s3.GetObject s3:GetObject s3:::ledger/2026/a b.csv
s3.HeadObject s3:GetObject s3:::ledger/2026/a b.csv
s3.ListBuckets s3:ListAllMyBuckets * any
s3.ListObjectsV2 s3:ListBucket s3:::ledger
s3.PutBucketTagging s3:PutBucketTagging s3:::ledger
s3.PutObject s3:PutObject s3:::ledger/2026/a b.csv
secretsmanager.BatchGetSecretValue secretsmanager:BatchGetSecretValue * any
secretsmanager.BatchGetSecretValue secretsmanager:GetSecretValue secretsmanager:R:A:secret:prod/db-SUFFIX along
secretsmanager.CreateSecret secretsmanager:CreateSecret secretsmanager:R:A:secret:prod/db-?????? pattern
secretsmanager.GetSecretValue secretsmanager:GetSecretValue secretsmanager:R:A:secret:prod/db-SUFFIX
sns.CreateTopic sns:CreateTopic sns:R:A:news
sns.Publish sns:Publish * any
sns.Publish sns:Publish sns:R:A:news
sqs.CreateQueue sqs:CreateQueue sqs:R:A:jobs
sqs.ReceiveMessage sqs:ReceiveMessage sqs:R:A:jobs
sqs.SendMessage sqs:SendMessage sqs:R:A:jobs
ssm.GetParameter ssm:GetParameter ssm:R:A:parameter/app/mode
ssm.PutParameter ssm:PutParameter ssm:R:A:parameter/app/mode
stepfunctions.CreateStateMachine iam:PassRole iam::A:role/service/runner along
stepfunctions.CreateStateMachine states:CreateStateMachine states:R:A:stateMachine:flow
sts.AssumeRole sts:AssumeRole iam::A:role/service/runner
";

/// A line for each certain permission; ids that AWS makes are exchanged for what they are of.
fn told(record: &Record, ids: &serde_json::Map<String, serde_json::Value>) -> Vec<String> {
    let line = |one: &clavicle_capture::Use| {
        let mut resource = one.resource.clone().unwrap_or_else(|| "-".to_owned());
        for (name, id) in ids {
            resource = resource.replace(id.as_str().expect("ids are text"), &name.to_uppercase());
        }
        let resource = resource
            .replace("arn:aws:", "")
            .replace(":eu-west-1:123456789012:", ":R:A:")
            .replace(":123456789012:", ":A:");
        let resource = match resource.split_once("secret:prod/db-").filter(|_| one.sureness == "exact") {
            Some((before, suffix)) if suffix.len() == 6 => format!("{before}secret:prod/db-SUFFIX"),
            _ => resource,
        };
        let marks = [one.sureness, one.need].into_iter().filter(|mark| !["exact", "own"].contains(mark));
        let words = [format!("{}.{}", one.service, one.operation), one.action.clone(), resource];
        words.into_iter().chain(marks.map(str::to_owned)).collect::<Vec<_>>().join(" ")
    };
    let lines: BTreeSet<String> = record.uses.iter().filter(|one| one.need != "perhaps").map(line).collect();
    lines.into_iter().collect()
}

#[test]
fn operations_of_many_services_are_recorded_with_their_things() {
    let Some(moto) = Moto::shared() else { return };
    let (printed, record) = record(&moto.python, environment(moto.address()), "calls.py", &[]);
    let ids: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&printed).expect("it prints ids");
    let told = told(&record, &ids);
    let wanted: Vec<&str> = WANTED.lines().collect();
    assert_eq!(told, wanted, "{told:#?}");
    assert_eq!((record.unknown.len(), record.calls, record.unchecked), (0, 59, 1));
    assert!(record.uses.iter().all(|one| one.succeeded > 0 && one.failed == 0 && one.denied == 0));

    let operations: BTreeSet<(&str, &str)> =
        record.uses.iter().map(|one| (one.service.as_str(), one.operation.as_str())).collect();
    let services: BTreeSet<&str> = operations.iter().map(|(service, _)| *service).collect();
    assert!(operations.len() >= 40 && services.len() >= 15, "{} of {}", operations.len(), services.len());

    let text = record.to_json().expect("it is JSON");
    for secret in ["not-a-secret", "hunter2", "aws_secret", "Signature"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let policies = policies(&record, Per::Caller);
    assert_eq!(policies.len(), 1);
    assert_eq!(policies[0].principal.as_deref(), Some("arn:aws:sts::123456789012:user/moto"));
}
