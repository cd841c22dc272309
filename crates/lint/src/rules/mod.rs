//! The rules, by family.

mod actions;
mod arn_texts;
mod arns;
mod boundaries;
mod carried;
mod clauses;
mod denies;
mod elements;
mod empty;
mod endpoint_owner;
mod forged;
mod grammar;
mod key_arns;
mod keys;
mod letters;
mod meaning;
mod network;
mod organization;
mod placeholders;
mod prefixes;
mod presence;
mod principals;
mod quota;
mod redundant;
mod risks;
mod services;
mod several_things;
mod spoken;
mod tag_setters;
mod traps;
mod trust;
mod values;

pub(crate) use meaning::is_same;
pub(crate) use placeholders::is_open;

use crate::rule::Rule;

use crate::look::Family;

/// Every family, in the order of the page.
pub(crate) static FAMILIES: &[Family] = &[
    grammar::FAMILY,
    elements::FAMILY,
    empty::FAMILY,
    letters::FAMILY,
    placeholders::FAMILY,
    actions::FAMILY,
    arns::FAMILY,
    services::FAMILY,
    several_things::FAMILY,
    tag_setters::FAMILY,
    keys::FAMILY,
    clauses::FAMILY,
    values::FAMILY,
    key_arns::FAMILY,
    arn_texts::FAMILY,
    carried::FAMILY,
    forged::FAMILY,
    prefixes::FAMILY,
    network::FAMILY,
    endpoint_owner::FAMILY,
    principals::FAMILY,
    trust::FAMILY,
    organization::FAMILY,
    quota::FAMILY,
    redundant::FAMILY,
    meaning::FAMILY,
    presence::FAMILY,
    denies::FAMILY,
    traps::FAMILY,
    risks::FAMILY,
    boundaries::FAMILY,
];

/// Families of which every rule looks at one text by itself, or at what stands beside it in the same element.
const BY_ITSELF: &[&Family] = &[
    &grammar::FAMILY,
    &elements::FAMILY,
    &letters::FAMILY,
    &placeholders::FAMILY,
    &actions::FAMILY,
    &arns::FAMILY,
    &keys::FAMILY,
    &clauses::FAMILY,
    &values::FAMILY,
    &key_arns::FAMILY,
    &arn_texts::FAMILY,
    &carried::FAMILY,
    &forged::FAMILY,
    &prefixes::FAMILY,
    &principals::FAMILY,
    &organization::FAMILY,
];

/// Rules of those families that turn on what else a statement asks for.
const TURN_ON_THE_REST: &[&str] = &[
    "deny-by-missing-tag",
    "deny-not-action-by-tag",
    "allow-by-missing-tag",
    "allow-not-action-by-tag",
    "lonely-key",
    "key-of-principals-for-service",
    "weak-key-for-service",
    "for-all-values-alone",
    "service-without-source",
    "no-policy-of-resources",
    "public-policy",
    "secure-transport-reversed",
    "deny-by-missing-source",
    "rcp-source-not-always-sent",
    "key-can-be-forged",
    "mfa-condition",
    "rcp-every-action",
];

/// Rules of one text that turn on all values beside it.
const TURN_ON_EVERY_VALUE: &[&str] = &["several-booleans", "mixed-value-types", "redundant-numbers"];

/// Does this rule compare statements, lists or values whole? What is not known may be anything, and is like nothing that
/// could stand for it.
pub(crate) fn compares(rule: &Rule) -> bool {
    TURN_ON_EVERY_VALUE.contains(&rule.id)
        || [&meaning::FAMILY, &presence::FAMILY, &denies::FAMILY, &redundant::FAMILY]
            .iter()
            .any(|family| family.rules.iter().any(|other| other.id == rule.id))
}

/// May another principal, effect or condition of the same statement, or another statement, make what this rule says
/// untrue?
pub(crate) fn turns_on_the_rest(rule: &Rule) -> bool {
    TURN_ON_THE_REST.contains(&rule.id)
        || !BY_ITSELF.iter().any(|family| family.rules.iter().any(|other| other.id == rule.id))
}
