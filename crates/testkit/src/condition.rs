//! The Condition element (rules 3.1 to 3.7).

use crate::context::{Context, Held, text};
use crate::operators::{Comparison, Operator, Quantifier, boolean, operator};
use crate::truth::Truth;
use crate::variables::Reading;
use serde_json::{Map, Value};

/// Do all operators and all their keys hold (rule 3.1)? `place`: what the statement is called where its own text leaves
/// that open.
pub(crate) fn holds(
    statement: &Map<String, Value>,
    place: &str,
    context: Context<'_>,
    variables: bool,
) -> Truth {
    let Some(Value::Object(operators)) = statement.get("Condition") else {
        return Truth::from(!statement.contains_key("Condition"));
    };
    Truth::all(operators.iter().flat_map(|(name, keys)| {
        let operator = operator(name);
        keys.as_object().into_iter().flatten().map(move |(key, entries)| match operator {
            Some(operator) => key_holds(operator, key, entries, context, variables),
            // "Invalid condition operator" is an error [IAM policy validation check reference]: AWS takes no such policy,
            // so no page says what it would do.
            None => Truth::unknown(place),
        })
    }))
}

fn key_holds(operator: Operator, key: &str, entries: &Value, context: Context<'_>, variables: bool) -> Truth {
    let single = std::slice::from_ref(entries);
    let entries = entries.as_array().map_or(single, Vec::as_slice);
    let held = context.held(key);
    if operator.comparison == Comparison::Null {
        // Access Analyzer policy checks, "Null with qualifier": "they always return a true or false respectively".
        return match operator.quantifier {
            Some(Quantifier::ForAllValues) => Truth::True,
            Some(Quantifier::ForAnyValue) => Truth::False,
            None => null_holds(&held, entries),
        };
    }
    let reading = Reading { variables: variables.then_some(context), wildcards: false };
    // Rule 3.1: several listed values OR; a negated operator holds if none of them is met.
    let satisfies = |value: &String| {
        let met = Truth::any(entries.iter().map(|entry| operator.comparison.meets(value, entry, reading)));
        if operator.negated { met.not() } else { met }
    };
    let values = match held {
        // What the entries hang on comes to light once the key is known, and so counts now.
        Held::Unknown(key) | Held::Present(key) => {
            let entries = entries.iter().map(|entry| operator.comparison.unknown_variables(entry, reading));
            return Truth::Unknown(entries.flatten().chain([key]).collect());
        }
        // Rules 3.3 and 3.6.
        Held::Absent if operator.if_exists => return Truth::True,
        Held::Absent => match operator.quantifier {
            None => return Truth::from(operator.negated),
            Some(_) => Vec::new(),
        },
        // Rule 3.7: a set operator sees a set of one.
        Held::Single(value) => vec![value],
        // Rule 3.7: a multivalued key requires a set operator; which it is "depends on the number of values in the
        // request context".
        Held::Many(_) if operator.quantifier.is_none() => return Truth::False,
        Held::Many(values) => values,
    };
    // Rule 3.5: a set that holds only an empty string is an empty set.
    let empty = values.is_empty() || (operator.quantifier.is_some() && values == [""]);
    match operator.quantifier {
        Some(Quantifier::ForAllValues) if empty => Truth::True,
        Some(Quantifier::ForAnyValue) if empty => Truth::False,
        Some(Quantifier::ForAnyValue) => Truth::any(values.iter().map(satisfies)),
        Some(Quantifier::ForAllValues) | None => Truth::all(values.iter().map(satisfies)),
    }
}

/// The global keys whose value type is "Multivalued" [AWS global condition context keys].
pub(crate) fn is_multivalued(key: &str) -> bool {
    const KEYS: [&str; 7] = [
        "aws:CalledVia",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceNamesList",
        "aws:ResourceOrgPaths",
        "aws:SourceOrgPaths",
        "aws:TagKeys",
        "aws:VpceOrgPaths",
    ];
    KEYS.iter().any(|known| known.eq_ignore_ascii_case(key))
}

/// Rule 3.4: `true` wants the key absent or an empty set, `false` wants a value; several OR.
fn null_holds(held: &Held, entries: &[Value]) -> Truth {
    let is_null = match held {
        Held::Absent => Truth::True,
        Held::Unknown(key) => Truth::unknown(key),
        Held::Single(_) | Held::Present(_) => Truth::False,
        // Rule 3.5 calls a set of an empty text empty; Null is to tell it from one that ForAllValues was meant for.
        Held::Many(values) => Truth::from(values.is_empty() || values == &[String::new()]),
    };
    Truth::any(entries.iter().map(|entry| match text(entry).and_then(|entry| boolean(&entry)) {
        Some(true) => is_null.clone(),
        Some(false) => is_null.clone().not(),
        None => Truth::False,
    }))
}
