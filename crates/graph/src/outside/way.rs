//! One way in: who, by which door, past which guards, to what.

use std::sync::Arc;

use clavicle_catalog::Word;
use clavicle_engine::{PolicyId, Verdict};
use clavicle_snapshot::{PrincipalIndex, ResourceIndex};

use crate::actor::Target;
use crate::need::Need;
use crate::outside::guard::{Guard, GuardKind};
use crate::outside::outsider::Outsider;
use crate::ruling::Ruling;
use clavicle_catalog::identity_provider::{Breadth, Subjects};

/// One way in from outside: who, by which door, past which guards, to what. Whatever else lies behind the thing that
/// they enter is for whoever follows [`Door::target`] on.
#[derive(Debug, Clone)]
pub struct Way {
    /// Who comes in.
    pub outsider: Outsider,
    /// By which door.
    pub door: Door,
    /// The policy of the door; `None` for lists.
    pub policy: Option<PolicyId>,
    /// The places of the statements of that policy which let them in, from 0.
    pub statements: Vec<usize>,
    /// What those statements ask of them.
    pub guards: Vec<Guard>,
    /// Of an identity provider: whom it vouches for of those who get in; `None`: no condition says.
    pub subjects: Option<Subjects>,
    /// Would AWS call the grant public? See [`Way::is_public`].
    pub(crate) public: bool,
    /// What they get, word by word; never empty. Where the way is blocked, what they would get.
    pub gets: Vec<Gets>,
    /// What blocks a way that no policy does.
    pub stopped: Option<Stopped>,
}

/// What an outsider gets.
#[derive(Debug, Clone)]
pub struct Gets {
    /// The word; `None`: the action has none.
    pub word: Option<Word>,
    /// The action that was decided: the best of those that the word covers.
    pub action: Arc<str>,
    /// The ARN that the request names.
    pub arn: Arc<str>,
    /// How the engine rules, if the outsider's own side allows it.
    pub ruling: Ruling,
    /// What else the request needs, and how the engine rules on that.
    pub needs: Vec<(Need, Ruling)>,
}

/// Where somebody comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Door {
    /// The trust policy of a role, which they become.
    Trust(PrincipalIndex),
    /// The policy of a thing.
    Policy(ResourceIndex),
    /// The access control list of a bucket.
    Acl(ResourceIndex),
    /// The list of whom a thing is shared with, or a share of AWS RAM.
    Share(ResourceIndex),
}

/// What blocks an access control list, or what is shared with everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stopped {
    /// `BucketOwnerEnforced`: the bucket has no lists.
    OwnershipControls,
    /// `IgnorePublicAcls`, of the bucket or its account.
    IgnorePublicAcls,
    /// `block-all-sharing`, of the account in that region.
    BlockPublicAccess,
}

/// Is a way open?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Opening {
    /// It is.
    Open,
    /// It is, if conditions hold.
    Conditional,
    /// Something that was not seen decides.
    Unknown,
    /// It is not.
    Blocked,
}

impl Opening {
    /// As it is written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "allowed",
            Self::Conditional => "if",
            Self::Unknown => "unknown",
            Self::Blocked => "blocked",
        }
    }
}

impl Door {
    /// What is entered.
    pub fn target(self) -> Target {
        match self {
            Self::Trust(role) => Target::Principal(role),
            Self::Policy(resource) | Self::Acl(resource) | Self::Share(resource) => {
                Target::Resource(resource)
            }
        }
    }

    /// As it is written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trust(_) => "trust policy",
            Self::Policy(_) => "resource policy",
            Self::Acl(_) => "access control list",
            Self::Share(_) => "share",
        }
    }
}

impl Gets {
    /// Is it open?
    pub fn opening(&self) -> Opening {
        let needs = self.needs.iter().map(|(_, ruling)| opening(ruling));
        needs.chain([opening(&self.ruling)]).max().unwrap_or(Opening::Blocked)
    }
}

impl Way {
    /// Is it open? As open as the most open of what they get.
    pub fn opening(&self) -> Opening {
        if self.stopped.is_some() {
            return Opening::Blocked;
        }
        self.gets.iter().map(Gets::opening).min().unwrap_or(Opening::Blocked)
    }

    /// The word or action that shows the way best: the most open one.
    pub fn best(&self) -> Option<&Gets> {
        self.gets.iter().min_by_key(|gets| gets.opening())
    }

    /// Does a condition keep anybody out whom the door names? Of identity providers that is for the subjects to say.
    pub fn is_guarded(&self) -> bool {
        let keeps_out = |guard: &&Guard| guard.restricts();
        let mut guards = self.guards.iter().filter(keeps_out);
        match &self.outsider {
            Outsider::Provider(_) => self.breadth() < Breadth::Anyone,
            Outsider::Everyone | Outsider::AnyAccount | Outsider::Service(_) => guards.next().is_some(),
            // What says who they are keeps others out, not them.
            _ => guards.any(|guard| {
                !matches!(
                    guard.kind,
                    GuardKind::Principal
                        | GuardKind::Organization
                        | GuardKind::SourceAccount
                        | GuardKind::SourceArn
                        | GuardKind::SourceOrganization
                )
            }),
        }
    }

    /// How many of those whom an identity provider vouches for get in.
    pub fn breadth(&self) -> Breadth {
        self.subjects.as_ref().map_or(Breadth::Anyone, |subjects| subjects.breadth)
    }

    /// Does it let in guests of an identity pool, which is whoever asks?
    ///
    /// AWS: Amazon Cognito Developer Guide, "Role trust and permissions": `amr` is `unauthenticated` for guests.
    pub fn lets_guests_in(&self) -> bool {
        let of_guests = |guard: &Guard| {
            guard.key.to_ascii_lowercase().ends_with("cognito-identity.amazonaws.com:amr")
                && guard.values.iter().any(|value| value == "unauthenticated")
        };
        self.outsider.provider() == Some("cognito-identity.amazonaws.com")
            && self.guards.iter().any(of_guests)
    }

    /// Would AWS call the grant public: everyone is let in, and no condition ties that to fixed values?
    ///
    /// AWS: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", The meaning of "public"; IAM User
    /// Guide, "IAM Access Analyzer findings" calls the same grants of other services so.
    pub fn is_public(&self) -> bool {
        self.public
    }
}

fn opening(ruling: &Ruling) -> Opening {
    match ruling.verdict {
        Verdict::Allowed => Opening::Open,
        Verdict::Depends if ruling.turns_on_unseen() => Opening::Unknown,
        Verdict::Depends => Opening::Conditional,
        Verdict::ImplicitlyDenied | Verdict::ExplicitlyDenied => Opening::Blocked,
    }
}
