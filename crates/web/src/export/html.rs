//! A report in one file: opens offline, asks nobody for anything, has no script, and prints.

use std::fmt::Write as _;

use base64::Engine as _;
use clavicle_answer::number;
use sha2::{Digest as _, Sha256};

use super::sheet::Sheet;
use crate::map::escaped;

/// So many rows of a table are written; the rest is counted, so that the file stays small.
const MOST_ROWS: usize = 400;

const STYLE: &str = include_str!("report.css");

/// The whole page. The only style is the one whose hash its content policy names; nothing else is allowed to load or run.
pub fn html(sheet: &Sheet) -> String {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE));
    let title = escaped(&sheet.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title} · clavicle</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <p class=\"sentence\">{}</p>\n",
        escaped(&sheet.sentence)
    );
    if !sheet.facts.is_empty() {
        out.push_str("<dl>\n");
        for (name, value) in &sheet.facts {
            let _ = writeln!(out, "<div><dt>{name}</dt><dd>{}</dd></div>", escaped(value));
        }
        out.push_str("</dl>\n");
    }
    if let Some(picture) = &sheet.picture {
        let _ = writeln!(out, "<figure tabindex=\"0\" aria-label=\"the picture\">{picture}</figure>");
    }
    for table in sheet.tables.iter().filter(|table| !table.rows.is_empty()) {
        if !table.heading.is_empty() {
            let _ = writeln!(out, "<h2>{}</h2>", escaped(&table.heading));
        }
        out.push_str(
            "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"rows\"><table>\n<thead><tr>",
        );
        for name in &table.head {
            let _ = write!(out, "<th scope=\"col\">{}</th>", escaped(name));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in table.rows.iter().take(MOST_ROWS) {
            out.push_str("<tr>");
            for (cell, name) in row.iter().zip(&table.head) {
                let look = look(name, cell);
                let _ = write!(out, "<td{look}>{}</td>", escaped(cell));
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody></table></div>\n");
        let left = table.rows.len().saturating_sub(MOST_ROWS);
        if left > 0 {
            let _ = writeln!(
                out,
                "<p class=\"quiet\">and {} more rows, which a table (CSV) has.</p>",
                number(left)
            );
        }
    }
    if !sheet.statements.is_empty() {
        out.push_str("<h2>Statements</h2>\n");
        for (place, text) in &sheet.statements {
            // Lines are kept, and everything else that acts is spelled out.
            let lines: Vec<String> = text.lines().map(escaped).collect();
            let _ = writeln!(
                out,
                "<details><summary>{}</summary><pre>{}</pre></details>",
                escaped(place),
                lines.join("\n")
            );
        }
        if sheet.statements_left_out > 0 {
            let _ = writeln!(
                out,
                "<p class=\"quiet\">and {} more statements, which JSON has.</p>",
                number(sheet.statements_left_out)
            );
        }
    }
    for note in &sheet.notes {
        let _ = writeln!(out, "<p class=\"note\">{}</p>", escaped(note));
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// A severity has its colour beside its mark and word.
fn look(head: &str, cell: &str) -> &'static str {
    match (head, cell.split(' ').next_back()) {
        ("severity", Some("critical")) => " class=\"critical\"",
        ("severity", Some("high")) => " class=\"high\"",
        ("severity", Some("medium")) => " class=\"medium\"",
        _ => "",
    }
}
