//! One step: somebody can get from here to there.

use std::sync::Arc;

use clavicle_engine::{Context, Dependency, Layer, Verdict};

use super::asker::state;
use super::choice::is_chosen;
use super::method::{Method, MethodKind};
use super::node::Node;
use super::subject::Subject;
use crate::actor::Target;
use crate::ruling::Ruling;
use crate::world::World;

/// How the two ends of a step hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// Acts as it: assumes it, signs in as it, holds its key.
    Becomes,
    /// Changes or enters it.
    Controls,
    /// Hands it to a service, in something new, and acts through that.
    Passes,
    /// Acts as it by itself: a workload and its role.
    RunsAs,
    /// Has more rights than before.
    Gains,
    /// Does something with it: the last step to a thing.
    Touches,
}

/// How certain a step is. Better is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grade {
    /// Something that was not seen decides.
    Unseen,
    /// A condition decides that the asker meets or not: a second factor, an address.
    Conditional,
    /// Only what the asker chooses decides: tags in the request, names, regions.
    Chosen,
    /// It is allowed.
    Certain,
}

/// One step with what it rests on.
#[derive(Debug, Clone)]
pub struct Step {
    /// Who.
    pub from: Node,
    /// To where.
    pub to: Node,
    /// The principal, policy or workload itself, of those that `to` stands for; `None` for `RunsAs`.
    pub subject: Option<Subject>,
    /// How both hang together.
    pub relation: Relation,
    /// By which method; `None`: a workload runs as its role.
    pub method: Option<&'static Method>,
    /// Which of the method's ways, by place.
    pub way: usize,
    /// The requests, in the order of the way, and what AWS decides beside them.
    pub requests: Vec<StepRequest>,
    /// What else has to hold, which was not seen.
    pub provided: Vec<&'static str>,
    /// How certain it is.
    pub grade: Grade,
}

/// One request that a step rests on.
#[derive(Debug, Clone)]
pub struct StepRequest {
    /// Who sends it: the `from` of the step, or the service that takes a role.
    pub by: Node,
    /// What for.
    pub action: &'static str,
    /// On what.
    pub target: Target,
    /// The ARN that it names. `*` in it is a name that the asker may choose.
    pub arn: Arc<str>,
    /// What is the policy of the target by then?
    pub policy: PolicyThen,
    /// Keys that it carries; `None`: that it does not carry.
    pub with: Vec<(&'static str, Option<String>)>,
    /// How the engine rules.
    pub ruling: Ruling,
}

/// The policy of a request's target at the time of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyThen {
    /// The one that was seen.
    AsSeen,
    /// None: the thing is new, or of a kind without policies.
    Nobodys,
    /// One that lets the asker in: the asker wrote it.
    Askers,
}

impl StepRequest {
    /// The context of the request.
    pub(crate) fn context(&self, world: &World) -> Context {
        let mut context = world.context(&Default::default());
        state(&mut context, &self.with);
        context
    }

    /// How certain is it? `None`: it is a no.
    pub(crate) fn grade(&self) -> Option<Grade> {
        grade_of(&self.ruling, self.action)
    }

    /// The condition keys that it turns on and that are not the asker's to choose.
    pub fn conditions(&self) -> impl Iterator<Item = &str> {
        self.ruling.depends_on.iter().filter_map(|on| match on {
            Dependency::Key(key) if !is_chosen(key, self.action) => Some(key.as_str()),
            _ => None,
        })
    }

    /// The condition keys that it turns on and that the asker chooses: tags in the request, regions, names.
    pub fn choices(&self) -> impl Iterator<Item = &str> {
        self.ruling.depends_on.iter().filter_map(|on| match on {
            Dependency::Key(key) if is_chosen(key, self.action) => Some(key.as_str()),
            _ => None,
        })
    }
}

/// How certain is a ruling on an action? `None`: it is a no.
pub(crate) fn grade_of(ruling: &Ruling, action: &str) -> Option<Grade> {
    Some(match ruling.verdict {
        Verdict::Allowed => Grade::Certain,
        Verdict::ImplicitlyDenied | Verdict::ExplicitlyDenied => return None,
        Verdict::Depends => {
            let of = |on: &Dependency| match on {
                Dependency::Key(key) if is_chosen(key, action) => Grade::Chosen,
                Dependency::Key(_) => Grade::Conditional,
                _ => Grade::Unseen,
            };
            // Where it was not asked on what it turns, it is open.
            ruling.depends_on.iter().map(of).min().unwrap_or(Grade::Conditional)
        }
    })
}

impl Step {
    /// Does a person do something in this step? A workload runs as its role by itself.
    pub fn is_move(&self) -> bool {
        self.relation != Relation::RunsAs
    }

    /// The layers that were not seen and that it turns on.
    pub fn not_seen(&self) -> impl Iterator<Item = Layer> {
        let on = self.requests.iter().flat_map(|request| &request.ruling.depends_on);
        on.filter_map(|on| match on {
            Dependency::NotSeen(layer) => Some(*layer),
            _ => None,
        })
    }
}

impl Method {
    /// How the ends of a step by this method hang together.
    pub fn relation(&self) -> Relation {
        match self.kind {
            MethodKind::ChangesOwnRights => Relation::Gains,
            MethodKind::TakesOverPrincipal => Relation::Becomes,
            MethodKind::PassesRole => Relation::Passes,
            _ => Relation::Controls,
        }
    }
}
