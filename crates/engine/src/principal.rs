//! Who asks.

use std::fmt;
use std::sync::Arc;

use crate::AccountId;
use crate::key::Key;
use crate::partition::Partition;
use crate::request::Seen;
use crate::{Context, Fact, Resource, derive, resource};

/// The caller of a request.
///
/// Worlds hold tens of thousands: what its text tells is read out of it when asked for, and what it shares with others
/// is kept once.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The ARN, or the name of a service, provider or canonical user.
    text: Box<str>,
    /// The ARN, path included, of the role behind a session, or of the user who asked for a federation token; where
    /// known.
    behind: Option<Box<str>>,
    account: Option<AccountId>,
    /// Where the first five colons of an ARN stand.
    colons: Option<[u32; 5]>,
    kind: Kind,
    partition: Partition,
    service_linked: bool,
    /// It has credentials of some account, or may have.
    signed: bool,
    stated: Context,
    /// Stated of several callers together.
    shared: Option<Arc<Context>>,
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
    /// An account by its Amazon S3 canonical user id, or an origin access identity of CloudFront.
    CanonicalUser,
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
        let id = AccountId::parse(account);
        if part(0) != "arn" || partition.is_empty() || (id.is_none() && account != CLOUDFRONT) {
            return None;
        }
        let (sort, rest) = name.split_once('/').unwrap_or((name, ""));
        let kind = match (service, sort) {
            ("iam", "user") if account == CLOUDFRONT && !rest.is_empty() => Kind::CanonicalUser,
            _ if id.is_none() => return None,
            ("iam", "root") if name == "root" => Kind::Root,
            ("iam", "user") if !rest.is_empty() => Kind::User,
            ("iam", "role") if !rest.is_empty() => Kind::Role,
            ("iam", "oidc-provider" | "saml-provider") if !rest.is_empty() => Kind::Federated,
            ("sts", "assumed-role") if rest.contains('/') => Kind::Session,
            ("sts", "federated-user") if !rest.is_empty() => Kind::FederatedUser,
            _ => return None,
        };
        let service_linked = match kind {
            Kind::Role => is_under_service_linked_path(text),
            Kind::Session => rest.starts_with(SERVICE_LINKED_NAME),
            _ => false,
        };
        let partition = Partition::of(partition);
        Some(Self {
            account: id,
            colons: Some(colons),
            partition,
            service_linked,
            ..Self::outside(kind, text)
        })
    }

    /// The session `arn` of the role whose ARN, path included, is `role_arn`.
    pub fn session(arn: &str, role_arn: &str) -> Result<Self, NotAPrincipal> {
        let mut principal = Self::from_arn(arn)?;
        let named = Self::from_arn(role_arn)?;
        let belongs = (principal.kind, named.kind) == (Kind::Session, Kind::Role)
            && principal.account == named.account
            && principal.partition() == named.partition()
            && principal.role_name() == named.role_name();
        if !belongs {
            return Err(NotAPrincipal { text: role_arn.to_owned() });
        }
        principal.service_linked = named.service_linked;
        principal.behind = Some(named.text);
        Ok(principal)
    }

    /// The federated-user session `arn` that the user `user_arn`, or the root user, of its account asked for.
    pub fn federated_user(arn: &str, user_arn: &str) -> Result<Self, NotAPrincipal> {
        let mut principal = Self::from_arn(arn)?;
        let user = Self::from_arn(user_arn)?;
        let belongs = principal.kind == Kind::FederatedUser
            && matches!(user.kind, Kind::User | Kind::Root)
            && principal.account == user.account
            && principal.partition() == user.partition();
        if !belongs {
            return Err(NotAPrincipal { text: user_arn.to_owned() });
        }
        principal.behind = Some(user_arn.into());
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

    /// Whoever there is, with the credentials of some account of their own or without: nothing is known of them that a
    /// condition could ask for. What a policy lets such a caller do, it lets everybody do.
    pub fn everyone() -> Self {
        Self { signed: true, ..Self::anonymous() }
    }

    /// The account with the Amazon S3 canonical user id `id`.
    pub fn canonical_user(id: &str) -> Self {
        Self::outside(Kind::CanonicalUser, id)
    }

    fn outside(kind: Kind, text: &str) -> Self {
        Self {
            text: text.into(),
            behind: None,
            account: None,
            colons: None,
            kind,
            partition: Partition::Other,
            service_linked: false,
            signed: kind != Kind::Anonymous,
            stated: Context::exact(),
            shared: None,
        }
    }

    /// Does it send requests without any credentials?
    #[inline]
    pub(crate) fn is_unsigned(&self) -> bool {
        !self.signed
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

    /// The partition of its ARN, if it has one: `aws`.
    #[inline]
    pub fn partition(&self) -> Option<&str> {
        match self.partition {
            Partition::Aws => Some("aws"),
            Partition::AwsCn => Some("aws-cn"),
            Partition::AwsUsGov => Some("aws-us-gov"),
            Partition::Other => self.part(1),
        }
    }

    /// Is it in another partition than the resource? A pattern may stand for any.
    #[inline]
    pub(crate) fn is_in_another_partition(&self, resource: &Resource) -> bool {
        self.has_account()
            && match self.partition.is(resource.partition_told()) {
                Some(same) => !same,
                None => match (self.partition(), resource.partition()) {
                    (Some(own), Some(other)) => own != other && !other.contains(['*', '?']),
                    _ => false,
                },
            }
    }

    /// One of the six parts of its ARN, if it has one.
    fn part(&self, index: usize) -> Option<&str> {
        resource::part(&self.text, self.colons.as_ref()?, index)
    }

    /// The digits of its account.
    pub(crate) fn account_text(&self) -> Option<&str> {
        self.account().and(self.part(4))
    }

    /// The user who asked for the federation token.
    pub(crate) fn federator(&self) -> Option<&str> {
        if self.kind == Kind::FederatedUser { self.behind.as_deref() } else { None }
    }

    /// The ARN of the role behind it, path included, where known.
    pub fn role_arn(&self) -> Option<&str> {
        match self.kind {
            Kind::Role => Some(&self.text),
            Kind::Session => self.behind.as_deref(),
            _ => None,
        }
    }

    /// The name, without path, of the role that it is or is a session of.
    fn role_name(&self) -> Option<&str> {
        match self.kind {
            Kind::Role => Some(last_segment(&self.text)),
            Kind::Session => self.part(5)?.split('/').nth(1),
            _ => None,
        }
    }

    /// Is this a role or session of the role `arn`, called `name`, of `account`?
    ///
    /// Role names are unique in an account whatever their path, so where the path of a session's role is not known
    /// account and name decide.
    pub(crate) fn is_of_role(&self, arn: &str, account: Option<AccountId>, name: &str) -> bool {
        match self.role_arn() {
            Some(own) => own == arn,
            None => self.account.is_some() && self.account == account && self.role_name() == Some(name),
        }
    }

    /// Is it a service-linked role? Those live under a path of their own, where customers cannot make roles.
    #[inline]
    pub fn is_service_linked(&self) -> bool {
        self.service_linked
    }

    /// What is known of a principal key of the condition context: what was stated of it, else what follows from who
    /// asks. `None`: nothing is.
    pub fn fact(&self, key: &str) -> Option<Fact> {
        self.find(&Key::new(key)).map(Fact::from)
    }

    #[inline]
    pub(crate) fn find(&self, key: &Key) -> Option<Seen<'_>> {
        let stated = self.stated.find(key).or_else(|| self.shared.as_ref()?.find(key));
        stated.map(Seen::from).or_else(|| derive::principal_fact(self, key))
    }

    /// Is every key that begins like this one, and of which nothing is known, absent?
    pub(crate) fn closes(&self, key: &Key) -> bool {
        self.stated.closes(key) || self.shared.as_ref().is_some_and(|shared| shared.closes(key))
    }

    /// States what else is known of the caller: a tag (`aws:PrincipalTag/team`), its unique id.
    pub fn state(&mut self, key: &str, fact: Fact) {
        self.stated.set(key, fact);
    }

    /// States what is known of several callers together, such as the organization of an account; what was or will be
    /// stated of this one alone wins. Replaces what was shared before.
    pub fn share(&mut self, facts: Arc<Context>) {
        self.shared = Some(facts);
    }

    /// States that all tags of the caller have been given.
    pub fn all_tags_given(&mut self) {
        self.stated.close("aws:principaltag/");
    }
}

/// Stands for an account in a name of CloudFront for itself. AWS: CloudFront Developer Guide, "Use an origin access identity".
const CLOUDFRONT: &str = "cloudfront";

/// How AWS names the roles that it makes for its services. A session shows the name of its role, and not the path.
const SERVICE_LINKED_NAME: &str = "AWSServiceRoleFor";

/// AWS: IAM User Guide, "Create a service-linked role": the path `/aws-service-role/`.
fn is_under_service_linked_path(arn: &str) -> bool {
    arn.contains(":role/aws-service-role/")
}

/// The last segment of `path/to/name`.
pub(crate) fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_aws_host(text: &str) -> bool {
    [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal"]
        .iter()
        .any(|ending| text.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS: IAM User Guide, "IAM identifiers", IAM ARNs: partitions are apart; there are more than the three that are told at once.
    #[test]
    fn callers_are_in_another_partition_where_the_texts_say_so() {
        for (caller, thing, apart) in [
            ("aws", "aws", false),
            ("aws-cn", "aws", true),
            ("aws", "aws-us-gov", true),
            ("aws-iso", "aws-iso", false),
            ("aws-iso", "aws-iso-b", true),
            ("aws-iso", "aws", true),
            ("aws", "aws-*", false),
        ] {
            let caller = format!("arn:{caller}:iam::111122223333:user/dana");
            let caller = Principal::from_arn(&caller).expect("a caller");
            let thing = Resource::new(&format!("arn:{thing}:sqs:r:111122223333:jobs"), None);
            assert_eq!(caller.is_in_another_partition(&thing), apart, "{} {}", caller.text(), thing.text());
        }
    }

    #[test]
    fn what_is_stated_of_one_caller_wins_over_what_several_share_and_that_over_what_follows() {
        let mut dana = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
        let fact = |principal: &Principal, key: &str| match principal.fact(key) {
            Some(Fact::One(text)) => text,
            other => format!("{other:?}"),
        };
        let mut shared =
            Context::open().with_value("aws:PrincipalOrgID", "o-1").with_value("aws:username", "d");
        shared.close("aws:principaltag/");
        dana.share(Arc::new(shared));
        assert_eq!(
            (fact(&dana, "aws:principalorgid"), fact(&dana, "aws:username")),
            ("o-1".into(), "d".into())
        );
        assert!(dana.closes(&Key::new("aws:PrincipalTag/team")) && !dana.closes(&Key::new("app:v")));
        dana.state("aws:PrincipalOrgID", Fact::One("o-2".into()));
        assert_eq!(fact(&dana, "aws:PrincipalOrgID"), "o-2");
        dana.share(Arc::new(Context::open()));
        assert_eq!(fact(&dana, "aws:username"), "dana");
        assert!(!dana.closes(&Key::new("aws:PrincipalTag/team")));
    }

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
        // AWS: Route 53 API Reference, CreateKeySigningKey: "the Amazon Route 53 service in the principal" of a key's policy.
        assert_eq!(kind("api-service.dnssec.route53.aws.internal"), Some(Kind::Service));
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
            "arn:aws:iam::111122223333:root/",
            "arn:aws:iam::1:user/u",
            "arn:aws:iam::aws:user/u",
            "arn:aws:iam::cloudfront:role/r",
            "arn:aws:iam::1111-2222-3333:role/r",
            "arn:aws:sts::11112222333:assumed-role/r/s",
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

    /// Worlds hold tens of thousands; `benches/RESULTS.md` tells what they take.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn a_caller_is_small() {
        assert_eq!(size_of::<Principal>(), 152);
    }

    #[test]
    fn what_is_stated_of_a_caller_is_kept() {
        let mut dana = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
        dana.state("aws:PrincipalTag/team", Fact::One("red".to_owned()));
        assert_eq!(dana.fact("aws:principaltag/TEAM"), Some(Fact::One("red".to_owned())));
    }

    #[test]
    fn a_federated_user_was_asked_for_by_a_user_of_the_account() {
        let session = "arn:aws:sts::111122223333:federated-user/f";
        for user in ["arn:aws:iam::111122223333:user/dana", "arn:aws:iam::111122223333:root"] {
            let federated = Principal::federated_user(session, user).expect("a session");
            assert_eq!(federated.federator(), Some(user));
        }
        for user in [
            "dana",
            session,
            "arn:aws:iam::444455556666:user/dana",
            "arn:aws-cn:iam::111122223333:user/dana",
            "arn:aws:iam::111122223333:role/ci",
        ] {
            assert!(Principal::federated_user(session, user).is_err(), "{user}");
        }
        let user = "arn:aws:iam::111122223333:user/dana";
        assert!(Principal::federated_user(user, user).is_err(), "no session");
    }

    #[test]
    fn a_session_of_another_role_is_refused() {
        let session = "arn:aws:sts::111122223333:assumed-role/r/s";
        for role in ["arn:aws:iam::111122223333:role/other", "arn:aws:iam::444455556666:role/r", session] {
            assert!(Principal::session(session, role).is_err(), "{role}");
        }
    }
}
