//! The control policies of the organization, as they stand above each account.

use std::sync::Arc;

use clavicle_engine::{Context, Fact, PolicyId};
use clavicle_policy::AccountId;
use clavicle_snapshot::{Account, Levels, OrgPolicyIndex, OrgPolicyKind, Snapshot};

use crate::documents::Documents;

/// What stands above one account, and what follows for requests from it and to it.
#[derive(Debug)]
pub(crate) struct AccountCeilings {
    pub(crate) account: AccountId,
    pub(crate) scps: Ceiling,
    pub(crate) rcps: Ceiling,
    /// Does it manage the organization?
    pub(crate) is_management: bool,
    /// The organization's id and the way to the account, as `aws:PrincipalOrgPaths` has it; `None`: not seen.
    pub(crate) place: Option<Place>,
}

/// Where an account is in its organization.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) organization: Arc<str>,
    /// `o-…/r-…/ou-…/`, where the tree was seen.
    pub(crate) path: Option<String>,
    /// The same as the requests of its principals carry it, one copy for all of them.
    pub(crate) of_principals: Arc<Context>,
}

impl Place {
    fn new(organization: Arc<str>, path: Option<String>) -> Self {
        let mut facts = Context::exact().with_value("aws:PrincipalOrgID", &organization);
        if let Some(path) = &path {
            facts.set("aws:PrincipalOrgPaths", Fact::Many(vec![path.clone()]));
        }
        Self { organization, path, of_principals: Arc::new(facts) }
    }
}

/// Control policies of one kind.
#[derive(Debug)]
pub(crate) enum Ceiling {
    /// None binds.
    None,
    /// Some may bind; they were not seen.
    NotSeen,
    /// Root first, the account last.
    Levels(Vec<CeilingLevel>),
}

/// One level of control policies.
#[derive(Debug)]
pub(crate) struct CeilingLevel {
    /// The root, unit or account.
    pub(crate) target: Arc<str>,
    pub(crate) policies: Vec<PolicyId>,
    /// The same, as the organization knows them.
    pub(crate) attached: Vec<OrgPolicyIndex>,
}

impl AccountCeilings {
    /// `standalone`: the asker says that accounts without an organization in the snapshot are in none.
    pub(crate) fn of(
        snapshot: &Snapshot,
        documents: &Documents,
        account: &Account,
        standalone: bool,
    ) -> Self {
        let ceiling = |kind| {
            if snapshot.organization.is_none() && standalone {
                return Ceiling::None;
            }
            Ceiling::of(snapshot, documents, account.id, kind)
        };
        let organization = snapshot.organization.as_ref();
        Self {
            account: account.id,
            scps: ceiling(OrgPolicyKind::Scp),
            rcps: ceiling(OrgPolicyKind::Rcp),
            is_management: organization.is_some_and(|known| known.management == Some(account.id)),
            place: organization
                .filter(|known| account.parent.is_some() || known.management == Some(account.id))
                .map(|known| Place::new(known.id.clone(), path(snapshot, account))),
        }
    }
}

impl Ceiling {
    fn of(snapshot: &Snapshot, documents: &Documents, account: AccountId, kind: OrgPolicyKind) -> Self {
        let (levels, organization) = match (snapshot.levels(account, kind), &snapshot.organization) {
            (Levels::DoNotBind, _) => return Self::None,
            (Levels::Seen(levels), Some(organization)) => (levels, organization),
            _ => return Self::NotSeen,
        };
        let mut compiled = Vec::with_capacity(levels.len());
        for level in levels {
            let policies =
                level.policies.iter().map(|policy| documents.organization(organization.policy(*policy)));
            // A level with a text that nobody has shown leaves open what the whole ladder says.
            let Some(policies) = policies.collect() else { return Self::NotSeen };
            compiled.push(CeilingLevel { target: level.target, policies, attached: level.policies });
        }
        Self::Levels(compiled)
    }
}

/// AWS: IAM User Guide, "AWS global condition context keys", `aws:PrincipalOrgPaths`: `o-a1b2/r-ab12/ou-ab12-11111/`.
fn path(snapshot: &Snapshot, account: &Account) -> Option<String> {
    let organization = snapshot.organization.as_ref()?;
    let mut way = vec![account.parent?];
    while let Some(above) = organization.unit(*way.last()?).parent {
        if way.len() > organization.units.len() {
            return None;
        }
        way.push(above);
    }
    let ids = way.iter().rev().map(|unit| &*organization.unit(*unit).id);
    let ids: Vec<&str> = std::iter::once(&*organization.id).chain(ids).collect();
    Some(format!("{}/", ids.join("/")))
}
