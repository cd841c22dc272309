//! Answers as rows: in few cells for people, and one by one for spreadsheets.

use clavicle_answer::shape::{Answer, AnswerPage, Step, Thing};

use super::names::{names, some};
use super::sheet::Table;
use super::standing::{standing, state, step_condition};
use crate::severity::{severity_mark, severity_word};

/// What the count of an answer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    /// Those who are equal.
    Who,
    /// The things, as in what `what` tells.
    Things,
}

impl Counts {
    pub(crate) fn of(page: &AnswerPage) -> Self {
        if page.question.verb == "what" { Self::Things } else { Self::Who }
    }
}

/// A row for each answer. Of ways in, whether they are open is a column of its own.
pub(crate) fn rows(heading: &str, answers: &[Answer], counts: Counts) -> Table {
    let ways = answers.iter().any(|answer| answer.way.is_some());
    let held = if ways { "state" } else { "if" };
    let head = ["severity", "who", "access", "on", held, "how", "because"];
    let rows = answers.iter().map(|answer| {
        let who = if counts == Counts::Who && answer.count > 1 && answer.who.len() > 1 {
            format!("{} ×{}: {}", answer.label, answer.count, names(answer.who.iter().map(Thing::called)))
        } else {
            names(answer.who.iter().map(Thing::called))
        };
        vec![
            answer
                .severity
                .map_or_else(String::new, |mark| format!("{} {}", severity_mark(mark), severity_word(mark))),
            who,
            answer.access.join(" "),
            match counts {
                Counts::Who => names(answer.on.iter().map(Thing::called)),
                Counts::Things => {
                    some(answer.on.iter().map(Thing::called), answer.count.max(answer.on.len()))
                }
            },
            standing(answer),
            how(&answer.steps),
            names(because(&answer.steps).into_iter()),
        ]
    });
    Table::new(heading, &head, rows.collect())
}

/// A row for each of those who are equal and each thing.
pub fn records(page: &AnswerPage) -> Table {
    let head = [
        "who",
        "who_arn",
        "who_account",
        "access",
        "actions",
        "thing",
        "thing_arn",
        "if",
        "depends_on",
        "severity",
        "outside",
        "steps",
        "way",
        "because",
        "state",
    ];
    let mut rows = Vec::new();
    for answer in &page.answers {
        let things: Vec<Option<&Thing>> =
            if answer.on.is_empty() { vec![None] } else { answer.on.iter().map(Some).collect() };
        for who in &answer.who {
            rows.extend(things.iter().map(|on| record(answer, who, *on)));
        }
    }
    Table::new("", &head, rows)
}

fn record(answer: &Answer, who: &Thing, on: Option<&Thing>) -> Vec<String> {
    let or_empty = |text: Option<&String>| text.cloned().unwrap_or_default();
    vec![
        who.name.clone(),
        or_empty(who.arn.as_ref()),
        or_empty(who.account.as_ref()),
        answer.access.join(" "),
        answer.actions.join(" "),
        or_empty(on.map(|on| &on.name)),
        or_empty(on.and_then(|on| on.arn.as_ref())),
        answer.conditions.join(" and "),
        answer.depends_on.join(" "),
        answer.severity.map_or("", severity_word).to_owned(),
        answer.outside.to_string(),
        answer.steps.len().to_string(),
        way(&who.name, &answer.steps),
        because(&answer.steps).join(" "),
        answer.way.as_ref().map(|way| state(answer, way)).unwrap_or_default(),
    ]
}

/// `role/a controls lambda/f runs as role/b reads s3://c`
fn way(who: &str, steps: &[Step]) -> String {
    steps.iter().fold(who.to_owned(), |way, step| format!("{way} {} {}", step.relation, step.to.name))
}

/// `controls lambda/f, runs as role/b [~ not seen: trust policy], reads s3://c`
fn how(steps: &[Step]) -> String {
    if steps.len() < 2 {
        return "directly".to_owned();
    }
    let steps = steps.iter().map(|step| match step_condition(step) {
        condition if step.unseen.is_empty() || condition.is_empty() => {
            format!("{} {}", step.relation, step.to.name)
        }
        condition => format!("{} {} [{condition}]", step.relation, step.to.name),
    });
    steps.collect::<Vec<_>>().join(", ")
}

/// The statements that make it so, each once, in order.
pub fn because(steps: &[Step]) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for cited in steps.iter().flat_map(|step| &step.because) {
        let place = format!("{}:{}", cited.document, cited.line);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}
