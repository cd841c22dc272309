//! One change of a plan, and what the holder has before and after all of them.

use clavicle_snapshot::PrincipalKind;

/// Of whom the policies are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bearer {
    /// A user, group or role with its name.
    Iam(Kind, String),
    /// A permission set: the ARNs of its instance and of itself.
    Set { instance: String, set: String },
}

/// A user, group or role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Group,
    Role,
}

impl Kind {
    pub(super) fn of(kind: PrincipalKind) -> Self {
        match kind {
            PrincipalKind::User => Self::User,
            PrincipalKind::Group => Self::Group,
            PrincipalKind::Role => Self::Role,
        }
    }

    /// As the AWS CLI and Terraform write it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
        }
    }

    /// As CloudFormation writes it.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::Role => "Role",
        }
    }
}

/// One change. What gives comes before what takes wherever they are made, so that nothing is missing in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// An inline policy of a user, group or role gets a new text, or goes.
    Inline { name: String, old: Text, new: Option<Text> },
    /// A managed policy gets a new version.
    Version { arn: String, version: String, old: Text, new: Text },
    /// A managed policy is detached.
    Detach { arn: String },
    /// A new managed policy is attached.
    Own { name: String, arn: String, new: Text },
    /// The one inline policy of a permission set.
    SetInline { old: Option<Text>, new: Option<Text> },
}

/// A text of a policy and the file of the plan that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) file: String,
    pub(super) text: String,
}

/// What the holder has before the plan.
#[derive(Debug, Clone, Default)]
pub(super) struct Before {
    /// Its inline policies by name.
    pub(super) inline: Vec<String>,
    /// The ARNs of the managed policies that are attached.
    pub(super) attached: Vec<String>,
    /// Of a role: who may become it, where that was seen.
    pub(super) trust: Option<String>,
    /// Its path.
    pub(super) path: String,
}

impl Before {
    /// The names of the inline policies that stay.
    pub(super) fn inline_after(&self, changes: &[Change]) -> Vec<&str> {
        let goes = |name: &str| {
            changes
                .iter()
                .any(|change| matches!(change, Change::Inline { name: own, new: None, .. } if own == name))
        };
        self.inline.iter().map(String::as_str).filter(|name| !goes(name)).collect()
    }

    /// The managed policies that stay attached. New ones are not among them.
    pub(super) fn attached_after(&self, changes: &[Change]) -> Vec<&str> {
        let goes = |arn: &str| {
            changes.iter().any(|change| matches!(change, Change::Detach { arn: own } if own == arn))
        };
        self.attached.iter().map(String::as_str).filter(|arn| !goes(arn)).collect()
    }
}
