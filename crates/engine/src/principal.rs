//! Who asks.

use std::fmt;

use crate::AccountId;

use crate::{Context, Fact, derive, resource};

/// The caller of a request.
#[derive(Debug, Clone)]
pub struct Principal {
    kind: Kind,
    /// The ARN, or the name of a service, provider or canonical user.
    text: Box<str>,
    account: Option<AccountId>,
    partition: Option<Box<str>>,
    role: Option<Role>,
    /// The user who asked for a federation token.
    federator: Option<Box<str>>,
    facts: Context,
}

/// What sort of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An IAM user.
    User,
    /// A role: stands for a session of unknown name, so ARNs of single sessions in policies do not match it.
    Role,
    /// A session of a role, by its own name.
    Session,
    /// A session of `sts:GetFederationToken`.
    FederatedUser,
    /// The root user of an account.
    Root,
    /// An AWS service acting for itself.
    Service,
    /// Someone whom an identity provider vouches for, before there is a role session.
    Federated,
    /// Nobody in particular: the request is not signed.
    Anonymous,
    /// An account by its Amazon S3 canonical user id.
    CanonicalUser,
}

/// The role behind a role or session caller.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    /// The ARN with path; `None` when only the session's ARN is known, which has no path.
    arn: Option<Box<str>>,
    name: Box<str>,
}

/// A text that names no caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAPrincipal {
    text: String,
}

impl fmt::Display for NotAPrincipal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "`{}` names no caller; give the ARN of a user, role, root user, assumed role or federated user, \
             a service such as `sns.amazonaws.com`, or `anonymous`",
            self.text
        )
    }
}

impl std::error::Error for NotAPrincipal {}

impl Principal {
    /// The caller that `text` names: an ARN, a service principal, or `anonymous`.
    pub fn from_arn(text: &str) -> Result<Self, NotAPrincipal> {
        if text == "anonymous" || text == "*" {
            return Ok(Self::anonymous());
        }
        Self::from_full_arn(text)
            .or_else(|| {
                let service = !text.contains([':', '/', ' ']) && is_aws_host(text);
                service.then(|| Self::service(text))
            })
            .ok_or_else(|| NotAPrincipal { text: text.to_owned() })
    }

    fn from_full_arn(text: &str) -> Option<Self> {
        let colons = resource::cut(text)?;
        let part = |index| resource::part(text, &colons, index).unwrap_or("");
        let (partition, service, account, name) = (part(1), part(2), part(4), part(5));
        if part(0) != "arn" || partition.is_empty() || account.is_empty() {
            return None;
        }
        let (sort, rest) = name.split_once('/').unwrap_or((name, ""));
        let mut role = None;
        let kind = match (service, sort) {
            ("iam", "root") if rest.is_empty() => Kind::Root,
            ("iam", "user") if !rest.is_empty() => Kind::User,
            ("iam", "role") if !rest.is_empty() => {
                role = Some(Role { arn: Some(text.into()), name: last_segment(rest).into() });
                Kind::Role
            }
            ("iam", "oidc-provider" | "saml-provider") if !rest.is_empty() => Kind::Federated,
            ("sts", "assumed-role") => {
                let (name, _session) = rest.split_once('/')?;
                role = Some(Role { arn: None, name: name.into() });
                Kind::Session
            }
            ("sts", "federated-user") if !rest.is_empty() => Kind::FederatedUser,
            _ => return None,
        };
        let mut principal = Self {
            kind,
            text: text.into(),
            account: AccountId::parse(account),
            partition: Some(partition.into()),
            role,
            federator: None,
            facts: Context::exact(),
        };
        principal.facts = derive::principal_facts(&principal);
        Some(principal)
    }

    /// The session `arn` of the role whose ARN, path included, is `role_arn`.
    pub fn session(arn: &str, role_arn: &str) -> Result<Self, NotAPrincipal> {
        let mut principal = Self::from_arn(arn)?;
        let named = Self::from_arn(role_arn)?;
        let one_account = principal.kind == Kind::Session
            && principal.account == named.account
            && principal.partition == named.partition;
        match (&mut principal.role, &named.role) {
            (Some(role), Some(Role { arn: Some(full), name })) if one_account && role.name == *name => {
                role.arn = Some(full.clone());
            }
            _ => return Err(NotAPrincipal { text: role_arn.to_owned() }),
        }
        principal.facts = derive::principal_facts(&principal);
        Ok(principal)
    }

    /// The federated-user session `arn` that the user `user_arn` asked for.
    pub fn federated_user(arn: &str, user_arn: &str) -> Result<Self, NotAPrincipal> {
        let mut principal = Self::from_arn(arn)?;
        principal.federator = Some(user_arn.into());
        Ok(principal)
    }

    /// The AWS service `name`, acting for itself.
    pub fn service(name: &str) -> Self {
        Self::outside(Kind::Service, name)
    }

    /// Someone whom `provider` vouches for: the ARN of a SAML or OIDC provider, or a built-in host name.
    pub fn federated(provider: &str) -> Self {
        Self::outside(Kind::Federated, provider)
    }

    /// Whoever sends an unsigned request.
    pub fn anonymous() -> Self {
        Self::outside(Kind::Anonymous, "anonymous")
    }

    /// The account with the Amazon S3 canonical user id `id`.
    pub fn canonical_user(id: &str) -> Self {
        Self::outside(Kind::CanonicalUser, id)
    }

    fn outside(kind: Kind, text: &str) -> Self {
        let mut principal = Self {
            kind,
            text: text.into(),
            account: None,
            partition: None,
            role: None,
            federator: None,
            facts: Context::exact(),
        };
        principal.facts = derive::principal_facts(&principal);
        principal
    }

    /// What sort of caller is it?
    #[inline]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its ARN, or the name of the service, provider or canonical user.
    #[inline]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The account it belongs to; none for services, providers and anonymous callers.
    #[inline]
    pub fn account(&self) -> Option<AccountId> {
        if self.has_account() { self.account } else { None }
    }

    /// Does it act with AWS credentials of an account, and so under identity policies and SCPs?
    #[inline]
    pub(crate) fn has_account(&self) -> bool {
        matches!(self.kind, Kind::User | Kind::Role | Kind::Session | Kind::FederatedUser | Kind::Root)
    }

    #[inline]
    pub(crate) fn partition(&self) -> Option<&str> {
        self.partition.as_deref()
    }

    pub(crate) fn federator(&self) -> Option<&str> {
        self.federator.as_deref()
    }

    /// The ARN of the role behind it, path included, where known.
    pub fn role_arn(&self) -> Option<&str> {
        self.role.as_ref()?.arn.as_deref()
    }

    /// Is this a role or session of the role `arn`, called `name`, of `account`?
    ///
    /// Role names are unique in an account whatever their path, so where the path of a session's role is not known
    /// account and name decide.
    pub(crate) fn is_of_role(&self, arn: &str, account: Option<AccountId>, name: &str) -> bool {
        match &self.role {
            None => false,
            Some(Role { arn: Some(own), .. }) => **own == *arn,
            Some(Role { arn: None, name: own }) => {
                **own == *name && self.account.is_some() && self.account == account
            }
        }
    }

    /// Is it a service-linked role? Those live under a path of their own, where customers cannot make roles.
    pub fn is_service_linked(&self) -> bool {
        self.role_arn().is_some_and(|arn| arn.contains(":role/aws-service-role/"))
    }

    /// What follows from knowing who asks: the principal keys of the condition context.
    pub fn facts(&self) -> &Context {
        &self.facts
    }

    /// States what else is known of the caller: a tag (`aws:PrincipalTag/team`), its organization, its unique id.
    pub fn state(&mut self, key: &str, fact: Fact) {
        self.facts.set(key, fact);
    }

    /// States that all tags of the caller have been given.
    pub fn all_tags_given(&mut self) {
        self.facts.close("aws:principaltag/");
    }
}

/// The last segment of `path/to/name`.
pub(crate) fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_aws_host(text: &str) -> bool {
    text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") || text.ends_with(".amazon.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<Kind> {
        Principal::from_arn(text).ok().map(|principal| principal.kind())
    }

    #[test]
    fn every_form_is_told_apart() {
        assert_eq!(kind("arn:aws:iam::111122223333:user/a/b"), Some(Kind::User));
        assert_eq!(kind("arn:aws:iam::111122223333:role/a/b"), Some(Kind::Role));
        assert_eq!(kind("arn:aws:sts::111122223333:assumed-role/b/s"), Some(Kind::Session));
        assert_eq!(kind("arn:aws:sts::111122223333:federated-user/f"), Some(Kind::FederatedUser));
        assert_eq!(kind("arn:aws:iam::111122223333:root"), Some(Kind::Root));
        assert_eq!(kind("arn:aws:iam::111122223333:saml-provider/p"), Some(Kind::Federated));
        for service in ["sns.amazonaws.com", "s3.amazonaws.com.cn", "lambda.alexa.amazon.com"] {
            assert_eq!(kind(service), Some(Kind::Service), "{service}");
        }
        assert_eq!(kind("anonymous"), Some(Kind::Anonymous));
    }

    #[test]
    fn other_text_is_refused_with_a_hint() {
        for text in [
            "",
            "bob",
            "arn:aws:s3:::b",
            "arn:aws:iam::111122223333:group/g",
            "arn:aws:sts::1:assumed-role/r",
            "arn:aws:iam::111122223333:root/x",
            "arn:aws:iam::111122223333:user",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam::111122223333:oidc-provider/",
            "arn:aws:sts::111122223333:federated-user/",
            "arn::iam::111122223333:user/u",
            "arn:aws:iam:::user/u",
            "urn:aws:iam::111122223333:user/u",
            "sns.example.com",
        ] {
            assert!(kind(text).is_none(), "{text}");
        }
        let error = Principal::from_arn("bob").expect_err("not a caller").to_string();
        assert!(error.starts_with("`bob` names no caller;"), "{error}");
    }

    #[test]
    fn a_session_belongs_to_its_role_whatever_the_path() {
        let account = AccountId::parse("111122223333");
        let session = Principal::from_arn("arn:aws:sts::111122223333:assumed-role/r/s").expect("a session");
        assert!(session.is_of_role("arn:aws:iam::111122223333:role/p/r", account, "r"));
        assert!(!session.is_of_role("arn:aws:iam::111122223333:role/p/R", account, "R"));
        let full =
            Principal::session(session.text(), "arn:aws:iam::111122223333:role/p/r").expect("a session");
        assert!(full.is_of_role("arn:aws:iam::111122223333:role/p/r", account, "r"));
        assert!(!full.is_of_role("arn:aws:iam::111122223333:role/q/r", account, "r"));
    }

    #[test]
    fn what_is_stated_of_a_caller_is_kept() {
        let mut dana = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
        dana.state("aws:PrincipalTag/team", Fact::One("red".to_owned()));
        assert_eq!(dana.facts().stated("aws:principaltag/TEAM"), Some(&Fact::One("red".to_owned())));
    }

    #[test]
    fn a_session_of_another_role_is_refused() {
        let session = "arn:aws:sts::111122223333:assumed-role/r/s";
        for role in ["arn:aws:iam::111122223333:role/other", "arn:aws:iam::444455556666:role/r", session] {
            assert!(Principal::session(session, role).is_err(), "{role}");
        }
    }
}
