//! The engine's answer in the words of the slow evaluator.

use clavicle_engine::simulate::{Options, run_line};
use clavicle_testkit::{Answer, Decision, Request};
use serde_json::Value;

fn run(request: &Request) -> Result<Value, String> {
    let line = serde_json::to_string(request).map_err(|error| error.to_string())?;
    let options = Options { explain: true, ..Options::default() };
    serde_json::from_str(&run_line(&line, &options)).map_err(|error| error.to_string())
}

/// The sets of layers of which each, let through, would turn a no of the engine's into a yes.
pub(crate) fn would_have_to_change(request: &Request) -> Result<Vec<Vec<String>>, String> {
    serde_json::from_value(run(request)?["would_have_to_change"].clone()).map_err(|error| error.to_string())
}

/// What the engine answers to a request, or its error.
pub(crate) fn fast(request: &Request) -> Result<Answer, String> {
    let result = run(request)?;
    let list = |member: &str| -> Vec<String> {
        let texts = result[member].as_array().into_iter().flatten();
        let mut texts: Vec<String> = texts.filter_map(|text| text.as_str().map(str::to_owned)).collect();
        texts.sort();
        texts
    };
    if let Some(error) = result["error"].as_str() {
        // What a statement says that cannot be read is as unknown as a key is.
        let unread =
            error.strip_prefix('`').and_then(|error| error.split_once("` cannot be read, and it decides"));
        return match unread {
            Some((statement, _)) => Ok(Answer {
                decision: Decision::Depends,
                depends_on: vec![statement.to_owned()],
                because: Vec::new(),
                missing: Vec::new(),
            }),
            None => Err(error.to_owned()),
        };
    }
    let decision: Decision =
        serde_json::from_value(result["decision"].clone()).map_err(|error| error.to_string())?;
    // The engine tells what would have to change, not what is missing.
    Ok(Answer { decision, depends_on: list("depends_on"), because: list("because"), missing: Vec::new() })
}
