//! Requests as a proptest strategy that shrinks.

use crate::generate::generate;
use crate::request::Request;
use proptest::prelude::*;
use serde_json::Value;

/// How many parts of a request can be left out, at most.
const PARTS: usize = 64;

/// Which requests are there? Those of [`generate`], with parts left out: shrinking leaves out more and more policies,
/// statements, conditions and keys while the seed stays.
pub fn requests() -> impl Strategy<Value = Request> {
    let seeds = any::<u64>().no_shrink();
    let keep = proptest::collection::vec(proptest::bool::weighted(0.97), PARTS);
    (seeds, keep).prop_map(|(seed, keep)| prune(generate(seed), &keep))
}

/// Leaves out the parts whose turn is false.
fn prune(mut request: Request, keep: &[bool]) -> Request {
    let mut turns = keep.iter().copied().chain(std::iter::repeat(true));
    let mut stays = || turns.next().unwrap_or(true);
    request.context.retain(|_, _| stays());
    request.unknown.retain(|_| stays());
    request.scps = request.scps.filter(|_| stays());
    request.rcps = request.rcps.filter(|_| stays());
    request.vpc_endpoint_policies = request.vpc_endpoint_policies.filter(|_| stays());
    request.permission_boundaries = request.permission_boundaries.filter(|_| stays());
    request.session_policies = request.session_policies.filter(|_| stays());
    request.resource_policy = request.resource_policy.filter(|_| stays());
    request.identity_policies.retain(|_| stays());
    for (_, policy) in request.documents_mut() {
        if let Some(Value::Array(statements)) = policy.get_mut("Statement") {
            statements.retain(|_| stays());
            for statement in statements.iter_mut().filter_map(Value::as_object_mut) {
                if statement.contains_key("Condition") && !stays() {
                    statement.remove("Condition");
                }
            }
        }
    }
    request
}
