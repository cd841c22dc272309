//! The organization: who is outside, the accounts, and the things that matter.

use std::collections::BTreeMap;

use clavicle_answer::number;
use clavicle_graph::{Actor, World};
use clavicle_policy::AccountId;
use clavicle_snapshot::{ResourceIndex, UnitIndex, UnitKind};

use super::account::shape_kind;
use super::atom::{AccountPlace, Atom, Fact, Facts, KEYS, Key, Member, Source};
use super::drawn::{Drawn, Head, draw, draw_apart};
use super::outsider::Outsiders;
use super::page::{Crown, Crumb, Level, Relation, ShapeKind};
use super::people::People;
use super::plan::Column;
use super::reach_out::ReachOut;
use super::words::noun;

const OUTSIDE: usize = 0;
/// Accounts from which one goes on to others.
const ACCOUNTS: usize = 1;
/// Accounts that others lead to, and those with what matters.
const TARGETS: usize = 2;
const MATTERS: usize = 3;

/// The map of everything.
pub(crate) fn draw_organization(people: &dyn People, reach_out: &ReachOut) -> Drawn {
    let mut facts = organization_facts(people, reach_out);
    let head = organization_head(people.world(), &mut facts);
    draw(people, facts, head).noting(reach_out.notes())
}

/// The same with one of its shapes taken apart. `None`: it cannot be.
pub(crate) fn draw_organization_apart(
    people: &dyn People,
    reach_out: &ReachOut,
    shape: &str,
) -> Option<Drawn> {
    let mut facts = organization_facts(people, reach_out);
    let head = organization_head(people.world(), &mut facts);
    Some(draw_apart(people, facts, head, shape)?.noting(reach_out.notes()))
}

/// What could be on the map of everything.
pub(crate) fn organization_facts(people: &dyn People, reach_out: &ReachOut) -> Facts {
    Organization::new(people).facts(reach_out)
}

/// What stands above the map of everything. A column that stays empty is taken from the facts.
pub(crate) fn organization_head(world: &World, facts: &mut Facts) -> Head {
    let several = world.snapshot().accounts.len() > 1;
    let title = if several { "organization" } else { "account" };
    let column = |id, label, width| Column { id, label, width, height: 50.0 };
    let mut columns = vec![
        column("outside", "OUTSIDE", 200.0),
        column("accounts", "ACCOUNTS", 210.0),
        column("targets", "", 210.0),
        column("matters", "WHAT MATTERS", 230.0),
    ];
    // Where nobody is led on to another account, the accounts are one column.
    let is_empty = |facts: &Facts, column| facts.atoms.iter().all(|atom| atom.column != column);
    let single = [TARGETS, ACCOUNTS].into_iter().find(|column| is_empty(facts, *column));
    if let Some(empty) = single {
        columns.remove(TARGETS);
        for atom in &mut facts.atoms {
            atom.column -= usize::from(atom.column > empty);
        }
    }
    let crumbs = vec![Crumb { label: "organization".to_owned(), account: None }];
    Head { level: Level::Organization, title: title.to_owned(), crumbs, columns }
}

struct Organization<'a> {
    people: &'a dyn People,
    world: &'a World,
    facts: Facts,
    outsiders: Outsiders,
    of_account: BTreeMap<AccountId, u32>,
    of_matter: BTreeMap<ResourceIndex, u32>,
}

impl<'a> Organization<'a> {
    fn new(people: &'a dyn People) -> Self {
        Self {
            people,
            world: people.world(),
            facts: Facts::default(),
            outsiders: Outsiders::default(),
            of_account: BTreeMap::new(),
            of_matter: BTreeMap::new(),
        }
    }

    fn facts(mut self, reach_out: &ReachOut) -> Facts {
        let matters = self.matters();
        self.accounts(&matters);
        for (resource, why) in &matters {
            self.matter(*resource, why);
        }
        self.becoming();
        if reach_out.is_complete() {
            self.reaching_in(&matters);
        }
        for resource in matters.keys() {
            self.touching(*resource);
        }
        self.pass_marks_on();
        self.facts
    }

    fn matters(&self) -> BTreeMap<ResourceIndex, String> {
        let all = (0..self.world.snapshot().resources.len()).map(ResourceIndex::at);
        all.filter_map(|resource| Some((resource, self.people.matters(resource)?))).collect()
    }

    /// The accounts in fixed places: by unit, then by name. Those on the right are led to more than they lead on, or
    /// have things that matter.
    fn accounts(&mut self, matters: &BTreeMap<ResourceIndex, String>) {
        let snapshot = self.world.snapshot();
        let mut flow: BTreeMap<AccountId, i64> = BTreeMap::new();
        for known in self.world.becomes() {
            let Actor::Principal(from) = &known.from else { continue };
            let (from, to) = (snapshot.principal(*from).account, snapshot.principal(known.to).account);
            if from != to {
                *flow.entry(from).or_default() -= 1;
                *flow.entry(to).or_default() += 1;
            }
        }
        for resource in matters.keys() {
            if let Some(account) = snapshot.resource(*resource).account {
                *flow.entry(account).or_default() += 1_000_000;
            }
        }
        let mut accounts: Vec<(String, String, AccountId)> = snapshot
            .accounts
            .iter()
            .filter(|account| account.seen)
            .map(|account| (self.unit_path(account.parent), self.people.account(account.id), account.id))
            .collect();
        accounts.sort();
        let half = accounts.len() / 2;
        for (place, (unit, _, id)) in accounts.into_iter().enumerate() {
            let identities = self.world.principals_of(id).len();
            let things = self.world.resources_of(id).len();
            let flow = flow.get(&id).copied().unwrap_or(0);
            // Few accounts are told apart by what they lead to; many need both columns.
            let right = if half > 9 { place > half } else { flow > 0 };
            let column = if right { TARGETS } else { ACCOUNTS };
            let top = unit.split('/').next().unwrap_or("").to_owned();
            let at = self.facts.add(Atom {
                column,
                kind: ShapeKind::Account,
                members: vec![Member::Account(id)],
                label: None,
                sub: Some(format!("{} identities, {} things", number(identities), number(things))),
                noun: "account".to_owned(),
                keys: levels(
                    &id.to_string(),
                    [
                        Key { key: format!("unit {unit}"), common: unit.clone() },
                        Key { key: format!("unit {top}"), common: top },
                        Key::new("accounts".to_owned()),
                    ],
                ),
                weight: u32::from(flow >= 1_000_000) * 4,
                known: None,
                mark: None,
                crown: None,
                account: Some(id),
                outside: false,
                unseen: false,
            });
            self.of_account.insert(id, at);
        }
    }

    /// `workloads/prod`.
    fn unit_path(&self, unit: Option<UnitIndex>) -> String {
        let Some(organization) = &self.world.snapshot().organization else { return String::new() };
        let mut names = Vec::new();
        let mut at = unit;
        // A cycle is not possible in AWS, but a file may claim one.
        while let Some(unit) = at.map(|at| organization.unit(at))
            && names.len() <= organization.units.len()
        {
            if unit.kind == UnitKind::Unit {
                names.push(&*unit.name);
            }
            at = unit.parent;
        }
        names.reverse();
        names.join("/")
    }

    fn matter(&mut self, resource: ResourceIndex, why: &str) {
        let record = self.world.snapshot().resource(resource);
        let noun = noun(&record.kind);
        let at = self.facts.add(Atom {
            column: MATTERS,
            kind: shape_kind(&record.kind, !record.runs_as.is_empty()),
            members: vec![Member::Resource(resource)],
            label: Some(self.people.resource(resource).name),
            sub: Some(if why.is_empty() { noun.clone() } else { why.to_owned() }),
            keys: levels(
                &record.arn,
                [
                    Key::new(format!("{} {:?}", record.kind, record.account)),
                    Key::new(record.kind.to_string()),
                    Key::new("matters".to_owned()),
                ],
            ),
            noun,
            weight: 0,
            known: None,
            mark: None,
            crown: Some(Crown::Matters),
            // What matters is looked at here; it opens nothing.
            account: None,
            outside: false,
            unseen: record.policy == clavicle_snapshot::PolicyState::NotSeen,
        });
        self.of_matter.insert(resource, at);
    }

    /// The atom of somebody: an account that was seen, or who is outside.
    fn somebody(&mut self, actor: &Actor) -> Option<u32> {
        if let Some(account) = self.world.account_of(actor).filter(|account| self.world.is_seen(*account))
            && !matches!(actor, Actor::Provider(_))
        {
            // Somebody of a seen account who is not there any more can do nothing.
            let there = matches!(actor, Actor::Principal(_));
            return if there { self.of_account.get(&account).copied() } else { None };
        }
        if !self.world.is_outside(actor) {
            return None;
        }
        Some(self.outsiders.atom(self.people, &mut self.facts, OUTSIDE, actor))
    }

    fn becoming(&mut self) {
        for (at, known) in (0..).zip(self.world.becomes()) {
            let account = self.world.snapshot().principal(known.to).account;
            let Some(to) = self.of_account.get(&account).copied() else { continue };
            if let Actor::Principal(from) = &known.from
                && self.world.snapshot().principal(*from).account == account
            {
                continue;
            }
            if let Some(from) = self.somebody(&known.from) {
                let source = Source::Becomes(at);
                let relation = Relation::Becomes;
                self.facts.facts.push(Fact { from, to, relation, source, allowed: 0, depends: 0 });
            }
        }
    }

    /// Who reaches things of an account from without, by the things' own policies.
    fn reaching_in(&mut self, matters: &BTreeMap<ResourceIndex, String>) {
        let accounts: Vec<(AccountId, u32)> = self.of_account.iter().map(|(id, at)| (*id, *at)).collect();
        for (account, to) in accounts {
            let Some(place) = AccountPlace::of(self.world, account) else { continue };
            for (at, touch) in (0..).zip(self.world.outside_touches(account).iter()) {
                if matters.contains_key(&touch.resource) {
                    continue;
                }
                if let Some(from) = self.somebody(&touch.actor) {
                    let source = Source::Outside(place, at);
                    let (allowed, depends) = (touch.allowed, touch.depends);
                    self.facts.facts.push(Fact {
                        from,
                        to,
                        relation: Relation::Touches,
                        source,
                        allowed,
                        depends,
                    });
                }
            }
        }
    }

    /// Who touches a thing that matters, account by account.
    fn touching(&mut self, resource: ResourceIndex) {
        let Some(account) = self.world.snapshot().resource(resource).account else { return };
        let Some(to) = self.of_matter.get(&resource).copied() else { return };
        let Some(place) = AccountPlace::of(self.world, account) else { return };
        let touches = self.world.touches(account);
        let relation = Relation::Touches;
        if let Some(from) = self.of_account.get(&account).copied() {
            for (at, touch) in (0..).zip(&touches.within) {
                if touch.resource == resource {
                    let source = Source::Within(place, at);
                    let (allowed, depends) = (touch.allowed, touch.depends);
                    self.facts.facts.push(Fact { from, to, relation, source, allowed, depends });
                }
            }
        }
        for (at, touch) in (0..).zip(&touches.outside) {
            if touch.resource == resource
                && let Some(from) = self.somebody(&touch.actor)
            {
                let source = Source::Outside(place, at);
                let (allowed, depends) = (touch.allowed, touch.depends);
                self.facts.facts.push(Fact { from, to, relation, source, allowed, depends });
            }
        }
    }

    /// An account wears the worst mark of those who come in.
    fn pass_marks_on(&mut self) {
        for fact in &self.facts.facts {
            let from = &self.facts.atoms[fact.from as usize];
            if !from.outside || fact.relation != Relation::Becomes {
                continue;
            }
            let mark = from.mark;
            let to = &mut self.facts.atoms[fact.to as usize];
            if to.kind == ShapeKind::Account {
                to.mark = to.mark.max(mark);
                to.weight = to.weight.max(mark.map_or(0, |mark| 2 + mark as u32));
            }
        }
    }
}

/// As many keys as every atom has: its own, then the coarser ones.
fn levels<const N: usize>(own: &str, coarser: [Key; N]) -> Vec<Key> {
    std::iter::repeat_n(Key::new(own.to_owned()), KEYS - N).chain(coarser).collect()
}
