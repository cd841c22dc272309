//! Where a document is attached.

use std::sync::Arc;

use clavicle_snapshot::{PrincipalIndex, ResourceIndex};
use foldhash::HashMap;

use super::Document;
use crate::world::World;

/// Where one document is attached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attachments {
    /// The users, groups and roles that bear it (of a trust policy: the role), in the order of the snapshot.
    pub bearers: Vec<PrincipalIndex>,
    /// Those whose permissions boundary it is.
    pub bounds: Vec<PrincipalIndex>,
    /// The resource whose policy it is.
    pub resource: Option<ResourceIndex>,
    /// The roots, units and accounts that it is attached to, by id.
    pub targets: Vec<Arc<str>>,
    /// The permission sets that hold it, by the places of the instance and of the set.
    pub permission_sets: Vec<(usize, usize)>,
}

impl Attachments {
    pub(super) const NOWHERE: Self = Self {
        bearers: Vec::new(),
        bounds: Vec::new(),
        resource: None,
        targets: Vec::new(),
        permission_sets: Vec::new(),
    };

    /// Is it attached to nothing at all?
    pub fn is_empty(&self) -> bool {
        self == &Self::NOWHERE
    }
}

/// The attachments of every document, in the order of the documents. Linear in the snapshot.
pub(super) fn all(
    world: &World,
    documents: &[Document],
    places: &HashMap<Document, usize>,
) -> Vec<Attachments> {
    let snapshot = world.snapshot();
    let mut all: Vec<Attachments> = documents.iter().map(own).collect();
    let mut at = |document: Document, change: &dyn Fn(&mut Attachments)| {
        if let Some(attachments) = places.get(&document).and_then(|place| all.get_mut(*place)) {
            change(attachments);
        }
    };
    for (place, record) in snapshot.principals.iter().enumerate() {
        let principal = PrincipalIndex::at(place);
        for policy in &record.attached {
            at(Document::Managed(*policy), &|found| found.bearers.push(principal));
        }
        if let Some(policy) = record.boundary {
            at(Document::Managed(policy), &|found| found.bounds.push(principal));
        }
    }
    for attachment in snapshot.organization.iter().flat_map(|organization| &organization.attachments) {
        at(Document::Organization(attachment.policy), &|found| found.targets.push(attachment.target.clone()));
    }
    for (center, instance) in snapshot.identity_center.iter().enumerate() {
        for (set, record) in instance.permission_sets.iter().enumerate() {
            for policy in record.attached.iter().flatten() {
                at(Document::Managed(*policy), &|found| found.permission_sets.push((center, set)));
            }
        }
    }
    for found in &mut all {
        found.bearers.dedup();
    }
    all
}

/// What a document that is part of something is attached to.
fn own(document: &Document) -> Attachments {
    let nowhere = Attachments::NOWHERE;
    match document {
        Document::Inline(bearer, _) | Document::Trust(bearer) => {
            Attachments { bearers: vec![*bearer], ..nowhere }
        }
        Document::Resource(resource) => Attachments { resource: Some(*resource), ..nowhere },
        Document::PermissionSet(center, set) => {
            Attachments { permission_sets: vec![(*center, *set)], ..nowhere }
        }
        Document::Managed(_) | Document::Organization(_) => nowhere,
    }
}
