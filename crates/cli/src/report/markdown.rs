//! Findings as a comment of a pull request.

use clavicle_answer::number;
use clavicle_web::export::{MOST_OF_ROWS, gaps, plain, push_notes};

use super::{Reported, Row, severity_mark};

/// A table, worst first, cut where a comment ends.
pub(crate) fn markdown(page: &Reported<'_>) -> String {
    let mut text = format!("### clavicle: {}\n", plain(page.sentence));
    if !page.findings.is_empty() {
        text.push_str("\n| | rule | what | what to do | id |\n|---|---|---|---|---|\n");
    }
    let mut left = page.findings.len();
    for finding in &page.findings {
        let row = row(finding);
        if text.len() + row.len() > MOST_OF_ROWS {
            break;
        }
        text.push_str(&row);
        left -= 1;
    }
    if left > 0 {
        text.push_str(&format!("\nand {} more: `clavicle check --all` lists them.\n", number(left)));
    }
    if !page.accepted.is_empty() {
        text.push_str("\n<details><summary>accepted</summary>\n\n");
        let mut left = 0;
        for finding in &page.accepted {
            let Some(accepted) = &finding.accepted else { continue };
            let line = format!(
                "- ✓ {} Accepted by {} until {}: {}\n",
                plain(&finding.sentence),
                plain(&accepted.who),
                plain(&accepted.until),
                plain(&accepted.why)
            );
            if text.len() + line.len() > MOST_OF_ROWS { left += 1 } else { text.push_str(&line) }
        }
        if left > 0 {
            text.push_str(&format!("\nand {} more accepted.\n", number(left)));
        }
        text.push_str("\n</details>\n");
    }
    let mut notes = gaps(page.not_seen);
    notes.extend_from_slice(page.notes);
    push_notes(&mut text, &notes);
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
