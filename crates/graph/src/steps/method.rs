//! A method: one way, known from AWS's documentation and from use, to come by rights that one was not given.
//!
//! Methods are data. What they are tried on, which actions they take and on what, is said by the values here; the
//! engine decides whether somebody may.

use clavicle_snapshot::ProviderKind;

use super::subject::{Fit, Subject};
use crate::world::World;

/// What a method does, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MethodKind {
    /// Somebody changes what they themselves may do.
    ChangesOwnRights,
    /// Somebody gets to act as another principal: by its trust policy, a key, a password.
    TakesOverPrincipal,
    /// Somebody hands a role to something new, and acts through that.
    PassesRole,
    /// Somebody alters or enters something that runs as a role already.
    EntersWorkload,
    /// Through IAM Identity Center.
    IdentityCenter,
    /// Through AWS Organizations.
    Organization,
    /// Somebody gets at data or a secret.
    Data,
    /// Somebody opens a door to the outside.
    Door,
}

/// One method.
#[derive(Debug)]
pub struct Method {
    /// Its id: that of the public catalogue of such methods where it has one, else `x-…`. Never changes.
    pub id: &'static str,
    /// What is done, in a few words.
    pub title: &'static str,
    /// What it does.
    pub kind: MethodKind,
    /// What it takes: each of these is enough. None: it takes no permission of the asker's.
    pub ways: &'static [Way],
    /// How it could be misused, in plain words.
    pub misuse: &'static str,
    /// How it is fixed.
    pub fix: &'static str,
    /// How the fix is checked.
    pub check: &'static str,
    /// Pages of AWS's documentation that it rests on.
    pub pages: &'static [&'static str],
}

/// Requests that are enough together.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// On what it is tried.
    pub on: Tried,
    /// The requests.
    pub asks: &'static [Ask],
    /// Does the state of the thing leave room for it?
    pub gate: fn(&World, Subject) -> Fit,
    /// What one has then.
    pub gives: Gives,
}

/// One request of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// The action.
    pub action: &'static str,
    /// On what.
    pub on: On,
    /// Condition keys that the request has to carry for the method to work; `None`: that it must not carry.
    pub with: &'static [(&'static str, Option<&'static str>)],
}

/// On what a request of a method acts. Equal things that are new or there already are one thing within a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// The thing that the method is tried on.
    Subject,
    /// The same, a role, once its trust policy lets in whoever asks.
    Rewritten,
    /// The asker.
    Own,
    /// A managed policy of the account that is attached to the subject.
    PolicyOfSubject,
    /// The one role that the subject, a workload, runs as.
    RoleOfSubject,
    /// The asker, or the group of it, that the subject, a managed policy, is attached to.
    BearerOfSubject,
    /// A thing of this type (`lambda:function`) that the asker makes, and names as it likes.
    New(&'static str),
    /// A thing of this type that is there already, though no source need list it: a subnet, an image.
    Some(&'static str),
    /// Any of these things of AWS's own; `{partition}` is the asker's, `{region}` any.
    OfAws(&'static [&'static str]),
    /// A thing of this kind that was seen in the account.
    Seen(&'static str),
    /// The instance of IAM Identity Center that the asker's account manages.
    Instance,
    /// The permission set that the subject, a role, is made of.
    SetOfSubject,
    /// The account of the subject, as IAM Identity Center names it.
    AccountOfSubject,
    /// Every service control policy above the subject, a role, that is the organization's own.
    ScpsOfSubject,
    /// The Kubernetes cluster that the subject, nodes of it or a role for its pods, is in.
    ClusterOfSubject,
    /// A group of the directory that has the permission set which the subject, a role, is made of, in its account.
    GroupOfSubject,
    /// No thing: `*`.
    Anything,
}

/// On what a method is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// The asker itself, a user.
    OwnUser,
    /// The asker itself, a role.
    OwnRole,
    /// The asker itself, whoever it is.
    Own,
    /// Groups that the asker is in.
    OwnGroups,
    /// Groups that the asker, a user, is not in.
    OtherGroups,
    /// Managed policies of the account that are attached to the asker or to a group of it.
    OwnPolicies,
    /// Managed policies, attached to the asker or to one group of it, that deny something.
    OwnDenies,
    /// Other users of the account.
    Users,
    /// Other roles of the account.
    Roles,
    /// Roles whose trust policy could let in the asker, of any account.
    RolesTrusting,
    /// Roles of the account that trust a service: `lambda.amazonaws.com`. The asker needs `iam:PassRole` besides.
    Passed(&'static str),
    /// Things of this kind that run as a role.
    Workloads(&'static str),
    /// Roles of the account that trust an identity provider of AWS's own: `cognito-identity.amazonaws.com`. The asker
    /// needs `iam:PassRole` besides.
    Lent(&'static str),
    /// The asker itself, a role that IAM Identity Center made.
    OwnSsoRole,
    /// Roles that IAM Identity Center made, of any account.
    SsoRoles,
    /// Accounts that were seen.
    Accounts,
    /// Roles of member accounts whose trust policy could let in the asker, of the management account.
    RolesOfMembers,
    /// Identity providers of the account that some role trusts.
    Providers(ProviderKind),
    /// Things of this resource type of IAM (`s3:bucket`) in the account, when somebody asks about one of them.
    Things(&'static str),
}

/// What somebody has once a method succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// What the subject has: it is a principal, and is become.
    Subject,
    /// Everything that boundary and organization leave to the asker.
    Everything,
    /// Everything that boundary and organization leave to the subject, a role or user, which is become as well.
    EverythingOfSubject,
    /// What the asker has, without its boundary.
    NoBoundary,
    /// Everything that boundary and organization leave to the role that the subject, a workload, runs as.
    EverythingOfRole,
    /// What the subject has without its boundary.
    NoBoundaryOfSubject,
    /// Everything that the organization leaves to a new principal of the account.
    NewPrincipal,
    /// What the asker has, and what the policies of the subject, a group, allow.
    Group,
    /// What the asker has, with another version of the subject, a managed policy.
    OlderVersion,
    /// What the asker has, without what the subject denies: a managed policy, or somebody's inline policies.
    Undenied,
    /// What the asker has, without the policies of the subject, a group.
    OutOfGroup,
    /// Of what the subject, a user, has, what credentials for single services can do.
    ServicesOfSubject,
    /// Of what the subject, a user, has, what Git can do.
    GitOfSubject,
    /// Control of the subject, a workload, and so the roles that it runs as.
    Workload,
    /// All the power over the subject, an account.
    AdministratorOfSubject,
    /// What the subject has without the service control policies, a role, which is become as well.
    NoScpsOfSubject,
    /// What a policy of the subject may let the asker do, once the asker has written it.
    Opened,
    /// The subject's content, by a share with an account of the asker's choice.
    Shared,
}

/// A way without a gate.
pub(crate) const fn way(on: Tried, gives: Gives, asks: &'static [Ask]) -> Way {
    Way { on, asks, gate: always, gives }
}

/// A request without further keys.
pub(crate) const fn ask(action: &'static str, on: On) -> Ask {
    Ask { action, on, with: &[] }
}

impl Way {
    /// The same, for things whose state leaves room for it.
    pub(crate) const fn if_(self, gate: fn(&World, Subject) -> Fit) -> Self {
        Self { gate, ..self }
    }
}

impl On {
    /// Does it depend on what the method is tried on?
    pub(crate) fn is_of_subject(self) -> bool {
        matches!(
            self,
            Self::Subject
                | Self::Rewritten
                | Self::PolicyOfSubject
                | Self::RoleOfSubject
                | Self::BearerOfSubject
                | Self::SetOfSubject
                | Self::AccountOfSubject
                | Self::ScpsOfSubject
                | Self::ClusterOfSubject
                | Self::GroupOfSubject
        )
    }
}

impl Ask {
    /// The same, with these keys in the request.
    pub(crate) const fn with(self, with: &'static [(&'static str, Option<&'static str>)]) -> Self {
        Self { with, ..self }
    }
}

fn always(_: &World, _: Subject) -> Fit {
    Fit::Yes
}
