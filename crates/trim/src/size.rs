//! How large may a policy be?
//!
//! AWS: IAM User Guide, "IAM and AWS STS quotas": 6,144 characters in a managed policy; in all inline policies together
//! 2,048 of a user, 5,120 of a group, 10,240 of a role; "IAM doesn't count white space". Ten managed policies can be
//! attached to a user, group or role.

use clavicle_policy::Policy;

/// Where a policy is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// Managed policies, as many as it takes.
    #[default]
    Managed,
    /// The inline policies of a user, which share one quota.
    User,
    /// The inline policies of a group.
    Group,
    /// The inline policies of a role.
    Role,
    /// The inline policy of a permission set, of which there is one. AWS: IAM Identity Center API Reference,
    /// `PutInlinePolicyToPermissionSet`, length constraints.
    PermissionSet,
}

impl Place {
    /// How many characters AWS takes in one policy there.
    pub fn most(self) -> usize {
        match self {
            Self::Managed => 6_144,
            Self::User => 2_048,
            Self::Group => 5_120,
            Self::Role => 10_240,
            Self::PermissionSet => 32_768,
        }
    }

    /// How many policies there may be: further inline policies share the quota, so there is no use in them.
    pub fn policies(self) -> usize {
        match self {
            Self::Managed => 10,
            Self::User | Self::Group | Self::Role | Self::PermissionSet => 1,
        }
    }
}

/// Characters of a policy as AWS counts them; `None` for a policy that has no text.
pub fn characters(policy: &Policy) -> Option<usize> {
    // White space in quotes counts or not, the page does not say: it is counted.
    let text = policy.print()?;
    let (mut count, mut quoted, mut escaped) = (0, false, false);
    for letter in text.chars() {
        count += usize::from(quoted || !letter.is_whitespace());
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    Some(count)
}
