//! An answer as a page, begun.

use std::collections::BTreeMap;

use clavicle_snapshot::PrincipalKind;

use crate::question::{Question, QuestionError, Verb};
use crate::reader::Reader;
use crate::shape::{AnswerPage, Asked, SnapshotHead, Verdict};

impl Reader {
    /// Answers a question.
    pub fn answer(&self, question: &Question) -> Result<AnswerPage, QuestionError> {
        match question.verb {
            Verb::Who => self.answer_who(question),
            Verb::What => self.answer_what(question),
            Verb::Can => self.answer_can(question),
            Verb::Path => self.answer_path(question),
        }
    }

    /// A page without answers yet.
    pub(crate) fn page(&self, asked: Asked, verdict: Verdict, sentence: String) -> AnswerPage {
        AnswerPage {
            schema: "clavicle.answer/1",
            assumes: self.world().assumed(&asked.when),
            question: asked,
            verdict,
            sentence,
            snapshot: self.snapshot_head(),
            catalog: self.world().catalog().data_date().to_owned(),
            needs: Vec::new(),
            answers: Vec::new(),
            not_counted: Default::default(),
            pins: Vec::new(),
            closest: Vec::new(),
            not_seen: Vec::new(),
            notes: Vec::new(),
            next: None,
            policy: None,
            cuts: Vec::new(),
            nearest_miss: None,
        }
    }

    /// Which snapshot, and how much it holds.
    pub fn snapshot_head(&self) -> SnapshotHead {
        let snapshot = self.world().snapshot();
        let callers = snapshot.principals.iter().filter(|record| record.kind != PrincipalKind::Group);
        SnapshotHead {
            id: snapshot.id.clone(),
            complete: snapshot.not_seen().next().is_none(),
            accounts: snapshot.accounts.len(),
            identities: callers.count(),
        }
    }
}

/// ` when MFA and aws:SourceIp=10.0.0.1`, or nothing.
pub(crate) fn when_text(when: &BTreeMap<String, Vec<String>>) -> String {
    let stated =
        when.iter().map(|(key, values)| match (key.to_ascii_lowercase().as_str(), values.as_slice()) {
            ("aws:multifactorauthpresent", [value]) if value == "true" => "mfa".to_owned(),
            ("aws:multifactorauthpresent", [value]) if value == "false" => "no mfa".to_owned(),
            (_, values) if values.len() > 1 => {
                let each: Vec<String> = values.iter().map(|value| format!("{key}={value}")).collect();
                each.join(" and ")
            }
            (_, values) => format!("{key}={}", values.first().map_or("", String::as_str)),
        });
    let stated: Vec<String> = stated.collect();
    if stated.is_empty() { String::new() } else { format!(" when {}", stated.join(" and ")) }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
