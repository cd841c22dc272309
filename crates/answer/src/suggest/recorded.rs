//! The smallest policy for what was recorded: the file that `record` writes.

use std::collections::BTreeMap;

use clavicle_trim::{Need, On};
use serde::Deserialize;

use super::task::of_needs;
use super::{How, Suggestion};
use crate::page::counted;
use crate::question::QuestionError;
use crate::reader::Reader;

/// A recording, as far as it is looked at.
#[derive(Debug, Deserialize)]
struct Recording {
    clavicle_record: u32,
    ended: Option<String>,
    uses: Vec<Recorded>,
    #[serde(default)]
    unknown: Vec<UnknownCall>,
}

/// A permission that was used.
#[derive(Debug, Deserialize)]
struct Recorded {
    principal: Option<String>,
    access_key: Option<String>,
    action: String,
    need: String,
    because_of: Option<String>,
    resource: Option<String>,
    sureness: String,
    succeeded: u64,
    failed: u64,
    denied: u64,
    last: String,
}

/// A call whose permissions are not known.
#[derive(Debug, Deserialize)]
struct UnknownCall {
    service: String,
    operation: String,
}

/// The smallest policy for a recording. What was denied is needed too; what a call may have needed is suggested and told.
pub fn suggest_recorded(text: &str, how: &How) -> Result<Suggestion, QuestionError> {
    let recorded = needs_of(text)?;
    of_needs(&recorded.needs, recorded.seen, recorded.notes, how, None)
}

impl Reader {
    /// The same, where what goes by a tag with this key is let in by it.
    pub fn suggest_recorded_by_tag(
        &self,
        text: &str,
        how: &How,
        tag: &str,
    ) -> Result<Suggestion, QuestionError> {
        let mut recorded = needs_of(text)?;
        let tagged = self.tagged(tag, None, &mut recorded.needs, &BTreeMap::new())?;
        of_needs(&recorded.needs, recorded.seen, recorded.notes, how, Some(tagged))
    }
}

/// What a recording says is needed.
struct RecordedNeeds {
    needs: Vec<Need>,
    /// Of each need how often and when last.
    seen: Vec<Option<(u64, String)>>,
    notes: Vec<String>,
}

fn needs_of(text: &str) -> Result<RecordedNeeds, QuestionError> {
    let not_one = |problem: String| {
        QuestionError::new(problem).hint("a recording is the JSON file that `clavicle record` writes")
    };
    let recording: Recording = serde_json::from_str(text)
        .map_err(|error| not_one(format!("this is no recording that can be read: {error}")))?;
    if recording.clavicle_record != 1 {
        return Err(not_one(format!("version {} of recordings is not known", recording.clavicle_record)));
    }
    let (mut needs, mut seen, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for used in &recording.uses {
        let calls = used.succeeded + used.failed + used.denied;
        let on = match (used.sureness.as_str(), used.resource.as_deref()) {
            ("exact" | "assumed", Some(arn)) => On::Thing(arn.to_owned()),
            ("pattern", Some(pattern)) => On::Matching(pattern.to_owned()),
            ("any", _) => On::Any,
            _ => On::NotKnown,
        };
        let of = used.because_of.as_deref().unwrap_or("another call");
        let why = match used.need.as_str() {
            "along" => Some(format!("needed by {of}")),
            "perhaps" => Some(format!("perhaps needed by {of}")),
            _ if used.succeeded + used.failed == 0 => Some("it was denied".to_owned()),
            _ => None,
        };
        needs.push(Need { why, ..Need::plain(&used.action, on) });
        seen.push(Some((calls, used.last.clone())));
    }
    if recording.ended.is_none() {
        notes.push(
            "The recording has no end: it went on when this was written, or was killed. What came later is not in it."
                .to_owned(),
        );
    }
    let mut callers: Vec<&str> = recording
        .uses
        .iter()
        .filter_map(|used| used.principal.as_deref().or(used.access_key.as_deref()))
        .collect();
    callers.sort_unstable();
    callers.dedup();
    if callers.len() > 1 {
        notes.push(format!(
            "{} called: the policy is for all of them together.",
            counted(callers.len(), "identity", "identities")
        ));
    }
    if !recording.unknown.is_empty() {
        let names: Vec<String> = recording
            .unknown
            .iter()
            .take(3)
            .map(|call| format!("{} {}", call.service, call.operation))
            .collect();
        notes.push(format!(
            "{} not among it: which actions they need is not known ({}).",
            counted(recording.unknown.len(), "call is", "calls are"),
            names.join(", ")
        ));
    }
    Ok(RecordedNeeds { needs, seen, notes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_becomes_a_policy() {
        let used = |action: &str, need: &str, resource: &str, sureness: &str| {
            serde_json::json!({"access_key": "AKIA", "principal": null, "action": action, "need": need,
                "because_of": "lambda:CreateFunction", "resource": resource, "sureness": sureness,
                "succeeded": 1, "failed": 0, "denied": 0, "last": "2026-01-01T00:00:00Z"})
        };
        let recording = serde_json::json!({"clavicle_record": 1, "ended": "2026-01-01T00:00:01Z", "unknown": [{"service": "x", "operation": "Y", "calls": 1}],
            "uses": [used("s3:PutObject", "own", "arn:aws:s3:::b/a*b", "exact"),
                     used("iam:PassRole", "along", "arn:aws:iam::111122223333:role/*", "pattern"),
                     used("s3:ListAllMyBuckets", "own", "*", "any")]});
        let found = suggest_recorded(&recording.to_string(), &How::default()).expect("a suggestion");
        let statements = found.page.policies[0]["Statement"].as_array().expect("a list").len();
        assert_eq!((found.page.policies.len(), statements, found.page.needs.len()), (1, 3, 3));
        let text = found.policies[0].print().expect("it prints");
        assert!(text.contains("arn:aws:s3:::b/a${*}b"), "{text}");
        assert!(text.contains("arn:aws:iam::111122223333:role/*"), "{text}");
        assert_eq!(found.page.notes.len(), 1);
        let mut going_on = recording;
        going_on["ended"] = serde_json::Value::Null;
        let found = suggest_recorded(&going_on.to_string(), &How::default()).expect("a suggestion");
        assert!(found.page.notes[0].starts_with("The recording has no end"), "{:?}", found.page.notes);
        assert!(suggest_recorded("{}", &How::default()).is_err());
    }
}
