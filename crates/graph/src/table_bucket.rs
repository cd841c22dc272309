//! Tables of Amazon S3 Tables, of which the policy of their bucket speaks too.
//!
//! AWS: Amazon S3 User Guide, "Resource-based policies for S3 Tables"
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-resource-based-policies.html>): "The permissions attached
//! to the table bucket can apply to all tables in the bucket", and of a request "IAM user policy, IAM role policy, table bucket
//! policy, and table policy" are all evaluated.

use clavicle_snapshot::{PolicyState, ResourceIndex, ResourceRecord, Snapshot};

use crate::world::World;

impl World {
    /// The policy that decides about a thing, if one alone does and was seen, and whose it is: a table without a policy has
    /// that of its bucket.
    pub(crate) fn policy_in_force(&self, index: ResourceIndex) -> PolicyState {
        policy_in_force(self.snapshot(), self.snapshot().resource(index))
    }

    /// Whose policy is it that decides about a thing?
    pub(crate) fn policy_holder(&self, index: ResourceIndex) -> ResourceIndex {
        let record = self.snapshot().resource(index);
        match bucket_of(record).and_then(|bucket| self.snapshot().resource_by_arn(bucket)) {
            Some(bucket) if record.policy == PolicyState::None => bucket,
            _ => index,
        }
    }
}

/// What is known of the policy that decides about a thing. Two texts at once are "not seen": whoever is told of one of them
/// would take what it says for all there is.
pub(crate) fn policy_in_force(snapshot: &Snapshot, record: &ResourceRecord) -> PolicyState {
    let Some(bucket) = bucket_of(record) else { return record.policy };
    let of_bucket = snapshot.resource_by_arn(bucket);
    match (record.policy, of_bucket.map_or(PolicyState::NotSeen, |index| snapshot.resource(index).policy)) {
        (own, PolicyState::None) => own,
        (PolicyState::None, of_bucket) => of_bucket,
        _ => PolicyState::NotSeen,
    }
}

/// The ARN of the bucket that a table is in: `arn:aws:s3tables:us-west-2:111122223333:bucket/sales` of `…:bucket/sales/table/0a1b`.
fn bucket_of(record: &ResourceRecord) -> Option<&str> {
    if !record.kind.starts_with("s3tables:") {
        return None;
    }
    record.arn.split_once("/table/").map(|(bucket, _)| bucket)
}
