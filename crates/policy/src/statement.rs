//! A policy and its statements, as written: nothing is resolved, expanded or normalized.

use crate::{Operator, Span, Spanned};

/// One policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The `Version` element. Absent means [`Version::V2008`].
    pub version: Option<Spanned<Version>>,
    /// The `Id` element.
    pub id: Option<Spanned<String>>,
    /// The statements in the order of the text.
    pub statements: Vec<Statement>,
    /// Whether `Statement` was written as one object or as a list.
    pub form: StatementForm,
}

impl Policy {
    /// The version that governs this policy. AWS: "If you do not include a Version element, the value defaults to
    /// 2008-10-17" (IAM JSON policy elements: Version).
    pub fn effective_version(&self) -> Version {
        self.version.as_ref().map_or(Version::V2008, |version| version.value)
    }

    /// Is `${…}` a policy variable here, or plain text? Only version 2012-10-17 knows variables.
    pub fn has_variables(&self) -> bool {
        self.effective_version() == Version::V2012
    }
}

/// The two versions of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// `2008-10-17`: policy variables are plain text.
    V2008,
    /// `2012-10-17`.
    V2012,
}

impl Version {
    /// The date that stands for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
        }
    }
}

/// How the `Statement` element was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatementForm {
    /// `"Statement": {…}`
    One,
    /// `"Statement": [{…}, …]`
    List,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The whole object, braces included.
    pub span: StatementSpan,
    /// The `Sid` element.
    pub sid: Option<Spanned<String>>,
    /// The `Effect` element; `None` when missing or unreadable (then [`Statement::faulty`] is set).
    pub effect: Option<Spanned<Effect>>,
    /// `Principal` or `NotPrincipal`.
    pub principal: Option<PrincipalElement>,
    /// `Action` or `NotAction`.
    pub action: Option<ActionElement>,
    /// `Resource` or `NotResource`.
    pub resource: Option<ResourceElement>,
    /// The `Condition` element.
    pub condition: Option<Condition>,
    /// Some element of this statement could not be read, so whether it matches a request is *unknown*, not no.
    pub faulty: bool,
    /// Of what actions it speaks is certain, also where it is faulty: what could not be read is part of the value of another
    /// element than the action or the effect.
    pub action_is_certain: bool,
    /// It has neither `Action` nor `NotAction`, and is as it should be otherwise.
    pub lacks_action: bool,
}

/// The place of a statement; equal to every other place, so that equal text means equal statements.
#[derive(Debug, Clone, Copy, Default)]
pub struct StatementSpan(pub Span);

impl PartialEq for StatementSpan {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for StatementSpan {}

/// Whether a statement grants or refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// `"Effect": "Allow"`
    Allow,
    /// `"Effect": "Deny"`
    Deny,
}

impl Effect {
    /// AWS's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// The `Principal` or `NotPrincipal` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalElement {
    /// `true` for `NotPrincipal`.
    pub negated: bool,
    /// The element's key, for diagnostics.
    pub key: Spanned<()>,
    /// `"Principal": "*"` (or, off the grammar, another bare string) when set.
    pub bare: Option<Spanned<String>>,
    /// The entries of the map form, in order: `{"AWS": ["a", "b"], "Service": "c"}` has three.
    pub entries: Vec<PrincipalEntry>,
}

/// One principal of a `Principal` map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalEntry {
    /// The map key it stands under.
    pub kind: PrincipalKind,
    /// The principal, as written.
    pub value: Spanned<String>,
    /// Written in a list (`true`) or as one string.
    pub list: bool,
}

/// The keys of a `Principal` map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PrincipalKind {
    /// Accounts, users, roles, sessions, and `*`.
    Aws,
    /// Service principals such as `lambda.amazonaws.com`.
    Service,
    /// Identity providers: SAML or OIDC provider ARNs and the built-in web identity hosts.
    Federated,
    /// Amazon S3 canonical user ids.
    CanonicalUser,
}

impl PrincipalKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Aws, Self::Service, Self::Federated, Self::CanonicalUser];

    /// The map key that stands for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Service => "Service",
            Self::Federated => "Federated",
            Self::CanonicalUser => "CanonicalUser",
        }
    }
}

/// The `Action` or `NotAction` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionElement {
    /// `true` for `NotAction`.
    pub negated: bool,
    /// The element's key, for diagnostics.
    pub key: Spanned<()>,
    /// The patterns in order: `s3:Get*`, `*`, …
    pub patterns: Vec<Spanned<String>>,
    /// Written as a list (`true`) or as one string.
    pub list: bool,
}

/// The `Resource` or `NotResource` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceElement {
    /// `true` for `NotResource`.
    pub negated: bool,
    /// The element's key, for diagnostics.
    pub key: Spanned<()>,
    /// The patterns in order: ARNs with wildcards and variables, or `*`.
    pub patterns: Vec<Spanned<String>>,
    /// Written as a list (`true`) or as one string.
    pub list: bool,
}

/// The `Condition` element: all clauses must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The element's key, for diagnostics.
    pub key: Spanned<()>,
    /// One clause per (operator, key) pair, in the order of the text. The same pair may occur twice when keys differ
    /// only in case; each is its own clause and all must hold.
    pub clauses: Vec<Clause>,
}

/// `{"StringEquals": {"aws:PrincipalTag/team": ["red", "blue"]}}` is one clause with two values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The operator as written, and what it means when AWS has it.
    pub operator: Spanned<Operator>,
    /// The condition key as written (case does not count when comparing).
    pub key: Spanned<String>,
    /// The listed values.
    pub values: Vec<Spanned<Scalar>>,
    /// Written as a list (`true`) or as one value.
    pub list: bool,
}

/// One value of a condition clause. JSON booleans and numbers may stand unquoted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// A quoted string, unescaped.
    String(String),
    /// An unquoted number, as written.
    Number(String),
    /// An unquoted boolean.
    Bool(bool),
}

impl Scalar {
    /// The text that operators compare.
    pub fn text(&self) -> &str {
        match self {
            Self::String(text) | Self::Number(text) => text,
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
        }
    }
}
