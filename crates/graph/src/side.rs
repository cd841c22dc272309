//! The two sides of a request in this world: what bears on the one who asks, and what bears on the thing.

use std::borrow::Cow;
use std::sync::Arc;

use clavicle_engine::{
    Applicable, Circumstances, Documents as Layer, Fact, Kind, Ladder, PolicyId, PolicyStore, Principal,
    Resource, ResourcePolicy,
};
use clavicle_policy::AccountId;
use clavicle_snapshot::{PolicyState, PrincipalKind, PrincipalRecord, ResourceRecord};

use crate::actor::{Actor, Target};
use crate::ceiling::{Ceiling, Place};
use crate::world::World;

/// One who asks, with what bears on them.
#[derive(Debug)]
pub(crate) struct ActorSide<'w> {
    pub(crate) principal: Cow<'w, Principal>,
    identity: Layer<'w>,
    boundary: Layer<'w>,
    scps: Levels<'w>,
    is_management: bool,
    /// Its account is in another organization than ours, or in none.
    pub(crate) elsewhere: bool,
}

/// A thing, with what bears on requests for it.
#[derive(Debug, Clone)]
pub(crate) struct TargetSide<'w> {
    pub(crate) resource: Resource,
    pub(crate) policy: ResourcePolicy,
    rcps: Levels<'w>,
    circumstances: Circumstances,
    /// The bucket's or account's block of public access was not seen, and could be on.
    pub(crate) block_not_seen: bool,
    /// It is an access point of S3: what is done to a bucket and its objects through it has to be allowed there too.
    pub(crate) is_access_point: bool,
}

/// A ladder with its levels in a row, as the engine takes them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Levels<'w> {
    None,
    NotSeen,
    Rungs(Arc<[&'w [PolicyId]]>),
}

impl<'w> Levels<'w> {
    pub(crate) fn of(ceiling: &'w Ceiling) -> Self {
        match ceiling {
            Ceiling::None => Self::None,
            Ceiling::NotSeen => Self::NotSeen,
            Ceiling::Levels(levels) => {
                Self::Rungs(levels.iter().map(|level| level.policies.as_slice()).collect())
            }
        }
    }

    /// All documents of it.
    pub(crate) fn documents(&self) -> impl Iterator<Item = PolicyId> {
        let rungs = match self {
            Self::None | Self::NotSeen => &[][..],
            Self::Rungs(rungs) => rungs,
        };
        rungs.iter().flat_map(|rung| rung.iter().copied())
    }

    fn ladder(&self) -> Ladder<'_> {
        match self {
            Self::None => Ladder::None,
            Self::NotSeen => Ladder::NotSeen,
            Self::Rungs(rungs) => Ladder::Levels(rungs),
        }
    }
}

/// The documents of both sides.
pub(crate) fn applicable<'a>(actor: &'a ActorSide<'_>, target: &'a TargetSide<'_>) -> Applicable<'a> {
    Applicable {
        identity: actor.identity,
        boundary: actor.boundary,
        session: Layer::None,
        scps: actor.scps.ladder(),
        rcps: target.rcps.ladder(),
        resource: target.policy,
        endpoint: Layer::None,
        circumstances: Circumstances {
            principal_account_is_management: actor.is_management,
            // No source tells whether root access is centralized, and by whom.
            root_access_not_seen: true,
            ..target.circumstances
        },
    }
}

impl TargetSide<'_> {
    /// Could S3's block of public access, which was not seen, decide? It stops public policies only.
    pub(crate) fn block_may_decide(&self, store: &PolicyStore) -> bool {
        self.block_not_seen
            && match self.policy {
                ResourcePolicy::None => false,
                ResourcePolicy::NotSeen => true,
                ResourcePolicy::Some(policy) => store.is_public(policy),
            }
    }

    /// The documents that bear on requests for it.
    pub(crate) fn documents(&self) -> impl Iterator<Item = PolicyId> {
        let own = match self.policy {
            ResourcePolicy::Some(policy) => Some(policy),
            ResourcePolicy::None | ResourcePolicy::NotSeen => None,
        };
        own.into_iter().chain(self.rcps.documents())
    }

    /// The same, if the policy of the thing, which was not seen, let nobody in and kept nobody out.
    pub(crate) fn without_unseen_policy(&self) -> Option<TargetSide<'_>> {
        (self.policy == ResourcePolicy::NotSeen).then(|| TargetSide {
            resource: self.resource.clone(),
            policy: ResourcePolicy::None,
            rcps: self.rcps.clone(),
            circumstances: self.circumstances,
            block_not_seen: self.block_not_seen,
            is_access_point: self.is_access_point,
        })
    }

    /// The same, if neither a policy of the thing nor a resource control policy said anything: what the caller's side
    /// comes to.
    pub(crate) fn open_to_policies_of_callers(self) -> Self {
        Self { policy: ResourcePolicy::None, rcps: Levels::None, ..self }
    }

    /// The same, without what nobody has shown: a policy that was not seen lets nobody in.
    pub(crate) fn without_unseen(self) -> Self {
        let policy = if self.policy == ResourcePolicy::NotSeen { ResourcePolicy::None } else { self.policy };
        Self { policy, ..self }
    }

    /// The same, with another policy, or none.
    pub(crate) fn with_policy(self, policy: Option<PolicyId>) -> Self {
        Self { policy: policy.map_or(ResourcePolicy::None, ResourcePolicy::Some), ..self }
    }

    /// The same, told that grants of the key are not known.
    pub(crate) fn with_grants_not_seen(mut self) -> Self {
        self.circumstances.kms_grants_not_seen = true;
        self
    }
}

impl<'w> ActorSide<'w> {
    /// The same, if its own side allowed everything (`all` says so) and no organization kept it from asking.
    pub(crate) fn if_own_side_allows(self, all: &'w PolicyId) -> Self {
        Self {
            identity: Layer::Some(std::slice::from_ref(all)),
            boundary: Layer::None,
            scps: Levels::None,
            ..self
        }
    }

    /// The same, for a caller of whom the organization is known, but not where in it.
    pub(crate) fn somewhere_in(&self, organization: &str) -> Self {
        let mut principal = self.principal.clone().into_owned();
        principal.state("aws:PrincipalOrgID", Fact::One(organization.to_owned()));
        principal.state("aws:PrincipalOrgPaths", Fact::Unknown);
        principal.state("aws:PrincipalAccount", Fact::Unknown);
        principal.state("aws:PrincipalArn", Fact::Unknown);
        Self { principal: Cow::Owned(principal), scps: self.scps.clone(), elsewhere: false, ..*self }
    }

    /// The same with exactly these identity-based documents.
    pub(crate) fn bearing<'d>(self, documents: &'d [PolicyId]) -> ActorSide<'d>
    where
        'w: 'd,
    {
        ActorSide { identity: Layer::Some(documents), ..self }
    }

    /// The same with these alone of its identity-based documents, where the others say nothing.
    pub(crate) fn of_which_speak<'d>(self, documents: &'d [PolicyId]) -> ActorSide<'d>
    where
        'w: 'd,
    {
        let identity = match self.identity {
            Layer::Some(_) => Layer::Some(documents),
            Layer::Partly(_) => Layer::Partly(documents),
            unknown => unknown,
        };
        ActorSide { identity, ..self }
    }

    /// The same without a boundary.
    pub(crate) fn without_boundary(self) -> Self {
        Self { boundary: Layer::None, ..self }
    }

    /// The same without service control policies.
    pub(crate) fn without_scps(self) -> Self {
        Self { scps: Levels::None, ..self }
    }
}

impl ActorSide<'_> {
    /// The identity-based documents that were seen.
    pub(crate) fn identity_policies(&self) -> &[PolicyId] {
        match self.identity {
            Layer::Some(policies) | Layer::Partly(policies) => policies,
            Layer::None | Layer::NotSeen => &[],
        }
    }

    /// The same, for an outsider whose organization (`None`: none) is this one.
    pub(crate) fn in_organization(&self, organization: Option<&str>) -> ActorSide<'_> {
        let mut principal = self.principal.clone().into_owned();
        let (id, path) = match organization {
            Some(id) => (Fact::One(id.to_owned()), Fact::Many(vec![format!("{id}/")])),
            None => (Fact::Absent, Fact::Absent),
        };
        principal.state("aws:PrincipalOrgID", id);
        principal.state("aws:PrincipalOrgPaths", path);
        ActorSide { principal: Cow::Owned(principal), scps: self.scps.clone(), elsewhere: false, ..*self }
    }
}

/// Keys that tell one user, role or session of an account from another, and what holds of them for somebody of whom no more
/// is known than that they sign. AWS: IAM User Guide, "AWS global condition context keys", Availability.
pub(crate) const OF_ONE_CALLER: [(&str, Fact); 7] = [
    ("aws:PrincipalArn", Fact::Present),
    ("aws:PrincipalType", Fact::Present),
    ("aws:userid", Fact::Present),
    ("aws:username", Fact::Unknown),
    ("aws:FederatedProvider", Fact::Unknown),
    ("aws:SourceIdentity", Fact::Unknown),
    ("aws:AssumedRoot", Fact::Unknown),
];

impl World {
    /// What bears on an actor. `None`: its text names no caller.
    pub(crate) fn actor_side(&self, actor: &Actor) -> Option<ActorSide<'_>> {
        let unseen = |principal: Principal| ActorSide {
            scps: self.scps_of(principal.account()),
            is_management: self.is_management(principal.account()),
            elsewhere: self.is_elsewhere(principal.account()),
            principal: Cow::Owned(principal),
            identity: Layer::NotSeen,
            boundary: Layer::NotSeen,
        };
        Some(match actor {
            Actor::Principal(index) => {
                let account = self.snapshot().principal(*index).account;
                self.principal_side(*index, self.scps_of(Some(account)))?
            }
            Actor::Root(account) | Actor::OutsideAccount(account) => {
                // Somebody in the account: the root user where it was seen, anybody where it was not.
                let name = if matches!(actor, Actor::Root(_)) { "root" } else { "user/*" };
                let mut principal = Principal::from_arn(&format!("arn:aws:iam::{account}:{name}")).ok()?;
                self.place_principal(&mut principal, *account);
                if matches!(actor, Actor::OutsideAccount(_)) {
                    // Only the account is known of them.
                    for (key, fact) in OF_ONE_CALLER {
                        principal.state(key, fact);
                    }
                }
                unseen(principal)
            }
            Actor::Unseen(arn) => {
                let mut principal = self.named_session(arn).or_else(|| Principal::from_arn(arn).ok())?;
                if let Some(account) = principal.account() {
                    self.place_principal(&mut principal, account);
                }
                match principal.role_arn().and_then(|role| self.snapshot().principal_by_arn(role)) {
                    // A session of a role that was seen bears what the role bears.
                    Some(role) if principal.kind() == Kind::Session => {
                        let side = self.principal_side(role, self.scps_of(principal.account()))?;
                        ActorSide { principal: Cow::Owned(principal), ..side }
                    }
                    _ => unseen(principal),
                }
            }
            Actor::Service(name) => self.outsider(Principal::service(name)),
            Actor::Provider(name) => self.outsider(Principal::federated(name)),
            Actor::CanonicalUser(id) => self.outsider(Principal::canonical_user(id)),
            Actor::Everyone => self.outsider(Principal::everyone()),
        })
    }

    fn outsider(&self, principal: Principal) -> ActorSide<'_> {
        ActorSide {
            principal: Cow::Owned(principal),
            identity: Layer::None,
            boundary: Layer::None,
            scps: Levels::None,
            is_management: false,
            elsewhere: false,
        }
    }

    /// The same for a user or role, when the ladder of its account is at hand already.
    pub(crate) fn principal_side<'w>(
        &'w self,
        index: clavicle_snapshot::PrincipalIndex,
        scps: Levels<'w>,
    ) -> Option<ActorSide<'w>> {
        let principal = self.callers.get(index.index())?.as_ref()?;
        let bearer = self.bearer(index);
        Some(ActorSide {
            principal: Cow::Borrowed(principal),
            identity: bearer.identity(),
            boundary: bearer.boundary(),
            scps,
            is_management: self.is_management(principal.account()),
            elsewhere: false,
        })
    }

    fn named_session(&self, arn: &str) -> Option<Principal> {
        let role = self.snapshot().principal(self.role_of_session(arn)?);
        Principal::session(arn, &role.arn).ok()
    }

    /// What bears on requests for a thing. `arn`: what the request names, where that is not the thing itself.
    pub(crate) fn target_side(&self, target: &Target, arn: Option<&str>) -> TargetSide<'_> {
        match target {
            Target::Resource(index) => {
                let record = self.snapshot().resource(*index);
                let mut resource = Resource::new(arn.unwrap_or(&record.arn), record.account);
                self.place_resource(&mut resource, record, arn);
                let policy = match self.policy_in_force(*index) {
                    PolicyState::None => ResourcePolicy::None,
                    PolicyState::NotSeen => ResourcePolicy::NotSeen,
                    state => self.documents.of(state).map_or(ResourcePolicy::NotSeen, ResourcePolicy::Some),
                };
                let (blocked, block_not_seen) = self.block_of(record);
                TargetSide {
                    policy,
                    rcps: self.rcps_of(record.account),
                    circumstances: Circumstances {
                        resource_account_is_management: self.is_management(record.account),
                        aws_managed_key: record.facts.aws_managed == Some(true),
                        restrict_public_buckets: blocked,
                        ..Circumstances::default()
                    },
                    block_not_seen,
                    is_access_point: matches!(&*record.kind, "s3:accesspoint" | "s3express:accesspoint"),
                    resource,
                }
            }
            Target::Principal(index) => {
                let record = self.snapshot().principal(*index);
                let mut resource = Resource::new(arn.unwrap_or(&record.arn), Some(record.account));
                self.place_role(&mut resource, record);
                let policy = match record.trust {
                    PolicyState::None => ResourcePolicy::None,
                    PolicyState::NotSeen if record.kind == PrincipalKind::Role => ResourcePolicy::NotSeen,
                    PolicyState::NotSeen => ResourcePolicy::None,
                    state => self.documents.of(state).map_or(ResourcePolicy::NotSeen, ResourcePolicy::Some),
                };
                self.plain_target(resource, policy)
            }
            Target::Arn(text, account) => {
                let resource = Resource::new(arn.unwrap_or(text), *account);
                self.plain_target(resource, ResourcePolicy::NotSeen)
            }
            Target::Anything => self.plain_target(Resource::new("*", None), ResourcePolicy::None),
        }
    }

    fn plain_target(&self, resource: Resource, policy: ResourcePolicy) -> TargetSide<'_> {
        TargetSide {
            policy,
            rcps: if resource.is_wildcard() { Levels::None } else { self.rcps_of(resource.owner()) },
            circumstances: Circumstances {
                resource_account_is_management: self.is_management(resource.owner()),
                ..Circumstances::default()
            },
            block_not_seen: false,
            is_access_point: arn_is_of_access_point(resource.text()),
            resource,
        }
    }

    /// Is a bucket's `RestrictPublicBuckets` on, for itself or its account? And was it seen?
    ///
    /// AWS: S3 User Guide, "Blocking public access": the most restrictive combination of both applies.
    pub(crate) fn block_of(&self, record: &ResourceRecord) -> (bool, bool) {
        if &*record.kind != "s3:bucket" {
            return (false, false);
        }
        let account = record.account.and_then(|id| self.snapshot().account(id));
        let blocks =
            [record.facts.public_access_block, account.and_then(|account| account.public_access_block)];
        let on = blocks.iter().flatten().any(|block| block.restrict_public_buckets);
        (on, !on && blocks.contains(&None))
    }

    fn place_of(&self, account: Option<AccountId>) -> Option<&Place> {
        self.ceilings_of(account?)?.place.as_ref()
    }

    /// States where an account is in its organization, as far as that was seen.
    pub(crate) fn place_principal(&self, principal: &mut Principal, account: AccountId) {
        if let Some(place) = self.place_of(Some(account)) {
            principal.share(place.of_principals.clone());
        }
    }

    fn place_resource(&self, resource: &mut Resource, record: &ResourceRecord, named: Option<&str>) {
        self.place_owner(resource, record.account);
        if let Some(region) = &record.region {
            resource.state("aws:RequestedRegion", Fact::One(region.to_string()));
        }
        // Of a path above the thing no tags were seen.
        if named.is_some_and(|named| named.len() < record.arn.len() && record.arn.starts_with(named)) {
            return;
        }
        let service = record.kind.split(':').next().unwrap_or_default();
        if service == "s3" {
            return place_in_s3(resource, record, self.may_have_more_tags(&record.arn));
        }
        let Some(tags) = record.tags.as_ref() else { return };
        for (key, value) in tags {
            for prefix in ["aws:ResourceTag/", &format!("{service}:ResourceTag/")] {
                resource.state(&format!("{prefix}{key}"), Fact::One(value.to_string()));
            }
            if service == "ec2" {
                resource.state(&format!("ssm:resourceTag/{key}"), Fact::One(value.to_string()));
            }
        }
        if !self.may_have_more_tags(&record.arn) {
            resource.all_tags_given();
        }
    }

    fn place_role(&self, resource: &mut Resource, record: &PrincipalRecord) {
        self.place_owner(resource, Some(record.account));
        let Some(tags) = &record.tags else { return };
        for (key, value) in tags {
            for prefix in ["aws:ResourceTag/", "iam:ResourceTag/"] {
                resource.state(&format!("{prefix}{key}"), Fact::One(value.to_string()));
            }
        }
        if !self.may_have_more_tags(&record.arn) {
            resource.all_tags_given();
        }
    }

    fn place_owner(&self, resource: &mut Resource, account: Option<AccountId>) {
        let Some(place) = self.place_of(account) else { return };
        resource.state("aws:ResourceOrgID", Fact::One(place.organization.to_string()));
        if let Some(path) = &place.path {
            resource.state("aws:ResourceOrgPaths", Fact::Many(vec![path.clone()]));
        }
    }
}

/// Does it name an access point of S3, or an object through one?
fn arn_is_of_access_point(arn: &str) -> bool {
    matches!(arn.split(':').nth(2), Some("s3" | "s3express"))
        && arn.splitn(6, ':').nth(5).is_some_and(|name| name.starts_with("accesspoint/"))
}

/// States the tags of a bucket, for it and all that is in it.
///
/// AWS: S3 User Guide, "Enabling ABAC in general purpose buckets": until that is done, tags of buckets take no part in
/// access; "Using tags with S3 general purpose buckets": then they are `aws:ResourceTag` and `s3:BucketTag`. Tags of objects
/// have a key of their own.
fn place_in_s3(resource: &mut Resource, record: &ResourceRecord, may_have_more: bool) {
    const KEYS: [&str; 2] = ["aws:ResourceTag/", "s3:BucketTag/"];
    let read = match (&*record.kind, record.facts.bucket_abac.as_deref()) {
        ("s3:bucket", Some("Enabled")) => record.tags.as_deref().map(|tags| (tags, !may_have_more)),
        ("s3:bucket", Some("Disabled")) => Some((&[][..], true)),
        _ => None,
    };
    let Some((tags, are_all)) = read else { return };
    for prefix in KEYS {
        for (key, value) in tags {
            resource.state(&format!("{prefix}{key}"), Fact::One(value.to_string()));
        }
        if are_all {
            resource.close(prefix);
        }
    }
}
