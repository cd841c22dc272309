//! Ways that are written of elsewhere and that are no method here, and why.

/// A way that no step is claimed by: its id, and why.
pub const NOT_CLAIMED: &[(&str, &str)] = &[
    (
        "x-iam-slr",
        "A service-linked role trusts its service only and has a policy that AWS fixes: nobody else acts as it.",
    ),
    (
        "x-iam-oidc",
        "Tokens come from the issuer's host; another audience or thumbprint makes nobody its owner.",
    ),
    ("x-sso-creds", "It takes a token that somebody was robbed of, and no permission of IAM."),
    (
        "x-cognito-idp",
        "Which groups of a user pool have a role, and what applications make of claims, is in no source.",
    ),
    ("x-ecr", "Which workload runs which image is in no source."),
    ("x-s3-code", "Which workload takes its code from which object is in no source."),
    (
        "x-rds",
        "A database uses its role for imports and exports of its own, and not for whatever its user says.",
    ),
    ("x-redshift", "A cluster uses its roles to load and unload data, and not for whatever its user says."),
    (
        "x-ssm-read",
        "Values of parameters are read directly, and that is told as access; a session is resumed by its owner.",
    ),
    ("x-lightsail", "Its instances and databases have no role of the account."),
    (
        "x-misc",
        "Brokers, directories, channels and certificates have logins of their own, and give no rights of IAM.",
    ),
];

#[cfg(test)]
mod tests {
    use super::NOT_CLAIMED;

    #[test]
    fn what_is_not_claimed_is_no_method() {
        for (id, why) in NOT_CLAIMED {
            assert!(crate::steps::method(id).is_none(), "{id} is a method");
            assert!(!why.is_empty(), "{id}");
        }
    }
}
