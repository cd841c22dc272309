//! One policy text, whole.

use clavicle_engine::PolicyId;
use clavicle_graph::{Actor, Document, Origin, Target};
use clavicle_policy::Policy;
use clavicle_snapshot::{PrincipalIndex, ResourceIndex};

use crate::reader::Reader;
use crate::shape::DocumentPage;

/// At most this many names of those to whom a text is attached.
const NAMES: usize = 200;

/// Every compiled policy that something uses, by number.
#[derive(Debug)]
pub(crate) struct Policies(Vec<Option<PolicyId>>);

impl Policies {
    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = PolicyId> + '_ {
        self.0.iter().copied().flatten()
    }
}

impl Reader {
    /// A policy text by number, as citations give it. `cited`: what the citation calls the document, of many that have the
    /// text.
    pub fn document(&self, id: u32, cited: Option<&str>) -> Option<DocumentPage> {
        let policies = self.policies.get_or_init(|| self.gather_policies());
        let policy = policies.0.get(id as usize).copied().flatten()?;
        let origins = self.world().origins(policy, NAMES);
        let first = origins.first()?;
        let mut attached: Vec<String> = origins.iter().map(|origin| self.bearer_of(origin)).collect();
        attached.retain(|name| !name.is_empty());
        attached.dedup();
        // A managed policy is cited without its account.
        let is_cited = |document: &Document| {
            cited.is_none_or(|cited| {
                let name = self.name_of_document(document);
                name.strip_suffix(cited).is_some_and(|before| before.is_empty() || before.ends_with(':'))
            })
        };
        let documents = self.world().documents_of(policy).into_iter();
        let (ours, others): (Vec<_>, Vec<_>) =
            documents.filter(is_cited).partition(|document| self.world().is_editable(document));
        Some(DocumentPage {
            id,
            name: self.document_name(first),
            kind: self.document_kind(first).to_owned(),
            text: self.world().text(policy).to_string(),
            attached,
            aws_own: ours.is_empty() && !others.is_empty(),
            editable: ours.iter().take(NAMES).map(|document| self.name_of_document(document)).collect(),
        })
    }

    /// The policy as it was written, with its places. `None`: it cannot be read at all.
    pub(crate) fn written(&self, policy: PolicyId) -> Option<&Policy> {
        let text = self.world().text(policy);
        let slot = self.written.get(policy.index())?;
        slot.get_or_init(|| clavicle_policy::parse(text.as_bytes()).policy).as_ref()
    }

    pub(crate) fn gather_policies(&self) -> Policies {
        let (world, snapshot) = (self.world(), self.world().snapshot());
        let mut found = vec![None; world.policy_count()];
        let mut add = |policy: PolicyId| {
            if let Some(slot) = found.get_mut(policy.index()) {
                *slot = Some(policy);
            }
        };
        for at in 0..snapshot.policies.len() {
            world.managed(clavicle_snapshot::PolicyIndex::at(at)).into_iter().for_each(&mut add);
        }
        for at in 0..snapshot.resources.len() {
            world.resource_policy(ResourceIndex::at(at)).into_iter().for_each(&mut add);
        }
        for at in 0..snapshot.principals.len() {
            let index = PrincipalIndex::at(at);
            world.trust_policy(index).into_iter().for_each(&mut add);
            let attached = world.attached(&Actor::Principal(index), &Target::Anything);
            attached.into_iter().map(|attached| attached.policy).for_each(&mut add);
        }
        // The policies of the organization, as they come down on each account from both sides.
        for account in &snapshot.accounts {
            let thing = Target::Arn("arn:aws:s3:::thing".into(), Some(account.id));
            let attached = world.attached(&Actor::Root(account.id), &thing);
            attached.into_iter().map(|attached| attached.policy).for_each(&mut add);
        }
        Policies(found)
    }

    /// What a document is called in a citation.
    pub(crate) fn document_name(&self, origin: &Origin) -> String {
        use crate::names::{Entry, org_policy_word};
        let snapshot = self.world().snapshot();
        match origin {
            Origin::Inline { bearer, name } => {
                format!("{}#{name}", self.names().of(Entry::Principal(*bearer)))
            }
            // A managed policy is of the account of those that it is attached to: the account need not be said twice.
            Origin::Managed { policy, .. } | Origin::Boundary { policy, .. } => {
                format!("policy/{}", snapshot.policy(*policy).name)
            }
            Origin::Unattached(policy) => self.names().of(Entry::Policy(*policy)).to_owned(),
            Origin::Trust(role) => format!("{}#trust", self.names().of(Entry::Principal(*role))),
            Origin::Resource(resource) => format!("{}#policy", self.names().of(Entry::Resource(*resource))),
            Origin::Organization { policy, .. } => match &snapshot.organization {
                Some(organization) => {
                    let policy = organization.policy(*policy);
                    format!("{}/{}", org_policy_word(policy), policy.name)
                }
                None => String::new(),
            },
        }
    }

    fn document_kind(&self, origin: &Origin) -> &'static str {
        use clavicle_snapshot::OrgPolicyKind;
        match origin {
            Origin::Inline { .. } => "inline policy",
            Origin::Managed { .. } | Origin::Boundary { .. } | Origin::Unattached(_) => "managed policy",
            Origin::Trust(_) => "trust policy",
            Origin::Resource(_) => "resource policy",
            Origin::Organization { policy, .. } => {
                let organization = self.world().snapshot().organization.as_ref();
                match organization.map(|organization| organization.policy(*policy).kind) {
                    Some(OrgPolicyKind::Scp) => "service control policy",
                    Some(OrgPolicyKind::Rcp) => "resource control policy",
                    _ => "organization policy",
                }
            }
        }
    }

    /// To whom or what a document is attached; empty: to nothing.
    pub(crate) fn bearer_of(&self, origin: &Origin) -> String {
        use crate::names::Entry;
        match origin {
            Origin::Inline { bearer, .. }
            | Origin::Managed { bearer, .. }
            | Origin::Boundary { bearer, .. } => self.names().of(Entry::Principal(*bearer)).to_owned(),
            Origin::Trust(role) => self.names().of(Entry::Principal(*role)).to_owned(),
            Origin::Resource(resource) => self.names().of(Entry::Resource(*resource)).to_owned(),
            Origin::Organization { target, .. } => self.organization_place(target),
            Origin::Unattached(_) => String::new(),
        }
    }

    /// The name of a root, unit or account that policies are attached to.
    pub(crate) fn organization_place(&self, target: &str) -> String {
        use clavicle_snapshot::{UnitIndex, UnitKind};
        if let Some(account) = clavicle_policy::AccountId::parse(target) {
            return format!("acct/{}", self.account_name(account));
        }
        let snapshot = self.world().snapshot();
        let units = snapshot.organization.iter().flat_map(|organization| &organization.units);
        match units.enumerate().find(|(_, unit)| &*unit.id == target) {
            Some((_, unit)) if unit.kind == UnitKind::Root => "the root of the organization".to_owned(),
            Some((at, _)) => self.names().of(crate::names::Entry::Unit(UnitIndex::at(at))).to_owned(),
            None => target.to_owned(),
        }
    }
}
