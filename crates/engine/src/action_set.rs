//! The actions that a statement speaks of.

use clavicle_policy::ActionElement;

use crate::Action;
use crate::beginning::Beginning;
use crate::listed::ListedSet;
use crate::pattern::{Pattern, Reading};
use crate::scope::Scope;

/// The `Action` or `NotAction` element of a statement, compiled.
#[derive(Debug, Clone)]
pub(crate) struct ActionSet {
    negated: bool,
    /// Those of AWS's lists.
    listed: ListedSet,
    scope: Scope,
    patterns: Box<[ActionPattern]>,
    /// What each of the patterns could speak of: looked at before the pattern, which lies elsewhere.
    scopes: Box<[Scope]>,
}

/// One entry: a bare `*`, or prefix and name, each with wildcards.
#[derive(Debug, Clone)]
pub(crate) enum ActionPattern {
    Any,
    /// `s3:GetObject`, by far the most.
    Literal(Beginning),
    /// `s3:Get*` and `s3:*`, most of the others.
    Beginning(Beginning),
    Named {
        service: Pattern,
        name: Pattern,
    },
    /// Without a colon: no action is called so.
    Never,
}

impl ActionSet {
    pub(crate) fn new(element: &ActionElement) -> Self {
        Self::of(element.patterns.iter().map(|pattern| pattern.value.as_str()), element.negated)
    }

    #[cfg(test)]
    pub(crate) fn of_patterns(patterns: &[&str]) -> Self {
        Self::of(patterns.iter().copied(), false)
    }

    fn of<'p>(patterns: impl Iterator<Item = &'p str>, negated: bool) -> Self {
        let (patterns, scopes): (Vec<ActionPattern>, Vec<Scope>) = patterns.map(ActionPattern::new).unzip();
        let named = scopes.iter().copied().fold(Scope::NONE, Scope::or);
        let scope = if negated { Scope::ALL } else { named };
        let catalog = clavicle_catalog::catalog();
        let listed = ListedSet::of(catalog, &patterns);
        Self { negated, listed, scope, patterns: patterns.into(), scopes: scopes.into() }
    }

    /// The actions that it could speak of.
    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    /// Does it speak of every action?
    pub(crate) fn is_everything(&self) -> bool {
        !self.negated && self.patterns.iter().any(|pattern| matches!(pattern, ActionPattern::Any))
    }

    /// Does the element speak of the action?
    #[inline]
    pub(crate) fn holds(&self, action: &Action) -> bool {
        let is_named = match action.listed() {
            listed if listed.is_known() => self.listed.holds(listed),
            _ => self.names(action),
        };
        is_named != self.negated
    }

    /// Does an entry cover an action that AWS's lists do not have?
    #[cold]
    fn names(&self, action: &Action) -> bool {
        let scope = action.scope();
        let mut patterns = self.scopes.iter().zip(&self.patterns);
        patterns.any(|(may, pattern)| may.may_hold(scope) && pattern.matches(action))
    }

    /// The first entry that speaks of the action; none if the element is negated.
    pub(crate) fn first_match(&self, action: &Action) -> Option<usize> {
        let entry = || self.patterns.iter().position(|pattern| pattern.matches(action));
        (!self.negated).then(entry).flatten()
    }
}

impl ActionPattern {
    /// The entry, and the actions that it could speak of.
    pub(crate) fn new(text: &str) -> (Self, Scope) {
        let lower = text.to_lowercase();
        if !lower.is_empty() && lower.bytes().all(|byte| byte == b'*') {
            return (Self::Any, Scope::ALL);
        }
        let Some((service, name)) = lower.split_once(':') else { return (Self::Never, Scope::NONE) };
        let scope = Scope::of_pattern(service, name);
        let wild = |text: &str| text.contains(['*', '?']);
        // The colon is the first of both: what begins with a literal one has it in the same place.
        let pattern = match lower.strip_suffix('*') {
            None if !wild(&lower) => Some(Self::Literal(Beginning::new(&lower))),
            Some(head) if !wild(head) => Some(Self::Beginning(Beginning::new(head))),
            _ => None,
        };
        let reading = Reading { wildcards: true, variables: false, fold: false };
        let named =
            || Self::Named { service: Pattern::new(service, reading), name: Pattern::new(name, reading) };
        (pattern.unwrap_or_else(named), scope)
    }

    #[inline]
    pub(crate) fn matches(&self, action: &Action) -> bool {
        match self {
            Self::Any => true,
            Self::Never => false,
            Self::Literal(literal) => literal.is(action.lower()),
            Self::Beginning(beginning) => beginning.begins(action.lower()),
            Self::Named { service, name } => {
                service.may_match(action.service()) && name.may_match(action.name())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, action: &str) -> bool {
        ActionPattern::new(pattern).0.matches(&Action::new(action))
    }

    #[test]
    fn names_ignore_case_and_take_wildcards() {
        for (pattern, action, expected) in [
            ("*", "s3:GetObject", true),
            ("**", "s3:GetObject", true),
            ("*:*", "s3:GetObject", true),
            ("S3:get*", "s3:GetObject", true),
            ("s3:GetObject", "s3:getobject", true),
            ("s3:Get?bject", "s3:GetObject", true),
            ("s3:Get", "s3:GetObject", false),
            ("s3*:GetObject", "s3-object-lambda:GetObject", true),
            ("s3", "s3:GetObject", false),
            ("s3:*", "s3-outposts:GetObject", false),
            ("s*t", "s3:GetObject", false),
            ("s3:*", "s3:", true),
            ("s3:Get**", "s3:GetObject", true),
            ("s3:Get**", "s3:ListBucket", false),
            ("s3:", "s3:", true),
            ("a:b:c*", "a:b:cd", true),
            ("a:b:c", "a:b:c", true),
            (":*", ":GetObject", true),
            ("s3:*", "s3", false),
        ] {
            assert_eq!(matches(pattern, action), expected, "{pattern} on {action}");
        }
    }
}
