//! Caller and resource in two accounts (rules 7.1 to 7.5).

use crate::caller::Caller;
use crate::grant::Grants;
use crate::kms;
use crate::layers::Layers;
use crate::request::Request;
use crate::truth::Truth;
use serde_json::Value;

/// Can the action reach another account's resource at all, whatever policies say?
pub(crate) fn is_possible(request: &Request) -> bool {
    // Rule 9.2.
    if kms::is_kms(request) {
        return kms::works_across_accounts(&request.action);
    }
    // "Cross-account access is not yet supported" [Aurora DSQL: Resource-based policies].
    if request.action.to_lowercase().starts_with("dsql:") {
        return false;
    }
    // "Regardless of the AWS Backup vault's access policy, cross-account access for any action other than
    // backup:CopyIntoBackupVault will be rejected" [AWS Backup: Vault access policies].
    let is_vault =
        request.resource.splitn(6, ':').nth(5).is_some_and(|name| name.starts_with("backup-vault:"));
    if is_vault && request.action.to_lowercase().starts_with("backup:") {
        return request.action.eq_ignore_ascii_case("backup:CopyIntoBackupVault");
    }
    if let Some(operation) = request.action.to_lowercase().strip_prefix("secretsmanager:") {
        return OF_SECRETS.iter().any(|known| known.eq_ignore_ascii_case(operation));
    }
    if is_for_identities_alone(request) {
        return false;
    }
    if let Some(operation) = request.action.to_lowercase().strip_prefix("dynamodb:") {
        return !OF_OWN_TABLES.iter().any(|known| known.eq_ignore_ascii_case(operation));
    }
    !OWN_ACCOUNT_ONLY.iter().any(|action| action.eq_ignore_ascii_case(&request.action))
}

/// "Cross-account permission is effective only for the following operations" [Secrets Manager: Access AWS Secrets Manager
/// secrets from a different account]; and a replica is accepted as whoever associates it [same: Permissions for
/// cross-account replication].
const OF_SECRETS: [&str; 21] = [
    "AcceptCrossAccountReplication",
    "CancelRotateSecret",
    "DeleteResourcePolicy",
    "DeleteSecret",
    "DescribeSecret",
    "GetRandomPassword",
    "GetResourcePolicy",
    "GetSecretValue",
    "ListSecretVersionIds",
    "PutResourcePolicy",
    "PutSecretValue",
    "RemoveRegionsFromReplication",
    "ReplicateSecretToRegions",
    "RestoreSecret",
    "RotateSecret",
    "StopReplicationToReplica",
    "TagResource",
    "UntagResource",
    "UpdateSecret",
    "UpdateSecretVersionStage",
    "ValidateResourcePolicy",
];

/// Without cross-account support [DynamoDB: API operations supported by resource-based policies], group by group as on the
/// page; PartiQL's statements are allowed by actions of their own.
const OF_OWN_TABLES: [&str; 22] = [
    "PartiQLDelete",
    "PartiQLInsert",
    "PartiQLSelect",
    "PartiQLUpdate",
    "DescribeTableReplicaAutoScaling",
    "UpdateTableReplicaAutoScaling",
    "CreateBackup",
    "DescribeContinuousBackups",
    "RestoreTableToPointInTime",
    "UpdateContinuousBackups",
    "DescribeContributorInsights",
    "UpdateContributorInsights",
    "ExportTableToPointInTime",
    "DescribeKinesisStreamingDestination",
    "DisableKinesisStreamingDestination",
    "EnableKinesisStreamingDestination",
    "UpdateKinesisStreamingDestination",
    "DeleteResourcePolicy",
    "GetResourcePolicy",
    "PutResourcePolicy",
    "DescribeTimeToLive",
    "UpdateTimeToLive",
];

/// Can no policy of a thing grant it, within the account or across? Tables: [DynamoDB: API operations supported by
/// resource-based policies, the first column]. Directory buckets: "granted only in IAM identity-based policies (user or
/// role), not bucket policies" [S3: Authenticating and authorizing requests; S3 API: GetBucketMetricsConfiguration,
/// GetBucketInventoryConfiguration].
pub(crate) fn is_for_identities_alone(request: &Request) -> bool {
    FOR_IDENTITIES.iter().any(|action| action.eq_ignore_ascii_case(&request.action))
}

const FOR_IDENTITIES: [&str; 35] = [
    "dynamodb:CreateTable",
    "dynamodb:CreateGlobalTable",
    "dynamodb:DescribeGlobalTable",
    "dynamodb:DescribeGlobalTableSettings",
    "dynamodb:ListGlobalTables",
    "dynamodb:UpdateGlobalTable",
    "dynamodb:UpdateGlobalTableSettings",
    "dynamodb:DescribeBackup",
    "dynamodb:DeleteBackup",
    "dynamodb:RestoreTableFromBackup",
    "dynamodb:ListContributorInsights",
    "dynamodb:DescribeExport",
    "dynamodb:ListExports",
    "dynamodb:DescribeImport",
    "dynamodb:ImportTable",
    "dynamodb:ListImports",
    "dynamodb:DescribeEndpoints",
    "dynamodb:DescribeLimits",
    "dynamodb:ListBackups",
    "dynamodb:ListTables",
    "dynamodb:ListStreams",
    "s3express:CreateBucket",
    "s3express:DeleteBucket",
    "s3express:ListAllMyDirectoryBuckets",
    "s3express:PutBucketPolicy",
    "s3express:GetBucketPolicy",
    "s3express:DeleteBucketPolicy",
    "s3express:PutEncryptionConfiguration",
    "s3express:GetEncryptionConfiguration",
    "s3express:PutLifecycleConfiguration",
    "s3express:GetLifecycleConfiguration",
    "s3express:PutInventoryConfiguration",
    "s3express:GetInventoryConfiguration",
    "s3express:PutMetricsConfiguration",
    "s3express:GetMetricsConfiguration",
];

/// Queues: [SQS: Limitations of custom policies, Cross-account access]. Buckets, of each sort: the caller has to "belong to
/// the bucket owner's account" [S3 API: GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy, and those of S3 Control].
/// Streams: "belong to the owner's account" [Kinesis API: PutResourcePolicy].
const OWN_ACCOUNT_ONLY: [&str; 19] = [
    "kinesis:PutResourcePolicy",
    "s3-outposts:DeleteBucketPolicy",
    "s3-outposts:GetBucketPolicy",
    "s3-outposts:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:GetBucketPolicy",
    "s3:PutBucketPolicy",
    "sqs:AddPermission",
    "sqs:CancelMessageMoveTask",
    "sqs:CreateQueue",
    "sqs:DeleteQueue",
    "sqs:ListMessageMoveTasks",
    "sqs:ListQueues",
    "sqs:ListQueueTags",
    "sqs:RemovePermission",
    "sqs:SetQueueAttributes",
    "sqs:StartMessageMoveTask",
    "sqs:TagQueue",
    "sqs:UntagQueue",
];

/// Must both sides allow within an account too? [VPC Lattice: Control access to VPC Lattice services using auth policies]
pub(crate) fn is_for_both_sides(request: &Request, policy: Option<&Value>) -> bool {
    request.action.to_lowercase().starts_with("vpc-lattice-svcs:") && policy.is_some()
}

/// Both sides must allow; the resource side in any form (rules 7.1, 7.2), and without a policy not at all (rule 7.3).
pub(crate) fn both_sides(layers: &Layers<'_>, policy: Option<&Value>, grants: &mut Grants) {
    let resource_side: Vec<_> = policy
        .into_iter()
        .flat_map(|policy| layers.resource_allows(policy))
        .map(|(_, found)| found)
        .collect();
    if matches!(layers.caller, Caller::Root { .. }) {
        grants.each(&resource_side, &Truth::True);
    } else {
        let ceilings_of_identity = layers.boundary_allows().and(layers.session_allows());
        grants.both(&layers.identity(), &resource_side, &ceilings_of_identity);
    }
}
