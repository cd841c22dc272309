//! What stands in the cells of a matrix beside its lines: who gets to a thing by way of others, and what is granted and
//! denied by name.
//!
//! A map has no line for either. Each thing costs a search, and each cell without a line a few decisions, so they are
//! asked for apart from the map and within bounds; where more could be looked at, the page says so.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use clavicle_answer::shape::Verdict;
use clavicle_answer::{Reader, number, quoted};
use clavicle_catalog::Word;
use clavicle_graph::{Actor, Node, Target};
use clavicle_snapshot::ResourceIndex;
use serde::Serialize;

use super::atom::Member;
use super::drawn::Drawn;
use super::page::{MapPage, Relation, Shape, ShapeKind};
use super::words::{bit, letters};
use crate::progress::Progress;

/// Chains are looked for to so many things.
const MOST_THINGS: usize = 48;
/// And from so many users, roles and outsiders.
const MOST_BEGINS: usize = 2_000;
/// So many pairs of somebody and a thing are asked about for what denies.
const MOST_PAIRS: usize = 20_000;
/// What chains are looked for: each word is one more search for each thing.
const SEARCHED: [Word; 2] = [Word::Read, Word::Write];
/// What a line can say, in the order of the letters.
const WORDS: [Word; 6] = [Word::List, Word::Read, Word::Write, Word::Delete, Word::Run, Word::Control];

/// `clavicle.cells/1`: what a matrix has beside lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellsPage {
    /// `clavicle.cells/1`.
    pub schema: &'static str,
    /// By row, column and letter.
    pub by_others: Vec<ByOthersCell>,
    /// By row, column and letter.
    pub denied: Vec<DeniedCell>,
    /// What was not looked at, in sentences.
    pub notes: Vec<String>,
}

/// Somebody of a row gets to a thing of a column by way of others, where no line of the map leads from the one to the
/// other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ByOthersCell {
    /// The shape, by its id.
    pub row: String,
    /// The shape, by its id.
    pub column: String,
    /// To do what: `R` or `W`.
    pub letter: String,
    /// In so many steps.
    pub steps: usize,
    /// How certain the steps are; never "no".
    pub verdict: Verdict,
    /// The question that tells the steps.
    pub ask: String,
}

/// Something is granted to somebody of a row, and a Deny takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeniedCell {
    /// The shape, by its id.
    pub row: String,
    /// The shape, by its id.
    pub column: String,
    /// To do what.
    pub letter: String,
    /// The question that tells what denies.
    pub ask: String,
}

/// What the matrix of a map has beside its lines.
pub(crate) fn cells(reader: &Reader, drawn: &Drawn, progress: &Progress) -> CellsPage {
    let table = Table::new(reader, drawn);
    let mut notes = Vec::new();
    let by_others = table.by_others(progress, &mut notes);
    let denied = table.denied(progress, &mut notes);
    CellsPage { schema: "clavicle.cells/1", by_others, denied, notes }
}

/// The rows and columns of a matrix that can be asked about.
struct Table<'a> {
    reader: &'a Reader,
    /// Shapes that are somebody, with one of each that are equal.
    rows: Vec<(&'a Shape, Vec<Actor>)>,
    /// Shapes that are things, with one of each that are equal; what matters first.
    columns: Vec<(&'a Shape, Vec<ResourceIndex>)>,
    /// What the lines from one shape to another say, as bits.
    said: HashMap<(&'a str, &'a str), u8>,
    /// Not all that a shape stands for is among those.
    has_more: bool,
}

impl<'a> Table<'a> {
    fn new(reader: &'a Reader, drawn: &'a Drawn) -> Self {
        let page: &MapPage = &drawn.page;
        let from: HashSet<&str> = page.ribbons.iter().map(|ribbon| &*ribbon.from).collect();
        let to: HashSet<&str> = page.ribbons.iter().map(|ribbon| &*ribbon.to).collect();
        let mut has_more = false;
        let mut rows = Vec::new();
        let mut columns = Vec::new();
        for shape in &page.shapes {
            let Some(kinds) = drawn.kinds(&shape.id) else { continue };
            if from.contains(&*shape.id) {
                let actors = actors_of(reader, &kinds.first);
                has_more |= kinds.more && !actors.is_empty();
                rows.push((shape, actors));
            }
            if to.contains(&*shape.id) && matches!(shape.kind, ShapeKind::Data | ShapeKind::Secret) {
                let things = kinds.first.iter().filter_map(|member| match member {
                    Member::Resource(index) => Some(*index),
                    _ => None,
                });
                has_more |= kinds.more;
                columns.push((shape, things.collect::<Vec<_>>()));
            }
        }
        rows.retain(|(_, actors)| !actors.is_empty());
        columns.sort_by_key(|(shape, _)| shape.crown.is_none());
        let mut said: HashMap<(&str, &str), u8> = HashMap::new();
        for ribbon in &page.ribbons {
            let told = ribbon.letters.as_deref().unwrap_or_default();
            let mut bits: u8 = WORDS.into_iter().filter(|word| told.contains(&letter(*word))).map(bit).sum();
            if ribbon.relation == Relation::Controls {
                bits |= bit(Word::Control);
            }
            *said.entry((&ribbon.from, &ribbon.to)).or_default() |= bits;
        }
        Self { reader, rows, columns, said, has_more }
    }

    fn is_said(&self, row: &str, column: &str, word: Word) -> bool {
        self.said.get(&(row, column)).is_some_and(|bits| bits & bit(word) != 0)
    }

    fn by_others(&self, progress: &Progress, notes: &mut Vec<String>) -> Vec<ByOthersCell> {
        let world = self.reader.world();
        // By node, since equal ones are one there: the rows that it stands in, with somebody of each.
        let mut begins: BTreeMap<Node, Vec<(&str, &Actor)>> = BTreeMap::new();
        for (shape, actors) in &self.rows {
            for actor in actors {
                let rows = begins.entry(world.node_of_actor(actor)).or_default();
                if rows.last().is_none_or(|(row, _)| *row != shape.id) {
                    rows.push((&shape.id, actor));
                }
            }
        }
        // Whoever has all the power needs nobody else.
        begins.retain(|node, _| !matches!(node, Node::Administrator(_)));
        let actors: Vec<Actor> =
            begins.values().filter_map(|rows| rows.first()).map(|(_, actor)| (*actor).clone()).collect();
        let things: Vec<(&str, ResourceIndex)> = self
            .columns
            .iter()
            .flat_map(|(shape, things)| things.iter().map(|thing| (&*shape.id, *thing)))
            .collect();
        let looked = &things[..things.len().min(MOST_THINGS)];
        let from = &actors[..actors.len().min(MOST_BEGINS)];
        let is_part = looked.len() < things.len() || from.len() < actors.len() || self.has_more;
        if is_part && !things.is_empty() {
            notes.push(format!(
                "Chains were looked for from {} users, roles and outsiders to {} things; there may be more.",
                number(from.len()),
                number(looked.len()),
            ));
        }
        let total = looked.len() as u64;
        let (mut more, mut may_miss) = (false, false);
        let mut best: BTreeMap<(&str, &str, Word), ByOthersCell> = BTreeMap::new();
        for (done, (column, thing)) in (0..).zip(looked) {
            progress.report("looking for chains", done, total);
            let target = Target::Resource(*thing);
            for word in SEARCHED {
                let all = self.reader.by_others(from, word, &target);
                more |= all.more;
                may_miss |= all.may_miss;
                for found in all.found {
                    for (row, actor) in begins.get(&found.begin).into_iter().flatten() {
                        if self.is_said(row, column, word) {
                            continue;
                        }
                        let cell = || ByOthersCell {
                            row: (*row).to_owned(),
                            column: (*column).to_owned(),
                            letter: letter(word),
                            steps: found.steps,
                            verdict: found.verdict,
                            ask: self.path(actor, word, &target),
                        };
                        let known = best.entry((row, column, word)).or_insert_with(cell);
                        if weight(found.verdict, found.steps) < weight(known.verdict, known.steps) {
                            *known = cell();
                        }
                    }
                }
            }
        }
        if more {
            notes.push(
                "A search for chains ended at its limits: there may be longer ones, or more certain ones."
                    .to_owned(),
            );
        }
        if may_miss {
            notes.push(
                "Not all policies, users and roles that chains may lead through were seen: an empty cell is no “no”."
                    .to_owned(),
            );
        }
        best.into_values().collect()
    }

    fn denied(&self, progress: &Progress, notes: &mut Vec<String>) -> Vec<DeniedCell> {
        // Of somebody outside it is not known what is granted to them.
        let is_ours = |actor: &&Actor| matches!(actor, Actor::Principal(_));
        // Neither an account nor a unit has policies of its own.
        let is_account = |kind| matches!(kind, ShapeKind::Account | ShapeKind::Unit);
        let rows = self.rows.iter().filter(|(shape, _)| !is_account(shape.kind));
        let pairs: Vec<_> = rows
            .flat_map(|(row, actors)| {
                let columns = self.columns.iter();
                columns.map(move |(column, things)| (&*row.id, actors, &*column.id, things))
            })
            .flat_map(|(row, actors, column, things)| {
                let actors = actors.iter().filter(is_ours);
                actors.flat_map(move |actor| things.iter().map(move |thing| (row, actor, column, *thing)))
            })
            .collect();
        let looked = &pairs[..pairs.len().min(MOST_PAIRS)];
        if looked.len() < pairs.len() {
            notes.push(format!(
                "What denies was looked for in {} of {} pairs of somebody and a thing.",
                number(looked.len()),
                number(pairs.len()),
            ));
        }
        let total = looked.len() as u64;
        let mut told: BTreeSet<(&str, &str, Word)> = BTreeSet::new();
        let mut found = Vec::new();
        for (done, (row, actor, column, thing)) in (0..).zip(looked) {
            progress.report("looking for what denies", done, total);
            let target = Target::Resource(*thing);
            for word in WORDS {
                if self.is_said(row, column, word) || told.contains(&(row, column, word)) {
                    continue;
                }
                let Some(action) = self.reader.denied_by_name(actor, word, &target) else { continue };
                told.insert((row, column, word));
                let (who, on) = self.names(actor, &target);
                found.push(DeniedCell {
                    row: (*row).to_owned(),
                    column: (*column).to_owned(),
                    letter: letter(word),
                    ask: format!("can {who} {action} {on}"),
                });
            }
        }
        found
    }

    /// As words of a question.
    fn names(&self, actor: &Actor, target: &Target) -> (String, String) {
        let (who, on) = (self.reader.thing_of_actor(actor), self.reader.thing_of_target(target));
        (quoted(&who.name), quoted(&on.name))
    }

    /// `path` asks for reading unless it is told.
    fn path(&self, actor: &Actor, word: Word, target: &Target) -> String {
        let (who, on) = self.names(actor, target);
        match word {
            Word::Read => format!("path {who} {on}"),
            other => format!("path {who} {on} --do {}", other.name()),
        }
    }
}

/// Everybody that these are: of an account its users and roles, one of each that are equal.
fn actors_of(reader: &Reader, members: &[Member]) -> Vec<Actor> {
    let world = reader.world();
    let mut actors = Vec::new();
    for member in members {
        match member {
            Member::Actor(actor) => actors.push(actor.clone()),
            Member::Account(account) => {
                let classes = world.classes_of(*account);
                let first = classes.iter().filter_map(|class| world.class_members(*class).first());
                actors.extend(first.map(|index| Actor::Principal(*index)));
            }
            Member::Resource(_) | Member::Before(_) => {}
        }
    }
    actors
}

fn letter(word: Word) -> String {
    letters(bit(word))
}

/// The more certain comes first, then the shorter.
fn weight(verdict: Verdict, steps: usize) -> (u8, usize) {
    let rank = match verdict {
        Verdict::Yes => 0,
        Verdict::Depends => 1,
        Verdict::Unknown => 2,
        Verdict::No => 3,
    };
    (rank, steps)
}
