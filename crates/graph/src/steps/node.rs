//! Where a step begins and ends.

use clavicle_engine::PolicyId;
use clavicle_policy::AccountId;
use clavicle_snapshot::{PolicyIndex, PrincipalIndex, ResourceIndex};

use crate::actor::{Actor, Target};
use crate::side::ActorSide;
use crate::world::World;

/// Where a step begins or ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    /// Somebody. A user or role stands for its class: it is the first member.
    Actor(Actor),
    /// A user or role (the first member of its class) with more rights than it has now.
    Raised(PrincipalIndex, Raise),
    /// Something that runs as a role, under control.
    Workload(ResourceIndex),
    /// All the power over an account.
    Administrator(AccountId),
    /// A thing that something is done with: where a chain ends, and no step begins.
    Thing(Target),
}

/// How the rights of somebody were raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Raise {
    /// Its policies allow everything: only boundary and organization bind it.
    Everything,
    /// Its boundary is gone.
    NoBoundary,
    /// The service control policies above its account are gone.
    NoScps,
    /// It is in this group too.
    Group(PrincipalIndex),
    /// A managed policy is no longer attached to it, nor to a group of it.
    Detached(PolicyIndex),
    /// The inline policies that deny something are gone from it, or from this group of it.
    NoInlineDenies(PrincipalIndex),
    /// It is no longer in this group.
    OutOf(PrincipalIndex),
    /// Not all it has: what credentials for single services can do.
    ServicesOnly,
    /// Not all it has: what Git can do.
    GitOnly,
    /// Another version of a managed policy, by place, is in force.
    Version(PolicyIndex, u32),
}

impl World {
    /// The node of a user or role: administrators of an account are all one.
    pub fn node_of(&self, principal: PrincipalIndex) -> Node {
        if self.is_admin(principal) {
            return Node::Administrator(self.snapshot().principal(principal).account);
        }
        Node::Actor(Actor::Principal(self.first_of_class(principal)))
    }

    /// The node of an actor.
    pub fn node_of_actor(&self, actor: &Actor) -> Node {
        match actor {
            Actor::Principal(index) => self.node_of(*index),
            // AWS: IAM User Guide, "AWS account root user": it can do everything in its account.
            Actor::Root(account) => Node::Administrator(*account),
            other => Node::Actor(other.clone()),
        }
    }

    pub(crate) fn first_of_class(&self, principal: PrincipalIndex) -> PrincipalIndex {
        self.class_members(self.class_of(principal)).first().copied().unwrap_or(principal)
    }

    /// What bears on a raised principal, but for its documents.
    pub(crate) fn raised_side(&self, principal: PrincipalIndex, raise: Raise) -> Option<ActorSide<'_>> {
        let side = self.actor_side(&Actor::Principal(principal))?;
        Some(match raise {
            Raise::NoBoundary => side.without_boundary(),
            Raise::NoScps => side.without_scps(),
            Raise::Everything
            | Raise::Group(_)
            | Raise::Detached(_)
            | Raise::NoInlineDenies(_)
            | Raise::OutOf(_)
            | Raise::ServicesOnly
            | Raise::GitOnly
            | Raise::Version(..) => side,
        })
    }

    /// The identity-based documents of a raised principal.
    pub(crate) fn documents_of_raised(&self, principal: PrincipalIndex, raise: Raise) -> Vec<PolicyId> {
        let own = || self.bearer(principal).identity.to_vec();
        match raise {
            Raise::Everything => vec![self.documents.full_access],
            Raise::NoBoundary | Raise::NoScps => own(),
            Raise::Detached(gone) => self.documents_but(principal, |_, attached, _| attached == Some(gone)),
            Raise::NoInlineDenies(bearer) => self.documents_but(principal, |of, attached, policy| {
                of == bearer && attached.is_none() && self.denies_something(policy)
            }),
            Raise::OutOf(group) => self.documents_but(principal, |of, _, _| of == group),
            Raise::ServicesOnly | Raise::GitOnly => {
                let mut documents = own();
                let git = raise == Raise::GitOnly;
                documents.push(if git { self.documents.git_only() } else { self.documents.services_only() });
                documents
            }
            Raise::Group(group) => {
                let mut documents = own();
                documents.extend(self.bearer(group).identity.iter().copied());
                documents
            }
            Raise::Version(policy, place) => {
                let mut documents = own();
                let record = self.snapshot().policy(policy);
                if let Some(current) = self.managed(policy) {
                    // The same text may come by another way; then it stays in force beside the older one, which can
                    // only matter for a Deny in it.
                    documents.retain(|document| *document != current);
                }
                let older = record.versions.get(place as usize);
                documents.extend(older.and_then(|older| self.documents.of_document(older.document)));
                documents
            }
        }
    }

    /// Does a document deny something?
    pub(crate) fn denies_something(&self, policy: PolicyId) -> bool {
        self.documents.digest(policy).denies().next().is_some()
    }

    /// The identity-based documents of a principal but those that `is_gone`, by bearer, managed policy (`None`: it is
    /// inline) and text. What comes by another way as well stays.
    fn documents_but(
        &self,
        principal: PrincipalIndex,
        is_gone: impl Fn(PrincipalIndex, Option<PolicyIndex>, PolicyId) -> bool,
    ) -> Vec<PolicyId> {
        let snapshot = self.snapshot();
        let bearers = std::iter::once(principal).chain(snapshot.principal(principal).groups.iter().copied());
        let borne = bearers.flat_map(|bearer| {
            let record = snapshot.principal(bearer);
            let inline = record.inline.iter().map(|inline| (None, self.documents.of(inline.document)));
            let attached = record.attached.iter().map(|policy| (Some(*policy), self.managed(*policy)));
            inline.chain(attached).map(move |(policy, text)| (bearer, policy, text))
        });
        let mut left: Vec<PolicyId> = borne
            .filter_map(|(bearer, policy, text)| {
                let text = text?;
                (!is_gone(bearer, policy, text)).then_some(text)
            })
            .collect();
        left.sort_unstable();
        left.dedup();
        left
    }

    /// Does somebody come by anything once their documents are only these: does what is gone deny an action that what is
    /// left may allow?
    pub(crate) fn is_freed_by(&self, principal: PrincipalIndex, left: &[PolicyId]) -> bool {
        let gone = self.bearer(principal).identity.iter().filter(|policy| !left.contains(policy));
        let denies: Vec<_> = gone.flat_map(|policy| self.documents.digest(*policy).denies()).collect();
        if denies.is_empty() {
            return false;
        }
        let catalog = self.catalog();
        let mut actions = catalog.actions().map(|action| catalog.name(action).to_lowercase());
        actions.any(|action| {
            denies.iter().any(|statement| statement.actions.may_hold(&action))
                && left.iter().any(|policy| self.documents.digest(*policy).may_allow_action(&action))
        })
    }
}
