//! The statement that makes a claim true, as it stands in its document, with the words that decide underlined.
//!
//! ```text
//!    ┌─ scp/protect-prod, attached to ou/staging
//! 22 │ "Sid": "DenyWritesFromStaging", "Effect": "Deny",
//! 23 │ "Resource": "arn:aws:s3:::paperboat-*",
//!    │             ^^^^^^^^^^^^^^^^^^^^^^^^^^ matches the object
//! ```

use clavicle_answer::shape::{Citation, Mark};
use unicode_width::UnicodeWidthStr as _;

use super::Page;
use crate::ink::{Ink, Tone, visible};

/// A statement of more lines than this is shown in part.
const MOST_LINES: usize = 16;
/// Of those, the first ones are always shown.
const FIRST_LINES: usize = 4;

/// Draws the box of a statement.
pub(super) fn citation(page: &mut Page, citation: &Citation, tone: Tone) {
    let lines: Vec<&str> = citation.text.lines().collect();
    let last = citation.line + lines.len().saturating_sub(1);
    let gutter = last.to_string().len().max(2);
    head(page, citation, gutter);
    // What every line has in front says nothing.
    let indent =
        lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(line)).min().unwrap_or(0);
    let mut left_out = false;
    for (at, line) in lines.iter().enumerate() {
        let number = citation.line + at;
        let marks: Vec<&Mark> = citation.marks.iter().filter(|mark| mark.line == number).collect();
        if lines.len() > MOST_LINES && at >= FIRST_LINES && marks.is_empty() {
            left_out = true;
            continue;
        }
        if std::mem::take(&mut left_out) {
            edge(page, gutter, "", "⋮", &Ink::new());
        }
        let text: String = line.chars().skip(indent).collect();
        edge(page, gutter, &number.to_string(), "│", &Ink::plain(&text));
        for mark in marks {
            let before: String = line.chars().take(mark.start).skip(indent).collect();
            let marked: String =
                line.chars().skip(mark.start.max(indent)).take(mark.end.saturating_sub(mark.start)).collect();
            let mut under = Ink::new();
            under.pad_to(visible(&before).width());
            under.push(tone, &"^".repeat(visible(&marked).width().max(1)));
            under.push(tone, &format!(" {}", mark.text));
            edge(page, gutter, "", "│", &under);
        }
    }
    if left_out {
        edge(page, gutter, "", "⋮", &Ink::new());
    }
}

/// `policy/billing-data:8` and `"ReadInvoices"`.
pub(super) fn short(citation: &Citation) -> (Ink, Ink) {
    let mut place = Ink::plain(&format!("{}:{}", citation.document, citation.line));
    if let Some(declared) = &citation.declared {
        place.push(Tone::Plain, &format!(" ({declared})"));
    }
    let sid = citation.sid.as_deref().map_or_else(Ink::new, |sid| Ink::plain(&format!("\"{sid}\"")));
    (place, sid)
}

fn head(page: &mut Page, citation: &Citation, gutter: usize) {
    let mut line = Ink::new();
    line.pad_to(gutter + 1);
    line.push(Tone::Faint, "┌─ ");
    line.push(Tone::Strong, &citation.document);
    if let Some(attached) = &citation.attached {
        line.push(Tone::Plain, &format!(", {attached}"));
    }
    if let Some(declared) = &citation.declared {
        line.push(Tone::Plain, &format!(", declared in {declared}"));
    }
    page.line(&line);
}

fn edge(page: &mut Page, gutter: usize, number: &str, bar: &str, text: &Ink) {
    let mut line = Ink::new();
    line.push(Tone::Faint, &format!("{number:>gutter$} {bar}"));
    if !text.is_empty() {
        line.push(Tone::Plain, " ");
        line.append(text);
    }
    page.line(&line);
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|letter| *letter == ' ' || *letter == '\t').count()
}
