//! Rings: nodes that can each get to all the others.

use super::walked::Walked;
use crate::steps::NodeId;

/// The ring of each node, by number; nodes in no ring are alone in theirs.
#[derive(Debug)]
pub(crate) struct Rings {
    of: Vec<u32>,
    members: Vec<Vec<NodeId>>,
}

impl Rings {
    /// The strongly connected parts of the nodes that `counts` says count. Linear in nodes and steps.
    pub(crate) fn of(walked: Walked<'_>, counts: &dyn Fn(NodeId) -> bool) -> Self {
        let count = walked.steps.node_count();
        let mut work = Work {
            walked,
            counts,
            number: vec![0; count],
            low: vec![0; count],
            on_stack: vec![false; count],
            stack: Vec::new(),
            next: 1,
            rings: Self { of: vec![u32::MAX; count], members: Vec::new() },
        };
        for at in 0..count {
            let node = NodeId(u32::try_from(at).unwrap_or(u32::MAX));
            if counts(node) && work.number[at] == 0 {
                work.visit(node);
            }
        }
        work.rings
    }

    /// The number of a node's ring; `None`: the node does not count.
    pub(crate) fn number(&self, node: NodeId) -> Option<u32> {
        self.of.get(node.0 as usize).copied().filter(|number| *number != u32::MAX)
    }

    /// All rings, also those of one node.
    pub(crate) fn all(&self) -> &[Vec<NodeId>] {
        &self.members
    }
}

/// Tarjan's algorithm, without recursion.
struct Work<'s> {
    walked: Walked<'s>,
    counts: &'s dyn Fn(NodeId) -> bool,
    number: Vec<u32>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<NodeId>,
    next: u32,
    rings: Rings,
}

impl Work<'_> {
    fn enter(&mut self, node: NodeId) -> (NodeId, Vec<NodeId>) {
        let at = node.0 as usize;
        self.number[at] = self.next;
        self.low[at] = self.next;
        self.next += 1;
        self.on_stack[at] = true;
        self.stack.push(node);
        let steps = self.walked.steps;
        let ends = self.walked.from(node).map(|step| steps.end(step)).filter(|end| (self.counts)(*end));
        (node, ends.collect())
    }

    fn visit(&mut self, first: NodeId) {
        let mut open = vec![self.enter(first)];
        while let Some((node, ends)) = open.last_mut() {
            let at = node.0 as usize;
            if let Some(next) = ends.pop() {
                let next_at = next.0 as usize;
                if self.number[next_at] == 0 {
                    let entered = self.enter(next);
                    open.push(entered);
                } else if self.on_stack[next_at] {
                    self.low[at] = self.low[at].min(self.number[next_at]);
                }
                continue;
            }
            let node = *node;
            open.pop();
            if let Some((above, _)) = open.last() {
                let above = above.0 as usize;
                self.low[above] = self.low[above].min(self.low[at]);
            }
            if self.low[at] == self.number[at] {
                let ring = u32::try_from(self.rings.members.len()).unwrap_or(u32::MAX);
                let mut members = Vec::new();
                while let Some(member) = self.stack.pop() {
                    self.on_stack[member.0 as usize] = false;
                    self.rings.of[member.0 as usize] = ring;
                    members.push(member);
                    if member == node {
                        break;
                    }
                }
                members.sort_unstable();
                self.rings.members.push(members);
            }
        }
    }
}
