//! Access as a formula: which requests are allowed, put together from the statements of documents.
//!
//! What a document allows, what a boundary leaves of it, what several levels of control policies leave: each is "some
//! of these statements match", with and, or and not. A question is whether such a formula holds for any request.

use std::sync::Arc;

use clavicle_engine::{Fact, Request, Tri, statement_matches};

use crate::actions::ActionBits;
use crate::compile::StatementId;
use crate::dimension::Value;
use crate::doubt::Missing;
use crate::store::{Dimension, Literal, Predicate, Store};
use crate::template::{Template, Values};

/// A set of requests.
#[derive(Debug, Clone)]
pub struct Access(pub(crate) Formula);

#[derive(Debug, Clone)]
pub(crate) enum Formula {
    /// One of the statements matches.
    Any(Arc<[StatementId]>),
    All(Arc<[Formula]>),
    Either(Arc<[Formula]>),
    Not(Arc<Formula>),
    /// All these literals hold.
    Holds(Arc<[Literal]>),
    /// The action is one of these.
    Actions(Arc<ActionBits>),
    /// Something that nobody has shown of a subject, by number.
    Unseen(Missing, u32),
    /// What a subject can do: the formula, which the search looks at, beside the engine's decision.
    Effective(Arc<Formula>, usize),
}

impl Access {
    pub(crate) fn any(statements: &Arc<[StatementId]>) -> Self {
        Self(Formula::Any(Arc::clone(statements)))
    }

    pub(crate) fn holds(literals: Vec<Literal>) -> Self {
        Self(Formula::Holds(literals.into()))
    }

    /// Every request.
    pub fn everything() -> Self {
        Self::holds(Vec::new())
    }

    /// What both have.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(Formula::All([self.0, other.0].into()))
    }

    /// What one of them has.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(Formula::Either([self.0, other.0].into()))
    }

    /// The formula of layers, without the engine's decision beside it: what a test compares with that.
    #[must_use]
    pub fn without_decision(self) -> Self {
        match self.0 {
            Formula::Effective(formula, _) => Self((*formula).clone()),
            other => Self(other),
        }
    }

    /// What it does not have.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "beside `and` and `or`, which are no operators")]
    pub fn not(self) -> Self {
        Self(Formula::Not(Arc::new(self.0)))
    }
}

impl Formula {
    /// Every statement in it.
    pub(crate) fn statements(&self, into: &mut Vec<StatementId>) {
        match self {
            Self::Any(statements) => into.extend_from_slice(statements),
            Self::All(parts) | Self::Either(parts) => parts.iter().for_each(|part| part.statements(into)),
            Self::Not(part) | Self::Effective(part, _) => part.statements(into),
            Self::Holds(_) | Self::Actions(_) | Self::Unseen(..) => {}
        }
    }

    /// Every literal that stands in the formula itself and in no statement.
    pub(crate) fn own_literals(&self, into: &mut Vec<Literal>) {
        match self {
            Self::Holds(literals) => into.extend_from_slice(literals),
            Self::All(parts) | Self::Either(parts) => parts.iter().for_each(|part| part.own_literals(into)),
            Self::Not(part) | Self::Effective(part, _) => part.own_literals(into),
            Self::Any(_) | Self::Actions(_) | Self::Unseen(..) => {}
        }
    }

    /// Every set of actions that it names by itself.
    pub(crate) fn named_actions(&self, into: &mut Vec<Arc<ActionBits>>) {
        match self {
            Self::Actions(actions) => into.push(Arc::clone(actions)),
            Self::All(parts) | Self::Either(parts) => parts.iter().for_each(|part| part.named_actions(into)),
            Self::Not(part) | Self::Effective(part, _) => part.named_actions(into),
            Self::Any(_) | Self::Holds(_) | Self::Unseen(..) => {}
        }
    }

    /// Catalogued actions outside of which it does not hold.
    pub(crate) fn actions(&self, store: &Store) -> ActionBits {
        let catalog = clavicle_catalog::catalog();
        match self {
            Self::Any(statements) => statements.iter().fold(ActionBits::none(catalog), |bits, statement| {
                match store.compiled(*statement).actions {
                    Some(element) => bits.or(&store.actions.row(element).bits),
                    None => ActionBits::all(catalog),
                }
            }),
            Self::All(parts) => {
                parts.iter().fold(ActionBits::all(catalog), |bits, part| bits.and(&part.actions(store)))
            }
            Self::Either(parts) => {
                parts.iter().fold(ActionBits::none(catalog), |bits, part| bits.or(&part.actions(store)))
            }
            Self::Actions(actions) => (**actions).clone(),
            Self::Effective(part, _) => part.actions(store),
            Self::Not(_) | Self::Holds(_) | Self::Unseen(..) => ActionBits::all(catalog),
        }
    }
}

impl Store {
    /// Is the request in it, as the engine decides? Keys that the request does not state are absent if it is exact.
    pub fn has(&self, access: &Access, request: &Request<'_>) -> Tri {
        self.evaluate(&access.0, request)
    }

    pub(crate) fn evaluate(&self, formula: &Formula, request: &Request<'_>) -> Tri {
        match formula {
            Formula::Any(statements) => statements.iter().fold(Tri::No, |any, id| {
                let compiled = self.compiled(*id);
                any.or(match compiled.bound {
                    Some(bound) => self.bound_holds(bound, compiled.at, request),
                    None => statement_matches(&self.engine, request, compiled.at, compiled.principals),
                })
            }),
            Formula::All(parts) => {
                parts.iter().fold(Tri::Yes, |all, part| all.and(self.evaluate(part, request)))
            }
            Formula::Either(parts) => {
                parts.iter().fold(Tri::No, |any, part| any.or(self.evaluate(part, request)))
            }
            Formula::Not(part) => self.evaluate(part, request).not(),
            Formula::Actions(actions) => {
                let action = clavicle_catalog::catalog().action(request.action.lower());
                action.is_some_and(|action| actions.has(action)).into()
            }
            Formula::Unseen(..) => Tri::Maybe,
            // Of other things and actions it says nothing; of its own the engine decides.
            Formula::Effective(part, subject) => {
                let own = match &**part {
                    Formula::All(parts) => parts.iter().fold(Tri::Yes, |all, part| match part {
                        Formula::Holds(_) => all.and(self.evaluate(part, request)),
                        _ => all,
                    }),
                    _ => Tri::Yes,
                };
                let actions = Formula::Actions(Arc::new(part.actions(self)));
                own.and(self.evaluate(&actions, request)).and(self.decided(*subject, request))
            }
            Formula::Holds(literals) => {
                literals.iter().fold(Tri::Yes, |all, literal| all.and(self.literal_holds(*literal, request)))
            }
        }
    }

    /// Literals that stand in the question itself and in no statement.
    fn literal_holds(&self, literal: Literal, request: &Request<'_>) -> Tri {
        let mut values = Values::new();
        if self.has_variables(literal)
            && let Predicate::Named(list) | Predicate::Key { list, .. } = self.predicate(literal)
        {
            for variable in self.listed(*list).templates().iter().flat_map(Template::variables) {
                let value = match request.context.stated(&variable.key) {
                    Some(Fact::Unknown | Fact::Present) => return Tri::Maybe,
                    Some(Fact::One(text)) => Some(text.clone()),
                    None | Some(Fact::Absent | Fact::Many(_)) => None,
                };
                values.insert(variable.key.clone(), value);
            }
        }
        let holds = match (self.dimension_of(self.dimension_of_literal(literal)), self.predicate(literal)) {
            (Dimension::Key(name), _) => {
                let value = match request.context.stated(name) {
                    Some(Fact::Unknown | Fact::Present) => return Tri::Maybe,
                    None | Some(Fact::Absent) => Value::Absent,
                    Some(Fact::One(text)) => Value::One(text.clone()),
                    Some(Fact::Many(texts)) => Value::Many(texts.clone()),
                };
                self.key_literal_holds(literal, &value, &values)
            }
            (Dimension::Caller, _) => self.caller_literal_holds(literal, request.principal),
            (Dimension::Action, Predicate::Named(list)) => {
                self.listed(*list).accepts(request.action.lower(), &values) == literal.is_positive()
            }
            (Dimension::Resource, Predicate::Named(list)) => {
                self.listed(*list).accepts(request.resource.text(), &values) == literal.is_positive()
            }
            _ => return Tri::Maybe,
        };
        holds.into()
    }
}
