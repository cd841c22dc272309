//! Who asks, and what is asked about, in a world.

use std::sync::Arc;

use clavicle_policy::AccountId;
use clavicle_snapshot::{PrincipalIndex, ResourceIndex};

use crate::world::World;

/// Somebody who can send a request, or in whose name one is sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Actor {
    /// A user or role of the snapshot.
    Principal(PrincipalIndex),
    /// The root user of an account that was seen.
    Root(AccountId),
    /// Anyone in an account that was not seen: its own policies are unknown.
    OutsideAccount(AccountId),
    /// One user, role or session, by ARN, that was not seen: of an account that was not, or deleted since.
    Unseen(Arc<str>),
    /// An AWS service acting for itself: `lambda.amazonaws.com`.
    Service(Arc<str>),
    /// People or workloads whom an identity provider vouches for: the ARN of the provider, or a built-in host name.
    Provider(Arc<str>),
    /// An account by its Amazon S3 canonical user id.
    CanonicalUser(Arc<str>),
    /// Everyone: whoever there is, with the credentials of some account or without (`Principal::everyone`).
    Everyone,
}

/// What a request acts on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// A resource of the snapshot.
    Resource(ResourceIndex),
    /// A user, group or role of the snapshot, as a thing.
    Principal(PrincipalIndex),
    /// Anything else that has an ARN, with its owner where known: what was not seen.
    Arn(Arc<str>, Option<AccountId>),
    /// No thing: an action that is asked on `*`.
    Anything,
}

impl World {
    /// The account that an actor belongs to.
    pub fn account_of(&self, actor: &Actor) -> Option<AccountId> {
        match actor {
            Actor::Principal(index) => Some(self.snapshot().principal(*index).account),
            Actor::Root(account) | Actor::OutsideAccount(account) => Some(*account),
            Actor::Unseen(arn) => AccountId::of_arn(arn),
            Actor::Provider(arn) => AccountId::of_arn(arn),
            Actor::Service(_) | Actor::CanonicalUser(_) | Actor::Everyone => None,
        }
    }

    /// The account that owns a target, where known.
    pub fn owner_of(&self, target: &Target) -> Option<AccountId> {
        match target {
            Target::Resource(index) => self.snapshot().resource(*index).account,
            Target::Principal(index) => Some(self.snapshot().principal(*index).account),
            Target::Arn(arn, account) => account.or_else(|| AccountId::of_arn(arn)),
            Target::Anything => None,
        }
    }

    /// The ARN of a target; `*` where it has none.
    pub fn arn_of(&self, target: &Target) -> Arc<str> {
        match target {
            Target::Resource(index) => self.snapshot().resource(*index).arn.clone(),
            Target::Principal(index) => self.snapshot().principal(*index).arn.clone(),
            Target::Arn(arn, _) => arn.clone(),
            Target::Anything => Arc::from("*"),
        }
    }

    /// Is the actor from outside the accounts that were seen, and no AWS service?
    pub fn is_outside(&self, actor: &Actor) -> bool {
        match actor {
            Actor::Principal(_) | Actor::Root(_) | Actor::Service(_) => false,
            Actor::Unseen(arn) => AccountId::of_arn(arn).is_none_or(|account| !self.is_seen(account)),
            Actor::OutsideAccount(_) | Actor::Provider(_) | Actor::CanonicalUser(_) | Actor::Everyone => true,
        }
    }
}
