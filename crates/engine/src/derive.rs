//! Context keys that follow from who asks and on what.
//!
//! Facts that the question states win over these, see [`Request`](crate::Request).
//! AWS: IAM User Guide, "AWS global condition context keys", the properties of the principal.

use crate::principal::{Kind, last_segment};
use crate::{Context, Fact, Principal, Resource};

/// The principal keys that are certain for this caller. Keys that are not listed stay open.
pub(crate) fn principal_facts(principal: &Principal) -> Context {
    let mut facts = Context::exact();
    let mut one = |key: &str, value: &str| facts.set(key, Fact::One(value.to_owned()));
    let account = principal.account().map(|account| account.to_string());
    if let Some(account) = &account {
        one("aws:PrincipalAccount", account);
    }
    match principal.kind() {
        Kind::User => {
            one("aws:PrincipalArn", principal.text());
            one("aws:PrincipalType", "User");
            one("aws:username", last_segment(principal.text()));
        }
        Kind::Role | Kind::Session => {
            one("aws:PrincipalType", "AssumedRole");
            // The key holds the role's ARN with its path, which a session's own ARN does not tell.
            if let Some(arn) = principal.role_arn() {
                one("aws:PrincipalArn", arn);
            }
        }
        Kind::FederatedUser => {
            one("aws:PrincipalArn", principal.text());
            one("aws:PrincipalType", "FederatedUser");
        }
        Kind::Root => {
            one("aws:PrincipalArn", principal.text());
            one("aws:PrincipalType", "Account");
            if let Some(account) = &account {
                one("aws:userid", account);
            }
        }
        Kind::Service => one("aws:PrincipalServiceName", principal.text()),
        Kind::Federated => one("aws:FederatedProvider", principal.text()),
        Kind::Anonymous => {
            one("aws:PrincipalAccount", "anonymous");
            one("aws:PrincipalType", "Anonymous");
            one("aws:userid", "anonymous");
        }
        Kind::CanonicalUser => {}
    }
    match principal.kind() {
        Kind::Service => one("aws:PrincipalIsAWSService", "true"),
        Kind::Anonymous | Kind::Federated => {}
        _ => one("aws:PrincipalIsAWSService", "false"),
    }
    if principal.kind() != Kind::User {
        facts.set("aws:username", Fact::Absent);
    }
    if principal.kind() != Kind::Service {
        facts.set("aws:PrincipalServiceName", Fact::Absent);
        facts.set("aws:PrincipalServiceNamesList", Fact::Absent);
    }
    if matches!(principal.kind(), Kind::Anonymous | Kind::Federated | Kind::Service) {
        facts.set("aws:PrincipalArn", Fact::Absent);
        facts.close("aws:principaltag/");
    }
    if matches!(principal.kind(), Kind::Anonymous) {
        for key in ["aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalIsAWSService"] {
            facts.set(key, Fact::Absent);
        }
    }
    if matches!(principal.kind(), Kind::User | Kind::Root) {
        facts.set("aws:FederatedProvider", Fact::Absent);
    }
    facts
}

/// The resource keys that are certain for this resource.
pub(crate) fn resource_facts(resource: &Resource) -> Context {
    let mut facts = Context::exact();
    if let (Some(owner), false) = (resource.owner(), resource.is_wildcard()) {
        facts.set("aws:ResourceAccount", Fact::One(owner.to_string()));
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(principal: &str, key: &str) -> Option<Fact> {
        Principal::from_arn(principal).expect("a caller").facts().stated(key).cloned()
    }

    #[test]
    fn the_arn_key_of_a_role_has_its_path() {
        let role = "arn:aws:iam::111122223333:role/app/web";
        assert_eq!(fact(role, "aws:PrincipalArn"), Some(Fact::One(role.to_owned())));
        assert_eq!(fact(role, "aws:username"), Some(Fact::Absent));
    }

    #[test]
    fn the_arn_key_of_a_session_without_path_stays_open() {
        assert_eq!(fact("arn:aws:sts::111122223333:assumed-role/web/s", "aws:PrincipalArn"), None);
    }

    #[test]
    fn an_anonymous_caller_has_no_arn_and_no_tags() {
        assert_eq!(fact("anonymous", "aws:PrincipalArn"), Some(Fact::Absent));
        assert_eq!(fact("anonymous", "aws:PrincipalAccount"), Some(Fact::One("anonymous".to_owned())));
    }

    #[test]
    fn a_user_is_named_by_the_last_segment() {
        let user = "arn:aws:iam::111122223333:user/team/dana";
        assert_eq!(fact(user, "aws:username"), Some(Fact::One("dana".to_owned())));
    }
}
