//! One policy document of a world.

use clavicle_engine::PolicyId;
use clavicle_snapshot::{
    AccountId, OrgPolicyIndex, OrgPolicyKind, PolicyIndex, PolicyState, PrincipalIndex, ResourceIndex,
    is_in_doubt, is_perhaps,
};

use crate::world::World;

/// One policy document: what one would open and edit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Document {
    /// A managed policy, of AWS or of an account: its text in force.
    Managed(PolicyIndex),
    /// An inline policy of a user, group or role, by its place among those of its bearer.
    Inline(PrincipalIndex, usize),
    /// The trust policy of a role.
    Trust(PrincipalIndex),
    /// The policy of a resource.
    Resource(ResourceIndex),
    /// A service or resource control policy.
    Organization(OrgPolicyIndex),
    /// The inline policy of a permission set, by the places of the instance and of the set.
    PermissionSet(usize, usize),
}

/// Documents that could stand for each other: those of other families are read by other rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentFamily {
    /// What identities bear.
    Identity,
    /// Who may become a role.
    Trust,
    /// What things allow.
    Resource,
    /// Ceilings on the identities of accounts.
    Scp,
    /// Ceilings on the resources of accounts.
    Rcp,
}

impl World {
    /// The text in force of a document; `None`: it was not seen.
    pub fn text_of_document(&self, document: &Document) -> Option<PolicyId> {
        let snapshot = self.snapshot();
        match document {
            Document::Managed(policy) => self.managed(*policy),
            Document::Inline(bearer, place) => {
                self.documents.of(snapshot.principal(*bearer).inline.get(*place)?.document)
            }
            Document::Trust(role) => self.trust_policy(*role),
            Document::Resource(resource) => self.resource_policy(*resource),
            Document::Organization(policy) => {
                self.documents.organization(snapshot.organization.as_ref()?.policy(*policy))
            }
            Document::PermissionSet(center, set) => {
                let set = snapshot.identity_center.get(*center)?.permission_sets.get(*set)?;
                self.documents.of(set.inline)
            }
        }
    }

    /// The account that owns a document; `None`: AWS, the organization, or nobody knows.
    pub fn owner_of_document(&self, document: &Document) -> Option<AccountId> {
        let snapshot = self.snapshot();
        match document {
            Document::Managed(policy) => snapshot.policy(*policy).account,
            Document::Inline(principal, _) | Document::Trust(principal) => {
                Some(snapshot.principal(*principal).account)
            }
            Document::Resource(resource) => snapshot.resource(*resource).account,
            Document::Organization(_) => None,
            Document::PermissionSet(center, _) => snapshot.identity_center.get(*center)?.account,
        }
    }

    /// May its owner edit a document? Not what is AWS's own, nor what belongs to a service-linked role.
    ///
    /// AWS: IAM User Guide, "Managed policies and inline policies" and "Service-linked roles".
    pub fn is_editable(&self, document: &Document) -> bool {
        let snapshot = self.snapshot();
        let is_ours = |principal: PrincipalIndex| {
            let path = &*snapshot.principal(principal).path;
            !path.starts_with("/aws-service-role/") && !path.starts_with("/aws-reserved/")
        };
        match document {
            Document::Managed(policy) => snapshot.policy(*policy).account.is_some(),
            Document::Inline(principal, _) | Document::Trust(principal) => is_ours(*principal),
            Document::Resource(resource) => snapshot.resource(*resource).facts.aws_managed != Some(true),
            Document::Organization(policy) => {
                snapshot.organization.as_ref().is_some_and(|known| !known.policy(*policy).aws_managed)
            }
            Document::PermissionSet(..) => true,
        }
    }

    /// Is it one of which it is known on deployment only whether its bearer has it? A plan or template gives it to somebody whom
    /// it does not name: many have a copy, and it is nobody's to edit there.
    pub fn is_perhaps(&self, document: &Document) -> bool {
        match document {
            Document::Inline(bearer, place) => {
                let inline = self.snapshot().principal(*bearer).inline.get(*place);
                // A name proves nothing: what is certain in the text is there.
                let is_doubtful =
                    || self.text_of_document(document).is_none_or(|text| is_in_doubt(self.text(text)));
                inline.is_some_and(|inline| is_perhaps(&inline.name)) && is_doubtful()
            }
            _ => false,
        }
    }

    /// The family of a document; `None`: a policy of the organization that decides nothing about requests.
    pub fn family_of_document(&self, document: &Document) -> Option<DocumentFamily> {
        Some(match document {
            Document::Managed(_) | Document::Inline(..) | Document::PermissionSet(..) => {
                DocumentFamily::Identity
            }
            Document::Trust(_) => DocumentFamily::Trust,
            Document::Resource(_) => DocumentFamily::Resource,
            Document::Organization(policy) => {
                match self.snapshot().organization.as_ref()?.policy(*policy).kind {
                    OrgPolicyKind::Scp => DocumentFamily::Scp,
                    OrgPolicyKind::Rcp => DocumentFamily::Rcp,
                    OrgPolicyKind::Other => return None,
                }
            }
        })
    }
}

/// Every document, those included whose text was not seen.
pub(super) fn all(world: &World) -> Vec<Document> {
    let snapshot = world.snapshot();
    let exists = |state: PolicyState| state != PolicyState::None;
    let mut found: Vec<Document> =
        (0..snapshot.policies.len()).map(|at| Document::Managed(PolicyIndex::at(at))).collect();
    for (at, principal) in snapshot.principals.iter().enumerate() {
        let inline = 0..principal.inline.len();
        found.extend(inline.map(|place| Document::Inline(PrincipalIndex::at(at), place)));
    }
    let roles = snapshot.principals.iter().enumerate().filter(|(_, principal)| {
        exists(principal.trust) && principal.kind == clavicle_snapshot::PrincipalKind::Role
    });
    found.extend(roles.map(|(at, _)| Document::Trust(PrincipalIndex::at(at))));
    let things = snapshot.resources.iter().enumerate().filter(|(_, resource)| exists(resource.policy));
    found.extend(things.map(|(at, _)| Document::Resource(ResourceIndex::at(at))));
    if let Some(organization) = &snapshot.organization {
        let deciding = organization.policies.iter().enumerate();
        let deciding = deciding.filter(|(_, policy)| policy.kind != OrgPolicyKind::Other);
        found.extend(deciding.map(|(at, _)| Document::Organization(OrgPolicyIndex::at(at))));
    }
    for (center, instance) in snapshot.identity_center.iter().enumerate() {
        let sets = instance.permission_sets.iter().enumerate().filter(|(_, set)| exists(set.inline));
        found.extend(sets.map(|(set, _)| Document::PermissionSet(center, set)));
    }
    found
}
