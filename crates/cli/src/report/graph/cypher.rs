//! Cypher, for Neo4j and its kin.
//!
//! openCypher 9: strings in single quotes, in which `\\` and `'` are escaped.

use std::io::{self, Write};

use clavicle_answer::shape::{GraphEdge, GraphNode};

use super::{GraphForm, certainty, shown};

/// A statement a line: nodes by `CREATE`, edges by `MATCH` and `CREATE`.
#[derive(Default)]
pub(crate) struct Cypher;

impl GraphForm for Cypher {
    fn node(&mut self, node: &GraphNode, to: &mut dyn Write) -> io::Result<()> {
        let members: Vec<String> = node.members.iter().map(|member| quoted(member)).collect();
        writeln!(
            to,
            "CREATE (:Clavicle {{id: {}, label: {}, kind: {}, account: {}, count: {}, members: [{}], administrator: {}, outside: {}}});",
            quoted(&node.id),
            quoted(&node.label),
            quoted(&node.kind),
            node.account.as_deref().map_or("null".to_owned(), quoted),
            node.count,
            members.join(", "),
            node.administrator,
            node.outside,
        )
    }

    fn between(&mut self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "CREATE INDEX clavicle_id IF NOT EXISTS FOR (n:Clavicle) ON (n.id);")
    }

    fn edge(&mut self, edge: &GraphEdge, to: &mut dyn Write) -> io::Result<()> {
        let list = |texts: &[String]| {
            let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
            texts.join(", ")
        };
        writeln!(
            to,
            "MATCH (a:Clavicle {{id: {}}}), (b:Clavicle {{id: {}}}) CREATE (a)-[:{} {{method: {}, title: {}, certain: {}, conditions: [{}], because: [{}]}}]->(b);",
            quoted(&edge.from),
            quoted(&edge.to),
            kind(&edge.relation),
            edge.method.as_deref().map_or("null".to_owned(), quoted),
            quoted(&edge.title),
            quoted(certainty(edge)),
            list(&edge.conditions),
            list(&edge.because),
        )
    }
}

/// `RUNS_AS`: relations are our own words.
pub(super) fn kind(relation: &str) -> String {
    relation.to_uppercase().replace(' ', "_")
}

fn quoted(text: &str) -> String {
    format!("'{}'", shown(text).replace('\\', "\\\\").replace('\'', "\\'"))
}
