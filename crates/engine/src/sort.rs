//! What sort of thing is it, as far as AWS has rules of its own for it?

/// The things that AWS treats differently from all others. Told once, when the resource is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A KMS key.
    Key,
    /// An alias of a key that AWS itself keeps: `alias/aws/s3`.
    AliasOfAws,
    /// A role of the customer's.
    Role,
    /// A role that is linked to a service.
    ServiceLinkedRole,
    /// A role that only AWS changes, as IAM Identity Center's are.
    ReservedRole,
    /// A managed policy that AWS itself provides.
    PolicyOfAws,
    /// A backup vault.
    Vault,
    /// Any other.
    Other,
}

impl Sort {
    /// By the service, the account and the last part of an ARN.
    pub(crate) fn of(service: &str, account: &str, name: &str) -> Self {
        match service {
            "kms" if name.starts_with("key/") => Self::Key,
            "kms" if name.starts_with("alias/aws/") => Self::AliasOfAws,
            "iam" if name.starts_with("role/aws-service-role/") => Self::ServiceLinkedRole,
            "iam" if name.starts_with("role/aws-reserved/") => Self::ReservedRole,
            "iam" if name.starts_with("role/") => Self::Role,
            "iam" if account == "aws" && name.starts_with("policy/") => Self::PolicyOfAws,
            "backup" if name.starts_with("backup-vault:") => Self::Vault,
            _ => Self::Other,
        }
    }

    /// Is it a role, whoever may change it?
    #[inline]
    pub(crate) fn is_role(self) -> bool {
        matches!(self, Self::Role | Self::ServiceLinkedRole | Self::ReservedRole)
    }
}

#[cfg(test)]
mod tests {
    use super::Sort;

    #[test]
    fn only_what_its_own_service_calls_so_is_one() {
        for (service, account, name, expected) in [
            ("kms", "111122223333", "key/1", Sort::Key),
            ("kms", "111122223333", "alias/aws/s3", Sort::AliasOfAws),
            ("kms", "111122223333", "alias/awsome", Sort::Other),
            ("iam", "111122223333", "role/aws-service-role/x.amazonaws.com/r", Sort::ServiceLinkedRole),
            ("iam", "111122223333", "role/aws-reserved/sso.amazonaws.com/r", Sort::ReservedRole),
            ("iam", "111122223333", "role/aws-service-roles", Sort::Role),
            ("iam", "aws", "policy/ReadOnlyAccess", Sort::PolicyOfAws),
            ("iam", "111122223333", "policy/ReadOnlyAccess", Sort::Other),
            ("backup", "111122223333", "backup-vault:v", Sort::Vault),
            ("backup", "111122223333", "recovery-point:v", Sort::Other),
            ("s3", "", "key/1", Sort::Other),
            ("s3", "", "role/1", Sort::Other),
        ] {
            assert_eq!(Sort::of(service, account, name), expected, "{service} {account} {name}");
        }
        assert!(Sort::ReservedRole.is_role() && Sort::Role.is_role() && Sort::ServiceLinkedRole.is_role());
        assert!(!Sort::Key.is_role() && !Sort::PolicyOfAws.is_role());
    }
}
