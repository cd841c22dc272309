//! IAM Identity Center: which permission set is a role made of, and who manages it?
//!
//! AWS: IAM Identity Center User Guide, "Permission sets": for each account that a set is assigned in, a role
//! `AWSReservedSSO_<set>_<suffix>` below the path `/aws-reserved/sso.amazonaws.com/`; "Manage your organization and member
//! accounts": only the account of the instance, or the one that it delegated to, changes sets and assignments.

use std::sync::Arc;

use clavicle_snapshot::{IdentityCenter, PrincipalIndex, PrincipalKind, PrincipalRecord, SsoPrincipalKind};

use super::asker::{Asker, Granted, best};
use super::method::Tried;
use super::registry::ReadyAsk;
use super::subject::{Fit, Subject};
use crate::world::World;

const PREFIX: &str = "AWSReservedSSO_";
const PATH: &str = "/aws-reserved/sso.amazonaws.com/";

/// The name of the permission set that a role is made of; `None`: it is made of none.
pub fn permission_set_name(role: &PrincipalRecord) -> Option<&str> {
    if role.kind != PrincipalKind::Role || !role.path.starts_with(PATH) {
        return None;
    }
    let (name, suffix) = role.name.strip_prefix(PREFIX)?.rsplit_once('_')?;
    // That of a role that is planned is not known.
    let is_one = |byte: u8| byte.is_ascii_hexdigit() || byte == b'~';
    (suffix.len() == 16 && suffix.bytes().all(is_one)).then_some(name)
}

const UNKNOWN_INSTANCE: &str = "IAM Identity Center is managed from this account";
const UNKNOWN_USER: &str = "the asker has a user in IAM Identity Center";
const UNKNOWN_BOTH: &str = "IAM Identity Center is managed from this account, and the asker has a user in it";

impl Asker<'_, '_> {
    /// Is the asker where somebody has to be for a method?
    pub(crate) fn standing(&self, on: Tried) -> Fit {
        match on {
            Tried::OwnSsoRole if self.is_of_sso() => self.manages_identity_center(),
            Tried::OwnSsoRole => Fit::No,
            Tried::SsoRoles | Tried::Accounts => match self.manages_identity_center() {
                Fit::Yes if !self.is_of_sso() => Fit::If(UNKNOWN_USER),
                Fit::If(_) if !self.is_of_sso() => Fit::If(UNKNOWN_BOTH),
                known => known,
            },
            Tried::RolesOfMembers => {
                let manages =
                    self.world.ceilings_of(self.account).is_some_and(|account| account.is_management);
                if manages { Fit::Yes } else { Fit::No }
            }
            _ => Fit::Yes,
        }
    }

    /// Is it a role that people get through IAM Identity Center?
    fn is_of_sso(&self) -> bool {
        permission_set_name(self.world.snapshot().principal(self.principal)).is_some()
    }

    fn manages_identity_center(&self) -> Fit {
        let snapshot = self.world.snapshot();
        if self.instances().next().is_some() {
            return Fit::Yes;
        }
        if !snapshot.identity_center.is_empty() {
            return Fit::No;
        }
        // The account that it is delegated to is in no source that is read.
        match snapshot.organization.as_ref().and_then(|organization| organization.management) {
            Some(management) if management != self.account => Fit::No,
            _ => Fit::If(UNKNOWN_INSTANCE),
        }
    }

    /// The instances of IAM Identity Center that the asker's account manages.
    fn instances(&self) -> impl Iterator<Item = &IdentityCenter> {
        let snapshot = self.world.snapshot();
        let management = snapshot.organization.as_ref().and_then(|organization| organization.management);
        let own = move |center: &&IdentityCenter| center.account.or(management) == Some(self.account);
        snapshot.identity_center.iter().filter(own)
    }

    /// A request on the instance. `None`: it is a no.
    pub(crate) fn ask_instance(&self, asked: &ReadyAsk) -> Option<Granted> {
        let known: Vec<Arc<str>> = self.instances().map(|center| center.arn.clone()).collect();
        self.ask_any_of(asked, &known, "sso:Instance")
    }

    /// A request on the permission set that a role is made of. `None`: it is a no, or the role is made of none.
    pub(crate) fn ask_permission_set(&self, asked: &ReadyAsk, subject: Subject) -> Option<Granted> {
        let Subject::Principal(role) = subject else { return None };
        let name = permission_set_name(self.world.snapshot().principal(role))?;
        let sets = self.instances().flat_map(|center| &center.permission_sets);
        let known: Vec<Arc<str>> = sets.filter(|set| &*set.name == name).map(|set| set.arn.clone()).collect();
        self.ask_any_of(asked, &known, "sso:PermissionSet")
    }

    /// A request on the account of the subject, as IAM Identity Center names it. `None`: it is a no.
    pub(crate) fn ask_account(&self, asked: &ReadyAsk, subject: Subject) -> Option<Granted> {
        let account = match subject {
            Subject::Principal(index) => self.world.snapshot().principal(index).account,
            Subject::Account(account) => account,
            _ => return None,
        };
        self.ask_all_on(&format!("arn:{}:sso:::account/{account}", self.partition).into(), &[asked])
    }

    /// A request on a group that has the permission set of a role. `None`: it is a no.
    pub(crate) fn ask_group(&self, asked: &ReadyAsk, subject: Subject) -> Option<Granted> {
        let Subject::Principal(role) = subject else { return None };
        let ids = self.world.groups_with_set_of(role).unwrap_or_default();
        let arn = |id: Arc<str>| format!("arn:{}:identitystore:::group/{id}", self.partition).into();
        let known: Vec<Arc<str>> = ids.into_iter().map(arn).collect();
        self.ask_any_of(asked, &known, "identitystore:Group")
    }

    /// A request on one of some known things, or, where none is known, on any of the type.
    fn ask_any_of(&self, asked: &ReadyAsk, known: &[Arc<str>], kind: &str) -> Option<Granted> {
        if known.is_empty() {
            return self.ask_named(&self.form_of(kind)?, &[asked]);
        }
        best(known.iter().filter_map(|arn| self.ask_all_on(arn, &[asked])))
    }

    /// A request on each service control policy above a role that could hold something back. `None`: one is a no.
    pub(crate) fn ask_scps_above(&self, asked: &ReadyAsk, subject: Subject) -> Option<Granted> {
        let Subject::Principal(role) = subject else { return None };
        let policies = self.world.scps_above(self.world.snapshot().principal(role).account);
        let mut all: Option<Granted> = None;
        for arn in policies {
            let granted = self.ask_all_on(&arn, &[asked])?;
            match &mut all {
                Some(all) => all.add_all(granted),
                None => all = Some(granted),
            }
        }
        all
    }
}

impl World {
    /// The groups of the directory that have the permission set which a role is made of, in its account, by their ids. `None`: to
    /// whom it is assigned there was not seen.
    pub(crate) fn groups_with_set_of(&self, role: PrincipalIndex) -> Option<Vec<Arc<str>>> {
        let record = self.snapshot().principal(role);
        let name = permission_set_name(record)?;
        let assigned: Vec<_> = self
            .snapshot()
            .identity_center
            .iter()
            .flat_map(|center| {
                let of_name = move |arn: &Arc<str>| {
                    center.permission_sets.iter().any(|set| set.arn == *arn && &*set.name == name)
                };
                center.assignments.iter().filter(move |one| of_name(&one.permission_set))
            })
            .filter(|one| one.account == record.account)
            .collect();
        let groups = assigned.iter().filter(|one| one.principal_kind == SsoPrincipalKind::Group);
        // Who that is may be known later only.
        let all_known = assigned.iter().all(|one| &*one.principal != "~");
        // The role is there because somebody has it.
        (!assigned.is_empty() && all_known).then(|| groups.map(|one| one.principal.clone()).collect())
    }
}
