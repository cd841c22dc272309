//! What lets somebody in beside policies, and stands in no source or in none that is asked.
//!
//! Where policies let nobody in, such a thing may; then "no" is not known. Grants of keys are looked at in
//! [`grants`](crate::grants).

use clavicle_engine::{Action, Context, Dependency, ResourcePolicy, Verdict};
use clavicle_snapshot::{PolicyState, ResourceRecord};

use crate::actor::{Actor, Target};
use crate::ruling::Ruling;
use crate::side::{ActorSide, TargetSide};
use crate::world::World;

/// What the list of a bucket, or of an object in it, can grant. AWS: S3 User Guide, "Access control list (ACL) overview",
/// "Mapping of ACL permissions and access policy permissions"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html>).
const BY_ACL: [&str; 14] = [
    "s3:listbucket",
    "s3:listbucketversions",
    "s3:listbucketmultipartuploads",
    "s3:putobject",
    "s3:getbucketacl",
    "s3:putbucketacl",
    "s3:getobject",
    "s3:getobjectversion",
    "s3:getobjectacl",
    "s3:getobjectversionacl",
    "s3:putobjectacl",
    "s3:putobjectversionacl",
    "s3:deleteobject",
    "s3:deleteobjectversion",
];

/// What the policy of a registry lets others do with its repositories: other accounts, and users and roles of its own. AWS:
/// Amazon ECR User Guide, "Private registry permissions in Amazon ECR"
/// (<https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html>), and "IAM permissions required to sync
/// an upstream registry with an Amazon ECR private registry": the permission "can be granted by using the private registry
/// permissions policy, an identity-based IAM policy, or" the policy of the repository
/// (<https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html>).
const BY_REGISTRY: [&str; 3] = ["ecr:createrepository", "ecr:replicateimage", "ecr:batchimportupstreamimage"];

/// What clients do with a file system. AWS: Amazon EFS User Guide, "Using IAM to control access to file systems", "Default EFS
/// file system policy": where there is none, whoever reaches a mount target has full access
/// (<https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html>).
const BY_MOUNTING: [&str; 3] =
    ["elasticfilesystem:clientmount", "elasticfilesystem:clientwrite", "elasticfilesystem:clientrootaccess"];

/// A request on which policies were asked.
pub(crate) struct RuledOn<'a, 'w> {
    pub(crate) actor: &'a Actor,
    pub(crate) side: &'a ActorSide<'w>,
    pub(crate) action: &'a Action,
    pub(crate) target: &'a Target,
    pub(crate) sought: &'a TargetSide<'w>,
    pub(crate) when: &'a Context,
}

impl World {
    /// What may let somebody in beside policies, whoever that is? Constant time.
    pub fn other_way(&self, action: &Action, target: &Target) -> Option<Dependency> {
        let lower = action.lower();
        let shared = || match self.is_shared(target) {
            true => Some(Dependency::Share),
            false => self.may_be_shared_unseen(Some(lower), target).then_some(Dependency::ShareList),
        };
        let Target::Resource(index) = target else { return shared() };
        let record = self.snapshot().resource(*index);
        match &*record.kind {
            "elasticfilesystem:file-system" if BY_MOUNTING.contains(&lower) => {
                matches!(record.policy, PolicyState::None).then_some(Dependency::Mounting)
            }
            "s3:bucket" if BY_ACL.contains(&lower) && honours_acls(record) => Some(Dependency::Acl),
            "ecr:repository" if BY_REGISTRY.contains(&lower) => Some(Dependency::RegistryPolicy),
            _ => shared(),
        }
    }

    /// Is it of a kind of things that may let somebody in beside policies? What lists may say that were not read is not among
    /// it: that is counted, and nobody is listed for it. To be asked of each of millions.
    pub(crate) fn may_have_other_ways(&self, target: &Target) -> bool {
        let kinds = ["elasticfilesystem:file-system", "s3:bucket", "ecr:repository"];
        matches!(target, Target::Resource(index) if kinds.contains(&&*self.snapshot().resource(*index).kind))
            || self.is_shared(target)
    }

    /// What may let the caller in beside policies, whatever their own side says? Constant time.
    pub fn beside_policies(&self, actor: &Actor, action: &Action, target: &Target) -> Option<Dependency> {
        let by = self.other_way(action, target)?;
        let is_service = matches!(actor, Actor::Service(_));
        let is_meant = match by {
            Dependency::Acl => !is_service && self.account_of(actor) != self.owner_of(target),
            Dependency::RegistryPolicy => !is_service && *actor != Actor::Everyone,
            Dependency::Share if !self.may_be_shared_with(actor, target) => {
                let unread = self.may_be_in_list_not_read(actor, action.lower(), target);
                return unread.then_some(Dependency::ShareList);
            }
            Dependency::ShareList => self.may_be_in_list_not_read(actor, action.lower(), target),
            _ => true,
        };
        is_meant.then_some(by)
    }

    /// The ruling of policies, and what else might let the caller in where it is a no. One decision more where something
    /// might.
    pub(crate) fn with_other_ways(&self, ruling: Ruling, on: &RuledOn<'_, '_>) -> Ruling {
        let RuledOn { actor, side, action, target, sought, when } = *on;
        if ruling.may() {
            return ruling;
        }
        let Some(by) = self.beside_policies(actor, action, target) else { return ruling };
        // Lists, registries and shares open the thing's side alone, and what a policy denies stays denied.
        let is_closed = by != Dependency::Mounting && {
            let mut opened = TargetSide::clone(sought);
            opened.policy = ResourcePolicy::NotSeen;
            ruling.verdict == Verdict::ExplicitlyDenied || !self.rule(side, action, &opened, when).may()
        };
        if is_closed { ruling } else { Ruling { verdict: Verdict::Depends, depends_on: vec![by] } }
    }
}

/// AWS: S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket": with the other two settings
/// lists are honoured. Of a bucket whose setting was not seen it is not assumed.
fn honours_acls(record: &ResourceRecord) -> bool {
    matches!(record.facts.object_ownership.as_deref(), Some("ObjectWriter" | "BucketOwnerPreferred"))
}
