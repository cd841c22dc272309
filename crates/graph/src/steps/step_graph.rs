//! All steps of a world: who can get from where to where, in one move.

use clavicle_engine::Action;
use clavicle_policy::AccountId;
use clavicle_snapshot::{PrincipalIndex, PrincipalKind, ResourceIndex};
use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;

use super::asker::Setting;
use super::beyond::beyond;
use super::find::Only;
use super::grounds::Grounds;
use super::node::Node;
use super::registry::REGISTRY;
use super::runs_as::roles_of;
use super::sides::Sides;
use super::step::{Grade, PolicyThen, Relation, Step, StepRequest};
use super::subject::Subject;
use crate::actor::{Actor, Target};
use crate::world::World;

/// The place of a node in [`Steps`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u32);

/// The place of a step in [`Steps`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepId(pub(crate) u32);

/// All steps. Between two nodes there is at most one: one that takes only what was seen, if there is any, the most
/// certain, by the first method of the registry that makes it so.
#[derive(Debug)]
pub struct Steps {
    pub(crate) grounds: Grounds,
    nodes: Vec<Node>,
    numbers: HashMap<Node, NodeId>,
    /// Sorted by `from`, then `to`.
    rows: Vec<Row>,
    has_unlisted: bool,
    /// Where the rows of each node begin; one more than nodes.
    starts: Vec<u32>,
    /// Rows by `to`.
    into: Vec<StepId>,
    into_starts: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    from: NodeId,
    to: NodeId,
    by: By,
    is_certain: bool,
}

impl Row {
    fn is_listed(self) -> bool {
        !matches!(self.by, By::Unlisted(..))
    }
}

/// What makes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    /// A method of the registry, by place, tried on a subject.
    Method(u16, Subject),
    /// The same, if a thing is there that no source lists; see `unlisted.rs`.
    Unlisted(u16, Subject),
    /// A workload runs as its role.
    RunsAs,
}

/// A step before its ends have numbers.
pub(super) type Loose = (Node, Node, By, Grade);

impl NodeId {
    /// Its number: the same for the same accounts.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How often those whose rights were raised are asked for what they can do then.
const ROUNDS: usize = 4;

impl World {
    /// All steps. Worked out once: a few decisions for each asker, method and thing that the asker's documents speak of.
    pub fn steps(&self) -> &Steps {
        self.steps.get_or_init(|| Steps::of(self))
    }
}

impl Steps {
    fn of(world: &World) -> Self {
        world.sort_callers();
        world.becomes();
        let grounds = Grounds::of(world);
        let mut loose: Vec<Loose> = outsiders(world);
        let ladders = world.ladders();
        let sides = Sides::new(world);
        let firsts = world.snapshot().accounts.iter().flat_map(|account| world.classes_of(account.id));
        let firsts = firsts.filter_map(|class| world.class_members(class).first().copied());
        let mut askers: Vec<Node> = firsts
            .filter(|first| !world.is_admin(*first))
            .map(|first| Node::Actor(Actor::Principal(first)))
            .collect();
        let all = askers.clone();
        let mut raised: HashMap<Node, ()> = HashMap::new();
        let setting =
            Setting { grounds: &grounds, sides: Some(&sides), ladders: Some(&ladders), exact: false };
        for _ in 0..ROUNDS {
            let found: Vec<Vec<Loose>> =
                askers.par_iter().with_min_len(16).map(|asker| steps_of(world, setting, asker)).collect();
            let found: Vec<Loose> = found.into_iter().flatten().collect();
            askers = found
                .iter()
                .map(|(_, to, ..)| to)
                .filter(|to| matches!(to, Node::Raised(..)))
                .filter(|to| raised.insert((*to).clone(), ()).is_none())
                .cloned()
                .collect();
            loose.extend(found);
            if askers.is_empty() {
                break;
            }
        }
        loose.extend(beyond(world, setting, &loose));
        loose.extend(running(world, &loose));
        Self::put_together(grounds, all, loose)
    }

    fn put_together(grounds: Grounds, askers: Vec<Node>, loose: Vec<Loose>) -> Self {
        let mut steps = Self {
            grounds,
            nodes: Vec::new(),
            numbers: HashMap::new(),
            rows: Vec::with_capacity(loose.len()),
            has_unlisted: false,
            starts: Vec::new(),
            into: Vec::new(),
            into_starts: Vec::new(),
        };
        for asker in askers {
            steps.number(asker);
        }
        for (from, to, by, grade) in loose {
            let (from, to) = (steps.number(from), steps.number(to));
            steps.rows.push(Row { from, to, by, is_certain: grade == Grade::Certain });
        }
        // What was seen first, of that the most certain, then the first method.
        let key = |row: &Row| (row.from, row.to, !row.is_listed(), !row.is_certain, row.by);
        steps.rows.sort_unstable_by_key(key);
        steps.rows.dedup_by_key(|row| (row.from, row.to));
        steps.has_unlisted = steps.rows.iter().any(|row| !row.is_listed());
        let nodes = steps.nodes.len();
        steps.starts = starts(nodes, steps.rows.iter().map(|row| row.from));
        let mut into: Vec<StepId> = (0..).zip(&steps.rows).map(|(at, _)| StepId(at)).collect();
        into.sort_by_key(|step| steps.rows.get(step.0 as usize).map(|row| row.to));
        steps.into_starts =
            starts(nodes, into.iter().filter_map(|step| steps.rows.get(step.0 as usize)).map(|row| row.to));
        steps.into = into;
        steps
    }

    fn number(&mut self, node: Node) -> NodeId {
        let next = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        *self.numbers.entry(node).or_insert_with_key(|node| {
            self.nodes.push(node.clone());
            next
        })
    }

    /// How many steps there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Some of the steps, by place.
    pub fn among(&self, places: std::ops::Range<usize>) -> Vec<StepId> {
        let places = places.start..places.end.min(self.rows.len());
        places.filter_map(|at| u32::try_from(at).ok()).map(StepId).collect()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Every node: those with a step from or to them, and everybody who was asked about.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (NodeId, &Node)> {
        (0..).zip(&self.nodes).map(|(at, node)| (NodeId(at), node)).collect::<Vec<_>>().into_iter()
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// The node with this place.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The place of a node; `None`: nobody was asked about it, and no step begins or ends there.
    pub fn find(&self, node: &Node) -> Option<NodeId> {
        self.numbers.get(node).copied()
    }

    /// Does a step take only what was seen? The others turn on a thing that no source lists: nobody knows of it, and
    /// nobody can deny it.
    pub fn is_listed(&self, step: StepId) -> bool {
        self.rows[step.0 as usize].is_listed()
    }

    /// Is there a step through a thing that no source lists?
    pub(crate) fn has_unlisted(&self) -> bool {
        self.has_unlisted
    }

    /// The steps from a node that take only what was seen.
    pub fn from(&self, node: NodeId) -> impl Iterator<Item = StepId> + '_ {
        self.all_from(node).filter(|step| self.is_listed(*step))
    }

    /// All steps from a node.
    pub fn all_from(&self, node: NodeId) -> impl Iterator<Item = StepId> + '_ {
        let range = self.starts.get(node.0 as usize).copied().unwrap_or(0)
            ..self.starts.get(node.0 as usize + 1).copied().unwrap_or(0);
        range.map(StepId)
    }

    /// All steps to a node.
    pub(crate) fn all_into(&self, node: NodeId) -> &[StepId] {
        let start = self.into_starts.get(node.0 as usize).copied().unwrap_or(0) as usize;
        let end = self.into_starts.get(node.0 as usize + 1).copied().unwrap_or(0) as usize;
        self.into.get(start..end).unwrap_or(&[])
    }

    /// The step between two nodes.
    pub fn between(&self, from: NodeId, to: NodeId) -> Option<StepId> {
        let start = self.starts.get(from.0 as usize).copied()?;
        let end = self.starts.get(from.0 as usize + 1).copied()?;
        let rows = self.rows.get(start as usize..end as usize)?;
        let at = rows.binary_search_by_key(&to, |row| row.to).ok()?;
        Some(StepId(start + u32::try_from(at).ok()?))
    }

    /// Where a step begins.
    pub fn start(&self, step: StepId) -> NodeId {
        self.rows[step.0 as usize].from
    }

    /// Where a step ends.
    pub fn end(&self, step: StepId) -> NodeId {
        self.rows[step.0 as usize].to
    }

    /// Is a step allowed whatever is unknown? [`Steps::step`] tells on what the others turn.
    pub fn is_certain(&self, step: StepId) -> bool {
        self.rows[step.0 as usize].is_certain
    }

    /// How the ends of a step hang together.
    pub fn relation(&self, step: StepId) -> Relation {
        match self.rows[step.0 as usize].by {
            By::RunsAs => Relation::RunsAs,
            By::Method(number, _) | By::Unlisted(number, _) => REGISTRY
                .methods
                .get(usize::from(number))
                .map_or(Relation::Controls, |ready| ready.method.relation()),
        }
    }

    /// A step with its requests, each decided anew.
    pub fn step(&self, world: &World, step: StepId) -> Step {
        let row = self.rows[step.0 as usize];
        let (from, to) = (self.node(row.from), self.node(row.to));
        let plain = |relation| Step {
            from: from.clone(),
            to: to.clone(),
            subject: None,
            relation,
            method: None,
            way: 0,
            requests: Vec::new(),
            provided: Vec::new(),
            grade: if row.is_certain { Grade::Certain } else { Grade::Conditional },
        };
        match row.by {
            By::RunsAs => plain(Relation::RunsAs),
            By::Method(number, _) | By::Unlisted(number, _) => {
                let only = Only { to: Some(to), method: Some(usize::from(number)) };
                let found = self.every_way(world, from, only, row.is_listed());
                found.into_iter().max_by_key(|step| step.grade).unwrap_or_else(|| plain(self.relation(step)))
            }
        }
    }

    /// Every method that leads from one node to another by what was seen, each with its requests: the best of each.
    pub fn all_between(&self, world: &World, from: &Node, to: &Node) -> Vec<Step> {
        self.every_way(world, from, Only { to: Some(to), method: None }, true)
    }

    fn every_way(&self, world: &World, from: &Node, only: Only<'_>, listed: bool) -> Vec<Step> {
        if let Node::Administrator(account) = from {
            // They have everything in their account, and that is no step: see `beyond.rs`.
            let ends = self.find(from).zip(only.to.and_then(|to| self.find(to)));
            if ends.is_none_or(|(from, to)| self.between(from, to).is_none()) {
                return Vec::new();
            }
            // Of an administrator's power one of those speaks who have it.
            let admins = world.principals_of(*account).iter().filter(|index| world.is_admin(**index));
            let mut ways = admins.map(|admin| {
                let by = Node::Actor(Actor::Principal(*admin));
                let steps = self.ways_of(world, &by, only, listed);
                steps.into_iter().map(|step| Step { from: from.clone(), ..step }).collect::<Vec<_>>()
            });
            return ways.find(|steps| !steps.is_empty()).unwrap_or_default();
        }
        self.ways_of(world, from, only, listed)
    }

    fn ways_of(&self, world: &World, from: &Node, only: Only<'_>, listed: bool) -> Vec<Step> {
        let mut found: Vec<Step> = Vec::new();
        if let (Node::Actor(actor), Some(Node::Actor(Actor::Principal(_)) | Node::Administrator(_))) =
            (from, only.to)
            && !matches!(actor, Actor::Principal(_))
        {
            found.extend(entries_of(world, actor, only));
            return found;
        }
        let setting = Setting { grounds: &self.grounds, sides: None, ladders: None, exact: true };
        world.with_asker(setting, from, |asker| {
            asker.steps(only, &mut |step| {
                if step.is_listed() != listed {
                    return;
                }
                let Some(ready) = REGISTRY.methods.get(step.method) else { return };
                let made = Step {
                    from: from.clone(),
                    to: step.to.clone(),
                    subject: Some(step.subject),
                    relation: ready.method.relation(),
                    method: Some(ready.method),
                    way: step.way,
                    requests: step.requests.concat(),
                    provided: step.provided.into_iter().chain(step.unlisted.into_iter().flatten()).collect(),
                    grade: step.grade,
                };
                // Later ways of a method count only if they are better.
                match found
                    .iter_mut()
                    .find(|known| known.method.map(|known| known.id) == Some(ready.method.id))
                {
                    Some(known) if known.grade < made.grade => *known = made,
                    Some(_) => {}
                    None => found.push(made),
                }
            });
        });
        found
    }
}

/// Where the rows of each node begin.
fn starts(nodes: usize, sorted: impl Iterator<Item = NodeId>) -> Vec<u32> {
    let mut starts = vec![0_u32; nodes + 1];
    for node in sorted {
        if let Some(count) = starts.get_mut(node.0 as usize + 1) {
            *count += 1;
        }
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    starts
}

/// The steps of one asker, the best to each node.
fn steps_of<'w>(world: &'w World, setting: Setting<'_, 'w>, asker: &Node) -> Vec<Loose> {
    let mut best: HashMap<Node, (bool, Grade, By)> = HashMap::new();
    world.with_asker(setting, asker, |asker| {
        asker.steps(Only::default(), &mut |found| {
            let number = u16::try_from(found.method).unwrap_or(u16::MAX);
            let listed = found.is_listed();
            let by =
                if listed { By::Method(number, found.subject) } else { By::Unlisted(number, found.subject) };
            match best.get_mut(&found.to) {
                Some(known) if (known.0, known.1) >= (listed, found.grade) => {}
                Some(known) => *known = (listed, found.grade, by),
                None => {
                    best.insert(found.to.clone(), (listed, found.grade, by));
                }
            }
        });
    });
    let mut found: Vec<Loose> =
        best.into_iter().map(|(to, (_, grade, by))| (asker.clone(), to, by, grade)).collect();
    // The numbers of nodes, and so which of equal ways is told, are the same each time.
    found.sort_unstable();
    found
}

/// The roles of the workloads that somebody controls.
fn running(world: &World, loose: &[Loose]) -> Vec<Loose> {
    let mut workloads: Vec<ResourceIndex> = loose
        .iter()
        .filter_map(|(_, to, ..)| match to {
            Node::Workload(index) => Some(*index),
            _ => None,
        })
        .collect();
    workloads.sort_unstable();
    workloads.dedup();
    let runs = workloads.into_iter().flat_map(|workload| {
        let roles = roles_of(world, workload);
        roles
            .into_iter()
            .map(move |role| (Node::Workload(workload), world.node_of(role), By::RunsAs, Grade::Certain))
    });
    runs.collect()
}

/// Those who are no users or roles of the snapshot and become a role by its trust policy alone, as far as was seen.
fn outsiders(world: &World) -> Vec<Loose> {
    let roles: Vec<PrincipalIndex> = world
        .principals()
        .filter(|index| world.snapshot().principal(*index).kind == PrincipalKind::Role)
        .collect();
    let found: Vec<Vec<Loose>> = roles
        .par_iter()
        .map(|role| {
            let Some(policy) = world.trust_policy(*role) else { return Vec::new() };
            let named = world.named_by(policy, |_| true);
            let everyone = named.everyone.then_some(Actor::Everyone);
            let mut actors: Vec<Actor> =
                named.actors.into_iter().chain(everyone).filter(|actor| is_outsider(world, actor)).collect();
            actors.sort();
            actors.dedup();
            let into = actors.into_iter().filter_map(|actor| {
                let step = entry(world, &actor, *role)?;
                let number = REGISTRY
                    .methods
                    .iter()
                    .position(|ready| Some(ready.method.id) == step.method.map(|m| m.id))?;
                let by = By::Method(u16::try_from(number).ok()?, Subject::Principal(*role));
                Some((step.from, step.to, by, step.grade))
            });
            into.collect()
        })
        .collect();
    found.into_iter().flatten().collect()
}

fn is_outsider(world: &World, actor: &Actor) -> bool {
    match actor {
        Actor::Principal(_) | Actor::Root(_) => false,
        // An ARN that nobody has of an account whose users and roles were listed: there is nobody of that name.
        Actor::Unseen(arn) => AccountId::of_arn(arn).is_none_or(|account| {
            !world.is_seen(account) || world.unlisted_accounts().binary_search(&account).is_ok()
        }),
        _ => true,
    }
}

/// The step of somebody who is no user or role of the snapshot into a role.
fn entry(world: &World, actor: &Actor, role: PrincipalIndex) -> Option<Step> {
    let target = Target::Principal(role);
    let becomes = world.enters(actor, role, &world.target_side(&target, None))?;
    let id = match becomes.action {
        "sts:AssumeRoleWithSAML" => "x-sts-saml",
        "sts:AssumeRoleWithWebIdentity" => "x-sts-webid",
        _ => "sts-001",
    };
    let request = StepRequest {
        by: Node::Actor(actor.clone()),
        action: becomes.action,
        arn: world.snapshot().principal(role).arn.clone(),
        target,
        policy: PolicyThen::AsSeen,
        with: Vec::new(),
        ruling: becomes.ruling,
    };
    let grade = request.grade()?;
    Some(Step {
        from: Node::Actor(actor.clone()),
        to: world.node_of(role),
        subject: Some(Subject::Principal(role)),
        relation: Relation::Becomes,
        method: super::registry::method(id),
        way: 0,
        requests: vec![request],
        provided: Vec::new(),
        grade,
    })
}

/// The steps of such an actor to a node, the best first.
fn entries_of(world: &World, actor: &Actor, only: Only<'_>) -> Vec<Step> {
    let roles: Vec<PrincipalIndex> = match only.to {
        Some(Node::Actor(Actor::Principal(first))) => world.class_members(world.class_of(*first)).to_vec(),
        Some(Node::Administrator(account)) => {
            world.principals_of(*account).iter().copied().filter(|index| world.is_admin(*index)).collect()
        }
        _ => Vec::new(),
    };
    let found = roles.into_iter().filter_map(|role| {
        let policy = world.trust_policy(role)?;
        let named = world.named_by(policy, |_| true);
        let is_named = named.actors.contains(actor) || (*actor == Actor::Everyone && named.everyone);
        is_named.then(|| entry(world, actor, role)).flatten()
    });
    let mut found: Vec<Step> = found.collect();
    found.sort_by_key(|step| std::cmp::Reverse(step.grade));
    found.truncate(1);
    found
}

impl World {
    /// Why a request of a step is ruled on as it is.
    pub fn explain_request(&self, request: &StepRequest) -> Option<crate::ruling::Why> {
        let when = request.context(self);
        let action = Action::new(request.action).taking_no_resource(request.target == Target::Anything);
        let arn = (request.target != Target::Anything).then_some(&*request.arn);
        let target = self.named_side_then(&request.target, arn, request.policy);
        let of = |side: &crate::side::ActorSide<'_>, actor: &Actor| {
            self.explain_sides(side, &action, &target, &when, self.attached(actor, &request.target))
        };
        match &request.by {
            Node::Actor(actor @ Actor::Principal(_)) => {
                let documents = match actor {
                    Actor::Principal(index) => &*self.bearer(*index).identity,
                    _ => &[],
                };
                Some(of(&self.actor_side(actor)?.bearing(documents), actor))
            }
            Node::Actor(actor) => {
                // A trust policy that was not seen is not what an outsider's step rests on.
                Some(of(&self.actor_side(actor)?, actor))
            }
            Node::Raised(index, raise) => {
                let documents = self.documents_of_raised(*index, *raise);
                let actor = Actor::Principal(*index);
                let side = self.raised_side(*index, *raise)?.bearing(&documents);
                Some(of(&side, &actor))
            }
            Node::Workload(_) | Node::Administrator(_) | Node::Thing(_) => None,
        }
    }
}
