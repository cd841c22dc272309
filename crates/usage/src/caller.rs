//! Whose permissions did a call use?
//!
//! See AWS: AWS CloudTrail User Guide, `CloudTrail` userIdentity element: `sessionIssuer` is the role, user or root user
//! that temporary credentials came from, with its path; `arn` names the session. Where a record lacks the former, the latter
//! still names the role, without its path: see the module `by_name`.

use std::borrow::Cow;

use crate::by_name::RoleName;
use crate::log::Identity;

/// Who called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Caller<'b> {
    /// A user, a role or the root user.
    Principal {
        arn: Cow<'b, str>,
        /// The name of the session, of those that have one.
        session: Option<Cow<'b, str>>,
    },
    /// Somebody whose policies are not those of a principal here, with the type that the log gives.
    Other(Cow<'b, str>),
}

impl<'b> Caller<'b> {
    pub(crate) fn of(identity: &Identity<'b>) -> Self {
        let other = || Self::Other(identity.kind.read().unwrap_or_default());
        let principal = |arn: Option<Cow<'b, str>>, session| match arn {
            Some(arn) if is_principal(&arn) => Self::Principal { arn, session },
            _ => other(),
        };
        match identity.kind.raw {
            b"IAMUser" | b"Root" if identity.issuer.is_empty() => principal(identity.arn.read(), None),
            b"IAMUser" | b"Root" => principal(identity.issuer.read(), None),
            b"AssumedRole" if identity.issuer.is_empty() => {
                let named = identity.arn.read().and_then(|arn| Some(RoleName::of_session(&arn)?.to_string()));
                named.map_or_else(other, |arn| Self::Principal { arn: arn.into(), session: None })
            }
            b"AssumedRole" | b"FederatedUser" => principal(identity.issuer.read(), session(identity)),
            _ => other(),
        }
    }
}

/// What a principal of policies is called: not a session, which is known by its issuer.
fn is_principal(arn: &str) -> bool {
    let mut parts = arn.splitn(6, ':');
    let (service, resource) = (parts.nth(2), parts.nth(2));
    let named = |resource: &str| {
        resource == "root"
            || ["user/", "role/"].iter().any(|kind| resource.len() > kind.len() && resource.starts_with(kind))
    };
    service == Some("iam") && resource.is_some_and(named)
}

fn session<'b>(identity: &Identity<'b>) -> Option<Cow<'b, str>> {
    let name = match identity.arn.read()? {
        Cow::Borrowed(arn) => Cow::Borrowed(arn.rsplit_once('/')?.1),
        Cow::Owned(arn) => Cow::Owned(arn.rsplit_once('/')?.1.to_owned()),
    };
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::Caller;
    use crate::log::{Event, Scanner};

    fn of(identity: &str) -> String {
        let record = format!("{{\"userIdentity\":{identity}}}");
        let event = Event::read(&mut Scanner::new(record.as_bytes())).unwrap().unwrap();
        match Caller::of(&event.caller) {
            Caller::Principal { arn, session: Some(session) } => format!("{arn} as {session}"),
            Caller::Principal { arn, session: None } => arn.into_owned(),
            Caller::Other(kind) => format!("other {kind}"),
        }
    }

    /// The examples of AWS: AWS CloudTrail User Guide, `CloudTrail` userIdentity element.
    #[test]
    fn the_principal_behind_a_session_is_told() {
        assert_eq!(
            of(
                r#"{"type":"IAMUser","principalId":"AIDAJ45Q7YFFAREXAMPLE","arn":"arn:aws:iam::123456789012:user/Alice","accountId":"123456789012","accessKeyId":"","userName":"Alice"}"#
            ),
            "arn:aws:iam::123456789012:user/Alice"
        );
        assert_eq!(
            of(
                r#"{"type":"AssumedRole","arn":"arn:aws:sts::123456789012:assumed-role/RoleToBeAssumed/MySessionName","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::123456789012:role/p/RoleToBeAssumed"}}}"#
            ),
            "arn:aws:iam::123456789012:role/p/RoleToBeAssumed as MySessionName"
        );
        assert_eq!(
            of(
                r#"{"type":"FederatedUser","arn":"arn:aws:sts::1:federated-user/Bob","sessionContext":{"sessionIssuer":{"type":"IAMUser","arn":"arn:aws:iam::1:user/Alice"}}}"#
            ),
            "arn:aws:iam::1:user/Alice as Bob"
        );
        assert_eq!(of(r#"{"type":"Root","arn":"arn:aws:iam::1:root"}"#), "arn:aws:iam::1:root");
        assert_eq!(of(r#"{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}"#), "other AWSService");
        assert_eq!(of(r#"{"type":"AWSAccount","accountId":"1","principalId":"AIDA"}"#), "other AWSAccount");
        assert_eq!(of(r#"{"type":"AssumedRole","accountId":"1"}"#), "other AssumedRole");
        assert_eq!(of("null"), "other ");
    }

    /// AWS: IAM User Guide, IAM identifiers: the ARN of a session has the role's name, and not its path.
    #[test]
    fn a_session_without_its_issuer_is_of_the_role_that_it_names() {
        let of_arn =
            |arn: &str| of(&format!(r#"{{"type":"AssumedRole","arn":"{arn}","sessionContext":{{}}}}"#));
        let session = "arn:aws-cn:sts::111122223333:assumed-role/app/i-0";
        assert_eq!(of_arn(session), "arn:aws-cn:sts::111122223333:assumed-role/app");
        for none in [
            "arn:aws:sts::111122223333:assumed-role/app",
            "arn:aws:sts::111122223333:assumed-role//s",
            "arn:aws:sts::111122223333:assumed-role/a/b/s",
            "arn:aws:sts::1:assumed-role/app/s",
            "arn:aws:sts::111122223333:federated-user/fed",
            "arn:aws:iam::111122223333:assumed-role/app/s",
        ] {
            assert_eq!(of_arn(none), "other AssumedRole", "{none}");
        }
    }
}
