//! The engine and the slow evaluator, asked the same.
//!
//! The two share no code: one compiles, the other reads JSON. Generated requests use few names, so that policies speak
//! of what is asked. Set `CLAVICLE_DIFFERENTIAL` to the number of requests; the seed is fixed, so a failure comes back.

mod generator;

use clavicle_engine::simulate::{Options, run_line};
use clavicle_testkit::{Answer, Decision, Request, slow_decide};
use generator::Generator;
use serde_json::Value;

/// What the engine says, in the words of the slow evaluator.
struct Fast {
    decision: String,
    depends_on: Vec<String>,
    because: Vec<String>,
}

fn fast(line: &str) -> Fast {
    let options = Options { explain: true, ..Options::default() };
    let result: Value = serde_json::from_str(&run_line(line, &options)).expect("a line of JSON");
    let list = |member: &str| -> Vec<String> {
        let texts = result[member].as_array().into_iter().flatten();
        let mut texts: Vec<String> = texts.map(|text| text.as_str().expect("a text").to_owned()).collect();
        texts.sort();
        texts
    };
    let decision = result["decision"].as_str().or(result["error"].as_str()).expect("a decision or an error");
    Fast { decision: decision.to_owned(), depends_on: list("depends_on"), because: list("because") }
}

/// Where the two differ, if they do.
fn difference(fast: &Fast, slow: &Answer) -> Option<String> {
    let decision = format!("{:?}", slow.decision);
    if fast.decision != decision {
        // Three-valued logic leaves open what trying every case settles; the engine tries.
        let settled = slow.decision == Decision::Depends && fast.decision != "Depends";
        let also_denied = decision == "ImplicitlyDenied" && fast.decision == "ExplicitlyDenied";
        return (!settled && !also_denied).then(|| format!("decision: engine {}, slow {decision}", fast.decision));
    }
    if !fast.depends_on.iter().all(|key| slow.depends_on.contains(key)) {
        return Some(format!("depends on: engine {:?}, slow {:?}", fast.depends_on, slow.depends_on));
    }
    (fast.because != slow.because).then(|| format!("because: engine {:?}, slow {:?}", fast.because, slow.because))
}

#[test]
fn the_engine_agrees_with_the_slow_evaluator() {
    let wanted = std::env::var("CLAVICLE_DIFFERENTIAL").ok().and_then(|text| text.parse().ok()).unwrap_or(20_000);
    let most_shown = std::env::var("CLAVICLE_SHOW").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let mut generator = Generator::new(0x5eed_1234);
    let mut differences = Vec::new();
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for _ in 0..wanted {
        let line = generator.request().to_string();
        let request: Request = serde_json::from_str(&line).expect("a request");
        let (fast, slow) = (fast(&line), slow_decide(&request));
        *seen.entry(format!("{:?}", slow.decision)).or_default() += 1;
        if let Some(difference) = difference(&fast, &slow) {
            differences.push(format!("{difference}\n{line}\n"));
            if differences.len() >= most_shown {
                break;
            }
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    // A generator that never gets to a verdict compares nothing.
    for verdict in ["Allowed", "ImplicitlyDenied", "ExplicitlyDenied", "Depends"] {
        assert!(seen.get(verdict).copied().unwrap_or(0) * 100 > wanted, "{verdict} is too rare: {seen:?}");
    }
}
