//! The cheapest cut: the fewest statements without which no chain is left.
//!
//! A chain breaks where one of its requests has lost all the Allow statements of one side that it rests on. Which
//! statements to take is a smallest hitting set over the chains that are known; then the search runs again in the world
//! without them, and what other chains it finds are known from then on. What is returned was verified: no chain is left.

use std::sync::Arc;

use clavicle_engine::{Layer, Match, StatementRef, Verdict};
use clavicle_policy::Effect;
use foldhash::{HashMap, HashMapExt};

use super::goal::Goal;
use super::question::{Begin, Chain, Limits};
use crate::steps::{Node, Relation, StepRequest};
use crate::world::World;

/// Statements without which no chain is left.
#[derive(Debug, Clone)]
pub struct Cut {
    /// The statements.
    pub statements: Vec<StatementRef>,
    /// Are there certainly no fewer statements that do? Else they are few, and perhaps not the fewest.
    pub is_smallest: bool,
    /// Steps, from and to, that are gone besides those of the chains: what else the cut takes away.
    pub lost: Vec<(Node, Node)>,
}

/// How often the search runs again.
const ROUNDS: usize = 12;
/// How many sets are looked at before the greedy one is taken.
const MOST_LOOKS: usize = 20_000;

/// What breaks a request, by who sends it, the action and the ARN.
type Asked = HashMap<(Node, &'static str, Arc<str>), Vec<Vec<StatementRef>>>;

/// Statements that break a chain together, with how little their loss would be felt: less is better.
type Break = (u8, Vec<StatementRef>);

impl World {
    /// The fewest statements without which nobody who begins so reaches the goal. `None`: no Allow statement that was
    /// seen stands in the way of it, or it would take too many. The steps are worked out anew for each try.
    pub fn cut(&self, begin: &Begin, goal: &Goal, limits: &Limits) -> Option<Cut> {
        // What stands between somebody and a thing that nobody has seen cannot be told.
        let limits = &Limits { unlisted: false, ..*limits };
        let found = self.chains(begin, goal, limits);
        if found.chains.is_empty() {
            return None;
        }
        // Who begins is settled by the whole world: without some statements others would stand at the beginning.
        let begin = match begin {
            Begin::Anyone => Begin::With(found.chains.iter().filter_map(first_actor).collect()),
            other => other.clone(),
        };
        let mut asked = HashMap::new();
        let mut known: Vec<Vec<Break>> =
            found.chains.iter().map(|chain| self.breaks_of(chain, &mut asked)).collect();
        for _ in 0..ROUNDS {
            let (statements, is_smallest) = smallest_hitting(&known)?;
            let rest = self.without(&statements);
            let left = rest.chains(&begin, goal, limits);
            if left.chains.is_empty() {
                let lost = self.lost(&rest, &found.chains);
                return Some(Cut { statements, is_smallest, lost });
            }
            known.extend(left.chains.iter().map(|chain| self.breaks_of(chain, &mut asked)));
        }
        None
    }

    /// Every set of statements whose loss breaks a chain by itself.
    fn breaks_of(&self, chain: &Chain, asked: &mut Asked) -> Vec<Break> {
        let mut breaks: Vec<Break> = Vec::new();
        for (place, step) in chain.steps.iter().enumerate() {
            // To control something is seldom what somebody was meant to do; to become and to touch often is.
            let felt = match step.relation {
                Relation::Gains | Relation::Controls | Relation::Passes | Relation::RunsAs => 0,
                Relation::Becomes => 100,
                Relation::Touches => 200,
            };
            let felt = felt + u8::try_from(place.min(99)).unwrap_or(99);
            for request in &step.requests {
                let key = (request.by.clone(), request.action, request.arn.clone());
                let sides = asked.entry(key).or_insert_with(|| self.sides_of_request(request));
                breaks.extend(sides.iter().map(|statements| (felt, statements.clone())));
            }
        }
        breaks.retain(|(_, statements)| !statements.is_empty());
        breaks.sort_by(|a, b| (a.1.len(), a.0, &a.1).cmp(&(b.1.len(), b.0, &b.1)));
        breaks.dedup_by(|a, b| a.1 == b.1);
        breaks
    }

    /// The Allow statements that a request rests on: all of them where any side is enough, else side by side.
    fn sides_of_request(&self, request: &StepRequest) -> Vec<Vec<StatementRef>> {
        let Some(why) = self.explain_request(request) else { return Vec::new() };
        let mut sides: Vec<Vec<StatementRef>> = Vec::new();
        for pin in &why.explanation.pins {
            if !matches!(pin.layer, Layer::Identity | Layer::Resource | Layer::Trust) {
                continue;
            }
            let allows = pin.statements.iter().filter(|statement| {
                statement.effect == Some(Effect::Allow)
                    && matches!(statement.outcome, Match::Matched { .. } | Match::Depends(_))
            });
            let side: Vec<StatementRef> = allows
                .filter_map(|statement| {
                    let place = u32::try_from(statement.statement).ok()?;
                    Some(StatementRef { policy: statement.policy, statement: place })
                })
                // What an asker writes, and AWS's own text of everything, is nobody's to narrow.
                .filter(|at| !self.documents.is_made_up(at.policy))
                .collect();
            sides.push(side);
        }
        // One side may be enough: then only both together break it. Which it is, the next search tells.
        let mut all: Vec<StatementRef> = sides.concat();
        all.sort_unstable();
        all.dedup();
        sides.retain(|side| !side.is_empty() && side.len() < all.len());
        let mut enough: Vec<Vec<StatementRef>> =
            sides.into_iter().filter(|side| self.stops(request, side)).collect();
        if enough.is_empty() && self.stops(request, &all) {
            enough.push(all);
        }
        enough
    }

    /// Is the request no longer allowed without these statements?
    fn stops(&self, request: &StepRequest, statements: &[StatementRef]) -> bool {
        let why = self.without(statements).explain_request(request);
        let verdict = why.map(|why| why.explanation.decision.verdict);
        !matches!(verdict, Some(Verdict::Allowed | Verdict::Depends))
    }

    /// The steps that are gone in a narrower world, besides those of some chains.
    fn lost(&self, rest: &World, chains: &[Chain]) -> Vec<(Node, Node)> {
        let (steps, left) = (self.steps(), rest.steps());
        let in_chains = |from: &Node, to: &Node| {
            chains.iter().flat_map(|chain| &chain.steps).any(|step| step.from == *from && step.to == *to)
        };
        let mut lost = Vec::new();
        for (id, from) in steps.nodes() {
            // That a workload runs as its role is a step only while somebody controls it.
            for step in steps.from(id).filter(|step| steps.relation(*step) != Relation::RunsAs) {
                let to = steps.node(steps.end(step));
                let is_left = left
                    .find(from)
                    .zip(left.find(to))
                    .is_some_and(|(from, to)| left.between(from, to).is_some());
                if !is_left && !in_chains(from, to) {
                    lost.push((from.clone(), to.clone()));
                }
            }
        }
        lost
    }
}

fn first_actor(chain: &Chain) -> Option<crate::actor::Actor> {
    match chain.begin()? {
        Node::Actor(actor) => Some(actor.clone()),
        _ => None,
    }
}

/// The fewest statements that hold a whole break of every chain; of equally few, those whose loss is felt least. Is it
/// certain that there are no fewer? `None`: some chain has no break.
fn smallest_hitting(chains: &[Vec<Break>]) -> Option<(Vec<StatementRef>, bool)> {
    if chains.iter().any(Vec::is_empty) {
        return None;
    }
    let mut search = Hitting { chains, best: greedy(chains), looks: 0 };
    search.on(&mut Vec::new(), 0);
    let is_smallest = search.looks < MOST_LOOKS;
    Some((search.best.1, is_smallest))
}

/// How good a set is: how many statements, and how much their loss is felt.
type Worth = (usize, u32);

struct Hitting<'c> {
    chains: &'c [Vec<Break>],
    best: (Worth, Vec<StatementRef>),
    looks: usize,
}

impl Hitting<'_> {
    /// Branches over the breaks of the first chain that is whole yet.
    fn on(&mut self, taken: &mut Vec<StatementRef>, felt: u32) {
        self.looks += 1;
        if self.looks >= MOST_LOOKS || (taken.len(), felt) >= self.best.0 {
            return;
        }
        let Some(whole) = self.chains.iter().find(|breaks| !breaks.iter().any(|found| is_in(found, taken)))
        else {
            self.best = ((taken.len(), felt), taken.clone());
            return;
        };
        for (more_felt, statements) in whole {
            let before = taken.len();
            taken.extend(statements.iter().filter(|at| !taken.contains(at)).copied().collect::<Vec<_>>());
            self.on(taken, felt + u32::from(*more_felt));
            taken.truncate(before);
        }
    }
}

fn is_in((_, statements): &Break, taken: &[StatementRef]) -> bool {
    statements.iter().all(|at| taken.contains(at))
}

/// The break that breaks most chains, again and again.
fn greedy(chains: &[Vec<Break>]) -> (Worth, Vec<StatementRef>) {
    let (mut taken, mut felt) = (Vec::new(), 0);
    loop {
        let whole: Vec<&Vec<Break>> =
            chains.iter().filter(|breaks| !breaks.iter().any(|found| is_in(found, &taken))).collect();
        let Some(first) = whole.first() else { break };
        let hit = |found: &Break| {
            let with: Vec<StatementRef> = taken.iter().chain(&found.1).copied().collect();
            whole.iter().filter(|breaks| breaks.iter().any(|other| is_in(other, &with))).count()
        };
        let Some(best) = first
            .iter()
            .max_by_key(|found| (hit(found), std::cmp::Reverse(found.1.len()), std::cmp::Reverse(found.0)))
        else {
            break;
        };
        felt += u32::from(best.0);
        taken.extend(best.1.iter().filter(|at| !taken.contains(at)).copied().collect::<Vec<_>>());
    }
    ((taken.len(), felt), taken)
}

#[cfg(test)]
mod tests {
    use clavicle_engine::PolicyStore;

    use super::{Break, StatementRef, smallest_hitting};

    #[test]
    fn the_smallest_set_hits_every_chain() {
        let mut store = PolicyStore::new();
        let parsed = clavicle_policy::parse(b"{\"Statement\": []}").policy.expect("an object");
        let policy = store.add(&parsed);
        let at = |statement| StatementRef { policy, statement };
        let alone =
            |numbers: &[u32]| -> Vec<Break> { numbers.iter().map(|number| (0, vec![at(*number)])).collect() };
        // The greedy choice, 1, would need two more: 2 and 3 are enough.
        let chains = [alone(&[1, 2]), alone(&[1, 3]), alone(&[1, 2]), alone(&[2]), alone(&[3])];
        assert_eq!(smallest_hitting(&chains), Some((vec![at(2), at(3)], true)));
        let both: Vec<Break> = vec![(0, vec![at(4), at(5)])];
        assert_eq!(smallest_hitting(&[both]), Some((vec![at(4), at(5)], true)));
        assert_eq!(smallest_hitting(&[Vec::new()]), None, "nothing breaks it");
    }

    #[test]
    fn of_equally_few_the_less_felt_is_taken() {
        let mut store = PolicyStore::new();
        let parsed = clavicle_policy::parse(b"{\"Statement\": []}").policy.expect("an object");
        let policy = store.add(&parsed);
        let at = |statement| StatementRef { policy, statement };
        let chain: Vec<Break> = vec![(100, vec![at(1)]), (1, vec![at(2)])];
        assert_eq!(smallest_hitting(&[chain]), Some((vec![at(2)], true)));
    }
}
