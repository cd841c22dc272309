//! What AWS Config records of each type: the IAM resource type, and where the resource policy is.
//!
//! From the AWS Config resource schemas. A type that is not here is read generically.

/// Where an item of AWS Config carries the resource policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PolicyPlace {
    /// At this path; a whole item without it says that there is none.
    OrNone(&'static [&'static str]),
    /// At this path; every resource of the type has one, or its place is always present, so that a missing place
    /// means that it was not recorded.
    OrNotSeen(&'static [&'static str]),
    /// The type may have a policy, and AWS Config does not record it.
    NotRecorded,
    /// The type has no resource policy.
    Never,
}

use PolicyPlace::{Never, NotRecorded, OrNone, OrNotSeen};

const SUPPLEMENT: &str = "supplementaryConfiguration";
const MAIN: &str = "configuration";

/// AWS Config type, IAM resource type, place of the policy.
const TYPES: &[(&str, &str, PolicyPlace)] = &[
    ("AWS::ApiGateway::RestApi", "apigateway:RestApi", OrNone(&[MAIN, "policy"])),
    ("AWS::AppRunner::Service", "apprunner:service", Never),
    ("AWS::Backup::BackupVault", "backup:backup-vault", OrNone(&[MAIN, "AccessPolicy"])),
    ("AWS::Batch::ComputeEnvironment", "batch:compute-environment", Never),
    ("AWS::CloudFormation::Stack", "cloudformation:stack", Never),
    ("AWS::CodeBuild::Project", "codebuild:project", NotRecorded),
    ("AWS::DynamoDB::Table", "dynamodb:table", NotRecorded),
    ("AWS::EC2::Instance", "ec2:instance", Never),
    // The policy of an endpoint says what goes through it, and gives nobody a right on the endpoint: it is a fact of it.
    ("AWS::EC2::VPCEndpoint", "ec2:vpc-endpoint", Never),
    ("AWS::ECR::Repository", "ecr:repository", OrNone(&[MAIN, "RepositoryPolicyText"])),
    ("AWS::ECS::Service", "ecs:service", Never),
    ("AWS::ECS::TaskDefinition", "ecs:task-definition", Never),
    ("AWS::EFS::FileSystem", "elasticfilesystem:file-system", OrNone(&[MAIN, "FileSystemPolicy"])),
    ("AWS::EKS::Cluster", "eks:cluster", Never),
    ("AWS::EMRServerless::Application", "emr-serverless:application", Never),
    ("AWS::Elasticsearch::Domain", "es:domain", OrNone(&[MAIN, "accessPolicies"])),
    ("AWS::Events::EventBus", "events:event-bus", OrNone(&[MAIN, "Policy"])),
    ("AWS::Glue::Job", "glue:job", Never),
    ("AWS::KMS::Key", "kms:key", OrNotSeen(&[SUPPLEMENT, "Policy"])),
    ("AWS::Kinesis::Stream", "kinesis:stream", NotRecorded),
    ("AWS::Lambda::Alias", "lambda:alias", NotRecorded),
    ("AWS::Lambda::Function", "lambda:function", OrNone(&[SUPPLEMENT, "Policy"])),
    ("AWS::OpenSearch::Domain", "es:domain", OrNone(&[MAIN, "AccessPolicies"])),
    ("AWS::RDS::DBCluster", "rds:cluster", Never),
    ("AWS::RDS::DBInstance", "rds:db", Never),
    ("AWS::S3::AccessPoint", "s3:accesspoint", OrNone(&[MAIN, "Policy"])),
    ("AWS::S3::Bucket", "s3:bucket", OrNotSeen(&[SUPPLEMENT, "BucketPolicy", "policyText"])),
    ("AWS::S3Tables::Table", "s3tables:table", NotRecorded),
    ("AWS::SNS::Topic", "sns:topic", OrNotSeen(&[MAIN, "Policy"])),
    ("AWS::SQS::Queue", "sqs:queue", OrNone(&[MAIN, "Policy"])),
    ("AWS::SageMaker::NotebookInstance", "sagemaker:notebook-instance", Never),
    ("AWS::SecretsManager::Secret", "secretsmanager:secret", NotRecorded),
    ("AWS::StepFunctions::StateMachine", "states:stateMachine", Never),
];

/// What is known of this AWS Config type.
pub(super) fn known(config_type: &str) -> Option<(&'static str, PolicyPlace)> {
    let at = TYPES.binary_search_by_key(&config_type, |(name, ..)| name).ok()?;
    Some((TYPES[at].1, TYPES[at].2))
}

/// The names of the fields on the paths to policies.
pub(super) fn policy_fields() -> impl Iterator<Item = &'static str> {
    let path = |place: PolicyPlace| match place {
        OrNone(path) | OrNotSeen(path) => path,
        NotRecorded | Never => &[],
    };
    TYPES
        .iter()
        .flat_map(move |(_, _, place)| path(*place))
        .copied()
        .filter(|name| *name != MAIN && *name != SUPPLEMENT)
}

/// Items that are about compliance or inventory, not about a thing that can be accessed.
pub(super) fn is_no_resource(config_type: &str) -> bool {
    config_type.starts_with("AWS::Config::")
        || matches!(
            config_type,
            "AWS::SSM::ManagedInstanceInventory"
                | "AWS::SSM::AssociationCompliance"
                | "AWS::SSM::PatchCompliance"
                | "AWS::SSM::FileData"
        )
}

/// IAM resource types that may have a resource policy, in the spelling of their ARNs; of these, a policy that no
/// source carries is "not seen", of all others there is none. From the services' APIs that read such policies.
const MAY_HAVE_POLICY: &[&str] = &[
    "acm-pca:certificate-authority",
    "aiops:investigation-group",
    "apigateway:RestApi",
    "apigateway:domainnames",
    "apigateway:portalproducts",
    "aps:workspace",
    "backup:backup-vault",
    "bedrock-agentcore:runtime",
    "bedrock:custom-model",
    "bedrock:knowledge-base",
    "cleanrooms-ml:configured-audience-model",
    "cloudfront:vpcorigin",
    "cloudhsm:backup",
    "cloudsearch:domain",
    "cloudtrail:channel",
    "cloudtrail:dashboard",
    "cloudtrail:eventdatastore",
    "codeartifact:domain",
    "codeartifact:repository",
    "codebuild:project",
    "codebuild:report-group",
    "codeguru-profiler:profilingGroup",
    "comprehend:document-classifier",
    "comprehend:entity-recognizer",
    "dsql:cluster",
    "dynamodb:table",
    "ecr-public:repository",
    "ecr:repository",
    "elasticfilesystem:file-system",
    "elasticloadbalancing:truststore",
    "elemental-inference:feed",
    "entityresolution:matchingworkflow",
    "es:domain",
    "events:event-bus",
    "glacier:vaults",
    "glue:catalog",
    "imagebuilder:component",
    "imagebuilder:container-recipe",
    "imagebuilder:image",
    "imagebuilder:image-recipe",
    "kafka:cluster",
    "kinesis:stream",
    "kms:key",
    "lambda:function",
    "lambda:layer",
    "lex:bot",
    "logs:delivery-destination",
    "logs:destination",
    "lookoutequipment:model",
    "mediastore:container",
    "mediatailor:channel",
    "network-firewall:firewall",
    "network-firewall:firewall-policy",
    "network-firewall:stateful-rulegroup",
    "network-firewall:stateless-rulegroup",
    "networkmanager:core-network",
    "oam:sink",
    "omics:sequenceStore",
    "osis:pipeline",
    "payment-cryptography:key",
    "qbusiness:application",
    "redshift-serverless:snapshot",
    "redshift:namespace",
    "refactor-spaces:environment",
    "rekognition:project",
    "resource-explorer-2:managed-view",
    "route53resolver:firewall-rule-group",
    "route53resolver:resolver-query-log-config",
    "route53resolver:resolver-rule",
    "rum:appmonitor",
    "s3-object-lambda:accesspoint",
    "s3:access-grants",
    "s3:accesspoint",
    "s3:bucket",
    "s3express:accesspoint",
    "s3express:bucket",
    "s3files:file-system",
    "s3tables:bucket",
    "s3tables:table",
    "s3vectors:bucket",
    "sagemaker:lineage-group",
    "sagemaker:model-package-group",
    "schemas:registry",
    "secretsmanager:secret",
    "serverlessrepo:applications",
    "ses:identity",
    "sms-voice:opt-out-list",
    "sms-voice:phone-number",
    "sms-voice:pool",
    "sms-voice:sender-id",
    "sns:topic",
    "sqs:queue",
    "ssm-contacts:contact",
    "ssm-incidents:response-plan",
    "vpc-lattice:resourceconfiguration",
    "vpc-lattice:service",
    "vpc-lattice:servicenetwork",
];

pub(super) fn may_have_policy(kind: &str) -> bool {
    MAY_HAVE_POLICY.contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::{TYPES, known, may_have_policy};

    /// Kinds of which most things have none, and why; or that are policies themselves.
    const MOST_HAVE_NONE: &[(&str, &str)] = &[
        ("ec2:subnet", "is listed with one where AWS RAM shares it"),
        ("ecr:registry-policy", "is a policy"),
        ("lambda:alias", "what others may do by it stands in the policy of the function too"),
        ("logs:resource-policy", "is a policy"),
        ("mediapackagev2:channelGroup", "channels and endpoints alone, whose ARNs begin alike"),
        ("ssm:opsitemgroup", "is listed where it has one"),
        ("ssm:parameter", "those of the advanced tier alone"),
        ("wafv2:regional", "rule groups alone, whose ARNs begin like those of web ACLs"),
        ("xray:resource-policy", "is a policy"),
    ];

    /// Of a kind whose policy a collection asks for, an item that carries none says nothing of it.
    #[test]
    fn what_a_collection_asks_the_policy_of_may_have_one() {
        let recorded = include_str!("../../../cli/tests/collect/recorded.json");
        let recorded: serde_json::Value = serde_json::from_str(recorded).expect("the cases are JSON");
        let cases = recorded["policies"].as_array().expect("cases");
        assert!(cases.len() > 80);
        for case in cases {
            let kind = case[0].as_str().expect("a kind");
            let excepted = MOST_HAVE_NONE.iter().any(|(one, _)| *one == kind);
            assert_ne!(may_have_policy(kind), excepted, "{kind}");
        }
    }

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(TYPES.is_sorted_by_key(|(name, ..)| name));
        assert!(TYPES.iter().all(|(name, ..)| known(name).is_some()));
    }
}
