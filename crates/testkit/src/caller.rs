//! Who is calling (rules 5.3 to 5.5, 6.5, 6.6, 10.3, 11.4, 11.5).

use crate::arn;
use crate::request::Request;
use serde_json::Value;

/// The kinds of callers, told apart by how the principal is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// An unsigned request.
    Anonymous,
    /// An AWS service on its own behalf.
    Service(String),
    /// Someone an identity provider vouches for, before they have an AWS identity (rule 10.3).
    Federated(String),
    /// The root user of an account.
    Root { arn: String },
    /// A user.
    User { arn: String },
    /// A session of unknown name of a role (rule 6.5).
    Role { arn: String },
    /// A named session of a role, with the role's ARN where it is known.
    RoleSession { arn: String, role: Option<String> },
    /// A session from `sts:GetFederationToken`.
    FederatedUser { arn: String, user: Option<String> },
    /// Somebody of no account whom a policy can name only to the letter, if at all.
    Stranger(String),
}

/// Who makes this request?
pub(crate) fn caller(request: &Request) -> Caller {
    let principal = request.principal.clone();
    let token_action = ["sts:assumerolewithsaml", "sts:assumerolewithwebidentity"]
        .contains(&request.action.to_lowercase().as_str());
    let Some([_, _, service, _, account, name]) = arn::parts(&principal) else {
        return match principal.as_str() {
            // The call is not signed; the context tells whose token it shows.
            "anonymous" => match request
                .context
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case("aws:FederatedProvider"))
            {
                Some((_, Value::String(provider))) if token_action => Caller::Federated(provider.clone()),
                _ => Caller::Anonymous,
            },
            host if is_builtin_provider(host) && request.action.to_lowercase().starts_with("sts:") => {
                Caller::Federated(principal)
            }
            host if token_action => Caller::Federated(host.to_owned()),
            service if service.ends_with(".amazonaws.com") || service.ends_with(".amazonaws.com.cn") => {
                Caller::Service(principal)
            }
            _ => Caller::Stranger(principal),
        };
    };
    let kind = name.split('/').next().unwrap_or_default();
    match (service, kind) {
        ("iam", "root") => Caller::Root { arn: principal },
        // A name of CloudFront for itself, of no account [CloudFront Developer Guide, Use an origin access identity].
        ("iam", "user") if account == "cloudfront" => Caller::Stranger(principal),
        ("iam", "user") => Caller::User { arn: principal },
        ("iam", "role") => Caller::Role { arn: principal },
        ("iam", "saml-provider" | "oidc-provider") => Caller::Federated(principal),
        ("sts", "assumed-role") => {
            let role = request.role_arn.clone().or_else(|| role_in_context(request, &principal));
            Caller::RoleSession { arn: principal, role }
        }
        ("sts", "federated-user") => {
            Caller::FederatedUser { arn: principal, user: request.federating_user.clone() }
        }
        _ => Caller::Stranger(principal),
    }
}

/// The providers that need no ARN [AWS JSON policy elements: Principal, OIDC federated principals].
fn is_builtin_provider(host: &str) -> bool {
    ["cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com", "accounts.google.com"]
        .contains(&host)
}

/// Rule 5.9: `aws:PrincipalArn` of a session is its role's ARN, with path.
fn role_in_context(request: &Request, session: &str) -> Option<String> {
    let (_, value) = request.context.iter().find(|(key, _)| key.to_lowercase() == "aws:principalarn")?;
    value.as_str().filter(|role| is_role_of_session(role, session)).map(str::to_owned)
}

/// Can this be the role of that session? Role names are unique in an account, whatever the path.
pub(crate) fn is_role_of_session(role: &str, session: &str) -> bool {
    let (Some(role), Some(session)) = (arn::parts(role), arn::parts(session)) else { return false };
    let role_name = role[5].strip_prefix("role/").and_then(|path| path.rsplit('/').next());
    let session_role = session[5].strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next());
    role_name.is_some()
        && role[2] == "iam"
        && role[1] == session[1]
        && role[4] == session[4]
        && role_name == session_role
}

impl Caller {
    /// The ARN under which the caller is known.
    pub(crate) fn arn(&self) -> Option<&str> {
        match self {
            Caller::Root { arn }
            | Caller::User { arn }
            | Caller::Role { arn }
            | Caller::RoleSession { arn, .. }
            | Caller::FederatedUser { arn, .. } => Some(arn),
            Caller::Anonymous | Caller::Service(_) | Caller::Federated(_) | Caller::Stranger(_) => None,
        }
    }

    /// The account whose identity policies, boundary and SCPs speak of the caller; none for callers without one.
    pub(crate) fn account(&self) -> Option<&str> {
        self.arn().and_then(arn::account)
    }

    pub(crate) fn partition(&self) -> Option<&str> {
        self.arn().and_then(arn::parts).map(|parts| parts[1])
    }

    /// Does this role ARN of a policy mean the caller's role (rule 5.3)? Where the role's path is not known, its
    /// account and name tell, for no two roles of an account share a name.
    pub(crate) fn has_role(&self, named: &str) -> bool {
        match self {
            Caller::Role { arn } | Caller::RoleSession { role: Some(arn), .. } => arn == named,
            Caller::RoleSession { arn, role: None } => is_role_of_session(named, arn),
            _ => false,
        }
    }

    /// Service-linked roles live under `/aws-service-role/` (rules 8.1, 8.4).
    pub(crate) fn is_service_linked(&self) -> bool {
        match self {
            Caller::Role { arn } | Caller::RoleSession { role: Some(arn), .. } => {
                arn::parts(arn).is_some_and(|parts| parts[5].starts_with("role/aws-service-role/"))
            }
            // Without the path the name tells: AWS's own begin so.
            Caller::RoleSession { arn, role: None } => {
                arn::parts(arn).is_some_and(|parts| parts[5].starts_with("assumed-role/AWSServiceRoleFor"))
            }
            _ => false,
        }
    }
}
