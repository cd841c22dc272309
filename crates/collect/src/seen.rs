//! What became of the calls: the rows that tell, in the snapshot, what was seen and what was not.

use std::collections::BTreeMap;
use std::sync::Mutex;

use clavicle_snapshot::NAMELESS;
use serde_json::{Value, json};

use crate::aws::{Unanswered, Why};
use crate::pace::lock;
use crate::plan::actions;
use crate::table::{Call, Kind};

/// The calls of one unit of reading.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    rows: Mutex<BTreeMap<(String, &'static str, String), u64>>,
}

impl Seen {
    /// The call was answered for so many things.
    pub(crate) fn answered(&self, call: &Call, things: u64) {
        self.add(call, "seen", String::new(), things);
    }

    /// The call was not answered for so many things, of which nobody knows where it would have listed them; `partly`: pages
    /// before were.
    pub(crate) fn unanswered(&self, call: &Call, unanswered: &Unanswered, partly: bool, things: u64) {
        let state = match (unanswered.why, partly) {
            (_, true) => "partial",
            // That there is none is an answer.
            (Why::None, _) => "seen",
            (Why::Denied, _) => "denied",
            (Why::Absent, _) => "unsupported",
            (Why::Failed, _) => "failed",
        };
        let why = if state == "seen" { String::new() } else { unanswered.words.clone() };
        self.add(call, state, why, things);
    }

    /// The call was left out on purpose; it would have been about so many things, of which nobody knows where it would have listed
    /// them.
    pub(crate) fn not_tried(&self, call: &Call, why: String, things: u64) {
        self.add(call, "not_tried", why, things);
    }

    /// A thing was listed, and what it is called was not seen.
    pub(crate) fn nameless(&self, kind: &Kind) {
        if let Some(step) = kind.steps.first() {
            self.add(step.call(), "partial", NAMELESS.to_owned(), 1);
        }
    }

    fn add(&self, call: &Call, state: &'static str, why: String, things: u64) {
        *lock(&self.rows).entry((action(call), state, why)).or_default() += things;
    }

    /// The first call that was not answered, for people who watch.
    pub(crate) fn first_gap(&self) -> Option<(String, String)> {
        let rows = lock(&self.rows);
        let gap = rows.keys().find(|(_, state, _)| matches!(*state, "denied" | "failed" | "partial"));
        gap.map(|(call, _, why)| (call.clone(), why.clone()))
    }

    /// Why the first call that has no answer has none.
    pub(crate) fn why_not(&self) -> Option<String> {
        lock(&self.rows).keys().find(|(_, state, _)| *state != "seen").map(|(.., why)| why.clone())
    }

    /// The rows, as a line that an import understands.
    pub(crate) fn line(&self, account: Option<&str>, region: Option<&str>, at: &str) -> Value {
        let rows = lock(&self.rows);
        let calls = rows.iter().map(|((call, state, reason), things)| {
            json!({"Call": call, "Account": account, "Region": region, "State": state, "Reason": reason, "Things": things})
        });
        json!({"CollectedAt": at, "CollectedCalls": calls.collect::<Vec<_>>()})
    }
}

/// The permission that the call needs, which is what somebody can act on; where it is not known, the call.
pub(crate) fn action(call: &Call) -> String {
    let named = || format!("{}:{}", call.client.name, call.operation);
    actions(call).into_iter().next().unwrap_or_else(named)
}
