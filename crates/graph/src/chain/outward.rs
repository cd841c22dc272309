//! From somebody outward: whom they can come to act as, and what of that nobody can know.

use std::collections::VecDeque;

use clavicle_catalog::Word;
use clavicle_policy::AccountId;
use clavicle_snapshot::{PolicyState, PrincipalIndex, PrincipalKind};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::goal::{Ends, Goal};
use super::question::{Begin, Chain, Chains};
use super::search::{Distances, leads_on};
use super::walked::Walked;
use crate::actor::{Actor, Target};
use crate::steps::{Node, NodeId, Step, StepId};
use crate::world::World;

impl World {
    /// The shortest chain to everybody whom an actor can come to act as, to power, and to rights of its own that were
    /// raised: nearest first, `most` at most, of at most `most_moves` steps that somebody takes. Linear in the steps
    /// that are reached, and a few decisions for each step that is told.
    pub fn chains_outward(&self, actor: &Actor, most_moves: usize, most: usize) -> Chains {
        let steps = self.steps();
        let Some(begin) = steps.find(&self.node_of_actor(actor)) else { return Chains::default() };
        let mut by: HashMap<NodeId, StepId> = HashMap::new();
        let mut order = vec![(begin, 0)];
        // Only who is not reached by what was seen is looked for through what no source lists.
        for unlisted in [false, true] {
            let walked = Walked { steps, unlisted };
            // What costs no move is looked at before what does.
            let mut queue = VecDeque::from(order.clone());
            while let Some((node, moves)) = queue.pop_front() {
                for step in walked.from(node).filter(|_| leads_on(steps.node(node))) {
                    let (end, is_move) =
                        (steps.end(step), steps.relation(step) != crate::steps::Relation::RunsAs);
                    let moves = moves + usize::from(is_move);
                    if end == begin || moves > most_moves || by.contains_key(&end) {
                        continue;
                    }
                    by.insert(end, step);
                    order.push((end, moves));
                    if is_move {
                        queue.push_back((end, moves));
                    } else {
                        queue.push_front((end, moves));
                    }
                }
            }
        }
        let mut order: Vec<NodeId> = order.into_iter().skip(1).map(|(node, _)| node).collect();
        order.retain(|node| !matches!(steps.node(*node), Node::Workload(_)));
        let mut answer = Chains { more: order.len() > most, ..Chains::default() };
        // Chains share their beginnings: each step is decided once.
        let mut told: HashMap<StepId, Step> = HashMap::new();
        for end in order.into_iter().take(most) {
            let (mut way, mut at) = (Vec::new(), end);
            while let Some(step) = by.get(&at) {
                way.push(told.entry(*step).or_insert_with(|| steps.step(self, *step)).clone());
                at = steps.start(*step);
            }
            way.reverse();
            answer.chains.push(Chain { steps: way, ring: Vec::new() });
        }
        answer.chains.sort_by_key(|chain| (chain.moves(), chain.steps.len()));
        answer
    }

    /// Could policies that nobody has shown make chains that are not found? Then that none was found is no "no": of
    /// somebody on the way not all policies were seen, or of some role not who may become it; or where it begins or ends, or in
    /// an account that is let in on the way, not all users and roles are known, or nowhere are they.
    pub fn may_miss_chains(&self, begin: &Begin, goal: &Goal) -> bool {
        let all = || self.principals().collect::<Vec<_>>();
        let askers = match begin {
            Begin::Anyone | Begin::Outside => all(),
            Begin::With(actors) => self.reached_by(actors, true),
        };
        let trust_not_seen = |index: &PrincipalIndex| {
            let record = self.snapshot().principal(*index);
            record.kind == PrincipalKind::Role && record.trust == PolicyState::NotSeen
        };
        askers.iter().any(|index| !self.bearer(*index).is_complete())
            || all().iter().any(trust_not_seen)
            || !self.without_identities(begin, goal).is_empty()
            || self.snapshot().lists_nobody()
    }

    /// The accounts in which chains begin or end, or somebody of which is let in on the way to the end, and of which not all
    /// users and roles are known.
    pub fn without_identities(&self, begin: &Begin, goal: &Goal) -> Vec<AccountId> {
        let snapshot = self.snapshot();
        let ends = match goal {
            Goal::Administrator(None) => return snapshot.without_identities().collect(),
            Goal::Administrator(account) => *account,
            Goal::Become(index) => Some(snapshot.principal(*index).account),
            Goal::Do { target, .. } => self.owner_of(target),
        };
        let begins = match begin {
            Begin::Anyone | Begin::Outside => &[][..],
            Begin::With(actors) => actors,
        };
        let begins = begins.iter().filter_map(|actor| self.account_of(actor));
        let mut accounts: Vec<AccountId> = ends.into_iter().chain(begins).collect();
        // An account that no source is of is outside, where nobody is listed.
        accounts
            .retain(|account| snapshot.account(*account).is_some() && !snapshot.lists_identities(*account));
        accounts.extend(self.unlisted_on_the_way(goal));
        accounts.sort_unstable();
        accounts.dedup();
        accounts
    }

    /// The accounts of which not all users and roles are known, and that the thing at the end lets in, or a role from which
    /// the end is reached. Costs nothing where all are known.
    fn unlisted_on_the_way(&self, goal: &Goal) -> Vec<AccountId> {
        let mut found = HashSet::new();
        if self.unlisted_accounts().is_empty() {
            return Vec::new();
        }
        let when = self.context(&Default::default());
        if let Goal::Do { target, wanted } = goal {
            found.extend(self.unlisted_let_in(wanted, target, &when));
        }
        let steps = self.steps();
        let ends = Ends::of(self, steps, goal, true);
        let distances = Distances::to(Walked { steps, unlisted: true }, ends.nodes.keys().copied());
        let leads = |role: &PrincipalIndex| {
            self.snapshot().principal(*role).kind == PrincipalKind::Role
                && steps.find(&self.node_of(*role)).is_some_and(|node| distances.reaches(node))
        };
        for role in self.principals().filter(leads) {
            let target = Target::Principal(role);
            found.extend(self.unlisted_let_in(&self.wanted(Word::Become, &target), &target, &when));
        }
        found.into_iter().collect()
    }
}
