//! How a severity is written wherever there is no room for a sentence.

use clavicle_answer::shape::Severity;

/// The word of a severity.
pub fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
    }
}

/// The mark of a severity.
pub fn severity_mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "◆",
        Severity::High => "▲",
        Severity::Medium => "●",
        Severity::Low => "○",
    }
}
