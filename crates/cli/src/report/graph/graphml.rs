//! GraphML, for yEd, Gephi, networkx.
//!
//! GraphML Primer: every attribute is declared by a key before the graph.

use std::io::{self, Write};

use clavicle_answer::shape::{GraphEdge, GraphNode};
use quick_xml::escape::escape;

use super::{GraphForm, certainty, shown};

/// A graph whose data are all texts, but for counts and flags.
#[derive(Default)]
pub(crate) struct GraphMl {
    edges: usize,
}

const KEYS: [(&str, &str, &str); 13] = [
    ("label", "node", "string"),
    ("kind", "node", "string"),
    ("account", "node", "string"),
    ("count", "node", "int"),
    ("members", "node", "string"),
    ("administrator", "node", "boolean"),
    ("outside", "node", "boolean"),
    ("relation", "edge", "string"),
    ("method", "edge", "string"),
    ("title", "edge", "string"),
    ("certain", "edge", "string"),
    ("conditions", "edge", "string"),
    ("because", "edge", "string"),
];

impl GraphForm for GraphMl {
    fn head(&mut self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(to, "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">")?;
        for (key, of, kind) in KEYS {
            writeln!(to, "  <key id=\"{key}\" for=\"{of}\" attr.name=\"{key}\" attr.type=\"{kind}\"/>")?;
        }
        writeln!(to, "  <graph id=\"clavicle\" edgedefault=\"directed\">")
    }

    fn node(&mut self, node: &GraphNode, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "    <node id=\"{}\">", node.id)?;
        datum(to, "label", &node.label)?;
        datum(to, "kind", &node.kind)?;
        datum(to, "account", node.account.as_deref().unwrap_or_default())?;
        datum(to, "count", &node.count.to_string())?;
        datum(to, "members", &node.members.join(" "))?;
        datum(to, "administrator", &node.administrator.to_string())?;
        datum(to, "outside", &node.outside.to_string())?;
        writeln!(to, "    </node>")
    }

    fn edge(&mut self, edge: &GraphEdge, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "    <edge id=\"e{}\" source=\"{}\" target=\"{}\">", self.edges, edge.from, edge.to)?;
        self.edges += 1;
        datum(to, "relation", &edge.relation)?;
        datum(to, "method", edge.method.as_deref().unwrap_or_default())?;
        datum(to, "title", &edge.title)?;
        datum(to, "certain", certainty(edge))?;
        datum(to, "conditions", &edge.conditions.join("; "))?;
        datum(to, "because", &edge.because.join("; "))?;
        writeln!(to, "    </edge>")
    }

    fn tail(&mut self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "  </graph>\n</graphml>")
    }
}

/// What XML cannot hold, control characters, is spelled out before.
fn datum(to: &mut dyn Write, key: &str, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    writeln!(to, "      <data key=\"{key}\">{}</data>", escape(shown(text)))
}
