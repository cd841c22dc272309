//! What steps are looked for among, found once a world: who and what is in each account, who trusts whom, which
//! documents speak of the actions that methods take.

use std::sync::Arc;

use clavicle_engine::{Action, PolicyId};
use clavicle_policy::{AccountId, Case, Glob};
use clavicle_snapshot::{PolicyIndex, PrincipalIndex, PrincipalKind, ResourceIndex};
use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use super::asker::state;
use super::permission_set::permission_set_name;
use super::registry::{ActionSet, REGISTRY};
use super::runs_as::is_role_known_later;
use crate::actor::{Actor, Target};
use crate::digest::{ActionPatterns, literal_prefix};
use crate::ruling::Ruling;
use crate::world::World;

/// See the file.
#[derive(Debug, Default)]
pub(crate) struct Grounds {
    /// By account.
    pub(crate) accounts: HashMap<AccountId, AccountGrounds>,
    /// By document: the actions of methods that it could allow on something.
    spoken: Vec<ActionSet>,
    /// Roles whose trust policies name a principal.
    pub(crate) trusting: HashMap<PrincipalIndex, Vec<PrincipalIndex>>,
    /// Identity providers that some trust policy names.
    pub(crate) providers_trusted: HashSet<Arc<str>>,
    /// Roles that IAM Identity Center made.
    pub(crate) sso_roles: Vec<PrincipalIndex>,
    /// Roles whose trust policies name everyone, or everyone but some.
    pub(crate) trusting_everyone: Vec<PrincipalIndex>,
}

/// One account. Lists are sorted by ARN.
#[derive(Debug, Default)]
pub(crate) struct AccountGrounds {
    pub(crate) users: Vec<PrincipalIndex>,
    pub(crate) roles: Vec<PrincipalIndex>,
    pub(crate) groups: Vec<PrincipalIndex>,
    pub(crate) policies: Vec<PolicyIndex>,
    pub(crate) providers: Vec<u32>,
    /// Things that run as a role, by kind.
    pub(crate) workloads: HashMap<Arc<str>, Vec<ResourceIndex>>,
    /// Those that run as a role of which it is known later which it is, by kind.
    pub(crate) roles_known_later: HashMap<Arc<str>, Vec<ResourceIndex>>,
    /// Is there something that runs as a role, beside what only a plan or template names?
    pub(crate) shows_workloads: bool,
    /// The kinds of which there is something, beside what only a plan or template names.
    pub(crate) kinds_shown: HashSet<Arc<str>>,
    /// Things of the kinds that methods ask for, by kind.
    pub(crate) seen: HashMap<Arc<str>, Vec<ResourceIndex>>,
    /// Roles by the service that their trust policies let in.
    pub(crate) passable: HashMap<Arc<str>, Vec<Passable>>,
    /// Roles, of any account, whose trust policies name this account as a whole.
    pub(crate) trusting: Vec<PrincipalIndex>,
    /// Regions that its things are in.
    pub(crate) regions: Vec<Arc<str>>,
    /// Calls that AWS refused or did not answer, in some region or for some things, and those whose answers AWS Config does not record.
    pub(crate) unanswered: HashSet<Arc<str>>,
    /// Were there regions in which nobody looked?
    pub(crate) regions_left_out: bool,
}

/// A role that a service may take, by its trust policy.
#[derive(Debug, Clone)]
pub(crate) struct Passable {
    pub(crate) role: PrincipalIndex,
    /// How the engine rules on the service's taking it.
    pub(crate) ruling: Ruling,
}

impl Grounds {
    /// Linear in the snapshot, with one decision for each role and service that its trust policy names.
    pub(crate) fn of(world: &World) -> Self {
        let mut grounds = Self { spoken: spoken(world), ..Self::default() };
        let snapshot = world.snapshot();
        for (at, record) in snapshot.principals.iter().enumerate() {
            let account = grounds.accounts.entry(record.account).or_default();
            let list = match record.kind {
                PrincipalKind::User => &mut account.users,
                PrincipalKind::Role => &mut account.roles,
                PrincipalKind::Group => &mut account.groups,
            };
            list.push(PrincipalIndex::at(at));
            if permission_set_name(record).is_some() {
                grounds.sso_roles.push(PrincipalIndex::at(at));
            }
        }
        for (at, policy) in snapshot.policies.iter().enumerate() {
            if let Some(account) = policy.account {
                grounds.accounts.entry(account).or_default().policies.push(PolicyIndex::at(at));
            }
        }
        for (at, provider) in (0..).zip(&snapshot.providers) {
            grounds.accounts.entry(provider.account).or_default().providers.push(at);
        }
        for (at, resource) in snapshot.resources.iter().enumerate() {
            let Some(account) = resource.account else { continue };
            let account = grounds.accounts.entry(account).or_default();
            if let Some(region) = &resource.region
                && account.regions.len() < MOST_REGIONS
                && !account.regions.contains(region)
            {
                account.regions.push(region.clone());
            }
            let index = ResourceIndex::at(at);
            let is_shown = !snapshot.planned_only.contains(&resource.arn);
            if !resource.runs_as.is_empty() {
                account.workloads.entry(resource.kind.clone()).or_default().push(index);
                account.shows_workloads |= is_shown;
            }
            if is_role_known_later(resource) {
                account.roles_known_later.entry(resource.kind.clone()).or_default().push(index);
            }
            account.seen.entry(resource.kind.clone()).or_default().push(index);
            if is_shown && !account.kinds_shown.contains(&resource.kind) {
                account.kinds_shown.insert(resource.kind.clone());
            }
        }
        for row in snapshot.not_seen() {
            let Some(account) = row.account else { continue };
            if row.is_unanswered() || row.is_not_recorded() {
                grounds.accounts.entry(account).or_default().unanswered.insert(row.call.clone());
            }
            if row.leaves_out_regions() {
                grounds.accounts.entry(account).or_default().regions_left_out = true;
            }
        }
        grounds.trust(world);
        for account in grounds.accounts.values_mut() {
            account.sort(world);
        }
        grounds
    }

    fn trust(&mut self, world: &World) {
        let roles: Vec<PrincipalIndex> = world
            .principals()
            .filter(|index| world.snapshot().principal(*index).kind == PrincipalKind::Role)
            .collect();
        let named: Vec<_> = roles
            .par_iter()
            .filter_map(|role| {
                let named = world.named_by(world.trust_policy(*role)?, |_| true);
                let services = named.actors.iter().filter_map(|actor| match actor {
                    Actor::Service(name) => Some((name.clone(), takes(world, actor, *role))),
                    Actor::Provider(name) if LENDERS.contains(&&**name) => {
                        Some((name.clone(), takes(world, actor, *role)))
                    }
                    _ => None,
                });
                let services: Vec<_> = services.filter(|(_, ruling)| ruling.may()).collect();
                Some((*role, named, services))
            })
            .collect();
        for (role, named, services) in named {
            let own = world.snapshot().principal(role).account;
            for (service, ruling) in services {
                let account = self.accounts.entry(own).or_default();
                account.passable.entry(service).or_default().push(Passable { role, ruling });
            }
            if named.everyone {
                self.trusting_everyone.push(role);
            }
            for account in named.accounts {
                self.accounts.entry(account).or_default().trusting.push(role);
            }
            for actor in named.actors {
                match actor {
                    Actor::Principal(index) => self.trusting.entry(index).or_default().push(role),
                    Actor::Provider(name) => drop(self.providers_trusted.insert(name)),
                    _ => {}
                }
            }
        }
    }

    /// The actions of methods that some documents could allow together.
    pub(crate) fn spoken_by(&self, documents: &[PolicyId]) -> ActionSet {
        let mut set = ActionSet::default();
        documents
            .iter()
            .filter_map(|policy| self.spoken.get(policy.index()))
            .for_each(|more| set.add_all(more));
        set
    }
}

const MOST_REGIONS: usize = 4;

impl AccountGrounds {
    fn sort(&mut self, world: &World) {
        let snapshot = world.snapshot();
        for list in [&mut self.users, &mut self.roles, &mut self.groups] {
            list.sort_by(|a, b| snapshot.principal(*a).arn.cmp(&snapshot.principal(*b).arn));
        }
        self.policies.sort_by(|a, b| snapshot.policy(*a).arn.cmp(&snapshot.policy(*b).arn));
        let things = self
            .workloads
            .values_mut()
            .chain(self.roles_known_later.values_mut())
            .chain(self.seen.values_mut());
        for list in things {
            list.sort_by(|a, b| snapshot.resource(*a).arn.cmp(&snapshot.resource(*b).arn));
        }
        for list in self.passable.values_mut() {
            list.sort_by(|a, b| snapshot.principal(a.role).arn.cmp(&snapshot.principal(b.role).arn));
        }
        self.trusting.sort_unstable();
        self.trusting.dedup();
    }
}

/// Keys that a service sends when it takes a role for something in an account.
///
/// AWS: IAM User Guide, "The confused deputy problem", cross-service: `aws:SourceAccount`, `aws:SourceArn`.
pub(crate) fn taken_with(world: &World, role: PrincipalIndex) -> Vec<(&'static str, Option<String>)> {
    let account = world.snapshot().principal(role).account;
    let mut with = vec![("aws:SourceAccount", Some(account.to_string()))];
    let place = world.ceilings_of(account).and_then(|ceilings| ceilings.place.as_ref());
    with.extend(place.map(|place| ("aws:SourceOrgID", Some(place.organization.to_string()))));
    with
}

/// Identity providers of AWS's own that lend roles to whom a customer's configuration says.
///
/// AWS: Cognito Developer Guide, "IAM roles" of identity pools.
const LENDERS: [&str; 1] = ["cognito-identity.amazonaws.com"];

/// By which action does a service, or a provider that lends, take a role?
pub(crate) fn taking(service: &str) -> &'static str {
    if LENDERS.contains(&service) { "sts:AssumeRoleWithWebIdentity" } else { "sts:AssumeRole" }
}

/// The same as an actor.
pub(crate) fn taker(service: &str) -> Actor {
    if LENDERS.contains(&service) { Actor::Provider(service.into()) } else { Actor::Service(service.into()) }
}

/// May a service take a role for something in the role's account?
fn takes(world: &World, service: &Actor, role: PrincipalIndex) -> Ruling {
    let mut when = world.context(&Default::default());
    state(&mut when, &taken_with(world, role));
    let action = match service {
        Actor::Service(name) | Actor::Provider(name) => taking(name),
        _ => "sts:AssumeRole",
    };
    world.decide(service, &Action::new(action), &Target::Principal(role), None, &when)
}

/// For each document, the actions of methods that it could allow.
fn spoken(world: &World) -> Vec<ActionSet> {
    world
        .documents
        .digests
        .par_iter()
        .map(|digest| {
            let mut set = ActionSet::default();
            for statement in digest.allows() {
                add_spoken(&statement.actions, &mut set);
            }
            set
        })
        .collect()
}

fn add_spoken(patterns: &ActionPatterns, set: &mut ActionSet) {
    let actions = &REGISTRY.actions;
    if patterns.negated {
        let all = actions.iter().enumerate().filter(|(_, action)| patterns.may_hold(action));
        all.for_each(|(number, _)| set.add(number));
        return;
    }
    for pattern in &patterns.patterns {
        let lower = pattern.text().to_lowercase();
        let prefix = literal_prefix(&lower);
        let start = actions.partition_point(|action| action.as_str() < prefix);
        let glob = Glob::new(&lower, Case::Sensitive);
        let within =
            actions.iter().enumerate().skip(start).take_while(|(_, action)| action.starts_with(prefix));
        within.filter(|(_, action)| glob.matches(action)).for_each(|(number, _)| set.add(number));
    }
}
