//! Context keys that follow from who asks and on what.
//!
//! Facts that the question states win over these, see [`Request`](crate::Request).
//! AWS: IAM User Guide, "AWS global condition context keys", the properties of the principal.

use crate::key::{About, Key};
use crate::principal::{Kind, last_segment};
use crate::request::Seen;
use crate::{Context, Fact, Principal, Resource};

/// Could a caller tell this key at all? What is stated of callers are keys of these names, too: `FederatedProvider`,
/// `Principal…`, `user…`, and what else tells of credentials or of whom is called for.
#[inline]
pub(crate) fn may_be_told_by_caller(key: &Key) -> bool {
    match key.about() {
        About::Owner => false,
        About::Other => key.name().strip_prefix("aws:").is_some_and(|name| name.starts_with(['f', 'p', 'u'])),
        _ => true,
    }
}

/// The one service that calls with tags of a principal. AWS: IAM Roles Anywhere User Guide, "Attribute mapping and trust policy": a
/// trust policy asks for `aws:PrincipalTag/x509Issuer/CN` and the like when the service assumes the role.
const ROLES_ANYWHERE: &str = "rolesanywhere.amazonaws.com";

/// What follows about a key from who asks: it has a value, is there, or cannot be. `None`: nothing does, and the key stays
/// open.
pub(crate) fn principal_fact<'p>(principal: &'p Principal, key: &Key) -> Option<Seen<'p>> {
    let kind = principal.kind();
    let absent_for = |kinds: &[Kind]| kinds.contains(&kind).then_some(Seen::Absent);
    match (key.about(), kind) {
        // Most keys that are asked for: those of the network, of the resource, of the request.
        (About::Other | About::Owner, _) => None,
        // What a certificate says, and which of it is mapped, stands in no policy.
        (About::PrincipalTag, Kind::Service) if principal.text() == ROLES_ANYWHERE => None,
        // AWS: a user's tags, or those of a role or its session.
        (About::PrincipalTag, _) => {
            absent_for(&[Kind::Anonymous, Kind::Federated, Kind::Service, Kind::Root])
        }
        (About::TokenIssueTime | About::Mfa | About::SourceIdentity | About::AssumedRoot, _) => {
            of_credentials_fact(key.about(), principal)
        }
        // AWS: "only available when a request is made by a principal with role session or federated user principal credentials",
        // and of each of them that those are of a role that is used by an instance, a function, a build, a job or a chat.
        (About::RoleCredentials, Kind::Role | Kind::Session | Kind::CanonicalUser) => None,
        (About::RoleCredentials, Kind::Anonymous) => principal.is_unsigned().then_some(Seen::Absent),
        (About::RoleCredentials, _) => Some(Seen::Absent),
        // AWS: "only when the call to your resource is being made directly by an AWS service principal".
        (About::ServiceCall, _) => {
            absent_for(&[Kind::User, Kind::Role, Kind::Session, Kind::FederatedUser, Kind::Root])
        }
        (About::PrincipalAccount, Kind::Anonymous) => Some(Seen::One("anonymous")),
        (About::PrincipalAccount, _) => Some(principal.account_text().map_or(Seen::Present, Seen::One)),
        (About::PrincipalArn, Kind::User | Kind::FederatedUser | Kind::Root) => {
            Some(Seen::One(principal.text()))
        }
        // The key holds the role's ARN with its path, which a session's own ARN does not tell.
        (About::PrincipalArn, Kind::Role | Kind::Session) => {
            Some(principal.role_arn().map_or(Seen::Present, Seen::One))
        }
        (About::PrincipalArn, _) => absent_for(&[Kind::Anonymous, Kind::Federated, Kind::Service]),
        (About::PrincipalType, _) => Some(principal_type(kind).map_or(Seen::Present, Seen::One)),
        (About::UserName, Kind::User) => Some(Seen::One(last_segment(principal.text()))),
        (About::UserName, _) => Some(Seen::Absent),
        (About::UserId, Kind::Root) => Some(principal.account_text().map_or(Seen::Present, Seen::One)),
        (About::UserId, Kind::Anonymous) => Some(Seen::One("anonymous")),
        (About::UserId, _) => Some(Seen::Present),
        (About::PrincipalIsService, Kind::Service) => Some(Seen::One("true")),
        // AWS: in "all signed API requests that use AWS credentials", which who shows a token does without.
        (About::PrincipalIsService, Kind::Anonymous | Kind::Federated) => Some(Seen::Absent),
        (About::PrincipalIsService, _) => Some(Seen::One("false")),
        (About::PrincipalService, Kind::Service) => Some(Seen::One(principal.text())),
        (About::PrincipalServices, Kind::Service) => Some(Seen::Present),
        (About::PrincipalService | About::PrincipalServices, _) => Some(Seen::Absent),
        // AWS tells of it for OpenID Connect alone.
        (About::FederatedProvider, Kind::Federated) => {
            (!principal.text().contains(":saml-provider/")).then(|| Seen::One(principal.text()))
        }
        (About::FederatedProvider, _) => {
            absent_for(&[Kind::User, Kind::Root, Kind::FederatedUser, Kind::Service])
        }
        // AWS: "only if the principal is a member of an organization".
        (About::PrincipalOrganization, _) => absent_for(&[Kind::Anonymous, Kind::Federated, Kind::Service]),
    }
}

/// What follows of keys that tell how credentials came about. AWS: they are "available when a request is made by a principal
/// with role session or federated user principal credentials", or with other temporary ones.
fn of_credentials_fact(about: About, principal: &Principal) -> Option<Seen<'static>> {
    match (about, principal.kind()) {
        // Unsigned requests have no credentials.
        (_, Kind::Anonymous) => principal.is_unsigned().then_some(Seen::Absent),
        (_, Kind::Federated) => Some(Seen::Absent),
        (About::TokenIssueTime, Kind::Role | Kind::Session | Kind::FederatedUser) => Some(Seen::Present),
        (About::AssumedRoot, Kind::Root | Kind::CanonicalUser) => None,
        (About::AssumedRoot, _) => Some(Seen::Absent),
        // Set where a role is assumed.
        (About::SourceIdentity, Kind::User | Kind::Root | Kind::FederatedUser | Kind::Service) => {
            Some(Seen::Absent)
        }
        // A user may have asked for temporary credentials, and a role may have been assumed by a federated identity.
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
    fn the_arn_key_of_a_session_without_path_is_there() {
        assert_eq!(
            fact("arn:aws:sts::111122223333:assumed-role/web/s", "aws:PrincipalArn"),
            Some(Fact::Present)
        );
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
    /// and `aws:userid`, and of each key the callers whose requests carry it: `-` is in no request of such a caller, `+` in
    /// each. Where nothing follows the key stays open.
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
            (SERVICE, "PrincipalType", Some("+")),
            (SERVICE, "PrincipalAccount", Some("+")),
            (SESSION, "PrincipalArn", Some("+")),
            (ROOT, "userid", Some("111122223333")),
            ("anonymous", "userid", Some("anonymous")),
            (USER, "userid", Some("+")),
            (SERVICE, "userid", Some("+")),
            (FEDERATED_USER, "username", Some("-")),
            (SERVICE, "PrincipalIsAWSService", Some("true")),
            ("anonymous", "PrincipalIsAWSService", Some("-")),
            (SESSION, "PrincipalIsAWSService", Some("false")),
            (SERVICE, "PrincipalServiceName", Some(SERVICE)),
            (SERVICE, "PrincipalServiceNamesList", Some("+")),
            (USER, "PrincipalServiceName", Some("-")),
            (USER, "PrincipalServiceNamesList", Some("-")),
            (USER, "FederatedProvider", Some("-")),
            (ROOT, "FederatedProvider", Some("-")),
            (FEDERATED_USER, "FederatedProvider", Some("-")),
            (SERVICE, "FederatedProvider", Some("-")),
            (SESSION, "FederatedProvider", None),
            (SESSION, "TokenIssueTime", Some("+")),
            (FEDERATED_USER, "TokenIssueTime", Some("+")),
            (USER, "TokenIssueTime", None),
            ("anonymous", "TokenIssueTime", Some("-")),
            (USER, "MultiFactorAuthPresent", None),
            (SESSION, "MultiFactorAuthPresent", None),
            ("anonymous", "MultiFactorAuthPresent", Some("-")),
            ("anonymous", "MultiFactorAuthAge", Some("-")),
            (USER, "SourceIdentity", Some("-")),
            (SERVICE, "SourceIdentity", Some("-")),
            (SESSION, "SourceIdentity", None),
            (SESSION, "AssumedRoot", Some("-")),
            (ROOT, "AssumedRoot", None),
            (USER, "SourceArn", Some("-")),
            (SESSION, "SourceAccount", Some("-")),
            (ROOT, "SourceOrgID", Some("-")),
            (FEDERATED_USER, "SourceOrgPaths", Some("-")),
            (SERVICE, "SourceArn", None),
            ("anonymous", "SourceArn", None),
            ("anonymous", "PrincipalOrgID", Some("-")),
            ("anonymous", "PrincipalOrgPaths", Some("-")),
            (SERVICE, "PrincipalOrgID", Some("-")),
            (USER, "PrincipalOrgID", None),
            (USER, "PrincipalAccount", Some("111122223333")),
            (SERVICE, "PrincipalTag/team", Some("-")),
            (ROLES_ANYWHERE, "PrincipalTag/x509Subject/CN", None),
            (ROLES_ANYWHERE, "PrincipalOrgID", Some("-")),
            ("anonymous", "PrincipalTag/team", Some("-")),
            (ROOT, "PrincipalTag/team", Some("-")),
            (USER, "PrincipalTag/team", None),
            (USER, "SourceIp", None),
        ] {
            let expected = expected.map(|text| match text {
                "-" => Fact::Absent,
                "+" => Fact::Present,
                text => Fact::One(text.to_owned()),
            });
            let caller = Principal::from_arn(principal).expect("a caller");
            assert_eq!(caller.fact(&format!("aws:{key}")), expected, "{principal} {key}");
        }
        let provider = Principal::federated("accounts.google.com");
        assert_eq!(provider.fact("aws:FederatedProvider"), Some(Fact::One("accounts.google.com".to_owned())));
        assert_eq!(provider.fact("aws:PrincipalIsAWSService"), Some(Fact::Absent));
        assert_eq!(provider.fact("aws:PrincipalArn"), Some(Fact::Absent));
        assert_eq!(provider.fact("aws:TokenIssueTime"), Some(Fact::Absent));
        let saml = Principal::federated("arn:aws:iam::111122223333:saml-provider/corp");
        assert_eq!(saml.fact("aws:FederatedProvider"), None);
        assert_eq!(Principal::everyone().fact("aws:MultiFactorAuthPresent"), None);
    }

    /// AWS: IAM User Guide, "AWS global condition context keys", Properties of a role session, for example `ec2:RoleDelivery`: "if
    /// the request is not signed by Amazon EC2 role credentials, it has no effect".
    #[test]
    fn what_tells_of_the_credentials_of_a_role_is_in_no_request_of_others() {
        const ROLE: &str = "arn:aws:iam::111122223333:role/ci";
        for key in [
            "aws:ChatbotSourceArn",
            "aws:Ec2InstanceSourcePrivateIPv4",
            "aws:Ec2InstanceSourceVpc",
            "codebuild:BuildArn",
            "codebuild:ProjectArn",
            "ec2:RoleDelivery",
            "ec2:SourceInstanceARN",
            "glue:CredentialIssuingService",
            "glue:RoleAssumedBy",
            "lambda:SourceFunctionArn",
            "ssm:SourceInstanceARN",
        ] {
            assert!(may_be_told_by_caller(&Key::new(key)), "{key}");
            for caller in [
                "arn:aws:iam::111122223333:user/dana",
                "arn:aws:sts::111122223333:federated-user/f",
                "arn:aws:iam::111122223333:root",
                "lambda.amazonaws.com",
                "anonymous",
            ] {
                assert_eq!(fact(caller, key), Some(Fact::Absent), "{caller} {key}");
            }
            for caller in [ROLE, "arn:aws:sts::111122223333:assumed-role/ci/s"] {
                assert_eq!(fact(caller, key), None, "{caller} {key}");
            }
            assert_eq!(Principal::everyone().fact(key), None, "{key}");
            assert_eq!(Principal::canonical_user("79a59df9").fact(key), None, "{key}");
        }
        assert_eq!(fact("arn:aws:iam::111122223333:user/dana", "ec2:InstanceType"), None);
        assert!(!may_be_told_by_caller(&Key::new("ec2:InstanceType")));
        assert!(may_be_told_by_caller(&Key::new("aws:PrincipalOfTomorrow")), "no list has it yet");
    }
}
