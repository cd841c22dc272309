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

pub(crate) use answers::{answers_csv, answers_dot};
pub(crate) use changes::{changes, cut, line, policies};
pub(crate) use csv::csv;
pub(crate) use github::{github, summarize};
pub(crate) use junit::junit;
pub(crate) use markdown::markdown;
pub(crate) use remarks::{Remark, Remarks, Spot};
pub(crate) use reported::{FilePlace, Reported, Row, RuleWords};
pub(crate) use sarif::sarif;

pub(crate) use clavicle_web::export::{severity_mark, severity_word};

use clavicle_answer::shape::Cause;

/// So many patterns of actions are named where a line has to stay short.
const MOST_ACTIONS: usize = 6;

/// The first patterns of actions, and how many there are more.
pub(crate) fn some(actions: &[String]) -> String {
    let shown = actions.iter().take(MOST_ACTIONS).map(String::as_str).collect::<Vec<_>>().join(", ");
    match actions.len().saturating_sub(MOST_ACTIONS) {
        0 => shown,
        more => format!("{shown} and {} more", clavicle_answer::number(more)),
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
