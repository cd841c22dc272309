//! The documents that a user, group or role bears.

use clavicle_engine::{Documents as Layer, PolicyId};
use clavicle_snapshot::{InlinePolicy, PrincipalRecord, Snapshot};

use crate::documents::Documents;

/// The identity-based documents of a principal, and its boundary.
#[derive(Debug, Default)]
pub(crate) struct Bearer {
    /// Its own, attached and inline, and those of its groups; each text once, in order of number.
    pub(crate) identity: Box<[PolicyId]>,
    /// Were all of them seen?
    complete: bool,
    boundary: Boundary,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
enum Boundary {
    #[default]
    None,
    NotSeen,
    Seen(PolicyId),
}

impl Bearer {
    pub(crate) fn of(snapshot: &Snapshot, documents: &Documents, principal: &PrincipalRecord) -> Self {
        let mut bearer = Self { complete: true, ..Self::default() };
        let mut identity = Vec::new();
        bearer.gather(documents, principal, &mut identity);
        for group in &principal.groups {
            bearer.gather(documents, snapshot.principal(*group), &mut identity);
        }
        identity.sort_unstable();
        identity.dedup();
        bearer.identity = identity.into();
        bearer.boundary = match principal.boundary {
            Some(policy) => documents.managed(policy).map_or(Boundary::NotSeen, Boundary::Seen),
            None if principal.seen => Boundary::None,
            None => Boundary::NotSeen,
        };
        bearer
    }

    fn gather(&mut self, documents: &Documents, principal: &PrincipalRecord, into: &mut Vec<PolicyId>) {
        self.complete &= principal.seen;
        let inline = principal.inline.iter().map(|InlinePolicy { document, .. }| documents.of(*document));
        let attached = principal.attached.iter().map(|policy| documents.managed(*policy));
        for found in inline.chain(attached) {
            match found {
                Some(policy) => into.push(policy),
                None => self.complete = false,
            }
        }
    }

    /// The identity layer of a request.
    pub(crate) fn identity(&self) -> Layer<'_> {
        if self.complete { Layer::Some(&self.identity) } else { Layer::Partly(&self.identity) }
    }

    /// The boundary layer of a request.
    pub(crate) fn boundary(&self) -> Layer<'_> {
        match &self.boundary {
            Boundary::None => Layer::None,
            Boundary::NotSeen => Layer::NotSeen,
            Boundary::Seen(policy) => Layer::Some(std::slice::from_ref(policy)),
        }
    }

    /// The text of the boundary, where it was seen.
    pub(crate) fn boundary_policy(&self) -> Option<PolicyId> {
        match self.boundary {
            Boundary::Seen(policy) => Some(policy),
            Boundary::None | Boundary::NotSeen => None,
        }
    }

    /// Were all its identity-based documents seen?
    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }

    /// What makes two bearers equal.
    pub(crate) fn signature(&self) -> (&[PolicyId], bool, u64) {
        let boundary = match self.boundary {
            Boundary::None => 0,
            Boundary::NotSeen => 1,
            Boundary::Seen(policy) => 2 + policy.index() as u64,
        };
        (&self.identity, self.complete, boundary)
    }

    /// Could it allow an action (in lower case) on something?
    pub(crate) fn may_allow_action(&self, documents: &Documents, lower: &str) -> bool {
        !self.complete || self.identity.iter().any(|policy| documents.digest(*policy).may_allow_action(lower))
    }
}
