//! What a policy is for. The same text is right as one kind and wrong as another.

use std::fmt;

use clavicle_engine::Principals;
use clavicle_policy::{Effect, Policy, Statement};
use clavicle_template::Purpose;

/// What a policy is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// A user, group or role: inline, managed, a boundary or a session policy.
    Identity,
    /// A permission set of IAM Identity Center.
    PermissionSet,
    /// A resource: a bucket, key, queue and the like.
    Resource,
    /// A role, saying who may assume it.
    Trust,
    /// An organization, saying what its principals can do at most.
    Scp,
    /// An organization, saying what can be done with its resources at most.
    Rcp,
    /// A VPC endpoint.
    VpcEndpoint,
}

impl PolicyKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Identity,
        Self::PermissionSet,
        Self::Resource,
        Self::Trust,
        Self::Scp,
        Self::Rcp,
        Self::VpcEndpoint,
    ];

    /// How it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::PermissionSet => "permission-set",
            Self::Resource => "resource",
            Self::Trust => "trust",
            Self::Scp => "scp",
            Self::Rcp => "rcp",
            Self::VpcEndpoint => "vpce",
        }
    }

    /// The kind that `text` spells, case aside.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(text))
    }

    /// How people call such a policy.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Identity => "identity-based policy",
            Self::PermissionSet => "policy of a permission set",
            Self::Resource => "resource-based policy",
            Self::Trust => "role trust policy",
            Self::Scp => "service control policy",
            Self::Rcp => "resource control policy",
            Self::VpcEndpoint => "VPC endpoint policy",
        }
    }

    /// One of them, in a sentence.
    pub fn one(self) -> String {
        let article = if self == Self::Identity { "an" } else { "a" };
        format!("{article} {}", self.title())
    }

    /// Does it say whom it speaks of?
    pub const fn has_principals(self) -> bool {
        matches!(self, Self::Resource | Self::Trust | Self::Rcp | Self::VpcEndpoint)
    }

    /// Does what it allows give access by itself?
    pub const fn grants(self) -> bool {
        matches!(self, Self::Identity | Self::PermissionSet | Self::Resource | Self::Trust)
    }

    /// Is it attached to somebody who then has the access?
    pub const fn is_of_identity(self) -> bool {
        matches!(self, Self::Identity | Self::PermissionSet)
    }

    /// How the engine reads its principals.
    pub(crate) const fn principals(self) -> Principals {
        if self.has_principals() { Principals::Required } else { Principals::Ignored }
    }

    /// Which kind is this text most likely? By what only one kind has: principals; the actions of trust policies; that
    /// nothing is allowed, which is of use in organizations only.
    pub fn guess(policy: &Policy) -> Guess {
        let all = |holds: fn(&Statement) -> bool| {
            !policy.statements.is_empty() && policy.statements.iter().all(holds)
        };
        if policy.statements.iter().any(|statement| statement.principal.is_some()) {
            if all(takes_roles) {
                return Guess { kind: Self::Trust, because: "its actions assume roles" };
            }
            if all(|statement| {
                denies(statement) && is_about_everyone(statement) && is_about_everything(statement)
            }) {
                return Guess { kind: Self::Rcp, because: "it denies everyone and names no resource" };
            }
            return Guess { kind: Self::Resource, because: "it names principals" };
        }
        if all(denies) {
            return Guess { kind: Self::Scp, because: "it only denies" };
        }
        Guess { kind: Self::Identity, because: "it names no principals" }
    }
}

/// Is it a stack policy of AWS CloudFormation? Such a text has the elements of a policy of IAM, is none, and is of no kind: it says
/// which resources of a stack an update may change. No service has its actions, `Update:Modify` and the like.
///
/// AWS: CloudFormation User Guide, "Prevent updates to stack resources": "It doesn't provide access controls like an AWS Identity
/// and Access Management (IAM) policy" (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html>).
pub fn is_stack_policy(policy: &Policy) -> bool {
    let updates = |statement: &Statement| {
        statement.action.as_ref().is_some_and(|action| {
            let is_update =
                |pattern: &str| pattern.get(..7).is_some_and(|begins| begins.eq_ignore_ascii_case("update:"));
            !action.patterns.is_empty() && action.patterns.iter().all(|pattern| is_update(&pattern.value))
        })
    };
    !policy.statements.is_empty() && policy.statements.iter().all(updates)
}

impl From<Purpose> for PolicyKind {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Identity => Self::Identity,
            Purpose::PermissionSet => Self::PermissionSet,
            Purpose::Resource => Self::Resource,
            Purpose::Trust => Self::Trust,
            Purpose::Scp => Self::Scp,
            Purpose::Rcp => Self::Rcp,
            Purpose::VpcEndpoint => Self::VpcEndpoint,
        }
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A kind, and what it was told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guess {
    /// The kind.
    pub kind: PolicyKind,
    /// What of the text says so, as the end of a sentence.
    pub because: &'static str,
}

fn denies(statement: &Statement) -> bool {
    statement.effect.as_ref().is_some_and(|effect| effect.value == Effect::Deny)
}

fn is_about_everyone(statement: &Statement) -> bool {
    statement.principal.as_ref().is_some_and(|principal| {
        !principal.negated && principal.bare.as_ref().is_some_and(|bare| bare.value == "*")
    })
}

fn is_about_everything(statement: &Statement) -> bool {
    statement.resource.as_ref().is_some_and(|resource| {
        resource.negated || resource.patterns.iter().any(|pattern| pattern.value == "*")
    })
}

/// AWS: IAM User Guide, "Update a role trust policy": the actions of STS, and no resource. Where one is written all the same and
/// somebody is named, it is a slip; what is about everybody may be of an endpoint.
fn takes_roles(statement: &Statement) -> bool {
    let names_somebody = !denies(statement)
        && statement.principal.as_ref().is_some_and(|principal| {
            principal.bare.is_none() && principal.entries.iter().all(|entry| entry.value.value != "*")
        });
    (statement.resource.is_none() || names_somebody)
        && statement.action.as_ref().is_some_and(|action| {
            action.patterns.iter().all(|pattern| pattern.value.to_ascii_lowercase().starts_with("sts:"))
        })
}

#[cfg(test)]
mod tests {
    use super::{PolicyKind, is_stack_policy};

    #[test]
    fn stack_policies_are_told_by_their_actions() {
        let is_one = |actions: &[&str]| {
            let statements: Vec<String> = actions
                .iter()
                .map(|action| {
                    format!(r#"{{"Effect": "Allow", "Principal": "*", {action}, "Resource": "*"}}"#)
                })
                .collect();
            let text = format!(r#"{{"Statement": [{}]}}"#, statements.join(", "));
            is_stack_policy(&clavicle_policy::parse(text.as_bytes()).policy.expect("an object"))
        };
        assert!(is_one(&[r#""Action": "Update:*""#, r#""NotAction": ["update:Delete", "Update:Replace"]"#]));
        for not in [
            &[][..],
            &[r#""Action": "s3:*""#],
            &[r#""Action": "Update:*""#, r#""Action": "*""#],
            &[r#""Action": []"#],
        ] {
            assert!(!is_one(not), "{not:?}");
        }
    }

    fn guess(statement: &str) -> PolicyKind {
        let text = format!("{{\"Statement\": {{{statement}}}}}");
        PolicyKind::guess(&clavicle_policy::parse(text.as_bytes()).policy.expect("an object")).kind
    }

    #[test]
    fn kinds_are_told_by_what_only_they_have() {
        for (statement, kind) in [
            (r#""Effect": "Allow", "Action": "s3:*", "Resource": "*""#, PolicyKind::Identity),
            (r#""Effect": "Deny", "Action": "s3:*", "Resource": "*""#, PolicyKind::Scp),
            (r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*""#, PolicyKind::Rcp),
            (
                r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b""#,
                PolicyKind::Resource,
            ),
            (
                r#""Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*""#,
                PolicyKind::Resource,
            ),
            (
                r#""Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole""#,
                PolicyKind::Trust,
            ),
            (
                r#""Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole", "Resource": "*""#,
                PolicyKind::Trust,
            ),
            (
                r#""Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*""#,
                PolicyKind::Resource,
            ),
        ] {
            assert_eq!(guess(statement), kind, "{statement}");
        }
        assert_eq!(PolicyKind::ALL.map(|kind| PolicyKind::parse(kind.name())), PolicyKind::ALL.map(Some));
    }
}
