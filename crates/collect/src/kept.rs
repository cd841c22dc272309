//! What is kept of answers, without asking anybody: the parsers alone, for tests and for the fuzzer.

use serde_json::Value;

use crate::http::Reply;
use crate::message;
use crate::table::{Step, kinds};
use crate::thing::{Place, Thing};

/// The kinds of things of the table, and of each its calls, in their order: `s3:GetBucketPolicy`.
#[must_use]
pub fn kinds_and_calls() -> Vec<(&'static str, Vec<String>)> {
    let name = |step: &Step| format!("{}:{}", step.call().client.name, step.call().operation);
    kinds().iter().map(|kind| (kind.config_type, kind.steps.iter().map(name).collect())).collect()
}

/// The lines that a collection keeps of a kind of thing if AWS answers the calls of it with these bodies, one for each call,
/// whatever thing it is asked about.
#[must_use]
pub fn kept(config_type: &str, bodies: &[&str]) -> Vec<Value> {
    let Some(kind) = kinds().iter().find(|kind| kind.config_type == config_type) else { return Vec::new() };
    let place =
        Place { account: "111122223333".to_owned(), region: "eu-west-1".to_owned(), partition: "aws" };
    let mut things = vec![Thing::default()];
    for (step, body) in kind.steps.iter().zip(bodies) {
        let reply = Reply { status: 200, body: (*body).to_owned(), error_type: None, date: None };
        let Ok(answer) = message::answer(step.call(), &reply) else { continue };
        match step {
            Step::Each { list, fields, .. } => {
                things = things.iter().flat_map(|parent| parent.listed_in(&answer, list, fields)).collect();
            }
            Step::One { .. } | Step::Ask { .. } | Step::Once { .. } => {
                for thing in &mut things {
                    thing.take_answer(std::slice::from_ref(&answer), step.fields());
                }
            }
        }
    }
    things.iter().filter_map(|thing| thing.item(kind, &place, "2026-01-01T00:00:00Z")).collect()
}
