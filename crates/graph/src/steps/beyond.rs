//! The steps of administrators, who are asked for what lies beyond their account only: within it they can do everything,
//! and nobody has to be told how.
//!
//! An administrator becomes what another account lets them become, does to the organization what its management account
//! may, and takes over whoever of their own account gets out of it. What lets them is asked of the engine as of anybody
//! else; all administrators of an account are one place, for each can become the others.

use clavicle_policy::AccountId;
use clavicle_snapshot::PrincipalIndex;
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use rayon::prelude::*;

use super::asker::Setting;
use super::find::{Found, Only};
use super::node::Node;
use super::registry::REGISTRY;
use super::step::Grade;
use super::step_graph::{By, Loose};
use crate::actor::Actor;
use crate::world::World;

/// Of so many administrators of an account it is asked who takes somebody over: they differ in little but their denies.
const ASKED: usize = 3;

/// The steps from the administrators of each account to what lies beyond it, and to those of the account from whom
/// `loose`, the steps of everybody else, or a policy of another account leads out of it.
pub(super) fn beyond<'w>(world: &'w World, setting: Setting<'_, 'w>, loose: &[Loose]) -> Vec<Loose> {
    let mut admins: HashMap<AccountId, Vec<PrincipalIndex>> = HashMap::new();
    for index in world.administrators() {
        admins.entry(world.snapshot().principal(*index).account).or_default().push(*index);
    }
    let leads_out = leads_out(world, loose);
    let mut accounts: Vec<(AccountId, Vec<PrincipalIndex>)> = admins.into_iter().collect();
    accounts.sort_unstable();
    let of_account = |(account, admins): &(AccountId, Vec<PrincipalIndex>)| {
        let node = Node::Administrator(*account);
        let mut best = Best::default();
        for admin in admins {
            if world.is_management(Some(*account)) {
                best.ask(world, setting, *admin, Only::default(), |to| {
                    account_of(world, to) != Some(*account)
                });
            } else {
                for to in becomes_abroad(world, *admin, *account) {
                    let method = assume_role();
                    best.ask(world, setting, *admin, Only { to: Some(&to), method }, |_| true);
                }
            }
        }
        for principal in leads_out.get(account).into_iter().flatten() {
            let to = world.node_of(*principal);
            for admin in admins.iter().take(ASKED) {
                best.ask(world, setting, *admin, Only { to: Some(&to), method: None }, |_| true);
                if best.has(&to) {
                    break;
                }
            }
        }
        best.into_rows(&node)
    };
    accounts.par_iter().flat_map_iter(of_account).collect()
}

/// The best step to each node.
#[derive(Default)]
struct Best(HashMap<Node, (Grade, By)>);

impl Best {
    fn ask<'w>(
        &mut self,
        world: &'w World,
        setting: Setting<'_, 'w>,
        admin: PrincipalIndex,
        only: Only<'_>,
        wanted: impl Fn(&Node) -> bool,
    ) {
        world.with_asker(setting, &Node::Actor(Actor::Principal(admin)), |asker| {
            asker.steps(only, &mut |found: &Found<'_>| {
                if !found.is_listed() || !wanted(&found.to) {
                    return;
                }
                let by = By::Method(u16::try_from(found.method).unwrap_or(u16::MAX), found.subject);
                match self.0.get_mut(&found.to) {
                    Some(known) if known.0 >= found.grade => {}
                    Some(known) => *known = (found.grade, by),
                    None => {
                        self.0.insert(found.to.clone(), (found.grade, by));
                    }
                }
            });
        });
    }

    fn has(&self, node: &Node) -> bool {
        self.0.contains_key(node)
    }

    fn into_rows(self, from: &Node) -> Vec<Loose> {
        let rows = self.0.into_iter().filter(|(to, _)| to != from);
        let mut rows: Vec<Loose> = rows.map(|(to, (grade, by))| (from.clone(), to, by, grade)).collect();
        // The numbers of nodes, and so which of equal ways is told, are the same each time.
        rows.sort_unstable();
        rows
    }
}

fn assume_role() -> Option<usize> {
    REGISTRY.methods.iter().position(|ready| ready.method.id == "sts-001")
}

/// The roles of other accounts that somebody becomes.
fn becomes_abroad(world: &World, from: PrincipalIndex, own: AccountId) -> Vec<Node> {
    let actor = Actor::Principal(from);
    let roles = world.becomes_from(&actor);
    let abroad = roles.filter(|known| world.snapshot().principal(known.to).account != own);
    let mut nodes: Vec<Node> = abroad.map(|known| world.node_of(known.to)).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

/// By account: those, no administrators, whose steps lead out of it, or whom a policy of another account names.
fn leads_out(world: &World, loose: &[Loose]) -> HashMap<AccountId, Vec<PrincipalIndex>> {
    let mut found: HashSet<PrincipalIndex> = HashSet::new();
    for (from, to, ..) in loose {
        if let Node::Actor(Actor::Principal(index)) = from
            && account_of(world, to).is_some_and(|to| to != world.snapshot().principal(*index).account)
        {
            found.insert(*index);
        }
    }
    for (at, resource) in world.snapshot().resources.iter().enumerate() {
        let Some(policy) = world.resource_policy(clavicle_snapshot::ResourceIndex::at(at)) else { continue };
        for actor in world.named_by(policy, |_| true).actors {
            if let Actor::Principal(index) = actor
                && Some(world.snapshot().principal(index).account) != resource.account
                && !world.is_admin(index)
            {
                found.insert(world.first_of_class(index));
            }
        }
    }
    let mut by_account: HashMap<AccountId, Vec<PrincipalIndex>> = HashMap::new();
    for index in found {
        by_account.entry(world.snapshot().principal(index).account).or_default().push(index);
    }
    by_account.values_mut().for_each(|principals| principals.sort_unstable());
    by_account
}

/// The account that a node is in.
fn account_of(world: &World, node: &Node) -> Option<AccountId> {
    match node {
        Node::Actor(actor) => world.account_of(actor),
        Node::Raised(index, _) => Some(world.snapshot().principal(*index).account),
        Node::Workload(index) => world.snapshot().resource(*index).account,
        Node::Administrator(account) => Some(*account),
        Node::Thing(target) => world.owner_of(target),
    }
}
