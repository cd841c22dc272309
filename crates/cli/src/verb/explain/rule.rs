//! What a rule of `clavicle check` means.

use clavicle_answer::shape::RuleMeaning;

use super::fact;
use crate::ink::{Ink, Tone};
use crate::text::Page;

pub(super) fn lay_out(page: &mut Page, rule: &RuleMeaning) {
    page.line(&Ink::of(Tone::Strong, &format!("{}: {}", rule.id, rule.title)));
    fact(page, "means", rule.means);
    fact(page, "why", rule.why);
    fact(page, "what to do", rule.what_to_do);
    fact(page, "severity", rule.severity);
    for (name, examples) in [("reports", &rule.reports), ("does not", &rule.does_not)] {
        for example in examples {
            fact(page, name, &format!("{} ({})", example.text, example.kind));
        }
    }
    for source in &rule.sources {
        fact(page, "AWS", source);
    }
    let files = if rule.looks_at == "files" { " FILE" } else { "" };
    page.line(&Ink::plain(&format!("next: clavicle check{files} --rule {}", rule.id)));
}
