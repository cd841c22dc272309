//! A policy: for which tasks it is attached to whom, what each statement gives, what could go, and what is like it.

use clavicle_answer::number;
use clavicle_answer::shape::{Answer, NearPolicy, PolicySheet, Reached, StatementSheet};

use super::Page;
use super::answer::{LIST_WIDTH, conditions, heading, remark};
use crate::ink::{Ink, Tone};

/// At most so many names of those who bear a policy, or of those who do one task.
const MOST_BEARERS: usize = 24;
/// At most so many tasks.
const MOST_TASKS: usize = 20;
/// Of one statement, so many words on kinds of things.
const MOST_GIVEN: usize = 4;
/// Of documents that are like it, so many are named.
const MOST_LIKE: usize = 5;

/// Lays out what is known of a policy; of a group, whose policies are listed the same way, there is no sheet.
pub(super) fn policy(page: &mut Page, answers: &[Answer], sheet: Option<&PolicySheet>) {
    if let Some(sheet) = sheet {
        page.line(&Ink::plain(&format!("  {}", facts(sheet))));
    }
    match sheet {
        Some(sheet) if sheet.tasks.len() > 1 => tasks(page, sheet),
        _ => bearers(page, answers),
    }
    if !answers.is_empty() {
        let takes = |answer: &Answer| answer.steps.iter().all(|step| step.relation == "takes");
        heading(page, if answers.iter().all(takes) { "TAKES" } else { "GIVES" });
    }
    let statement = |at: usize| sheet.and_then(|sheet| sheet.statements.get(at));
    let rows: Vec<Vec<Ink>> =
        answers.iter().enumerate().map(|(at, answer)| row(answer, statement(at))).collect();
    page.table(4, &rows);
    let Some(sheet) = sheet else { return };
    for (answer, statement) in answers.iter().zip(&sheet.statements) {
        if let Some(by) = &statement.redundant {
            remark(page, &format!("{} adds nothing: {by} says as much", answer.label));
        }
        if let Some(why) = &statement.idle {
            remark(page, &format!("{} does nothing: {why}", answer.label));
        }
    }
    if sheet.follows_bearer && sheet.tasks.len() > 1 {
        remark(page, "Each bearer gets things of its own by name or tags, so several tasks may share it.");
    }
    like(page, sheet);
}

/// `customer managed policy · v3 of 3 versions · 213 actions · 1004 of 6144 characters`
fn facts(sheet: &PolicySheet) -> String {
    let mut facts = vec![sheet.kind.clone()];
    if let Some(version) = &sheet.version {
        facts.push(match sheet.versions {
            0 | 1 => version.clone(),
            versions => format!("{version} of {versions} versions"),
        });
    }
    facts.push(format!("{} actions", sheet.actions));
    if let Some(size) = &sheet.size {
        facts.push(match size.most {
            Some(most) => format!("{} of {most} characters", size.characters),
            None => format!("{} characters", size.characters),
        });
    }
    facts.join(" · ")
}

fn tasks(page: &mut Page, sheet: &PolicySheet) {
    heading(page, "ATTACHED TO, BY TASK");
    let shown = sheet.tasks.iter().take(MOST_TASKS);
    let rows: Vec<Vec<Ink>> = shown
        .map(|task| {
            let names: Vec<&str> = task.bearers.iter().take(3).map(String::as_str).collect();
            let more = task.bearers.len().saturating_sub(names.len());
            let more = if more > 0 { format!(" and {} more", number(more)) } else { String::new() };
            vec![
                Ink::of(Tone::Strong, &task.name),
                Ink::plain(&format!("×{}", task.bearers.len())),
                Ink::plain(&format!("{}{more}", names.join(", "))),
                Ink::of(Tone::Faint, &format!("by {}", task.by)),
            ]
        })
        .collect();
    page.table(4, &rows);
    let more = sheet.tasks.len().saturating_sub(MOST_TASKS);
    if more > 0 {
        page.line(&Ink::plain(&format!("    and {} tasks more", number(more))));
    }
}

fn bearers(page: &mut Page, answers: &[Answer]) {
    let bearers = answers.first().map(|answer| answer.who.as_slice()).unwrap_or_default();
    if bearers.is_empty() {
        return;
    }
    heading(page, "ATTACHED TO");
    let mut names: Vec<Ink> =
        bearers.iter().take(MOST_BEARERS).map(|thing| Ink::plain(&thing.name)).collect();
    let more = bearers.len().saturating_sub(MOST_BEARERS);
    if more > 0 {
        names.push(Ink::plain(&format!("and {} more", number(more))));
    }
    let mut narrow = Page::new(Some(page.width().unwrap_or(LIST_WIDTH)));
    narrow.flow(4, 4, 3, &names);
    page.append(&narrow);
}

fn row(answer: &Answer, sheet: Option<&StatementSheet>) -> Vec<Ink> {
    let given = match sheet.filter(|sheet| !sheet.gives.is_empty()) {
        Some(sheet) => given(&sheet.gives),
        None => format!("{} on {}", access(answer), things(answer)),
    };
    vec![Ink::of(Tone::Strong, &answer.label), Ink::plain(&given), conditions(answer)]
}

/// `control 14 functions, run 14 functions`
fn given(gives: &[Reached]) -> String {
    let mut words: Vec<String> = gives.iter().take(MOST_GIVEN).map(clavicle_answer::reached_words).collect();
    let more = gives.len().saturating_sub(MOST_GIVEN);
    if more > 0 {
        words.push(format!("{} more", number(more)));
    }
    words.join(", ")
}

fn access(answer: &Answer) -> String {
    if answer.access.is_empty() { "other actions".to_owned() } else { answer.access.join(" ") }
}

/// `18 things: s3://paperboat-backups, s3://paperboat-catalog …`
fn things(answer: &Answer) -> String {
    let names: Vec<&str> = answer.on.iter().take(2).map(|thing| thing.name.as_str()).collect();
    match answer.count {
        0 => "nothing that was seen".to_owned(),
        1 => names.join(""),
        count => {
            format!("{count} things: {}{}", names.join(", "), if count > names.len() { " …" } else { "" })
        }
    }
}

fn like(page: &mut Page, sheet: &PolicySheet) {
    if let [first, ..] = sheet.equal.as_slice() {
        let others: Vec<&str> = sheet.equal.iter().take(MOST_LIKE).map(String::as_str).collect();
        let more = sheet.equal.len().saturating_sub(MOST_LIKE);
        let text = match (sheet.equal.len(), more) {
            (1, _) => format!("equal: {first} means the same"),
            (_, 0) => format!("equal: {} mean the same", others.join(", ")),
            (_, more) => format!("equal: {} and {} more mean the same", others.join(", "), number(more)),
        };
        page.words(2, Tone::Plain, &text);
    }
    for near in sheet.near.iter().take(MOST_LIKE) {
        page.words(2, Tone::Plain, &near_words(near));
    }
    let more = sheet.near.len().saturating_sub(MOST_LIKE);
    if more > 0 {
        page.words(2, Tone::Plain, &format!("near: {} more differ in 1 statement", number(more)));
    }
}

/// `near: staging:policy/ops-legacy differs in 1 statement (line 4 "A" here, line 4 "A" there)`
fn near_words(near: &NearPolicy) -> String {
    let named = |line: Option<usize>, sid: &Option<String>| {
        let sid = sid.as_ref().map_or(String::new(), |sid| format!(" \"{sid}\""));
        line.map(|line| format!("line {line}{sid}"))
    };
    let (here, there) = (named(near.line, &near.sid), named(near.other_line, &near.other_sid));
    let place = match (here, there) {
        (Some(here), Some(there)) => format!("{here} here, {there} there"),
        (Some(here), None) => format!("{here}, which it lacks"),
        (None, Some(there)) => format!("{there} there, which this lacks"),
        (None, None) => String::new(),
    };
    format!("near: {} differs in 1 statement ({place})", near.document)
}
