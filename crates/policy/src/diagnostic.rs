//! What is wrong with somebody's policy text, as data: analysis goes on.

use std::fmt;

use crate::Span;

/// One fault of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable name for this sort of fault, `duplicate-key`.
    pub id: &'static str,
    /// Would AWS refuse it?
    pub severity: Severity,
    /// Where it stands.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// AWS takes it, and it does not mean what it seems to.
    Warning,
    /// AWS refuses it, or what it means is not known.
    Error,
}

impl Diagnostic {
    pub(crate) fn error(id: &'static str, span: Span, message: String, help: Option<String>) -> Self {
        Self { id, severity: Severity::Error, span, message, help }
    }

    pub(crate) fn warning(id: &'static str, span: Span, message: String, help: Option<String>) -> Self {
        Self { id, severity: Severity::Warning, span, message, help }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.severity == Severity::Error { "error" } else { "warning" };
        write!(f, "{word}[{}]: {}", self.id, self.message)
    }
}

/// Faults as they are found; past a hundred, reading on helps nobody.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    found: Vec<Diagnostic>,
    stopped: bool,
}

const MOST: usize = 100;

impl Faults {
    pub(crate) fn add(&mut self, fault: Diagnostic) {
        if self.found.len() < MOST {
            self.found.push(fault);
        }
    }

    /// Makes [`Faults::is_full`] true: reading on would cost without telling more.
    pub(crate) fn stop(&mut self) {
        self.stopped = true;
    }

    pub(crate) fn is_full(&self) -> bool {
        self.stopped || self.found.len() >= MOST
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.found.iter().any(|fault| fault.id == id)
    }

    /// All faults in the order of the text.
    pub(crate) fn sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|fault| (fault.span.start, fault.span.end));
        self.found
    }
}
