//! What a rule of `clavicle check` means.

use clavicle_answer::findings::Rule;

use super::fact;
use crate::ink::{Ink, Tone};
use crate::text::Page;

pub(super) fn explain(page: &mut Page, rule: &Rule) {
    page.line(&Ink::of(Tone::Strong, &format!("{}: {}", rule.id, rule.title)));
    fact(page, "means", rule.means);
    fact(page, "why", rule.why);
    fact(page, "what to do", rule.fix);
    fact(page, "severity", rule.severity);
    for source in rule.sources {
        fact(page, "AWS", source);
    }
    page.line(&Ink::plain(&format!("next: clavicle check --rule {}", rule.id)));
}

/// The same of a rule for policy files, with the texts that show it.
pub(super) fn explain_of_files(page: &mut Page, rule: &clavicle_lint::Rule) {
    page.line(&Ink::of(Tone::Strong, &format!("{}: {}", rule.id, rule.title)));
    fact(page, "means", rule.means);
    fact(page, "why", rule.why);
    fact(page, "what to do", rule.fix);
    fact(page, "severity", rule.severity.name());
    for (name, examples) in [("reports", rule.bad), ("does not", rule.good)] {
        for example in examples {
            fact(page, name, &format!("{} ({})", example.text, example.kind));
        }
    }
    fact(page, "AWS", rule.source);
    page.line(&Ink::plain(&format!("next: clavicle check FILE --rule {}", rule.id)));
}
