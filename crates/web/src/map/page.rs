//! `clavicle.map/1` and `clavicle.why/1`, field by field; see `docs/web-api.md`. Types of their own: what is sent, and
//! nothing of how it was worked out.

use clavicle_answer::counted;
use clavicle_answer::shape::{Pin, Severity, Step, Thing};
use serde::Serialize;

/// One drawing with its places, and the same as rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MapPage {
    /// `clavicle.map/1`.
    pub schema: &'static str,
    /// The whole organization, one of its units, or one account.
    pub level: Level,
    /// What is drawn.
    pub title: String,
    /// The way here.
    pub crumbs: Vec<Crumb>,
    /// Of the canvas.
    pub width: f64,
    /// Of the canvas.
    pub height: f64,
    /// The columns, left to right.
    pub bands: Vec<Band>,
    /// The shapes, by band, from top to bottom.
    pub shapes: Vec<Shape>,
    /// The lines.
    pub ribbons: Vec<Ribbon>,
    /// What no line touches, counted.
    pub tray: Vec<Tray>,
    /// A row for each line.
    pub rows: Vec<Row>,
    /// Of two worlds on one map: how many lines there are of each kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Changed>,
    /// What was not looked for, in sentences: its absence from the map says nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// In which of two worlds something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Only in the one before.
    Gone,
    /// Only in the one after.
    New,
    /// In both.
    Same,
}

impl Change {
    /// How it is said.
    pub fn words(self) -> &'static str {
        match self {
            Self::Gone => "only before",
            Self::New => "only after",
            Self::Same => "before and after",
        }
    }
}

/// What is different between two worlds that are drawn as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Lines that go.
    pub gone: usize,
    /// Lines that come.
    pub new: usize,
    /// Lines that are there before and after.
    pub same: usize,
    /// Of those, so many had no room.
    pub left_out: usize,
}

impl Changed {
    /// `12 lines go, 3 come, 88 are there before and after.`
    pub fn sentence(self) -> String {
        let lines = |count: usize, one: &str, many: &str| {
            counted(count, &format!("line {one}"), &format!("lines {many}"))
        };
        let same = lines(self.same, "is", "are");
        if self.gone + self.new == 0 {
            return format!("Nothing on this map goes or comes: {same} there before and after.");
        }
        let (gone, new) = (lines(self.gone, "goes", "go"), lines(self.new, "comes", "come"));
        let left = match self.left_out {
            0 => String::new(),
            count => format!(", of which {} no room here", lines(count, "has", "have")),
        };
        format!("{gone}, {new}, {same} there before and after{left}.")
    }
}

/// How far away one stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A shape is a unit, or an account.
    Organization,
    /// The same within a unit.
    Unit,
    /// A shape is a group of identities or things.
    Account,
}

/// One part of the way here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Crumb {
    /// Its name.
    pub label: String,
    /// The account.
    pub account: Option<String>,
    /// The unit, by its id. Neither: the organization.
    pub unit: Option<String>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Band {
    /// Its name in `Shape::band`.
    pub id: String,
    /// What stands above it.
    pub label: String,
    /// Its left edge.
    pub x: f64,
    /// Its width.
    pub width: f64,
}

/// One box.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shape {
    /// Its name in ribbons, stable for the same data.
    pub id: String,
    /// The column.
    pub band: String,
    /// What it is drawn as.
    pub kind: ShapeKind,
    /// Its name.
    pub label: String,
    /// A few more words.
    pub sub: Option<String>,
    /// How many it stands for.
    pub count: usize,
    /// The service whose things it stands for, if it is one: `s3`.
    pub service: Option<String>,
    /// Are these equal: the same access, or accessed by the same?
    pub equal: bool,
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// Its width.
    pub w: f64,
    /// Its height.
    pub h: f64,
    /// Its outline.
    pub outline: Outline,
    /// Of somebody outside: are they known?
    pub known: Option<bool>,
    /// The worst about it.
    pub mark: Option<Severity>,
    /// Does it matter, or can it do everything?
    pub crown: Option<Crown>,
    /// The account that it opens.
    pub account: Option<String>,
    /// The unit that it opens, by its id.
    pub unit: Option<String>,
    /// Display names, at most 50.
    pub members: Vec<String>,
    /// The same in words.
    pub sentence: String,
    /// Of two worlds on one map: all of it goes, or comes. `None`: some of it is in both, or one world is drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

/// What a shape is drawn as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the visual language of docs/web-api.md, word by word")]
pub enum ShapeKind {
    Account,
    Unit,
    User,
    Role,
    Group,
    Workload,
    Data,
    Secret,
    Outside,
    Provider,
    Everyone,
    Service,
    Stub,
    More,
}

/// The outline of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outline {
    /// One.
    Solid,
    /// Several that are equal.
    Double,
    /// From outside.
    Dashed,
    /// Not seen, or not wholly.
    Wavy,
}

/// Why a shape wears a crown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Crown {
    /// It can do everything.
    Admin,
    /// People said that it matters.
    Matters,
}

/// How two things are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Relation {
    /// Can act as.
    #[serde(rename = "becomes")]
    Becomes,
    /// Can change what it does.
    #[serde(rename = "controls")]
    Controls,
    /// Acts as.
    #[serde(rename = "runs as")]
    RunsAs,
    /// Can do something with.
    #[serde(rename = "touches")]
    Touches,
}

impl Relation {
    /// How it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Becomes => "becomes",
            Self::Controls => "controls",
            Self::RunsAs => "runs as",
            Self::Touches => "touches",
        }
    }
}

/// One line: all pairs of two shapes in one relation, exactly.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ribbon {
    /// Its name, stable for the same data.
    pub id: String,
    /// The shape that it leaves.
    pub from: String,
    /// The shape that it reaches.
    pub to: String,
    /// In which relation.
    pub relation: Relation,
    /// How many pairs it stands for.
    pub count: u64,
    /// Of touches: L R W D X C.
    pub letters: Option<String>,
    /// Where the letters stand: their right end, on the base line. `None`: no room, see `sentence`.
    pub letters_at: Option<Point>,
    /// How wide, by the logarithm of `count`.
    pub width: f64,
    /// The worst about it.
    pub mark: Option<Severity>,
    /// The condition under which it holds, where no pair is without.
    #[serde(rename = "if")]
    pub condition: Option<String>,
    /// Whether it holds is not known: each of its pairs turns on something that was not seen.
    pub unseen: bool,
    /// The line, as an SVG path.
    pub path: String,
    /// Where its badge stands. `None`: there is none, or no room.
    pub label: Option<Label>,
    /// The same in words.
    pub sentence: String,
    /// Of two worlds on one map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// Of two worlds on one map: the first pairs that come or go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pairs: Vec<[String; 2]>,
}

/// A place on the canvas.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// A badge on a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Label {
    /// Its middle.
    pub x: f64,
    /// Its middle.
    pub y: f64,
    /// `×3`, or nothing.
    pub text: String,
}

/// What no line touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tray {
    /// What these are.
    pub label: String,
    /// How many.
    pub count: usize,
    /// Display names, at most 50.
    pub members: Vec<String>,
}

/// One line as a row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// From whom.
    pub from: String,
    /// In which relation.
    pub relation: Relation,
    /// To whom or what.
    pub to: String,
    /// How many pairs.
    pub count: u64,
    /// Under which condition.
    #[serde(rename = "if")]
    pub condition: Option<String>,
    /// The worst about it.
    pub mark: Option<Severity>,
    /// The line.
    pub ribbon: String,
    /// Of two worlds on one map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

/// The pairs of one line, and the steps of one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhyPage {
    /// `clavicle.why/1`.
    pub schema: &'static str,
    /// The line.
    pub ribbon: String,
    /// The line in words.
    pub sentence: String,
    /// How many pairs.
    pub total: u64,
    /// The first 200.
    pub pairs: Vec<PairRow>,
    /// The chosen pair.
    pub pair: Option<usize>,
    /// Why the chosen pair is so.
    pub steps: Vec<Step>,
}

/// One pair of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PairRow {
    /// From whom.
    pub from: Thing,
    /// To whom or what.
    pub to: Thing,
    /// Under which conditions.
    #[serde(rename = "if")]
    pub conditions: Vec<String>,
    /// The words of access.
    pub access: Vec<String>,
    /// Those of them that hold under the conditions only; the others hold without.
    pub only_if: Vec<String>,
}

/// The pairs of one line of a map of two worlds, and what makes one of them on each side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhyOfTwoPage {
    /// `clavicle.why-of-two/1`.
    pub schema: &'static str,
    /// The line.
    pub ribbon: String,
    /// The line in words.
    pub sentence: String,
    /// How many pairs.
    pub total: u64,
    /// The first 200.
    pub pairs: Vec<PairOfTwo>,
    /// The chosen pair.
    pub pair: Option<usize>,
    /// What makes the chosen pair, or keeps it from being, before.
    pub before: Option<SideWhy>,
    /// The same after.
    pub after: Option<SideWhy>,
}

/// One pair of a line of a map of two worlds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PairOfTwo {
    /// From whom.
    pub from: Thing,
    /// To whom or what.
    pub to: Thing,
    /// What there is before; `None`: nothing.
    pub before: Option<SidePair>,
    /// What there is after.
    pub after: Option<SidePair>,
}

/// A pair on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SidePair {
    /// Under which conditions.
    #[serde(rename = "if")]
    pub conditions: Vec<String>,
    /// The words of access.
    pub access: Vec<String>,
    /// Those of them that hold under the conditions only; the others hold without.
    pub only_if: Vec<String>,
}

/// Why a pair is so on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SideWhy {
    /// The steps that make it.
    pub steps: Vec<Step>,
    /// What was decided where there is none.
    pub refused: Option<RefusedWhy>,
}

/// A request that is let through on the other side only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedWhy {
    /// The answer in words.
    pub sentence: String,
    /// Every layer, also the silent ones.
    pub pins: Vec<Pin>,
}
