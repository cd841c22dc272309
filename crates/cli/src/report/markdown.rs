//! Findings as a comment of a pull request.

use clavicle_web::export::{gaps, plain, push_notes};

use super::{Reported, Row, severity_mark};

/// GitHub takes comments of up to 65,536 characters.
const MOST: usize = 52_000;
/// So much more is kept for notes.
const NOTES: usize = 8_000;

/// A table, worst first, cut where a comment ends.
pub(crate) fn markdown(page: &Reported<'_>) -> String {
    let mut text = format!("### clavicle: {}\n", plain(page.sentence));
    if !page.findings.is_empty() {
        text.push_str("\n| | rule | what | what to do | id |\n|---|---|---|---|---|\n");
    }
    let mut left = page.findings.len();
    for finding in &page.findings {
        let row = row(finding);
        if text.len() + row.len() > MOST {
            break;
        }
        text.push_str(&row);
        left -= 1;
    }
    if left > 0 {
        text.push_str(&format!("\nand {left} more: `clavicle check --all` lists them.\n"));
    }
    if !page.accepted.is_empty() {
        text.push_str("\n<details><summary>accepted</summary>\n\n");
        for finding in &page.accepted {
            let Some(accepted) = &finding.accepted else { continue };
            let line = format!(
                "- ✓ {} Accepted by {} until {}: {}\n",
                plain(&finding.sentence),
                plain(&accepted.who),
                plain(&accepted.until),
                plain(&accepted.why)
            );
            if text.len() + line.len() > MOST {
                break;
            }
            text.push_str(&line);
        }
        text.push_str("\n</details>\n");
    }
    let mut notes = gaps(page.not_seen);
    notes.extend_from_slice(page.notes);
    push_notes(&mut text, &notes, MOST + NOTES);
    text
}

fn row(finding: &Row<'_>) -> String {
    format!(
        "| {} {} | {} | {}<br>{} | {} | `{}` |\n",
        severity_mark(finding.severity),
        finding.severity_word(),
        finding.rule,
        plain(&finding.sentence),
        plain(&finding.shown_place()),
        plain(&finding.fix),
        finding.id
    )
}
