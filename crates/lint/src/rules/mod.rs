//! The rules, by family.

mod actions;
mod arns;
mod clauses;
mod elements;
mod empty;
mod grammar;
mod keys;
mod meaning;
mod organization;
mod principals;
mod quota;
mod redundant;
mod risks;
mod services;
mod traps;
mod trust;
mod values;

pub(crate) use meaning::is_same;

use crate::look::Family;

/// Every family, in the order of the page.
pub(crate) static FAMILIES: &[Family] = &[
    grammar::FAMILY,
    elements::FAMILY,
    empty::FAMILY,
    actions::FAMILY,
    arns::FAMILY,
    services::FAMILY,
    keys::FAMILY,
    clauses::FAMILY,
    values::FAMILY,
    principals::FAMILY,
    trust::FAMILY,
    organization::FAMILY,
    quota::FAMILY,
    redundant::FAMILY,
    meaning::FAMILY,
    traps::FAMILY,
    risks::FAMILY,
];
