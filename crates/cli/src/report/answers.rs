//! Answers to questions as a table, as a comment, and as a drawing for Graphviz.

use std::collections::BTreeSet;

use clavicle_answer::shape::{Answer, AnswerPage, Step, Thing, Verdict};
use clavicle_web::export::{cell, plain};

use super::{graph, severity_mark, severity_word};

const HEAD: [&str; 14] = [
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
];

/// GitHub takes comments of up to 65,536 characters.
const MOST: usize = 60_000;

/// A row for each of those who are equal and each thing.
pub(crate) fn answers_csv(page: &AnswerPage) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(HEAD)?;
    for answer in &page.answers {
        for who in &answer.who {
            for on in things(answer) {
                table.write_record(cells(answer, who, on).map(|text| cell(&text)))?;
            }
        }
    }
    let bytes = table.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The things of an answer; one without a name where there are none.
fn things(answer: &Answer) -> Vec<Option<&Thing>> {
    if answer.on.is_empty() { vec![None] } else { answer.on.iter().map(Some).collect() }
}

fn cells(answer: &Answer, who: &Thing, on: Option<&Thing>) -> [String; 14] {
    let or_empty = |text: Option<&String>| text.cloned().unwrap_or_default();
    [
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
    ]
}

/// `role/a controls lambda/f runs as role/b reads s3://c`
fn way(who: &str, steps: &[Step]) -> String {
    steps.iter().fold(who.to_owned(), |way, step| format!("{way} {} {}", step.relation, step.to.name))
}

/// `role/a-* ×7`. What `what` lists is labelled by its end; who asks is one.
fn counted(page: &AnswerPage, answer: &Answer) -> String {
    match answer.who.first() {
        Some(who) if page.question.verb == "what" => who.name.clone(),
        _ if answer.count > 1 => format!("{} ×{}", answer.label, answer.count),
        _ => answer.label.clone(),
    }
}

/// The statements that make it so, each once, in order.
fn because(steps: &[Step]) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for cited in steps.iter().flat_map(|step| &step.because) {
        let place = format!("{}:{}", cited.document, cited.line);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// The verdict and a table, cut where a comment ends.
pub(crate) fn answers_markdown(page: &AnswerPage) -> String {
    let verdict = match page.verdict {
        Verdict::Yes => "yes",
        Verdict::No => "no",
        Verdict::Depends => "depends",
        Verdict::Unknown => "unknown",
    };
    let mut text =
        format!("### clavicle: {}\n\n**{verdict}.** {}\n", plain(&page.question.text), plain(&page.sentence));
    if !page.answers.is_empty() {
        text.push_str("\n| | who | access | thing | if | how | because |\n|---|---|---|---|---|---|---|\n");
    }
    let mut left = page.answers.len();
    for answer in &page.answers {
        let row = row(page, answer);
        if text.len() + row.len() > MOST {
            break;
        }
        text.push_str(&row);
        left -= 1;
    }
    if left > 0 {
        text.push_str(&format!("\nand {left} more.\n"));
    }
    let cuts = page.cuts.iter().map(|cut| &cut.sentence);
    let miss = page.nearest_miss.iter().map(|miss| &miss.sentence);
    for note in cuts.chain(miss).chain(&page.notes) {
        text.push_str(&format!("\n{}\n", plain(note)));
    }
    for gap in page.not_seen.iter().take(10) {
        text.push_str(&format!(
            "\n~ not seen: {} in {} ({})\n",
            plain(&gap.call),
            plain(&gap.place),
            plain(&gap.why)
        ));
    }
    text
}

fn row(page: &AnswerPage, answer: &Answer) -> String {
    let on: Vec<String> = answer.on.iter().take(3).map(|on| plain(&on.name)).collect();
    let more = answer.on.len().saturating_sub(3);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let how = if answer.steps.len() > 1 {
        plain(&way(&counted(page, answer), &answer.steps))
    } else {
        "directly".to_owned()
    };
    format!(
        "| {} | {} | {} | {}{more} | {} | {how} | {} |\n",
        answer.severity.map_or("", severity_mark),
        plain(&counted(page, answer)),
        plain(&answer.access.join(", ")),
        on.join(", "),
        plain(&answer.conditions.join(" and ")),
        plain(&because(&answer.steps).join(", ")),
    )
}

/// Every step of every answer, each once, from left to right. Those who are equal are one node.
pub(crate) fn answers_dot(page: &AnswerPage) -> String {
    let mut nodes: Vec<String> = Vec::new();
    let mut edges: BTreeSet<(usize, usize, String, bool, String)> = BTreeSet::new();
    for answer in &page.answers {
        for (place, step) in answer.steps.iter().enumerate() {
            let begin = if place == 0 { counted(page, answer) } else { step.from.name.clone() };
            let [from, to] = [begin, step.to.name.clone()].map(|name| place_of(&mut nodes, name));
            let tip = because(std::slice::from_ref(step)).join(", ");
            edges.insert((from, to, step.relation.clone(), !step.conditions.is_empty(), tip));
        }
    }
    let mut text = graph::dot_head();
    for (at, node) in nodes.iter().enumerate() {
        text.push_str(&format!("  n{at} [label={}];\n", graph::dot_quoted(node)));
    }
    for (from, to, relation, conditional, tip) in edges {
        let style = if conditional { "dashed" } else { "solid" };
        text.push_str(&format!(
            "  n{from} -> n{to} [label={}, style={style}, tooltip={}];\n",
            graph::dot_quoted(&relation),
            graph::dot_quoted(&tip)
        ));
    }
    text + "}\n"
}

fn place_of(nodes: &mut Vec<String>, name: String) -> usize {
    nodes.iter().position(|known| *known == name).unwrap_or_else(|| {
        nodes.push(name);
        nodes.len() - 1
    })
}
