//! The organization, or one of its units: who is outside, the units and accounts, and the things that matter.

use std::collections::{BTreeMap, HashSet};

use clavicle_answer::number;
use clavicle_answer::shape::Severity;
use clavicle_graph::{Actor, World};
use clavicle_policy::AccountId;
use clavicle_snapshot::ResourceIndex;

use super::account::shape_kind;
use super::atom::{AccountPlace, Atom, Fact, Facts, KEYS, Key, Member, Source};
use super::division::{Division, Part};
use super::drawn::{Head, MOST_MEMBERS};
use super::name_keys::name_keys;
use super::outsider::Outsiders;
use super::page::{Crown, Level, Relation, ShapeKind, Tray};
use super::people::People;
use super::plan::Column;
use super::reach_out::ReachOut;
use super::stub::{meant, stub};
use super::words::{counted, noun};

const OUTSIDE: usize = 0;
/// Accounts from which one goes on to others.
const ACCOUNTS: usize = 1;
/// Accounts that others lead to, and those with what matters.
const TARGETS: usize = 2;
/// What matters, and what lies elsewhere in the organization.
const MATTERS: usize = 3;

/// What could be on the map of everything, or of a unit, as it is divided.
pub(crate) fn organization_facts(people: &dyn People, reach_out: &ReachOut, division: &Division) -> Facts {
    Organization::new(people, division).facts(reach_out)
}

/// What stands above it. A column that stays empty is taken from the facts.
pub(crate) fn organization_head(people: &dyn People, division: &Division, facts: &mut Facts) -> Head {
    let several = people.world().snapshot().accounts.len() > 1;
    let (level, title) = match (&division.unit, division.crumbs.last()) {
        (Some(_), Some(own)) => (Level::Unit, own.label.clone()),
        _ => (Level::Organization, if several { "organization" } else { "account" }.to_owned()),
    };
    let has = |column: usize, kinds: &[ShapeKind]| {
        facts.atoms.iter().any(|atom| atom.column == column && kinds.contains(&atom.kind))
    };
    let is_stub = |atom: &Atom| atom.column == MATTERS && atom.kind == ShapeKind::Stub;
    let units = [ACCOUNTS, TARGETS].iter().any(|column| has(*column, &[ShapeKind::Unit]));
    let accounts = [ACCOUNTS, TARGETS].iter().any(|column| has(*column, &[ShapeKind::Account]));
    let elsewhere = facts.atoms.iter().any(is_stub);
    let matters = facts.atoms.iter().any(|atom| atom.column == MATTERS && !is_stub(atom));
    let column = |id, label, width| Column { id, label, width, height: 50.0 };
    let mut columns = vec![
        column("outside", "OUTSIDE", 224.0),
        column(
            "accounts",
            if !units {
                "ACCOUNTS"
            } else if accounts {
                "UNITS, ACCOUNTS"
            } else {
                "UNITS"
            },
            210.0,
        ),
        column("targets", "", 210.0),
        column(
            "matters",
            if !elsewhere {
                "WHAT MATTERS"
            } else if matters {
                "WHAT MATTERS, ELSEWHERE"
            } else {
                "ELSEWHERE"
            },
            230.0,
        ),
    ];
    let is_empty = |facts: &Facts, column| facts.atoms.iter().all(|atom| atom.column != column);
    // Nobody said what matters, and nothing leads elsewhere: the rest has its room.
    if is_empty(facts, MATTERS) {
        columns.remove(MATTERS);
    }
    // Where nobody is led on to another account, the accounts are one column.
    let single = [TARGETS, ACCOUNTS].into_iter().find(|column| is_empty(facts, *column));
    if let Some(empty) = single {
        columns.remove(TARGETS);
        for atom in &mut facts.atoms {
            atom.column -= usize::from(atom.column > empty);
        }
    }
    let not_seen = Tray {
        label: "accounts that were not seen".to_owned(),
        count: division.not_seen.len(),
        members: division
            .not_seen
            .iter()
            .take(MOST_MEMBERS)
            .map(|account| people.account(*account))
            .collect(),
    };
    let tray = (not_seen.count > 0).then_some(not_seen).into_iter().collect();
    Head { level, title, crumbs: division.crumbs.clone(), columns, tray }
}

struct Organization<'a> {
    people: &'a dyn People,
    world: &'a World,
    division: &'a Division,
    facts: Facts,
    outsiders: Outsiders,
    /// By place of a part.
    of_part: BTreeMap<usize, u32>,
    /// What lies elsewhere, by where it stands and the place of its part.
    elsewhere: BTreeMap<(usize, usize), u32>,
    /// What of it is meant already.
    meant: HashSet<(u32, Member)>,
    of_matter: BTreeMap<ResourceIndex, u32>,
}

impl<'a> Organization<'a> {
    fn new(people: &'a dyn People, division: &'a Division) -> Self {
        Self {
            people,
            world: people.world(),
            division,
            facts: Facts::default(),
            outsiders: Outsiders::default(),
            of_part: BTreeMap::new(),
            elsewhere: BTreeMap::new(),
            meant: HashSet::new(),
            of_matter: BTreeMap::new(),
        }
    }

    fn facts(mut self, reach_out: &ReachOut) -> Facts {
        let matters = self.matters();
        self.parts(&matters);
        for (resource, why) in &matters {
            if self.division.unit.is_none()
                || self.part_of_thing(*resource).is_some_and(|at| self.is_within(at))
            {
                self.matter(*resource, why);
            }
        }
        self.becoming();
        if reach_out.is_complete() {
            self.reaching_in(&matters);
            self.reaching_out(&matters, reach_out);
        }
        for (resource, why) in &matters {
            self.touching(*resource, why);
        }
        self.name_elsewhere();
        self.pass_marks_on();
        self.facts
    }

    fn matters(&self) -> BTreeMap<ResourceIndex, String> {
        let all = (0..self.world.snapshot().resources.len()).map(ResourceIndex::at);
        all.filter_map(|resource| Some((resource, self.people.matters(resource)?))).collect()
    }

    fn is_within(&self, part: usize) -> bool {
        self.division.is_within(part)
    }

    fn part_of_thing(&self, resource: ResourceIndex) -> Option<usize> {
        self.division.part_of(self.world.snapshot().resource(resource).account?)
    }

    /// How many more lead from others here to each part than it leads on to; what matters counts most.
    fn flow(&self, matters: &BTreeMap<ResourceIndex, String>) -> BTreeMap<usize, i64> {
        let snapshot = self.world.snapshot();
        let mut flow: BTreeMap<usize, i64> = BTreeMap::new();
        for known in self.world.becomes() {
            let Actor::Principal(from) = &known.from else { continue };
            let [from, to] =
                [*from, known.to].map(|index| self.division.part_of(snapshot.principal(index).account));
            // Whoever deploys or audits from elsewhere leads to all alike, which tells none of them apart.
            if let (Some(from), Some(to)) = (from, to)
                && from != to
                && self.is_within(from)
                && self.is_within(to)
            {
                *flow.entry(from).or_default() -= 1;
                *flow.entry(to).or_default() += 1;
            }
        }
        for part in matters.keys().filter_map(|resource| self.part_of_thing(*resource)) {
            *flow.entry(part).or_default() += 1_000_000;
        }
        flow
    }

    /// Units and accounts in fixed places: units first, then by name. Those on the right are led to more than they lead on,
    /// or have things that matter.
    fn parts(&mut self, matters: &BTreeMap<ResourceIndex, String>) {
        let flow = self.flow(matters);
        let mut parts: Vec<(bool, String, usize, &Part)> = (0..)
            .zip(&self.division.parts)
            .filter(|(_, part)| part.within)
            .map(|(at, part)| (part.unit.is_none(), self.name(part), at, part))
            .collect();
        parts.sort_by(|a, b| (a.0, &a.1, a.2).cmp(&(b.0, &b.1, b.2)));
        let column = |flow: i64| if flow > 0 { TARGETS } else { ACCOUNTS };
        let flow_of = |at: usize| flow.get(&at).copied().unwrap_or(0);
        let mut keys: Vec<[Key; 3]> = vec![Default::default(); parts.len()];
        for wanted in [ACCOUNTS, TARGETS] {
            let places = parts
                .iter()
                .enumerate()
                .filter(|(_, (is_account, _, at, _))| *is_account && column(flow_of(*at)) == wanted);
            let places: Vec<usize> = places.map(|(place, _)| place).collect();
            let names: Vec<&str> = places.iter().map(|place| parts[*place].1.as_str()).collect();
            for (place, made) in places.into_iter().zip(name_keys(&names)) {
                keys[place] = made;
            }
        }
        for ((_, name, at, part), keys) in parts.into_iter().zip(keys) {
            let flow = flow_of(at);
            let atom = self.part(part, name, column(flow), keys);
            let made =
                self.facts.add(Atom { weight: u32::from(flow >= 1_000_000) * WITH_WHAT_MATTERS, ..atom });
            self.of_part.insert(at, made);
        }
    }

    fn name(&self, part: &Part) -> String {
        match (&part.unit, part.accounts.as_slice()) {
            (Some((_, name)), _) => name.clone(),
            (None, [account, ..]) => self.people.account(*account),
            (None, []) => String::new(),
        }
    }

    fn part(&self, part: &Part, name: String, column: usize, by_name: [Key; 3]) -> Atom {
        let accounts = part.accounts.iter();
        let identities: usize =
            accounts.clone().map(|account| self.world.principals_of(*account).len()).sum();
        let things = || accounts.map(|account| self.world.resources_of(*account).len()).sum::<usize>();
        let members: Vec<Member> = part.accounts.iter().map(|account| Member::Account(*account)).collect();
        let sub = match part.unit {
            Some(_) if part.not_seen > 0 => {
                format!("{}, {} not seen", counted(part.accounts.len(), "account"), number(part.not_seen))
            }
            Some(_) => {
                format!("{}, {} identities", counted(part.accounts.len(), "account"), number(identities))
            }
            None => format!("{} identities, {} things", number(identities), number(things())),
        };
        let kind = if part.unit.is_some() { ShapeKind::Unit } else { ShapeKind::Account };
        let own = part_key(part);
        let kind_key = Key::new(format!("{kind:?}"));
        let [fine, middle, coarse] =
            if part.unit.is_some() { [&kind_key; 3].map(Key::clone) } else { by_name };
        Atom {
            column,
            kind,
            members,
            label: part.unit.is_some().then_some(name),
            sub: Some(sub),
            noun: "account".to_owned(),
            keys: levels(&own, [fine, middle, coarse, kind_key, Key::new("accounts".to_owned())]),
            weight: 0,
            known: None,
            mark: None,
            crown: None,
            account: part.account(),
            unit: part.unit.as_ref().map(|(id, _)| id.clone()),
            outside: false,
            unseen: part.not_seen > 0,
        }
    }

    fn matter(&mut self, resource: ResourceIndex, why: &str) -> u32 {
        if let Some(at) = self.of_matter.get(&resource) {
            return *at;
        }
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
            unit: None,
            outside: false,
            unseen: record.policy == clavicle_snapshot::PolicyState::NotSeen,
        });
        self.of_matter.insert(resource, at);
        at
    }

    /// The atom of a part: its own, or, elsewhere, the one that stands in `column` for what of it is meant.
    fn spot(&mut self, part: usize, column: usize, member: Member) -> Option<u32> {
        if self.is_within(part) {
            return self.of_part.get(&part).copied();
        }
        let known = self.division.parts.get(part)?;
        let at = match self.elsewhere.get(&(column, part)) {
            Some(at) => *at,
            None => {
                let noun = if known.unit.is_some() { "other unit" } else { "other account" };
                let whole = if column == OUTSIDE { "outside" } else { "matters" };
                let keys =
                    [Key::new("stub".to_owned()), Key::new("stub".to_owned()), Key::new(whole.to_owned())];
                let mut atom = stub(column, noun, levels(&format!("stub {}", part_key(known)), keys));
                atom.account = known.account();
                atom.unit = known.unit.as_ref().map(|(id, _)| id.clone());
                let at = self.facts.add(atom);
                self.elsewhere.insert((column, part), at);
                at
            }
        };
        if self.meant.insert((at, member.clone())) {
            self.facts.atoms[at as usize].members.push(member);
        }
        Some(at)
    }

    /// The atom of somebody who gets at `to`: an account or unit, or who is outside.
    fn somebody(&mut self, actor: &Actor, to: usize) -> Option<u32> {
        if let Some(account) = self.world.account_of(actor).filter(|account| self.world.is_seen(*account))
            && !matches!(actor, Actor::Provider(_))
        {
            let from = self.division.part_of(account)?;
            // Somebody of a seen account who is not there any more can do nothing. What goes on within a shape is told by
            // its own map, and what goes on elsewhere by the maps of that.
            let is_told = matches!(actor, Actor::Principal(_)) && from != to;
            let is_here = self.is_within(from) || self.is_within(to);
            return if is_told && is_here {
                self.spot(from, OUTSIDE, Member::Actor(actor.clone()))
            } else {
                None
            };
        }
        if !self.world.is_outside(actor) || !self.is_within(to) {
            return None;
        }
        Some(self.outsiders.atom(self.people, &mut self.facts, OUTSIDE, actor))
    }

    fn becoming(&mut self) {
        for (at, known) in (0..).zip(self.world.becomes()) {
            let account = self.world.snapshot().principal(known.to).account;
            let Some(part) = self.division.part_of(account) else { continue };
            let Some(from) = self.somebody(&known.from, part) else { continue };
            let member = Member::Actor(Actor::Principal(known.to));
            let Some(to) = self.spot(part, MATTERS, member) else { continue };
            let source = Source::Becomes(at);
            self.facts.facts.push(Fact {
                from,
                to,
                relation: Relation::Becomes,
                source,
                allowed: 0,
                depends: 0,
            });
        }
    }

    /// Who reaches things of an account from without, by the things' own policies.
    fn reaching_in(&mut self, matters: &BTreeMap<ResourceIndex, String>) {
        let accounts: Vec<(AccountId, usize)> = self.division.accounts_within().collect();
        for (account, part) in accounts {
            let Some(place) = AccountPlace::of(self.world, account) else { continue };
            let Some(to) = self.of_part.get(&part).copied() else { continue };
            for (at, touch) in (0..).zip(self.world.outside_touches(account).iter()) {
                if matters.contains_key(&touch.resource) {
                    continue;
                }
                if let Some(from) = self.somebody(&touch.actor, part) {
                    self.touch(from, to, Source::Outside(place, at), (touch.allowed, touch.depends));
                }
            }
        }
    }

    /// What is done from here with things elsewhere, by the things' own policies.
    fn reaching_out(&mut self, matters: &BTreeMap<ResourceIndex, String>, reach_out: &ReachOut) {
        let accounts: Vec<(AccountId, usize)> = self.division.accounts_within().collect();
        for (account, part) in accounts {
            let Some(from) = self.of_part.get(&part).copied() else { continue };
            for (other, at) in reach_out.from(account) {
                let elsewhere = self.division.part_of(*other).filter(|part| !self.is_within(*part));
                let Some((other_part, place)) = elsewhere.zip(AccountPlace::of(self.world, *other)) else {
                    continue;
                };
                let touches = self.world.outside_touches(*other);
                let Some(touch) = touches.get(*at as usize) else { continue };
                if matters.contains_key(&touch.resource) {
                    continue;
                }
                if let Some(to) = self.spot(other_part, MATTERS, Member::Resource(touch.resource)) {
                    self.touch(from, to, Source::Outside(place, *at), (touch.allowed, touch.depends));
                }
            }
        }
    }

    fn touch(&mut self, from: u32, to: u32, source: Source, (allowed, depends): (u8, u8)) {
        self.facts.facts.push(Fact { from, to, relation: Relation::Touches, source, allowed, depends });
    }

    /// Who touches a thing that matters, account by account. Of a unit, things elsewhere are there for those who are touched
    /// from it.
    fn touching(&mut self, resource: ResourceIndex, why: &str) {
        let Some(account) = self.world.snapshot().resource(resource).account else { return };
        let Some((part, place)) = self.division.part_of(account).zip(AccountPlace::of(self.world, account))
        else {
            return;
        };
        let touches = self.world.touches(account);
        if let Some(from) = self.of_part.get(&part).copied() {
            for (at, touch) in (0..).zip(&touches.within) {
                if touch.resource == resource {
                    let to = self.matter(resource, why);
                    self.touch(from, to, Source::Within(place, at), (touch.allowed, touch.depends));
                }
            }
        }
        for (at, touch) in (0..).zip(&touches.outside) {
            if touch.resource == resource
                && let Some(from) = self.toucher(&touch.actor, part)
            {
                let to = self.matter(resource, why);
                self.touch(from, to, Source::Outside(place, at), (touch.allowed, touch.depends));
            }
        }
    }

    /// The atom of somebody of another account, or outside, who touches a thing of `part` that is a shape of its own.
    fn toucher(&mut self, actor: &Actor, part: usize) -> Option<u32> {
        let own = self.world.account_of(actor).filter(|account| self.world.is_seen(*account));
        match own.and_then(|account| self.division.part_of(account)) {
            // Beside the shape that it is in, the thing is another one.
            Some(from) if from == part && matches!(actor, Actor::Principal(_)) => {
                self.of_part.get(&part).copied()
            }
            _ => self.somebody(actor, part),
        }
    }

    /// Elsewhere by name, with what of it is meant.
    fn name_elsewhere(&mut self) {
        for ((column, part), at) in &self.elsewhere {
            let Some(part) = self.division.parts.get(*part) else { continue };
            let name = self.name(part);
            let atom = &mut self.facts.atoms[*at as usize];
            atom.label = Some(name);
            atom.sub = Some(meant(&atom.members, if *column == OUTSIDE { "identity" } else { "role" }));
        }
    }

    /// An account or unit wears the worst mark of those who come in, and stays by itself the longer the more of such ways in it
    /// has.
    fn pass_marks_on(&mut self) {
        let mut ways: BTreeMap<u32, (Severity, u32)> = BTreeMap::new();
        for fact in &self.facts.facts {
            let (from, to) = (&self.facts.atoms[fact.from as usize], &self.facts.atoms[fact.to as usize]);
            let is_part = matches!(to.kind, ShapeKind::Account | ShapeKind::Unit);
            let Some(mark) =
                from.mark.filter(|_| is_part && from.outside && fact.relation == Relation::Becomes)
            else {
                continue;
            };
            let worst = ways.entry(fact.to).or_insert((mark, 0));
            if mark > worst.0 {
                *worst = (mark, 0);
            }
            worst.1 += u32::from(mark == worst.0);
        }
        for (at, (mark, count)) in ways {
            let atom = &mut self.facts.atoms[at as usize];
            atom.mark = Some(mark);
            atom.weight += (2 + mark as u32) * WAYS + count.min(WAYS - 1);
        }
    }
}

/// Of two accounts with equally bad ways in, so many ways weigh as much as the next worse mark.
const WAYS: u32 = 10_000;
/// An account with things that matter weighs more than any without.
const WITH_WHAT_MATTERS: u32 = 10 * WAYS;

/// What names a part among all.
fn part_key(part: &Part) -> String {
    match (&part.unit, part.accounts.as_slice()) {
        (Some((id, _)), _) => format!("unit {id}"),
        (None, [account, ..]) => account.to_string(),
        (None, []) => String::new(),
    }
}

/// As many keys as every atom has: its own, then the coarser ones.
fn levels<const N: usize>(own: &str, coarser: [Key; N]) -> Vec<Key> {
    std::iter::repeat_n(Key::new(own.to_owned()), KEYS - N).chain(coarser).collect()
}
