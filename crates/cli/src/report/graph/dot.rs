//! DOT, for Graphviz.
//!
//! Graphviz, "DOT Language": in a quoted string only `"` is escaped, and a backslash begins an escape of labels.

use std::io::{self, Write};

use clavicle_answer::shape::{GraphEdge, GraphNode};

use super::{GraphForm, certainty, shown};

/// A directed graph from left to right.
#[derive(Default)]
pub(crate) struct Dot;

impl GraphForm for Dot {
    fn head(&mut self, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(dot_head().as_bytes())
    }

    fn node(&mut self, node: &GraphNode, to: &mut dyn Write) -> io::Result<()> {
        let count = if node.count > 1 { format!(" ×{}", node.count) } else { String::new() };
        let style = match (node.administrator, node.outside) {
            (true, _) => ", peripheries=2",
            (false, true) => ", style=\"rounded,dashed\"",
            (false, false) => "",
        };
        writeln!(to, "  {} [label={}{style}];", node.id, dot_quoted(&format!("{}{count}", node.label)))
    }

    fn edge(&mut self, edge: &GraphEdge, to: &mut dyn Write) -> io::Result<()> {
        let style = match certainty(edge) {
            "yes" => "solid",
            "if" => "dashed",
            _ => "dotted",
        };
        let mut tip = edge.because.join("\n");
        if !edge.conditions.is_empty() {
            tip.push_str(&format!("\nif {}", edge.conditions.join(" and ")));
        }
        let method = edge.method.as_deref().map(|method| format!(" ({method})")).unwrap_or_default();
        writeln!(
            to,
            "  {} -> {} [label={}, style={style}, tooltip={}];",
            edge.from,
            edge.to,
            dot_quoted(&format!("{}{method}", edge.relation)),
            dot_quoted(&tip)
        )
    }

    fn tail(&mut self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "}}")
    }
}

/// How a drawing begins.
pub(crate) fn dot_head() -> String {
    "digraph clavicle {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
        .to_owned()
}

/// A text as a label.
pub(crate) fn dot_quoted(text: &str) -> String {
    let lines: Vec<String> =
        text.lines().map(|line| shown(line).replace('\\', "\\\\").replace('"', "\\\"")).collect();
    format!("\"{}\"", lines.join("\\n"))
}
