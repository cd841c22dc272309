//! Findings as text: how many, then each with its reason, what to do and its id.

use clavicle_answer::number;
use clavicle_answer::shape::{CheckPage, Finding, Severity};

use super::{Page, answer, citation};
use crate::ink::{Ink, Tone};
use crate::report::{severity_mark, severity_word};

/// Of one rule and severity, so many findings are shown unless all are asked for.
const MOST_OF_A_RULE: usize = 8;
/// So many statements are named beside a finding.
const MOST_CITED: usize = 3;
/// So many calls that were not seen are named.
const MOST_NOT_SEEN: usize = 5;

/// Lays out the findings. `again`: what a command needs to be asked of the same accounts.
pub(crate) fn check(page: &mut Page, found: &CheckPage, again: &str, all: bool) {
    page.words(0, Tone::Strong, &found.sentence);
    let mut left = 0;
    for group in found.findings.chunk_by(|one, next| (one.severity, &one.rule) == (next.severity, &next.rule))
    {
        let shown = if all { group.len() } else { group.len().min(MOST_OF_A_RULE) };
        group[..shown].iter().for_each(|it| finding(page, it));
        if shown < group.len() {
            left += group.len() - shown;
            let more = format!("  and {} more of {}", number(group.len() - shown), group[0].rule);
            page.line(&Ink::plain(&more));
        }
    }
    for accepted in &found.accepted {
        let Some(by) = &accepted.accepted else { continue };
        let text = format!("✓ accepted by {} until {} ({}): {}", by.who, by.until, by.why, accepted.sentence);
        page.words(2, Tone::Plain, &text);
    }
    if left > 0 {
        answer::remark(page, &format!("{} are not shown; --all lists every one.", number(left)));
    }
    for note in &found.notes {
        answer::remark(page, note);
    }
    for gap in found.not_seen.iter().take(MOST_NOT_SEEN) {
        page.words(2, Tone::Unseen, &format!("not seen: {} in {} ({})", gap.call, gap.place, gap.why));
    }
    if let Some(first) = found.findings.first() {
        page.line(&Ink::plain(&format!("next: clavicle explain {}", first.rule)));
    } else if again.is_empty() {
        page.line(&Ink::plain("next: clavicle snapshots --coverage"));
    }
}

fn finding(page: &mut Page, finding: &Finding) {
    let tone = match finding.severity {
        Severity::Critical | Severity::High => Tone::Stops,
        Severity::Medium => Tone::Depends,
        Severity::Low => Tone::Plain,
    };
    let mark = format!("{} {}", severity_mark(finding.severity), severity_word(finding.severity));
    let mut head = vec![Ink::of(tone, &mark), Ink::of(Tone::Strong, &finding.rule)];
    head.push(Ink::of(Tone::Faint, &finding.id));
    page.flow(2, 4, 2, &head);
    page.words(4, Tone::Plain, &finding.sentence);
    page.words(4, Tone::Plain, &format!("{}: {}", severity_word(finding.severity), finding.reason));
    for because in finding.because.iter().take(MOST_CITED) {
        let (place, sid) = citation::short(because);
        page.flow(6, 8, 2, &[place, sid]);
    }
    page.words(4, Tone::Plain, &format!("fix: {}", finding.fix));
}
