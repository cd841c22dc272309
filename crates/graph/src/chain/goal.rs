//! Where chains are to end.

use clavicle_engine::Verdict;
use clavicle_policy::AccountId;
use clavicle_snapshot::PrincipalIndex;
use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;

use crate::access::{Access, Asked, How, Wanted};
use crate::actor::{Actor, Target};
use crate::steps::{Grade, Node, NodeId, PolicyThen, Relation, Step, StepRequest, Steps, grade_of};
use crate::world::World;

/// Where chains are to end.
#[derive(Debug, Clone)]
pub enum Goal {
    /// All the power over this account, or any.
    Administrator(Option<AccountId>),
    /// To act as this user or role.
    Become(PrincipalIndex),
    /// To do any of these with a thing.
    Do {
        /// The thing.
        target: Target,
        /// The actions: any of them.
        wanted: Vec<Wanted>,
    },
}

/// The nodes at which a goal is reached.
pub(crate) struct Ends {
    /// With what is left to do there.
    pub(crate) nodes: HashMap<NodeId, Last>,
    pub(crate) wanted: Vec<Wanted>,
    pub(crate) target: Option<Target>,
}

/// What is left to do at an end.
pub(crate) enum Last {
    /// Nothing.
    Nothing,
    /// To do something with the thing.
    Access(Access),
    /// To rewrite who gets at the thing first.
    Opening(Step),
}

impl Ends {
    /// `administrators`: chains may end with an administrator, who reaches everything in the account.
    pub(crate) fn of(world: &World, steps: &Steps, goal: &Goal, administrators: bool) -> Self {
        let mut ends = Self { nodes: HashMap::new(), wanted: Vec::new(), target: None };
        match goal {
            Goal::Administrator(account) => {
                for (id, node) in steps.nodes() {
                    if matches!(node, Node::Administrator(of) if account.is_none_or(|account| account == *of))
                    {
                        ends.nodes.insert(id, Last::Nothing);
                    }
                }
            }
            Goal::Become(principal) => {
                if let Some(id) = steps.find(&world.node_of(*principal)) {
                    ends.nodes.insert(id, Last::Nothing);
                }
            }
            Goal::Do { target, wanted } => {
                let when = world.context(&Default::default());
                for access in world.who_can(wanted, target, &when) {
                    let node = world.node_of_actor(&access.actor);
                    let by_admin = matches!(node, Node::Administrator(_));
                    let is_seen =
                        matches!(access.actor, Actor::Principal(_)) || !access.how.ruling.turns_on_unseen();
                    if by_admin && !administrators || !is_seen {
                        continue;
                    }
                    if let Some(id) = steps.find(&node) {
                        ends.nodes.entry(id).or_insert(Last::Access(access));
                    }
                }
                for (id, access) in raised_with_access(world, steps, wanted, target) {
                    ends.nodes.entry(id).or_insert(Last::Access(access));
                }
                for step in world.openings(wanted, target) {
                    if let Some(id) = steps.find(&step.from) {
                        ends.nodes.entry(id).or_insert(Last::Opening(step));
                    }
                }
                ends.wanted.clone_from(wanted);
                ends.target = Some(target.clone());
            }
        }
        ends
    }

    /// Is the goal certainly reached at a node, without anything more to change? Where a condition stands before it or
    /// something was not seen, another way may do without.
    pub(crate) fn is_reached(&self, node: NodeId) -> bool {
        match self.nodes.get(&node) {
            Some(Last::Nothing) => true,
            Some(Last::Access(access)) => {
                let How { needs, ruling, .. } = &*access.how;
                let mut rulings = needs.iter().map(|(_, ruling)| ruling).chain([ruling]);
                rulings.all(|ruling| ruling.verdict == Verdict::Allowed)
            }
            Some(Last::Opening(_)) | None => false,
        }
    }

    /// The one rewrite that is left at a node.
    pub(crate) fn opening(&self, node: NodeId) -> Option<&Step> {
        match self.nodes.get(&node)? {
            Last::Opening(step) => Some(step),
            Last::Nothing | Last::Access(_) => None,
        }
    }

    /// The last step, from a node where the goal is reached.
    pub(crate) fn last_step(&self, world: &World, steps: &Steps, node: NodeId) -> Option<Step> {
        let access = match self.nodes.get(&node)? {
            Last::Nothing => return None,
            Last::Access(access) => access,
            Last::Opening(step) => return Some(step.clone()),
        };
        let target = self.target.clone()?;
        let how = &access.how;
        let wanted = self.wanted.get(how.action)?;
        let name = clavicle_catalog::catalog().action(wanted.action.text());
        let name = name.map_or("", |id| clavicle_catalog::catalog().name(id));
        // Of an administrator's power one of those speaks who have it.
        let by = match steps.node(node) {
            Node::Administrator(_) => Node::Actor(access.actor.clone()),
            other => other.clone(),
        };
        let request = |action, target, arn, ruling| StepRequest {
            by: by.clone(),
            action,
            target,
            arn,
            policy: PolicyThen::AsSeen,
            with: Vec::new(),
            ruling,
        };
        let mut requests = vec![request(name, target.clone(), how.arn.clone(), how.ruling.clone())];
        let account = world.account_of(&access.actor);
        requests.extend(how.needs.iter().map(|(need, ruling)| {
            let made = request(need.action, need.target.clone(), world.arn_of(&need.target), ruling.clone());
            StepRequest { with: need.keys(account), ..made }
        }));
        let grade = requests.iter().filter_map(|request| grade_of(&request.ruling, request.action)).min();
        Some(Step {
            from: steps.node(node).clone(),
            to: Node::Thing(target),
            subject: None,
            relation: Relation::Touches,
            method: None,
            way: 0,
            requests,
            provided: Vec::new(),
            grade: grade.unwrap_or(Grade::Unseen),
        })
    }
}

/// Those whose rights were raised and who can do any of `wanted` then.
fn raised_with_access(
    world: &World,
    steps: &Steps,
    wanted: &[Wanted],
    target: &Target,
) -> Vec<(NodeId, Access)> {
    let when = world.context(&Default::default());
    let asked = Asked::new(world, wanted, target, &when);
    let raised: Vec<(NodeId, &Node)> =
        steps.nodes().filter(|(_, node)| matches!(node, Node::Raised(..))).collect();
    raised
        .into_par_iter()
        .filter_map(|(id, node)| {
            let Node::Raised(principal, raise) = node else { return None };
            let documents = world.documents_of_raised(*principal, *raise);
            let side = world.raised_side(*principal, *raise)?.bearing(&documents);
            let how = asked.how(&side).filter(|how| !how.ruling.turns_on_unseen())?;
            Some((id, Access { actor: Actor::Principal(*principal), how: how.into() }))
        })
        .collect()
}
