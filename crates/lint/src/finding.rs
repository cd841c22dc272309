//! What a rule found in a text.

use std::ops::Range;

use clavicle_policy::Span;

use crate::rule::{Rule, Severity};

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that reports it.
    pub rule: &'static Rule,
    /// Where it stands.
    pub span: Span,
    /// The way there from the document: `Statement[1].Action[0]`; empty for the document itself.
    pub route: String,
    /// The place of the statement, from 0, if it stands in one.
    pub statement: Option<usize>,
    /// What is the matter, in lower case and without a final period; the user's text in backticks.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
    /// A change of the text that keeps the access, to be tried by [`fix`](crate::fix()).
    pub edits: Vec<Edit>,
}

impl Finding {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.rule.severity
    }

    /// The bytes that it stands at.
    pub fn range(&self) -> Range<usize> {
        self.span.start as usize..self.span.end as usize
    }
}

/// A piece of text to take out, and what to put there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The bytes to take out.
    pub span: Span,
    /// What stands there then.
    pub text: String,
}
