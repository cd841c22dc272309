//! What the rules look at, and how they report.

use std::collections::BTreeSet;

use clavicle_catalog::{ActionId, Catalog};
use clavicle_policy::{Case, Clause, Effect, Glob, Parsed, Policy, Span, Spanned, Statement};

use crate::finding::{Edit, Finding};
use crate::kind::PolicyKind;
use crate::route::route;
use crate::rule::Rule;
use crate::rules::FAMILIES;

/// Rules that look at the same part of a policy.
pub(crate) struct Family {
    /// The rules.
    pub(crate) rules: &'static [&'static Rule],
    /// Looks, and reports what it finds.
    pub(crate) look: fn(&mut Look<'_>),
}

/// What a family looks at.
pub(crate) struct Look<'a> {
    /// The text.
    pub(crate) text: &'a str,
    /// What the parser made of it.
    pub(crate) parsed: &'a Parsed,
    /// The policy; one without statements where the text is none.
    pub(crate) policy: &'a Policy,
    /// What the policy is for.
    pub(crate) kind: PolicyKind,
    /// What AWS publishes.
    pub(crate) catalog: &'static Catalog,
    found: Vec<Finding>,
}

/// See [`crate::lint`].
pub(crate) fn look(text: &str, kind: PolicyKind) -> Vec<Finding> {
    let parsed = clavicle_policy::parse(text.as_bytes());
    let nothing = Policy {
        version: None,
        id: None,
        statements: Vec::new(),
        form: clavicle_policy::StatementForm::List,
    };
    let policy = parsed.policy.as_ref().unwrap_or(&nothing);
    let catalog = clavicle_catalog::catalog();
    let mut look = Look { text, parsed: &parsed, policy, kind, catalog, found: Vec::new() };
    for family in FAMILIES {
        (family.look)(&mut look);
    }
    let mut found = look.found;
    found.sort_by(|one, other| {
        (one.span.start, one.span.end, std::cmp::Reverse(one.severity()), one.rule.id, &one.message).cmp(&(
            other.span.start,
            other.span.end,
            std::cmp::Reverse(other.severity()),
            other.rule.id,
            &other.message,
        ))
    });
    found.dedup();
    found
}

impl<'a> Look<'a> {
    /// Reports a finding.
    pub(crate) fn report(
        &mut self,
        rule: &'static Rule,
        span: Span,
        message: String,
        help: impl Into<Option<String>>,
    ) {
        self.report_with(rule, span, message, help, Vec::new());
    }

    /// Reports a finding with a change that keeps the access.
    pub(crate) fn report_with(
        &mut self,
        rule: &'static Rule,
        span: Span,
        message: String,
        help: impl Into<Option<String>>,
        edits: Vec<Edit>,
    ) {
        let (route, statement) = route(self.policy, span);
        self.found.push(Finding { rule, span, route, statement, message, help: help.into(), edits });
    }

    /// The statements that were understood, with their places.
    pub(crate) fn statements(&self) -> impl Iterator<Item = (usize, &'a Statement)> + use<'a> {
        self.policy.statements.iter().enumerate().filter(|(_, statement)| !statement.faulty)
    }

    /// The clauses of the statements that were understood.
    pub(crate) fn clauses(&self) -> impl Iterator<Item = (&'a Statement, &'a Clause)> + use<'a> {
        self.statements().flat_map(|(_, statement)| clauses(statement).map(move |clause| (statement, clause)))
    }

    /// The actions that a statement speaks of.
    pub(crate) fn actions(&self, statement: &Statement) -> BTreeSet<ActionId> {
        let Some(element) = &statement.action else { return BTreeSet::new() };
        let named = element.patterns.iter().flat_map(|pattern| self.catalog.expand(&pattern.value)).collect();
        if !element.negated {
            return named;
        }
        self.catalog.actions().filter(|action| !named.contains(action)).collect()
    }
}

/// Does it allow?
pub(crate) fn allows(statement: &Statement) -> bool {
    statement.effect.as_ref().is_some_and(|effect| effect.value == Effect::Allow)
}

/// Does it deny?
pub(crate) fn denies(statement: &Statement) -> bool {
    statement.effect.as_ref().is_some_and(|effect| effect.value == Effect::Deny)
}

/// Its clauses.
pub(crate) fn clauses(statement: &Statement) -> impl Iterator<Item = &Clause> {
    statement.condition.iter().flat_map(|condition| &condition.clauses)
}

/// Is there nothing that has to hold besides?
pub(crate) fn is_unconditional(statement: &Statement) -> bool {
    clauses(statement).next().is_none()
}

/// Its opening brace: where to point when something is missing.
pub(crate) fn head(statement: &Statement) -> Span {
    Span::new(statement.span.0.start, statement.span.0.start + 1)
}

/// The patterns of its `Action` or `NotAction`.
pub(crate) fn action_patterns(statement: &Statement) -> &[Spanned<String>] {
    statement.action.as_ref().map_or(&[], |action| &action.patterns)
}

/// The patterns of its `Resource` or `NotResource`.
pub(crate) fn resource_patterns(statement: &Statement) -> &[Spanned<String>] {
    statement.resource.as_ref().map_or(&[], |resource| &resource.patterns)
}

/// Does it speak of the action with this name?
pub(crate) fn speaks_of(statement: &Statement, action: &str) -> bool {
    statement.action.as_ref().is_some_and(|element| {
        let named =
            element.patterns.iter().any(|pattern| Glob::new(&pattern.value, Case::Ignored).matches(action));
        named != element.negated
    })
}

/// Is there a text that somebody has still to put something in for: `<my-org-id>`, `{region}`?
pub(crate) fn is_placeholder(text: &str) -> bool {
    let between = |open: &str, close: char| {
        text.split_once(open).is_some_and(|(before, rest)| !before.ends_with('$') && rest.contains(close))
    };
    between("<", '>') || between("{", '}') || crate::rules::is_open(text)
}

/// `` `a`, `b` and 3 more ``
pub(crate) fn some_of<T: AsRef<str>>(names: &[T]) -> String {
    const SHOWN: usize = 3;
    let mut text =
        names.iter().take(SHOWN).map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}
