//! A plan that takes away what was not used, as text.

use std::path::Path;

use clavicle_answer::shape::TrimPage;

use super::Page;
use super::suggestion::{line, rows, verified};
use crate::ink::{Ink, Tone};

/// So many lines of a difference are shown around what changes.
const AROUND: usize = 2;

/// Lays out the plan. `folder`: where it was written to.
pub(crate) fn trim(page: &mut Page, plan: &TrimPage, folder: Option<&Path>, all: bool) {
    page.words(0, Tone::Strong, &plan.sentence);
    rows(page, &plan.needs, &plan.kept, &plan.removed, &plan.unmet, all);
    for step in &plan.steps {
        let (tone, glyph) = match step.change.as_str() {
            "stays" => (Tone::Plain, "="),
            "is new" | "is new, and attached" => (Tone::Depends, "+"),
            _ => (Tone::Lets, "~"),
        };
        line(page, tone, glyph, &format!("{} {}: {}", step.document, step.change, step.why));
        shown(page, &step.diff, all);
    }
    page.words(2, Tone::Plain, &format!("{} Others lose nothing.", verified(&plan.verified)));
    for note in &plan.notes {
        page.words(2, Tone::Faint, note);
    }
    match (folder, plan.apply.is_empty()) {
        (_, true) => {}
        (Some(folder), false) => page.words(
            0,
            Tone::Plain,
            &format!(
                "written to {}: apply.sh, rollback.sh, the texts old and new, the same for Terraform and CloudFormation where there is such a form. Nothing was run.",
                folder.display()
            ),
        ),
        (None, false) => page.line(&Ink::plain("write it down, with the way back: --out FOLDER")),
    }
}

/// The lines that change, and a few around them.
fn shown(page: &mut Page, diff: &[String], all: bool) {
    let changes = |line: &String| !line.starts_with("  ");
    let near = |at: usize| {
        let from = at.saturating_sub(AROUND);
        diff.iter().skip(from).take(at + AROUND + 1 - from).any(changes)
    };
    let mut gap = false;
    for (at, text) in diff.iter().enumerate() {
        if all || near(at) {
            let tone = match text.get(..1) {
                Some("-") => Tone::Lets,
                Some("+") => Tone::Depends,
                _ => Tone::Faint,
            };
            page.line(&Ink::of(tone, &format!("      {text}")));
            gap = false;
        } else if !gap {
            page.line(&Ink::of(Tone::Faint, "      …"));
            gap = true;
        }
    }
}
