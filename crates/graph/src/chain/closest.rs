//! Nobody can: who comes closest, and what stops them?

use clavicle_catalog::ArnForm;
use clavicle_engine::{Layer, PolicyId, Verdict};
use clavicle_snapshot::PrincipalIndex;
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::goal::Goal;
use super::question::Begin;
use super::walked::Walked;
use crate::access::Wanted;
use crate::actor::Actor;
use crate::digest::{ResourcePatterns, literal_prefix};
use crate::ruling::Why;
use crate::steps::Node;
use crate::world::World;

/// The nearest miss.
#[derive(Debug, Clone)]
pub struct Closest {
    /// Who.
    pub who: PrincipalIndex,
    /// The place of the action among those that are wanted.
    pub action: usize,
    /// The fewest layers that would have to change.
    pub layers: Vec<Layer>,
    /// Why not, layer by layer.
    pub why: Why,
}

/// So many askers, none equal to another, are explained, at most.
const MOST_ASKERS: usize = 300;

impl World {
    /// Of those whom a search reaches, or of everybody where it begins with anybody: who is kept from a thing by the
    /// fewest layers, best by others than their own policies? `None`: nobody's own policies speak of it, or the goal is
    /// no thing. One look at each document, and one explanation for each asker whose documents speak of it.
    pub fn closest(&self, begin: &Begin, goal: &Goal) -> Option<Closest> {
        let Goal::Do { target, wanted } = goal else { return None };
        let askers: Vec<PrincipalIndex> = match begin {
            Begin::Anyone | Begin::Outside => self.principals().collect(),
            Begin::With(actors) => self.reached_by(actors, false),
        };
        let when = self.context(&Default::default());
        let own = self.arn_of(target);
        let mut spoken: HashMap<PolicyId, bool> = HashMap::new();
        let mut speaks = |index: &PrincipalIndex| {
            let identity = self.bearer(*index).identity.iter();
            { identity }.any(|policy| {
                *spoken.entry(*policy).or_insert_with(|| self.could_allow(*policy, wanted, &own))
            })
        };
        let mut classes = HashSet::new();
        let mut is_first = |index: &PrincipalIndex| classes.insert(self.class_of(*index));
        let mut best: Option<Closest> = None;
        for who in askers.into_iter().filter(|who| speaks(who) && is_first(who)).take(MOST_ASKERS) {
            for (action, wanted) in wanted.iter().enumerate() {
                let arn = (wanted.form != ArnForm::Itself).then(|| wanted.form.of(&own));
                let actor = Actor::Principal(who);
                let Some(why) = self.explain(&actor, &wanted.action, target, arn.as_deref(), &when) else {
                    continue;
                };
                let is_no = matches!(
                    why.explanation.decision.verdict,
                    Verdict::ImplicitlyDenied | Verdict::ExplicitlyDenied
                );
                let Some(layers) =
                    why.explanation.obstacles.iter().min_by_key(|layers| rank(layers)).cloned()
                else {
                    continue;
                };
                if is_no && best.as_ref().is_none_or(|best| rank(&layers) < rank(&best.layers)) {
                    best = Some(Closest { who, action, layers, why });
                }
            }
        }
        best
    }

    /// Could a document allow any of these actions on the thing or something in it?
    fn could_allow(&self, policy: PolicyId, wanted: &[Wanted], own: &str) -> bool {
        let on_it = |pattern: &str| {
            let start = literal_prefix(pattern);
            own.starts_with(start) || start.starts_with(own)
        };
        self.documents.digest(policy).allows().any(|statement| {
            let on_it = match &statement.resources {
                ResourcePatterns::Any => true,
                ResourcePatterns::Listed(patterns) => patterns.iter().any(|pattern| on_it(pattern)),
            };
            on_it && wanted.iter().any(|wanted| statement.actions.may_hold(wanted.action.lower()))
        })
    }

    /// Users and roles that somebody can get to, themselves included: the first of each class. `unlisted`: also through
    /// things that no source lists.
    pub(crate) fn reached_by(&self, actors: &[Actor], unlisted: bool) -> Vec<PrincipalIndex> {
        let steps = self.steps();
        let walked = Walked { steps, unlisted };
        let mut reached: Vec<PrincipalIndex> = actors
            .iter()
            .filter_map(|actor| match actor {
                Actor::Principal(index) => Some(*index),
                _ => None,
            })
            .collect();
        let mut seen = vec![false; steps.node_count()];
        let mut open: Vec<_> =
            actors.iter().filter_map(|actor| steps.find(&self.node_of_actor(actor))).collect();
        while let Some(node) = open.pop() {
            let Some(mark) = seen.get_mut(node.0 as usize).filter(|mark| !**mark) else { continue };
            *mark = true;
            if let Node::Actor(Actor::Principal(index)) = steps.node(node) {
                reached.push(*index);
            }
            open.extend(walked.from(node).map(|step| steps.end(step)));
        }
        reached.sort_unstable();
        reached.dedup();
        reached
    }
}

/// How far off: how many layers would have to change, and is the asker's own among them?
fn rank(layers: &[Layer]) -> (bool, usize) {
    (layers.contains(&Layer::Identity), layers.len())
}
