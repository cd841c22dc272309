//! Context keys that follow from who asks and on what.
//!
//! Facts that the question states win over these, see [`Request`](crate::Request).
//! AWS: IAM User Guide, "AWS global condition context keys", the properties of the principal.

use crate::key::Key;
use crate::principal::{Kind, last_segment};
use crate::request::Seen;
use crate::{Context, Fact, Principal, Resource};

/// Could a caller tell this key at all? What is stated of callers are keys of these names, too.
#[inline]
pub(crate) fn may_be_told_by_caller(key: &Key) -> bool {
    key.name().strip_prefix("aws:").is_some_and(may_be_told)
}

/// `FederatedProvider`, `Principal…`, `user…`.
#[inline]
fn may_be_told(name: &str) -> bool {
    name.starts_with(['f', 'p', 'u'])
}

/// What follows about a key from who asks: it has a value, or the request cannot carry it. `None`: nothing does, and the
/// key stays open.
pub(crate) fn principal_fact<'p>(principal: &'p Principal, key: &Key) -> Option<Seen<'p>> {
    // Most keys that are asked for are others: those of the network, of the resource, of the request.
    let name = key.name().strip_prefix("aws:").filter(|name| may_be_told(name))?;
    let kind = principal.kind();
    let absent_for = |kinds: &[Kind]| kinds.contains(&kind).then_some(Seen::Absent);
    let tag = name.strip_prefix("principaltag/");
    if tag.is_some() {
        return absent_for(&[Kind::Anonymous, Kind::Federated, Kind::Service]);
    }
    match (name, kind) {
        ("principalaccount", Kind::Anonymous) => Some(Seen::One("anonymous")),
        ("principalaccount", _) => principal.account_text().map(Seen::One),
        ("principalarn", Kind::User | Kind::FederatedUser | Kind::Root) => Some(Seen::One(principal.text())),
        // The key holds the role's ARN with its path, which a session's own ARN does not tell.
        ("principalarn", Kind::Role | Kind::Session) => principal.role_arn().map(Seen::One),
        ("principalarn", _) => absent_for(&[Kind::Anonymous, Kind::Federated, Kind::Service]),
        ("principaltype", _) => principal_type(kind).map(Seen::One),
        ("username", Kind::User) => Some(Seen::One(last_segment(principal.text()))),
        ("username", _) => Some(Seen::Absent),
        ("userid", Kind::Root) => principal.account_text().map(Seen::One),
        ("userid", Kind::Anonymous) => Some(Seen::One("anonymous")),
        ("principalisawsservice", Kind::Service) => Some(Seen::One("true")),
        ("principalisawsservice", Kind::Anonymous) => Some(Seen::Absent),
        ("principalisawsservice", Kind::Federated) => None,
        ("principalisawsservice", _) => Some(Seen::One("false")),
        ("principalservicename", Kind::Service) => Some(Seen::One(principal.text())),
        ("principalservicenameslist", Kind::Service) => None,
        ("principalservicename" | "principalservicenameslist", _) => Some(Seen::Absent),
        ("federatedprovider", Kind::Federated) => Some(Seen::One(principal.text())),
        ("federatedprovider", _) => absent_for(&[Kind::User, Kind::Root]),
        ("principalorgid" | "principalorgpaths", _) => absent_for(&[Kind::Anonymous]),
        _ => None,
    }
}

fn principal_type(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::User => Some("User"),
        Kind::Role | Kind::Session => Some("AssumedRole"),
        Kind::FederatedUser => Some("FederatedUser"),
        Kind::Root => Some("Account"),
        Kind::Anonymous => Some("Anonymous"),
        Kind::Service | Kind::Federated | Kind::CanonicalUser => None,
    }
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
        Principal::from_arn(principal).expect("a caller").fact(key)
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

    /// AWS: IAM User Guide, "AWS global condition context keys", the table of "Principal key values" for `aws:PrincipalType`
    /// and `aws:userid`, and of each key the callers whose requests carry it. Where nothing follows the key stays open.
    #[test]
    fn of_every_kind_of_caller_it_is_told_what_follows() {
        const USER: &str = "arn:aws:iam::111122223333:user/dana";
        const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/ci/s";
        const FEDERATED_USER: &str = "arn:aws:sts::111122223333:federated-user/f";
        const ROOT: &str = "arn:aws:iam::111122223333:root";
        const SERVICE: &str = "lambda.amazonaws.com";
        for (principal, key, expected) in [
            (USER, "PrincipalArn", Some(USER)),
            (FEDERATED_USER, "PrincipalArn", Some(FEDERATED_USER)),
            (ROOT, "PrincipalArn", Some(ROOT)),
            (SERVICE, "PrincipalArn", Some("-")),
            (USER, "PrincipalType", Some("User")),
            (SESSION, "PrincipalType", Some("AssumedRole")),
            (FEDERATED_USER, "PrincipalType", Some("FederatedUser")),
            (ROOT, "PrincipalType", Some("Account")),
            ("anonymous", "PrincipalType", Some("Anonymous")),
            (SERVICE, "PrincipalType", None),
            (ROOT, "userid", Some("111122223333")),
            ("anonymous", "userid", Some("anonymous")),
            (USER, "userid", None),
            (FEDERATED_USER, "username", Some("-")),
            (SERVICE, "PrincipalIsAWSService", Some("true")),
            ("anonymous", "PrincipalIsAWSService", Some("-")),
            (SESSION, "PrincipalIsAWSService", Some("false")),
            (SERVICE, "PrincipalServiceName", Some(SERVICE)),
            (SERVICE, "PrincipalServiceNamesList", None),
            (USER, "PrincipalServiceName", Some("-")),
            (USER, "PrincipalServiceNamesList", Some("-")),
            (USER, "FederatedProvider", Some("-")),
            (ROOT, "FederatedProvider", Some("-")),
            (SESSION, "FederatedProvider", None),
            ("anonymous", "PrincipalOrgID", Some("-")),
            ("anonymous", "PrincipalOrgPaths", Some("-")),
            (USER, "PrincipalOrgID", None),
            (USER, "PrincipalAccount", Some("111122223333")),
            (SERVICE, "PrincipalTag/team", Some("-")),
            ("anonymous", "PrincipalTag/team", Some("-")),
            (USER, "PrincipalTag/team", None),
            (USER, "SourceIp", None),
        ] {
            let expected = expected.map(|text| match text {
                "-" => Fact::Absent,
                text => Fact::One(text.to_owned()),
            });
            let caller = if principal == SERVICE {
                Principal::service(SERVICE)
            } else {
                Principal::from_arn(principal).expect("a caller")
            };
            assert_eq!(caller.fact(&format!("aws:{key}")), expected, "{principal} {key}");
        }
        let provider = Principal::federated("accounts.google.com");
        assert_eq!(provider.fact("aws:FederatedProvider"), Some(Fact::One("accounts.google.com".to_owned())));
        assert_eq!(provider.fact("aws:PrincipalIsAWSService"), None);
        assert_eq!(provider.fact("aws:PrincipalArn"), Some(Fact::Absent));
    }
}
