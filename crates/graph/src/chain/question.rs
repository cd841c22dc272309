//! A question about chains, and its answer.

use foldhash::HashSet;
use rayon::prelude::*;

use super::goal::{Ends, Goal};
use super::ring::Rings;
use super::search::{Distances, chains_from, leads_on};
use super::walked::Walked;
use crate::actor::Actor;
use crate::steps::{Grade, Node, NodeId, Step};
use crate::world::World;

/// Where chains begin.
#[derive(Debug, Clone)]
pub enum Begin {
    /// With anybody who is not on somebody else's way: those whom nobody else can become, and outsiders.
    Anyone,
    /// With those from outside the accounts that were seen.
    Outside,
    /// With these.
    With(Vec<Actor>),
}

/// How much is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Chains of at most so many steps that somebody takes: that a workload runs as its role does not count.
    pub steps: usize,
    /// So many chains from each beginning.
    pub each: usize,
    /// So many beginnings.
    pub begins: usize,
    /// Also chains to a thing that end with an administrator of its account, who reaches everything in it.
    pub administrators: bool,
    /// From whom no chain leads by what was seen: those through things that no source lists. Each turns on a step of
    /// [`Grade::Unseen`].
    pub unlisted: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: 8, each: 20, begins: 200, administrators: false, unlisted: true }
    }
}

/// One chain: each step begins where the one before ended.
#[derive(Debug, Clone)]
pub struct Chain {
    /// The steps, with their requests.
    pub steps: Vec<Step>,
    /// Who could begin it as well: the others of the first node's ring, each of whom can get to its beginning.
    pub ring: Vec<Node>,
}

/// The answer.
#[derive(Debug, Clone, Default)]
pub struct Chains {
    /// By beginning, shortest first. No chain's nodes are among those of another with the same beginning.
    pub chains: Vec<Chain>,
    /// There are more than the limits let through.
    pub more: bool,
}

impl Chain {
    /// How many of its steps somebody takes: all but those of workloads that run as their role.
    pub fn moves(&self) -> usize {
        self.steps.iter().filter(|step| step.is_move()).count()
    }

    /// Where it begins.
    pub fn begin(&self) -> Option<&Node> {
        self.steps.first().map(|step| &step.from)
    }

    /// How certain its least certain step is.
    pub fn grade(&self) -> Option<Grade> {
        self.steps.iter().map(|step| step.grade).min()
    }
}

impl World {
    /// The chains from somebody to a goal. Once the steps are worked out: linear in them, and a little for each chain.
    pub fn chains(&self, begin: &Begin, goal: &Goal, limits: &Limits) -> Chains {
        let listed = Walked::listed(self.steps());
        let ends = Ends::of(self, listed.steps, goal, limits.administrators);
        let mut found = self.chains_walked(begin, &ends, limits, listed);
        if !limits.unlisted || !listed.steps.has_unlisted() {
            return found;
        }
        let gets_there: HashSet<Node> =
            found.chains.iter().flat_map(|chain| &chain.steps).map(|step| step.from.clone()).collect();
        let mut through = self.chains_walked(begin, &ends, limits, Walked { unlisted: true, ..listed });
        through.chains.retain(|chain| chain.begin().is_some_and(|begin| !gets_there.contains(begin)));
        found.more |= through.more && found.chains.is_empty();
        found.chains.append(&mut through.chains);
        found
    }

    fn chains_walked(&self, begin: &Begin, ends: &Ends, limits: &Limits, walked: Walked<'_>) -> Chains {
        let steps = walked.steps;
        let extra = usize::from(ends.target.is_some());
        let distances = Distances::to(walked, ends.nodes.keys().copied());
        let is_end = |node: NodeId| ends.nodes.contains_key(&node);
        let is_reached = |node: NodeId| ends.is_reached(node);
        let begins = self.begins(begin, walked, &distances, &is_reached);
        let mut answer = Chains { more: begins.len() > limits.begins, ..Chains::default() };
        let most_moves = limits.steps.saturating_sub(extra);
        let found: Vec<_> = begins
            .par_iter()
            .take(limits.begins)
            .map(|(node, ring)| {
                // One rewrite is a chain by itself, and makes others longer than they need be if it is certain.
                let opened = ends.opening(*node);
                let (mut found, mut more) = (Vec::new(), false);
                if opened.is_none_or(|step| step.grade < Grade::Certain) {
                    (found, more) = chains_from(
                        walked,
                        &distances,
                        (&is_end, &is_reached),
                        *node,
                        most_moves,
                        limits.each,
                    );
                }
                found.extend(opened.map(|_| Vec::new()));
                let chains = found.into_iter().map(|chain| {
                    let end = chain.last().map_or(*node, |step| steps.end(*step));
                    let last = ends.last_step(self, steps, end);
                    let chain = chain.into_iter().map(|step| steps.step(self, step)).chain(last);
                    Chain { steps: chain.collect(), ring: ring.clone() }
                });
                (chains.collect::<Vec<_>>(), more)
            })
            .collect();
        for (chains, more) in found {
            answer.chains.extend(chains);
            answer.more |= more;
        }
        answer.chains.sort_by_key(|chain| (chain.moves(), chain.steps.len()));
        answer
    }

    /// The nodes at which chains begin, each with the rest of its ring.
    fn begins(
        &self,
        begin: &Begin,
        walked: Walked<'_>,
        distances: &Distances,
        is_reached: &dyn Fn(NodeId) -> bool,
    ) -> Vec<(NodeId, Vec<Node>)> {
        let steps = walked.steps;
        let could = |node: NodeId| distances.reaches(node) && !is_reached(node) && leads_on(steps.node(node));
        match begin {
            Begin::With(actors) => {
                let nodes = actors.iter().filter_map(|actor| steps.find(&self.node_of_actor(actor)));
                let mut nodes: Vec<NodeId> = nodes.filter(|node| could(*node)).collect();
                nodes.sort_unstable();
                nodes.dedup();
                nodes.into_iter().map(|node| (node, Vec::new())).collect()
            }
            Begin::Outside => {
                let outside = steps.nodes().filter(|(_, node)| match node {
                    Node::Actor(actor) => self.is_outside(actor),
                    _ => false,
                });
                outside.filter(|(id, _)| could(*id)).map(|(id, _)| (id, Vec::new())).collect()
            }
            Begin::Anyone => {
                let counts = |node: NodeId| distances.reaches(node) && leads_on(steps.node(node));
                let rings = Rings::of(walked, &counts);
                let entered = |ring: u32, members: &[NodeId]| {
                    members.iter().flat_map(|member| walked.into(*member)).any(|step| {
                        let before = steps.start(step);
                        counts(before) && rings.number(before) != Some(ring) && !is_reached(before)
                    })
                };
                let mut found = Vec::new();
                for (number, members) in (0..).zip(rings.all()) {
                    let first = members
                        .iter()
                        .find(|node| could(**node) && matches!(steps.node(**node), Node::Actor(_)));
                    let Some(first) = first.filter(|_| !entered(number, members)) else { continue };
                    let others = members.iter().filter(|node| *node != first && could(**node));
                    found.push((*first, others.map(|node| steps.node(*node).clone()).collect()));
                }
                found.sort_by_key(|(node, _)| distances.of(*node));
                found
            }
        }
    }

    /// The rings of the world: those who can each get to all the others.
    pub fn rings(&self) -> Vec<Vec<Node>> {
        let steps = self.steps();
        let rings = Rings::of(Walked::listed(steps), &|node| leads_on(steps.node(node)));
        let many = rings.all().iter().filter(|members| members.len() > 1);
        many.map(|members| members.iter().map(|node| steps.node(*node).clone()).collect()).collect()
    }
}
