//! Access as a formula: which requests are allowed, put together from the statements of documents.
//!
//! What a document allows, what a boundary leaves of it, what several levels of control policies leave: each is "some
//! of these statements match", with and, or and not. A question is whether such a formula holds for any request.

use std::sync::Arc;

use clavicle_engine::{Fact, Request, Tri, statement_matches};

use crate::actions::ActionBits;
use crate::compile::StatementId;
use crate::dimension::Value;
use crate::store::{Dimension, Literal, Predicate, Store};
use crate::template::Values;

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
            Self::Not(part) => part.statements(into),
            Self::Holds(_) => {}
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
            Self::Not(_) | Self::Holds(_) => ActionBits::all(catalog),
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
                any.or(statement_matches(&self.engine, request, compiled.at, compiled.principals))
            }),
            Formula::All(parts) => {
                parts.iter().fold(Tri::Yes, |all, part| all.and(self.evaluate(part, request)))
            }
            Formula::Either(parts) => {
                parts.iter().fold(Tri::No, |any, part| any.or(self.evaluate(part, request)))
            }
            Formula::Not(part) => self.evaluate(part, request).not(),
            Formula::Holds(literals) => {
                literals.iter().fold(Tri::Yes, |all, literal| all.and(self.literal_holds(*literal, request)))
            }
        }
    }

    /// Literals that stand in the question itself and in no statement.
    fn literal_holds(&self, literal: Literal, request: &Request<'_>) -> Tri {
        let holds = match (self.dimension_of(self.dimension_of_literal(literal)), self.predicate(literal)) {
            (Dimension::Key(name), _) => {
                let value = match request.context.stated(name) {
                    Some(Fact::Unknown) => return Tri::Maybe,
                    None | Some(Fact::Absent) => Value::Absent,
                    Some(Fact::One(text)) => Value::One(text.clone()),
                    Some(Fact::Many(texts)) => Value::Many(texts.clone()),
                };
                self.key_literal_holds(literal, &value, &Values::new())
            }
            (Dimension::Caller, _) => self.caller_literal_holds(literal, request.principal),
            (Dimension::Action, Predicate::Named(list)) => {
                self.listed(*list).accepts(request.action.lower(), &Values::new()) == literal.is_positive()
            }
            (Dimension::Resource, Predicate::Named(list)) => {
                self.listed(*list).accepts(request.resource.text(), &Values::new()) == literal.is_positive()
            }
            _ => return Tri::Maybe,
        };
        holds.into()
    }
}
