//! What does somebody come by through others: things that matter, power, and whom they can become?

use std::cmp::Reverse;
use std::collections::VecDeque;

use clavicle_catalog::Word;
use clavicle_graph::{Actor, Begin, Chain, Goal, Limits, Node, NodeId, StepId, Target};
use clavicle_snapshot::ResourceIndex;
use foldhash::{HashMap, HashMapExt};

use crate::path::limits_of;
use crate::question::Question;
use crate::reader::Reader;
use crate::shape::Answer;
use crate::standing::Standing;

/// What is asked of a thing that matters: the weightiest word first.
const WEIGHTY: [Word; 3] = [Word::Control, Word::Write, Word::Read];

impl Reader {
    /// The shortest chains from an actor: to things that matter, to power, and to everybody whom they can become. The
    /// worst first.
    pub(crate) fn comes_by(
        &self,
        question: &Question,
        workload: Option<ResourceIndex>,
        actor: &Actor,
    ) -> Vec<Answer> {
        if question.direct || !question.when.is_empty() || question.action.is_some() {
            return Vec::new();
        }
        let limits = Limits { each: 1, ..limits_of(question, true) };
        let mut found: Vec<(Standing, Answer)> = Vec::new();
        for thing in self.things_that_matter() {
            let target = Target::Resource(thing);
            for word in WEIGHTY {
                let wanted = self.world().wanted(word, &target);
                let goal = Goal::Do { target: target.clone(), wanted };
                let chains = self.world().chains(&Begin::With(vec![actor.clone()]), &goal, &limits);
                found.extend(self.chain_answers(&chains, word.name()));
            }
        }
        let others = self.become_by_chains(actor, limits.steps);
        found.extend(others.iter().filter_map(|chain| {
            Some((Standing::of_chain(chain), self.chain_answer(chain, Word::Become.name())?))
        }));
        if let (Some(workload), Actor::Principal(role)) = (workload, actor) {
            for (_, answer) in &mut found {
                answer.steps.insert(0, self.runs_as_step(workload, *role));
                answer.who = vec![self.thing_of_resource(workload)];
                answer.count = 1;
            }
        }
        found.sort_by_key(|(standing, answer)| {
            (*standing == Standing::Unknown, Reverse(answer.severity), answer.steps.len())
        });
        found
            .into_iter()
            .map(|(_, mut answer)| {
                // Here it is the end that is listed.
                answer.label = answer.on.first().map(|end| end.name.clone()).unwrap_or_default();
                answer
            })
            .collect()
    }

    /// The shortest chain to everybody whom an actor can become, and to power, of two steps and more, or of one step
    /// that is no plain assumption. Linear in the steps that are reached.
    fn become_by_chains(&self, actor: &Actor, most: usize) -> Vec<Chain> {
        let steps = self.world().steps();
        let Some(begin) = steps.find(&self.world().node_of_actor(actor)) else { return Vec::new() };
        let mut by: HashMap<NodeId, (StepId, usize)> = HashMap::new();
        let mut queue = VecDeque::from([(begin, 0)]);
        let mut order = Vec::new();
        while let Some((node, far)) = queue.pop_front() {
            if far >= most {
                continue;
            }
            for step in steps.from(node) {
                let end = steps.end(step);
                if end == begin || by.contains_key(&end) {
                    continue;
                }
                by.insert(end, (step, far + 1));
                order.push(end);
                queue.push_back((end, far + 1));
            }
        }
        let is_end = |node: &NodeId| !matches!(steps.node(*node), Node::Workload(_));
        let chains = order.into_iter().filter(is_end).map(|end| {
            let mut way = Vec::new();
            let mut at = end;
            while let Some((step, _)) = by.get(&at) {
                way.push(steps.step(self.world(), *step));
                at = steps.start(*step);
            }
            way.reverse();
            Chain { steps: way, ring: Vec::new() }
        });
        let is_told = |chain: &Chain| {
            chain.steps.len() > 1
                || chain.steps.iter().any(|step| step.method.is_some_and(|method| method.id != "sts-001"))
        };
        chains.filter(is_told).collect()
    }
}
