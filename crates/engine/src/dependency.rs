//! What an answer can depend on.

use std::fmt;

use crate::applicable::Layer;
use crate::say::StatementRef;

/// Something that has not been told or shown, and that decides.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dependency {
    /// A condition key, in lower case.
    Key(String),
    /// A layer that nobody has shown.
    NotSeen(Layer),
    /// A statement that could not be read whole.
    Unreadable(StatementRef),
    /// Which account owns the resource.
    ResourceOwner,
    /// The grants of a KMS key.
    KmsGrants,
    /// The access control lists of a bucket and its objects.
    Acl,
    /// The policy of the registry that a repository is in.
    RegistryPolicy,
    /// Who reaches the mount targets of a file system that has no policy.
    Mounting,
    /// What those may do whom the thing is shared with.
    Share,
    /// With whom the thing is shared: its list was not read.
    ShareList,
    /// Whether root access is centralized, and the caller's account manages it.
    RootAccess,
    /// Whether the bucket behind an access point lets the caller in too.
    BucketBehind,
}

impl fmt::Display for Dependency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => formatter.write_str(key),
            Self::NotSeen(layer) => write!(formatter, "{} (not seen)", layer.name()),
            Self::Unreadable(_) => formatter.write_str("a statement that cannot be read"),
            Self::ResourceOwner => formatter.write_str("the account that owns the resource"),
            Self::KmsGrants => formatter.write_str("grants of the key"),
            Self::Acl => formatter.write_str("access control lists"),
            Self::RegistryPolicy => formatter.write_str("the policy of the registry"),
            Self::Mounting => formatter.write_str("who reaches its mount targets"),
            Self::Share => formatter.write_str("sharing"),
            Self::ShareList => formatter.write_str("a list of shares (not seen)"),
            Self::RootAccess => formatter.write_str("centralized root access"),
            Self::BucketBehind => formatter.write_str("the bucket behind the access point"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_what_nobody_has_told() {
        assert_eq!(Dependency::Key("aws:sourceip".to_owned()).to_string(), "aws:sourceip");
        assert_eq!(Dependency::NotSeen(Layer::Scp).to_string(), "service control policy (not seen)");
        assert_eq!(Dependency::NotSeen(Layer::Trust).to_string(), "trust policy (not seen)");
        assert_eq!(Dependency::KmsGrants.to_string(), "grants of the key");
        assert_eq!(Dependency::Acl.to_string(), "access control lists");
        assert_eq!(Dependency::RegistryPolicy.to_string(), "the policy of the registry");
        assert_eq!(Dependency::Mounting.to_string(), "who reaches its mount targets");
        assert_eq!(Dependency::Share.to_string(), "sharing");
        assert_eq!(Dependency::ShareList.to_string(), "a list of shares (not seen)");
        assert_eq!(Dependency::RootAccess.to_string(), "centralized root access");
        assert_eq!(Dependency::BucketBehind.to_string(), "the bucket behind the access point");
    }
}
