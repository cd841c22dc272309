//! Openings: somebody rewrites who gets at a thing, or at the key that it is encrypted with, and gets at it.
//!
//! There are as many as principals that may write policies times things, so that they are not kept like other steps:
//! they are worked out for the thing that somebody asks about.

use clavicle_engine::Verdict;
use clavicle_policy::AccountId;
use clavicle_snapshot::ResourceIndex;
use rayon::prelude::*;

use super::asker::{Asker, Granted, Setting};
use super::method::{Gives, Tried};
use super::node::{Node, Raise};
use super::registry::{REGISTRY, ReadyWay};
use super::step::{Grade, PolicyThen, Step, StepRequest, grade_of};
use super::subject::{Fit, Subject};
use crate::access::Wanted;
use crate::actor::{Actor, Target};
use crate::need::Need;
use crate::ruling::Ruling;
use crate::world::World;

/// A thing whose policy may be rewritten, and how.
struct Openable {
    index: ResourceIndex,
    owner: AccountId,
    /// Method and way, by place.
    ways: Vec<(usize, usize, &'static ReadyWay)>,
    /// Those whom its policy names, who may need no document of their own.
    named: Vec<Actor>,
    everyone: bool,
}

/// Something opened: how, and what it takes.
struct Control {
    method: usize,
    way: usize,
    gives: Gives,
    granted: Granted,
    provided: Option<&'static str>,
}

impl World {
    /// Who can do any of `wanted` with the target once they have rewritten its policy, or that of its key? Those who
    /// need not are not among them, nor are administrators. A few decisions for each user and role of the account.
    pub fn openings(&self, wanted: &[Wanted], target: &Target) -> Vec<Step> {
        let Target::Resource(index) = target else { return Vec::new() };
        let Some(thing) = self.openable(*index) else { return Vec::new() };
        let keys = wanted.iter().flat_map(|wanted| self.needs(&wanted.action, target));
        let mut keys: Vec<ResourceIndex> = keys
            .filter_map(|need| match need.target {
                Target::Resource(key) => Some(key),
                _ => None,
            })
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let keys: Vec<Openable> = keys.into_iter().filter_map(|key| self.openable(key)).collect();
        let steps = self.steps();
        let setting = Setting { grounds: &steps.grounds, sides: None, ladders: None, exact: true };
        let nodes: Vec<&Node> = steps.nodes().map(|(_, node)| node).collect();
        nodes
            .into_par_iter()
            .filter(|node| self.may_open(node, &thing) || keys.iter().any(|key| self.may_open(node, key)))
            .filter_map(|node| {
                self.with_asker(setting, node, |asker| asker.opening(wanted, target, &thing, &keys))?
            })
            .collect()
    }

    fn openable(&self, index: ResourceIndex) -> Option<Openable> {
        let record = self.snapshot().resource(index);
        let types = self.catalog().resource_types_of(&record.arn);
        let is_type = |name: &str| {
            name.split_once(':').is_some_and(|(prefix, name)| {
                types.iter().any(|known| known.service().prefix() == prefix && known.name() == name)
            })
        };
        let mut ways = Vec::new();
        for (number, ready) in REGISTRY.methods.iter().enumerate() {
            for (place, way) in ready.ways.iter().enumerate() {
                if matches!(way.way.on, Tried::Things(name) if is_type(name)) {
                    ways.push((number, place, way));
                }
            }
        }
        let named =
            self.resource_policy(index).map(|policy| self.named_by(policy, |_| true)).unwrap_or_default();
        Some(Openable { index, owner: record.account?, ways, named: named.actors, everyone: named.everyone })
    }

    /// Could the documents of a node let it rewrite a policy?
    fn may_open(&self, node: &Node, thing: &Openable) -> bool {
        let (principal, raised) = match node {
            Node::Actor(Actor::Principal(index)) => (*index, None),
            Node::Raised(index, raise) => (*index, Some(*raise)),
            _ => return false,
        };
        // AWS: policies of things are written from their own account, with few exceptions.
        if self.snapshot().principal(principal).account != thing.owner || thing.ways.is_empty() {
            return false;
        }
        let spoken = match raised {
            Some(Raise::Everything) => return true,
            Some(raise) => self.steps().grounds.spoken_by(&self.documents_of_raised(principal, raise)),
            None => self.steps().grounds.spoken_by(&self.bearer(principal).identity),
        };
        thing.everyone
            || thing.named.contains(&Actor::Principal(principal))
            || thing.ways.iter().any(|(.., way)| spoken.contains(&way.needed))
    }
}

impl Asker<'_, '_> {
    /// The best way to let oneself in. `None`: there is none, or none is needed.
    fn opening(
        &self,
        wanted: &[Wanted],
        target: &Target,
        thing: &Openable,
        keys: &[Openable],
    ) -> Option<Step> {
        let own = self.control(thing);
        let keys: Vec<(Target, Option<Control>)> =
            keys.iter().map(|key| (Target::Resource(key.index), self.control(key))).collect();
        if own.is_none() && keys.iter().all(|(_, control)| control.is_none()) {
            return None;
        }
        if let Some(control) = own.as_ref().filter(|control| control.gives == Gives::Shared) {
            let reads = wanted.iter().any(|wanted| self.world.is_read(&wanted.action));
            return reads.then(|| self.opened(target, control, None, Vec::new(), control.granted.grade));
        }
        let mut best: Option<Step> = None;
        for wanted in wanted {
            let arn = self.world.arn_of(target);
            let named = wanted.form.of(&arn);
            let name = self.world.catalog().action(wanted.action.text());
            let name = name.map_or("", |id| self.world.catalog().name(id));
            let ask = |policy| {
                let side = self.world.named_side_then(target, Some(&named), policy);
                let with = Vec::new();
                let (request, grade) = self.ask_with(name, &wanted.action, target, &side, policy, with)?;
                Some((request?, grade))
            };
            let Some((request, grade, by_own)) = open_or_as_seen(own.as_ref(), ask) else { continue };
            let mut requests = vec![request];
            let mut grade = grade;
            let mut by_key: Option<&Control> = None;
            let mut met = true;
            for need in self.world.needs(&wanted.action, target) {
                let control = keys
                    .iter()
                    .find(|(key, _)| *key == need.target)
                    .and_then(|(_, control)| control.as_ref());
                match open_or_as_seen(control, |policy| self.ask_need(&need, policy)) {
                    Some((request, more, opened)) => {
                        requests.push(request);
                        grade = grade.min(more);
                        by_key = by_key.or(control.filter(|_| opened));
                    }
                    None => met = false,
                }
            }
            let by_own = own.as_ref().filter(|_| by_own);
            if !met {
                continue;
            }
            let (Some(control), other) = (by_own.or(by_key), by_own.and(by_key)) else { continue };
            let more = [Some(control), other].into_iter().flatten();
            let grade = more.fold(grade, |grade, control| grade.min(control.granted.grade));
            if best.as_ref().is_none_or(|best| best.grade < grade) {
                best = Some(self.opened(target, control, other, requests, grade));
            }
        }
        best
    }

    /// How can the asker rewrite who gets at a thing?
    fn control(&self, thing: &Openable) -> Option<Control> {
        if thing.owner != self.account {
            return None;
        }
        let mut best: Option<Control> = None;
        for (method, place, way) in &thing.ways {
            let subject = Subject::Resource(thing.index);
            let provided = match (way.way.gate)(self.world, subject) {
                Fit::No => continue,
                Fit::Yes => None,
                Fit::If(text) => Some(text),
            };
            let free: Vec<_> = way.asks.iter().collect();
            let Some(mut granted) = self.ask_free(&free) else { continue };
            let mut may = true;
            for asked in way.asks.iter().filter(|asked| asked.ask.on.is_of_subject()) {
                match self.ask_subject(asked, subject) {
                    Some(more) => granted.add(more),
                    None => may = false,
                }
            }
            if provided.is_some() {
                granted.grade = granted.grade.min(Grade::Conditional);
            }
            if may && best.as_ref().is_none_or(|best| best.granted.grade < granted.grade) {
                best =
                    Some(Control { method: *method, way: *place, gives: way.way.gives, granted, provided });
            }
        }
        best
    }

    /// What the service asks of a key for the asker.
    fn ask_need(&self, need: &Need, policy: PolicyThen) -> Option<(StepRequest, Grade)> {
        let context = need.context(self.side.principal.account(), &self.when);
        let side = self.world.target_side_then(&need.target, policy);
        let action = clavicle_engine::Action::new(need.action);
        let ruling: Ruling = self.world.rule(&self.side, &action, &side, &context);
        let grade = grade_of(&ruling, need.action)?;
        let request = StepRequest {
            by: self.node.clone(),
            action: need.action,
            target: need.target.clone(),
            arn: self.world.arn_of(&need.target),
            policy,
            with: Vec::new(),
            ruling,
        };
        Some((request, grade))
    }

    fn opened(
        &self,
        target: &Target,
        control: &Control,
        other: Option<&Control>,
        then: Vec<StepRequest>,
        grade: Grade,
    ) -> Step {
        let both = || [Some(control), other].into_iter().flatten();
        let mut requests: Vec<StepRequest> =
            both().flat_map(|control| control.granted.requests.iter().cloned()).collect();
        requests.extend(then);
        let method = REGISTRY.methods.get(control.method).map(|ready| ready.method);
        Step {
            from: self.node.clone(),
            to: Node::Thing(target.clone()),
            subject: requests.first().and_then(|request| match request.target {
                Target::Resource(index) => Some(Subject::Resource(index)),
                _ => None,
            }),
            relation: super::step::Relation::Controls,
            method,
            way: control.way,
            requests,
            provided: both().filter_map(|control| control.provided).collect(),
            grade,
        }
    }
}

/// A request as things are, if that is certain, else with the policy rewritten; and whether it was.
fn open_or_as_seen(
    control: Option<&Control>,
    ask: impl Fn(PolicyThen) -> Option<(StepRequest, Grade)>,
) -> Option<(StepRequest, Grade, bool)> {
    let seen = ask(PolicyThen::AsSeen);
    if let Some((request, grade)) = &seen
        && request.ruling.verdict == Verdict::Allowed
    {
        return Some((request.clone(), *grade, false));
    }
    let opened = control.and_then(|_| ask(PolicyThen::Askers));
    match (seen, opened) {
        (Some((request, grade)), Some((_, better))) if better <= grade => Some((request, grade, false)),
        (_, Some((request, grade))) => Some((request, grade, true)),
        (Some((request, grade)), None) => Some((request, grade, false)),
        (None, None) => None,
    }
}

impl World {
    fn is_read(&self, action: &clavicle_engine::Action) -> bool {
        let catalog = self.catalog();
        catalog
            .action(action.text())
            .is_some_and(|id| catalog.access(id).intersects(clavicle_catalog::Access::READ))
    }
}
