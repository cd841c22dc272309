//! Answers to questions as a table, as a comment, and as a drawing for Graphviz.

use std::collections::BTreeSet;

use clavicle_answer::shape::{Answer, AnswerPage, Step};
use clavicle_web::export::{self, acceptance, because, cell, is_blocked, step_condition};

use super::graph;

/// A row for each of those who are equal and each thing.
pub(crate) fn answers_csv(page: &AnswerPage) -> Result<String, csv::Error> {
    let records = export::records(page);
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(&records.head)?;
    for row in &records.rows {
        table.write_record(row.iter().map(|text| cell(text)))?;
    }
    let bytes = table.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// `role/a-* ×7`. What `what` lists is labelled by its end; who asks is one.
fn counted(page: &AnswerPage, answer: &Answer) -> String {
    match answer.who.first() {
        Some(who) if page.question.verb == "what" => who.name.clone(),
        _ if answer.count > 1 => format!("{} ×{}", answer.label, answer.count),
        _ => answer.label.clone(),
    }
}

/// Every step of every answer, each once, from left to right. Those who are equal are one node.
pub(crate) fn answers_dot(page: &AnswerPage) -> String {
    let mut nodes: Vec<String> = Vec::new();
    let mut edges: BTreeSet<(usize, usize, String, &str, String)> = BTreeSet::new();
    for answer in &page.answers {
        for (place, step) in answer.steps.iter().enumerate() {
            let begin = if place == 0 { counted(page, answer) } else { step.from.name.clone() };
            let [from, to] = [begin, step.to.name.clone()].map(|name| place_of(&mut nodes, name));
            let tip = because(std::slice::from_ref(step)).join(", ");
            let (style, besides) = look(answer, step);
            edges.insert((from, to, format!("{}{besides}", step.relation), style, tip));
        }
    }
    let mut text = graph::dot_head();
    for (at, node) in nodes.iter().enumerate() {
        text.push_str(&format!("  n{at} [label={}];\n", graph::dot_quoted(node)));
    }
    for (from, to, relation, style, tip) in edges {
        text.push_str(&format!(
            "  n{from} -> n{to} [label={}, style={style}, tooltip={}];\n",
            graph::dot_quoted(&relation),
            graph::dot_quoted(&tip)
        ));
    }
    text + "}\n"
}

/// The style of a step, and what stands on its line besides the relation: what is not open is drawn apart.
fn look(answer: &Answer, step: &Step) -> (&'static str, String) {
    let accepted = answer.way.as_ref().and_then(acceptance).map_or_else(String::new, |by| format!(", {by}"));
    if let Some(way) = answer.way.as_ref().filter(|_| is_blocked(answer)) {
        let by = way.blocked_by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
        return ("dotted, color=gray", format!(", blocked{by}{accepted}"));
    }
    match (step.unseen.is_empty(), step.conditions.is_empty()) {
        (false, _) => ("dotted", format!(", {}{accepted}", step_condition(step))),
        (true, false) => ("dashed", accepted),
        (true, true) => ("solid", accepted),
    }
}

fn place_of(nodes: &mut Vec<String>, name: String) -> usize {
    nodes.iter().position(|known| *known == name).unwrap_or_else(|| {
        nodes.push(name);
        nodes.len() - 1
    })
}
