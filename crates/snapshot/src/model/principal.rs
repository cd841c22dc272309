use std::sync::Arc;

use super::{AccountId, DocumentId, PolicyState};

super::index! {
    /// Which user, group or role?
    PrincipalIndex
}

super::index! {
    /// Which managed policy?
    PolicyIndex
}

/// User, group or role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// An IAM user.
    User,
    /// An IAM group: no principal in policies, but a bearer of policies for its users.
    Group,
    /// An IAM role.
    Role,
}

/// Key and value of one tag. Hostile text: anyone who may tag chose it.
pub type Tag = (Arc<str>, Arc<str>);

/// What is known of one user, group or role?
#[derive(Clone, Debug)]
pub struct PrincipalRecord {
    /// User, group or role.
    pub kind: PrincipalKind,
    /// Its ARN, with the path.
    pub arn: Arc<str>,
    /// The account that it lives in.
    pub account: AccountId,
    /// Its name, without the path.
    pub name: Arc<str>,
    /// Its path: `/` or `/…/`.
    pub path: Arc<str>,
    /// Its unique id (`AIDA…`, `AGPA…`, `AROA…`), when seen.
    pub id: Option<Arc<str>>,
    /// False: another fact names it (a membership), but its own policies were not seen.
    pub seen: bool,
    /// Its tags; `None`: not seen.
    pub tags: Option<Vec<Tag>>,
    /// When it was made.
    pub created: Option<Arc<str>>,
    /// When a role was last used, or a user's password or key; `None`: not seen.
    pub last_used: Option<LastUsed>,
    /// The managed policy that is its permissions boundary. `None`: the source says there is none.
    pub boundary: Option<PolicyIndex>,
    /// The managed policies attached to it, in the source's order.
    pub attached: Vec<PolicyIndex>,
    /// Its own inline policies, in the source's order.
    pub inline: Vec<InlinePolicy>,
    /// Of a role: who may assume it. [`PolicyState::None`] for users and groups.
    pub trust: PolicyState,
    /// Of a user: the groups that it is in.
    pub groups: Vec<PrincipalIndex>,
    /// Of a role: the ARNs of instance profiles that hold it.
    pub instance_profiles: Vec<Arc<str>>,
    /// Of a user: password, second factor and keys; `None`: not seen.
    pub credentials: Option<Credentials>,
}

/// A policy that is part of one user, group or role.
#[derive(Clone, Debug)]
pub struct InlinePolicy {
    /// Its name within its bearer.
    pub name: Arc<str>,
    /// Its text. Never [`PolicyState::None`].
    pub document: PolicyState,
}

/// When and where something was last used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUsed {
    /// RFC 3339; `None`: the source knows no use within its tracking period.
    pub at: Option<Arc<str>>,
    /// The region of that use.
    pub region: Option<Arc<str>>,
}

/// Password, second factor and access keys, from a credential report. Facts about keys, never a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// Is there a console password? `None`: the report does not say (it does not for root users).
    pub password: Option<bool>,
    /// When the password was last used.
    pub password_last_used: Option<Arc<str>>,
    /// Is a second factor set up?
    pub mfa: Option<bool>,
    /// The access keys that exist, at most two.
    pub keys: Vec<AccessKey>,
}

/// One access key: its state, not its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    /// Can it sign requests?
    pub active: bool,
    /// When it was made or last replaced.
    pub rotated: Option<Arc<str>>,
    /// When it was last used.
    pub last_used: Option<Arc<str>>,
}

/// A managed policy, of AWS or of an account. There is one for everything attached, also when its text was not seen.
#[derive(Clone, Debug)]
pub struct ManagedPolicy {
    /// Its ARN.
    pub arn: Arc<str>,
    /// Its name, without the path.
    pub name: Arc<str>,
    /// The account that owns it; `None`: AWS does.
    pub account: Option<AccountId>,
    /// The text in force. Never [`PolicyState::None`]. When an AWS policy is `NotSeen`, AWS's published text is the
    /// next best source.
    pub document: PolicyState,
    /// The id of the version in force (`v3`), when seen.
    pub default_version: Option<Arc<str>>,
    /// All versions that were seen, the one in force included.
    pub versions: Vec<PolicyVersion>,
    /// When the policy was made.
    pub created: Option<Arc<str>>,
    /// When it was last changed.
    pub updated: Option<Arc<str>>,
}

/// One version of a managed policy.
#[derive(Clone, Debug)]
pub struct PolicyVersion {
    /// `v1`, `v2` …
    pub id: Arc<str>,
    /// Its text.
    pub document: DocumentId,
    /// When it was made.
    pub created: Option<Arc<str>>,
}

/// An instance profile and the role in it.
#[derive(Clone, Debug)]
pub struct InstanceProfile {
    /// Its ARN.
    pub arn: Arc<str>,
    /// The account that owns it.
    pub account: AccountId,
    /// The ARN of the role in it; `None`: it is empty.
    pub role: Option<Arc<str>>,
}

/// Which kind of identity provider?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProviderKind {
    /// OpenID Connect.
    Oidc,
    /// SAML 2.0.
    Saml,
}

/// An identity provider that an account knows.
#[derive(Clone, Debug)]
pub struct IdentityProvider {
    /// Its ARN, as trust policies name it.
    pub arn: Arc<str>,
    /// OpenID Connect or SAML.
    pub kind: ProviderKind,
    /// The account that it is set up in.
    pub account: AccountId,
    /// Of OpenID Connect: the issuer without `https://`.
    pub url: Option<Arc<str>>,
    /// Of OpenID Connect: the audiences it accepts; empty when not seen.
    pub client_ids: Vec<Arc<str>>,
}
