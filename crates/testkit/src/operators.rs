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

/// Reads the name of an operator; `None` if there is no such operator.
pub(crate) fn operator(name: &str) -> Option<Operator> {
    // AWS's own samples of resource control policies have `ForAnyValue:Stringlike`.
    let name = name.to_lowercase();
    let name = name.as_str();
    let (quantifier, name) = if let Some(name) = name.strip_prefix("forallvalues:") {
        (Some(Quantifier::ForAllValues), name)
    } else if let Some(name) = name.strip_prefix("foranyvalue:") {
        (Some(Quantifier::ForAnyValue), name)
    } else {
        (None, name)
    };
    let (if_exists, name) = name.strip_suffix("ifexists").map_or((false, name), |name| (true, name));
    let string = |ignore_case, wildcards| Comparison::String { ignore_case, wildcards };
    let (comparison, negated) = match name {
        "stringequals" => (string(false, false), false),
        "stringnotequals" => (string(false, false), true),
        "stringequalsignorecase" => (string(true, false), false),
        "stringnotequalsignorecase" => (string(true, false), true),
        "stringlike" => (string(false, true), false),
        "stringnotlike" => (string(false, true), true),
        "numericequals" => (Comparison::Numeric(Order::Equal), false),
        "numericnotequals" => (Comparison::Numeric(Order::Equal), true),
        "numericlessthan" => (Comparison::Numeric(Order::Less), false),
        "numericlessthanequals" => (Comparison::Numeric(Order::LessOrEqual), false),
        "numericgreaterthan" => (Comparison::Numeric(Order::Greater), false),
        "numericgreaterthanequals" => (Comparison::Numeric(Order::GreaterOrEqual), false),
        "dateequals" => (Comparison::Date(Order::Equal), false),
        "datenotequals" => (Comparison::Date(Order::Equal), true),
        "datelessthan" => (Comparison::Date(Order::Less), false),
        "datelessthanequals" => (Comparison::Date(Order::LessOrEqual), false),
        "dategreaterthan" => (Comparison::Date(Order::Greater), false),
        "dategreaterthanequals" => (Comparison::Date(Order::GreaterOrEqual), false),
        "bool" => (Comparison::Bool, false),
        "binaryequals" => (Comparison::Binary, false),
        "ipaddress" => (Comparison::IpAddress, false),
        "notipaddress" => (Comparison::IpAddress, true),
        "arnequals" | "arnlike" => (Comparison::Arn, false),
        "arnnotequals" | "arnnotlike" => (Comparison::Arn, true),
        // Rule 3.4: never with IfExists.
        "null" if !if_exists => (Comparison::Null, false),
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
