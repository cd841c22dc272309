//! Policies of things that are declared by themselves: which type, the policy of what, and where the two stand.
//!
//! AWS: CloudFormation Template Reference; documentation of Terraform's AWS provider. Types that begin with no `AWS::` are
//! those that Terraform alone has.

/// A type that declares the policy of a thing.
#[derive(Debug)]
pub(super) struct OwnPolicy {
    name: &'static str,
    /// The kind of the thing, for what is named by less than its ARN; empty: it never is.
    pub(super) of: &'static str,
    /// The property that names the thing or things.
    pub(super) thing: &'static str,
    pub(super) policy: &'static str,
}

const fn own(name: &'static str, of: &'static str, thing: &'static str, policy: &'static str) -> OwnPolicy {
    OwnPolicy { name, of, thing, policy }
}

/// Sorted by type.
const ALL: &[OwnPolicy] = &[
    own("AWS::CloudTrail::ResourcePolicy", "", "ResourceArn", "ResourcePolicy"),
    own("AWS::ECR::RepositoryPolicy", "AWS::ECR::Repository", "RepositoryName", "PolicyDocument"),
    own("AWS::KMS::KeyPolicy", "AWS::KMS::Key", "KeyId", "PolicyDocument"),
    own("AWS::Kinesis::ResourcePolicy", "", "ResourceArn", "ResourcePolicy"),
    own("AWS::MSK::ClusterPolicy", "", "ClusterArn", "Policy"),
    own("AWS::S3::BucketPolicy", "AWS::S3::Bucket", "Bucket", "PolicyDocument"),
    own("AWS::S3Express::BucketPolicy", "", "Bucket", "PolicyDocument"),
    own("AWS::S3Tables::TableBucketPolicy", "", "TableBucketARN", "ResourcePolicy"),
    own("AWS::S3Tables::TablePolicy", "", "TableARN", "ResourcePolicy"),
    own("AWS::S3Vectors::VectorBucketPolicy", "", "VectorBucketArn", "Policy"),
    own("AWS::SNS::TopicInlinePolicy", "AWS::SNS::Topic", "TopicArn", "PolicyDocument"),
    own("AWS::SNS::TopicPolicy", "AWS::SNS::Topic", "Topics", "PolicyDocument"),
    own("AWS::SQS::QueueInlinePolicy", "AWS::SQS::Queue", "Queue", "PolicyDocument"),
    own("AWS::SQS::QueuePolicy", "AWS::SQS::Queue", "Queues", "PolicyDocument"),
    own("AWS::SSM::ResourcePolicy", "", "ResourceArn", "Policy"),
    own("AWS::SecretsManager::ResourcePolicy", "AWS::SecretsManager::Secret", "SecretId", "ResourcePolicy"),
    own("AWS::VpcLattice::AuthPolicy", "", "ResourceIdentifier", "Policy"),
    own("ApiPolicy", "AWS::ApiGateway::RestApi", "Thing", "PolicyDocument"),
    own("BusPolicy", "AWS::Events::EventBus", "Thing", "PolicyDocument"),
    own("DomainPolicy", "AWS::OpenSearchService::Domain", "Thing", "PolicyDocument"),
    own("FileSystemPolicy", "AWS::EFS::FileSystem", "Thing", "PolicyDocument"),
    // Those that name the thing by its ARN.
    own("ThingPolicy", "", "Thing", "PolicyDocument"),
    own("VaultPolicy", "AWS::Backup::BackupVault", "Thing", "PolicyDocument"),
];

/// The properties that name the thing by less than its ARN, of these types and of those that declare single statements.
pub(super) const THINGS: [&str; 10] = [
    "Bucket",
    "EventBusName",
    "FunctionName",
    "KeyId",
    "Queue",
    "Queues",
    "RepositoryName",
    "SecretId",
    "TopicArn",
    "Topics",
];

/// What the type declares. `None`: no policy of a thing.
pub(super) fn of(kind: &str) -> Option<&'static OwnPolicy> {
    let at = ALL.binary_search_by_key(&kind, |own| own.name).ok()?;
    Some(&ALL[at])
}

#[cfg(test)]
mod tests {
    use super::super::kinds;
    use super::{ALL, of};

    #[test]
    fn the_table_is_sorted_and_names_kinds_that_exist() {
        assert!(ALL.is_sorted_by_key(|own| own.name));
        for own in ALL {
            assert!(of(own.name).is_some());
            let is_by_name = own.name.starts_with("AWS::") && !own.of.is_empty();
            assert!(!is_by_name || super::THINGS.contains(&own.thing), "{}", own.thing);
            assert!(own.of.is_empty() || kinds::of(own.of).is_some(), "{}", own.of);
        }
    }
}
