//! Findings of policy files, each at its lines of the text.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use clavicle_answer::number;
use clavicle_answer::shape::{LintFinding, LintPage};
use clavicle_answer::{PolicyFile, visible};

use super::{Page, answer};
use crate::ink::{Ink, Tone};

/// Of one rule in one file, so many findings are shown unless all are asked for.
const MOST_OF_A_RULE: usize = 4;

/// Lays out the findings. What acts on a terminal is shown as signs by the renderer.
pub(crate) fn lint(page: &LintPage, files: &[PolicyFile], all: bool, width: Option<usize>) -> String {
    let mut text = String::new();
    let renderer = Renderer::styled().term_width(width.unwrap_or(200));
    let mut shown: std::collections::HashMap<(&str, &str), usize> = std::collections::HashMap::new();
    let mut left = 0;
    for found in &page.findings {
        let count = shown.entry((&found.place.file, &found.finding.rule)).or_default();
        *count += 1;
        if !all && *count > MOST_OF_A_RULE {
            left += 1;
            continue;
        }
        let file = files.iter().find(|file| file.name == found.place.file);
        text.push_str(&one(&renderer, found, file));
        text.push_str("\n\n");
    }
    let mut end = Page::new(width);
    for accepted in &page.accepted {
        let Some(by) = &accepted.finding.accepted else { continue };
        let place = format!("{}:{}", accepted.place.file, accepted.place.line);
        let line = format!(
            "✓ accepted by {} until {} ({}): {} {}",
            by.who, by.until, by.why, place, accepted.finding.sentence
        );
        end.words(2, Tone::Plain, &line);
    }
    end.words(0, Tone::Strong, &page.sentence);
    if left > 0 {
        answer::remark(&mut end, &format!("{} are not shown; --all lists every one.", number(left)));
    }
    for document in &page.documents {
        let Some(because) = &document.guessed else { continue };
        let route = document.route.as_ref().map(|route| format!(" {route}")).unwrap_or_default();
        let kind = &document.kind;
        answer::remark(
            &mut end,
            &format!("{}{route} was taken for {kind}: {because}. --type says otherwise.", document.file),
        );
    }
    for note in &page.notes {
        answer::remark(&mut end, note);
    }
    if let Some(first) = page.findings.first() {
        end.line(&Ink::plain(&format!("next: clavicle explain {}", first.finding.rule)));
    }
    text.push_str(&end.into_text());
    text
}

fn one(renderer: &Renderer, found: &LintFinding, file: Option<&PolicyFile>) -> String {
    let finding = &found.finding;
    let level = match found.level.as_str() {
        "error" => Level::ERROR,
        "suggestion" => Level::HELP.with_name("suggestion"),
        "security" => Level::WARNING.with_name("security"),
        _ => Level::WARNING,
    };
    let rule = finding.rule.as_str();
    let title = level.primary_title(visible(&found.message).into_owned()).id(rule);
    let help = visible(finding.fix.trim_end_matches('.')).into_owned();
    let bytes = found.place.bytes.clone();
    let report = match file {
        Some(file) => {
            let (start, source) = lines_around(&file.text, bytes.clone());
            let marked = bytes.start - start..(bytes.end - start).min(source.len());
            let snippet = Snippet::source(source)
                .path(visible(&file.name).into_owned())
                .line_start(file.text.get(..start).map_or(1, |before| before.matches('\n').count() + 1))
                .annotation(AnnotationKind::Primary.span(marked));
            vec![Group::with_title(title).element(snippet).element(Level::HELP.message(help))]
        }
        None => vec![Group::with_title(title).element(Level::HELP.message(help))],
    };
    renderer.render(&report)
}

/// The lines that a place stands on, and where they begin; of a long place the first line.
fn lines_around(text: &str, bytes: std::ops::Range<usize>) -> (usize, &str) {
    let start =
        text.get(..bytes.start).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let end = text
        .get(bytes.start..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |newline| bytes.start + newline);
    (start, text.get(start..end).unwrap_or_default())
}
