//! The graph in the forms of other programs. Each file writes what comes before, a node, an edge, and what comes after, so
//! that a graph of any size goes through in pieces. Names are hostile text in all of them.

mod csv;
mod cypher;
mod dot;
mod graphml;
mod opengraph;

use std::io::{self, Write};

use clavicle_answer::shape::{GraphEdge, GraphNode};

pub(crate) use csv::{EdgeTable, NodeTable};
pub(crate) use cypher::Cypher;
pub(crate) use dot::{Dot, dot_head, dot_quoted};
pub(crate) use graphml::GraphMl;
pub(crate) use opengraph::OpenGraph;

/// How a graph is written: all nodes, then all edges.
pub(crate) trait GraphForm {
    /// What comes first.
    fn head(&mut self, _to: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
    /// One node.
    fn node(&mut self, node: &GraphNode, to: &mut dyn Write) -> io::Result<()>;
    /// What comes between nodes and edges.
    fn between(&mut self, _to: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
    /// One edge.
    fn edge(&mut self, edge: &GraphEdge, to: &mut dyn Write) -> io::Result<()>;
    /// What comes last.
    fn tail(&mut self, _to: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// How certain an edge is, in a word.
fn certainty(edge: &GraphEdge) -> &'static str {
    match (edge.unseen, edge.certain) {
        (true, _) => "unknown",
        (false, true) => "yes",
        (false, false) => "if",
    }
}

/// Text in which nothing acts on a terminal or hides, on one line.
fn shown(text: &str) -> String {
    clavicle_answer::visible(text).into_owned()
}
