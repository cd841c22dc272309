//! Condition operators: what they are called and how one value of the request meets one value of the policy.

use crate::context::text;
use crate::glob::matches;
use crate::truth::Truth;
use crate::variables::{Reading, expand};
use crate::{arn, date, network, number};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// What an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    String { ignore_case: bool, wildcards: bool },
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    IpAddress,
    Arn,
    Null,
}

/// Which orders satisfy a Numeric or Date operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Order::Equal => order.is_eq(),
            Order::Less => order.is_lt(),
            Order::LessOrEqual => order.is_le(),
            Order::Greater => order.is_gt(),
            Order::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// How the values of a set are put together (rule 3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    ForAllValues,
    ForAnyValue,
}

/// An operator with its prefix and suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) quantifier: Option<Quantifier>,
    pub(crate) comparison: Comparison,
    /// The value must match none of those listed (rule 3.1).
    pub(crate) negated: bool,
    pub(crate) if_exists: bool,
}

/// Reads the name of an operator; `None` if there is no such operator (rule 3.15).
pub(crate) fn operator(name: &str) -> Option<Operator> {
    let (quantifier, name) = if let Some(name) = name.strip_prefix("ForAllValues:") {
        (Some(Quantifier::ForAllValues), name)
    } else if let Some(name) = name.strip_prefix("ForAnyValue:") {
        (Some(Quantifier::ForAnyValue), name)
    } else {
        (None, name)
    };
    let (if_exists, name) = name.strip_suffix("IfExists").map_or((false, name), |name| (true, name));
    let string = |ignore_case, wildcards| Comparison::String { ignore_case, wildcards };
    let (comparison, negated) = match name {
        "StringEquals" => (string(false, false), false),
        "StringNotEquals" => (string(false, false), true),
        "StringEqualsIgnoreCase" => (string(true, false), false),
        "StringNotEqualsIgnoreCase" => (string(true, false), true),
        "StringLike" => (string(false, true), false),
        "StringNotLike" => (string(false, true), true),
        "NumericEquals" => (Comparison::Numeric(Order::Equal), false),
        "NumericNotEquals" => (Comparison::Numeric(Order::Equal), true),
        "NumericLessThan" => (Comparison::Numeric(Order::Less), false),
        "NumericLessThanEquals" => (Comparison::Numeric(Order::LessOrEqual), false),
        "NumericGreaterThan" => (Comparison::Numeric(Order::Greater), false),
        "NumericGreaterThanEquals" => (Comparison::Numeric(Order::GreaterOrEqual), false),
        "DateEquals" => (Comparison::Date(Order::Equal), false),
        "DateNotEquals" => (Comparison::Date(Order::Equal), true),
        "DateLessThan" => (Comparison::Date(Order::Less), false),
        "DateLessThanEquals" => (Comparison::Date(Order::LessOrEqual), false),
        "DateGreaterThan" => (Comparison::Date(Order::Greater), false),
        "DateGreaterThanEquals" => (Comparison::Date(Order::GreaterOrEqual), false),
        "Bool" => (Comparison::Bool, false),
        "BinaryEquals" => (Comparison::Binary, false),
        "IpAddress" => (Comparison::IpAddress, false),
        "NotIpAddress" => (Comparison::IpAddress, true),
        "ArnEquals" | "ArnLike" => (Comparison::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Comparison::Arn, true),
        // Rule 3.4: never with IfExists; a set of absences makes no sense either.
        "Null" if !if_exists && quantifier.is_none() => (Comparison::Null, false),
        _ => return None,
    };
    Some(Operator { quantifier, comparison, negated, if_exists })
}

impl Comparison {
    /// The unknown keys of the variables in a listed value; only strings, ARNs and Bool have variables (rule 4.2).
    pub(crate) fn unknown_variables(self, entry: &Value, reading: Reading<'_>) -> BTreeSet<String> {
        let has_variables = matches!(self, Comparison::String { .. } | Comparison::Arn | Comparison::Bool);
        let expanded = text(entry).filter(|_| has_variables).and_then(|entry| expand(&entry, reading));
        expanded.map(|expanded| expanded.unknown).unwrap_or_default()
    }

    /// Does a value of the request meet a value of the policy, negation left aside?
    pub(crate) fn meets(self, value: &str, entry: &Value, reading: Reading<'_>) -> Truth {
        let Some(entry) = text(entry) else { return Truth::False };
        match self {
            Comparison::String { ignore_case, wildcards } => {
                let fold = |text: &str| if ignore_case { text.to_lowercase() } else { text.to_owned() };
                let Some(mut entry) = expand(&entry, Reading { wildcards, ..reading }) else {
                    return Truth::False;
                };
                if ignore_case {
                    entry.pieces = entry.pieces.iter().flat_map(|piece| lowered(*piece)).collect();
                }
                entry.truth(matches(&entry.pieces, &fold(value)))
            }
            Comparison::Arn => {
                let Some(entry) = expand(&entry, Reading { wildcards: true, ..reading }) else {
                    return Truth::False;
                };
                if entry.unknown.is_empty() {
                    Truth::from(arn::condition_matches(&entry.pieces, value))
                } else {
                    // The unknown value may bring colons of its own, so parts cannot be told yet.
                    entry.truth(arn::parts(value).is_some() && matches(&entry.pieces, value))
                }
            }
            Comparison::Bool => {
                // Rule 4.2 gives Bool variables too, as the operator's own section says.
                let Some(entry) = expand(&entry, Reading { wildcards: false, ..reading }) else {
                    return Truth::False;
                };
                let Some(value) = boolean(value) else { return Truth::False };
                if !entry.unknown.is_empty() {
                    return Truth::Unknown(entry.unknown);
                }
                Truth::from(entry.literal().and_then(|entry| boolean(&entry)) == Some(value))
            }
            // Rule 4.2: the other operators have no variables; `${…}` is text that is no number, date or address.
            Comparison::Numeric(order) => {
                Truth::from(number::compare(value, &entry).is_some_and(|found| order.accepts(found)))
            }
            Comparison::Date(order) => {
                Truth::from(date::compare(value, &entry).is_some_and(|found| order.accepts(found)))
            }
            Comparison::Binary => {
                let bytes = |text: &str| STANDARD.decode(text).ok();
                Truth::from(bytes(value).is_some_and(|value| bytes(&entry) == Some(value)))
            }
            Comparison::IpAddress => Truth::from(network::holds(&entry, value)),
            // Answered from the key alone, see the condition.
            Comparison::Null => Truth::False,
        }
    }
}

/// Rule 3.11: `true` and `false` in any case.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn lowered(piece: crate::glob::Piece) -> Vec<crate::glob::Piece> {
    use crate::glob::Piece;
    match piece {
        Piece::Char(character) => character.to_lowercase().map(Piece::Char).collect(),
        wildcard => vec![wildcard],
    }
}
