//! Two tables, for Neo4j's import and for spreadsheets.
//!
//! Neo4j Operations Manual, "Import": `:ID`, `:LABEL`, `:START_ID`, `:END_ID`, `:TYPE` name what columns are.

use std::io::{self, Write};

use clavicle_answer::shape::{GraphEdge, GraphNode};

use super::{GraphForm, certainty, cypher};
use clavicle_web::export::cell as harmless;

/// `nodes.csv`.
#[derive(Default)]
pub(crate) struct NodeTable;

/// `edges.csv`.
#[derive(Default)]
pub(crate) struct EdgeTable;

impl GraphForm for NodeTable {
    fn head(&mut self, to: &mut dyn Write) -> io::Result<()> {
        let head = [
            "id:ID",
            "label",
            "kind",
            "account",
            "count:int",
            "members:string[]",
            "administrator:boolean",
            "outside:boolean",
            ":LABEL",
        ];
        row(to, head.map(str::to_owned))
    }

    fn node(&mut self, node: &GraphNode, to: &mut dyn Write) -> io::Result<()> {
        row(
            to,
            [
                node.id.clone(),
                node.label.clone(),
                node.kind.clone(),
                node.account.clone().unwrap_or_default(),
                node.count.to_string(),
                node.members.join(";"),
                node.administrator.to_string(),
                node.outside.to_string(),
                "Clavicle".to_owned(),
            ],
        )
    }

    fn edge(&mut self, _: &GraphEdge, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

impl GraphForm for EdgeTable {
    fn head(&mut self, to: &mut dyn Write) -> io::Result<()> {
        let head = [
            ":START_ID",
            ":END_ID",
            ":TYPE",
            "method",
            "title",
            "certain",
            "conditions:string[]",
            "because:string[]",
        ];
        row(to, head.map(str::to_owned))
    }

    fn node(&mut self, _: &GraphNode, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn edge(&mut self, edge: &GraphEdge, to: &mut dyn Write) -> io::Result<()> {
        row(
            to,
            [
                edge.from.clone(),
                edge.to.clone(),
                cypher::kind(&edge.relation),
                edge.method.clone().unwrap_or_default(),
                edge.title.clone(),
                certainty(edge).to_owned(),
                edge.conditions.join(";"),
                edge.because.join(";"),
            ],
        )
    }
}

fn row<const N: usize>(to: &mut dyn Write, cells: [String; N]) -> io::Result<()> {
    let mut table = ::csv::Writer::from_writer(to);
    table.write_record(cells.map(|cell| harmless(&cell))).map_err(io::Error::other)?;
    table.flush()
}
