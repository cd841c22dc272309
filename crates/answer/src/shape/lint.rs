//! `clavicle.lint/1`, field by field; see `docs/answer-format.md`.

use serde::Serialize;

use super::{Finding, FindingCounts};

/// What the rules for policy files found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintPage {
    /// `clavicle.lint/1`.
    pub schema: &'static str,
    /// The date of the AWS facts.
    pub catalog: String,
    /// The rules that were asked, by id.
    pub rules: Vec<String>,
    /// The policies that were looked at.
    pub documents: Vec<LintedDocument>,
    /// The outcome in one sentence.
    pub sentence: String,
    /// How many of each severity, and how many are accepted.
    pub counts: FindingCounts,
    /// The findings, by file and place.
    pub findings: Vec<LintFinding>,
    /// Those that somebody accepted, by file and place.
    pub accepted: Vec<LintFinding>,
    /// Plain sentences.
    pub notes: Vec<String>,
}

/// A policy that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintedDocument {
    /// The file.
    pub file: String,
    /// The way to it in the file, `PolicyVersion.Document`; `None`: the file is the policy.
    pub route: Option<String>,
    /// What kind it was taken for: `identity`, `resource`, `trust`, …
    pub kind: String,
    /// What it was told by; `None`: it was said.
    pub guessed: Option<String>,
    /// Its first line, from 1.
    pub line: usize,
}

/// One finding: a finding of `check` with a place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintFinding {
    /// What `check` says of every finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// How bad it is in the words of policy checks: `error` (severity high), `security` and `warning` (medium),
    /// `suggestion` (low).
    pub level: String,
    /// What is the matter, in lower case and without a period, as a compiler would say it.
    pub message: String,
    /// Where it stands.
    pub place: LintPlace,
}

/// A place in a file. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintPlace {
    /// The file.
    pub file: String,
    /// The way there from the file: `Statement[1].Action[0]`, counted from 0; empty for the file itself.
    pub route: String,
    /// The first line.
    pub line: usize,
    /// The column in it.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// The column in it that follows.
    pub end_column: usize,
    /// The bytes of the file.
    #[serde(skip)]
    pub bytes: std::ops::Range<usize>,
}
