//! Two worlds as one map: what goes, what comes, and what is there before and after, every shape in one place.
//!
//! Both worlds are read as a map of their own would be, and put together name by name: a shape of this map stands for
//! things that are equal in both. Each line stands for exactly the pairs that go, that come, or that stay; a pair that
//! loses some of its words, or its freedom from conditions, is in two of them.

use std::collections::{BTreeMap, BTreeSet};

use clavicle_answer::{Question, Reader, Verb, number};
use clavicle_graph::{Actor, World};
use clavicle_policy::AccountId;
use clavicle_snapshot::{PrincipalIndex, ResourceIndex};
use foldhash::{HashMap, HashMapExt};

use super::account::{account_facts, account_head};
use super::atom::{Atom, Fact, Facts, Member, Source};
use super::division::Division;
use super::drawn::{Artist, Head, Open, equals_of, is_certain, members_that_matter, stays};
use super::fold::{Easy, Group, MOST_LINES, fold};
use super::joins::{Joins, Lines};
use super::organization::{organization_facts, organization_head};
use super::page::{
    Change, Changed, MapPage, PairOfTwo, RefusedWhy, Relation, ShapeKind, SidePair, SideWhy, WhyOfTwoPage,
};
use super::people::People;
use super::place::place;
use super::plan::{Box, Line, Plan};
use super::reach_out::ReachOut;
use super::scope::Scope;
use super::touched::Touched;
use super::why::{self, End, MOST_PAIRS as MOST_KEPT, access_of, conditions_of, open_access_of};
use super::words::{letters, verb};

/// A line that comes or goes names so many of its pairs.
const MOST_PAIRS: usize = 20;
/// What comes or goes stays by itself before all else.
const CHANGED_WEIGHT: u32 = 16;

/// One of the two worlds.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) people: &'a dyn People,
    pub(crate) reach_out: &'a ReachOut,
}

/// Both worlds on the map of an account, of a unit, or of everything. `None`: neither has this account or unit.
pub(crate) fn draw_before_after(before: Side<'_>, after: Side<'_>, scope: &Scope) -> Option<DrawnOfTwo> {
    // Lines that one side has no room to look for are looked for on neither: they would seem to come or go.
    let none = ReachOut::default();
    let is_complete = before.reach_out.is_complete() && after.reach_out.is_complete();
    let [before, after] =
        [before, after].map(|side| if is_complete { side } else { Side { reach_out: &none, ..side } });
    let worlds = [before.people.world(), after.people.world()];
    // An account has one place in both: where it lies after.
    let division = Division::new(&[worlds[1].snapshot(), worlds[0].snapshot()], scope);
    let facts = [before, after].map(|side| match (scope, &division) {
        (Scope::Account(account), _) => account_facts(side.people, side.reach_out, *account),
        (_, division) => Some(organization_facts(side.people, side.reach_out, division.as_ref()?)),
    });
    if facts.iter().all(Option::is_none) {
        return None;
    }
    let named = if facts[1].is_some() { after } else { before };
    let facts = facts.map(Option::unwrap_or_default);
    let mut joined = Joined::new(worlds, &facts);
    let head = match (scope, &division) {
        (Scope::Account(account), _) => account_head(named.people, *account),
        (_, division) => organization_head(after.people, division.as_ref()?, &mut joined.facts),
    };
    let mut drawn = joined.draw(before.people, after.people, &facts, head);
    drawn.page.notes = before.reach_out.notes();
    Some(drawn)
}

/// A map of two worlds, and what its lines were made of.
#[derive(Debug)]
pub(crate) struct DrawnOfTwo {
    pub(crate) page: MapPage,
    /// By place in [`MapPage::ribbons`]: the first of its pairs.
    kept: Vec<Vec<KeptPair>>,
    /// What matters, by its name in both worlds, each with the shape that stands for it.
    matters: Vec<(String, Name)>,
}

/// One pair of a line, with the fact of each side that says so.
#[derive(Debug, Clone)]
struct KeptPair {
    from: Name,
    to: Name,
    sides: [Option<Fact>; 2],
}

impl DrawnOfTwo {
    /// What of it matters and is in this world, each with the id of the shape that stands for it.
    pub(crate) fn matters(&self, world: &World) -> Vec<(&str, ResourceIndex)> {
        let known = self.matters.iter();
        known.filter_map(|(shape, name)| Some((shape.as_str(), name.resource(world)?))).collect()
    }

    /// The pairs of a line, and what makes the one with this number before and after. `None`: no such line or pair.
    pub(crate) fn why(
        &self,
        readers: [&Reader; 2],
        ribbon: &str,
        pair: Option<usize>,
    ) -> Option<WhyOfTwoPage> {
        let at = self.page.ribbons.iter().position(|known| known.id == ribbon)?;
        let (ribbon, kept) = (self.page.ribbons.get(at)?, self.kept.get(at)?);
        // Pairs of one source that have the same words turn on the same.
        let mut known: [Option<(Fact, Vec<String>)>; 2] = [None, None];
        let mut rows = Vec::new();
        for pair in kept {
            let on = |side: usize| {
                let found = pair.on(readers[side], side)?;
                Some((found.from.thing(readers[side]), found.to.thing(readers[side])))
            };
            let Some((from, to)) = on(1).or_else(|| on(0)) else { continue };
            let [before, after] = [0, 1].map(|side: usize| {
                let fact = pair.sides[side].as_ref()?;
                let is_same = |other: &Fact| other.turns_as(fact);
                let same = known[side].take().filter(|(other, _)| is_same(other));
                let (_, words) =
                    known[side].insert(same.unwrap_or_else(|| (*fact, conditions_of(readers[side], fact))));
                Some(SidePair {
                    conditions: words.clone(),
                    access: access_of(fact),
                    only_if: open_access_of(fact),
                })
            });
            rows.push(PairOfTwo { from, to, before, after });
        }
        let [before, after] = match pair {
            None => [None, None],
            Some(number) => kept.get(number)?.whys(readers),
        };
        Some(WhyOfTwoPage {
            schema: "clavicle.why-of-two/1",
            ribbon: ribbon.id.clone(),
            sentence: ribbon.sentence.clone(),
            total: ribbon.count,
            pairs: rows,
            pair,
            before,
            after,
        })
    }
}

impl KeptPair {
    /// This pair in the world of one side.
    fn on(&self, reader: &Reader, side: usize) -> Option<why::Pair<'_>> {
        let (world, fact) = (reader.world(), self.sides[side].as_ref()?);
        let principal = |name: &Name| name.principal(world).map(End::principal);
        let resource = |name: &Name| name.resource(world).map(End::Resource);
        let actor = |name: &Name| match name {
            Name::Actor(actor) => Some(End::Actor(actor.clone())),
            _ => principal(name),
        };
        let (from, to) = match fact.source {
            Source::Becomes(_) => (actor(&self.from)?, principal(&self.to)?),
            Source::RunsAs(..) => (resource(&self.from)?, principal(&self.to)?),
            Source::Within(..) | Source::Outside(..) => (actor(&self.from)?, resource(&self.to)?),
        };
        Some(why::Pair { fact, from, to })
    }

    /// What makes it on each side. Where it is not, the same request is asked there, so that it can be read what is in
    /// its way.
    fn whys(&self, readers: [&Reader; 2]) -> [Option<SideWhy>; 2] {
        let steps =
            [0, 1].map(|side: usize| self.on(readers[side], side).map(|pair| pair.steps(readers[side])));
        [0, 1].map(|side: usize| {
            if let Some(steps) = &steps[side] {
                return Some(SideWhy { steps: steps.clone(), refused: None });
            }
            let other = steps[1 - side].as_ref()?.first()?;
            let refused = other.action.as_ref().and_then(|action| {
                let page = readers[side].answer(&Question {
                    verb: Verb::Can,
                    by: Some(other.from.name.clone()),
                    action: Some(action.clone()),
                    on: Some(other.to.name.clone()),
                    when: BTreeMap::new(),
                    admins: false,
                    direct: true,
                    steps: None,
                    cut: false,
                });
                page.ok().map(|page| RefusedWhy { sentence: page.sentence, pins: page.pins })
            });
            Some(SideWhy { steps: Vec::new(), refused })
        })
    }
}

/// What names a thing in both worlds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Name {
    Arn(String),
    Actor(Actor),
    Account(AccountId),
    /// A shape that is one whoever takes part in it, by its finest key.
    Whole(String),
}

impl Name {
    fn of(world: &World, member: &Member) -> Self {
        match member {
            Member::Actor(Actor::Principal(index)) => {
                Self::Arn(world.snapshot().principal(*index).arn.to_string())
            }
            Member::Actor(actor) => Self::Actor(actor.clone()),
            Member::Resource(index) => Self::Arn(world.snapshot().resource(*index).arn.to_string()),
            Member::Account(account) => Self::Account(*account),
            Member::Before(member) => Self::of(world, member),
        }
    }

    /// Who has this name in a world.
    fn principal(&self, world: &World) -> Option<PrincipalIndex> {
        match self {
            Self::Arn(arn) => world.snapshot().principal_by_arn(arn),
            _ => None,
        }
    }

    /// What has this name in a world.
    fn resource(&self, world: &World) -> Option<ResourceIndex> {
        match self {
            Self::Arn(arn) => world.snapshot().resource_by_arn(arn),
            _ => None,
        }
    }
}

/// Names as numbers, and the member that each was first met as.
#[derive(Default)]
struct Names {
    numbers: HashMap<Name, u32>,
    members: Vec<Member>,
}

impl Names {
    fn number(&mut self, name: Name, member: impl FnOnce() -> Member) -> u32 {
        let next = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(name).or_insert_with(|| {
            self.members.push(member());
            next
        })
    }
}

/// How surely a pair has each word: by bit, certainly or on conditions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Words {
    allowed: u8,
    depends: u8,
}

impl Words {
    /// Those that hold on conditions only.
    fn open(self) -> u8 {
        self.depends & !self.allowed
    }

    /// These, as far as they are among others, however sure those are.
    fn among(self, others: Self) -> Self {
        let wanted = others.allowed | others.depends;
        Self { allowed: self.allowed & wanted, depends: self.open() & wanted }
    }
}

/// One pair of two things in one relation, before and after.
#[derive(Debug, Clone, Copy)]
struct Pair {
    relation: Relation,
    /// Names by number.
    from: u32,
    to: u32,
    /// What it is before and after, with the fact of that side that says so.
    sides: [Option<(Words, u32)>; 2],
}

impl Pair {
    fn words(&self, side: usize) -> Words {
        self.sides[side].map(|(words, _)| words).unwrap_or_default()
    }

    /// The words of this pair that are as `change` says.
    fn part(&self, change: Change) -> Words {
        let (old, new) = (self.words(0), self.words(1));
        let less = |one: Words, other: Words| Words {
            allowed: one.allowed & !other.allowed,
            depends: one.open() & !other.open(),
        };
        match change {
            Change::Gone => less(old, new),
            Change::New => less(new, old),
            Change::Same => Words { allowed: old.allowed & new.allowed, depends: old.open() & new.open() },
        }
    }

    fn is_changed(&self) -> bool {
        [Change::Gone, Change::New].into_iter().any(|change| self.part(change) != Words::default())
    }
}

/// The atom and the member of one name, before and after.
type Parts = [Option<(u32, Member)>; 2];

/// The facts of both worlds over the same atoms.
struct Joined {
    facts: Facts,
    /// In which world each atom is.
    change: Vec<Change>,
    /// By place in `facts.facts`.
    pairs: Vec<Pair>,
    names: Names,
}

impl Joined {
    fn new(worlds: [&World; 2], sides: &[Facts; 2]) -> Self {
        let mut joined =
            Self { facts: Facts::default(), change: Vec::new(), pairs: Vec::new(), names: Names::default() };
        let places = joined.atoms(worlds, sides);
        for side in [1, 0] {
            joined.read(side, worlds[side], &sides[side], &places);
        }
        joined.put_together();
        joined
    }

    /// Atoms of both worlds, each with what is in one atom before and in one after.
    fn atoms(&mut self, worlds: [&World; 2], sides: &[Facts; 2]) -> HashMap<(bool, Name), u32> {
        // Who is outside of an account may also be something that the account leads to: these are two places.
        let mut found: HashMap<(bool, Name), Parts> = HashMap::new();
        let mut order: Vec<(bool, Name)> = Vec::new();
        for side in [1, 0] {
            for (at, atom) in (0..).zip(&sides[side].atoms) {
                for member in &atom.members {
                    let key =
                        (atom.column == 0, whole(atom).unwrap_or_else(|| Name::of(worlds[side], member)));
                    let slot = found.entry(key.clone()).or_insert_with(|| {
                        order.push(key);
                        [None, None]
                    });
                    slot[side].get_or_insert_with(|| (at, member.clone()));
                }
            }
        }
        let mut made: HashMap<[Option<u32>; 2], u32> = HashMap::new();
        let mut places: HashMap<(bool, Name), u32> = HashMap::new();
        for key in order {
            let Some(both) = found.remove(&key) else { continue };
            let parts = [both[0].as_ref().map(|(at, _)| *at), both[1].as_ref().map(|(at, _)| *at)];
            let atoms = [0, 1].map(|side: usize| parts[side].map(|at| &sides[side].atoms[at as usize]));
            let [old, new] = atoms;
            let Some(first) = new.or(old) else { continue };
            let place = *made.entry(parts).or_insert_with(|| {
                self.change.push(match parts {
                    [Some(_), None] => Change::Gone,
                    [None, Some(_)] => Change::New,
                    _ => Change::Same,
                });
                self.facts.add(atom_of(first, old))
            });
            let members = &mut self.facts.atoms[place as usize].members;
            if !matches!(key.1, Name::Whole(..)) {
                members.push(match both {
                    [_, Some((_, member))] => member,
                    [Some((_, member)), None] => Member::Before(std::boxed::Box::new(member)),
                    [None, None] => continue,
                });
            }
            places.insert(key, place);
        }
        self.whole_members(worlds, sides, &places);
        places
    }

    /// Shapes that are one have the members of both worlds.
    fn whole_members(
        &mut self,
        worlds: [&World; 2],
        sides: &[Facts; 2],
        places: &HashMap<(bool, Name), u32>,
    ) {
        for side in [1, 0] {
            for atom in &sides[side].atoms {
                let Some(name) = whole(atom) else { continue };
                let Some(place) = places.get(&(atom.column == 0, name)) else { continue };
                let members = &mut self.facts.atoms[*place as usize].members;
                let after = members.iter().filter(|member| !matches!(member, Member::Before(_)));
                let known: Vec<Name> = after.map(|member| Name::of(worlds[1], member)).collect();
                for member in &atom.members {
                    if side == 1 {
                        members.push(member.clone());
                    } else if !known.contains(&Name::of(worlds[0], member)) {
                        members.push(Member::Before(std::boxed::Box::new(member.clone())));
                    }
                }
            }
        }
    }

    /// Reads every pair of one side.
    fn read(&mut self, side: usize, world: &World, facts: &Facts, places: &HashMap<(bool, Name), u32>) {
        let touches = Touched::new(world, &facts.facts);
        let before = |member: Member| {
            if side == 0 { Member::Before(std::boxed::Box::new(member)) } else { member }
        };
        for (at, fact) in (0..).zip(&facts.facts) {
            let words = match fact.source {
                Source::Becomes(_) | Source::RunsAs(..) if is_certain(world, fact) => {
                    Words { allowed: 1, depends: 0 }
                }
                Source::Becomes(_) | Source::RunsAs(..) => Words { allowed: 0, depends: 1 },
                Source::Within(..) | Source::Outside(..) => {
                    Words { allowed: fact.allowed, depends: fact.depends }
                }
            };
            let (senders, receiver) = ends(world, &touches, fact);
            let Some(receiver) = receiver else { continue };
            let place = |atom: u32, name: &Name| {
                let atom = &facts.atoms[atom as usize];
                let own = whole(atom).or(match atom.members.as_slice() {
                    [Member::Account(account)] => Some(Name::Account(*account)),
                    _ => None,
                });
                places.get(&(atom.column == 0, own.unwrap_or_else(|| name.clone()))).copied()
            };
            let to_name = Name::of(world, &receiver);
            let Some(to_atom) = place(fact.to, &to_name) else { continue };
            let to = self.names.number(to_name, || before(receiver));
            for sender in senders {
                let name = Name::of(world, &sender);
                let Some(from_atom) = place(fact.from, &name) else { continue };
                let from = self.names.number(name, || before(sender));
                let mut sides = [None, None];
                sides[side] = Some((words, at));
                self.pairs.push(Pair { relation: fact.relation, from, to, sides });
                self.facts.facts.push(Fact { from: from_atom, to: to_atom, ..*fact });
            }
        }
    }

    /// One pair for what is in both worlds.
    fn put_together(&mut self) {
        let mut order: Vec<(usize, Pair, Fact)> = Vec::with_capacity(self.pairs.len());
        let facts = std::mem::take(&mut self.facts.facts);
        order.extend(
            std::mem::take(&mut self.pairs)
                .into_iter()
                .zip(facts)
                .enumerate()
                .map(|(at, (pair, fact))| (at, pair, fact)),
        );
        let key = |pair: &Pair, fact: &Fact| (fact.from, fact.to, pair.relation, pair.from, pair.to);
        order.sort_by_key(|(at, pair, fact)| (key(pair, fact), *at));
        for (_, pair, fact) in order {
            let last = self.pairs.last_mut().zip(self.facts.facts.last());
            match last {
                Some((last, known)) if key(last, known) == key(&pair, &fact) => {
                    for side in [0, 1] {
                        let Some((words, at)) = pair.sides[side] else { continue };
                        let (own, _) = last.sides[side].get_or_insert((words, at));
                        own.allowed |= words.allowed;
                        own.depends |= words.depends;
                    }
                }
                _ => {
                    self.pairs.push(pair);
                    self.facts.facts.push(fact);
                }
            }
        }
        for (pair, fact) in self.pairs.iter().zip(&self.facts.facts) {
            if pair.is_changed() {
                for end in [fact.from, fact.to] {
                    let atom = &mut self.facts.atoms[end as usize];
                    atom.weight = atom.weight.max(CHANGED_WEIGHT);
                }
            }
        }
    }

    fn draw(self, before: &dyn People, after: &dyn People, sides: &[Facts; 2], head: Head) -> DrawnOfTwo {
        let joins = Joins::new(&self.facts);
        let drawn: Vec<bool> = self
            .facts
            .atoms
            .iter()
            .zip(&joins.degree)
            .map(|(atom, facts)| *facts > 0 || stays(atom))
            .collect();
        let mut groups = fold(&self.facts, &joins, &Easy::of(head.level, &head.columns), &drawn);
        groups.sort_by_key(|group| {
            let mark = group.atoms.iter().filter_map(|at| self.facts.atoms[*at].mark).max();
            (self.facts.atoms[group.atoms[0]].column, std::cmp::Reverse(mark))
        });
        let artist = Artist::of_two(before, after, &self.facts);
        let mut boxes = artist.boxes(&groups, &head.columns);
        let worlds = [before.world(), after.world()];
        for (each, group) in boxes.iter_mut().zip(&groups) {
            each.change = self.change_of(group);
            match each.change {
                Some(Change::Gone) => each.sentence.push_str(", only before"),
                Some(Change::New) => each.sentence.push_str(", only after"),
                Some(Change::Same) | None => {}
            }
        }
        let writer = Writer { joined: &self, artist: &artist, worlds, sides };
        let mut lines: Vec<Line> = Vec::new();
        let gathered = Lines::new(&self.facts, &groups).0;
        for (key, at) in &gathered {
            let changes = [Change::Same, Change::Gone, Change::New];
            lines.extend(changes.into_iter().filter_map(|change| writer.line(&boxes, *key, at, change)));
        }
        let counts = |lines: &[Line], change| lines.iter().filter(|line| line.change == Some(change)).count();
        let (gone, new) = (counts(&lines, Change::Gone), counts(&lines, Change::New));
        let same = counts(&lines, Change::Same);
        leave_out(&mut lines, MOST_LINES);
        let left_out = same - counts(&lines, Change::Same);
        let Head { level, title, crumbs, columns, tray: beside } = head;
        let tray = artist.tray(&drawn).into_iter().chain(beside).collect();
        let at: HashMap<(usize, usize, Relation), &[u32]> =
            gathered.iter().map(|(key, at)| (*key, at.as_slice())).collect();
        let kept = lines.iter().map(|line| {
            let at = at.get(&(line.from, line.to, line.relation)).copied().unwrap_or_default();
            writer.kept(at, line.change.unwrap_or(Change::Same))
        });
        let kept = kept.collect();
        let plan = Plan { level, title, crumbs, columns, boxes, lines, tray };
        let mut page = place(&plan);
        page.change = Some(Changed { gone, new, same, left_out });
        let matters = members_that_matter(&self.facts, &groups, &plan.boxes, &page).into_iter();
        let matters = matters.map(|(shape, member)| {
            let side = usize::from(!matches!(member, Member::Before(_)));
            (shape, Name::of(worlds[side], &member))
        });
        DrawnOfTwo { kept, matters: matters.collect(), page }
    }

    /// In which world all of a group is; `None`: not all of it is in one only.
    fn change_of(&self, group: &Group) -> Option<Change> {
        let mut changes = group.atoms.iter().map(|at| self.change[*at]);
        let first = changes.next().filter(|change| *change != Change::Same)?;
        changes.all(|change| change == first).then_some(first)
    }
}

/// Lines that stay give way to those that come and go: first those far from any change.
fn leave_out(lines: &mut Vec<Line>, most: usize) {
    if lines.len() <= most {
        return;
    }
    let changed = lines.iter().filter(|line| line.change != Some(Change::Same));
    let near: BTreeSet<usize> = changed.flat_map(|line| [line.from, line.to]).collect();
    let rank = |line: &Line| match line.change {
        Some(Change::Same) => 2 - usize::from(near.contains(&line.from) || near.contains(&line.to)),
        _ => 0,
    };
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|at| (rank(&lines[*at]), *at));
    let changes = order.iter().take_while(|at| rank(&lines[**at]) == 0).count();
    let kept: BTreeSet<usize> = order.into_iter().take(most.max(changes)).collect();
    let mut at = 0;
    lines.retain(|_| {
        at += 1;
        kept.contains(&(at - 1))
    });
}

/// Of shapes that are one whoever takes part in them, their name in both worlds.
fn whole(atom: &Atom) -> Option<Name> {
    let one = atom.outside || matches!(atom.kind, ShapeKind::Stub | ShapeKind::Unit);
    one.then(|| Name::Whole(atom.keys.first().map(|key| key.key.clone()).unwrap_or_default()))
}

/// An atom of one or both worlds, without members.
fn atom_of(first: &Atom, old: Option<&Atom>) -> Atom {
    let mut atom = first.clone();
    if let Some(other) = old {
        // Whoever has a door that is shut now still stands where doors are.
        atom.column = atom.column.min(other.column);
        atom.mark = atom.mark.max(other.mark);
        atom.weight = atom.weight.max(other.weight);
        atom.unseen |= other.unseen;
    }
    atom.members.clear();
    atom
}

/// Everybody from whom a fact leads, and to what.
fn ends(world: &World, touches: &Touched, fact: &Fact) -> (Vec<Member>, Option<Member>) {
    let principal = |index: &PrincipalIndex| Member::Actor(Actor::Principal(*index));
    match fact.source {
        Source::Becomes(at) => match world.becomes().get(at as usize) {
            Some(known) => (vec![Member::Actor(known.from.clone())], Some(principal(&known.to))),
            None => (Vec::new(), None),
        },
        Source::RunsAs(workload, role) => (vec![Member::Resource(workload)], Some(principal(&role))),
        Source::Within(account, at) => match touches.within(account, at) {
            Some(touch) => {
                let members = world.class_members(touch.class).iter().map(principal).collect();
                (members, Some(Member::Resource(touch.resource)))
            }
            None => (Vec::new(), None),
        },
        Source::Outside(account, at) => match touches.outside(account, at) {
            Some(touch) => {
                let members = match equals_of(world, &touch.actor) {
                    [] => vec![Member::Actor(touch.actor.clone())],
                    equals => equals.iter().map(principal).collect(),
                };
                (members, Some(Member::Resource(touch.resource)))
            }
            None => (Vec::new(), None),
        },
    }
}

/// Words the lines.
struct Writer<'a> {
    joined: &'a Joined,
    artist: &'a Artist<'a>,
    worlds: [&'a World; 2],
    sides: &'a [Facts; 2],
}

impl Writer<'_> {
    /// The first pairs of a line that come, that go, or that stay, each with the words of the line only: what else the
    /// pair has stands in another line.
    fn kept(&self, at: &[u32], change: Change) -> Vec<KeptPair> {
        let pairs = at.iter().filter_map(|at| self.joined.pairs.get(*at as usize));
        let parts = pairs.map(|pair| (pair, pair.part(change)));
        let parts = parts.filter(|(_, words)| *words != Words::default()).take(MOST_KEPT);
        let name = |number: u32| {
            let member = self.joined.names.members.get(number as usize)?;
            let side = usize::from(!matches!(member, Member::Before(_)));
            Some(Name::of(self.worlds[side], member))
        };
        let kept = parts.filter_map(|(pair, words)| {
            let sides = [0, 1].map(|side: usize| self.fact(pair, side, words));
            Some(KeptPair { from: name(pair.from)?, to: name(pair.to)?, sides })
        });
        kept.collect()
    }

    /// The fact of one side that says so of a pair, with as many of these words as there are on that side. `None`: none
    /// of them.
    fn fact(&self, pair: &Pair, side: usize, words: Words) -> Option<Fact> {
        let (own, at) = pair.sides[side]?;
        let fact = *self.sides[side].facts.get(at as usize)?;
        // Of several facts of a pair, the first is kept, with the words of all.
        match fact.source {
            Source::Becomes(_) | Source::RunsAs(..) => Some(fact),
            Source::Within(..) | Source::Outside(..) => {
                let own = own.among(words);
                (own != Words::default()).then_some(Fact {
                    allowed: own.allowed,
                    depends: own.depends,
                    ..fact
                })
            }
        }
    }

    /// The pairs of a line that come, that go, or that stay, as a line of their own.
    fn line(
        &self,
        boxes: &[Box],
        (from, to, relation): (usize, usize, Relation),
        at: &[u32],
        change: Change,
    ) -> Option<Line> {
        let pairs = || {
            let pairs = at.iter().filter_map(|at| self.joined.pairs.get(*at as usize));
            pairs.filter_map(move |pair| {
                let words = pair.part(change);
                (words != Words::default()).then_some((pair, words))
            })
        };
        pairs().next()?;
        let (mut count, mut certain, mut open, mut bits) = (0_usize, 0_usize, 0_usize, 0_u8);
        let (mut senders, mut receivers) = (BTreeSet::new(), BTreeSet::new());
        for (pair, words) in pairs() {
            count += 1;
            certain += usize::from(words.allowed != 0);
            open += usize::from(words.open() != 0);
            bits |= words.allowed | words.depends;
            senders.insert(pair.from);
            receivers.insert(pair.to);
        }
        let side = usize::from(change != Change::Gone);
        // What is in both is told as it is after.
        let facts = pairs().map(|(pair, words)| Some((self.worlds[side], self.fact(pair, side, words)?)));
        let Open { condition, unseen } = if certain == 0 { Open::of(facts) } else { Open::default() };
        let member = |number: &u32| self.joined.names.members.get(*number as usize).cloned();
        let sender = self.artist.part(senders.iter().filter_map(member).collect());
        let receiver = self.artist.part(receivers.iter().filter_map(member).collect());
        let mut sentence = format!(
            "{}{} {} {}",
            match change {
                Change::Gone => "Only before: ",
                Change::New => "Only after: ",
                Change::Same => "",
            },
            self.artist.phrase(&boxes[from], &sender),
            verb(relation, bits, sender.count > 1),
            self.artist.phrase(&boxes[to], &receiver),
        );
        match &condition {
            Some(condition) => sentence.push_str(&format!(" if {condition}")),
            None if open > 0 => sentence.push_str(", some only under conditions"),
            None => {}
        }
        if count > 1 && sender.count > 1 && receiver.count > 1 {
            sentence.push_str(&format!(" ({} pairs)", number(count)));
        }
        if change == Change::Same {
            sentence.push_str(", before and after");
        }
        let name = |number: u32| {
            self.joined
                .names
                .members
                .get(number as usize)
                .map(|it| self.artist.display(it))
                .unwrap_or_default()
        };
        let named = pairs().filter(|_| change != Change::Same).take(MOST_PAIRS);
        let pairs = named.map(|(pair, _)| [name(pair.from), name(pair.to)]).collect();
        let from_outside = boxes[from].outline == super::page::Outline::Dashed;
        Some(Line {
            from,
            to,
            relation,
            again: 0,
            count: count as u64,
            letters: (relation == Relation::Touches).then(|| letters(bits)),
            mark: if from_outside { boxes[from].mark } else { None },
            condition,
            unseen,
            // One alone is told by its line: a badge on each would cover the lines.
            words: match change {
                Change::Gone if count > 1 => Some(format!("−{count}")),
                Change::New if count > 1 => Some(format!("+{count}")),
                Change::Gone | Change::New | Change::Same => None,
            },
            sentence,
            change: Some(change),
            pairs,
        })
    }
}
