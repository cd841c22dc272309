//! Chains: who could begin, then step after step; a way that was shown already is not shown again.

use clavicle_answer::number;
use clavicle_answer::shape::{Answer, Severity, Step};

use super::answer::{conditions, severity};
use super::{Page, citation};
use crate::ink::{Ink, Tone};

/// At most so many chains are told, unless all are asked for.
const MOST_CHAINS: usize = 25;
/// And of those of low severity at most so many.
const MOST_LOW: usize = 5;
/// At most so many names of a ring.
const MOST_IN_RING: usize = 4;

/// How chains are laid out.
pub(super) struct Telling {
    /// The first steps that are left out: what every way begins with is told before.
    pub(super) skip: usize,
    /// A line a step, with its statement.
    pub(super) whole: bool,
    /// However many there are.
    pub(super) all: bool,
}

/// Lays out chains, the worst first as they come.
pub(super) fn chains(page: &mut Page, chains: &[&Answer], telling: &Telling) {
    let Telling { skip, whole, all } = *telling;
    let is_low = |answer: &&&Answer| answer.severity == Some(Severity::Low);
    let low = if all { usize::MAX } else { MOST_LOW };
    let others = chains.iter().filter(|answer| !is_low(answer));
    let shown: Vec<&&Answer> = others
        .take(if all { usize::MAX } else { MOST_CHAINS })
        .chain(chains.iter().filter(is_low).take(low))
        .collect();
    let mut told: Vec<&[Step]> = Vec::new();
    for answer in &shown {
        let steps = answer.steps.get(skip..).unwrap_or_default();
        let known = known_rest(steps, &told);
        let mut head = head(answer, steps.len());
        if known == Some(0) {
            head.push(as_above(steps));
        }
        page.flow(4, 8, 3, &head);
        ring(page, answer);
        if whole {
            each_step(page, steps);
        } else if known != Some(0) {
            in_one_line(page, steps, known);
        }
        told.push(steps);
    }
    let left = chains.len() - shown.len();
    if left > 0 {
        page.line(&Ink::plain(&format!(
            "    and {} more, none of them worse (--all lists them)",
            number(left)
        )));
    }
}

/// `◆ account 999999999999   5 steps   outside, not known`
fn head(answer: &Answer, steps: usize) -> Vec<Ink> {
    let mut name = Ink::new();
    if let Some(found) = answer.severity {
        let (tone, text) = severity(found);
        name.push(tone, text.split(' ').next().unwrap_or_default());
        name.push(Tone::Plain, " ");
    }
    name.push(Tone::Strong, &answer.label);
    if answer.count > 1 {
        name.push(Tone::Plain, &format!("  ×{}", answer.count));
    }
    let mut head = vec![name];
    head.push(Ink::plain(&format!("{steps} {}", if steps == 1 { "step" } else { "steps" })));
    if answer.outside {
        head.push(Ink::plain("outside"));
    }
    let conditions = conditions(answer);
    if !conditions.is_empty() {
        head.push(conditions);
    }
    head
}

/// `each of these can become the others: …`
fn ring(page: &mut Page, answer: &Answer) {
    if answer.ring.is_empty() {
        return;
    }
    let names: Vec<&str> = answer.ring.iter().take(MOST_IN_RING).map(|thing| thing.name.as_str()).collect();
    let more = answer.ring.len().saturating_sub(MOST_IN_RING);
    let more = if more > 0 { format!(" and {} more", number(more)) } else { String::new() };
    page.words(
        6,
        Tone::Plain,
        &format!("ring of {}: {}{more} can begin it too", answer.ring.len() + 1, names.join(", ")),
    );
}

/// From which of its steps on a chain goes the way of one that was told; `None`: it is new to its end.
fn known_rest(steps: &[Step], told: &[&[Step]]) -> Option<usize> {
    let same = |one: &Step, other: &Step| one.relation == other.relation && one.to == other.to;
    let ends_alike = |other: &&&[Step], length: usize| {
        let rests = steps.iter().rev().zip(other.iter().rev()).take(length);
        other.len() >= length && rests.clone().count() == length && { rests }
            .all(|(one, other)| same(one, other))
    };
    // One step alike is no way.
    (0..steps.len().saturating_sub(1))
        .find(|at| told.iter().any(|other| ends_alike(&other, steps.len() - at)))
}

/// `as above from "controls"`
fn as_above(rest: &[Step]) -> Ink {
    let relation = rest.first().map_or("", |step| step.relation.as_str());
    Ink::of(Tone::Faint, &format!("as above from \"{relation}\""))
}

/// `─becomes→ staging:role/LogShipper ─controls→ …`
fn in_one_line(page: &mut Page, steps: &[Step], known: Option<usize>) {
    let new = &steps[..known.unwrap_or(steps.len())];
    let mut pieces: Vec<Ink> = new
        .iter()
        .map(|step| {
            let mut piece = Ink::of(Tone::Faint, &format!("─{}→ ", step.relation));
            piece.push(Tone::Plain, &step.to.name);
            piece
        })
        .collect();
    if let Some(known) = known {
        pieces.push(as_above(&steps[known..]));
    }
    page.flow(6, 6, 1, &pieces);
}

/// A row a step: how, to what, by which actions, because of which statement.
fn each_step(page: &mut Page, steps: &[Step]) {
    let rows: Vec<Vec<Ink>> = (1..)
        .zip(steps)
        .map(|(number, step)| {
            let mut actions: Vec<&str> = step.requests.iter().map(|ask| ask.action.as_str()).collect();
            if actions.is_empty() {
                actions.extend(step.action.as_deref());
            }
            actions.dedup();
            let because = step.because.iter().find(|because| because.effect == "Allow");
            let (place, sid) = because.map_or_else(Default::default, citation::short);
            let mut condition = Ink::new();
            if !step.conditions.is_empty() {
                condition.push(Tone::Depends, &format!("if {}", step.conditions.join(" and ")));
            }
            vec![
                Ink::plain(&number.to_string()),
                Ink::of(Tone::Faint, &format!("─{}→", step.relation)),
                Ink::plain(&step.to.name),
                Ink::plain(&actions.join(" + ")),
                place,
                sid,
                condition,
            ]
        })
        .collect();
    page.table(6, &rows);
}
