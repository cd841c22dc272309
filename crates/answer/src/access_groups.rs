//! Who can, with equal ones drawn once.

use clavicle_engine::{Action, Context, Dependency, Fact, Layer};
use clavicle_graph::{Access, Actor, ClassId, Need, Ruling};
use clavicle_snapshot::PrincipalIndex;
use foldhash::{HashMap, HashMapExt};

use crate::asked_action::AskedAction;
use crate::condition_words::unseen;
use crate::names::Entry;
use crate::reader::Reader;
use crate::resolve::Spot;
use crate::shape::{Answer, Citation};
use crate::standing::{Standing, depends_on};
use crate::steps::Ask;

/// Equal actors with equal access.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) members: Vec<Actor>,
    pub(crate) access: Access,
    pub(crate) standing: Standing,
}

impl Group {
    /// Does this side let in an outsider, of whom only their own side was not seen?
    pub(crate) fn is_let_in(&self) -> bool {
        let own_side = |dependency: &Dependency| match dependency {
            Dependency::NotSeen(layer) => {
                matches!(layer, Layer::Identity | Layer::Boundary | Layer::Session | Layer::Scp)
            }
            Dependency::Key(_) => true,
            _ => false,
        };
        let rulings = self.access.how.needs.iter().map(|(_, ruling)| ruling).chain([&self.access.how.ruling]);
        matches!(self.access.actor, Actor::OutsideAccount(_) | Actor::Unseen(_))
            && self.standing == Standing::Unknown
            && rulings.flat_map(|ruling| &ruling.depends_on).all(own_side)
    }
}

/// What makes two accesses equal.
#[derive(PartialEq, Eq, Hash)]
struct Signature {
    who: Who,
    action: usize,
    actions: Vec<usize>,
    partial: bool,
    depends_on: Vec<Dependency>,
    needs: Vec<(&'static str, Vec<Dependency>)>,
}

#[derive(PartialEq, Eq, Hash)]
enum Who {
    Class(ClassId),
    Alone(Actor),
}

impl Reader {
    /// Groups accesses by equal actors and equal access, certain ones first, else in the order of the snapshot.
    pub(crate) fn grouped(&self, accesses: Vec<Access>) -> Vec<Group> {
        let mut places: HashMap<Signature, usize> = HashMap::new();
        let mut groups: Vec<Group> = Vec::new();
        for access in accesses {
            let who = match &access.actor {
                Actor::Principal(index) => Who::Class(self.world().class_of(*index)),
                other => Who::Alone(other.clone()),
            };
            let how = &access.how;
            let needs = how.needs.iter().map(|(need, ruling)| (need.action, ruling.depends_on.clone()));
            let signature = Signature {
                who,
                action: how.action,
                actions: how.actions.clone(),
                partial: how.partial,
                depends_on: how.ruling.depends_on.clone(),
                needs: needs.collect(),
            };
            match places.get(&signature) {
                Some(at) => groups[*at].members.push(access.actor),
                None => {
                    places.insert(signature, groups.len());
                    let standing = Standing::of_access(&access);
                    groups.push(Group { members: vec![access.actor.clone()], standing, access });
                }
            }
        }
        groups.sort_by_key(|group| (group.standing, std::cmp::Reverse(group.members.len())));
        groups
    }

    /// A group as an answer, its first member standing for all.
    pub(crate) fn group_answer(
        &self,
        group: &Group,
        asked: &AskedAction,
        spot: &Spot,
        when: &Context,
    ) -> Option<Answer> {
        let access = &group.access;
        let how = &access.how;
        let wanted = asked.wanted.get(how.action)?;
        let ask = Ask {
            actor: &access.actor,
            action: &wanted.action,
            target: &spot.target,
            arn: Some(&how.arn),
            when,
        };
        let mut step = self.step(asked.word, &ask, self.why(&ask).as_ref());
        for (need, _) in &how.needs {
            let (conditions, because) = self.need_reasons(&access.actor, need, when);
            step.conditions.extend(
                conditions.into_iter().filter(|it| !step.conditions.contains(it)).collect::<Vec<_>>(),
            );
            step.because
                .extend(because.into_iter().filter(|it| !cites(&step.because, it)).collect::<Vec<_>>());
        }
        let mut conditions = step.conditions.clone();
        if how.partial {
            conditions.push(format!("only {}", how.arn));
        }
        let rulings = how.needs.iter().map(|(_, ruling)| ruling).chain([&how.ruling]);
        let depends_on = depends_on(rulings);
        step.unseen = unseen(self.world().is_outside(&access.actor), &depends_on);
        let actions = how.actions.iter().filter_map(|at| asked.wanted.get(*at));
        // An action that is asked in several forms is one.
        let mut named: Vec<String> = Vec::new();
        for name in actions.map(|wanted| self.action_name(&wanted.action)) {
            if !named.contains(&name) {
                named.push(name);
            }
        }
        Some(Answer {
            label: self.group_label(&group.members),
            count: group.members.len(),
            who: group.members.iter().map(|member| self.thing_of_actor(member)).collect(),
            on: vec![self.thing_of_target(&spot.target)],
            access: vec![asked.name.clone()],
            actions: named,
            conditions,
            depends_on: depends_on.iter().map(|it| self.dependency_name(it)).collect(),
            admin: self.is_admin(&access.actor),
            outside: self.world().is_outside(&access.actor),
            severity: self.severity(&access.actor, &spot.target),
            ring: Vec::new(),
            steps: vec![step],
            way: None,
        })
    }

    /// The label of equal actors.
    pub(crate) fn group_label(&self, members: &[Actor]) -> String {
        let principals: Vec<PrincipalIndex> = members
            .iter()
            .filter_map(|actor| match actor {
                Actor::Principal(index) => Some(*index),
                _ => None,
            })
            .collect();
        match members {
            [one] => self.thing_of_actor(one).called(),
            _ => self.stem(&principals),
        }
    }

    pub(crate) fn is_admin(&self, actor: &Actor) -> bool {
        matches!(actor, Actor::Principal(index) if self.world().is_admin(*index))
    }

    /// Under which conditions a further need is met, and by which statements.
    pub(crate) fn need_reasons(
        &self,
        actor: &Actor,
        need: &Need,
        when: &Context,
    ) -> (Vec<String>, Vec<Citation>) {
        let action = Action::new(need.action);
        let context = self.need_context(actor, need, when);
        let ask = Ask { actor, action: &action, target: &need.target, arn: None, when: &context };
        let Some(why) = self.why(&ask) else { return Default::default() };
        (self.conditions(&why), self.because(&why, &self.what_is_asked(&ask)))
    }

    /// How a further need of an actor is decided.
    pub(crate) fn need_ruling(&self, actor: &Actor, need: &Need, when: &Context) -> Ruling {
        let action = Action::new(need.action);
        let context = self.need_context(actor, need, when);
        self.ruling(&Ask { actor, action: &action, target: &need.target, arn: None, when: &context })
    }

    /// The context in which a service asks the key for its caller; that of the request where it names the other thing itself.
    ///
    /// AWS: KMS Developer Guide, "AWS KMS condition keys", `kms:ViaService`, `kms:CallerAccount`.
    pub(crate) fn need_context(&self, actor: &Actor, need: &Need, when: &Context) -> Context {
        let mut context = when.clone();
        let Some(service) = need.through else { return context };
        let mut set = |key: &str, value: String| {
            if when.stated(key).is_none() {
                context.set(key, Fact::One(value));
            }
        };
        if let Some(region) = &need.region {
            set("kms:ViaService", format!("{service}.{region}.amazonaws.com"));
        }
        if let Some(account) = self.world().account_of(actor) {
            set("kms:CallerAccount", account.to_string());
        }
        context.set("aws:ViaAWSService", Fact::One("true".to_owned()));
        for key in ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"] {
            context.set(key, Fact::Unknown);
        }
        context
    }

    /// The display name of a user or role.
    pub(crate) fn principal_name(&self, index: PrincipalIndex) -> &str {
        self.names().of(Entry::Principal(index))
    }
}

/// Is the statement cited already, be it for another request?
fn cites(known: &[Citation], citation: &Citation) -> bool {
    known.iter().any(|other| {
        other.document == citation.document
            && other.statement == citation.statement
            && other.layer == citation.layer
    })
}
