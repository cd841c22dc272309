//! One account in five bands: who comes in from outside, through which roles, as whom; what runs there, and on what.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use clavicle_answer::shape::Severity;
use clavicle_catalog::Word;
use clavicle_graph::{Actor, Becomes, ClassId, Touch, World};
use clavicle_policy::AccountId;
use clavicle_snapshot::{PolicyState, PrincipalIndex, PrincipalKind, ResourceIndex, Tag};
use foldhash::{HashMap, HashMapExt};

use super::atom::{AccountPlace, Atom, Fact, Facts, KEYS, Key, Member, Source};
use super::division::Tree;
use super::drawn::Head;
use super::outsider::Outsiders;
use super::page::{Crown, Crumb, Level, Relation, ShapeKind};
use super::people::People;
use super::plan::Column;
use super::reach_out::ReachOut;
use super::stem::{first_words, last_words};
use super::stub::{meant, stub};
use super::words::{bit, noun};

/// The place of the key by tag.
const TAG_KEY: usize = 4;

const OUTSIDE: usize = 0;
const ENTRY: usize = 1;
const IDENTITIES: usize = 2;
const WORKLOADS: usize = 3;
const THINGS: usize = 4;

/// What could be on the map of an account. `None`: there is no such account.
pub(crate) fn account_facts(people: &dyn People, reach_out: &ReachOut, account: AccountId) -> Option<Facts> {
    people.world().snapshot().account(account)?;
    Some(Account::new(people, reach_out, account).facts())
}

/// What stands above the map of an account.
pub(crate) fn account_head(people: &dyn People, account: AccountId) -> Head {
    let title = people.account(account);
    let organization = Crumb { label: "organization".to_owned(), account: None, unit: None };
    let units = Tree::new(&[people.world().snapshot()]).opened(account);
    let own = Crumb { label: title.clone(), account: Some(account.to_string()), unit: None };
    let crumbs = std::iter::once(organization).chain(units).chain([own]).collect();
    let column = |id, label, width| Column { id, label, width, height: 26.0 };
    let columns = vec![
        column("outside", "OUTSIDE", 184.0),
        column("entry", "ENTRY", 168.0),
        column("identities", "IDENTITIES", 186.0),
        column("workloads", "WORKLOADS", 180.0),
        column("things", "THINGS", 190.0),
    ];
    Head { level: Level::Account, title, crumbs, columns, tray: Vec::new() }
}

struct Account<'a> {
    people: &'a dyn People,
    world: &'a World,
    reach_out: &'a ReachOut,
    account: AccountId,
    facts: Facts,
    outsiders: Outsiders,
    /// By number of the class.
    of_class: Vec<Option<u32>>,
    of_resource: HashMap<ResourceIndex, u32>,
    /// What lies in other accounts, an atom each.
    stubs: BTreeMap<AccountId, u32>,
    tag: Option<String>,
}

impl<'a> Account<'a> {
    fn new(people: &'a dyn People, reach_out: &'a ReachOut, account: AccountId) -> Self {
        let world = people.world();
        let principals = world.principals_of(account).iter();
        let tags = principals.map(|index| world.snapshot().principal(*index).tags.as_deref().unwrap_or(&[]));
        Self {
            people,
            world,
            reach_out,
            account,
            facts: Facts::default(),
            outsiders: Outsiders::default(),
            of_class: Vec::new(),
            of_resource: HashMap::new(),
            stubs: BTreeMap::new(),
            tag: telling_tag(tags.collect::<Vec<_>>().as_slice()),
        }
    }

    fn facts(mut self) -> Facts {
        self.identities();
        self.resources();
        self.becoming_in();
        self.becoming_out();
        self.running();
        self.touching();
        self.reaching_out();
        self.name_stubs();
        self.facts
    }

    /// Is somebody who becomes a role of this account from outside of it?
    fn comes_in(&self, known: &Becomes) -> bool {
        match &known.from {
            Actor::Principal(index) => self.world.snapshot().principal(*index).account != self.account,
            actor => self.world.is_outside(actor),
        }
    }

    fn identities(&mut self) {
        for class in self.world.classes_of(self.account) {
            let members = self.world.class_members(class);
            let Some(first) = members.first().copied() else { continue };
            let record = self.world.snapshot().principal(first);
            let into = self.world.becomes_into(first);
            let enters: Vec<&Becomes> = into.iter().filter(|known| self.comes_in(known)).collect();
            let mark: Option<Severity> =
                enters.iter().filter_map(|known| self.people.severity(&known.from)).max();
            let admin = self.world.is_admin(first);
            let (kind, noun) = match record.kind {
                PrincipalKind::User => (ShapeKind::User, "user"),
                PrincipalKind::Role => (ShapeKind::Role, "role"),
                PrincipalKind::Group => (ShapeKind::Group, "group"),
            };
            let tag =
                |each: &PrincipalIndex| self.tag_of(self.world.snapshot().principal(*each).tags.as_deref());
            let own = tag(&first);
            let tag = if members.iter().all(|each| tag(each) == own) { own } else { "" };
            let path = record.path.as_ref();
            let atom = Atom {
                column: if enters.is_empty() { IDENTITIES } else { ENTRY },
                kind,
                members: members.iter().map(|each| Member::Actor(Actor::Principal(*each))).collect(),
                label: None,
                sub: None,
                noun: noun.to_owned(),
                keys: self.keys(noun, path, &record.name, tag, "identity"),
                weight: mark.map_or(0, |mark| 2 + mark as u32) + u32::from(admin),
                known: None,
                mark,
                crown: admin.then_some(Crown::Admin),
                account: None,
                unit: None,
                outside: false,
                unseen: !record.seen,
            };
            let at = self.facts.add(atom);
            let place = class.0 as usize;
            if self.of_class.len() <= place {
                self.of_class.resize(place + 1, None);
            }
            self.of_class[place] = Some(at);
        }
    }

    /// Things are equal that are of one kind, run as the same, and are touched by the same in the same way.
    fn resources(&mut self) {
        let touches = self.world.touches(self.account);
        let mut within = touches.within.as_slice();
        let mut outside = touches.outside.as_slice();
        let mut known: HashMap<Likeness<'_>, u32> = HashMap::new();
        for resource in self.world.resources_of(self.account) {
            // Both lists are sorted by resource, in the order of the account.
            let end = within.iter().take_while(|touch| touch.resource == *resource).count();
            let (own, rest) = within.split_at(end);
            within = rest;
            let end = outside.iter().take_while(|touch| touch.resource == *resource).count();
            let (from_outside, rest) = outside.split_at(end);
            outside = rest;
            let record = self.world.snapshot().resource(*resource);
            let matters = self.people.matters(*resource);
            let mut roles: Vec<PrincipalIndex> = record.runs_as.iter().filter_map(|it| it.role).collect();
            roles.sort_unstable();
            let likeness = Likeness {
                kind: record.kind.to_string(),
                alone: matters.is_some().then_some(*resource),
                unseen: record.policy == PolicyState::NotSeen,
                runs_as: roles.iter().map(|role| self.world.class_of(*role)).collect(),
                touched: Touched(own),
                from_outside: from_outside
                    .iter()
                    .map(|touch| (touch.actor.clone(), touch.allowed, touch.depends))
                    .collect(),
            };
            if let Some(at) = known.get(&likeness).copied() {
                let tag = self.tag_of(record.tags.as_deref()).to_owned();
                let atom = &mut self.facts.atoms[at as usize];
                atom.members.push(Member::Resource(*resource));
                // What only some of them have in common is no name for all.
                if let Some(key) = atom.keys.get_mut(TAG_KEY)
                    && !key.common.ends_with(&format!(" {tag}"))
                {
                    key.common.clear();
                }
                self.of_resource.insert(*resource, at);
                continue;
            }
            let kind = shape_kind(&record.kind, !record.runs_as.is_empty());
            let noun = noun(&record.kind);
            let broad = match kind {
                ShapeKind::Workload => "workload",
                ShapeKind::Secret => "secret",
                _ => "thing",
            };
            let not_seen = if likeness.unseen { "~" } else { "" };
            let tag = self.tag_of(record.tags.as_deref());
            let at = self.facts.add(Atom {
                column: if kind == ShapeKind::Workload { WORKLOADS } else { THINGS },
                kind,
                members: vec![Member::Resource(*resource)],
                label: None,
                sub: matters.clone().filter(|why| !why.is_empty()),
                keys: self.keys(&format!("{}{not_seen}", record.kind), "/", &record.name, tag, broad),
                noun,
                weight: u32::from(matters.is_some()) * 8,
                known: None,
                mark: None,
                crown: matters.is_some().then_some(Crown::Matters),
                account: None,
                unit: None,
                outside: false,
                unseen: likeness.unseen,
            });
            known.insert(likeness, at);
            self.of_resource.insert(*resource, at);
        }
    }

    /// By what something may be put together with others of its kind, from fine to coarse: the first words of its name,
    /// the last ones (what it is for, where the first say for whom), its tag, its path, its kind.
    fn keys(&self, kind: &str, path: &str, name: &str, tag: &str, broad: &str) -> Vec<Key> {
        let top = path.split('/').nth(1).unwrap_or("");
        let common = if top.is_empty() { String::new() } else { format!("{top}/*") };
        let of_path = Key { key: format!("{kind} {top}"), common };
        if path.starts_with("/aws-service-role/") || path.starts_with("/aws-reserved/") {
            // AWS named these.
            let own = Key { key: format!("{kind} {path} {name}"), common: of_path.common.clone() };
            let own = std::iter::repeat_n(own, 2);
            let path = std::iter::repeat_n(of_path, KEYS - 4);
            return own.chain(path).chain([Key::new(kind.to_owned()), Key::new(broad.to_owned())]).collect();
        }
        let plain = |words: &str| Key::new(format!("{kind} {path} {words}"));
        let common = match &self.tag {
            Some(key) if !tag.is_empty() => format!("{key} {tag}"),
            _ => String::new(),
        };
        vec![
            plain(first_words(name, 2)),
            plain(first_words(name, 1)),
            plain(last_words(name, 2)),
            Key::new(format!("{kind} {}", last_words(name, 1))),
            Key { key: format!("{kind} tag {tag}"), common },
            of_path,
            Key::new(kind.to_owned()),
            Key::new(broad.to_owned()),
        ]
    }

    /// The atom of somebody who is not of this account.
    fn foreigner(&mut self, actor: &Actor) -> u32 {
        self.outsiders.atom(self.people, &mut self.facts, OUTSIDE, actor)
    }

    /// The atom of an identity of this account.
    fn own(&self, index: PrincipalIndex) -> Option<u32> {
        self.of(self.world.class_of(index))
    }

    fn of(&self, class: ClassId) -> Option<u32> {
        self.of_class.get(class.0 as usize).copied().flatten()
    }

    fn becoming_in(&mut self) {
        for (place, known) in (0..).zip(self.world.becomes()) {
            if self.world.snapshot().principal(known.to).account != self.account {
                continue;
            }
            let from = match &known.from {
                Actor::Principal(index) if !self.comes_in(known) => self.own(*index),
                actor if self.comes_in(known) => Some(self.foreigner(actor)),
                // A service, or somebody of a seen account who is not there any more.
                _ => None,
            };
            if let (Some(from), Some(to)) = (from, self.own(known.to)) {
                self.facts.facts.push(plain(from, to, Relation::Becomes, Source::Becomes(place)));
            }
        }
    }

    fn becoming_out(&mut self) {
        for (place, known) in (0..).zip(self.world.becomes()) {
            let account = self.world.snapshot().principal(known.to).account;
            let Actor::Principal(from) = &known.from else { continue };
            if account == self.account || self.world.snapshot().principal(*from).account != self.account {
                continue;
            }
            let to = self.stub(account, Member::Actor(Actor::Principal(known.to)));
            if let Some(from) = self.own(*from) {
                self.facts.facts.push(plain(from, to, Relation::Becomes, Source::Becomes(place)));
            }
        }
    }

    fn running(&mut self) {
        for resource in self.world.resources_of(self.account) {
            let Some(from) = self.of_resource.get(resource).copied() else { continue };
            let record = self.world.snapshot().resource(*resource);
            let mut roles: Vec<PrincipalIndex> = record.runs_as.iter().filter_map(|it| it.role).collect();
            roles.sort_unstable();
            roles.dedup();
            for role in roles {
                let account = self.world.snapshot().principal(role).account;
                let to = if account == self.account {
                    self.own(role)
                } else {
                    Some(self.stub(account, Member::Actor(Actor::Principal(role))))
                };
                if let Some(to) = to {
                    let source = Source::RunsAs(*resource, role);
                    self.facts.facts.push(plain(from, to, Relation::RunsAs, source));
                }
            }
        }
    }

    fn touching(&mut self) {
        let Some(account) = AccountPlace::of(self.world, self.account) else { return };
        let touches = self.world.touches(self.account);
        self.facts.facts.reserve(touches.within.len());
        // Touches come by resource.
        let mut last: Option<(ResourceIndex, Option<u32>)> = None;
        for (at, touch) in (0..).zip(&touches.within) {
            let from = self.of(touch.class);
            let same = last.filter(|(resource, _)| *resource == touch.resource);
            let (_, to) =
                same.unwrap_or_else(|| (touch.resource, self.of_resource.get(&touch.resource).copied()));
            last = Some((touch.resource, to));
            if let (Some(from), Some(to)) = (from, to) {
                let source = Source::Within(account, at);
                self.touch(from, to, source, (touch.allowed, touch.depends));
            }
        }
        for (at, touch) in (0..).zip(&touches.outside) {
            let Some(to) = self.of_resource.get(&touch.resource).copied() else { continue };
            let from = self.foreigner(&touch.actor);
            self.touch(from, to, Source::Outside(account, at), (touch.allowed, touch.depends));
        }
    }

    /// To change what a workload does is a relation of its own; everything else is touching.
    fn touch(&mut self, from: u32, to: u32, source: Source, (allowed, depends): (u8, u8)) {
        let is_workload = self.facts.atoms[to as usize].kind == ShapeKind::Workload;
        let control = if is_workload { bit(Word::Control) } else { 0 };
        for (relation, words) in [(Relation::Controls, control), (Relation::Touches, !control)] {
            let (allowed, depends) = (allowed & words, depends & words);
            if allowed | depends != 0 {
                self.facts.facts.push(Fact { from, to, relation, source, allowed, depends });
            }
        }
    }

    /// What identities of this account do with things of others.
    fn reaching_out(&mut self) {
        for (account, at) in self.reach_out.from(self.account) {
            let touches = self.world.outside_touches(*account);
            let Some(touch) = touches.get(*at as usize) else { continue };
            let Actor::Principal(from) = &touch.actor else { continue };
            let to = self.stub(*account, Member::Resource(touch.resource));
            if let Some((from, place)) = self.own(*from).zip(AccountPlace::of(self.world, *account)) {
                let source = Source::Outside(place, *at);
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

    /// The atom for what lies in another account.
    fn stub(&mut self, account: AccountId, member: Member) -> u32 {
        let facts = &mut self.facts;
        let at = *self.stubs.entry(account).or_insert_with(|| {
            let keys = std::iter::repeat_n(Key::new(format!("stub {account}")), KEYS - 1)
                .chain([Key::new("elsewhere".to_owned())])
                .collect();
            facts.add(Atom { account: Some(account), ..stub(THINGS, "other account", keys) })
        });
        let members = &mut facts.atoms[at as usize].members;
        if !members.contains(&member) {
            members.push(member);
        }
        at
    }

    /// Other accounts by name, with what of them is meant.
    fn name_stubs(&mut self) {
        for atom in &mut self.facts.atoms {
            let (ShapeKind::Stub, Some(account)) = (atom.kind, atom.account) else { continue };
            let noun = if atom.column == OUTSIDE { "identity" } else { "role" };
            atom.label = Some(self.people.account(account));
            atom.sub = Some(meant(&atom.members, noun));
        }
    }

    fn tag_of<'t>(&self, tags: Option<&'t [Tag]>) -> &'t str {
        let Some(key) = &self.tag else { return "" };
        tags.unwrap_or(&[]).iter().find(|(known, _)| **known == **key).map_or("", |(_, value)| value)
    }
}

fn plain(from: u32, to: u32, relation: Relation, source: Source) -> Fact {
    Fact { from, to, relation, source, allowed: 0, depends: 0 }
}

/// In what things of an account are equal.
#[derive(PartialEq, Eq, Hash)]
struct Likeness<'t> {
    kind: String,
    alone: Option<ResourceIndex>,
    unseen: bool,
    runs_as: Vec<ClassId>,
    touched: Touched<'t>,
    from_outside: Vec<(Actor, u8, u8)>,
}

/// Who touches a thing, and how; with which of the equal things is left out.
struct Touched<'t>(&'t [Touch]);

impl Touched<'_> {
    fn cells(&self) -> impl Iterator<Item = (ClassId, u8, u8)> {
        self.0.iter().map(|touch| (touch.class, touch.allowed, touch.depends))
    }
}

impl PartialEq for Touched<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.cells().eq(other.cells())
    }
}

impl Eq for Touched<'_> {}

impl Hash for Touched<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for (class, allowed, depends) in self.cells() {
            state.write_u64(u64::from(class.0) << 16 | u64::from(allowed) << 8 | u64::from(depends));
        }
    }
}

/// What a kind of resource is drawn as.
pub(crate) fn shape_kind(kind: &str, runs: bool) -> ShapeKind {
    let service = kind.split(':').next().unwrap_or(kind);
    match service {
        _ if runs => ShapeKind::Workload,
        "kms" | "secretsmanager" | "ssm" => ShapeKind::Secret,
        _ if matches!(
            kind,
            "lambda:function" | "ec2:instance" | "ecs:task-definition" | "states:stateMachine"
        ) =>
        {
            ShapeKind::Workload
        }
        _ => ShapeKind::Data,
    }
}

/// The tag that tells identities apart best: most of them have it, and it has a handful of values.
fn telling_tag(tags: &[&[Tag]]) -> Option<String> {
    let mut values: BTreeMap<&str, (usize, BTreeMap<&str, usize>)> = BTreeMap::new();
    for (key, value) in tags.iter().copied().flatten() {
        let (count, of) = values.entry(key).or_default();
        *count += 1;
        *of.entry(value).or_default() += 1;
    }
    let usable =
        values.into_iter().filter(|(_, (count, of))| count * 2 >= tags.len() && (3..=40).contains(&of.len()));
    // The more values, the more is told; by name among equals.
    let best = usable.max_by(|(a, (_, of_a)), (b, (_, of_b))| of_a.len().cmp(&of_b.len()).then(b.cmp(a)));
    best.map(|(key, _)| key.to_owned())
}
