//! A map as it was drawn: the page, and for every ribbon of it the pairs that it stands for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use clavicle_answer::number;
use clavicle_answer::shape::Severity;
use clavicle_catalog::Word;
use clavicle_engine::{Action, Dependency};
use clavicle_graph::{Actor, Target, World};
use clavicle_snapshot::{PrincipalIndex, ResourceIndex};
use rayon::prelude::*;

use super::atom::{Atom, Fact, Facts, Member, Source};
use super::fold::{Easy, Group, MOST_LINES, fold};
use super::joins::{Joins, Lines};
use super::name_keys::within_run;
use super::page::{Crown, Crumb, Level, MapPage, Outline, Relation, ShapeKind, Tray};
use super::people::People;
use super::place::{place, place_apart};
use super::plan::{Box, Column, Line, Plan};
use super::stem::{stem, without_number};
use super::stub::together;
use super::touched::{Touched, outside_touch_of, touch_of};
use super::words::{condition, counted, letters, plural, verb};

/// A shape or a part of the tray lists so many members by name.
pub(crate) const MOST_MEMBERS: usize = 50;
/// The tray has so many parts.
const MOST_TRAYS: usize = 6;

/// A page, and what its ribbons were made of.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) page: MapPage,
    facts: Vec<Fact>,
    /// By place in [`MapPage::ribbons`]: places in `facts`.
    sources: Vec<Vec<u32>>,
    /// By shape: the first of each kind of equal things that it stands for.
    kinds: HashMap<String, Kinds>,
    /// What matters, each with the shape that stands for it.
    matters: Vec<(String, ResourceIndex)>,
}

/// Of what a shape stands for, one of each that are equal: what is so of it is so of those.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    pub(crate) first: Vec<Member>,
    /// There are more kinds of it than these.
    pub(crate) more: bool,
}

/// So many kinds of a shape are kept.
const MOST_KINDS: usize = 8;

fn kinds_of(facts: &Facts, group: &Group) -> Kinds {
    let mut members = group.atoms.iter().map(|at| &facts.atoms[*at]).flat_map(|atom| {
        // What is drawn of another account is together for that alone, and so are the accounts of a unit.
        let kinds =
            if matches!(atom.kind, ShapeKind::Stub | ShapeKind::Unit) { atom.members.len() } else { 1 };
        atom.members.iter().take(kinds)
    });
    let first = members.by_ref().take(MOST_KINDS).cloned().collect();
    Kinds { first, more: members.next().is_some() }
}

/// By the id of the shape; `boxes` are those of `groups`, one by one.
fn all_kinds<'b>(
    facts: &Facts,
    groups: &[Group],
    boxes: impl Iterator<Item = &'b Box>,
) -> HashMap<String, Kinds> {
    groups.iter().zip(boxes).map(|(group, shape)| (shape.id.clone(), kinds_of(facts, group))).collect()
}

/// Each thing that matters, with the shape that stands for it; `boxes` are those of `groups`, one by one.
fn all_that_matters(
    facts: &Facts,
    groups: &[Group],
    boxes: &[Box],
    page: &MapPage,
) -> Vec<(String, ResourceIndex)> {
    let members = members_that_matter(facts, groups, boxes, page);
    let things = members.into_iter().filter_map(|(shape, member)| match member {
        Member::Resource(thing) => Some((shape, thing)),
        _ => None,
    });
    things.collect()
}

/// The same, of one world or of two, in the order of the shapes.
pub(crate) fn members_that_matter(
    facts: &Facts,
    groups: &[Group],
    boxes: &[Box],
    page: &MapPage,
) -> Vec<(String, Member)> {
    let place: HashMap<&str, usize> =
        page.shapes.iter().enumerate().map(|(at, shape)| (shape.id.as_str(), at)).collect();
    let mut found = Vec::new();
    for (group, shape) in groups.iter().zip(boxes) {
        let atoms = group.atoms.iter().map(|at| &facts.atoms[*at]);
        let members = atoms.filter(|atom| atom.crown == Some(Crown::Matters)).flat_map(|atom| &atom.members);
        found.extend(members.map(|member| (shape.id.clone(), member.clone())));
    }
    found.sort_by_cached_key(|(shape, member)| (place.get(shape.as_str()).copied(), member.clone()));
    found
}

impl Drawn {
    /// The same, and what was not looked for.
    pub(crate) fn noting(mut self, notes: Vec<String>) -> Self {
        self.page.notes = notes;
        self
    }

    /// What is on it that matters, each with the id of the shape that stands for it, in the order of the shapes.
    pub(crate) fn matters(&self) -> impl Iterator<Item = (&str, ResourceIndex)> {
        self.matters.iter().map(|(shape, thing)| (shape.as_str(), *thing))
    }

    /// What a shape stands for, one of each that are equal.
    pub(crate) fn kinds(&self, shape: &str) -> Option<&Kinds> {
        self.kinds.get(shape)
    }

    /// What the ribbon with this place in [`MapPage::ribbons`] was made of: the sources, with the words of each that are
    /// certain and that depend.
    pub(crate) fn sources(&self, ribbon: usize) -> Option<impl Iterator<Item = &Fact>> {
        let places = self.sources.get(ribbon)?;
        Some(places.iter().filter_map(|at| self.facts.get(*at as usize)))
    }
}

/// What stands above the picture.
pub(crate) struct Head {
    pub(crate) level: Level,
    pub(crate) title: String,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) columns: Vec<Column>,
    /// What is counted beside what no line touches.
    pub(crate) tray: Vec<Tray>,
}

/// A shape is taken apart into so many at most, the last of them for what is left.
const MOST_PARTS: usize = 12;
/// A map has so many shapes.
const MOST_SHAPES: usize = 90;

/// Folds facts into the budget, words them, and gives them places.
pub(crate) fn draw(people: &dyn People, facts: Facts, head: Head) -> Drawn {
    let Picture { page, sources, groups, boxes, .. } = picture(people, &facts, head);
    let kinds = all_kinds(&facts, &groups, boxes.iter());
    let matters = all_that_matters(&facts, &groups, &boxes, &page);
    Drawn { page, facts: facts.facts, sources, kinds, matters }
}

/// The same with one of its shapes taken apart: its parts stand below all the rest, which stays where it is. `None`: there is
/// no such shape, nothing in it can be told from the rest of it, or the map has no room for two parts.
pub(crate) fn draw_apart(people: &dyn People, facts: Facts, head: Head, shape: &str) -> Option<Drawn> {
    let Picture { page, groups, boxes, artist, joins, tray, columns, .. } = picture(people, &facts, head);
    let at = boxes.iter().position(|known| known.id == shape)?;
    let whole = groups.get(at).filter(|group| group.atoms.len() > 1)?;
    let most = MOST_PARTS.min((MOST_SHAPES + 1).saturating_sub(boxes.len()));
    let kept = groups.len() - 1;
    let others = || groups.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, group)| group);
    let mut fits = (2..=most).rev().map(|most| {
        let apart: Vec<Group> = others().cloned().chain(parts_of(whole, &joins, most)).collect();
        let lines = Lines::new(&facts, &apart);
        (apart, lines)
    });
    let (apart, lines) = fits.find(|(_, lines)| lines.0.len() <= MOST_LINES)?;
    let mut all: Vec<Box> =
        boxes.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, each)| each.clone()).collect();
    let parts = artist.boxes(&apart[kept..], &columns).into_iter();
    all.extend(parts.map(|part| Box { id: format!("{shape}>{}", part.id), ..part }));
    let gathered = artist.gather(lines);
    rings(&mut all, &gathered);
    let lines = gathered.par_iter().map(|own| artist.line(&all, own)).collect();
    let sources = gathered.into_iter().map(|own| own.facts).collect();
    let kinds = all_kinds(&facts, &apart, all.iter());
    let boxes = all.clone();
    let MapPage { level, title, crumbs, .. } = page.clone();
    let plan = Plan { level, title, crumbs, columns, boxes: all, lines, tray };
    let page = place_apart(&plan, &page, kept);
    drop(artist);
    let matters = all_that_matters(&facts, &apart, &boxes, &page);
    Some(Drawn { page, facts: facts.facts, sources, kinds, matters })
}

/// What is in a group, each by itself, the most joined first; what is past `most` together.
fn parts_of(whole: &Group, joins: &Joins, most: usize) -> Vec<Group> {
    let mut atoms = whole.atoms.clone();
    atoms.sort_by_key(|at| (std::cmp::Reverse(joins.degree[*at]), *at));
    let left = if atoms.len() > most { atoms.split_off(most - 1) } else { Vec::new() };
    let mut parts: Vec<Group> = atoms.into_iter().map(|at| Group { atoms: vec![at], more: false }).collect();
    if !left.is_empty() {
        let mut atoms = left;
        atoms.sort_unstable();
        parts.push(Group { atoms, more: true });
    }
    parts
}

/// A page with what it was made of.
struct Picture<'a> {
    page: MapPage,
    sources: Vec<Vec<u32>>,
    groups: Vec<Group>,
    boxes: Vec<Box>,
    artist: Artist<'a>,
    joins: Joins,
    tray: Vec<Tray>,
    columns: Vec<Column>,
}

fn picture<'a>(people: &'a dyn People, facts: &'a Facts, head: Head) -> Picture<'a> {
    let joins = Joins::new(facts);
    // What was not seen is never drawn as "no line": it stays on the map, and so does what matters.
    let drawn: Vec<bool> =
        facts.atoms.iter().zip(&joins.degree).map(|(atom, facts)| *facts > 0 || stays(atom)).collect();
    let mut groups = fold(facts, &joins, &Easy::of(head.level, &head.columns), &drawn);
    // Among those that are joined alike, the worst stand first.
    groups.sort_by_key(|group| {
        let mark = group.atoms.iter().filter_map(|at| facts.atoms[*at].mark).max();
        (facts.atoms[group.atoms[0]].column, std::cmp::Reverse(mark))
    });
    let artist = Artist::new(people, facts);
    let mut boxes = artist.boxes(&groups, &head.columns);
    let gathered = artist.gather(Lines::new(facts, &groups));
    rings(&mut boxes, &gathered);
    let lines = gathered.par_iter().map(|own| artist.line(&boxes, own)).collect();
    let sources = gathered.into_iter().map(|own| own.facts).collect();
    let Head { level, title, crumbs, columns, tray: beside } = head;
    let tray = artist.tray(&drawn).into_iter().chain(beside).collect();
    let plan = Plan { level, title, crumbs, columns, boxes, lines, tray };
    let page = place(&plan);
    let Plan { columns, boxes, tray, .. } = plan;
    Picture { page, sources, groups, boxes, artist, joins, tray, columns }
}

/// Those of whom each can become all others say so.
fn rings(boxes: &mut [Box], gathered: &[Gathered]) {
    for own in gathered {
        let (from, to, relation) = own.key;
        let count = boxes[from].count;
        if relation == Relation::Becomes && from == to && own.pairs == count * count.saturating_sub(1) {
            boxes[from].sub = Some("ring".to_owned());
            let said = ", each of which can become the others";
            if !boxes[from].sentence.ends_with(said) {
                boxes[from].sentence.push_str(said);
            }
        }
    }
}

/// Is it drawn even where no line touches it?
pub(crate) fn stays(atom: &Atom) -> bool {
    atom.unseen || atom.crown.is_some() || matches!(atom.kind, ShapeKind::Account | ShapeKind::Unit)
}

/// Words shapes and lines.
pub(crate) struct Artist<'a> {
    people: &'a dyn People,
    world: &'a World,
    /// The world before, where two are drawn as one.
    before: Option<&'a dyn People>,
    facts: &'a Facts,
    touches: Touched,
}

/// What one ribbon is made of.
struct Gathered {
    /// From which shape to which, and how.
    key: (usize, usize, Relation),
    /// Places in [`Facts::facts`].
    facts: Vec<u32>,
    pairs: usize,
    /// Pairs of which something holds without a condition.
    certain: usize,
    /// Pairs of which something holds under conditions only.
    open: usize,
    bits: u8,
    /// The worst of those from outside who take part.
    mark: Option<Severity>,
    /// Who takes part at both ends.
    senders: Part,
    receivers: Part,
}

/// Who takes part at one end of a ribbon.
pub(crate) struct Part {
    pub(crate) count: usize,
    /// The only one.
    only: Option<Member>,
    nouns: BTreeSet<&'static str>,
}

impl<'a> Artist<'a> {
    fn new(people: &'a dyn People, facts: &'a Facts) -> Self {
        let world = people.world();
        let touches = Touched::new(world, &facts.facts);
        Self { people, world, before: None, facts, touches }
    }

    /// An artist for the shapes of two worlds: their lines are gathered elsewhere.
    pub(crate) fn of_two(before: &'a dyn People, after: &'a dyn People, facts: &'a Facts) -> Self {
        let world = after.world();
        let touches = Touched::new(world, &[]);
        Self { people: after, world, before: Some(before), facts, touches }
    }

    /// A member and those who know it.
    fn known<'m>(&self, member: &'m Member) -> (&'a dyn People, &'m Member) {
        match member {
            Member::Before(member) => (self.before.unwrap_or(self.people), member),
            _ => (self.people, member),
        }
    }

    pub(crate) fn boxes(&self, groups: &[Group], columns: &[Column]) -> Vec<Box> {
        let mut used: BTreeMap<String, usize> = BTreeMap::new();
        groups
            .iter()
            .map(|group| {
                let mut made = self.shape(group, columns);
                let again = used.entry(made.id.clone()).or_default();
                *again += 1;
                if *again > 1 {
                    made.id = format!("{}#{again}", made.id);
                }
                made
            })
            .collect()
    }

    fn shape(&self, group: &Group, columns: &[Column]) -> Box {
        let atoms: Vec<&Atom> = group.atoms.iter().map(|at| &self.facts.atoms[*at]).collect();
        let first = atoms[0];
        let count: usize = atoms.iter().map(|atom| atom.members.len()).sum();
        let same_kind = atoms.iter().all(|atom| atom.kind == first.kind);
        let accounts = atoms.iter().all(|atom| matches!(atom.kind, ShapeKind::Account | ShapeKind::Unit));
        let kind = match first.kind {
            _ if accounts && atoms.len() > 1 => ShapeKind::Account,
            _ if group.more || !same_kind => ShapeKind::More,
            kind => kind,
        };
        let equal = atoms.len() == 1 && !matches!(first.kind, ShapeKind::Stub | ShapeKind::Unit);
        let noun = self.noun(&atoms);
        let members = || atoms.iter().flat_map(|atom| &atom.members);
        let bare: Vec<String> = members().take(2_000).map(|member| self.bare(member)).collect();
        let common = match bare.as_slice() {
            [only] => Some(only.clone()),
            _ => stem(bare.iter().map(|name| without_number(name))).filter(|stem| stem.chars().count() > 2),
        };
        let named = match (&first.label, atoms.len()) {
            (Some(label), 1) => Some(label.clone()),
            _ if group.more => None,
            // Equals without a common word are known by their first.
            (_, 1) if matches!(first.kind, ShapeKind::User | ShapeKind::Role) => {
                common.or_else(|| Some(format!("{}, …", bare.get(..2)?.join(", "))))
            }
            // A run of names says more than how all of them begin.
            _ if accounts && atoms.len() > 1 => shared(&atoms).map(|run| within_run(run, &bare)).or(common),
            _ => common.or_else(|| shared(&atoms)),
        };
        let elsewhere = (atoms.len() > 1 && atoms.iter().all(|atom| atom.kind == ShapeKind::Stub))
            .then(|| together(&atoms));
        let label = match &named {
            _ if elsewhere.is_some() => "more elsewhere".to_owned(),
            Some(named) => named.clone(),
            None if group.more => format!("more {}", plural(&noun)),
            None => plural(&noun),
        };
        let kinds = atoms.len();
        let sub = match (&first.sub, kinds) {
            _ if elsewhere.is_some() => elsewhere.as_ref().map(|(places, _)| places.clone()),
            (Some(sub), 1) => Some(sub.clone()),
            _ if accounts => Some(counted(count, &noun)),
            (_, 1) if named.is_none() => None,
            (_, 1) if matches!(first.members.first(), Some(Member::Resource(_))) => {
                Some(if count > 1 { plural(&noun) } else { noun.clone() })
            }
            (_, 1) => None,
            _ if named.is_none() => Some(format!("{kinds} kinds")),
            _ => Some(plural(&noun)),
        };
        let unseen = atoms.iter().any(|atom| atom.unseen);
        let mark = atoms.iter().filter_map(|atom| atom.mark).max();
        // A crown is for all of them; of some, the sentence tells.
        let crown = first.crown.filter(|crown| atoms.iter().all(|atom| atom.crown == Some(*crown)));
        let known =
            if atoms.iter().any(|atom| atom.known == Some(false)) { Some(false) } else { first.known };
        let outline = match () {
            () if unseen => Outline::Wavy,
            () if first.outside => Outline::Dashed,
            () if equal && count > 1 => Outline::Double,
            () => Outline::Solid,
        };
        let phrase = match (count, &named) {
            _ if let Some((places, much)) = &elsewhere => format!("{much} of {places} elsewhere"),
            _ if first.kind == ShapeKind::Stub => {
                let is_counted = |sub: &str| sub.starts_with(|letter: char| letter.is_ascii_digit());
                let what = sub.as_ref().map(|sub| match is_counted(sub) {
                    true => sub.clone(),
                    false => format!("{} {sub}", number(count)),
                });
                format!("{} of {label}", what.unwrap_or_else(|| number(count)))
            }
            _ if first.outside && kinds == 1 => outsider_phrase(first, &label),
            _ if first.kind == ShapeKind::Unit && kinds == 1 => format!("unit {label}"),
            (1, _) => members().next().map_or_else(|| label.clone(), |only| self.display(only)),
            (_, Some(named)) => format!("{} {named}", counted(count, &noun)),
            (_, None) => counted(count, &noun),
        };
        let mut sentence = match (count, equal) {
            (1, _) => phrase.clone(),
            _ if first.kind == ShapeKind::Stub || (first.outside && kinds == 1) => phrase.clone(),
            _ if kind == ShapeKind::Unit => phrase.clone(),
            _ if accounts => format!("{phrase}, drawn together"),
            (_, true) => phrase.replacen(' ', " equal ", 1),
            (_, false) => format!("{phrase}, {kinds} kinds by access"),
        };
        if let (Some(sub), 1) = (&first.sub, kinds)
            && first.kind != ShapeKind::Stub
            && !first.outside
        {
            sentence = format!("{sentence}, {sub}");
        }
        if crown == Some(Crown::Admin) {
            sentence.push_str(if count == 1 { ", an administrator" } else { ", administrators" });
        }
        let crowned = |wanted| {
            let some = atoms.iter().filter(|atom| crown.is_none() && atom.crown == Some(wanted));
            some.map(|atom| atom.members.len()).sum::<usize>()
        };
        for (some, what) in
            [(crowned(Crown::Admin), "administrators"), (crowned(Crown::Matters), "that matter")]
        {
            if some > 0 {
                sentence.push_str(&format!(", {} of them {what}", number(some)));
            }
        }
        if unseen {
            sentence.push_str(", not seen wholly: what is not drawn here is unknown");
        }
        let key = if group.more { "more" } else { label.as_str() };
        Box {
            id: format!("{}:{}", columns[first.column].id, key),
            column: first.column,
            kind,
            label,
            sub,
            count,
            service: self.service(&atoms),
            equal,
            outline,
            known,
            mark,
            crown,
            account: (kinds == 1).then_some(first.account).flatten().map(|account| account.to_string()),
            unit: first.unit.clone().filter(|_| kinds == 1),
            members: members().take(MOST_MEMBERS).map(|member| self.display(member)).collect(),
            phrase,
            sentence,
            change: None,
        }
    }

    fn noun(&self, atoms: &[&Atom]) -> String {
        let first = &atoms[0].noun;
        if atoms.iter().all(|atom| atom.noun == *first) {
            return first.clone();
        }
        let all = |kinds: &[ShapeKind]| atoms.iter().all(|atom| kinds.contains(&atom.kind));
        match () {
            () if all(&[ShapeKind::User, ShapeKind::Role]) => "identity".to_owned(),
            () if all(&[ShapeKind::Workload]) => "workload".to_owned(),
            () if atoms.iter().all(|atom| atom.outside) => "outsider".to_owned(),
            () => "thing".to_owned(),
        }
    }

    /// The service of things that are all of one.
    fn service(&self, atoms: &[&Atom]) -> Option<String> {
        let mut services =
            atoms.iter().flat_map(|atom| &atom.members).map(|member| match self.known(member) {
                (people, Member::Resource(index)) => {
                    let kind = &people.world().snapshot().resource(*index).kind;
                    kind.split(':').next().map(str::to_owned)
                }
                _ => None,
            });
        let first = services.next()??;
        services.all(|service| service.as_ref() == Some(&first)).then_some(first)
    }

    /// The name on a shape: within its account.
    fn bare(&self, member: &Member) -> String {
        let (people, known) = self.known(member);
        let snapshot = people.world().snapshot();
        match known {
            Member::Actor(Actor::Principal(index)) => plain_name(&snapshot.principal(*index).name).to_owned(),
            Member::Resource(index) => {
                let record = snapshot.resource(*index);
                // A key is better known by its alias than by its number.
                if &*record.kind == "kms:key"
                    && let Some(alias) = record.facts.aliases.first()
                {
                    return alias.strip_prefix("alias/").unwrap_or(alias).to_owned();
                }
                record.name.to_string()
            }
            _ => self.display(member),
        }
    }

    pub(crate) fn display(&self, member: &Member) -> String {
        let (people, known) = self.known(member);
        match known {
            Member::Actor(actor) => people.actor(actor).name,
            Member::Resource(index) => people.resource(*index).name,
            Member::Account(account) => people.account(*account),
            // Nothing is before what was before.
            Member::Before(_) => String::new(),
        }
    }

    /// What each of these lines is made of.
    fn gather(&self, lines: Lines) -> Vec<Gathered> {
        lines.0.into_par_iter().map(|(key, facts)| self.gathered(key, facts)).collect()
    }

    /// What one ribbon is made of, in one pass over its facts.
    fn gathered(&self, key: (usize, usize, Relation), facts: Vec<u32>) -> Gathered {
        let (mut pairs, mut certain, mut open, mut bits, mut mark) = (0, 0, 0, 0, None);
        let mut senders: BTreeSet<Member> = BTreeSet::new();
        // By number of the class: was it counted?
        let mut classes: Vec<bool> = Vec::new();
        let mut receivers: BTreeSet<Member> = BTreeSet::new();
        // Touches come by resource: most are of the one before.
        let mut last: Option<ResourceIndex> = None;
        for fact in self.of(&facts) {
            let own = match fact.source {
                Source::Becomes(at) => {
                    if let Some(known) = self.world.becomes().get(at as usize) {
                        senders.insert(Member::Actor(known.from.clone()));
                        receivers.insert(Member::Actor(Actor::Principal(known.to)));
                    }
                    1
                }
                Source::RunsAs(workload, role) => {
                    senders.insert(Member::Resource(workload));
                    receivers.insert(Member::Actor(Actor::Principal(role)));
                    1
                }
                Source::Within(account, at) => {
                    let Some(touch) = self.touches.within(account, at) else { continue };
                    let members = self.world.class_members(touch.class);
                    let class = touch.class.0 as usize;
                    if classes.len() <= class {
                        classes.resize(class + 1, false);
                    }
                    if !std::mem::replace(&mut classes[class], true) {
                        senders.extend(members.iter().map(|each| Member::Actor(Actor::Principal(*each))));
                    }
                    if last.replace(touch.resource) != Some(touch.resource) {
                        receivers.insert(Member::Resource(touch.resource));
                    }
                    members.len()
                }
                Source::Outside(account, at) => {
                    let Some(touch) = self.touches.outside(account, at) else { continue };
                    receivers.insert(Member::Resource(touch.resource));
                    match equals_of(self.world, &touch.actor) {
                        [] => {
                            senders.insert(Member::Actor(touch.actor.clone()));
                            1
                        }
                        equals => {
                            senders.extend(equals.iter().map(|each| Member::Actor(Actor::Principal(*each))));
                            equals.len()
                        }
                    }
                }
            };
            pairs += own;
            if is_certain(self.world, fact) {
                certain += own;
            }
            if is_open(self.world, fact) {
                open += own;
            }
            bits |= fact.allowed | fact.depends;
            let from = &self.facts.atoms[fact.from as usize];
            if from.outside {
                mark = mark.max(from.mark);
            }
        }
        let (senders, receivers) = (self.part(senders), self.part(receivers));
        Gathered { key, facts, pairs, certain, open, bits, mark, senders, receivers }
    }

    /// Facts by place.
    fn of<'p>(&self, places: &'p [u32]) -> impl Iterator<Item = &'a Fact> + use<'a, 'p> {
        let facts = &self.facts.facts;
        places.iter().filter_map(|at| facts.get(*at as usize))
    }

    fn line(&self, boxes: &[Box], own: &Gathered) -> Line {
        let (from, to, relation) = own.key;
        let (sender, receiver) = (&own.senders, &own.receivers);
        let facts = self.of(&own.facts).map(|fact| Some((self.world, *fact)));
        let Open { condition: turns_on, unseen } =
            if own.certain == 0 { Open::of(facts) } else { Open::default() };
        let mut sentence = format!(
            "{} {} {}",
            self.phrase(&boxes[from], sender),
            verb(relation, own.bits, sender.count > 1),
            self.phrase(&boxes[to], receiver),
        );
        match &turns_on {
            Some(condition) => {
                sentence.push_str(" if ");
                sentence.push_str(condition);
            }
            None if own.open > 0 => sentence.push_str(", some only under conditions"),
            None => {}
        }
        if own.pairs > 1 && sender.count > 1 && receiver.count > 1 {
            sentence.push_str(&format!(" ({} pairs)", number(own.pairs)));
        }
        Line {
            from,
            to,
            relation,
            again: 0,
            count: own.pairs as u64,
            letters: (relation == Relation::Touches).then(|| letters(own.bits)),
            mark: own.mark,
            condition: turns_on,
            unseen,
            words: None,
            sentence,
            change: None,
            pairs: Vec::new(),
        }
    }

    pub(crate) fn part(&self, members: BTreeSet<Member>) -> Part {
        let nouns = members.iter().map(|member| match self.known(member) {
            (people, Member::Actor(Actor::Principal(index))) => {
                match people.world().snapshot().principal(*index).kind {
                    clavicle_snapshot::PrincipalKind::User => "user",
                    clavicle_snapshot::PrincipalKind::Group => "group",
                    clavicle_snapshot::PrincipalKind::Role => "role",
                }
            }
            (_, Member::Actor(_)) => "outsider",
            (_, Member::Resource(_)) => "thing",
            (_, Member::Account(_) | Member::Before(_)) => "account",
        });
        let nouns = nouns.collect();
        let count = members.len();
        Part { count, only: if count == 1 { members.into_iter().next() } else { None }, nouns }
    }

    /// The part of a shape that takes part in a line: `3 of 12 roles billing-*`.
    pub(crate) fn phrase(&self, shape: &Box, part: &Part) -> String {
        if shape.outline == Outline::Dashed && shape.kind != ShapeKind::More && shape.equal {
            return shape.phrase.clone();
        }
        if let Some(only) = &part.only {
            return self.display(only);
        }
        if matches!(shape.kind, ShapeKind::Account | ShapeKind::Unit | ShapeKind::Stub) {
            let noun = if part.nouns.len() == 1 { part.nouns.first().copied() } else { None };
            let noun = noun.unwrap_or("identity");
            return format!("{} of {}", counted(part.count, noun), shape.label);
        }
        let all = &shape.phrase;
        if part.count < shape.count { format!("{} of {all}", number(part.count)) } else { all.clone() }
    }

    /// What no line touches, counted by what it is.
    pub(crate) fn tray(&self, drawn: &[bool]) -> Vec<Tray> {
        let mut left: BTreeMap<&str, (usize, Vec<&Member>)> = BTreeMap::new();
        for (atom, drawn) in self.facts.atoms.iter().zip(drawn) {
            if !drawn {
                let (count, members) = left.entry(&atom.noun).or_default();
                *count += atom.members.len();
                members.extend(atom.members.iter().take(MOST_MEMBERS));
            }
        }
        let mut left: Vec<(String, usize, Vec<&Member>)> =
            left.into_iter().map(|(noun, (count, members))| (plural(noun), count, members)).collect();
        left.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        if left.len() > MOST_TRAYS {
            let rest = left.split_off(MOST_TRAYS - 1);
            let count = rest.iter().map(|(_, count, _)| count).sum();
            let members = rest.into_iter().flat_map(|(.., members)| members).collect();
            left.push(("other things".to_owned(), count, members));
        }
        let parts = left.into_iter().map(|(nouns, count, members)| Tray {
            label: format!("{nouns} without a line"),
            count,
            members: members.into_iter().take(MOST_MEMBERS).map(|member| self.display(member)).collect(),
        });
        parts.collect()
    }
}

/// Does something of a fact hold without a condition?
pub(crate) fn is_certain(world: &World, fact: &Fact) -> bool {
    match fact.source {
        Source::Becomes(at) => {
            world.becomes().get(at as usize).is_some_and(|known| open_becoming(known).is_empty())
        }
        Source::RunsAs(..) => true,
        Source::Within(..) | Source::Outside(..) => fact.allowed != 0,
    }
}

/// Does something of a fact hold under conditions only?
fn is_open(world: &World, fact: &Fact) -> bool {
    match fact.source {
        Source::Becomes(_) => !is_certain(world, fact),
        Source::RunsAs(..) => false,
        Source::Within(..) | Source::Outside(..) => fact.open() != 0,
    }
}

/// So many facts of a line are asked on what they turn: each is decided anew for that.
const MOST_ASKED: usize = 32;

/// On what a line turns of which no pair is certain.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Open {
    /// In words.
    pub(crate) condition: Option<String>,
    /// Each pair turns on something that was not seen, so that nobody knows whether there is such a line. Of very many, each
    /// of the first: what may not be there is not told as a condition that can be met.
    pub(crate) unseen: bool,
}

impl Open {
    /// What all of these turn on: by name only where that is the same for each of them. `None`: a fact that is not known.
    pub(crate) fn of<'w>(facts: impl Iterator<Item = Option<(&'w World, Fact)>>) -> Self {
        let (mut words, mut is_same, mut unseen): (Option<String>, bool, bool) = (None, true, false);
        for (at, fact) in facts.enumerate() {
            is_same &= at < MOST_ASKED;
            if at == MOST_ASKED || !(is_same || unseen) {
                break;
            }
            let on = fact.map(|(world, fact)| turns_on(world, &fact)).unwrap_or_default();
            unseen = (at == 0 || unseen) && on.iter().any(|on| !matches!(on, Dependency::Key(_)));
            let told = condition(&on);
            is_same &= at == 0 || told == words;
            words = told;
        }
        let words = words.filter(|_| is_same);
        Self { condition: Some(words.unwrap_or_else(|| "conditions hold".to_owned())), unseen }
    }
}

/// Somebody outside in the middle of a sentence.
fn outsider_phrase(atom: &Atom, label: &str) -> String {
    match (atom.kind, &atom.sub) {
        (ShapeKind::Outside, _) if atom.known == Some(false) => format!("unknown account {label}"),
        (ShapeKind::Provider, Some(kind)) => format!("whoever {label} ({kind}) vouches for"),
        _ => label.to_owned(),
    }
}

/// What all of several atoms have in common by the finest of their keys that says something.
fn shared(atoms: &[&Atom]) -> Option<String> {
    let (first, rest) = atoms.split_first()?;
    let agreed = first.keys.iter().enumerate().filter(|(_, key)| !key.common.is_empty());
    let mut agreed = agreed.filter(|(at, key)| rest.iter().all(|atom| atom.keys.get(*at) == Some(key)));
    agreed.next().map(|(_, key)| key.common.clone())
}

/// The name of a role of IAM Identity Center without what is put around it.
///
/// AWS: IAM Identity Center User Guide, "Referencing permission sets in resource policies": the role is named
/// `AWSReservedSSO_`, the permission set, and sixteen random characters.
fn plain_name(name: &str) -> &str {
    // Those of a role that is planned are not known.
    let is_of_suffix = |byte: u8| byte.is_ascii_hexdigit() || byte == b'~';
    let inner = name.strip_prefix("AWSReservedSSO_").and_then(|inner| inner.rsplit_once('_'));
    match inner {
        Some((set, suffix)) if suffix.len() == 16 && suffix.bytes().all(is_of_suffix) => set,
        _ => name,
    }
}

/// The equals of an actor who stands for its class; none for those outside of every account seen.
pub(crate) fn equals_of<'w>(world: &'w World, actor: &Actor) -> &'w [PrincipalIndex] {
    match actor {
        Actor::Principal(index) => world.class_members(world.class_of(*index)),
        _ => &[],
    }
}

/// On what it turns that somebody becomes a role. That the own policies of those outside are not known goes without
/// saying: it is their side.
pub(crate) fn open_becoming(known: &clavicle_graph::Becomes) -> Vec<Dependency> {
    let ours = matches!(known.from, Actor::Principal(_));
    let open = known.ruling.depends_on.iter();
    open.filter(|on| match on {
        // For whom a sign-in is meant is said by every sign-in.
        Dependency::Key(key) => ours || !key.ends_with(":aud"),
        _ => ours,
    })
    .cloned()
    .collect()
}

/// On what a fact turns.
pub(crate) fn turns_on(world: &World, fact: &Fact) -> Vec<Dependency> {
    let of_touch = |actor: &Actor, resource: ResourceIndex| {
        let target = Target::Resource(resource);
        let when = world.context(&BTreeMap::new());
        let arn = world.arn_of(&target);
        let words = Word::ALL.into_iter().filter(|word| fact.open() & super::words::bit(*word) != 0);
        let asked = words.flat_map(|word| world.wanted(word, &target));
        let mut rulings = asked.flat_map(|wanted| {
            let own = world.decide(actor, &wanted.action, &target, Some(&wanted.form.of(&arn)), &when);
            let needs = world.needs(&wanted.action, &target).into_iter();
            let needs =
                needs.map(|need| world.decide(actor, &Action::new(need.action), &need.target, None, &when));
            [own].into_iter().chain(needs.collect::<Vec<_>>()).map(|ruling| ruling.depends_on)
        });
        rulings.find(|depends_on| !depends_on.is_empty()).unwrap_or_default()
    };
    match fact.source {
        Source::Becomes(at) => world.becomes().get(at as usize).map(open_becoming).unwrap_or_default(),
        Source::RunsAs(..) => Vec::new(),
        Source::Within(..) => match touch_of(world, fact.source) {
            Some(touch) => match world.class_members(touch.class).first() {
                Some(first) => of_touch(&Actor::Principal(*first), touch.resource),
                None => Vec::new(),
            },
            None => Vec::new(),
        },
        Source::Outside(..) => match outside_touch_of(world, fact.source) {
            Some(touch) => {
                let mut on = of_touch(&touch.actor, touch.resource);
                if !matches!(touch.actor, Actor::Principal(_)) {
                    on.retain(|on| matches!(on, Dependency::Key(_)));
                }
                on
            }
            None => Vec::new(),
        },
    }
}
