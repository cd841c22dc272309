use std::sync::Arc;

use super::{AccountId, PolicyState, PrincipalIndex, Tag};

super::index! {
    /// Which resource?
    ResourceIndex
}

/// What is known of one resource?
#[derive(Clone, Debug)]
pub struct ResourceRecord {
    /// Its ARN.
    pub arn: Arc<str>,
    /// The IAM resource type, `service:type`: `s3:bucket`, `lambda:function`, `kms:key`. Where no IAM spelling is
    /// known, the AWS Config type as found (`AWS::Service::Thing`).
    pub kind: Arc<str>,
    /// The account that owns it; `None` when neither its ARN nor its source says.
    pub account: Option<AccountId>,
    /// The region that it is in; `None` for global ones.
    pub region: Option<Arc<str>>,
    /// Its name for people: the bucket, function or table name, the secret name without its suffix.
    pub name: Arc<str>,
    /// Its resource policy. [`PolicyState::None`] also for types that cannot have one.
    pub policy: PolicyState,
    /// Its tags; `None`: not seen.
    pub tags: Option<Vec<Tag>>,
    /// The roles that something in it acts as.
    pub runs_as: Vec<RunsAs>,
    /// The safe configuration facts that access depends on.
    pub facts: ResourceFacts,
}

/// A workload acts as this role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunsAs {
    /// In which capacity.
    pub attribute: RoleAttribute,
    /// The ARN as the workload names it: of a role, or of an instance profile.
    pub named: Arc<str>,
    /// The ARN of the role, behind the instance profile if one stands between; `None`: the profile was not seen.
    pub role_arn: Option<Arc<str>>,
    /// The role, when it was seen.
    pub role: Option<PrincipalIndex>,
}

impl RunsAs {
    /// Is it known only once a plan is carried out which role that is?
    #[must_use]
    pub fn is_known_later(&self) -> bool {
        let arn = self.role_arn.as_ref().unwrap_or(&self.named);
        self.role.is_none() && arn.rsplit('/').next() == Some(ROLE_KNOWN_LATER)
    }
}

/// What stands for the name of a role, or an instance profile, that a plan knows later. No name of AWS is so.
pub(crate) const ROLE_KNOWN_LATER: &str = "~";

/// In which capacity does a workload use a role?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleAttribute {
    /// What runs in it acts as the role (a function's `role`, a build project's `serviceRole`, a job's role).
    Role,
    /// The role is used to start it, before its own code runs (`executionRoleArn` of a task definition).
    Execution,
    /// The role of the containers of a task (`taskRoleArn`).
    Task,
    /// The service acts as it on behalf of the resource (a stack's `roleARN`).
    Service,
    /// The role of an instance, named by its instance profile.
    InstanceProfile,
}

/// Safe configuration facts, by name. Everything is optional: absent is "not seen" unless the field says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceFacts {
    /// The KMS key that its data is encrypted with by default: key id, key ARN, alias name or alias ARN, as found.
    pub encryption_key: Option<Arc<str>>,
    /// Of a KMS key: its aliases (`alias/…`).
    pub aliases: Vec<Arc<str>>,
    /// Of a KMS key: does AWS manage it (`keyManager` is `AWS`)?
    pub aws_managed: Option<bool>,
    /// Of a bucket: its own block of public access; `None`: not seen.
    pub public_access_block: Option<PublicAccessBlock>,
    /// Of a bucket: `BucketOwnerEnforced`, `BucketOwnerPreferred` or `ObjectWriter`.
    pub object_ownership: Option<Arc<str>>,
    /// Of a bucket: do its tags take part in access, `Enabled` or `Disabled`?
    pub bucket_abac: Option<Arc<str>>,
    /// Of a bucket: the grants of its access control list; `None`: not seen.
    pub acl: Option<Vec<AclGrant>>,
    /// Of what runs and ends, an instance or a session: how it stands, in AWS's word; `None`: not seen.
    pub state: Option<Arc<str>>,
    /// Of a KMS key: its grants; `None`: not seen.
    pub grants: Option<Vec<KeyGrant>>,
    /// Whom it is shared with beside its policy, by a list of its own: account ids, ARNs of identities, organizations and their
    /// units, names of services, `all` or `*` for every account. Of a share of AWS RAM, whom that is for. `None`: not seen, or it
    /// has no such list.
    pub shared_with: Option<Vec<Arc<str>>>,
    /// It may be shared with others besides.
    pub shared_in_part: bool,
    /// Of a snapshot of a disk: what its account and region make of those that are shared with everybody (`block-all-sharing`,
    /// `block-new-sharing`, `unblocked`); `None`: not seen.
    pub block_public_access: Option<Arc<str>>,
    /// Of a share of AWS RAM: the ARNs of what it shares; `None`: not seen.
    pub shares: Option<Vec<Arc<str>>>,
    /// Every kept fact of the resource as a JSON object, also those above; `None` when there is none.
    pub json: Option<Arc<str>>,
}

/// The four switches of S3's block of public access.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PublicAccessBlock {
    /// New public ACLs are refused.
    pub block_public_acls: bool,
    /// Existing public ACLs have no effect.
    pub ignore_public_acls: bool,
    /// New public policies are refused.
    pub block_public_policy: bool,
    /// A public policy lets only the owner account and services in.
    pub restrict_public_buckets: bool,
}

/// One grant of a bucket's access control list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AclGrant {
    /// A group URI (`http://acs.amazonaws.com/groups/global/AllUsers`) or a canonical user id.
    pub grantee: Arc<str>,
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    pub permission: Arc<str>,
}

/// One grant of a KMS key. What constrains it is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyGrant {
    /// Whom it lets in: an ARN, or the name of a service.
    pub grantee: Arc<str>,
    /// `Decrypt`, `GenerateDataKey` …: as the actions are called.
    pub operations: Vec<Arc<str>>,
}

/// An alias of a KMS key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAlias {
    /// The account of alias and key.
    pub account: AccountId,
    /// Their region.
    pub region: Arc<str>,
    /// `alias/…`.
    pub alias: Arc<str>,
    /// The ARN of the key.
    pub key: Arc<str>,
}
