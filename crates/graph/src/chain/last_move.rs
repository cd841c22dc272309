//! The last move to somewhere: what somebody does after which nothing stands before them. And who gets so far.

use std::collections::VecDeque;

use super::search::leads_on;
use super::walked::Walked;
use crate::steps::{Node, NodeId, Relation, StepId};
use crate::world::World;

impl World {
    /// The moves by which somebody as they are gets to a node, right away or through what then goes on by itself: workloads
    /// that run as it, and rights that were raised so far that they are enough. By what was seen; linear in the steps to
    /// it.
    pub fn last_moves(&self, end: &Node) -> Vec<StepId> {
        let walked = Walked::listed(self.steps());
        let steps = walked.steps;
        let Some(end) = steps.find(end) else { return Vec::new() };
        let (mut found, mut seen, mut ends) = (Vec::new(), vec![end], VecDeque::from([end]));
        while let Some(end) = ends.pop_front() {
            for step in walked.into(end).filter(|step| leads_on(steps.node(steps.start(*step)))) {
                let before = steps.start(step);
                let by_itself = steps.relation(step) == Relation::RunsAs
                    || matches!(steps.node(before), Node::Raised(..));
                if !by_itself {
                    found.push(step);
                } else if !seen.contains(&before) {
                    seen.push(before);
                    ends.push_back(before);
                }
            }
        }
        found
    }

    /// Who certainly gets to one of these nodes, themselves among them, in the order of the nodes. Linear in the steps.
    pub fn who_gets_to(&self, ends: &[NodeId]) -> Vec<NodeId> {
        let walked = Walked::listed(self.steps());
        let steps = walked.steps;
        let mut seen = vec![false; steps.node_count()];
        let mut queue: VecDeque<NodeId> = ends.iter().copied().collect();
        while let Some(node) = queue.pop_front() {
            if std::mem::replace(&mut seen[node.index()], true) {
                continue;
            }
            let certain = walked.into(node).filter(|step| steps.is_certain(*step));
            queue.extend(certain.map(|step| steps.start(step)).filter(|node| leads_on(steps.node(*node))));
        }
        steps.nodes().map(|(id, _)| id).filter(|id| seen[id.index()]).collect()
    }
}
