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

/// Faults as they are found. Past a hundred, more of them help nobody; that there were more is said. Errors and
/// warnings are counted apart, so that no number of warnings keeps an error from being seen.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    found: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
    stopped: bool,
}

const MOST: usize = 100;

impl Faults {
    pub(crate) fn add(&mut self, fault: Diagnostic) {
        let count = match fault.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        *count += 1;
        if *count <= MOST {
            self.found.push(fault);
        }
    }

    /// Makes [`Faults::is_full`] true: reading on would cost without telling more.
    pub(crate) fn stop(&mut self) {
        self.stopped = true;
    }

    /// Is there no use in reading on?
    pub(crate) fn is_full(&self) -> bool {
        self.stopped || self.errors >= MOST
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.found.iter().any(|fault| fault.id == id)
    }

    /// All faults in the order of the text.
    pub(crate) fn sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|fault| (fault.span.start, fault.span.end));
        let last = self.found.last().map(|last| last.span).unwrap_or_default();
        if self.errors >= MOST {
            let message = format!("this text has {MOST} faults or more; the others are not listed");
            self.found.push(Diagnostic::error("too-many", last, message, None));
        } else if self.warnings > MOST {
            let message =
                format!("this text has more than {MOST} doubtful places; the others are not listed");
            self.found.push(Diagnostic::warning("too-many", last, message, None));
        }
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, Faults, MOST, Severity};
    use crate::Span;

    #[test]
    fn warnings_leave_room_for_errors() {
        let mut faults = Faults::default();
        for _ in 0..=MOST {
            faults.add(Diagnostic::warning("empty-list", Span::new(1, 2), String::new(), None));
        }
        assert!(!faults.is_full());
        faults.add(Diagnostic::error("wrong-type", Span::new(3, 4), String::new(), None));
        let ids: Vec<_> = faults.sorted().into_iter().map(|fault| (fault.id, fault.severity)).collect();
        assert_eq!(ids.len(), MOST + 2);
        assert_eq!(ids[MOST..], [("wrong-type", Severity::Error), ("too-many", Severity::Warning)]);
    }

    #[test]
    fn that_there_are_more_is_said() {
        let mut faults = Faults::default();
        for place in 0..500 {
            faults.add(Diagnostic::error("wrong-type", Span::new(place, place + 1), String::new(), None));
        }
        assert!(faults.is_full());
        let found = faults.sorted();
        assert_eq!((found.len(), found[MOST].id), (MOST + 1, "too-many"));
    }
}
