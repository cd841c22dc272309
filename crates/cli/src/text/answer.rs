//! One answer as text: the sentence first, then who, then why, then what was left out.

use clavicle_answer::number;
use clavicle_answer::shape::{Answer, AnswerPage, Citation, NotSeen, Pin, PinState, Severity, Step, Verdict};

use super::chains::{self, Telling};
use super::{Page, citation, outside, pins, policy};
use crate::ink::{Ink, Tone};

/// More rows than this are put together by statement.
const MOST_ROWS: usize = 25;
/// And of those at most so many are shown.
const MOST_GROUPS: usize = 40;
/// At most so many statements are shown whole.
const MOST_BOXES: usize = 3;
/// A list of names is not read as one line, however wide the file.
pub(super) const LIST_WIDTH: usize = 110;
/// At most so many names of a group that could instead.
const MOST_INSTEAD: usize = 5;

/// Lays out an answer. `again`: what a command that is named in it needs to be asked of the same accounts. `all`: however
/// long the list.
pub(crate) fn answer(page: &mut Page, answer: &AnswerPage, again: &str, all: bool) {
    sentence(page, answer);
    for need in &answer.needs {
        page.words(2, Tone::Plain, &format!("also needs {} on {} ({})", need.action, need.on, need.why));
    }
    if matches!(answer.question.verb.as_str(), "can" | "never") {
        pins::pins(page, &answer.pins);
        boxes(page, answer);
    } else if answer.question.verb == "outside" {
        outside::ways(page, &answer.answers, all);
    } else {
        let gives = |answer: &Answer| {
            answer.steps.iter().any(|step| matches!(step.relation.as_str(), "gives" | "takes"))
        };
        if answer.policy.is_some() || !answer.answers.is_empty() && answer.answers.iter().all(gives) {
            policy::policy(page, &answer.answers, answer.policy.as_ref());
        } else {
            groups(page, &answer.answers, &answer.question.verb, all);
        }
    }
    endings(page, answer, again);
}

fn sentence(page: &mut Page, answer: &AnswerPage) {
    let tone = match answer.verdict {
        Verdict::Yes | Verdict::No => Tone::Strong,
        Verdict::Depends => Tone::Depends,
        Verdict::Unknown => Tone::Unseen,
    };
    page.words(0, tone, &answer.sentence);
}

/// The answers, those in one step first.
fn groups(page: &mut Page, answers: &[Answer], verb: &str, all: bool) {
    let what = verb == "what";
    let common = common_start(answers);
    for step in common {
        let because = step.because.first().map(|because| citation::short(because).0);
        let mut line = vec![Ink::plain(&step.sentence)];
        line.extend(because);
        page.flow(2, 4, 3, &line);
    }
    let skip = common.len();
    // A path is told step by step, be it one step; so is how somebody comes by all power.
    let is_power = |answer: &Answer| {
        answer.steps.last().is_some_and(|step| step.method.is_some() || step.relation == "runs as")
    };
    let is_told = |answer: &&Answer| {
        verb == "path" || is_power(answer) || is_chain(&answer.steps[skip.min(answer.steps.len())..])
    };
    let (chains, direct): (Vec<&Answer>, Vec<&Answer>) = answers.iter().partition(is_told);
    if !direct.is_empty() {
        heading(page, "DIRECT");
        let groups: Vec<Vec<&Answer>> = if all || direct.len() <= MOST_ROWS {
            direct.into_iter().map(|one| vec![one]).collect()
        } else {
            by_statement(&direct)
        };
        let shown = if all { groups.len() } else { groups.len().min(MOST_GROUPS) };
        let rows: Vec<Vec<Ink>> = groups[..shown].iter().map(|group| row(group, what)).collect();
        page.table(4, &rows);
        let left: usize = groups[shown..].iter().flatten().map(|answer| answer.count.max(1)).sum();
        if left > 0 {
            page.line(&Ink::plain(&format!("    and {} more", number(left))));
        }
        if left > 0 || groups.iter().any(|group| group.len() > 1) {
            remark(page, "Grouped by the statement that allows it; --all lists every one.");
        }
    }
    if !chains.is_empty() {
        if verb != "path" {
            heading(page, "CHAINS");
        }
        let telling = Telling { skip, whole: verb == "path", all };
        chains::chains(page, &chains, &telling);
    }
}

/// What every way begins with: a workload runs as its role before anything else.
fn common_start(answers: &[Answer]) -> &[Step] {
    let Some(first) = answers.first() else { return &[] };
    let runs = |answer: &Answer| answer.steps.first().is_some_and(|step| step.relation == "runs as");
    let same = |answer: &Answer| match (answer.steps.first(), first.steps.first()) {
        (Some(step), Some(first)) => step.from == first.from && step.to == first.to,
        _ => false,
    };
    if answers.iter().all(|answer| runs(answer) && same(answer)) { &first.steps[..1] } else { &[] }
}

/// To be a member of a group is no step that one takes.
fn is_chain(steps: &[Step]) -> bool {
    steps.iter().filter(|step| step.relation != "member of").count() > 1
}

pub(super) fn heading(page: &mut Page, text: &str) {
    page.line(&Ink::of(Tone::Faint, &format!("  {text}")));
}

/// Answers that the same statement gives in the same way, in the order of the first of each.
fn by_statement<'a>(answers: &[&'a Answer]) -> Vec<Vec<&'a Answer>> {
    let mut groups: Vec<Vec<&Answer>> = Vec::new();
    for answer in answers {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| same_way(first, answer))) {
            Some(group) => group.push(answer),
            None => groups.push(vec![answer]),
        }
    }
    groups
}

fn same_way(one: &Answer, other: &Answer) -> bool {
    let because = |answer: &Answer| {
        let because = answer.steps.last().and_then(|step| step.because.first());
        because.map(|because| (because.document.clone(), because.line))
    };
    let way = |answer: &Answer| (answer.severity, answer.admin, answer.outside);
    because(one).is_some()
        && because(one) == because(other)
        && way(one) == way(other)
        && one.access == other.access
        && one.conditions == other.conditions
        && one.depends_on == other.depends_on
}

/// Whom or what, how many, which access, on which condition, because of which statement.
fn row(group: &[&Answer], what: bool) -> Vec<Ink> {
    let [answer, others @ ..] = group else { return Vec::new() };
    let sum: usize = group.iter().map(|answer| answer.count).sum();
    let count = match (sum, what || !others.is_empty()) {
        (0 | 1, _) => String::new(),
        (count, true) => format!("×{count}"),
        (count, false) => format!("×{count} equal"),
    };
    let label = match others {
        [] => answer.label.clone(),
        _ => format!("{} …", answer.label),
    };
    let access = if what { answer.access.join(" ") } else { String::new() };
    let mut row = vec![Ink::of(Tone::Strong, &label), Ink::plain(&count), Ink::plain(&access)];
    let mut remarks = Vec::new();
    if let Some(found) = answer.severity {
        let (tone, text) = severity(found);
        remarks.push(Ink::of(tone, text));
    }
    if answer.admin {
        remarks.push(Ink::plain("administrator"));
    }
    if answer.outside {
        remarks.push(Ink::plain("outside"));
    }
    remarks.push(conditions(answer));
    let mut condition = Ink::new();
    for remark in remarks.iter().filter(|remark| !remark.is_empty()) {
        if !condition.is_empty() {
            condition.push(Tone::Plain, ", ");
        }
        condition.append(remark);
    }
    row.push(condition);
    match answer.steps.last().and_then(|step| step.because.first()) {
        Some(because) => {
            let (place, sid) = citation::short(because);
            row.extend([place, sid]);
        }
        None => row.extend([Ink::new(), Ink::new()]),
    }
    row
}

/// `if MFA`; what was not seen is said apart from what is asked for.
pub(super) fn conditions(answer: &Answer) -> Ink {
    let mut ink = Ink::new();
    let found = if answer.conditions.is_empty() { &answer.depends_on } else { &answer.conditions };
    let (unseen, stated): (Vec<&String>, Vec<&String>) =
        found.iter().partition(|text| text.ends_with(NOT_SEEN));
    if !stated.is_empty() {
        let stated: Vec<&str> = stated.iter().map(|text| text.as_str()).collect();
        ink.push(Tone::Depends, &format!("if {}", stated.join(" and ")));
    }
    if !unseen.is_empty() {
        if !ink.is_empty() {
            ink.push(Tone::Plain, ", ");
        }
        let names: Vec<&str> = unseen.iter().map(|text| text.trim_end_matches(NOT_SEEN)).collect();
        let what = if answer.outside { "their own policies".to_owned() } else { names.join(", ") };
        ink.push(Tone::Unseen, &format!("~ not seen: {what}"));
    }
    ink
}

/// How a layer that was not seen is named among what an answer depends on.
const NOT_SEEN: &str = " (not seen)";

/// `▲ high`
pub(super) fn severity(severity: Severity) -> (Tone, &'static str) {
    match severity {
        Severity::Critical => (Tone::Stops, "◆ critical"),
        Severity::High => (Tone::Stops, "▲ high"),
        Severity::Medium => (Tone::Depends, "● medium"),
        Severity::Low => (Tone::Plain, "○ low"),
    }
}

/// The statements that decide: what stops, else what it depends on, else what lets it through.
fn boxes(page: &mut Page, answer: &AnswerPage) {
    let deciding = match answer.verdict {
        Verdict::No => &[PinState::Stops][..],
        Verdict::Depends | Verdict::Unknown => &[PinState::Depends, PinState::Stops, PinState::Unseen],
        Verdict::Yes => &[PinState::Turns],
    };
    // Ceilings that let everything through say nothing about why it is a yes.
    let speaks = |pin: &&Pin| {
        deciding.contains(&pin.state)
            && (answer.verdict != Verdict::Yes
                || matches!(pin.layer.as_str(), "identity" | "trust" | "resource"))
    };
    let found =
        answer.pins.iter().filter(speaks).filter_map(|pin| Some((pin.state, deciding_statement(pin)?)));
    let mut shown = Vec::new();
    for (state, because) in found.take(MOST_BOXES) {
        if !shown.contains(&because) {
            citation::citation(page, because, pins::tone(state));
            shown.push(because);
        }
    }
}

/// The statement that makes a layer what it is; of a layer that stops without a deny, the allow that comes nearest. A
/// deny that does not match has stopped nothing.
fn deciding_statement(pin: &Pin) -> Option<&Citation> {
    pin.citations.iter().find(|because| because.effect != "Deny" || because.outcome != "does not match")
}

fn endings(page: &mut Page, answer: &AnswerPage, again: &str) {
    if !answer.closest.is_empty() {
        let mut names: Vec<String> = answer.closest.iter().take(MOST_INSTEAD).map(named).collect();
        let more = answer.closest.len().saturating_sub(MOST_INSTEAD);
        if more > 0 {
            names.push(format!("{} more", number(more)));
        }
        remark(page, &format!("who could instead: {}", names.join(", ")));
    }
    for cut in &answer.cuts {
        page.words(2, Tone::Strong, &cut.sentence);
        // `path --cut` is about the cut; of a list it is the last line.
        if answer.question.verb == "who" {
            continue;
        }
        for statement in &cut.statements {
            let (place, sid) = citation::short(statement);
            page.flow(4, 6, 2, &[place, sid]);
        }
        for lost in cut.lost.iter().take(MOST_INSTEAD) {
            page.words(4, Tone::Plain, &format!("gone too: {lost}"));
        }
    }
    if let Some(miss) = &answer.nearest_miss {
        remark(page, &miss.sentence);
    }
    for note in &answer.notes {
        remark(page, note);
    }
    if answer.not_counted.administrators > 0 {
        let count = answer.not_counted.administrators;
        let noun = if count == 1 { "administrator" } else { "administrators" };
        page.words(2, Tone::Plain, &format!("not counted: {count} {noun} (--admins)"));
    }
    for gap in &answer.not_seen {
        let things = match gap.things {
            0 => String::new(),
            1 => ", 1 thing".to_owned(),
            things => format!(", {things} things"),
        };
        let text = format!("not seen: {} in {}{things} ({})", gap.call, gap.place, gap.why);
        page.words(2, Tone::Unseen, &text);
    }
    let of_organization = |gap: &NotSeen| gap.call == "organizations:DescribeOrganization";
    if !again.contains("--standalone") && answer.not_seen.iter().any(of_organization) {
        remark(page, "If the account is in no organization, say so with --standalone.");
    }
    if let Some(next) = &answer.next {
        let mut pieces = vec![Ink::plain(&format!("next: {}", with_source(next, again)))];
        // The web app shows questions of three slots.
        if !next.contains("open --last") && answer.question.verb != "outside" {
            pieces.push(Ink::plain("see it: clavicle open --last"));
        }
        page.flow(0, 0, 4, &pieces);
    }
}

/// A command that asks the same accounts.
fn with_source(command: &str, again: &str) -> String {
    let asks = [
        "clavicle who ",
        "clavicle what ",
        "clavicle can ",
        "clavicle path ",
        "clavicle outside",
        "clavicle check",
        "clavicle snapshots",
    ];
    if asks.iter().any(|start| command.starts_with(start)) {
        format!("{command}{again}")
    } else {
        command.to_owned()
    }
}

fn named(answer: &Answer) -> String {
    if answer.count > 1 { format!("{} (×{})", answer.label, answer.count) } else { answer.label.clone() }
}

pub(super) fn remark(page: &mut Page, text: &str) {
    let mut pieces = vec![Ink::of(Tone::Faint, "=")];
    pieces.extend(text.split(' ').map(Ink::plain));
    page.flow(2, 4, 1, &pieces);
}
