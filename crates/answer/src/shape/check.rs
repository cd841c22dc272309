//! `clavicle.check/1`, field by field; see `docs/answer-format.md`.

use serde::Serialize;

use super::{Citation, NotSeen, Severity, SnapshotHead, Thing};

/// What the rules found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckPage {
    /// `clavicle.check/1`.
    pub schema: &'static str,
    /// Which snapshot was checked.
    pub snapshot: SnapshotHead,
    /// The date of the AWS facts.
    pub catalog: String,
    /// The day that ages are counted to, `2026-08-22`; `None`: the snapshot does not say when it was.
    pub as_of: Option<String>,
    /// The rules that were asked, by id.
    pub rules: Vec<String>,
    /// The outcome in one sentence.
    pub sentence: String,
    /// How many of each severity, and how many are accepted.
    pub counts: FindingCounts,
    /// The findings, worst first.
    pub findings: Vec<Finding>,
    /// Those that somebody accepted, worst first.
    pub accepted: Vec<Finding>,
    /// What was not seen: findings that it would show are missing.
    pub not_seen: Vec<NotSeen>,
    /// Plain sentences.
    pub notes: Vec<String>,
}

/// How many findings there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FindingCounts {
    /// ◆
    pub critical: usize,
    /// ▲
    pub high: usize,
    /// ●
    pub medium: usize,
    /// ○
    pub low: usize,
    /// ✓, whatever they are worth.
    pub accepted: usize,
}

/// One finding: one cause, however much it reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The same in every snapshot in which the cause is there: made of the rule and the cause alone.
    pub id: String,
    /// The rule, as `clavicle explain` knows it.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// Why it is that bad.
    pub reason: String,
    /// What is the matter, in one sentence.
    pub sentence: String,
    /// What causes it.
    pub cause: Cause,
    /// What it reaches.
    pub reaches: Vec<Reached>,
    /// What to do.
    pub fix: String,
    /// The statements that make it so; empty for what no statement says.
    pub because: Vec<Citation>,
    /// Who accepted it.
    pub accepted: Option<Accepted>,
}

/// What causes a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The policy, principal or resource.
    pub thing: Thing,
    /// The document that holds the cause, by display name; `None`: the cause is no document.
    pub document: Option<String>,
    /// The place of the statement in it, from 1.
    pub statement: Option<usize>,
    /// Its Sid.
    pub sid: Option<String>,
    /// Its first line, from 1.
    pub line: Option<usize>,
}

/// A word of access on things of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// The word.
    pub access: String,
    /// The IAM resource type.
    pub kind: String,
    /// How many things.
    pub count: usize,
    /// Those of them that matter, by display name.
    pub matter: Vec<String>,
}

/// An acceptance that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// Who accepted.
    pub who: String,
    /// Why.
    pub why: String,
    /// The last day on which it holds.
    pub until: String,
}
