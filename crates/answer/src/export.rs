//! The graph of steps as plain rows, for programs that draw or search graphs.

use clavicle_graph::{Actor, Grade, Node, NodeId, Relation, StepId};
use rayon::prelude::*;

use crate::reader::Reader;
use crate::shape::{GraphEdge, GraphNode};

/// So many members of a node are named.
const MOST_MEMBERS: usize = 50;

impl Reader {
    /// Every place of the graph of steps: equal identities are one, and so are the administrators of an account. The
    /// first call works out every step of every method.
    pub fn graph_nodes(&self) -> Vec<GraphNode> {
        self.world().steps().nodes().map(|(id, node)| self.graph_node(id, node)).collect()
    }

    /// How many steps there are.
    pub fn graph_size(&self) -> usize {
        self.world().steps().len()
    }

    /// Some of the steps, by place: each decided anew, so that it can say why. On every core.
    pub fn graph_edges(&self, places: std::ops::Range<usize>) -> Vec<GraphEdge> {
        self.world().steps().among(places).into_par_iter().map(|step| self.graph_edge(step)).collect()
    }

    fn graph_node(&self, id: NodeId, node: &Node) -> GraphNode {
        let thing = self.thing_of_node(node);
        let members = self.members_of_node(node);
        let label = match node {
            Node::Actor(Actor::Principal(_)) => self.group_label(&members),
            _ => thing.called(),
        };
        let arns = members.iter().take(MOST_MEMBERS).filter_map(|member| self.thing_of_actor(member).arn);
        GraphNode {
            id: node_id(id),
            label,
            kind: thing.kind,
            account: thing.account,
            count: members.len().max(1),
            members: match node {
                Node::Actor(Actor::Principal(_)) | Node::Administrator(_) => arns.collect(),
                _ => thing.arn.into_iter().collect(),
            },
            administrator: matches!(node, Node::Administrator(_)),
            outside: matches!(node, Node::Actor(actor) if self.world().is_outside(actor)),
        }
    }

    fn graph_edge(&self, id: StepId) -> GraphEdge {
        let steps = self.world().steps();
        let taken = steps.step(self.world(), id);
        let told = self.taken_step(&taken, "");
        GraphEdge {
            from: node_id(steps.start(id)),
            to: node_id(steps.end(id)),
            relation: match steps.relation(id) {
                Relation::Becomes => "becomes",
                Relation::Controls => "controls",
                Relation::Passes => "passes",
                Relation::RunsAs => "runs as",
                Relation::Gains => "gains",
                Relation::Touches => "touches",
            }
            .to_owned(),
            method: told.method.as_ref().map(|method| method.id.clone()),
            title: told.method.map(|method| method.title).unwrap_or_default(),
            certain: matches!(taken.grade, Grade::Certain | Grade::Chosen),
            unseen: taken.grade == Grade::Unseen,
            conditions: told.conditions,
            because: told
                .because
                .iter()
                .map(|cited| match &cited.sid {
                    Some(sid) => format!("{}:{} {sid}", cited.document, cited.line),
                    None => format!("{}:{}", cited.document, cited.line),
                })
                .collect(),
        }
    }
}

/// Numbers are the same for the same accounts.
fn node_id(id: NodeId) -> String {
    format!("n{}", id.index())
}
