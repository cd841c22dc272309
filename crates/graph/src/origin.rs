//! How a policy document comes to bear on a request, and where else it is used.

use std::collections::BTreeSet;
use std::sync::Arc;

use clavicle_engine::{Layer, PolicyId};
use clavicle_snapshot::{OrgPolicyIndex, PolicyIndex, PrincipalIndex, PrincipalKind, ResourceIndex};

use crate::actor::{Actor, Target};
use crate::ceiling::Ceiling;
use crate::in_use::Document;
use crate::world::World;

/// One document as it bears on one request: which text, in which layer, and how it came there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The compiled text.
    pub policy: PolicyId,
    /// The layer that it is part of.
    pub layer: Layer,
    /// How it came there.
    pub origin: Origin,
}

/// Where a policy document comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Origin {
    /// An inline policy of a user, group or role.
    Inline {
        /// Whose it is.
        bearer: PrincipalIndex,
        /// Its name.
        name: Arc<str>,
    },
    /// A managed policy attached to a user, group or role.
    Managed {
        /// The policy.
        policy: PolicyIndex,
        /// To whom it is attached.
        bearer: PrincipalIndex,
    },
    /// The managed policy that is a permissions boundary.
    Boundary {
        /// The policy.
        policy: PolicyIndex,
        /// Whose boundary it is.
        bearer: PrincipalIndex,
    },
    /// A managed policy that is attached to nobody.
    Unattached(PolicyIndex),
    /// The trust policy of a role.
    Trust(PrincipalIndex),
    /// The policy of a resource.
    Resource(ResourceIndex),
    /// A service or resource control policy.
    Organization {
        /// The policy.
        policy: OrgPolicyIndex,
        /// The root, unit or account that it is attached to.
        target: Arc<str>,
    },
}

impl World {
    /// The documents that bear on requests of an actor for a target, in the order of the layers.
    pub fn attached(&self, actor: &Actor, target: &Target) -> Vec<Attached> {
        let mut found = Vec::new();
        let principal = match actor {
            Actor::Principal(index) => Some(*index),
            Actor::Unseen(arn) => self.role_of_session(arn),
            _ => None,
        };
        if let Some(index) = principal {
            self.identity_documents(index, &mut found);
        }
        match target {
            Target::Resource(index) => {
                let policy = self.resource_policy(*index);
                found.extend(policy.map(|policy| Attached {
                    policy,
                    layer: Layer::Resource,
                    origin: Origin::Resource(self.policy_holder(*index)),
                }));
            }
            Target::Principal(index) => {
                let policy = self.trust_policy(*index);
                found.extend(policy.map(|policy| Attached {
                    policy,
                    layer: Layer::Trust,
                    origin: Origin::Trust(*index),
                }));
            }
            Target::Arn(..) | Target::Anything => {}
        }
        let account = self.account_of(actor);
        if let Some(ceilings) = account.and_then(|account| self.ceilings_of(account)) {
            organization(&ceilings.scps, Layer::Scp, &mut found);
        }
        let owner = self.owner_of(target);
        if let Some(ceilings) = owner.and_then(|account| self.ceilings_of(account)) {
            organization(&ceilings.rcps, Layer::Rcp, &mut found);
        }
        found
    }

    fn identity_documents(&self, index: PrincipalIndex, found: &mut Vec<Attached>) {
        let record = self.snapshot().principal(index);
        for bearer in std::iter::once(index).chain(record.groups.iter().copied()) {
            let bears = self.snapshot().principal(bearer);
            let inline = bears.inline.iter().filter_map(|inline| {
                let policy = self.documents.of(inline.document)?;
                let origin = Origin::Inline { bearer, name: inline.name.clone() };
                Some(Attached { policy, layer: Layer::Identity, origin })
            });
            let attached = bears.attached.iter().filter_map(|&policy| {
                let origin = Origin::Managed { policy, bearer };
                Some(Attached { policy: self.managed(policy)?, layer: Layer::Identity, origin })
            });
            found.extend(inline.chain(attached));
        }
        if let (Some(policy), Some(text)) = (record.boundary, self.bearer(index).boundary_policy()) {
            let origin = Origin::Boundary { policy, bearer: index };
            found.push(Attached { policy: text, layer: Layer::Boundary, origin });
        }
    }

    /// Every place where a text is used, at most `limit`. Linear in the snapshot.
    pub fn origins(&self, text: PolicyId, limit: usize) -> Vec<Origin> {
        let mut found = Vec::new();
        let mut managed = Vec::new();
        for at in 0..self.snapshot().policies.len() {
            if self.managed(PolicyIndex::at(at)) == Some(text) {
                managed.push(PolicyIndex::at(at));
            }
        }
        for (at, record) in self.snapshot().principals.iter().enumerate() {
            if found.len() >= limit {
                break;
            }
            let bearer = PrincipalIndex::at(at);
            let inline =
                record.inline.iter().filter(|inline| self.documents.of(inline.document) == Some(text));
            found.extend(inline.map(|inline| Origin::Inline { bearer, name: inline.name.clone() }));
            let attached = record.attached.iter().filter(|policy| managed.contains(policy));
            found.extend(attached.map(|&policy| Origin::Managed { policy, bearer }));
            let boundary = record.boundary.filter(|policy| managed.contains(policy));
            found.extend(boundary.map(|policy| Origin::Boundary { policy, bearer }));
            if record.kind == PrincipalKind::Role && self.trust_policy(bearer) == Some(text) {
                found.push(Origin::Trust(bearer));
            }
        }
        for at in 0..self.snapshot().resources.len() {
            if found.len() >= limit {
                break;
            }
            if self.own_policy(ResourceIndex::at(at)) == Some(text) {
                found.push(Origin::Resource(ResourceIndex::at(at)));
            }
        }
        if let Some(organization) = &self.snapshot().organization {
            let attached = organization.attachments.iter().filter(|attachment| {
                self.documents.organization(organization.policy(attachment.policy)) == Some(text)
            });
            found.extend(attached.map(|attachment| Origin::Organization {
                policy: attachment.policy,
                target: attachment.target.clone(),
            }));
        }
        let unused = managed.into_iter().filter(|policy| !uses(&found, *policy)).collect::<Vec<_>>();
        found.extend(unused.into_iter().map(Origin::Unattached));
        found.truncate(limit);
        found
    }

    /// Every document that has this text, each once, whoever has it. Linear in the snapshot.
    pub fn documents_of(&self, text: PolicyId) -> Vec<Document> {
        let snapshot = self.snapshot();
        let managed = (0..snapshot.policies.len()).map(PolicyIndex::at);
        let managed = managed.filter(|policy| self.managed(*policy) == Some(text)).map(Document::Managed);
        let principals = snapshot.principals.iter().enumerate().flat_map(|(at, record)| {
            let bearer = PrincipalIndex::at(at);
            let inline = record.inline.iter().enumerate();
            let inline = inline.filter(|(_, inline)| self.documents.of(inline.document) == Some(text));
            let trust = record.kind == PrincipalKind::Role && self.trust_policy(bearer) == Some(text);
            let inline = inline.map(move |(place, _)| Document::Inline(bearer, place));
            inline.chain(trust.then_some(Document::Trust(bearer)))
        });
        let resources = (0..snapshot.resources.len()).map(ResourceIndex::at);
        let resources = resources.filter(|resource| self.own_policy(*resource) == Some(text));
        let organization = snapshot.organization.iter().flat_map(|organization| {
            let policies = organization.attachments.iter().map(|attachment| attachment.policy);
            let policies: BTreeSet<OrgPolicyIndex> = policies.collect();
            let has = |policy: &OrgPolicyIndex| {
                self.documents.organization(organization.policy(*policy)) == Some(text)
            };
            policies.into_iter().filter(has).collect::<Vec<_>>()
        });
        let resources = resources.map(Document::Resource);
        managed.chain(principals).chain(resources).chain(organization.map(Document::Organization)).collect()
    }

    /// The users, groups and roles that a managed policy is attached to, as policy and as boundary. Linear in the
    /// principals.
    pub fn attached_to(&self, policy: PolicyIndex) -> Vec<Origin> {
        let mut found = Vec::new();
        for (at, record) in self.snapshot().principals.iter().enumerate() {
            let bearer = PrincipalIndex::at(at);
            if record.attached.contains(&policy) {
                found.push(Origin::Managed { policy, bearer });
            }
            if record.boundary == Some(policy) {
                found.push(Origin::Boundary { policy, bearer });
            }
        }
        found
    }
}

fn uses(found: &[Origin], wanted: PolicyIndex) -> bool {
    found.iter().any(|origin| match origin {
        Origin::Managed { policy, .. } | Origin::Boundary { policy, .. } => *policy == wanted,
        _ => false,
    })
}

fn organization(ceiling: &Ceiling, layer: Layer, found: &mut Vec<Attached>) {
    let Ceiling::Levels(levels) = ceiling else { return };
    for level in levels {
        found.extend(level.policies.iter().zip(&level.attached).map(|(text, policy)| Attached {
            policy: *text,
            layer,
            origin: Origin::Organization { policy: *policy, target: level.target.clone() },
        }));
    }
}
