//! Whose the VPC endpoint of a request is: which services tell?

use std::collections::BTreeSet;

use crate::look::{Family, Look, some_of};
use crate::rule::{Rule, Severity, guide, identity, rcp};

pub(super) const FAMILY: Family = Family { rules: &[&ENDPOINT_OWNER_NOT_TOLD], look };

static ENDPOINT_OWNER_NOT_TOLD: Rule = Rule {
    id: "endpoint-owner-not-told",
    severity: Severity::Warning,
    title: "whose an endpoint is, asked of services that do not tell",
    means: "A condition compares `aws:VpceAccount`, `aws:VpceOrgID` or `aws:VpceOrgPaths`, and the statement speaks of services that AWS does not list as supporting the key.",
    why: "Requests to those services never carry it: an Allow never applies to them, and a Deny of all but some owners denies all of them.",
    fix: "Name the services that support the key, and ask for `aws:SourceVpc` or `aws:SourceVpce` in a statement for the others.",
    aws: &["general-warning-use-condition-key-only-with-supported-services"],
    source: guide!("reference_policies_condition-keys"),
    bad: &[
        identity(
            r#""Effect": "Allow", "Action": ["s3:GetObject", "ec2:DescribeInstances"], "Resource": "*", "Condition": {"StringEquals": {"aws:VpceAccount": "111122223333"}}"#,
        ),
        rcp(
            r#""Effect": "Deny", "Principal": "*", "Action": ["sqs:*", "s3:*"], "Resource": "*", "Condition": {"ForAllValues:StringNotLike": {"aws:VpceOrgPaths": "o-abcdefghij/*"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"}}"#,
        ),
    ],
    good: &[
        // AWS: IAM User Guide, "AWS global condition context keys", `aws:VpceOrgID`.
        rcp(
            r#""Effect": "Deny", "Principal": "*", "Action": ["s3:*", "kms:*"], "Resource": "*", "Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"}, "StringNotEqualsIfExists": {"aws:VpceOrgID": "o-abcdef0123"}}"#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"StringEquals": {"aws:VpceOrgID": "o-abcdef0123"}}"#,
        ),
    ],
};

/// The services that tell, by the prefixes of their actions. AWS: IAM User Guide, "AWS global condition context keys", of each of
/// the three keys: "The following services support this key".
const OF_ALL_THREE: [&str; 39] = [
    "acm-pca",
    "applicationinsights",
    "apprunner",
    "athena",
    "cloudformation",
    "comprehendmedical",
    "compute-optimizer",
    "datasync",
    "discovery",
    "dynamodb",
    "ebs",
    "ecr",
    "ecs",
    "firehose",
    "gamelift",
    "healthlake",
    "iam",
    "iotfleetwise",
    "iotwireless",
    "kinesisanalytics",
    "kms",
    "lambda",
    "medical-imaging",
    "omics",
    "payment-cryptography",
    "polly",
    "rbin",
    "rekognition",
    "route53",
    "s3",
    "scheduler",
    "servicediscovery",
    "servicequotas",
    "shield",
    "ssm-contacts",
    "storagegateway",
    "textract",
    "transcribe",
    "transfer",
];

/// Those that tell the organization besides.
const OF_ORGANIZATION: [&str; 13] = [
    "b2bi",
    "cassandra",
    "cognito-identity",
    "dms",
    "ds-data",
    "identitystore",
    "iottwinmaker",
    "network-firewall",
    "pricing",
    "ses",
    "sms-voice",
    "sqs",
    "workmail",
];

fn look(look: &mut Look<'_>) {
    for (statement, clause) in look.clauses() {
        let key = clause.key.value.to_ascii_lowercase();
        let more: &[&str] = match key.as_str() {
            "aws:vpceorgid" => &OF_ORGANIZATION,
            "aws:vpceaccount" | "aws:vpceorgpaths" => &[],
            _ => continue,
        };
        let told = |prefix: &str| OF_ALL_THREE.contains(&prefix) || more.contains(&prefix);
        let services: BTreeSet<&str> =
            look.actions(statement).into_iter().map(|action| look.catalog.prefix(action)).collect();
        let silent: Vec<&str> = services.into_iter().filter(|prefix| !told(prefix)).collect();
        if silent.is_empty() {
            continue;
        }
        let message = format!("requests to {} carry no `{}`", some_of(&silent), clause.key.value);
        let help = "name the services that support the key".to_owned();
        look.report(&ENDPOINT_OWNER_NOT_TOLD, clause.key.span, message, help);
    }
}
