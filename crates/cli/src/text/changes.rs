//! What is different, as text: what widens first, each with the statement that makes it so.

use clavicle_answer::number;
use clavicle_answer::shape::{
    AccessChange, Answer, BreakChange, ChangesPage, DocumentChange, GateOutcome, Severity, TextLine,
};
use clavicle_answer::shell_word;

use super::chains::{Telling, chains};
use super::outside::ways;
use super::{Page, answer, citation};
use crate::ink::{Ink, Tone};
use crate::report;

/// So many rows of access are shown, of what widens and of what narrows, unless all are asked for.
const MOST_ROWS: usize = 20;
/// So many statements stand beside a row.
const MOST_CITED: usize = 3;
/// So many lines of a text are shown.
const MOST_LINES: usize = 6;
/// So many things of a row are named.
const MOST_NAMED: usize = 3;

/// Lays out what is different. `again`: what a command needs to be asked of the same accounts.
pub(crate) fn changes(page: &mut Page, found: &ChangesPage, again: &str, all: bool) {
    page.words(0, Tone::Strong, &found.sentence);
    for widens in [true, false] {
        let rows: Vec<&AccessChange> = found.access.iter().filter(|row| row.widens == widens).collect();
        let shown = if all { rows.len() } else { rows.len().min(MOST_ROWS) };
        rows[..shown].iter().for_each(|change| row(page, change));
        if shown < rows.len() {
            page.line(&Ink::plain(&format!("  and {} more (--all lists them)", number(rows.len() - shown))));
        }
    }
    found.documents.iter().for_each(|change| document(page, change));
    for change in &found.attachments {
        let (tone, glyph, text) = match change.change.as_str() {
            "attached" => (Tone::Depends, "+", format!("{} is attached to {}", change.policy, change.bearer)),
            "detached" => {
                (Tone::Lets, "−", format!("{} is not attached to {} any more", change.policy, change.bearer))
            }
            "boundary" => {
                (Tone::Plain, "~", format!("{} is the boundary of {}", change.policy, change.bearer))
            }
            "member" => (Tone::Depends, "+", format!("{} is in {} now", change.bearer, change.policy)),
            "no member" => {
                (Tone::Lets, "−", format!("{} is not in {} any more", change.bearer, change.policy))
            }
            "runs as" => (Tone::Depends, "+", format!("{} runs as {} now", change.bearer, change.policy)),
            "runs as no more" => {
                (Tone::Lets, "−", format!("{} does not run as {} any more", change.bearer, change.policy))
            }
            "tag" => (Tone::Depends, "~", format!("{} has another {}", change.bearer, change.policy)),
            _ => (
                Tone::Depends,
                "+",
                format!("{} is not the boundary of {} any more", change.policy, change.bearer),
            ),
        };
        line(page, tone, glyph, &text);
    }
    let told = [("CHAINS THAT ARE THERE NOW", &found.opened), ("CHAINS THAT ARE GONE", &found.closed)];
    for (heading, rows) in told.into_iter().filter(|(_, rows)| !rows.is_empty()) {
        page.line(&Ink::of(Tone::Strong, &format!("  {heading}")));
        let rows: Vec<&Answer> = rows.iter().collect();
        chains(page, &rows, &Telling { skip: 0, whole: false, all });
    }
    let told =
        [("WAYS IN THAT ARE THERE NOW", &found.ways_opened), ("WAYS IN THAT ARE GONE", &found.ways_closed)];
    for (heading, rows) in told.into_iter().filter(|(_, rows)| !rows.is_empty()) {
        page.line(&Ink::of(Tone::Strong, &format!("  {heading}")));
        ways(page, rows, all);
    }
    for (heading, certain) in [("USED, AND LOST", true), ("USED, AND PERHAPS LOST", false)] {
        let rows = found.breaks.iter().flatten().filter(|row| row.certain == certain);
        let breaks: Vec<&BreakChange> = rows.collect();
        if breaks.is_empty() {
            continue;
        }
        page.line(&Ink::of(Tone::Strong, &format!("  {heading}")));
        let shown = if all { breaks.len() } else { breaks.len().min(MOST_ROWS) };
        breaks[..shown].iter().for_each(|row| broken(page, row));
        if shown < breaks.len() {
            page.line(&Ink::plain(&format!(
                "  and {} more (--all lists them)",
                number(breaks.len() - shown)
            )));
        }
    }
    if let Some(counts) = counts(found) {
        page.line(&Ink::of(Tone::Strong, &counts));
    }
    if found.gate.stated {
        gate(page, &found.gate);
    }
    for note in &found.notes {
        answer::remark(page, note);
    }
    if let Some(change) = found.access.iter().find(|change| change.widens)
        && let (Some(who), Some(on)) = (change.who.first(), change.on.first())
        && let Some(word) = change.access.first()
    {
        page.line(&Ink::plain(&format!(
            "next: clavicle who {} --do {word} --by {}{again}",
            shell_word(&on.name),
            shell_word(&who.name)
        )));
    }
}

fn line(page: &mut Page, tone: Tone, glyph: &str, text: &str) {
    let mut pieces = vec![Ink::of(tone, glyph)];
    pieces.extend(text.split(' ').map(Ink::plain));
    page.flow(0, 4, 1, &pieces);
}

/// `1 widens · 1 narrows · 1 equal · 1 unknown`: rows of access, and texts and attachments that no row tells of.
fn counts(found: &ChangesPage) -> Option<String> {
    let texts = |verdict: &str| found.documents.iter().filter(|change| change.verdict == verdict).count();
    let rows =
        |widens: bool| found.access.iter().filter(|row| row.widens == widens && !row.is_open()).count();
    let may_lose = found.access.iter().filter(|row| row.is_open()).count();
    let open =
        found.attachments.iter().filter(|change| found.verdict == "unknown" && change.may_widen).count();
    let counts = [
        (rows(true) + texts("widens") + texts("changes"), "widens"),
        (rows(false) + texts("narrows"), "narrows"),
        (texts("same"), "equal"),
        (texts("unknown") + open + may_lose, "unknown"),
    ];
    let told = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join(" · "))
}

/// `✕ role/web  s3:GetObject on s3://b   14 times, last on 2026-08-20`
fn broken(page: &mut Page, row: &BreakChange) {
    let (tone, glyph) = if row.certain { (Tone::Stops, "✕") } else { (Tone::Depends, "?") };
    let on = row.on.as_ref().map(|on| format!(" on {on}")).unwrap_or_default();
    let mut told: Vec<String> = Vec::new();
    match row.uses {
        Some(1) => told.push("once".to_owned()),
        Some(uses) => told.push(format!("{uses} times")),
        None => {}
    }
    if let Some(last) = &row.last_used {
        told.push(format!("last on {}", last.get(..10).unwrap_or(last)));
    }
    if !row.certain {
        told.push("it turns on conditions, or on what nobody knows".to_owned());
    }
    let told = if told.is_empty() { String::new() } else { format!("   {}", told.join(", ")) };
    page.words(4, tone, &format!("{glyph} {}  {}{on}{told}", row.who.name, row.action));
}

/// Lines of a text that are new, with those that they stand for.
fn lines(page: &mut Page, lines: &[TextLine]) {
    let shown = lines.iter().take(MOST_LINES);
    for line in shown {
        let tone = if line.sign == '+' { Tone::Depends } else { Tone::Faint };
        let sign = if line.sign == '+' { "+" } else { "−" };
        page.line(&Ink::of(tone, &format!("      {sign} {}", line.text)));
    }
    if lines.len() > MOST_LINES {
        page.line(&Ink::of(
            Tone::Faint,
            &format!("      and {} more lines", number(lines.len() - MOST_LINES)),
        ));
    }
}

fn row(page: &mut Page, change: &AccessChange) {
    let (tone, glyph) = if change.widens { (Tone::Depends, "+") } else { (Tone::Lets, "−") };
    let matters = if change.matters && !change.on.is_empty() { ", which matters" } else { "" };
    let severity = match (change.widens, change.change == "gains all", change.matters) {
        (true, true, _) => format!("{} ", report::severity_mark(Severity::Critical)),
        (true, false, true) => format!("{} ", report::severity_mark(Severity::High)),
        _ => String::new(),
    };
    line(page, tone, glyph, &format!("{severity}{}{matters}", change.sentence));
    if change.on.len() > 1 {
        let mut names: Vec<&str> =
            change.on.iter().take(MOST_NAMED).map(|thing| thing.name.as_str()).collect();
        let more = change.count.saturating_sub(names.len());
        let more = format!("and {} more", number(more));
        if change.count > names.len() {
            names.push(&more);
        }
        page.words(4, Tone::Faint, &names.join(", "));
    }
    for because in change.because.iter().take(MOST_CITED) {
        let (place, sid) = citation::short(because);
        let verb = if because.outcome == "denies" { "denied by" } else { "" };
        let mut pieces = Vec::new();
        if !verb.is_empty() {
            pieces.push(Ink::plain(verb));
        }
        pieces.extend([place, sid]);
        page.flow(6, 8, 2, &pieces);
    }
}

fn document(page: &mut Page, change: &DocumentChange) {
    let unused = if change.in_use { "" } else { " (attached to nobody)" };
    let name = format!("{}{unused}", change.document);
    match change.verdict.as_str() {
        "same" => {
            line(page, Tone::Plain, "~", &format!("{name} has other text and the same access (proved)"));
        }
        "unknown" => {
            let why = change.doubts.first().map_or("", String::as_str);
            let another = if change.lines.is_empty() { ":" } else { " has another text;" };
            line(
                page,
                Tone::Unseen,
                "?",
                &format!("{name}{another} what it allows more is not known: {why}"),
            );
        }
        _ => {}
    }
    for (tone, glyph, what, patterns) in [
        (Tone::Depends, "+", "allows more", &change.more),
        (Tone::Depends, "+", "denies less", &change.denies_less),
        (Tone::Lets, "−", "allows less", &change.less),
        (Tone::Lets, "−", "denies more", &change.denies_more),
    ] {
        if !patterns.is_empty() {
            line(page, tone, glyph, &format!("the text of {name} {what}: {}", report::some(patterns)));
        }
    }
    if change.verdict != "same" {
        lines(page, &change.lines);
    }
}

/// Does it pass, and if not, why?
pub(crate) fn gate(page: &mut Page, gate: &GateOutcome) {
    let (tone, glyph, verdict) = match gate.verdict.as_str() {
        "fails" => (Tone::Stops, "✕", "gate: fails"),
        "undecided" => (Tone::Unseen, "?", "gate: undecided"),
        _ => (Tone::Lets, "✓", "gate: passes"),
    };
    let because = gate.because.join("; ");
    let text = if because.is_empty() { verdict.to_owned() } else { format!("{verdict}, {because}") };
    line(page, tone, glyph, &text);
}
