//! Access as a formula: which requests are allowed, put together from the statements of documents.
//!
//! What a document allows, what a boundary leaves of it, what several levels of control policies leave: each is "some
//! of these statements match", with and, or and not. A question is whether such a formula holds for any request.

use std::sync::Arc;

use crate::actions::ActionBits;
use crate::compile::StatementId;
use crate::store::{Literal, Store};

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
