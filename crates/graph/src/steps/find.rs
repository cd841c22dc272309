//! Every step that one asker can take.

use clavicle_policy::AccountId;
use clavicle_snapshot::{PolicyIndex, PrincipalIndex, PrincipalKind};
use foldhash::{HashMap, HashMapExt};

use super::asker::{Asker, Granted, best};
use super::grounds::{Passable, taken_with, taker, taking};
use super::method::{Gives, On, Tried};
use super::node::{Node, Raise};
use super::registry::{PASS_ROLE, REGISTRY, ReadyAsk, ReadyWay};
use super::runs_as::given_by_rule;
use super::step::{Grade, PolicyThen, StepRequest, grade_of};
use super::subject::{Fit, Subject};
use super::unlisted::{GIVEN_BY_RULE, RUNS_AS_IT};
use crate::actor::{Actor, Target};
use crate::digest::{ResourcePatterns, literal_prefix};
use crate::side::Levels;
use crate::world::World;

/// A step that was found; its requests in parts, put together only where somebody wants to see them.
pub(crate) struct Found<'f> {
    /// The place of the method in the registry.
    pub(crate) method: usize,
    pub(crate) way: usize,
    pub(crate) subject: Subject,
    pub(crate) to: Node,
    pub(crate) grade: Grade,
    pub(crate) requests: [&'f [StepRequest]; 2],
    pub(crate) provided: Option<&'static str>,
    /// What has to hold of things that no source lists; see `unlisted.rs`.
    pub(crate) unlisted: [Option<&'static str>; 2],
}

impl Found<'_> {
    /// Does it take nothing but what was seen?
    pub(crate) fn is_listed(&self) -> bool {
        self.unlisted == [None; 2]
    }
}

/// Only steps that end here, by methods that may be of interest.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Only<'o> {
    pub(crate) to: Option<&'o Node>,
    pub(crate) method: Option<usize>,
}

/// What somebody does who becomes a role, and a service that takes one.
const ASSUME_ROLE: &str = "sts:AssumeRole";

/// The roles that an asker may pass to a service, with the requests that say so.
type Passing = Vec<(PrincipalIndex, Vec<StepRequest>, Grade)>;

impl Asker<'_, '_> {
    /// Calls `emit` for every step. A decision for each request of each method on each thing that the documents of the
    /// asker speak of.
    pub(crate) fn steps(&self, only: Only<'_>, emit: &mut dyn FnMut(&Found<'_>)) {
        let mut passing: HashMap<(&'static str, Option<&Node>), Passing> = HashMap::new();
        for (number, ready) in REGISTRY.methods.iter().enumerate() {
            if only.method.is_some_and(|method| method != number) {
                continue;
            }
            for (place, way) in ready.ways.iter().enumerate() {
                if !self.spoken.contains(&way.needed) || !self.suits(way.way.on) {
                    continue;
                }
                let free: Vec<&ReadyAsk> = way.asks.iter().collect();
                let Some(free) = self.ask_free(&free) else { continue };
                let mut tried =
                    TriedWay { asker: self, number, place, way, free: &free, only, best: HashMap::new() };
                match way.way.on {
                    Tried::Passed(service) | Tried::Lent(service) => {
                        let to = only.to.filter(|_| way.way.gives == Gives::Subject);
                        let roles = passing.entry((service, to)).or_insert_with(|| self.passing(service, to));
                        tried.passed(roles, emit);
                    }
                    _ => tried.subjects(emit),
                }
            }
        }
    }

    fn suits(&self, on: Tried) -> bool {
        let raised_all = matches!(self.node, Node::Raised(_, Raise::Everything));
        match on {
            Tried::OwnUser => self.is_user && !raised_all,
            Tried::OtherGroups | Tried::OwnGroups => self.is_user && !raised_all,
            Tried::OwnRole => !self.is_user && !raised_all,
            Tried::Own | Tried::OwnPolicies | Tried::OwnDenies => !raised_all,
            // What somebody asks about one thing is worked out then: see `opening.rs`.
            Tried::Things(_) => false,
            _ => true,
        }
    }

    /// The roles of the account, or those of one node, that trust a service and that the asker may pass to it.
    fn passing(&self, service: &'static str, only: Option<&Node>) -> Passing {
        let Some(roles) =
            self.grounds.accounts.get(&self.account).and_then(|grounds| grounds.passable.get(service))
        else {
            return Vec::new();
        };
        let ask = ReadyAsk {
            ask: &super::method::Ask { action: PASS_ROLE, on: On::Subject, with: &[] },
            action: clavicle_engine::Action::new(PASS_ROLE),
        };
        let covered = self.covered(ask.action.lower(), roles, |passable| self.arn(passable.role));
        let mut found: Passing = Vec::new();
        for Passable { role, ruling } in covered {
            let to = self.world.node_of(*role);
            if to == self.node || only.is_some_and(|only| *only != to) {
                continue;
            }
            let target = Target::Principal(*role);
            let side = self.side_of(&target, PolicyThen::AsSeen);
            let with = vec![("iam:PassedToService", Some(service.to_owned()))];
            let passes =
                self.ask_with(PASS_ROLE, &ask.action, &target, side.side(), PolicyThen::AsSeen, with);
            let Some((passes, grade)) = passes else { continue };
            let taken_grade = grade_of(ruling, taking(service));
            let Some(taken_grade) = taken_grade else { continue };
            let grade = grade.min(taken_grade);
            let Some(passes) = passes else {
                found.push((*role, Vec::new(), grade));
                continue;
            };
            let taken = StepRequest {
                by: Node::Actor(taker(service)),
                action: taking(service),
                target,
                arn: self.world.snapshot().principal(*role).arn.clone(),
                policy: PolicyThen::AsSeen,
                with: taken_with(self.world, *role),
                ruling: ruling.clone(),
            };
            found.push((*role, vec![passes, taken], grade));
        }
        found
    }

    fn arn(&self, principal: PrincipalIndex) -> &str {
        &self.world.snapshot().principal(principal).arn
    }

    /// Those of some things, sorted by ARN, that a document of the asker could speak of for an action (in lower case).
    fn covered<'l, 's, T>(&self, action: &str, things: &'l [T], arn: impl Fn(&T) -> &'s str) -> Vec<&'l T> {
        let mut marked = vec![false; things.len()];
        for policy in self.documents.iter() {
            for statement in self.world.documents.digest(*policy).allows() {
                if !statement.actions.may_hold(action) {
                    continue;
                }
                let ResourcePatterns::Listed(patterns) = &statement.resources else {
                    return things.iter().collect();
                };
                for pattern in patterns {
                    let prefix = literal_prefix(pattern);
                    if prefix.is_empty() {
                        return things.iter().collect();
                    }
                    let start = things.partition_point(|thing| arn(thing) < prefix);
                    let within = things.iter().zip(&mut marked).skip(start);
                    let within = within.take_while(|(thing, _)| arn(thing).starts_with(prefix));
                    within.for_each(|(_, mark)| *mark = true);
                }
            }
        }
        things.iter().zip(marked).filter(|(_, mark)| *mark).map(|(thing, _)| thing).collect()
    }

    /// On what could a method be tried?
    fn subjects_of(&self, on: Tried, action: Option<&str>) -> Vec<Subject> {
        let snapshot = self.world.snapshot();
        let record = snapshot.principal(self.principal);
        let Some(grounds) = self.grounds.accounts.get(&self.account) else { return Vec::new() };
        let principals = |list: &[PrincipalIndex]| -> Vec<Subject> {
            let arn = |index: &PrincipalIndex| &*snapshot.principal(*index).arn;
            match action {
                Some(action) => self
                    .covered(action, list, arn)
                    .into_iter()
                    .map(|index| Subject::Principal(*index))
                    .collect(),
                None => list.iter().map(|index| Subject::Principal(*index)).collect(),
            }
        };
        match on {
            Tried::Own | Tried::OwnUser | Tried::OwnRole | Tried::OwnSsoRole => {
                let class = self.world.class_members(self.world.class_of(self.principal));
                let mut members = class.to_vec();
                members.sort_by(|a, b| snapshot.principal(*a).arn.cmp(&snapshot.principal(*b).arn));
                principals(&members)
            }
            Tried::OwnGroups => record.groups.iter().map(|group| Subject::Principal(*group)).collect(),
            Tried::OtherGroups => {
                let mut others = principals(&grounds.groups);
                others
                    .retain(|other| !record.groups.iter().any(|group| Subject::Principal(*group) == *other));
                others
            }
            Tried::OwnPolicies => {
                let bearers = std::iter::once(record)
                    .chain(record.groups.iter().map(|group| snapshot.principal(*group)));
                let policies = bearers.flat_map(|bearer| bearer.attached.iter().copied());
                let mut own: Vec<Subject> = policies
                    .filter(|policy| snapshot.policy(*policy).account.is_some())
                    .map(Subject::Policy)
                    .collect();
                own.sort_unstable();
                own.dedup();
                own
            }
            Tried::OwnDenies => {
                let bearers = self.bearers_of_policies();
                let mut denying: Vec<Subject> = bearers
                    .iter()
                    .map(|(policy, _)| *policy)
                    .filter(|policy| bearers.iter().filter(|(other, _)| other == policy).count() == 1)
                    .filter(|policy| {
                        self.world.managed(*policy).is_some_and(|text| self.world.denies_something(text))
                    })
                    .map(Subject::Policy)
                    .collect();
                denying.sort_unstable();
                denying
            }
            Tried::Users => principals(&grounds.users),
            Tried::Roles => principals(&grounds.roles),
            Tried::RolesTrusting | Tried::RolesOfMembers => {
                let named = self.grounds.trusting.get(&self.principal).into_iter().flatten();
                let mut roles: Vec<PrincipalIndex> = grounds
                    .trusting
                    .iter()
                    .chain(named)
                    .chain(&self.grounds.trusting_everyone)
                    .copied()
                    .collect();
                roles.sort_unstable();
                roles.dedup();
                if on == Tried::RolesOfMembers {
                    roles.retain(|role| snapshot.principal(*role).account != self.account);
                }
                roles.into_iter().map(Subject::Principal).collect()
            }
            Tried::Workloads(kind) => {
                let Some(list) = grounds.workloads.get(kind) else { return Vec::new() };
                match action {
                    Some(action) => self
                        .covered(action, list, |index| &*snapshot.resource(*index).arn)
                        .into_iter()
                        .map(|index| Subject::Resource(*index))
                        .collect(),
                    None => list.iter().map(|index| Subject::Resource(*index)).collect(),
                }
            }
            Tried::Providers(kind) => {
                let fits = |at: &&u32| {
                    let known = snapshot.providers.get(**at as usize);
                    known.is_some_and(|known| {
                        known.kind == kind && self.grounds.providers_trusted.contains(&known.arn)
                    })
                };
                grounds.providers.iter().filter(fits).map(|at| Subject::Provider(*at)).collect()
            }
            Tried::SsoRoles => self.grounds.sso_roles.iter().map(|role| Subject::Principal(*role)).collect(),
            Tried::Accounts => {
                let seen = snapshot.accounts.iter().filter(|account| account.seen);
                seen.map(|account| Subject::Account(account.id)).collect()
            }
            Tried::Passed(_) | Tried::Lent(_) | Tried::Things(_) => Vec::new(),
        }
    }

    /// The managed policies of the asker and its groups, each with who bears it.
    fn bearers_of_policies(&self) -> Vec<(PolicyIndex, PrincipalIndex)> {
        let snapshot = self.world.snapshot();
        let groups = snapshot.principal(self.principal).groups.iter().copied();
        let bearers = std::iter::once(self.principal).chain(groups);
        let of = |bearer: PrincipalIndex| {
            snapshot.principal(bearer).attached.iter().map(move |policy| (*policy, bearer))
        };
        bearers.flat_map(of).collect()
    }

    /// A request to detach the subject, a managed policy, from who bears it.
    fn ask_detaching(&self, asked: &ReadyAsk, subject: Subject) -> Option<(Option<StepRequest>, Grade)> {
        let Subject::Policy(policy) = subject else { return None };
        let snapshot = self.world.snapshot();
        let (_, bearer) = self.bearers_of_policies().into_iter().find(|(of, _)| *of == policy)?;
        let detaches = match snapshot.principal(bearer).kind {
            PrincipalKind::User => "iam:DetachUserPolicy",
            PrincipalKind::Role => "iam:DetachRolePolicy",
            PrincipalKind::Group => "iam:DetachGroupPolicy",
        };
        if asked.ask.action != detaches {
            return None;
        }
        let target = Target::Principal(bearer);
        let side = self.side_of(&target, PolicyThen::AsSeen);
        let with = vec![("iam:PolicyARN", Some(snapshot.policy(policy).arn.to_string()))];
        self.ask_with(asked.ask.action, &asked.action, &target, side.side(), PolicyThen::AsSeen, with)
    }

    /// Which nodes does a method lead to?
    fn leads_to(&self, gives: Gives, subject: Subject) -> Vec<Node> {
        let raised = |principal: PrincipalIndex, raise: Raise| {
            let first = self.world.first_of_class(principal);
            let unbound = matches!(self.node, Node::Raised(own, Raise::NoBoundary) if own == first);
            self.world.node_of_raised(first, raise, unbound)
        };
        let other = match subject {
            Subject::Principal(index) => Some(index),
            _ => None,
        };
        let one = |node: Option<Node>| node.into_iter().collect::<Vec<_>>();
        match gives {
            Gives::Subject => match subject {
                Subject::Principal(index) => vec![self.world.node_of(index)],
                Subject::Provider(_) => {
                    vec![Node::Actor(Actor::Provider(self.world.arn_of_subject(subject)))]
                }
                _ => Vec::new(),
            },
            Gives::Everything => vec![raised(self.principal, Raise::Everything)],
            Gives::NewPrincipal => one(self.world.administrator_of(self.account)),
            Gives::AdministratorOfSubject => match subject {
                Subject::Account(account) => one(self.world.administrator_of(account)),
                _ => Vec::new(),
            },
            Gives::NoScpsOfSubject => one(other.map(|index| raised(index, Raise::NoScps))),
            Gives::Opened | Gives::Shared => Vec::new(),
            Gives::NoBoundary => vec![raised(self.principal, Raise::NoBoundary)],
            Gives::EverythingOfSubject => one(other.map(|index| raised(index, Raise::Everything))),
            Gives::EverythingOfRole => {
                let role = self.world.role_of_subject(subject);
                one(role.map(|index| raised(index, Raise::Everything)))
            }
            Gives::NoBoundaryOfSubject => one(other.map(|index| raised(index, Raise::NoBoundary))),
            Gives::Undenied | Gives::OutOfGroup => {
                let raise = match (subject, gives) {
                    (Subject::Policy(policy), _) => Raise::Detached(policy),
                    (Subject::Principal(group), Gives::OutOfGroup) => Raise::OutOf(group),
                    (Subject::Principal(bearer), _) if is_group(self.world, bearer) => {
                        Raise::NoInlineDenies(bearer)
                    }
                    (Subject::Principal(_), _) => Raise::NoInlineDenies(self.principal),
                    _ => return Vec::new(),
                };
                let left = self.world.documents_of_raised(self.principal, raise);
                let frees = self.world.is_freed_by(self.principal, &left);
                one(frees.then(|| raised(self.principal, raise)))
            }
            Gives::ServicesOfSubject => one(other.map(|index| raised(index, Raise::ServicesOnly))),
            Gives::GitOfSubject => one(other.map(|index| raised(index, Raise::GitOnly))),
            Gives::Group => {
                let adds = |group: &PrincipalIndex| {
                    let more = &self.world.bearer(*group).identity;
                    more.iter().any(|policy| !self.documents.contains(policy))
                };
                one(other.filter(adds).map(|group| raised(self.principal, Raise::Group(group))))
            }
            Gives::OlderVersion => {
                let Subject::Policy(policy) = subject else { return Vec::new() };
                let record = self.world.snapshot().policy(policy);
                let older = (0..).zip(&record.versions).filter(|(_, version)| {
                    Some(&version.id) != record.default_version.as_ref()
                        && record.document.document() != Some(version.document)
                });
                older.map(|(place, _)| raised(self.principal, Raise::Version(policy, place))).collect()
            }
            Gives::Workload => match subject {
                Subject::Resource(index) => vec![Node::Workload(index)],
                _ => Vec::new(),
            },
        }
    }
}

impl World {
    /// The node of a new principal of an account that is allowed everything and bound by no boundary; `None`: the
    /// organization keeps it from being an administrator, or nobody of the account was seen.
    pub(crate) fn administrator_of(&self, account: AccountId) -> Option<Node> {
        let first = *self.principals_of(account).first()?;
        let record = self.snapshot().principal(first);
        let full = [self.documents.full_access];
        let side = |levels| Some(self.principal_side(first, levels)?.bearing(&full).without_boundary());
        let (free, bound) = (side(Levels::None)?, side(self.scps_of(Some(account)))?);
        let when = self.context(&Default::default());
        self.can_do_everything(record, &free, &bound, &when).then_some(Node::Administrator(account))
    }

    /// The node of somebody raised: an administrator if that is what it comes to. `unbound`: its boundary is gone too.
    pub(crate) fn node_of_raised(&self, principal: PrincipalIndex, raise: Raise, unbound: bool) -> Node {
        let record = self.snapshot().principal(principal);
        let documents = self.documents_of_raised(principal, raise);
        let side = |levels| {
            let side = self.principal_side(principal, levels)?.bearing(&documents);
            Some(if unbound || raise == Raise::NoBoundary { side.without_boundary() } else { side })
        };
        if raise == Raise::NoScps && self.is_admin(principal) {
            // An administrator whom nothing binds any more is more than an administrator.
            return Node::Raised(principal, raise);
        }
        let when = self.context(&Default::default());
        let scps = if raise == Raise::NoScps { Levels::None } else { self.scps_of(Some(record.account)) };
        let all = match (side(Levels::None), side(scps)) {
            (Some(free), Some(bound)) => self.can_do_everything(record, &free, &bound, &when),
            _ => false,
        };
        if all { Node::Administrator(record.account) } else { Node::Raised(principal, raise) }
    }
}

fn is_group(world: &World, index: PrincipalIndex) -> bool {
    world.snapshot().principal(index).kind == PrincipalKind::Group
}

/// One way of one method, tried by one asker.
struct TriedWay<'a, 'w, 'f> {
    asker: &'a Asker<'a, 'w>,
    number: usize,
    place: usize,
    way: &'static ReadyWay,
    free: &'f Granted,
    only: Only<'a>,
    /// How certain the best step to each node is, and whether it takes only what was seen.
    best: HashMap<Node, (bool, Grade)>,
}

impl TriedWay<'_, '_, '_> {
    /// Passes roles that may be passed.
    fn passed(&mut self, roles: &Passing, emit: &mut dyn FnMut(&Found<'_>)) {
        for (role, requests, grade) in roles {
            let subject = Subject::Principal(*role);
            let fit = (self.way.way.gate)(self.asker.world, subject);
            let own = self.way.asks.iter().any(|asked| asked.ask.on.is_of_subject());
            let more = if own { self.on_subject(subject) } else { None };
            if own && more.is_none() {
                continue;
            }
            let mut granted = Granted { requests: requests.clone(), grade: *grade, unlisted: None };
            more.into_iter().for_each(|more| granted.add_all(more));
            self.tell(subject, fit, &granted, emit);
        }
    }

    fn subjects(&mut self, emit: &mut dyn FnMut(&Found<'_>)) {
        let asker = self.asker;
        let standing = asker.standing(self.way.way.on);
        if standing == Fit::No {
            return;
        }
        if let Tried::Workloads(kind) = self.way.way.on
            && let Some(unlisted) = asker.unlisted_workload(kind, &self.way.asks)
        {
            for role in unlisted.roles {
                let subject = Subject::Principal(role);
                let Some(mut granted) = self.on_roles(subject) else { continue };
                granted.add_all(unlisted.granted.clone());
                self.tell(subject, Fit::Yes, &granted, emit);
            }
        }
        if let Tried::Workloads(kind) = self.way.way.on {
            self.of_roles_known_later(kind, standing, emit);
            self.of_roles_given_by_rule(kind, standing, emit);
        }
        if let Tried::Providers(kind) = self.way.way.on {
            for (provider, granted) in asker.unlisted_providers(kind, &self.way.asks) {
                let to = Node::Actor(Actor::Provider(provider));
                self.tell_of(Subject::Account(asker.account), to, Fit::Yes, &granted, emit);
            }
        }
        // A trust policy can let somebody in of whose own documents none speaks of the role.
        let by_documents = |asked: &&ReadyAsk| asked.ask.on == On::Subject && asked.ask.action != ASSUME_ROLE;
        let first = self.way.asks.iter().find(by_documents);
        let subjects = asker.subjects_of(self.way.way.on, first.map(|asked| asked.action.lower()));
        for subject in subjects {
            let own =
                matches!(self.way.way.on, Tried::Own | Tried::OwnUser | Tried::OwnRole | Tried::OwnSsoRole);
            if !own && subject == Subject::Principal(asker.principal) {
                continue;
            }
            if self.is_known(subject) {
                continue;
            }
            let fit = standing.and((self.way.way.gate)(asker.world, subject));
            if fit == Fit::No {
                continue;
            }
            let Some(granted) = self.on_subject(subject) else { continue };
            self.tell(subject, fit, &granted, emit);
        }
    }

    /// Workloads that are there, with any role that they may run as.
    fn of_roles_known_later(&mut self, kind: &str, standing: Fit, emit: &mut dyn FnMut(&Found<'_>)) {
        let asker = self.asker;
        let known_later =
            asker.grounds.accounts.get(&asker.account).and_then(|it| it.roles_known_later.get(kind));
        for workload in known_later.into_iter().flatten() {
            let Some(on_it) = self.on_itself(Subject::Resource(*workload)) else { continue };
            for role in asker.roles_known_later(kind) {
                let subject = Subject::Principal(role);
                let Some(mut granted) = self.on_roles(subject) else { continue };
                granted.add_all(on_it.clone());
                let granted = Granted { grade: Grade::Unseen, unlisted: Some(RUNS_AS_IT), ..granted };
                self.tell(subject, standing, &granted, emit);
            }
        }
    }

    /// Identity pools, with the roles that they give to some who sign in.
    fn of_roles_given_by_rule(&mut self, kind: &str, standing: Fit, emit: &mut dyn FnMut(&Found<'_>)) {
        let asker = self.asker;
        let pools = asker.grounds.accounts.get(&asker.account).and_then(|it| it.workloads.get(kind));
        for pool in pools.into_iter().flatten() {
            for role in given_by_rule(asker.world, *pool) {
                let Some(granted) = self.on_itself(Subject::Resource(*pool)) else { continue };
                let granted = Granted { grade: Grade::Unseen, unlisted: Some(GIVEN_BY_RULE), ..granted };
                self.tell(Subject::Principal(role), standing, &granted, emit);
            }
        }
    }

    /// Is nothing to be gained from trying this subject too? Its node was reached already, or is not wanted.
    fn is_known(&self, subject: Subject) -> bool {
        let (Gives::Subject, Subject::Principal(index)) = (self.way.way.gives, subject) else {
            return false;
        };
        let to = self.asker.world.node_of(index);
        to == self.asker.node
            || self.only.to.is_some_and(|only| *only != to)
            || self.best.get(&to) == Some(&(true, Grade::Certain))
    }

    /// The requests of the way that depend on the subject. `None`: one of them is a no.
    fn on_subject(&self, subject: Subject) -> Option<Granted> {
        let mut granted = self.on_roles(subject)?;
        granted.add_all(self.on_itself(subject)?);
        Some(granted)
    }

    /// Those of them that do not depend on the role of a workload.
    fn on_itself(&self, subject: Subject) -> Option<Granted> {
        let mut granted = Granted::nothing();
        for asked in &self.way.asks {
            match asked.ask.on {
                On::Subject | On::Rewritten => granted.add(self.asker.ask_subject(asked, subject)?),
                On::PolicyOfSubject => granted.add_all(self.policy_of(asked, subject)?),
                On::BearerOfSubject => granted.add(self.asker.ask_detaching(asked, subject)?),
                On::SetOfSubject => granted.add_all(self.asker.ask_permission_set(asked, subject)?),
                On::AccountOfSubject => granted.add_all(self.asker.ask_account(asked, subject)?),
                On::ScpsOfSubject => granted.add_all(self.asker.ask_scps_above(asked, subject)?),
                On::ClusterOfSubject => granted.add_all(self.asker.ask_cluster(asked, subject)?),
                On::GroupOfSubject => granted.add_all(self.asker.ask_group(asked, subject)?),
                _ => {}
            }
        }
        Some(granted)
    }

    /// The requests of the way on the role of a workload. `None`: one of them is a no.
    fn on_roles(&self, workload: Subject) -> Option<Granted> {
        let mut granted = Granted::nothing();
        for asked in self.way.asks.iter().filter(|asked| asked.ask.on == On::RoleOfSubject) {
            let role = self.asker.world.role_of_subject(workload)?;
            granted.add(self.asker.ask_subject(asked, Subject::Principal(role))?);
        }
        Some(granted)
    }

    /// A request on some managed policy of the account that is attached to the subject.
    fn policy_of(&self, asked: &ReadyAsk, subject: Subject) -> Option<Granted> {
        let Subject::Principal(index) = subject else { return None };
        let snapshot = self.asker.world.snapshot();
        let record = snapshot.principal(index);
        let groups = record.groups.iter().map(|group| snapshot.principal(*group));
        let policies = std::iter::once(record).chain(groups).flat_map(|bearer| bearer.attached.iter());
        let customers = policies.filter(|policy| snapshot.policy(**policy).account.is_some());
        best(customers.filter_map(|policy| {
            let (request, grade) = self.asker.ask_subject(asked, Subject::Policy(*policy))?;
            Some(Granted { requests: request.into_iter().collect(), grade, unlisted: None })
        }))
    }

    fn tell(&mut self, subject: Subject, fit: Fit, granted: &Granted, emit: &mut dyn FnMut(&Found<'_>)) {
        // Of a workload that nobody has listed it is the role that is known.
        let gives = match (self.way.way.gives, subject) {
            (Gives::Workload, Subject::Principal(_)) => Gives::Subject,
            (gives, _) => gives,
        };
        if fit == Fit::No {
            return;
        }
        for to in self.asker.leads_to(gives, subject) {
            self.tell_of(subject, to, fit, granted, emit);
        }
    }

    /// The same, of one node that it leads to.
    fn tell_of(
        &mut self,
        subject: Subject,
        to: Node,
        fit: Fit,
        granted: &Granted,
        emit: &mut dyn FnMut(&Found<'_>),
    ) {
        let provided = match fit {
            Fit::No => return,
            Fit::Yes => None,
            Fit::If(text) => Some(text),
        };
        let mut grade = self.free.grade.min(granted.grade);
        if provided.is_some() {
            grade = grade.min(Grade::Conditional);
        }
        let unlisted = [granted.unlisted, self.free.unlisted];
        let worth = (unlisted == [None; 2], grade);
        let known = self.best.get(&to).is_some_and(|known| *known >= worth);
        if known || to == self.asker.node || self.only.to.is_some_and(|only| *only != to) {
            return;
        }
        self.best.insert(to.clone(), worth);
        emit(&Found {
            method: self.number,
            way: self.place,
            subject,
            to,
            grade,
            requests: [&granted.requests, &self.free.requests],
            provided,
            unlisted,
        });
    }
}
