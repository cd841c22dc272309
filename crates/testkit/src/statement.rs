//! When a statement matches, its Principal left aside: Action, Resource and Condition together.

use crate::action::speaks_of_action;
use crate::arn::speaks_of_resource;
use crate::condition;
use crate::context::Context;
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
        .filter(|(_, statement)| statement.get("Effect").and_then(Value::as_str) == Some(wanted))
        .map(|(number, statement)| Found {
            slot,
            number,
            statement,
            truth: truth(request, statement, variables),
        })
        .collect()
}

fn truth(request: &Request, statement: &Map<String, Value>, variables: bool) -> Truth {
    let context = Context { keys: &request.context, unknown: &request.unknown };
    let reading = Reading { variables: variables.then_some(context), wildcards: true };
    // Rule 2.6: an action without resource types is decided against `*`.
    let no_resource = request.options.wildcard_only == Some(true);
    let resource = if no_resource { "*" } else { &request.resource };
    Truth::from(speaks_of_action(statement, &request.action))
        .and(speaks_of_resource(statement, resource, reading))
        .and(condition::holds(statement, context, variables))
}
