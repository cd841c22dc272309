//! The smallest policy for what was recorded: the file that `record` writes.

use std::collections::{BTreeMap, BTreeSet};

use clavicle_engine::Principal;
use clavicle_policy::{Policy, parse};
use clavicle_trim::{Asked, Need, On, Reach, allow_nothing_but, restrict};
use serde::Deserialize;

use super::holder::Holder;
use super::tagged::lead;
use super::task::of_needs;
use super::told::{Told, refused, told};
use super::{How, Suggestion};
use crate::count::counted;
use crate::question::QuestionError;
use crate::reader::Reader;
use crate::shape::VerifiedRow;

/// The need of a permission that a call's request does not settle.
const PERHAPS: &str = "perhaps";

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

impl Recording {
    fn read(text: &str) -> Result<Self, QuestionError> {
        let not_one = |problem: String| {
            QuestionError::new(problem).hint("a recording is the JSON file that `clavicle record` writes")
        };
        let recording: Self = serde_json::from_str(text)
            .map_err(|error| not_one(format!("this is no recording that can be read: {error}")))?;
        if recording.clavicle_record != 1 {
            return Err(not_one(format!("version {} of recordings is not known", recording.clavicle_record)));
        }
        Ok(recording)
    }
}

impl Recorded {
    fn plain_need(&self) -> Need {
        let on = match (self.sureness.as_str(), self.resource.as_deref()) {
            ("exact" | "assumed", Some(arn)) => On::Thing(arn.to_owned()),
            ("pattern", Some(pattern)) => On::Matching(pattern.to_owned()),
            ("any", _) => On::Any,
            _ => On::NotKnown,
        };
        Need::plain(&self.action, on)
    }
}

/// The three checks of a policy that was made for a recording, of one caller say: of what was certainly needed. An error where
/// it lets in less or more.
pub fn verify_recorded(recording: &str, policy: &str) -> Result<VerifiedRow, QuestionError> {
    let recording = Recording::read(recording)?;
    let needs: Vec<Need> =
        recording.uses.iter().filter(|used| used.need != PERHAPS).map(Recorded::plain_need).collect();
    let policy = parse(policy.as_bytes())
        .policy
        .ok_or_else(|| QuestionError::new("the policy for the recording cannot be read"))?;
    let (policies, nobody) = ([policy], Principal::anonymous());
    let asked =
        Asked { caller: &nobody, needs: &needs, unknowable: &|_| None, reach: Reach::Exact, by_tag: None };
    let held = restrict(&policies, &asked).map_err(|refusal| refused(&refusal))?;
    if let Some(need) = held.unmet.first().and_then(|unmet| needs.get(unmet.need)) {
        return Err(QuestionError::new(format!(
            "the policy does not allow {}, which was recorded",
            need.action
        )));
    }
    let is_proved =
        allow_nothing_but(&policies, &needs, Reach::Exact, None).map_err(|refusal| refused(&refusal))?;
    Ok(VerifiedRow {
        allowed: held.verified.replay.allowed,
        as_before: held.verified.replay.as_before,
        minimal: entries(&policies) == entries(&held.policies),
        within: if is_proved { "task" } else { "not-settled" },
        requests: None,
    })
}

/// Which actions they name on what, in order, each as often as they do.
fn entries(policies: &[Policy]) -> Vec<(String, &str)> {
    let statements = policies.iter().flat_map(|policy| &policy.statements);
    let pairs = statements.flat_map(|statement| {
        let actions = statement.action.iter().flat_map(|element| &element.patterns);
        let resources = statement.resource.iter().flat_map(|element| &element.patterns);
        let resources: Vec<&str> = resources.map(|pattern| pattern.value.as_str()).collect();
        actions.flat_map(move |action| {
            let name = action.value.to_ascii_lowercase();
            resources.clone().into_iter().map(move |on| (name.clone(), on))
        })
    });
    let mut pairs: Vec<(String, &str)> = pairs.collect();
    pairs.sort_unstable();
    pairs
}

/// The smallest policy for a recording. What was denied is needed too; what a call may have needed besides is told, and
/// not allowed, as by the recording itself.
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

impl Reader {
    /// The same of what somebody has today: what the recording did not need goes. `tag`: what goes by a tag with this key is
    /// let in by it.
    pub fn suggest_recorded_of(
        &self,
        who: &str,
        text: &str,
        how: &How,
        tag: Option<&str>,
    ) -> Result<Suggestion, QuestionError> {
        let mut recorded = needs_of(text)?;
        let holder = self.holder(who)?;
        let (policies, documents) = self.policies_of(&self.documents_of(holder)?)?;
        let (caller, one) = match holder {
            Holder::One(one) => (self.caller_of(one)?, Some(one)),
            _ => (Principal::anonymous(), None),
        };
        if tag.is_some() && one.is_none() {
            return Err(QuestionError::new(format!("`{who}` bears no tag that requests carry"))
                .hint("ask for a user or a role"));
        }
        let tagged =
            tag.map(|tag| self.tagged(tag, one, &mut recorded.needs, &BTreeMap::new())).transpose()?;
        let by_tag = tagged.as_ref().map(|tagged| &tagged.by_tag);
        let (needs, known) = (&recorded.needs, |_| None);
        let asked = Asked { caller: &caller, needs, unknowable: &known, reach: how.reach, by_tag };
        let proposal = restrict(&policies, &asked).map_err(|refusal| refused(&refusal))?;
        let mut notes = recorded.notes;
        notes.push("What the recording did not do counts as not needed.".to_owned());
        let mut about_tag = String::new();
        let by_tag = tagged.map(|tagged| {
            notes.extend(tagged.notes);
            about_tag = lead(&tagged.page);
            tagged.page
        });
        let lead = format!("{} granted. {about_tag}", counted(proposal.granted, "action", "actions"));
        let who = Some(self.thing_of_holder(holder));
        let about = Told { who, needs, seen: recorded.seen, documents, lead, by_tag, notes };
        told(&proposal, about, how)
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
    let recording = Recording::read(text)?;
    let (mut needs, mut seen, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    let (perhaps, certain): (Vec<&Recorded>, Vec<&Recorded>) =
        recording.uses.iter().partition(|used| used.need == PERHAPS);
    for used in &certain {
        let calls = used.succeeded + used.failed + used.denied;
        let of = used.because_of.as_deref().unwrap_or("another call");
        let why = match used.need.as_str() {
            "along" => Some(format!("needed by {of}")),
            _ if used.succeeded + used.failed == 0 => Some("it was denied".to_owned()),
            _ => None,
        };
        needs.push(Need { why, ..used.plain_need() });
        seen.push(Some((calls, used.last.clone())));
    }
    let is_allowed = |action: &str| certain.iter().any(|used| used.action.eq_ignore_ascii_case(action));
    let mut may_need: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for used in perhaps.iter().filter(|used| !is_allowed(&used.action)) {
        let of = used.because_of.as_deref().unwrap_or("others");
        may_need.entry(&used.action).or_default().insert(of);
    }
    notes.extend(may_need.into_iter().map(|(action, of)| {
        let of: Vec<&str> = of.into_iter().collect();
        format!("{action} may be needed too by calls of {}, and is not allowed.", of.join(", "))
    }));
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

    /// A topic was made for which no role was passed: `record` does not allow that either.
    #[test]
    fn what_a_call_perhaps_needed_is_told_and_not_allowed() {
        let used = |action: &str, need: &str, of: Option<&str>, on: Option<&str>| {
            serde_json::json!({"access_key": "AKIA", "principal": null, "action": action, "need": need, "because_of": of,
                "resource": on, "sureness": if on.is_some() { "exact" } else { "unknown" },
                "succeeded": 1, "failed": 0, "denied": 0, "last": "2026-01-01T00:00:00Z"})
        };
        let (topic, rule) =
            ("arn:aws:sns:us-east-1:111122223333:t", "arn:aws:events:us-east-1:111122223333:rule/r");
        let mut uses = vec![
            used("events:PutRule", "own", None, Some(rule)),
            used("iam:PassRole", "perhaps", Some("events:PutRule"), None),
            used("iam:PassRole", "perhaps", Some("sns:CreateTopic"), None),
            used("sns:CreateTopic", "own", None, Some(topic)),
        ];
        let suggested = |uses: &[serde_json::Value]| {
            let recording =
                serde_json::json!({"clavicle_record": 1, "ended": "2026-01-01T00:00:01Z", "uses": uses});
            let found = suggest_recorded(&recording.to_string(), &How::default()).expect("a suggestion");
            (found.policies[0].print().expect("it prints"), found.page.notes)
        };
        let (text, notes) = suggested(&uses);
        assert!(!text.contains("PassRole") && text.contains(topic) && text.contains(rule), "{text}");
        let told =
            "iam:PassRole may be needed too by calls of events:PutRule, sns:CreateTopic, and is not allowed.";
        assert_eq!(notes, [told]);
        // Where another call did pass one, that one is allowed, and nothing is open.
        uses.push(used(
            "iam:PassRole",
            "along",
            Some("lambda:CreateFunction"),
            Some("arn:aws:iam::111122223333:role/web"),
        ));
        let (text, notes) = suggested(&uses);
        assert!(text.contains("role/web") && notes.is_empty(), "{text} {notes:?}");
    }

    #[test]
    fn a_policy_that_was_made_elsewhere_is_checked_three_ways() {
        let used = |key: &str, action: &str, need: &str, object: &str| {
            serde_json::json!({"access_key": key, "principal": null, "action": action, "need": need, "because_of": null,
                "resource": format!("arn:aws:s3:::b/{object}"), "sureness": "exact", "succeeded": 1, "failed": 0,
                "denied": 0, "last": "2026-01-01T00:00:00Z"})
        };
        let recording = serde_json::json!({"clavicle_record": 1, "ended": null,
            "uses": [used("A", "s3:GetObject", "own", "x"), used("A", "s3:PutObject", "own", "y"),
                     used("A", "s3:PutObjectAcl", "perhaps", "y"), used("B", "s3:DeleteObject", "own", "z")]});
        let of = |key: &str| {
            let mut one = recording.clone();
            if let Some(uses) = one["uses"].as_array_mut() {
                uses.retain(|used| used["access_key"] == key);
            }
            one.to_string()
        };
        let allow = |action: &str, object: &str| {
            format!(
                r#"{{"Effect": "Allow", "Action": "s3:{action}", "Resource": "arn:aws:s3:::b/{object}"}}"#
            )
        };
        let checked = |key: &str, statements: &[String]| {
            let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
            verify_recorded(&of(key), &text).ok().map(|row| (row.allowed, row.minimal, row.within))
        };
        let both = [allow("GetObject", "x"), allow("PutObject", "y")];
        assert_eq!(checked("A", &both), Some((2, true, "task")));
        assert_eq!(checked("B", &[allow("DeleteObject", "z")]), Some((1, true, "task")));
        assert_eq!(checked("B", &both), None, "another's calls");
        assert_eq!(checked("A", &both[..1]), None, "less");
        assert_eq!(checked("A", &[both[0].clone(), allow("PutObject", "*")]), None, "more");
        let twice = [both[0].clone(), both[1].clone(), both[1].clone()];
        assert_eq!(checked("A", &twice), Some((2, false, "task")), "one of them could go");
    }
}
