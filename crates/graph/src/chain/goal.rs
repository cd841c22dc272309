//! Where chains are to end.

use clavicle_policy::AccountId;
use clavicle_snapshot::PrincipalIndex;
use foldhash::{HashMap, HashMapExt};

use crate::access::{Access, Wanted};
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
    /// With the last step, where there is one more: to do something with a thing.
    pub(crate) nodes: HashMap<NodeId, Option<Access>>,
    pub(crate) wanted: Vec<Wanted>,
    pub(crate) target: Option<Target>,
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
                        ends.nodes.insert(id, None);
                    }
                }
            }
            Goal::Become(principal) => {
                if let Some(id) = steps.find(&world.node_of(*principal)) {
                    ends.nodes.insert(id, None);
                }
            }
            Goal::Do { target, wanted } => {
                let when = world.context(&Default::default());
                for access in world.who_can(wanted, target, &when) {
                    let node = world.node_of_actor(&access.actor);
                    let by_admin = matches!(node, Node::Administrator(_));
                    let is_seen =
                        matches!(access.actor, Actor::Principal(_)) || !access.ruling.turns_on_unseen();
                    if by_admin && !administrators || !is_seen {
                        continue;
                    }
                    if let Some(id) = steps.find(&node) {
                        ends.nodes.entry(id).or_insert(Some(access));
                    }
                }
                ends.wanted.clone_from(wanted);
                ends.target = Some(target.clone());
            }
        }
        ends
    }

    /// The last step, from a node where the goal is reached.
    pub(crate) fn last_step(&self, world: &World, steps: &Steps, node: NodeId) -> Option<Step> {
        let access = self.nodes.get(&node)?.as_ref()?;
        let target = self.target.clone()?;
        let wanted = self.wanted.get(access.action)?;
        let name = clavicle_catalog::catalog().action(wanted.action.text());
        let name = name.map_or("", |id| clavicle_catalog::catalog().name(id));
        let request = |action, target, arn, ruling| StepRequest {
            by: steps.node(node).clone(),
            action,
            target,
            arn,
            policy: PolicyThen::AsSeen,
            with: Vec::new(),
            ruling,
        };
        let mut requests = vec![request(name, target.clone(), access.arn.clone(), access.ruling.clone())];
        let account = world.account_of(&access.actor);
        requests.extend(access.needs.iter().map(|(need, ruling)| {
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
