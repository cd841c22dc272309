//! What would the facts be if somebody changed a policy? For trying a change before AWS is told of it.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::{
    Attachment, Document, DocumentId, InlinePolicy, OrgPolicyIndex, PolicyIndex, PolicyState, PrincipalIndex,
    ResourceIndex, Snapshot,
};

/// A policy text by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyPlace {
    /// The version in force of a managed policy.
    Managed(PolicyIndex),
    /// An inline policy of a user, group or role, by name.
    Inline(PrincipalIndex, Arc<str>),
    /// The trust policy of a role.
    Trust(PrincipalIndex),
    /// The policy of a thing.
    Resource(ResourceIndex),
    /// A policy of the organization.
    Organization(OrgPolicyIndex),
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The text becomes this one; an inline policy or a policy of a thing that is not there yet is made.
    Write(PolicyPlace, String),
    /// The policy goes, with all its attachments.
    Delete(PolicyPlace),
    /// A managed policy is attached to a user, group or role.
    Attach(PolicyIndex, PrincipalIndex),
    /// It is attached no more.
    Detach(PolicyIndex, PrincipalIndex),
    /// A policy of the organization is attached to a root, unit or account (`r-…`, `ou-…`, an account id).
    AttachAbove(OrgPolicyIndex, Arc<str>),
    /// It is attached there no more.
    DetachAbove(OrgPolicyIndex, Arc<str>),
}

impl Snapshot {
    /// Makes a change in memory, where AWS would: what was not seen stays not seen.
    pub fn change(&mut self, change: Change) {
        match change {
            Change::Write(place, text) => {
                let document = self.add_document(text);
                self.put(place, PolicyState::Document(document));
            }
            Change::Delete(place) => self.delete(place),
            Change::Attach(policy, to) => {
                let attached = &mut self.principals[to.index()].attached;
                if !attached.contains(&policy) {
                    attached.push(policy);
                }
            }
            Change::Detach(policy, from) => {
                self.principals[from.index()].attached.retain(|other| *other != policy);
            }
            Change::AttachAbove(policy, target) => {
                if let Some(organization) = &mut self.organization {
                    let attachment = Attachment { policy, target };
                    if !organization.attachments.contains(&attachment) {
                        organization.attachments.push(attachment);
                    }
                }
            }
            Change::DetachAbove(policy, target) => {
                if let Some(organization) = &mut self.organization {
                    organization.attachments.retain(|other| other.policy != policy || other.target != target);
                }
            }
        }
    }

    fn add_document(&mut self, text: String) -> DocumentId {
        let sha256: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        if let Some(known) = self.documents.iter().position(|document| document.sha256 == sha256) {
            return DocumentId::at(known);
        }
        self.documents.push(Document { text: text.into(), sha256 });
        DocumentId::at(self.documents.len() - 1)
    }

    fn put(&mut self, place: PolicyPlace, document: PolicyState) {
        match place {
            PolicyPlace::Managed(policy) => self.policies[policy.index()].document = document,
            PolicyPlace::Inline(bearer, name) => {
                let inline = &mut self.principals[bearer.index()].inline;
                match inline.iter_mut().find(|policy| policy.name == name) {
                    Some(policy) => policy.document = document,
                    None => inline.push(InlinePolicy { name, document }),
                }
            }
            PolicyPlace::Trust(role) => self.principals[role.index()].trust = document,
            PolicyPlace::Resource(resource) => self.resources[resource.index()].policy = document,
            PolicyPlace::Organization(policy) => {
                if let Some(organization) = &mut self.organization {
                    organization.policies[policy.index()].document = document;
                }
            }
        }
    }

    fn delete(&mut self, place: PolicyPlace) {
        match place {
            PolicyPlace::Managed(policy) => {
                for principal in &mut self.principals {
                    principal.attached.retain(|other| *other != policy);
                }
                for set in self.identity_center.iter_mut().flat_map(|center| &mut center.permission_sets) {
                    if let Some(attached) = &mut set.attached {
                        attached.retain(|other| *other != policy);
                    }
                }
            }
            PolicyPlace::Inline(bearer, name) => {
                self.principals[bearer.index()].inline.retain(|policy| policy.name != name);
            }
            PolicyPlace::Organization(policy) => {
                if let Some(organization) = &mut self.organization {
                    organization.attachments.retain(|attachment| attachment.policy != policy);
                }
            }
            PolicyPlace::Trust(_) | PolicyPlace::Resource(_) => self.put(place, PolicyState::None),
        }
    }
}
