//! When a statement matches, its Principal left aside: Action, Resource and Condition together.

use crate::action::speaks_of_action;
use crate::arn::speaks_of_resource;
use crate::condition;
use crate::context::{Context, text};
use crate::date;
use crate::kms;
use crate::operators::{Comparison, operator};
use crate::request::{Request, Slot};
use crate::truth::Truth;
use crate::variables::Reading;
use serde_json::{Map, Value};

/// A statement, where it stands, and whether it matches.
#[derive(Clone, Debug)]
pub(crate) struct Found<'a> {
    pub(crate) slot: Slot,
    /// Counted from one.
    pub(crate) number: usize,
    pub(crate) statement: &'a Map<String, Value>,
    pub(crate) truth: Truth,
    /// It cannot be read, so whom it names is not known either.
    pub(crate) unreadable: bool,
}

impl Found<'_> {
    pub(crate) fn cite(&self) -> String {
        format!("{}#{}", self.slot, self.number)
    }
}

/// `Allow` or `Deny`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Allow,
    Deny,
}

/// All statements of a policy that have this effect, with the truth of their match.
pub(crate) fn statements<'a>(
    request: &Request,
    slot: Slot,
    policy: &'a Value,
    effect: Effect,
) -> Vec<Found<'a>> {
    // Rules 2.9 and 4.1: without a version there are no variables.
    let variables = policy.get("Version").and_then(Value::as_str) == Some("2012-10-17");
    let wanted = match effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    };
    let list = match policy.get("Statement") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    list.iter()
        .enumerate()
        .filter_map(|(index, statement)| Some((index + 1, statement.as_object()?)))
        .filter_map(|(number, statement)| {
            // A faulty statement still has the effect that it plainly has.
            let effect = statement.iter().find(|(key, _)| key.eq_ignore_ascii_case("Effect"));
            let effect = effect.and_then(|(_, effect)| effect.as_str());
            let has_effect = matches!(effect, Some("Allow" | "Deny"));
            if has_effect && effect != Some(wanted) {
                return None;
            }
            let lacks_action = !statement.contains_key("Action") && !statement.contains_key("NotAction");
            let has_fault = has_fault(statement);
            let is_of_key = slot == Slot::Resource && kms::is_key(request);
            // "If either of the required Resource or Action elements are missing from a key policy statement, the policy
            // statement has no effect" [KMS API: PutKeyPolicy].
            if !has_fault && lacks_action && is_of_key {
                return None;
            }
            let unreadable = has_fault || lacks_action;
            let place = format!("{slot}#{number}");
            let truth = if unreadable {
                let named =
                    ["Action", "NotAction"].iter().filter(|name| statement.contains_key(**name)).count();
                let speaks = !has_effect || named != 1 || speaks_of_action(statement, &request.action);
                Truth::from(speaks).and(Truth::unknown(&place))
            } else {
                let matches = truth(request, slot, statement, &place, variables);
                match lacks_resource(statement) {
                    true if is_of_key => Truth::False,
                    true if !matches!(slot, Slot::Resource | Slot::Endpoint(_)) => {
                        matches.and(Truth::unknown(&place))
                    }
                    _ => matches,
                }
            };
            Some(Found { slot, number, statement, truth, unreadable })
        })
        .collect()
}

/// Does it lack what tells its resources? "Statements must include either a Resource or a NotResource element" [Elements:
/// Resource]. In the policy of a resource it is that resource (rule 2.8), but "a key policy statement without a Resource
/// element doesn't apply to any KMS key" [KMS: Key policies].
fn lacks_resource(statement: &Map<String, Value>) -> bool {
    !statement.contains_key("Resource") && !statement.contains_key("NotResource")
}

/// Does a date operator list a value of which AWS alone knows what it is (rule 3.10)?
fn has_unclear_date(statement: &Map<String, Value>) -> bool {
    let dates = |(name, keys): (&String, &Value)| -> Vec<Value> {
        let is_date = operator(name).is_some_and(|known| matches!(known.comparison, Comparison::Date(_)));
        let keys = keys.as_object().filter(|_| is_date);
        keys.into_iter().flat_map(|keys| keys.values().cloned()).collect()
    };
    let operators = statement.get("Condition").and_then(Value::as_object);
    operators.into_iter().flatten().flat_map(dates).any(|values| {
        let one = std::slice::from_ref(&values);
        let values = values.as_array().map_or(one, Vec::as_slice);
        values.iter().filter_map(text).any(|text| date::is_unclear(&text))
    })
}

/// Has it something that AWS does not take, so that what it does is said nowhere?
///
/// The names of elements are literal, and each stands once [Grammar]; "the Effect value is case sensitive" [Elements:
/// Effect].
fn has_fault(statement: &Map<String, Value>) -> bool {
    const ELEMENTS: [&str; 9] = [
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    let misspelled = |key: &String| {
        !ELEMENTS.contains(&key.as_str()) && ELEMENTS.iter().any(|it| it.eq_ignore_ascii_case(key))
    };
    let sorts = ["Principal", "NotPrincipal"].into_iter().filter_map(|name| statement.get(name)?.as_object());
    let has_strange_sort = sorts
        .flat_map(Map::keys)
        .any(|sort| !matches!(sort.as_str(), "AWS" | "Service" | "Federated" | "CanonicalUser"));
    let has_both = |a: &str, b: &str| statement.contains_key(a) && statement.contains_key(b);
    let effect = statement.get("Effect").and_then(Value::as_str);
    has_unclear_date(statement)
        || has_strange_sort
        || has_both("Action", "NotAction")
        || has_both("Resource", "NotResource")
        || has_both("Principal", "NotPrincipal")
        || statement.keys().any(misspelled)
        || !matches!(effect, Some("Allow" | "Deny"))
}

fn truth(
    request: &Request,
    slot: Slot,
    statement: &Map<String, Value>,
    place: &str,
    variables: bool,
) -> Truth {
    let context = Context { keys: &request.context, unknown: &request.unknown, present: &request.present };
    let reading = Reading { variables: variables.then_some(context), wildcards: true };
    // Rule 2.6: an action without resource types is decided against `*`.
    let no_resource = request.options.wildcard_only == Some(true);
    let resource = if no_resource { "*" } else { &request.resource };
    Truth::from(speaks_of_action(statement, &request.action))
        .and(speaks_of_resource(statement, resource, reading, slot == Slot::Resource))
        .and(condition::holds(statement, place, context, variables))
}
