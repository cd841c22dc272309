//! What a policy document speaks of, kept beside its compiled form: which actions, which resources, whom.
//!
//! The engine answers one request. To find the requests worth asking about a whole account, one has to know in advance
//! which things a document could speak of; that is what a digest is for. It only ever says "perhaps": whether access is
//! there is the engine's to say.

use std::sync::Arc;

use clavicle_policy::{Case, Effect, Glob, Policy, PrincipalKind, Statement};

/// The statements of one document.
#[derive(Debug, Default)]
pub(crate) struct Digest {
    pub(crate) statements: Box<[StatementDigest]>,
}

/// One statement.
#[derive(Debug)]
pub(crate) struct StatementDigest {
    /// Could it allow something? (Statements that could not be read whole count.)
    pub(crate) may_allow: bool,
    pub(crate) actions: Arc<ActionPatterns>,
    pub(crate) resources: ResourcePatterns,
    /// Whom it names; `None`: it has no principal element.
    pub(crate) principals: Option<Principals>,
}

/// The `Action` or `NotAction` element.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ActionPatterns {
    pub(crate) negated: bool,
    pub(crate) patterns: Box<[Glob]>,
}

/// The `Resource` or `NotResource` element.
#[derive(Debug)]
pub(crate) enum ResourcePatterns {
    /// It cannot be told in advance: `NotResource`, no element, or an unreadable one.
    Any,
    /// These.
    Listed(Box<[Box<str>]>),
}

/// The `Principal` or `NotPrincipal` element.
#[derive(Debug)]
pub(crate) enum Principals {
    /// Everyone but some: it cannot be told in advance.
    AllBut,
    /// These.
    Listed(Box<[(PrincipalKind, Box<str>)]>),
}

impl Digest {
    pub(crate) fn of(policy: &Policy) -> Self {
        Self { statements: policy.statements.iter().map(StatementDigest::of).collect() }
    }

    /// The statements that could allow.
    pub(crate) fn allows(&self) -> impl Iterator<Item = &StatementDigest> {
        self.statements.iter().filter(|statement| statement.may_allow)
    }

    /// Could it allow this action (in lower case) on something?
    pub(crate) fn may_allow_action(&self, lower: &str) -> bool {
        self.allows().any(|statement| statement.actions.may_hold(lower))
    }
}

impl StatementDigest {
    fn of(statement: &Statement) -> Self {
        let effect = statement.effect.as_ref().map(|effect| effect.value);
        let actions = match &statement.action {
            Some(element) if !statement.faulty => ActionPatterns {
                negated: element.negated,
                patterns: element.patterns.iter().map(|text| Glob::new(&text.value, Case::Ignored)).collect(),
            },
            _ => ActionPatterns::all(),
        };
        let resources = match &statement.resource {
            Some(element) if !element.negated && !statement.faulty => ResourcePatterns::Listed(
                element.patterns.iter().map(|text| text.value.as_str().into()).collect(),
            ),
            _ => ResourcePatterns::Any,
        };
        let principals = statement.principal.as_ref().map(|element| {
            if element.negated {
                return Principals::AllBut;
            }
            let bare = element.bare.iter().map(|text| (PrincipalKind::Aws, text.value.as_str().into()));
            let listed = element.entries.iter().map(|entry| (entry.kind, entry.value.value.as_str().into()));
            Principals::Listed(bare.chain(listed).collect())
        });
        Self { may_allow: effect != Some(Effect::Deny), actions: Arc::new(actions), resources, principals }
    }
}

impl ActionPatterns {
    fn all() -> Self {
        Self { negated: false, patterns: Box::new([Glob::new("*", Case::Ignored)]) }
    }

    /// Does it speak of the action, given in lower case?
    pub(crate) fn may_hold(&self, lower: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(lower)) != self.negated
    }
}

/// What a resource pattern begins with, up to its first wildcard or variable.
pub(crate) fn literal_prefix(pattern: &str) -> &str {
    let wild = pattern.find(['*', '?']).unwrap_or(pattern.len());
    let variable = pattern.find("${").unwrap_or(pattern.len());
    pattern.get(..wild.min(variable)).unwrap_or(pattern)
}
