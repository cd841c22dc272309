//! What a policy document speaks of, kept beside its compiled form: which actions, which resources, whom.
//!
//! The engine answers one request. To find the requests worth asking about a whole account, one has to know in advance
//! which things a document could speak of; that is what a digest is for. It only ever says "perhaps": whether access is
//! there is the engine's to say.

use std::sync::Arc;

use clavicle_policy::{Case, Effect, Glob, Policy, PrincipalKind, Statement};
use foldhash::HashSet;

/// The statements of one document.
#[derive(Debug, Default)]
pub(crate) struct Digest {
    pub(crate) statements: Box<[StatementDigest]>,
    /// The tags of things that its conditions and variables read, in lower case.
    pub(crate) resource_tags: Box<[Box<str>]>,
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
    /// It could not be read whole.
    pub(crate) faulty: bool,
}

/// The `Action` or `NotAction` element.
#[derive(Debug, PartialEq, Eq, Hash)]
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
        let mut resource_tags: Vec<Box<str>> = policy.statements.iter().flat_map(resource_tags).collect();
        resource_tags.sort_unstable();
        resource_tags.dedup();
        Self {
            statements: policy.statements.iter().map(StatementDigest::of).collect(),
            resource_tags: resource_tags.into(),
        }
    }

    /// Has the actions of its statements in common with the documents before it: most lists stand in many.
    pub(crate) fn share(&mut self, known: &mut HashSet<Arc<ActionPatterns>>) {
        for statement in &mut self.statements {
            match known.get(&statement.actions) {
                Some(same) => statement.actions = same.clone(),
                None => {
                    known.insert(statement.actions.clone());
                }
            }
        }
    }

    /// The statements that could allow.
    pub(crate) fn allows(&self) -> impl Iterator<Item = &StatementDigest> {
        self.statements.iter().filter(|statement| statement.may_allow)
    }

    /// The statements that deny.
    pub(crate) fn denies(&self) -> impl Iterator<Item = &StatementDigest> {
        self.statements.iter().filter(|statement| !statement.may_allow)
    }

    /// Could it allow this action (in lower case) on something?
    pub(crate) fn may_allow_action(&self, lower: &str) -> bool {
        self.allows().any(|statement| statement.actions.may_hold(lower))
    }
}

/// The tags of things that a statement reads: `team` of `aws:ResourceTag/Team`, `s3:BucketTag/Team` and
/// `${aws:ResourceTag/Team}`.
fn resource_tags(statement: &Statement) -> Vec<Box<str>> {
    let clauses = || statement.condition.iter().flat_map(|condition| &condition.clauses);
    let keys = clauses().map(|clause| clause.key.value.as_str());
    let values = clauses().flat_map(|clause| clause.values.iter().map(|value| value.value.text()));
    let patterns = statement.resource.iter().flat_map(|element| &element.patterns);
    let texts = values.chain(patterns.map(|text| text.value.as_str()));
    let tag = |key: &str| {
        let key = key.to_lowercase();
        ["resourcetag/", "buckettag/"].iter().find_map(|name| Some(key.split_once(name)?.1.into()))
    };
    keys.chain(texts.flat_map(variables)).filter_map(tag).collect()
}

/// The keys of the variables in a text.
pub(crate) fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).map(|part| part.split(['}', ',']).next().unwrap_or_default().trim())
}

impl StatementDigest {
    fn of(statement: &Statement) -> Self {
        let effect = statement.effect.as_ref().map(|effect| effect.value);
        let actions = match &statement.action {
            Some(element) if !statement.faulty || statement.action_is_certain => ActionPatterns {
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
        Self {
            may_allow: effect != Some(Effect::Deny),
            actions: Arc::new(actions),
            resources,
            principals,
            faulty: statement.faulty,
        }
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

/// Could the pattern cover the thing, or something in it?
pub(crate) fn could_cover(pattern: &str, arn: &str) -> bool {
    let prefix = literal_prefix(pattern);
    arn.starts_with(prefix) || prefix.starts_with(arn)
}
