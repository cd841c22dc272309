//! What a method is tried on.

use std::sync::Arc;

use clavicle_policy::AccountId;
use clavicle_snapshot::{PolicyIndex, PrincipalIndex, ResourceIndex};

use crate::actor::Target;
use crate::world::World;

/// One thing that a method is tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A user, group or role.
    Principal(PrincipalIndex),
    /// A managed policy.
    Policy(PolicyIndex),
    /// A resource.
    Resource(ResourceIndex),
    /// An identity provider, by its place in the snapshot.
    Provider(u32),
    /// An account.
    Account(AccountId),
}

/// Does the state of a thing leave room for a method?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It does if this holds, which was not seen.
    If(&'static str),
}

impl Fit {
    /// Does it, if both do?
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, other) => other,
            (open, _) => open,
        }
    }
}

impl World {
    /// The subject as the target of a request.
    pub(crate) fn target_of_subject(&self, subject: Subject) -> Target {
        match subject {
            Subject::Principal(index) => Target::Principal(index),
            Subject::Resource(index) => Target::Resource(index),
            Subject::Policy(index) => {
                let policy = self.snapshot().policy(index);
                Target::Arn(policy.arn.clone(), policy.account)
            }
            Subject::Provider(at) => match self.snapshot().providers.get(at as usize) {
                Some(provider) => Target::Arn(provider.arn.clone(), Some(provider.account)),
                None => Target::Anything,
            },
            Subject::Account(account) => {
                Target::Arn(format!("arn:aws:iam::{account}:root").into(), Some(account))
            }
        }
    }

    /// The ARN of a subject.
    pub fn arn_of_subject(&self, subject: Subject) -> Arc<str> {
        self.arn_of(&self.target_of_subject(subject))
    }
}
