//! Whether an answer holds, in one cell: its conditions, what was not seen, and of ways in from outside what stops them.

use clavicle_answer::shape::{Answer, Step, WayIn};

/// How a layer that was not seen is named among what an answer depends on.
const NOT_SEEN: &str = " (not seen)";

/// The state of a way in, the condition of any other answer; empty: it holds.
pub fn standing(answer: &Answer) -> String {
    answer.way.as_ref().map_or_else(|| condition(answer), |way| state(answer, way))
}

/// `MFA, ~ not seen: service control policy`; empty: it holds.
fn condition(answer: &Answer) -> String {
    let mut unseen: Vec<String> = Vec::new();
    for text in answer.steps.iter().flat_map(|step| &step.unseen) {
        if !unseen.contains(text) {
            unseen.push(text.clone());
        }
    }
    if !answer.conditions.is_empty() {
        return told(&answer.conditions, &unseen);
    }
    // Keys that no condition in words speaks of.
    let of_layer = |text: &&String| text.ends_with(NOT_SEEN) || unseen.contains(text);
    let (layers, keys): (Vec<&String>, Vec<&String>) = answer.depends_on.iter().partition(of_layer);
    if unseen.is_empty() {
        unseen = layers.into_iter().cloned().collect();
    }
    told(&keys.into_iter().cloned().collect::<Vec<_>>(), &unseen)
}

/// The same of one step.
pub fn step_condition(step: &Step) -> String {
    told(&step.conditions, &step.unseen)
}

fn told(conditions: &[String], unseen: &[String]) -> String {
    let (layers, other): (Vec<&str>, Vec<&str>) =
        unseen.iter().map(String::as_str).partition(|text| text.ends_with(NOT_SEEN));
    let layers: Vec<&str> = layers.into_iter().map(|text| text.trim_end_matches(NOT_SEEN)).collect();
    let mut parts = Vec::new();
    if !conditions.is_empty() {
        parts.push(conditions.join(" and "));
    }
    if !layers.is_empty() {
        parts.push(format!("~ not seen: {}", layers.join(", ")));
    }
    if !other.is_empty() {
        parts.push(format!("~ not known: {}", other.join(", ")));
    }
    parts.join(", ")
}

/// `allowed`, `if MFA`, `unknown, ~ not seen: bucket policy`, `blocked by …`; then what AWS asks for and is not there,
/// and who accepted it.
pub(crate) fn state(answer: &Answer, way: &WayIn) -> String {
    let condition = condition(answer);
    let mut state = match (way.opening.as_str(), &way.blocked_by) {
        ("blocked", Some(by)) => format!("blocked by {by}"),
        ("blocked", None) => "blocked".to_owned(),
        ("unknown", _) if condition.is_empty() => "unknown".to_owned(),
        ("unknown", _) if condition.starts_with('~') => format!("unknown, {condition}"),
        ("unknown", _) => format!("unknown, if {condition}"),
        (opening, _) if condition.is_empty() => opening.to_owned(),
        _ => format!("if {condition}"),
    };
    if !way.missing.is_empty() {
        state.push_str(&format!(", no {}", way.missing.join(", no ")));
    }
    if let Some(accepted) = acceptance(way) {
        state.push_str(&format!(", {accepted}"));
    }
    state
}

/// Is it a way in that something stops?
pub fn is_blocked(answer: &Answer) -> bool {
    answer.way.as_ref().is_some_and(|way| way.opening == "blocked")
}

/// `accepted by dana until 2027-01-01`
pub fn acceptance(way: &WayIn) -> Option<String> {
    let accepted = way.accepted.as_ref()?;
    Some(if accepted.expired {
        format!("acceptance by {} expired on {}", accepted.by, accepted.until)
    } else {
        format!("accepted by {} until {}", accepted.by, accepted.until)
    })
}
