//! A condition key's name, ready to be compared: lower case, with its hash, and with what it is about.

use std::collections::HashMap;
use std::num::NonZeroU8;
use std::sync::LazyLock;

use clavicle_catalog::catalog;

use crate::owner_told::OWNER_KEYS;

/// The name of a condition key. AWS compares names, the tag key after the slash included, without regard to case.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    hash: u64,
    name: Box<str>,
    about: About,
    /// Its number among AWS's global keys, if it is one, so that two of these need not be compared letter by letter.
    global: Option<NonZeroU8>,
}

/// Of what does a key tell, as far as it may follow from who asks and on what? Told once, when the key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// `aws:PrincipalTag/…`
    PrincipalTag,
    PrincipalAccount,
    PrincipalArn,
    PrincipalType,
    UserName,
    UserId,
    PrincipalIsService,
    PrincipalService,
    PrincipalServices,
    FederatedProvider,
    /// `aws:PrincipalOrgID`, `aws:PrincipalOrgPaths`
    PrincipalOrganization,
    TokenIssueTime,
    /// `aws:MultiFactorAuthPresent`, `aws:MultiFactorAuthAge`
    Mfa,
    SourceIdentity,
    AssumedRoot,
    /// `aws:SourceArn` and its kin: for whom a service calls.
    ServiceCall,
    /// To what the credentials of a role were handed out: `ec2:RoleDelivery`, `lambda:SourceFunctionArn`.
    RoleCredentials,
    /// Whose the thing is: [`OWNER_KEYS`](crate::OWNER_KEYS).
    Owner,
    /// Nothing that follows from either.
    Other,
}

impl Key {
    pub(crate) fn new(name: &str) -> Self {
        let name = if name.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
            name.to_lowercase().into_boxed_str()
        } else {
            name.into()
        };
        Self { hash: hash(name.as_bytes()), about: About::of(&name), global: global(&name), name }
    }

    #[inline]
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    #[inline]
    pub(crate) fn about(&self) -> About {
        self.about
    }
}

impl PartialEq for Key {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self.global, other.global) {
            (None, None) => self.hash == other.hash && self.name == other.name,
            (own, other) => own == other,
        }
    }
}

impl Eq for Key {}

impl About {
    /// Of a name in lower case.
    fn of(name: &str) -> Self {
        let Some(name) = name.strip_prefix("aws:") else {
            return match name {
                "codebuild:buildarn"
                | "codebuild:projectarn"
                | "ec2:roledelivery"
                | "ec2:sourceinstancearn"
                | "glue:credentialissuingservice"
                | "glue:roleassumedby"
                | "lambda:sourcefunctionarn"
                | "ssm:sourceinstancearn" => Self::RoleCredentials,
                _ => Self::Other,
            };
        };
        match name {
            "chatbotsourcearn" | "ec2instancesourceprivateipv4" | "ec2instancesourcevpc" => {
                Self::RoleCredentials
            }
            "principalaccount" => Self::PrincipalAccount,
            "principalarn" => Self::PrincipalArn,
            "principaltype" => Self::PrincipalType,
            "username" => Self::UserName,
            "userid" => Self::UserId,
            "principalisawsservice" => Self::PrincipalIsService,
            "principalservicename" => Self::PrincipalService,
            "principalservicenameslist" => Self::PrincipalServices,
            "federatedprovider" => Self::FederatedProvider,
            "principalorgid" | "principalorgpaths" => Self::PrincipalOrganization,
            "tokenissuetime" => Self::TokenIssueTime,
            "multifactorauthpresent" | "multifactorauthage" => Self::Mfa,
            "sourceidentity" => Self::SourceIdentity,
            "assumedroot" => Self::AssumedRoot,
            "sourcearn" | "sourceaccount" | "sourceorgid" | "sourceorgpaths" => Self::ServiceCall,
            _ if OWNER_KEYS.iter().any(|key| key.strip_prefix("aws:") == Some(name)) => Self::Owner,
            _ if name.starts_with("principaltag/") => Self::PrincipalTag,
            _ => Self::Other,
        }
    }
}

/// The number of a global key, by its name in lower case. Past the last that fits keys have none.
fn global(name: &str) -> Option<NonZeroU8> {
    static NUMBERS: LazyLock<HashMap<String, NonZeroU8>> = LazyLock::new(|| {
        let names = catalog().global_keys().map(|key| key.name.to_lowercase());
        names.zip((1..=u8::MAX).filter_map(NonZeroU8::new)).collect()
    });
    NUMBERS.get(name).copied()
}

/// FNV-1a. The same in every process, so that the order of keys is too; names are short and few, and equality is
/// always settled by the text.
fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::{About, Key};
    use crate::OWNER_KEYS;

    #[test]
    fn what_tells_of_the_owner_is_told() {
        assert!(OWNER_KEYS.iter().all(|key| Key::new(key).about() == About::Owner));
        assert_eq!(Key::new("aws:ResourceTag/team").about(), About::Other);
    }

    #[test]
    fn keys_are_equal_by_their_whole_names() {
        let names = [
            "aws:SourceIp",
            "aws:SourceIP",
            "aws:RequestedRegion",
            "aws:requestedregion2",
            "s3:prefix",
            "s3:prefi",
        ];
        for one in names {
            for other in names {
                assert_eq!(
                    Key::new(one) == Key::new(other),
                    one.eq_ignore_ascii_case(other),
                    "{one} {other}"
                );
            }
        }
    }

    #[test]
    fn names_ignore_case_and_what_stands_before_the_colon_counts() {
        assert_eq!(Key::new("AWS:PrincipalTag/Team"), Key::new("aws:principaltag/team"));
        assert_eq!(Key::new("AWS:PrincipalTag/Team").about(), About::PrincipalTag);
        assert_eq!(Key::new("saml:PrincipalArn").about(), About::Other);
    }
}
