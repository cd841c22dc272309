//! OpenGraph, for BloodHound.
//!
//! BloodHound, "OpenGraph Schema" (https://bloodhound.specterops.io/opengraph/schema): `graph.nodes` with `id`, up to three
//! `kinds`, and `properties`; `graph.edges` with `kind`, `start` and `end` matched by id. Properties are texts, numbers, flags,
//! or lists of one of these.

use std::io::{self, Write};

use clavicle_answer::shape::{GraphEdge, GraphNode};
use serde_json::json;

use super::{GraphForm, certainty, shown};

/// One JSON object, a node or edge a line.
#[derive(Default)]
pub(crate) struct OpenGraph {
    nodes: usize,
    edges: usize,
}

impl GraphForm for OpenGraph {
    fn head(&mut self, to: &mut dyn Write) -> io::Result<()> {
        write!(to, "{{\"metadata\": {{\"source_kind\": \"Clavicle\"}}, \"graph\": {{\"nodes\": [")
    }

    fn node(&mut self, node: &GraphNode, to: &mut dyn Write) -> io::Result<()> {
        let kind = match node.kind.as_str() {
            "user" => "ClavicleUser",
            "role" => "ClavicleRole",
            "administrator" => "ClavicleAdministrator",
            "raised" => "ClavicleRaised",
            _ if node.outside => "ClavicleOutsider",
            _ => "ClavicleThing",
        };
        let members: Vec<String> = node.members.iter().map(|member| shown(member)).collect();
        let mut properties = json!({
            "name": shown(&node.label),
            "displayname": shown(&node.label),
            "kind": shown(&node.kind),
            "count": node.count,
            "administrator": node.administrator,
            "outside": node.outside,
        });
        if let Some(account) = &node.account {
            properties["account"] = shown(account).into();
        }
        if !members.is_empty() {
            properties["members"] = members.into();
        }
        let comma = if self.nodes == 0 { "\n" } else { ",\n" };
        self.nodes += 1;
        write!(
            to,
            "{comma}{}",
            json!({"id": id(&node.id), "kinds": [kind, "Clavicle"], "properties": properties})
        )
    }

    fn between(&mut self, to: &mut dyn Write) -> io::Result<()> {
        write!(to, "\n], \"edges\": [")
    }

    fn edge(&mut self, edge: &GraphEdge, to: &mut dyn Write) -> io::Result<()> {
        let kind: String = edge.relation.split(' ').map(capitalized).collect();
        let mut properties = json!({"certain": certainty(edge), "title": shown(&edge.title)});
        if let Some(method) = &edge.method {
            properties["method"] = method.as_str().into();
        }
        for (name, texts) in [("conditions", &edge.conditions), ("because", &edge.because)] {
            if !texts.is_empty() {
                properties[name] = texts.iter().map(|text| shown(text)).collect::<Vec<_>>().into();
            }
        }
        let comma = if self.edges == 0 { "\n" } else { ",\n" };
        self.edges += 1;
        let end = |node: &str| json!({"value": id(node), "match_by": "id"});
        let edge = json!({"kind": format!("Clavicle{kind}"), "start": end(&edge.from), "end": end(&edge.to), "properties": properties});
        write!(to, "{comma}{edge}")
    }

    fn tail(&mut self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "\n]}}}}")
    }
}

/// Ids are shared with all that BloodHound knows.
fn id(node: &str) -> String {
    format!("clavicle-{node}")
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
