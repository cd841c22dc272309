//! Which nodes reach the ends, and how: shortest first, and no chain that holds another.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::walked::Walked;
use crate::actor::Actor;
use crate::steps::{Node, NodeId, Relation, StepId};

/// How far it is from each node to the nearest end.
pub(crate) struct Distances {
    far: Vec<Cost>,
}

/// What a chain costs: what somebody has to do, then all its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cost {
    pub(crate) moves: u32,
    pub(crate) steps: u32,
}

impl Cost {
    const NONE: Self = Self { moves: 0, steps: 0 };
    const FAR: Self = Self { moves: u32::MAX, steps: u32::MAX };

    fn plus(self, relation: Relation) -> Self {
        let moves = u32::from(relation != Relation::RunsAs);
        Self { moves: self.moves + moves, steps: self.steps + 1 }
    }
}

/// Can chains lead through this node? AWS services act for their customers, and not on their own account.
pub(crate) fn leads_on(node: &Node) -> bool {
    !matches!(node, Node::Actor(Actor::Service(_)))
}

impl Distances {
    /// Backwards from the ends. Linear in the steps, times the logarithm of the nodes.
    pub(crate) fn to(walked: Walked<'_>, ends: impl Iterator<Item = NodeId>) -> Self {
        let steps = walked.steps;
        let mut found = Self { far: vec![Cost::FAR; steps.node_count()] };
        let mut queue = BinaryHeap::new();
        for end in ends {
            found.set(end, Cost::NONE);
            queue.push(Reverse((Cost::NONE, end)));
        }
        while let Some(Reverse((cost, node))) = queue.pop() {
            if cost > found.of(node) {
                continue;
            }
            for step in walked.into(node) {
                let before = steps.start(step);
                let more = cost.plus(steps.relation(step));
                if more < found.of(before) && leads_on(steps.node(before)) {
                    found.set(before, more);
                    queue.push(Reverse((more, before)));
                }
            }
        }
        found
    }

    pub(crate) fn of(&self, node: NodeId) -> Cost {
        self.far.get(node.0 as usize).copied().unwrap_or(Cost::FAR)
    }

    pub(crate) fn reaches(&self, node: NodeId) -> bool {
        self.of(node) != Cost::FAR
    }

    fn set(&mut self, node: NodeId, cost: Cost) {
        if let Some(slot) = self.far.get_mut(node.0 as usize) {
            *slot = cost;
        }
    }
}

/// How many nodes are looked at, at most, for the chains from one beginning.
const MOST_LOOKS: usize = 50_000;

/// Chains from a node: the steps of each, shortest first, and whether there are more.
///
/// A chain is kept if none of its nodes has a step that skips another of its nodes: then no other chain's nodes are
/// among its own, but those of a chain that ends sooner under a condition. `is_end`: there it may end; `is_reached`:
/// there it ends, and nothing stands before the goal.
pub(crate) fn chains_from(
    walked: Walked<'_>,
    distances: &Distances,
    (is_end, is_reached): (&dyn Fn(NodeId) -> bool, &dyn Fn(NodeId) -> bool),
    begin: NodeId,
    most_moves: usize,
    most: usize,
) -> (Vec<Vec<StepId>>, bool) {
    let steps = walked.steps;
    let mut found: Vec<Vec<StepId>> = Vec::new();
    let mut looks = 0;
    let mut more = false;
    // Longer chains only once the shorter ones are found, so that those that are cut off are the longest.
    let shortest = distances.of(begin);
    if !distances.reaches(begin) || shortest.moves as usize > most_moves {
        return (found, distances.reaches(begin));
    }
    // Every move but the last may lead to a workload that runs as its role.
    for length in shortest.steps as usize..=2 * most_moves {
        let mut walk = Walk {
            walked,
            distances,
            is_end,
            is_reached,
            length,
            most_moves: u32::try_from(most_moves).unwrap_or(u32::MAX),
            moves: 0,
            nodes: vec![begin],
            taken: Vec::new(),
            looks: &mut looks,
            found: &mut found,
            most,
        };
        if !walk.on() {
            more = true;
            break;
        }
    }
    let cost =
        |chain: &Vec<StepId>| chain.iter().fold(Cost::NONE, |cost, step| cost.plus(steps.relation(*step)));
    found.sort_by_key(|chain| (cost(chain), chain.iter().filter(|step| !steps.is_certain(**step)).count()));
    (found, more)
}

/// A walk over chains of one length.
struct Walk<'s, 'f> {
    walked: Walked<'s>,
    distances: &'s Distances,
    is_end: &'s dyn Fn(NodeId) -> bool,
    is_reached: &'s dyn Fn(NodeId) -> bool,
    length: usize,
    most_moves: u32,
    moves: u32,
    nodes: Vec<NodeId>,
    taken: Vec<StepId>,
    looks: &'f mut usize,
    found: &'f mut Vec<Vec<StepId>>,
    most: usize,
}

impl Walk<'_, '_> {
    /// False: it was cut off.
    fn on(&mut self) -> bool {
        let Some(node) = self.nodes.last().copied() else { return true };
        let is_end = (self.is_end)(node) && !self.taken.is_empty();
        if self.taken.len() == self.length {
            if is_end && self.found.len() >= self.most {
                return false;
            }
            if is_end {
                self.found.push(self.taken.clone());
            }
            return true;
        }
        // Where the goal is reached under a condition only, a longer way may be without.
        if is_end && (self.is_reached)(node) {
            return true;
        }
        let steps = self.walked.steps;
        for step in self.walked.from(node) {
            let next = steps.end(step);
            let rest = self.distances.of(next);
            let moves = self.moves + u32::from(steps.relation(step) != Relation::RunsAs);
            if !self.distances.reaches(next)
                || self.taken.len() + 1 + rest.steps as usize > self.length
                || moves + rest.moves > self.most_moves
            {
                continue;
            }
            *self.looks += 1;
            if *self.looks > MOST_LOOKS {
                return false;
            }
            let earlier = self.nodes.len() - 1;
            let skips = |earlier: &NodeId| *earlier == next || self.walked.leads(*earlier, next);
            if next == node || self.nodes.iter().take(earlier).any(skips) {
                continue;
            }
            self.nodes.push(next);
            self.taken.push(step);
            let before = std::mem::replace(&mut self.moves, moves);
            let whole = self.on();
            self.moves = before;
            self.nodes.pop();
            self.taken.pop();
            if !whole {
                return false;
            }
        }
        true
    }
}
