//! Which policies apply to a request, layer by layer.
//!
//! A layer that does not exist and a layer that nobody has shown us are two different facts: the first restricts
//! nothing, the second leaves the answer open wherever it could turn it.

use crate::own_rule::Special;
use crate::{PolicyId, Request};

/// The policies that apply to a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Applicable<'a> {
    /// The identity-based policies of the caller: attached and inline, those of its groups included.
    pub identity: Documents<'a>,
    /// The permissions boundary of the caller.
    pub boundary: Documents<'a>,
    /// The session policies passed when the caller's session began.
    pub session: Documents<'a>,
    /// The service control policies above the caller's account.
    pub scps: Ladder<'a>,
    /// The customers' resource control policies above the resource's account.
    pub rcps: Ladder<'a>,
    /// The policy of the resource: bucket, key, queue, trust policy …
    pub resource: ResourcePolicy,
    /// The policies of the VPC endpoint that the request comes through.
    pub endpoint: Documents<'a>,
    /// What else decides.
    pub circumstances: Circumstances,
}

impl Applicable<'_> {
    /// The policy of the request's resource. An action without resource has none to ask, whatever was supplied, nor has
    /// a root user; and the policy of a role, its trust policy, speaks of assuming it only.
    pub fn resource_policy(&self, request: &Request<'_>) -> ResourcePolicy {
        if request.action.assumes_root() {
            return ResourcePolicy::None;
        }
        let role = request.resource.sort().is_role() && !matches!(request.action.special(), Special::Sts(_));
        if role || request.is_without_resource() { ResourcePolicy::None } else { self.resource }
    }
}

/// The documents of one layer. Several count as one: any of them may allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Documents<'a> {
    /// There is no such layer.
    #[default]
    None,
    /// There may be one; nobody has shown it.
    NotSeen,
    /// These, and no others.
    Some(&'a [PolicyId]),
    /// These, and perhaps others that nobody has shown.
    Partly(&'a [PolicyId]),
}

/// Control policies by level, from the organization's root through its units to the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ladder<'a> {
    /// The account is under no control policies.
    #[default]
    None,
    /// It may be; nobody has shown them.
    NotSeen,
    /// The levels, root first. A level without documents allows nothing.
    Levels(&'a [&'a [PolicyId]]),
}

/// The policy of the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResourcePolicy {
    /// It has none.
    #[default]
    None,
    /// It may have one; nobody has shown it.
    NotSeen,
    /// This one.
    Some(PolicyId),
}

/// What decides besides policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Circumstances {
    /// The caller's account manages the organization: no SCP binds it.
    pub principal_account_is_management: bool,
    /// The resource's account manages the organization: no RCP binds it.
    pub resource_account_is_management: bool,
    /// The caller is a service-linked role, even if its ARN does not show it: no control policy binds it.
    pub service_linked_role: bool,
    /// The key is an AWS managed key: no RCP binds it.
    pub aws_managed_key: bool,
    /// The bucket's `RestrictPublicBuckets` setting is on.
    pub restrict_public_buckets: bool,
    /// The endpoint is a gateway endpoint, where naming an account means its root user alone.
    pub gateway_endpoint: bool,
    /// The key may have grants that nobody has shown; they too could allow.
    pub kms_grants_not_seen: bool,
    /// Nobody has shown whether root access of member accounts is centralized, and whether the caller's account manages
    /// it. `sts:AssumeRoot` needs both.
    pub root_access_not_seen: bool,
}

/// The layers, in the order in which an explanation shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// The identity-based policies of the caller.
    Identity,
    /// The trust policy of the role, where that is the resource's policy.
    Trust,
    /// The policy of the resource.
    Resource,
    /// The permissions boundary.
    Boundary,
    /// The session policies.
    Session,
    /// Service control policies.
    Scp,
    /// Resource control policies.
    Rcp,
    /// VPC endpoint policies.
    Endpoint,
}

impl Layer {
    /// Its name in the formats of answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Trust => "trust",
            Self::Resource => "resource",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::Scp => "scp",
            Self::Rcp => "rcp",
            Self::Endpoint => "endpoint",
        }
    }

    /// Its name in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity policy",
            Self::Trust => "trust policy",
            Self::Resource => "resource policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Scp => "service control policy",
            Self::Rcp => "resource control policy",
            Self::Endpoint => "endpoint policy",
        }
    }
}
