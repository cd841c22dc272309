//! Answers, findings and changes in the forms of other tools. Names are hostile text in each of them: what acts in a form is taken out or
//! escaped in its file.

mod answers;
mod changes;
mod csv;
mod github;
pub(crate) mod graph;
mod junit;
mod markdown;
mod remarks;
mod reported;
mod sarif;

pub(crate) use answers::{answers_csv, answers_dot, answers_markdown};
pub(crate) use changes::{changes, policies};
pub(crate) use csv::csv;
pub(crate) use junit::junit;
pub(crate) use markdown::markdown;
pub(crate) use github::{github, summarize};
pub(crate) use remarks::{Remark, Remarks, Spot};
pub(crate) use reported::{FilePlace, Reported, Row, RuleWords};
pub(crate) use sarif::sarif;

use clavicle_answer::shape::{Cause, Severity};

/// The word of a severity.
pub(crate) fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
    }
}

/// The mark of a severity.
pub(crate) fn severity_mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "◆",
        Severity::High => "▲",
        Severity::Medium => "●",
        Severity::Low => "○",
    }
}

/// `policy/x:8`, or the thing where the cause is no document.
pub(crate) fn place(cause: &Cause) -> String {
    let document = cause.document.as_ref().unwrap_or(&cause.thing.name);
    match cause.line {
        Some(line) => format!("{document}:{line}"),
        None => document.clone(),
    }
}
