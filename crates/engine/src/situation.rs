//! What follows from caller, action and resource alone, before any policy is read: whose account, which rules of the
//! service, who cannot be bound.

use crate::across_accounts::AcrossAccounts;
use crate::applicable::{Applicable, Layer, ResourcePolicy};
use crate::own_rule::{OwnRule, Special};
use crate::principal::Kind;
use crate::request::Request;
use crate::sort::Sort;
use crate::tri::Tri;

/// Which set of combination rules decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rules {
    /// Identity and resource path side by side.
    General,
    /// A KMS key: nothing works without its key policy.
    KmsKey,
    /// A role to be assumed: nothing works without its trust policy.
    Trust,
    /// A service with an auth policy: nothing works without both sides, within one account too.
    BothSides,
}

/// The situation of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Situation {
    /// Which rules decide.
    pub rules: Rules,
    /// What sort of caller asks.
    pub kind: Kind,
    /// Do caller and resource belong to one account?
    pub same_account: Tri,
    /// Caller and resource are in different partitions, which have no access to each other.
    pub other_partition: bool,
    /// Do SCPs bind the caller?
    pub under_scps: bool,
    /// Do RCPs bind the resource?
    pub under_rcps: bool,
    /// `RestrictPublicBuckets` is on.
    pub restrict_public: bool,
    /// Does a grant of the key allow it?
    pub granted: Tri,
    /// May the caller's account become root users of this organization at all? Only `sts:AssumeRoot` asks.
    pub root_access: Tri,
    /// Can the action reach a resource of another account at all?
    pub effective_across_accounts: bool,
    /// Can the policy of the thing give it? If not, that policy may deny only.
    pub given_by_things: bool,
    /// The rule by which AWS decides the action, if it has one of its own.
    pub rule_of_its_own: Option<OwnRule>,
}

impl Situation {
    /// That of a request on which these policies bear.
    pub fn of(request: &Request<'_>, applicable: &Applicable<'_>) -> Self {
        let principal = request.principal;
        let rules = rules(request, applicable);
        let service_linked = applicable.circumstances.service_linked_role || principal.is_service_linked();
        let circumstances = &applicable.circumstances;
        let (kind, same_account) = (principal.kind(), same_account(request));
        Self {
            rules,
            kind,
            same_account,
            other_partition: principal.is_in_another_partition(request.resource),
            under_scps: principal.has_account()
                && !circumstances.principal_account_is_management
                && !service_linked
                && request.action.is_under_scps(),
            under_rcps: request.action.supports_rcps()
                && !circumstances.resource_account_is_management
                && !service_linked
                && !circumstances.aws_managed_key
                // AWS: Organizations User Guide, "Resource control policies (RCPs)": keys that AWS manages are not
                // impacted, nor is the trust policy of a service-linked role.
                && !matches!(request.resource.sort(), Sort::AliasOfAws | Sort::ServiceLinkedRole),
            restrict_public: circumstances.restrict_public_buckets && request.action.service() == "s3",
            granted: Tri::from(circumstances.kms_grants_not_seen && rules == Rules::KmsKey).at_most_maybe(),
            root_access: if circumstances.root_access_not_seen && request.action.assumes_root() {
                Tri::Maybe
            } else {
                Tri::Yes
            },
            // Nobody asks within an account.
            effective_across_accounts: same_account == Tri::Yes || is_effective_across_accounts(request),
            given_by_things: request.action.across_accounts() != AcrossAccounts::ByIdentityAlone,
            rule_of_its_own: OwnRule::of(request),
        }
    }

    /// The layer that the policy of the resource is shown as.
    pub(crate) fn resource_layer(&self) -> Layer {
        if self.rules == Rules::Trust { Layer::Trust } else { Layer::Resource }
    }
}

#[inline]
fn rules(request: &Request<'_>, applicable: &Applicable<'_>) -> Rules {
    match request.action.special() {
        Special::OfKeys | Special::ChangesAlias if request.resource.sort() == Sort::Key => Rules::KmsKey,
        Special::Sts(_) if request.resource.sort().is_role() => Rules::Trust,
        // AWS: VPC Lattice User Guide, "Control access to VPC Lattice services using auth policies": "For authorization to
        // succeed, both auth policies and identity-based policies need to have explicit allow statements".
        Special::CallsLattice if applicable.resource_policy(request) != ResourcePolicy::None => {
            Rules::BothSides
        }
        _ => Rules::General,
    }
}

#[inline]
fn same_account(request: &Request<'_>) -> Tri {
    let Some(own) = request.principal.account() else { return Tri::No };
    // What has no owner (`*`, and what AWS itself provides) is looked at from the caller's account, and so are root users.
    if request.action.assumes_root() || request.is_without_resource() || request.resource.is_of_aws() {
        return Tri::Yes;
    }
    match request.resource.owner() {
        Some(owner) => (owner == own).into(),
        None => Tri::Maybe,
    }
}

#[inline]
fn is_effective_across_accounts(request: &Request<'_>) -> bool {
    match request.action.across_accounts() {
        AcrossAccounts::Yes => true,
        AcrossAccounts::SaveOnVaults => request.resource.sort() != Sort::Vault,
        AcrossAccounts::No | AcrossAccounts::ByIdentityAlone => false,
    }
}
