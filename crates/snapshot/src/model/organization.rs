use std::sync::Arc;

use super::{Account, AccountId, PolicyIndex, PolicyState};

super::index! {
    /// Which root or organizational unit?
    UnitIndex
}

super::index! {
    /// Which policy of the organization?
    OrgPolicyIndex
}

/// What is known of the organization?
#[derive(Clone, Debug)]
pub struct Organization {
    /// `o-…`.
    pub id: Arc<str>,
    /// Its ARN, when seen.
    pub arn: Option<Arc<str>>,
    /// The management account, which SCPs and RCPs do not bind; `None`: not seen.
    pub management: Option<AccountId>,
    /// The roots and units.
    pub units: Vec<Unit>,
    /// SCPs, RCPs and the organization's other policies.
    pub policies: Vec<OrgPolicy>,
    /// What is attached where.
    pub attachments: Vec<Attachment>,
    /// Were attachments of policies seen? False: only the tree is known, so no level of anything is.
    pub attachments_seen: bool,
}

/// A root or an organizational unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// `r-…` or `ou-…`.
    pub id: Arc<str>,
    /// Its ARN, when seen.
    pub arn: Option<Arc<str>>,
    /// Its name.
    pub name: Arc<str>,
    /// Root or unit.
    pub kind: UnitKind,
    /// The unit above; `None` for a root, and for a unit whose parent was not seen.
    pub parent: Option<UnitIndex>,
    /// Of a root: the kinds of policies that are switched on; `None`: not seen.
    pub enabled: Option<Vec<OrgPolicyKind>>,
}

/// Root or organizational unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnitKind {
    /// The root of the tree.
    Root,
    /// A unit below it.
    Unit,
}

/// Which kind of organization policy?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrgPolicyKind {
    /// Service control policy: a ceiling on the principals of member accounts.
    Scp,
    /// Resource control policy: a ceiling on the resources of member accounts.
    Rcp,
    /// Any other kind (tag, backup, declarative …): it takes no part in deciding requests.
    Other,
}

/// A policy of the organization.
#[derive(Clone, Debug)]
pub struct OrgPolicy {
    /// `p-…`.
    pub id: Arc<str>,
    /// Its ARN, when seen.
    pub arn: Option<Arc<str>>,
    /// Its name.
    pub name: Arc<str>,
    /// SCP, RCP or another.
    pub kind: OrgPolicyKind,
    /// Is it one of AWS's own (`FullAWSAccess`)?
    pub aws_managed: bool,
    /// Its text. Never [`PolicyState::None`].
    pub document: PolicyState,
}

/// A policy is attached to a root, unit or account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The policy.
    pub policy: OrgPolicyIndex,
    /// `r-…`, `ou-…` or an account id.
    pub target: Arc<str>,
}

/// Which ceilings of one kind stand above an account?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Levels {
    /// None can bind it: it is the management account, or this kind of policy is switched off in its root.
    DoNotBind,
    /// The way from the root to the account, or what is attached along it, was not seen.
    NotSeen,
    /// Root first, account last. A level without policies is an empty list, which for SCPs allows nothing.
    Seen(Vec<Level>),
}

/// What is attached at one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// `r-…`, `ou-…` or the account id.
    pub target: Arc<str>,
    /// The policies of the asked kind that are attached there. The text of each may still be `NotSeen`.
    pub policies: Vec<OrgPolicyIndex>,
}

impl Organization {
    /// The unit with this id.
    #[must_use]
    pub fn unit(&self, index: UnitIndex) -> &Unit {
        &self.units[index.index()]
    }

    /// The policy with this id.
    #[must_use]
    pub fn policy(&self, index: OrgPolicyIndex) -> &OrgPolicy {
        &self.policies[index.index()]
    }

    /// Which ceilings of this kind stand above the account, root first?
    ///
    /// See AWS: Organizations User Guide, "SCP evaluation" (every level must allow) and "Service control policies"
    /// (the management account is not bound).
    #[must_use]
    pub fn levels(&self, account: &Account, kind: OrgPolicyKind) -> Levels {
        if self.management == Some(account.id) {
            return Levels::DoNotBind;
        }
        let Some(parent) = account.parent else { return Levels::NotSeen };
        let mut way = vec![parent];
        // A cycle is not possible in AWS, but a file may claim one.
        while let Some(above) = self.unit(way[way.len() - 1]).parent
            && way.len() <= self.units.len()
        {
            way.push(above);
        }
        let root = self.unit(way[way.len() - 1]);
        if root.kind != UnitKind::Root {
            return Levels::NotSeen;
        }
        if root.enabled.as_ref().is_some_and(|enabled| !enabled.contains(&kind)) {
            return Levels::DoNotBind;
        }
        if !self.attachments_seen {
            return Levels::NotSeen;
        }
        let targets = way.iter().rev().map(|&unit| self.unit(unit).id.clone());
        let targets = targets.chain([Arc::from(account.id.to_string())]);
        Levels::Seen(targets.map(|target| self.level(target, kind)).collect())
    }

    fn level(&self, target: Arc<str>, kind: OrgPolicyKind) -> Level {
        let policies = self.attachments.iter().filter(|attachment| attachment.target == target);
        let policies =
            policies.map(|attachment| attachment.policy).filter(|&policy| self.policy(policy).kind == kind);
        Level { policies: policies.collect(), target }
    }
}

/// An IAM Identity Center instance with what it grants.
#[derive(Clone, Debug)]
pub struct IdentityCenter {
    /// `arn:aws:sso:::instance/…`.
    pub arn: Arc<str>,
    /// The account that it is set up in, when seen.
    pub account: Option<AccountId>,
    /// Its permission sets.
    pub permission_sets: Vec<PermissionSet>,
    /// Who has which permission set in which account.
    pub assignments: Vec<SsoAssignment>,
}

/// A permission set: the mould of one `AWSReservedSSO_…` role per account.
#[derive(Clone, Debug)]
pub struct PermissionSet {
    /// Its ARN.
    pub arn: Arc<str>,
    /// Its name, which the role names carry.
    pub name: Arc<str>,
    /// Its inline policy.
    pub inline: PolicyState,
    /// Its managed policies, when seen.
    pub attached: Option<Vec<PolicyIndex>>,
}

/// A user or group of the directory has a permission set in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoAssignment {
    /// The ARN of the permission set.
    pub permission_set: Arc<str>,
    /// The account.
    pub account: AccountId,
    /// User or group.
    pub principal_kind: SsoPrincipalKind,
    /// Its id in the identity store.
    pub principal: Arc<str>,
}

/// User or group of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SsoPrincipalKind {
    /// A user.
    User,
    /// A group.
    Group,
}
